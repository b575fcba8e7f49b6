"""Random dialogues on Ferrous and beside a real server: each that ends in a difference, as short as it can be made."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.record.servers import running

MOST_DIFFERENCES = 8
"""After so many it is enough."""


def shrunk(steps: list[str], differ: Callable[[list[str]], str | None]) -> list[str]:
    """As few of the steps as still end in a difference."""
    for size in (16, 8, 4, 2, 1):
        position = len(steps) - 1
        while position >= 0:
            fewer = steps[:position] + steps[position + size :]
            if differ(fewer) is not None:
                steps = fewer
            position -= size
    return steps


def compare(
    dialogue: Callable[[random.Random, str], list[str]],
    difference: Callable[[list[str], str, int], str | None],
    profile: str = "redis-7.0",
    dialogues: int = 500,
    seed: int = 1,
) -> int:
    """Compares dialogues that seeds make for a profile, and answers an exit status. `difference` tells the first step
    that does not bring the same as on the server at a port, None if there is none."""
    found = 0
    with running(profile) as port:

        def differ(steps: list[str]) -> str | None:
            return difference(steps, profile, port)

        for number in range(seed, seed + dialogues):
            steps = dialogue(random.Random(number), profile)
            seen = differ(steps)
            if seen is not None and differ(steps) is None:
                print(f"seed {number}, once: {seen}")
            elif seen is not None:
                found += 1
                steps = shrunk(steps, differ)
                print(f"--- seed {number}", *steps, differ(steps), sep="\n", flush=True)
                if found >= MOST_DIFFERENCES:
                    break
    print(f"{profile}: {found} differences")
    return 1 if found else 0
