"""What advice costs a run: a script as a client's EVAL, to which nobody listens, beside the page's Run of it, which
tells of its commands, its conversions, what it changed, and explains its error.

    python -m benchmarks.advice

Best of several runs, one of each in turn; processor time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import ferrous_vm
from pyodide_bridge.bridge import Bridge

RUNS = 7

SCRIPTS = {
    "a loop of 200,000 turns": "local sum = 0 for i = 1, 200000 do sum = sum + i % 7 end return sum",
    "1,000 commands": "for i = 1, 1000 do redis.call('INCR', KEYS[1]) end return 1",
    "20,000 commands": "for i = 1, 20000 do redis.call('INCR', KEYS[1]) end return 1",
    "20,000 numbers as arguments": "for i = 1, 20000 do redis.call('ZADD', KEYS[1], i, i) end return 1",
    "an error behind a loop": "for i = 1, 200000 do end return redis.call('EXPIRE', KEYS[1], '1.5')",
}


def best(*acts: Callable[[], Any]) -> list[float]:
    """Seconds of the quickest run of each act, which take turns."""
    times: list[list[float]] = [[] for _ in acts]
    for _ in range(RUNS):
        for act, taken in zip(acts, times, strict=True):
            start = time.process_time()
            act()
            taken.append(time.process_time() - start)
    return [min(taken) for taken in times]


def main() -> None:
    """Print the figures of each script, and their ratio."""
    print(f"{'':30}{'EVAL, ms':>10}{'Run, ms':>10}{'ratio':>8}")
    for name, script in SCRIPTS.items():
        client, bridge = ferrous_vm.Server().connect(), Bridge()
        request = json.dumps({"type": "Run", "script": script, "keys": ["k"], "argv": []})
        empty = json.dumps({"type": "Run", "script": "return 1", "keys": ["k"], "argv": []})
        plain, told, least = best(
            lambda client=client, script=script: client.execute_resp(b"EVAL", script.encode(), b"1", b"k"),
            lambda bridge=bridge, request=request: bridge.answer(request),
            lambda bridge=bridge, empty=empty: bridge.answer(empty),
        )
        print(f"{name:30}{plain * 1000:10.1f}{told * 1000:10.1f}{told / plain:8.2f}   (empty: {least * 1000:.1f})")


if __name__ == "__main__":
    main()
