"""How long scripts take that call Redis in a loop: `python -m benchmarks.redis_calls [--port PORT]`.

Beside fakeredis with Lua (`pip install "fakeredis[lua]"`) if it is installed, and beside the redis-server listening on
PORT, whose data are flushed. Microseconds for each `redis.call`, the best of several runs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import ferrous_vm
from benchmarks.language import mean
from ferrous_vm.limits import Limits
from tests.record.resp import Connection

RUNS = 3
CALLS = 20_000
LOOPS = {
    "INCR": "for i = 1, 20000 do redis.call('INCR', 'counter') end",
    "GET": "redis.call('SET', 'text', 'value') for i = 1, 20000 do redis.call('GET', 'text') end",
    "SET and GET": "for i = 1, 10000 do redis.call('SET', 'k' .. i % 10, 'v') redis.call('GET', 'k' .. i % 10) end",
    "HSET": "for i = 1, 20000 do redis.call('HSET', 'hash', 'f' .. i % 100, i) end",
    "ZADD": "for i = 1, 20000 do redis.call('ZADD', 'zset', i % 1000, 'm' .. i % 100) end",
    "LPUSH and RPOP": "for i = 1, 10000 do redis.call('LPUSH', 'list', i) redis.call('RPOP', 'list') end",
    "XADD": "redis.call('DEL', 'stream') for i = 1, 20000 do redis.call('XADD', 'stream', '*', 'field', i) end",
}

Evaluate = Callable[[str], Any]


def by_ferrous() -> Evaluate:
    """EVAL on the translator."""
    client = ferrous_vm.Server("translator", limits=Limits(seconds=None)).connect()
    return lambda script: client.execute(b"EVAL", script.encode(), b"0")


def by_fakeredis() -> Evaluate:
    """EVAL on fakeredis, which runs Lua in C."""
    import fakeredis

    client = fakeredis.FakeRedis()
    return lambda script: client.eval(script, 0)


def by_server(port: int) -> Evaluate:
    """EVAL on a real server."""
    connection = Connection(port)
    connection.ask(b"FLUSHALL")
    return lambda script: connection.ask(b"EVAL", script.encode(), b"0")


def microseconds(evaluate: Evaluate, script: str) -> float:
    """For one call of the loop."""
    best = float("inf")
    for _ in range(RUNS):
        start = time.perf_counter()
        evaluate(script)
        best = min(best, time.perf_counter() - start)
    return best / CALLS * 1e6


def main() -> None:
    """Prints a table, and the ratios' geometric means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int)
    options = parser.parse_args()
    others: dict[str, Evaluate] = {}
    if find_spec("fakeredis") and find_spec("lupa"):
        others["fakeredis"] = by_fakeredis()
    if options.port:
        others["redis-server"] = by_server(options.port)
    ferrous = by_ferrous()
    ratios: dict[str, list[float]] = {name: [] for name in others}
    for name, script in LOOPS.items():
        ours = microseconds(ferrous, script)
        line = f"{name:16} ferrous {ours:6.2f}"
        for other, evaluate in others.items():
            theirs = microseconds(evaluate, script)
            ratios[other].append(ours / theirs)
            line += f"   {other} {theirs:6.2f}"
        print(line, flush=True)
    for other, values in ratios.items():
        print(f"geometric mean: {mean(values):.2f} x the time of {other}")


if __name__ == "__main__":
    main()
