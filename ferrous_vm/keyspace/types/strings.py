"""Strings (t_string.c, object.c).

A string is stored as one of three Python types, and the type is its encoding:

    int         int      what `SET k 42` stores (`tryObjectEncoding`)
    bytes       embstr up to 44 bytes, raw above
    RawString   raw      once it was modified in place: APPEND, SETRANGE, SETBIT

The first two are immutable and replaced by `Database.put`; a RawString changes by its primitives.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.readings import KEY
from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.journal import ElementChange, Opposite, Recorder

EMBEDDED: Final = 44
"""Longest embstr in bytes (`OBJ_ENCODING_EMBSTR_SIZE_LIMIT`)."""

LONGEST: Final = 512 * 1024 * 1024
"""Bytes a string may have (proto-max-bulk-len)."""


_ZEROS: Final = 1 << 20
"""Zeros that fill a gap at a time: a gap may take half of all the memory there is."""


class RawString(bytearray):
    """A string that can be modified in place at the cost of the modification."""

    __slots__ = ("recorder",)
    recorder: Recorder | None
    type_name = b"string"

    def __init__(self, text: bytes | bytearray | int) -> None:
        """`text`, or so many zeros."""
        super().__init__(text)
        self.recorder = None

    def encoding(self) -> bytes:
        """Always raw."""
        return b"raw"

    def copy(self) -> RawString:
        """An independent string with the same text."""
        return RawString(self)

    def write(self, offset: int, text: bytes) -> None:
        """Primitive: overwrite from `offset`, in bytes, filling a gap before it with zeros (`setrangeCommand`)."""
        length = len(self)
        recorder = self.recorder
        if recorder is not None:
            start = min(offset, length)
            recorder.record(RawString._restore, self, start, bytes(self[start : offset + len(text)]), length)
        for start in range(length, offset, _ZEROS):
            self.extend(bytes(min(_ZEROS, offset - start)))
        self[offset : offset + len(text)] = text

    def rewrite(self, text: bytes) -> None:
        """Primitive: replace the whole content by `text`, which may be shorter."""
        recorder = self.recorder
        if recorder is not None:
            recorder.record(RawString._restore, self, 0, bytes(self), len(self))
        self[:] = text

    def _restore(self, start: int, text: bytes, length: int) -> Opposite:
        stop = start + len(text) if len(self) == length else None
        again = partial(RawString._restore, self, start, bytes(self[start:stop]), len(self))
        self[start : start + len(text)] = text
        del self[length:]
        return again

    def element_changes(self, records: Sequence[tuple[Any, ...]]) -> list[ElementChange]:
        """The whole text, as it was before the first of `records` and as it is: a string is one element, 0."""
        before = bytearray(self)
        for _, start, text, length in reversed(records):
            before[start : start + len(text)] = text
            del before[length:]
        return [ElementChange(0, bytes(before), bytes(self))] if before != self else []


def modifiable(database: Database, key: bytes) -> RawString | None:
    """The string at `key` as a RawString, converted where it stands; None if there is no key.

    Raises CommandError, with WRONGTYPE, for another type.
    """
    value = database.lookup(key)
    if value is None or type(value) is RawString:
        return value
    if type(value) is int:
        value = b"%d" % value
    if type(value) is not bytes:
        raise CommandError(messages.WRONG_TYPE, key, KEY)
    raw = RawString(value)
    database.reencode(key, raw)
    return raw
