"""The cmsgpack library: MessagePack as lua-cmsgpack 0.4.0 in Redis packs and unpacks it (lua_cmsgpack.c)."""

from __future__ import annotations

import struct
from typing import Any, Final

from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import ArgumentError, LuaError
from ferrous_vm.limits import STACK_SLOTS
from ferrous_vm.stdlib.entries import entries
from ferrous_vm.values.arguments import check_integer, check_string, optional_integer
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.natives import MISSING, Results, library, native
from ferrous_vm.values.numbers import to_int
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table, check_key

Value = Any

DEEPEST: Final = 16
"""Levels of nested tables that are packed; deeper ones become nil (`LUACMSGPACK_MAX_NESTING`)."""

_NIL: Final = b"\xc0"
_FALSE: Final = b"\xc2"
_TRUE: Final = b"\xc3"

# Packing


def _head(code: int, form: str, value: int) -> bytes:
    return struct.pack(">B" + form, code, value)


def _pack_string(text: bytes) -> bytes:
    size = len(text)
    if size < 32:
        head = bytes((0xA0 | size,))
    elif size <= 0xFF:
        head = _head(0xD9, "B", size)
    elif size <= 0xFFFF:
        head = _head(0xDA, "H", size)
    else:
        head = _head(0xDB, "I", size & 0xFFFFFFFF)
    return head + bytes(text)


def _pack_integer(number: int) -> bytes:
    if number >= 0:
        if number <= 0x7F:
            return bytes((number,))
        if number <= 0xFF:
            return _head(0xCC, "B", number)
        if number <= 0xFFFF:
            return _head(0xCD, "H", number)
        return _head(0xCE, "I", number) if number <= 0xFFFFFFFF else _head(0xCF, "Q", number)
    if number >= -32:
        return bytes((number & 0xFF,))
    if number >= -128:
        return _head(0xD0, "b", number)
    if number >= -32768:
        return _head(0xD1, "h", number)
    return _head(0xD2, "i", number) if number >= -2147483648 else _head(0xD3, "q", number)


def _pack_number(number: float) -> bytes:
    """An integer if the number is one of 64 bits, else a float if that loses nothing, else a double."""
    if -9223372036854775808.0 <= number < 9223372036854775808.0 and number.is_integer():
        return _pack_integer(int(number))
    try:
        short = struct.pack(">f", number)
    except OverflowError:
        short = b""
    if short and struct.unpack(">f", short)[0] == number:
        return b"\xca" + short
    return b"\xcb" + struct.pack(">d", number)


def _container_head(count: int, small: int, large: int) -> bytes:
    """The head of an array or a map: codes `small` (to 15), `large` (16 bits) and the one after (32 bits)."""
    if count <= 15:
        return bytes((small | count,))
    if count <= 0xFFFF:
        return _head(large, "H", count)
    return _head(large + 1, "I", count & 0xFFFFFFFF)


def _is_array(table: Table) -> bool:
    """Whether the keys are exactly 1 to n (`table_is_an_array`)."""
    largest = 0.0
    for key in table:
        if type(key) is not float or not 0 < key <= 2147483647.0 or not key.is_integer():
            return False
        largest = max(largest, key)
    return largest == len(table)


class _Packer:
    """What was packed so far, and how many bytes its strings have."""

    __slots__ = ("_size", "pieces")

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self._size = 0

    def add(self, value: Value, level: int) -> None:
        """Appends the packed value; recursion ends at `DEEPEST` levels. Raises LimitExceeded for too long a text."""
        pieces = self.pieces
        if type(value) is LuaString:
            self._size += len(value)
            if self._size > PRESENT.longest_string:
                PRESENT.check_string(self._size)
            pieces.append(_pack_string(value))
        elif type(value) is float:
            pieces.append(_pack_number(value))
        elif value is TRUE or value is FALSE:
            pieces.append(_TRUE if value is TRUE else _FALSE)
        elif not isinstance(value, Table) or level == DEEPEST:
            pieces.append(_NIL)
        elif _is_array(value):
            pieces.append(_container_head(len(value), 0x90, 0xDC))
            for position in range(1, len(value) + 1):
                self.add(value.get(float(position)), level + 1)
        else:
            pieces.append(_container_head(len(value), 0x80, 0xDE))
            for key, item in entries(value):
                self.add(key, level + 1)
                self.add(item, level + 1)


