"""How fast a script is recorded for the debugger, what a moment takes, how long a way is.

    python -m benchmarks.recording [script ...]

Told for each script: moments a second of processor time, and how many times as fast the machine is unrecorded; bytes a
moment; milliseconds to any of 200,000 moments (or all there are), mean and worst; the time to the first stop, of two
million steps at most. Then a move with 4,000 changed keys, as the page asks for it.
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
    "numbers": b"""local s = 0
for i = 1, 500000 do
  local x = i % 7
  if x > 3 then
    s = s + x
  else
    s = s - 1
  end
end
return s""",
    "calls": b"""local function fib(n)
  if n < 2 then
    return n
  end
  return fib(n - 1) + fib(n - 2)
end
return fib(24)""",
    "closures": b"""local function counter()
  local n = 0
  return function()
    n = n + 1
    return n
  end
end
local s = 0
for i = 1, 90000 do
  local c = counter()
  s = s + c() + c()
end
return s""",
    "tables": b"""local t = {}
for i = 1, 500000 do
  t[i] = i
end
local n = 0
for i, v in ipairs(t) do
  n = n + v
end
return n""",
    "strings": b"""local r = {}
for i = 1, 250000 do
  r[#r + 1] = ('x%d'):format(i)
end
return #table.concat(r)""",
    "commands": b"""for i = 1, 12000 do
  redis.call('SET', 'k' .. (i % 100), i)
  local x = redis.call('GET', 'k' .. (i % 100))
end""",
}
MOST: Final = 200_000
JUMPS: Final = 40
KEYS: Final = 4_000
MANY_KEYS: Final = f"""for i = 1, {KEYS} do
  redis.call('SET', 'key' .. i, i)
end
local a = 1
local b = 2
return a + b"""


def timed(act: Callable[[], object]) -> float:
    """Seconds of processor time."""
    start = time.process_time()
    act()
    return time.process_time() - start


def session(source: bytes) -> DebugSession:
    """A script on an empty server, not yet recorded."""
    server = Server(clock=lambda: 1_700_000_000_000_000, seed=1)
    return DebugSession(server.scripting, server.connect().session, source, [], [])


def unrecorded(source: bytes, steps: int) -> float:
    """Steps a second of the machine alone, of so many."""
    client = Server(engine="machine", limits=Limits(seconds=None, instructions=steps)).connect()
    return steps / timed(lambda: client.execute(b"EVAL", source, b"0"))


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
    alone = unrecorded(source, min(debugged.last, 2 * MOST))
    first = seconds * min(2_000_000 / debugged.last, 1)
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
        f"{name:10}{speed / 1000:8.0f} k/s {alone / speed:5.1f}x{held}"
        f"{1000 * sum(jumps) / len(jumps):8.1f} ms{1000 * max(jumps):8.1f} ms   first stop {first:.2f} s",
        flush=True,
    )


def move_with_many_keys() -> None:
    """A step after 4,000 keys were changed, as the page asks for it."""
    bridge = Bridge()

    def ask(**request: object) -> str:
        return to_json(bridge.answer(json.dumps(request)))

    ask(type="Debug", script=MANY_KEYS, keys=[], argv=[])
    answers = [ask(type="DebugMove", how="continue", backwards=False, moment=0, breakpoints={})]

    def move(backwards: bool) -> None:
        known = json.loads(answers[-1])["number"]
        answers.append(ask(type="DebugMove", how="into", backwards=backwards, moment=0, breakpoints={}, known=known))

    move(True)
    times = [timed(lambda back=back: move(back)) for back in (True, True, False, True, True, True)]  # type: ignore[misc]
    print(f"a move with {KEYS} changed keys: {1000 * sum(times) / len(times):.1f} ms, {len(answers[-1])} bytes of JSON")


def main(names: list[str]) -> None:
    """The table, or the lines named."""
    has_tracing = sys.platform != "emscripten"
    for name in names or SCRIPTS:
        measure(name, SCRIPTS[name], has_tracing)
    move_with_many_keys()


if __name__ == "__main__":
    main(sys.argv[1:])
