"""Values and replies as Redis's line debugger writes them (`ldbCatStackValue`, `ldbRedisProtocolToHuman`, eval.c)."""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.keyspace.arguments.quoting import quoted
from ferrous_vm.values.addresses import address_of
from ferrous_vm.values.booleans import TRUE, Boolean
from ferrous_vm.values.natives import Value
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.values.types import type_name

MOST_LEVELS: Final = 10
"""Tables within each other that are written out (`LDB_MAX_VALUES_DEPTH`)."""

TOO_DEEP: Final = b"<max recursion level reached! Nested table?>"

MOST_WORDS: Final = 10
"""Words of a command that are written."""

LONGEST_VALUE: Final = 1_000_000
"""Bytes after which the rest of a table is left out: a table of tables may be larger than any memory."""


def value_text(value: Value, level: int = 0) -> bytes:
    """A Lua value."""
    if level == MOST_LEVELS:
        return TOO_DEEP
    if isinstance(value, LuaString):
        return quoted(value)
    if isinstance(value, Boolean):
        return b"true" if value is TRUE else b"false"
    if isinstance(value, float):
        return b"%g" % value
    if value is None:
        return b"nil"
    if isinstance(value, Table):
        return _table_text(value, level + 1)
    return b'"%s@0x%x"' % (type_name(value), address_of(value))


def _table_text(table: Table, level: int) -> bytes:
    """As a list if its keys come as 1, 2, 3, ...; else with its keys."""
    keys, values = [], []
    entry, size = table.next(None), 0
    while entry is not None and size < LONGEST_VALUE:
        keys.append(entry[0])
        values.append(value_text(entry[1], level))
        size += len(values[-1]) + 2
        entry = table.next(entry[0])
    if keys == [float(number) for number in range(1, len(keys) + 1)]:
        return b"{" + b"; ".join(values) + b"}"
    pairs = (b"[%s]=%s" % (value_text(key, level), value) for key, value in zip(keys, values, strict=True))
    return b"{" + b"; ".join(pairs) + b"}"


def reply_text(data: bytes) -> bytes:
    """A reply, given as RESP."""
    return _Reading(data).text()


class _Reading:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def _line(self) -> tuple[bytes, bytes]:
        end = self._data.index(b"\r\n", self._at)
        line = self._data[self._at : end]
        self._at = end + 2
        return line[:1], line[1:]

    def text(self) -> bytes:
        kind, rest = self._line()
        if kind == b":":
            return rest
        if kind in b"+-":
            return quoted(kind + rest)
        if kind == b"_":
            return b"(null)"
        if kind == b"#":
            return b"#true" if rest == b"t" else b"#false"
        if kind == b",":
            return b"(double) " + rest
        if kind == b"$":
            return self._bulk(int(rest))
        return self._aggregate(kind, int(rest))

    def _bulk(self, size: int) -> bytes:
        if size < 0:
            return b"NULL"
        found = self._data[self._at : self._at + size]
        self._at += size + 2
        return quoted(found)

    def _aggregate(self, kind: bytes, count: int) -> bytes:
        if count < 0:
            return b"NULL"
        if kind == b"%":
            return b"{" + b",".join(self.text() + b" => " + self.text() for _ in range(count)) + b"}"
        inside = b",".join(self.text() for _ in range(count))
        return b"~(" + inside + b")" if kind == b"~" else b"[" + inside + b"]"


def command_text(argv: list[bytes]) -> bytes:
    """The words of a command, of many the first ten."""
    more = len(argv) - MOST_WORDS
    shown: Any = [*argv[:MOST_WORDS], *([b"... (%d more)" % (more - 1)] if more > 0 else [])]
    return b" ".join(shown)