@native("pack", single=True)
def pack(*values: Value) -> Results:
    """The values packed one after the other."""
    if not values:
        raise ArgumentError(0, b"MessagePack pack needs input.")
    if 2 * len(values) > STACK_SLOTS:
        raise ArgumentError(0, b"Too many arguments for MessagePack pack.")
    packer = _Packer()
    for value in values:
        packer.add(value, 0)
    return LuaString(PRESENT.checked(b"".join(packer.pieces)))


# Unpacking

_NUMBERS: Final = {
    code: struct.Struct(form)
    for code, form in (
        (0xCC, ">B"), (0xCD, ">H"), (0xCE, ">I"), (0xCF, ">q"), (0xD0, ">b"), (0xD1, ">h"), (0xD2, ">i"), (0xD3, ">q"),
        (0xCA, ">f"), (0xCB, ">d"),
    )
}  # fmt: skip
"""Numbers by their code. A uint 64 is pushed as a lua_Integer, which is signed."""
_CONSTANTS: Final = {0xC0: None, 0xC2: FALSE, 0xC3: TRUE}
_STRINGS: Final = {0xD9: 1, 0xDA: 2, 0xDB: 4}
"""Strings by their code: bytes of their size."""
_CONTAINERS: Final = {0xDC: (False, 2), 0xDD: (False, 4), 0xDE: (True, 2), 0xDF: (True, 4)}
"""Containers by their code: is it a map, bytes of its size."""

_MISSING_BYTES: Final = b"Missing bytes in input."
_BAD_FORMAT: Final = b"Bad data format in input."
_TOO_MANY: Final = b"stack overflow (too many return values at once; use unpack_one or unpack_limit instead.)"
_TOO_DEEP: Final = b"stack overflow (in function mp_decode_to_lua_array)"
_TOO_MANY_WITH_OFFSET: Final = b"stack overflow (in function mp_unpack_full)"

_ABSENT: Final = object()


def _error(message: bytes) -> LuaError:
    return LuaError(LuaString(message), level=1)


class _Container:
    """An array or a map being filled: how many values it still needs, and the key the next one goes to.

    `slots` are the values it keeps on C's stack before each item: the table, and for an array the next index.
    """

    __slots__ = ("is_map", "key", "missing", "position", "slots", "table")

    def __init__(self, is_map: bool, count: int) -> None:
        self.table = Table()
        self.is_map = is_map
        self.missing = count
        self.key: Value = _ABSENT
        self.position = 0.0
        self.slots = 1 if is_map else 2

    def add(self, value: Value) -> int:
        """Takes the next value; in a map keys and values take turns. Answers by how much C's stack grows."""
        if not self.is_map:
            self.position += 1.0
            self.table.put(self.position, value)
        elif self.key is _ABSENT:
            self.key = value
            return 1
        else:
            check_key(self.key, level=0)
            self.table.put(self.key, value)
            self.key = _ABSENT
        self.missing -= 1
        return -1 if self.is_map else 0


