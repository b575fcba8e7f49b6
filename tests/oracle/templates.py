"""Templates: a word in angle brackets stands for a choice from its pool, whose texts are templates too."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random

DEEPEST = 7
"""Slots within slots, before pools that may contain themselves are no more asked."""

Pool = Sequence[str] | Callable[[Random], str]

_SLOT = re.compile(r"<([a-z]+)>")


def filled(random: Random, pools: Mapping[str, Pool], simpler: Mapping[str, str], template: str, depth: int = 0) -> str:
    """The template with each slot filled. `simpler` names, for pools that may contain themselves, another to ask when
    that has happened often enough."""

    def fill(slot: re.Match[str]) -> str:
        name = simpler.get(slot[1], slot[1]) if depth > DEEPEST else slot[1]
        pool = pools[name]
        if callable(pool):
            return pool(random)
        return filled(random, pools, simpler, random.choice(pool), depth + 1)

    return _SLOT.sub(fill, template)
