"""What the counts of a call come to on a server, for comparing scripts with each other.

The weights are nanoseconds of redis-server 7.0.15 on one machine, found by `benchmarks/script_costs.py` from scripts
made at random; how well they put the page's examples in order stands in `benchmarks/README.md`. They promise no time.
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.workbench.costs.counts import Counts

CALL: Final = 1_230
"""The call of a script that does nothing."""

WEIGHTS: Final[dict[str, float]] = {
    "instructions": 19,
    "library": 240,
    "commands": 256,
    "words": 118,
    "elements": 14,
    "carried": 210,
    "numbers": 261,
}
"""By the name of the count."""

if set(WEIGHTS) != set(Counts.__annotations__):
    raise AssertionError("the counts and their weights differ")


def microseconds(counts: Counts) -> float:
    """What a call comes to."""
    nanoseconds: float = CALL + sum(weight * getattr(counts, name) for name, weight in WEIGHTS.items())
    return nanoseconds / 1000
