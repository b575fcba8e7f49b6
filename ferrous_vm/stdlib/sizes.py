"""How long strings may become, and which are worth remembering.

Every native that can multiply the size of a string checks it before it does so.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from ferrous_vm.errors import LimitExceeded
from ferrous_vm.limits import Limits

LONGEST_STRING: Final = Limits().string_size
"""Bytes of the longest string a native makes."""


LONGEST_REMEMBERED: Final = 500
"""Bytes of the longest pattern, replacement or format kept compiled: longer ones are made by programs, and once."""


def check_string_size(size: int) -> None:
    """Raises LimitExceeded if a string of `size` bytes is too long to be made."""
    if size > LONGEST_STRING:
        raise LimitExceeded("string_size", b"string of %d bytes exceeds the limit of %d" % (size, LONGEST_STRING))


def join(pieces: Collection[bytes], between: bytes = b"") -> bytes:
    """All of `pieces`, which may be one giant many times. Raises LimitExceeded if that is too long to be made."""
    check_string_size(sum(map(len, pieces)) + len(between) * len(pieces))
    return between.join(pieces)
