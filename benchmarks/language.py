"""How fast the translator runs Lua in CPython: `python -m benchmarks.language [program ...] [--machine]`.

Each program of `programs/` beside `lua5.1` (if it is installed), the same program written by hand in Python and, if
asked for, the machine. Best of several runs by processor time; what the programs answer is compared. Those of
`programs/redis/`, which `lua5.1` cannot run, are scripts called by their SHA-1.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import time
from collections.abc import Callable
from math import exp, log
from pathlib import Path
from typing import Any

import ferrous_vm
from benchmarks.handwritten import PROGRAMS
from ferrous_vm.limits import Limits

SOURCES = Path(__file__).parent / "programs"
RUNS = 7
UNLIMITED = Limits(seconds=None, memory=None)

_TIMED = """
local main = assert(loadstring(io.read('*a')))
local best = math.huge
for run = 1, %d do
  local start = os.clock()
  main()
  best = math.min(best, os.clock() - start)
end
print(best)
"""


def best_of(*runs: Callable[[], Any]) -> list[tuple[float, Any]]:
    """Milliseconds of processor time of each function's quickest run, and its answer; they take turns."""
    best: list[tuple[float, Any]] = [(float("inf"), None)] * len(runs)
    for _ in range(RUNS):
        for index, run in enumerate(runs):
            start = time.process_time()
            answer = run()
            best[index] = min(best[index][0], (time.process_time() - start) * 1000), answer
    return best


def by_engine(engine: str, source: bytes) -> Callable[[], Any]:
    """A chunk compiled once, to be run by an engine."""
    lua = ferrous_vm.Lua(engine, limits=UNLIMITED)
    main = lua.runtime.load(source, b"=benchmark")
    return lambda: lua.runtime.run(main, (), UNLIMITED)[0]


def by_server(engine: str, source: bytes) -> Callable[[], Any]:
    """A script a server has loaded, to be called by its SHA-1."""
    client = ferrous_vm.Server(engine, limits=UNLIMITED).connect()
    sha = client.execute(b"SCRIPT", b"LOAD", source)
    return lambda: client.execute(b"EVALSHA", sha, b"0")


def by_lua(source: bytes) -> float | None:
    """Milliseconds `lua5.1` takes; None if it is not there."""
    lua = shutil.which("lua5.1")
    if lua is None:
        return None
    ran = subprocess.run([lua, "-e", _TIMED % RUNS], input=source, capture_output=True, check=True)
    return float(ran.stdout) * 1000


def mean(ratios: list[float]) -> float:
    """The geometric mean."""
    return exp(sum(map(log, ratios)) / len(ratios))


def main() -> None:
    """Prints a table: milliseconds, and how many times slower than hand-written Python and lua5.1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="*", help="all if none is named")
    parser.add_argument("--machine", action="store_true")
    options = parser.parse_args()
    print(f"{'program':18}{'translator':>11}{'python':>9}{'ratio':>7}{'lua5.1':>9}{'ratio':>7}")
    to_python, to_lua = [], []
    for name in options.programs or PROGRAMS:
        path = next(SOURCES.rglob(f"{name}.lua"))
        source = path.read_bytes()
        by = by_engine if path.parent == SOURCES else by_server
        (translator, answer), (python, expected) = best_of(by("translator", source), PROGRAMS[name])
        assert answer == expected, (name, answer, expected)
        to_python.append(translator / python)
        line = f"{name:18}{translator:9.1f}ms{python:7.1f}ms{to_python[-1]:7.2f}"
        lua = by_lua(source) if by is by_engine else None
        if lua is not None:
            to_lua.append(translator / lua)
            line += f"{lua:7.1f}ms{to_lua[-1]:7.1f}"
        if options.machine:
            line += f"  machine {best_of(by('machine', source))[0][0]:.0f}ms"
        print(line, flush=True)
    print(f"geometric mean: {mean(to_python):.2f} x Python written by hand", end="")
    print(f", {mean(to_lua):.1f} x lua5.1" if to_lua else "")


if __name__ == "__main__":
    main()
