"""How fast a script is recorded for the debugger, what a moment takes, and how long a way is: `python -m benchmarks.recording`.

Told for each script: moments a second of processor time and as a part of the machine's own speed unrecorded; bytes a
moment; milliseconds to any of 200,000 moments (or all there are), mean and worst; and of a move with 4,000 changed keys.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from random import Random
from typing import Final

from ferrous_vm.limits import Limits
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.server import Server
from pyodide_bridge.bridge import Bridge, to_json

SCRIPTS: Final = {
    "numbers": b"local s = 0\nfor i = 1, 500000 do\n  local x = i % 7\n  if x > 3 then\n    s = s + x\n  else\n    s = s - 1\n"
    b"  end\nend\nreturn s",
    "calls": b"local function fib(n)\n  if n < 2 then\n    return n\n  end\n  return fib(n - 1) + fib(n - 2)\nend\nreturn fib(24)",
    "tables": b"local t = {}\nfor i = 1, 500000 do\n  t[i] = i\nend\nlocal n = 0\nfor i, v in ipairs(t) do\n  n = n + v\nend\nreturn n",
    "strings": b"local r = {}\nfor i = 1, 250000 do\n  r[#r + 1] = ('x%d'):format(i)\nend\nreturn #table.concat(r)",
    "commands": b"for i = 1, 12000 do\n  redis.call('SET', 'k' .. (i % 100), i)\n  local x = redis.call('GET', 'k' .. (i % 100))\nend",
}
MOST: Final = 200_000
JUMPS: Final = 40
KEYS: Final = 4_000
MANY_KEYS: Final = f"for i = 1, {KEYS} do\n  redis.call('SET', 'key' .. i, i)\nend\nlocal a = 1\nlocal b = 2\nreturn a + b"


def timed(act: Callable[[], object]) -> float:
    """Seconds of processor time."""
    start = time.process_time()
    act()
    return time.process_time() - start


def session(source: bytes) -> DebugSession:
    """A script on an empty server, not yet recorded."""
    server = Server(clock=lambda: 1_700_000_000_000_000, seed=1)
    return DebugSession(server.scripting, server.connect().session, source, [], [])


def unrecorded(source: bytes) -> float:
    """Steps a second of the machine alone."""
    server = Server(engine="machine", clock=lambda: 1_700_000_000_000_000, seed=1)
    client = server.connect()
    debugged = session(source)
    debugged.record(MOST)
    steps = debugged.last
    limited = Server(engine="machine", limits=Limits(seconds=None, instructions=steps))
    del server, client
    return steps / timed(lambda: limited.connect().execute(b"EVAL", source, b"0"))


def allocated(source: bytes) -> float:
    """Bytes that Python holds for each moment of a recording of MOST moments at its end, beside the script's own."""
    import tracemalloc

    debugged = session(source)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    debugged.record(MOST)
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return held / debugged.last


def measure(name: str, source: bytes, with_memory: bool) -> None:
    """A line of the table."""
    debugged = session(source)
    seconds = timed(debugged.record)
    speed = debugged.last / seconds
    first = seconds * min(2_000_000 / debugged.last, 1) if debugged.last >= 2_000_000 else seconds
    debugged.abandon()
    debugged = session(source)
    debugged.record(MOST)
    random = Random(1)
    gc.collect()
    jumps = [timed(lambda: debugged.go_to(random.randint(1, debugged.last))) for _ in range(JUMPS)]
    jumps += [timed(lambda end=end: debugged.go_to(end)) for end in (1, debugged.last, 1)]  # type: ignore[misc]
    debugged.abandon()
    held = f"{allocated(source):8.0f}" if with_memory else ""
    print(
        f"{name:10}{speed / 1000:8.0f} k/s {unrecorded(source) / speed:5.1f}x{held}"
        f"{1000 * sum(jumps) / len(jumps):8.1f} ms{1000 * max(jumps):8.1f} ms   first stop {first:.2f} s",
        flush=True,
    )


def move_with_many_keys() -> None:
    """A step after 4,000 keys were changed, as the page asks for it."""
    bridge = Bridge()
    call = {"script": MANY_KEYS, "keys": [], "argv": []}

    def ask(**request: object) -> str:
        return to_json(bridge.answer(json.dumps(request)))

    ask(type="Debug", **call)
    move = {"type": "DebugMove", "moment": 0, "breakpoints": []}
    ask(how="continue", backwards=False, **move)
    answers = []
    times = []
    for backwards in (True, True, False, True, False):
        times.append(timed(lambda: answers.append(ask(how="into", backwards=backwards, **move))))  # noqa: B023
    print(f"a move with {KEYS} changed keys: {1000 * sorted(times)[2]:.1f} ms, {len(answers[-1])} bytes of JSON")


def main(names: list[str]) -> None:
    """The table, or the lines named."""
    has_tracing = sys.platform != "emscripten"
    for name in names or SCRIPTS:
        measure(name, SCRIPTS[name], has_tracing)
    move_with_many_keys()


if __name__ == "__main__":
    main(sys.argv[1:])
