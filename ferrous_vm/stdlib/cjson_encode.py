"""`cjson.encode`: Lua values as JSON, as lua_cjson.c 2.1.0 in Redis writes them.

Nothing here recurses: a stack of half-written tables stands for the C stack, and its limits are C's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from ferrous_vm.errors import LuaError
from ferrous_vm.limits import STACK_SLOTS
from ferrous_vm.stdlib.cjson_settings import INVALID_AS_NULL, INVALID_REFUSED, NULL, Settings
from ferrous_vm.stdlib.entries import entries
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.numbers import to_int
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.values.types import type_name

Value = Any

_NEEDS_ESCAPE: Final = re.compile(rb'[\x00-\x1f"\\/\x7f]')
_ESCAPES: Final = {bytes([code]): b"\\u%04x" % code for code in (*range(32), 127)} | {
    b"\b": b"\\b", b"\t": b"\\t", b"\n": b"\\n", b"\f": b"\\f", b"\r": b"\\r",
    b'"': b'\\"', b"\\": b"\\\\", b"/": b"\\/",
}  # fmt: skip
"""What stands for a byte that JSON, or lua-cjson, does not write as it is (`char2escape`)."""

_INT_MAX: Final = 2147483647.0
_SLOTS_NEEDED: Final = 3
"""Slots C asks of its stack before it visits a table."""


def _refusal(value: Value, reason: bytes) -> LuaError:
    return LuaError(LuaString(b"Cannot serialise %b: %b" % (type_name(value), reason)), level=1)


def _escape(found: re.Match[bytes]) -> bytes:
    return _ESCAPES[found.group()]


def _string_text(text: bytes) -> bytes:
    if _NEEDS_ESCAPE.search(text) is None:
        return b'"%b"' % (text,)
    return b'"%b"' % (_NEEDS_ESCAPE.sub(_escape, text),)


def _array_length(settings: Settings, table: Table) -> int:
    """The items of the array a table is written as, 0 or less for an object (`lua_array_length`)."""
    largest = 0.0
    for key in table:
        if type(key) is not float or key < 1 or not key.is_integer():
            return -1
        if key > largest:
            largest = key
    if largest > _INT_MAX:
        largest = _wrapped_largest(table)
    ratio = settings.encode_sparse_ratio
    if ratio > 0 and largest > to_int(float(len(table) * ratio)) and largest > settings.encode_sparse_safe:
        if not settings.encode_sparse_convert:
            raise _refusal(table, b"excessively sparse array")
        return -1
    return int(largest)


def _wrapped_largest(table: Table) -> float:
    """The largest key as C's int holds it: one that does not fit makes it INT_MIN until the next key."""
    largest = 0.0
    entry = table.next(None)
    while entry is not None:
        if entry[0] > largest:
            largest = entry[0] if entry[0] <= _INT_MAX else -2147483648.0
        entry = table.next(entry[0])
    return largest


class _Frame:
    """A table being written: what of it is left, what comes before its next item, and what closes it."""

    __slots__ = ("close", "items", "separator", "slots", "write")

    def __init__(self, table: Table, length: int, encoder: _Encoder) -> None:
        self.items: Iterator[Value]
        if length > 0:
            self.items = map(table.get, map(float, range(1, length + 1)))
            self.separator, self.close, self.slots = b"[", b"]", 1
            self.write: Callable[[_Frame], Table | None] = encoder.write_items
        else:
            self.items = iter(entries(table))
            self.separator, self.close, self.slots = b"{", b"}" if table else b"{}", 2
            self.write = encoder.write_members


class _Encoder:
    """Writes one value. `slots` are the values C would have on its stack meanwhile."""

    __slots__ = ("exact", "number_format", "pieces", "settings", "slots")

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.number_format = b"%%.%dg" % (settings.encode_number_precision,)
        self.exact = 10.0**settings.encode_number_precision
        """Integers smaller than this are written with all their digits."""
        self.pieces: list[bytes] = []
        self.slots = 1

    def number(self, number: float) -> bytes:
        """The text of a number. Raises LuaError for nan and inf, unless the settings allow them."""
        if -self.exact < number < self.exact and number and number.is_integer():
            return b"%d" % (number,)
        if number - number != 0.0:  # nan or inf
            if self.settings.encode_invalid_numbers == INVALID_REFUSED:
                raise _refusal(number, b"must not be NaN or Inf")
            if self.settings.encode_invalid_numbers == INVALID_AS_NULL:
                return b"null"
            if number != number:
                return b"nan"
        return self.number_format % (number,)

    def scalar(self, value: Value) -> bytes:
        """The text of anything but a table. Raises LuaError for what JSON cannot hold."""
        if type(value) is LuaString:
            return _string_text(value)
        if type(value) is float:
            return self.number(value)
        if value is TRUE:
            return b"true"
        if value is FALSE:
            return b"false"
        if value is None or value is NULL:
            return b"null"
        raise _refusal(value, b"type not supported")

    def write_items(self, frame: _Frame) -> Table | None:
        """Writes items of an array up to a table, which it answers, or to the end."""
        append = self.pieces.append
        separator = frame.separator
        for item in frame.items:
            append(separator)
            separator = b","
            if isinstance(item, Table):
                frame.separator = separator
                return item
            append(self.scalar(item))
        return None

    def write_members(self, frame: _Frame) -> Table | None:
        """Writes members of an object up to one whose value is a table, which it answers, or to the end."""
        append = self.pieces.append
        separator = frame.separator
        for key, item in frame.items:
            if type(key) is LuaString:
                append(b"%b%b:" % (separator, _string_text(key)))
            elif type(key) is float:
                append(b'%b"%b":' % (separator, self.number(key)))
            else:
                raise _refusal(key, b"table key must be a number or string")
            separator = b","
            if isinstance(item, Table):
                frame.separator = separator
                return item
            append(self.scalar(item))
        return None

    def table(self, table: Table) -> bytes:
        """The text of a table and of all tables in it."""
        stack: list[_Frame] = []
        nested: Table | None = table
        while True:
            if nested is not None:
                depth = len(stack) + 1
                if depth > self.settings.encode_max_depth or self.slots + _SLOTS_NEEDED > STACK_SLOTS:
                    raise LuaError(LuaString(b"Cannot serialise, excessive nesting (%d)" % (depth,)), level=1)
                stack.append(_Frame(nested, _array_length(self.settings, nested), self))
                self.slots += stack[-1].slots
            frame = stack[-1]
            nested = frame.write(frame)
            if nested is None:
                self.pieces.append(frame.close)
                self.slots -= frame.slots
                stack.pop()
                if not stack:
                    return b"".join(self.pieces)


def encode_value(settings: Settings, value: Value) -> bytes:
    """The JSON text of a value.

    Raises LuaError for what JSON cannot hold, for tables nested deeper than the settings allow and for sparse arrays.
    """
    encoder = _Encoder(settings)
    return encoder.table(value) if isinstance(value, Table) else encoder.scalar(value)
