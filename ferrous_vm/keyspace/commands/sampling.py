"""Random positions for the commands that answer random members (t_set.c, t_zset.c, t_hash.c)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ferrous_vm.keyspace.session import Session


def random_positions(session: Session, size: int, count: int) -> Sequence[int]:
    """Positions below `size`, which is not 0, for a count argument as Redis reads it.

    Positive: so many distinct ones, or all in order if there are no more. Negative: so many with repetitions.
    Raises LimitExceeded for more repetitions than a reply may have elements: Redis goes on until its memory is used up.
    """
    randrange = session.keyspace.random.randrange
    if count < 0:
        session.keyspace.bounds.check_elements(-count)
        return [randrange(size) for _ in range(-count)]
    return range(size) if count >= size else sample(size, count, randrange)


def sample(size: int, count: int, randrange: Callable[[int], int]) -> list[int]:
    """`count` distinct positions below `size`, every choice as likely, at the cost of `count` (Floyd's algorithm)."""
    chosen: dict[int, None] = {}
    for last in range(size - count, size):
        position = randrange(last + 1)
        chosen[last if position in chosen else position] = None
    return list(chosen)
