"""Identifiers of stream entries: 64 bits of milliseconds and 64 bits of sequence, as one number (`streamID`, stream.h).

The number orders as Redis orders ids, and the next and the previous id are one away.
"""

from __future__ import annotations

from typing import Final, TypeAlias

StreamID: TypeAlias = int
"""milliseconds * 2^64 + sequence; 0 up to GREATEST."""

SEQUENCE_BITS: Final = 64
GREATEST_SEQUENCE: Final = 2**64 - 1
GREATEST: Final[StreamID] = 2**128 - 1


def signed(number: int) -> int:
    """The lowest 64 bits of a number, as C reads them signed."""
    number &= GREATEST_SEQUENCE
    return number - (1 << 64) if number >> 63 else number


def id_of(milliseconds: int, sequence: int) -> StreamID:
    """The id `milliseconds`-`sequence`."""
    return milliseconds << SEQUENCE_BITS | sequence


def id_text(identifier: StreamID) -> bytes:
    """An id as replies show it: ``1526919030474-55`` (`createStreamIDString`)."""
    return b"%d-%d" % (identifier >> SEQUENCE_BITS, identifier & GREATEST_SEQUENCE)
