"""One float for each small whole number, for loops to count with and tables to be keyed by.

A loop over a part of the list makes no number, and Python finds a key that is the very object it is asked for without
comparing the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LAST: Final = 2**20
"""The largest number that is shared: a list of them all takes 32 MB, in the browser 20."""

_shared: Final = [0.0]


def whole_numbers(last: int) -> list[float]:
    """The list in which 0.0 stands at 0, 1.0 at 1, ... at least up to `last`, which may be LAST. Not to be changed."""
    while len(_shared) <= last:
        count = len(_shared)
        _shared.extend([number + count for number in _shared[: LAST + 1 - count]])
    return _shared


def whole_number(value: int) -> float:
    """The float of a whole number that is not negative: the shared one if it is small."""
    return whole_numbers(value)[value] if value <= LAST else float(value)


def counted(first: int, last: int) -> Iterable[float]:
    """The floats of the whole numbers `first`, not negative, to `last`: shared ones if all are small."""
    return whole_numbers(last)[first : last + 1] if last <= LAST else map(float, range(first, last + 1))
