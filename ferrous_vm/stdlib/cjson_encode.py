"""`cjson.encode`: Lua values as JSON, as lua_cjson.c 2.1.0 in Redis writes them.

Nothing here recurses: a stack of half-written tables stands for the C stack, and its limits are C's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ferrous_vm.errors import LuaError
from ferrous_vm.limits import STACK_SLOTS
from ferrous_vm.stdlib.cjson_settings import INVALID_AS_NULL, INVALID_REFUSED, NULL, Settings
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


def _number_text(settings: Settings, number: float) -> bytes:
    if number - number != 0.0:  # nan or inf
        if settings.encode_invalid_numbers == INVALID_REFUSED:
            raise _refusal(number, b"must not be NaN or Inf")
        if settings.encode_invalid_numbers == INVALID_AS_NULL:
            return b"null"
        if number != number:
            return b"nan"
    return settings.number_format % (number,)


def _scalar_text(settings: Settings, value: Value) -> bytes:
    """The text of anything but a table."""
    if type(value) is LuaString:
        return _string_text(value)
    if type(value) is float:
        return _number_text(settings, value)
    if value is TRUE:
        return b"true"
    if value is FALSE:
        return b"false"
    if value is None or value is NULL:
        return b"null"
    raise _refusal(value, b"type not supported")


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


def _array_items(table: Table, length: int) -> Iterator[tuple[bytes, Value]]:
    """What to write before each item, and the item."""
    prefix = b"["
    for position in range(1, length + 1):
        yield prefix, table.get(float(position))
        prefix = b","


def _object_items(settings: Settings, table: Table) -> Iterator[tuple[bytes, Value]]:
    """What to write before each value (brace or comma, key and colon), and the value, in the order of `next`."""
    prefix = b"{"
    entry = table.next(None)
    while entry is not None:
        key, value = entry
        if type(key) is LuaString:
            yield b"%b%b:" % (prefix, _string_text(key)), value
        elif type(key) is float:
            yield b'%b"%b":' % (prefix, _number_text(settings, key)), value
        else:
            raise _refusal(key, b"table key must be a number or string")
        prefix = b","
        entry = table.next(key)


def encode_value(settings: Settings, value: Value) -> bytes:
    """The JSON text of a value.

    Raises LuaError for what JSON cannot hold, for tables nested deeper than the settings allow and for sparse arrays.
    """
    if not isinstance(value, Table):
        return _scalar_text(settings, value)
    pieces: list[bytes] = []
    stack: list[tuple[Iterator[tuple[bytes, Value]], bytes, int]] = []
    slots = 1
    while True:
        depth = len(stack) + 1
        if depth > settings.encode_max_depth or slots + _SLOTS_NEEDED > STACK_SLOTS:
            raise LuaError(LuaString(b"Cannot serialise, excessive nesting (%d)" % (depth,)), level=1)
        length = _array_length(settings, value)
        if length > 0:
            items, close, uses = _array_items(value, length), b"]", 1
        else:
            items, close, uses = _object_items(settings, value), b"}" if value else b"{}", 2
        stack.append((items, close, uses))
        slots += uses
        value = None
        while stack:
            items, close, uses = stack[-1]
            for prefix, item in items:
                pieces.append(prefix)
                if isinstance(item, Table):
                    value = item
                    break
                pieces.append(_scalar_text(settings, item))
            else:
                pieces.append(close)
                slots -= uses
                stack.pop()
                continue
            break
        else:
            return b"".join(pieces)