class _Cursor:
    """Reads values from a string (`mp_cur`). `slots` are the values C would have on its stack, which is limited."""

    __slots__ = ("at", "data", "slots")

    def __init__(self, data: bytes, at: int, slots: int) -> None:
        self.data = data
        self.at = at
        self.slots = slots

    def take(self, count: int) -> bytes:
        """The next `count` bytes. Raises LuaError if there are fewer."""
        start = self.at
        self.at = start + count
        if self.at > len(self.data):
            raise _error(_MISSING_BYTES)
        return self.data[start : self.at]

    def value(self) -> Value:
        """The next value, with all it contains. Raises LuaError for bad or missing bytes."""
        containers: list[_Container] = []
        while True:
            item = self._item()
            if type(item) is _Container:
                if not item.is_map and self.slots + 2 > STACK_SLOTS:
                    raise _error(_TOO_DEEP)
                if item.missing:
                    containers.append(item)
                    self.slots += item.slots
                    continue
                item = item.table
            while containers:
                container = containers[-1]
                self.slots += container.add(item)
                if container.missing:
                    break
                self.slots -= container.slots
                item = containers.pop().table
            else:
                self.slots += 1
                return item

    def _item(self) -> Value:
        """The next scalar, or a container without its content."""
        if self.at >= len(self.data):
            raise _error(_MISSING_BYTES)
        if self.slots + 1 > STACK_SLOTS:
            raise _error(_TOO_MANY)
        code = self.data[self.at]
        self.at += 1
        if code < 0x80:
            return float(code)
        if code >= 0xE0:
            return float(code - 256)
        if code < 0xA0:
            return _Container(code < 0x90, code & 0x0F)
        if code < 0xC0:
            return LuaString(self.take(code & 0x1F))
        number = _NUMBERS.get(code)
        if number is not None:
            return float(number.unpack(self.take(number.size))[0])
        if code in _CONSTANTS:
            return _CONSTANTS[code]
        if code in _STRINGS:
            return LuaString(self.take(int.from_bytes(self.take(_STRINGS[code]), "big")))
        if code in _CONTAINERS:
            is_map, size = _CONTAINERS[code]
            return _Container(is_map, int.from_bytes(self.take(size), "big"))
        raise _error(_BAD_FORMAT)


def _unpack(data: LuaString, limit: int, offset: int, passed: int) -> tuple[Value, ...]:
    """At most `limit` values from `offset` on and the offset behind them, -1 at the end; with neither, all values."""
    size = len(data)
    if offset < 0 or limit < 0:
        raise _error(b"Invalid request to unpack with offset of %d and limit of %d." % (to_int(float(offset)), size))
    if offset > size:
        message = b"Start offset %d greater than input length %d."
        raise _error(message % (to_int(float(offset)), size))
    everything = limit == 0 and offset == 0
    cursor = _Cursor(bytes(data), offset, passed)
    results: list[Value] = []
    while cursor.at < size and (everything or len(results) < limit):
        results.append(cursor.value())
    if everything:
        return tuple(results)
    if cursor.slots + 1 > STACK_SLOTS:
        raise _error(_TOO_MANY_WITH_OFFSET)
    return (-1.0 if cursor.at == size else float(cursor.at), *results)


@native("unpack")
def unpack(data: Value = MISSING, *more: Value) -> Results:
    """All values in `data`."""
    return _unpack(check_string(1, data), 0, 0, 1 + len(more))


@native("unpack_one")
def unpack_one(data: Value = MISSING, offset: Value = MISSING, *_: Value) -> Results:
    """The offset after the value at `offset` (0), or -1 at the end, and the value."""
    start = optional_integer(2, offset, 0)
    return _unpack(check_string(1, data), 1, start, 1)


@native("unpack_limit")
def unpack_limit(data: Value = MISSING, limit: Value = MISSING, offset: Value = MISSING, *_: Value) -> Results:
    """The offset after at most `limit` values at `offset` (0), or -1 at the end, and the values."""
    most = check_integer(2, limit)
    start = optional_integer(3, offset, 0)
    return _unpack(check_string(1, data), most, start, 1)


LIBRARY: Final = library(
    "cmsgpack",
    (pack, unpack, unpack_one, unpack_limit),
    {
        b"_NAME": LuaString(b"cmsgpack"),
        b"_VERSION": LuaString(b"lua-cmsgpack 0.4.0"),
        b"_COPYRIGHT": LuaString(b"Copyright (C) 2012, Salvatore Sanfilippo"),
        b"_DESCRIPTION": LuaString(b"MessagePack C implementation for Lua"),
    },
)
"""The global `cmsgpack`."""
