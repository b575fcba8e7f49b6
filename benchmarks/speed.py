"""Steps of the machine a second, and the time the translator takes to compile; runs in CPython and inside Pyodide.

    python -m benchmarks.speed
    node benchmarks/speed.mjs

Best of several runs.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import ferrous_vm
from ferrous_vm.limits import Limits

RUNS = 5
STEPS_LOOP = b"local sum = 0 for i = 1, %d do sum = sum + i %% 7 end return sum"
COUNT = 20_000
SCRIPT_LINES = 100
EMPTY = b"return 1"


def best(run: Callable[[], Any]) -> float:
    """Seconds of the quickest run."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def script(number: int) -> bytes:
    """A script of a hundred lines as people write them; `number` makes each one new to the cache."""
    block = """
    local key%d = KEYS[1] .. ':' .. ARGV[%d]
    local value%d = redis.call('GET', key%d)
    if not value%d then
      redis.call('SET', key%d, tonumber(ARGV[1]) or 0, 'PX', 1000)
    elseif tonumber(value%d) > 10 then
      return redis.error_reply('TOO MANY ' .. key%d)
    end
    for i, item in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
      total[item] = (total[item] or 0) + i
    end"""
    blocks = [block.strip("\n").replace("%d", str(index)) for index in range(1, 10)]
    lines = "\n".join(["local total = {}", f"local run = {number}", *blocks]).splitlines()[: SCRIPT_LINES - 3]
    return "\n".join([*lines, "-- the end", "", "return run"]).encode()


def main() -> None:
    """Print all figures."""
    unlimited = Limits(seconds=None, memory=None)
    loop = ferrous_vm.Lua(engine="machine", limits=unlimited)
    seconds = best(lambda: loop.run(STEPS_LOOP % COUNT))
    steps = 3 * COUNT
    client = ferrous_vm.Server().connect()
    numbers = iter(range(1_000_000))
    load = best(lambda: client.execute(b"SCRIPT", b"LOAD", script(next(numbers))))
    print(sys.version.split()[0], sys.platform)
    print(f"machine: {steps / seconds:,.0f} steps a second")
    print(f"translator: {SCRIPT_LINES} lines compiled in {load * 1000:.1f} ms")


if __name__ == "__main__":
    main()
