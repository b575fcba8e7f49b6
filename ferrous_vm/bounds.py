"""How much may be made at once: asked before it is made, by everything that can multiply what it is given.

The memory limit itself is looked after from outside, between two steps; what one step makes must not pass it. Where
somebody knows what a run has taken (`tell_room`), a large string must fit what is left.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from typing import Any, Final

from ferrous_vm.errors import LimitExceeded
from ferrous_vm.limits import Limits

BYTES_OF_AN_ELEMENT: Final = 512
"""Memory one element of a reply takes until it is encoded, and a bit more: a million elements in the usual limit. A
table that contains itself twice doubles at each of 8000 levels."""


BYTES_OF_A_STRING: Final = 128
"""Memory that a Lua string in a table takes beside its bytes, or any other short value."""

FEW: Final = 16
"""Elements of a reply that are not looked at before it is made, which would cost as much as to make it."""


LARGE: Final = 1 << 22
"""Bytes of a string beyond which it is asked how much is left: that takes as long as to copy 50,000 of them."""


def _unlimited() -> int:
    return sys.maxsize


_room: Callable[[], int] = _unlimited


def tell_room(ask: Callable[[], int] | None) -> None:
    """From now on `ask` says how many bytes the run may yet take; None where nobody knows."""
    global _room
    _room = _unlimited if ask is None else ask


def memory_limit_sentence(limit: int) -> bytes:
    """What is said of a run that takes more."""
    return b"memory limit of %d bytes exceeded" % limit


class Bounds:
    """What `limits` leave to one step."""

    __slots__ = ("limits", "longest_string", "most_bytes", "most_elements")

    def __init__(self, limits: Limits) -> None:
        self.use(limits)

    def use(self, limits: Limits) -> None:
        """From now on these limits hold."""
        most = sys.maxsize if limits.memory is None else limits.memory
        self.limits = limits
        self.longest_string = min(limits.string_size, most, LARGE)
        """Bytes of a string that nobody need ask for."""
        self.most_bytes = most
        """Bytes of a reply, or of the arguments of a call."""
        self.most_elements = most // BYTES_OF_AN_ELEMENT
        """Elements of a reply."""

    def check_string(self, size: int) -> None:
        """Raises LimitExceeded if a string of `size` bytes is too long to be made."""
        longest = self.limits.string_size
        if size > longest:
            raise LimitExceeded("string_size", b"string of %d bytes exceeds the limit of %d" % (size, longest))
        self.check_memory(size)

    def check_memory(self, size: int) -> None:
        """Raises LimitExceeded if what takes so many bytes does not fit the memory limit, alone or with the rest."""
        if size > self.most_bytes or (size > LARGE and size > _room()):
            raise LimitExceeded("memory", memory_limit_sentence(self.most_bytes))

    def checked(self, text: bytes) -> bytes:
        """A text of pieces that were bounded as they were made, if it is not too long. Raises LimitExceeded."""
        if len(text) > self.limits.string_size:
            self.check_string(len(text))
        return text

    def join(self, pieces: Collection[bytes], between: bytes = b"") -> bytes:
        """All of `pieces`, which may be one giant many times. Raises LimitExceeded if that is too long to be made."""
        self.check_string(sum(map(len, pieces)) + len(between) * len(pieces))
        return between.join(pieces)

    def check_reply(self, size: int) -> None:
        """Raises LimitExceeded for a reply whose strings have so many bytes together."""
        if size > self.most_bytes:
            message = b"not enough memory for a reply of more than %d bytes" % self.most_bytes
            raise LimitExceeded("memory", message)

    def check_elements(self, count: int) -> None:
        """Raises LimitExceeded for a reply of so many elements."""
        if count > self.most_elements:
            message = b"not enough memory for a reply of more than %d elements" % self.most_elements
            raise LimitExceeded("memory", message)

    def check_strings(self, elements: Collection[Any]) -> None:
        """Raises LimitExceeded if the elements of a reply, unless they are few, take too much memory together."""
        if len(elements) > FEW:
            try:
                size = sum(map(len, elements))
            except TypeError:  # not all are strings
                size = sum([len(element) for element in elements if isinstance(element, bytes)])
            self.check_reply(size + BYTES_OF_A_STRING * len(elements))


PRESENT: Final = Bounds(Limits())
"""Those of the running script: an engine sets them when a run begins."""
