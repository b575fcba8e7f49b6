"""Random positions for the commands that answer random members (t_set.c, t_zset.c, t_hash.c)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.readings import INTEGER

MOST_REPEATED: Final = 1 << 24
"""Most members answered with repetitions. Redis has no such limit: it goes on until its memory is used up."""


def random_positions(size: int, count: int, randrange: Callable[[int], int], word: bytes) -> Sequence[int]:
    """Positions below `size`, which is not 0, for a count argument as Redis reads it, written `word`.

    Positive: so many distinct ones, or all in order if there are no more. Negative: so many with repetitions.
    Raises CommandError for more repetitions than Redis gives.
    """
    if count < 0:
        if count < -MOST_REPEATED:
            raise CommandError(messages.OUT_OF_RANGE, word, INTEGER)
        return [randrange(size) for _ in range(-count)]
    return range(size) if count >= size else sample(size, count, randrange)


def sample(size: int, count: int, randrange: Callable[[int], int]) -> list[int]:
    """`count` distinct positions below `size`, every choice as likely, at the cost of `count` (Floyd's algorithm)."""
    chosen: dict[int, None] = {}
    for last in range(size - count, size):
        position = randrange(last + 1)
        chosen[last if position in chosen else position] = None
    return list(chosen)
