"""`cjson.encode`: Lua values as JSON, as lua_cjson.c 2.1.0 in Redis writes them.

Nothing here recurses: a stack of half-written tables stands for the C stack, and its limits are C's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any, Final

from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import LuaError
from ferrous_vm.limits import STACK_SLOTS
from ferrous_vm.stdlib.cjson_settings import INVALID_AS_NULL, INVALID_REFUSED, NULL, Settings
from ferrous_vm.stdlib.entries import Shape, entries, order, record_shape
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.lost import LISTENER, Lost
from ferrous_vm.values.numbers import to_int
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.values.types import type_name

Value = Any
_Member = tuple[bytes, Value]
"""What stands before a value in its table, and the value."""
_Unfinished = tuple[Iterator[_Member], bytes, int]
"""A table being written: what is left of it, what closes it, and the values C has on its stack meanwhile."""

_NEEDS_ESCAPE: Final = re.compile(rb'[\x00-\x1f"\\/\x7f]')
_ESCAPES: Final = {bytes([code]): b"\\u%04x" % code for code in (*range(32), 127)} | {
    b"\b": b"\\b", b"\t": b"\\t", b"\n": b"\\n", b"\f": b"\\f", b"\r": b"\\r",
    b'"': b'\\"', b"\\": b"\\\\", b"/": b"\\/",
}  # fmt: skip
"""What stands for a byte that JSON, or lua-cjson, does not write as it is (`char2escape`)."""

_INT_MAX: Final = 2147483647.0
_SMALL: Final = 1000.0
_small_texts: Final[dict[float, bytes]] = {}
"""The texts of the whole numbers from 1 to below `_SMALL` that were written: those come back."""
_SLOTS_NEEDED: Final = 3
"""Slots C asks of its stack before it visits a table."""


_MEANT: Final = 16
"""Digits that a number has because somebody wrote them; the last of 17 are those of a calculation, as of 0.1 + 0.2."""


def _digits(number: float) -> int:
    return len(repr(number).removesuffix(".0").partition("e")[0].lstrip("-0.").replace(".", ""))


def _refusal(value: Value, reason: bytes) -> LuaError:
    return LuaError(LuaString(b"Cannot serialise %b: %b" % (type_name(value), reason)), level=1)


def _escape(found: re.Match[bytes]) -> bytes:
    return _ESCAPES[found.group()]


_LONG: Final = 4096
"""Bytes of a string that is counted while others are written."""

_MOST_ESCAPED: Final = 6
"""Bytes that one may become."""


def _string_text(text: bytes) -> bytes:
    if _NEEDS_ESCAPE.search(text) is not None:
        if len(text) * _MOST_ESCAPED > PRESENT.longest_string:
            PRESENT.check_string(
                len(text) + sum(text.count(byte) * (len(shown) - 1) for byte, shown in _ESCAPES.items())
            )
        text = _NEEDS_ESCAPE.sub(_escape, text)
    return b'"%b"' % (text,)


_ARRAY: Final = LuaString(b"__is_cjson_array")


def _is_array(table: Table) -> bool:
    """Whether its metatable says that a table is an array."""
    metatable = table.metatable
    return metatable is not None and metatable.get(_ARRAY) not in (None, FALSE)


def _array(table: Table, length: int) -> Iterator[_Member]:
    """The items of an array, each with what stands before it."""
    items = table.values() if table.is_sequence() else map(table.get, map(float, range(1, length + 1)))
    return zip(chain((b"[",), repeat(b",")), items, strict=False)


def _array_length(settings: Settings, table: Table) -> int:
    """The items of the array a table is written as, 0 or less for an object (`lua_array_length`)."""
    largest = 0.0
    if table.is_sequence():
        largest = float(len(table))
    else:
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


class _Encoder:
    """Writes one value."""

    __slots__ = ("exact", "forms", "number_format", "settings", "size", "small")

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.number_format = b"%%.%dg" % (settings.encode_number_precision,)
        self.exact = 10.0**settings.encode_number_precision
        """Integers smaller than this are written with all their digits."""
        self.small = _small_texts if self.exact >= _SMALL else {}
        self.forms: dict[Shape, list[_Member]] = {}
        """The keys of records in Lua's order, in the place of their values."""
        self.size = 0
        """Bytes of the long strings that were written."""

    def count(self, text: bytes) -> None:
        """A long string, which may be one giant many times, is written. Raises LimitExceeded if that is too much."""
        self.size += len(text)
        PRESENT.check_string(self.size)

    def number(self, number: float) -> bytes:
        """The text of a number. Raises LuaError for nan and inf, unless the settings allow them."""
        text = self.small.get(number)
        if text is not None:
            return text
        if -self.exact < number < self.exact and number and number.is_integer():
            text = b"%d" % number
            if 0.0 < number < _SMALL:
                self.small[number] = text
            return text
        if number - number != 0.0:  # nan or inf
            if self.settings.encode_invalid_numbers == INVALID_REFUSED:
                raise _refusal(number, b"must not be NaN or Inf")
            if self.settings.encode_invalid_numbers == INVALID_AS_NULL:
                return b"null"
            if number != number:
                return b"nan"
        text = self.number_format % number
        if LISTENER.tell is not None and float(text) != number and _digits(number) <= _MEANT:
            LISTENER.tell(Lost.DIGITS, f"{number:.17g}", text.decode())
        return text

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

    def name(self, key: Value) -> bytes:
        """A key as the name of a member. Raises LuaError for what cannot be one."""
        if type(key) is LuaString:
            if len(key) > _LONG:
                self.count(key)
            return _string_text(key)
        if type(key) is float:
            return b'"%b"' % (self.number(key),)
        raise _refusal(key, b"table key must be a number or string")

    def begin(self, table: Table, depth: int, slots: int) -> _Unfinished:
        """A table of which nothing is written yet. Raises LuaError if it must not be written."""
        if depth > self.settings.encode_max_depth or slots + _SLOTS_NEEDED > STACK_SLOTS:
            raise LuaError(LuaString(b"Cannot serialise, excessive nesting (%d)" % (depth,)), level=1)
        if self.settings.knows_arrays and _is_array(table):
            length = int(table.length())
            return _array(table, length), b"]" if length else b"[]", slots + 1
        form = self.form(table)
        if form is not None:
            return iter([(before, table[key]) for before, key in form]), b"}", slots + 2
        length = _array_length(self.settings, table)
        if length > 0:
            return _array(table, length), b"]", slots + 1
        if not table and LISTENER.tell is not None:
            LISTENER.tell(Lost.EMPTY, "{}", "{}")
        return self.members(table), b"}" if table else b"{}", slots + 2

    def form(self, table: Table) -> list[_Member] | None:
        """The form of a record; None if the table is none."""
        shape = record_shape(table)
        if shape is None:
            return None
        form = self.forms.get(shape)
        if form is None:
            keys = order(table, shape)
            if keys is None or any(len(key) > _LONG for key in keys):
                return None
            befores = [b",%b:" % (_string_text(key),) for key in keys]
            befores[0] = b"{" + befores[0][1:]
            self.forms[shape] = form = list(zip(befores, keys, strict=True))
        return form

    def members(self, table: Table) -> Iterator[_Member]:
        """The values of an object that is no record."""
        separator = b"{"
        for key, value in entries(table):
            yield b"%b%b:" % (separator, self.name(key)), value
            separator = b","

    def table(self, table: Table) -> bytes:
        """The text of a table and of all tables in it."""
        number = self.number
        pieces: list[bytes] = []
        unfinished: list[_Unfinished] = []
        members, close, slots = self.begin(table, 1, 1)
        while True:
            for before, value in members:
                pieces.append(before)
                kind = value.__class__
                if kind is LuaString:
                    pieces.append(_string_text(value))
                    if len(value) > _LONG:
                        self.count(value)
                elif kind is float:
                    pieces.append(number(value))
                elif isinstance(value, Table):
                    unfinished.append((members, close, slots))
                    members, close, slots = self.begin(value, len(unfinished) + 1, slots)
                    break
                else:
                    pieces.append(self.scalar(value))
            else:
                pieces.append(close)
                if not unfinished:
                    return PRESENT.checked(b"".join(pieces))
                members, close, slots = unfinished.pop()


def encode_value(settings: Settings, value: Value) -> bytes:
    """The JSON text of a value.

    Raises LuaError for what JSON cannot hold, for tables nested deeper than the settings allow and for sparse arrays.
    """
    encoder = _Encoder(settings)
    return encoder.table(value) if isinstance(value, Table) else encoder.scalar(value)
