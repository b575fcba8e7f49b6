"""The operations that BITOP has learned in Redis 8.2 (bitops.c): DIFF, DIFF1, ANDOR and ONE."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.interruption import changes_nothing
from ferrous_vm.keyspace.types.strings import RawString

_TOO_FEW: Final = b"ERR BITOP %b must be called with at least two source keys."


def check_sources(operation: bytes, argv: list[bytes]) -> None:
    """Raise CommandError for an operation that compares the first key with others, if there are none."""
    if operation != b"one" and len(argv) < 5:
        raise CommandError(_TOO_FEW % operation.upper())


@changes_nothing
def combined(operation: bytes, texts: list[bytes | RawString], length: int) -> int:
    """The texts combined bit by bit; the shorter ones count as filled up with zeros to `length` bytes.

    DIFF: in the first and in no other; DIFF1: in another, not in the first; ANDOR: in the first and in another; ONE: in
    exactly one of all.
    """
    first, *others = (int.from_bytes(text, "big") << 8 * (length - len(text)) for text in texts)
    if operation == b"one":
        once, twice = first, 0
        for number in others:
            twice |= (once | twice) & number
            once = (once | number) & ~twice
        return once & ~twice
    united = 0
    for number in others:
        united |= number
    if operation == b"diff":
        return first & ~united
    return united & ~first if operation == b"diff1" else first & united
