"""The struct library: Roberto Ierusalimschy's lua_struct.c as Redis embeds it.

A format is read option by option while values are packed or unpacked, so what comes before a mistake is checked first.
``long`` and ``size_t`` have 8 bytes, ``int`` 4, ``short`` 2; the native order is little-endian.
"""

from __future__ import annotations

import math
import struct
from typing import Any, Final

from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import ArgumentError, LuaError
from ferrous_vm.limits import STACK_SLOTS
from ferrous_vm.values.arguments import check_number, check_string, optional_integer
from ferrous_vm.values.natives import MISSING, Results, library, native
from ferrous_vm.values.numbers import text_to_number, to_long, to_unsigned_long
from ferrous_vm.values.strings import LuaString

Value = Any

LARGEST_INTEGER: Final = 32
"""Bytes of the largest integer option (`MAXINTSIZE`)."""
MOST_ALIGNMENT: Final = 8
"""What ``!`` alone aligns to (`MAXALIGN`)."""

_INT_MAX: Final = 2**31 - 1
_WORD: Final = 2**64 - 1

_SIZES: Final = {b: size for letters, size in ((b"bBx", 1), (b"hH", 2), (b"f", 4), (b"lLTd", 8)) for b in letters}
"""Options of a fixed size."""

_INTEGERS: Final = frozenset(b"bBhHlLTiI")


class _Format:
    """A format being read (`Header` and the functions on it in lua_struct.c)."""

    __slots__ = ("alignment", "at", "big_endian", "text")

    def __init__(self, text: bytes) -> None:
        self.text = text.partition(b"\0")[0]
        self.at = 0
        self.alignment = 1
        self.big_endian = False

    def option(self) -> tuple[int, int] | None:
        """The next option and its size (`optsize`), None at the end."""
        if self.at >= len(self.text):
            return None
        option = self.text[self.at]
        self.at += 1
        if option == 0x63:  # c
            return option, self._number(1)
        if option in b"iI":
            size = self._number(4)
            if size > LARGEST_INTEGER:
                raise _error(b"integral size %d is larger than limit of %d" % (size, LARGEST_INTEGER))
            return option, size
        return option, _SIZES.get(option, 0)

    def _number(self, default: int) -> int:
        start = self.at
        value = 0
        while self.at < len(self.text) and 0x30 <= self.text[self.at] <= 0x39:
            digit = self.text[self.at] - 0x30
            if value > _INT_MAX // 10 or value * 10 > _INT_MAX - digit:
                raise _error(b"integral size overflow")
            value = value * 10 + digit
            self.at += 1
        return value if self.at > start else default

    def padding(self, position: int, option: int, size: int) -> int:
        """The bytes that align an item of `size` at `position` (`gettoalign`)."""
        if size == 0 or option == 0x63:
            return 0
        size = min(size, self.alignment)
        return (size - (position & (size - 1))) & (size - 1)

    def control(self, option: int) -> None:
        """An option that stands for no item (`controloptions`). Raises ArgumentError for an unknown one."""
        if option == 0x3E:  # >
            self.big_endian = True
        elif option == 0x3C:  # <
            self.big_endian = False
        elif option == 0x21:  # !
            alignment = self._number(MOST_ALIGNMENT)
            if alignment <= 0 or alignment & (alignment - 1):
                raise _error(b"alignment %d is not a power of 2" % (alignment,))
            self.alignment = alignment
        elif option != 0x20:
            raise ArgumentError(1, b"invalid format option '%c'" % (option,))

    @property
    def byte_order(self) -> Any:
        return "big" if self.big_endian else "little"


def _error(message: bytes) -> LuaError:
    return LuaError(LuaString(message), level=1)


def _integer_bytes(format_: _Format, number: float, size: int) -> bytes:
    """A number in `size` bytes of a C long; what lies beyond 8 bytes is zero (`putinteger`)."""
    word = to_long(number) & _WORD if number < 0 else to_unsigned_long(number)
    if size < 8:
        word &= (1 << (8 * size)) - 1
    return word.to_bytes(size, format_.byte_order)


def _float_bytes(format_: _Format, number: float) -> bytes:
    code = ">f" if format_.big_endian else "<f"
    try:
        return struct.pack(code, number)
    except OverflowError:  # the C cast gives an infinity
        return struct.pack(code, math.copysign(math.inf, number))


@native("pack", single=True)
def pack(text: Value = MISSING, *values: Value) -> Results:
    """The values as a string laid out by the format."""
    format_ = _Format(check_string(1, text))
    pieces: list[bytes] = []
    total = used = 0

    def argument() -> tuple[int, Value]:
        nonlocal used
        used += 1
        return used + 1, values[used - 1] if used <= len(values) else None  # the mark b_pack pushes

    while (item := format_.option()) is not None:
        option, size = item
        padding = format_.padding(total, option, size)
        total += padding
        pieces.append(b"\0" * padding)
        if option in _INTEGERS:
            pieces.append(_integer_bytes(format_, check_number(*argument()), size))
        elif option == 0x78:  # x
            pieces.append(b"\0")
        elif option == 0x66:  # f
            pieces.append(_float_bytes(format_, check_number(*argument())))
        elif option == 0x64:  # d
            pieces.append(struct.pack(">d" if format_.big_endian else "<d", check_number(*argument())))
        elif option in b"cs":
            string = check_string(*argument())
            size = size or len(string)
            if len(string) < size:
                raise ArgumentError(used + 2, b"string too short")
            PRESENT.check_string(total + size)
            pieces.append(bytes(string)[:size])
            if option == 0x73:  # s
                pieces.append(b"\0")
                size += 1
        else:
            format_.control(option)
        total += size
    return LuaString(PRESENT.checked(b"".join(pieces)))


def _integer_value(format_: _Format, data: bytes, signed: bool) -> float:
    """An integer of any size in a C long: the low 8 bytes, sign-extended as the x86 shift has it (`getinteger`)."""
    word = int.from_bytes(data, format_.byte_order) & _WORD
    if not signed:
        return float(word)
    sign = (_WORD << ((len(data) * 8 - 1) & 63)) & _WORD
    if word & sign:
        word |= sign
    return float(word - (1 << 64) if word >> 63 else word)


_TOO_SHORT: Final = b"data string too short"


@native("unpack")
def unpack(text: Value = MISSING, data: Value = MISSING, offset: Value = MISSING, *more: Value) -> Results:
    """The values in `data` from `offset` (1) on, laid out by the format, and the offset behind them."""
    format_ = _Format(check_string(1, text))
    data = bytes(check_string(2, data))
    position = optional_integer(3, offset, 1) & _WORD
    if position == 0:
        raise ArgumentError(3, b"offset must be 1 or greater")
    position -= 1
    passed = 2 + (offset is not MISSING) + len(more)
    results: list[Value] = []

    def check(size: int) -> None:
        if size > len(data) or position > len(data) - size:
            raise ArgumentError(2, _TOO_SHORT)

    while (item := format_.option()) is not None:
        option, size = item
        position = (position + format_.padding(position, option, size)) & _WORD
        check(size)
        if passed + len(results) + 2 > STACK_SLOTS:
            raise _error(b"stack overflow (too many results)")
        if option == 0x63 and size == 0:  # c0
            size = _previous_size(results)
            check(size)
        if option in _INTEGERS:
            results.append(_integer_value(format_, data[position : position + size], option >= 0x61))
        elif option in b"fd":
            code = (">" if format_.big_endian else "<") + chr(option)
            results.append(struct.unpack_from(code, data, position)[0])
        elif option == 0x63:
            results.append(LuaString(data[position : position + size]))
        elif option == 0x73:  # s
            end = data.find(b"\0", position)
            if end < 0:
                raise _error(b"unfinished string in data")
            results.append(LuaString(data[position:end]))
            size = end - position + 1
        elif option != 0x78:
            format_.control(option)
        position += size
    after = (position + 1) & _WORD
    return (*results, float(after - (after >> 63 << 64)))  # a position far out comes back negative, as a long


def _previous_size(results: list[Value]) -> int:
    """The size ``c0`` takes from the value before it, which it removes."""
    value = results[-1] if results else None
    number = text_to_number(value) if type(value) is LuaString else value
    if type(number) is not float:
        raise _error(b"format 'c0' needs a previous size")
    results.pop()
    return to_unsigned_long(number)


@native("size", single=True)
def size_(text: Value = MISSING, *_: Value) -> Results:
    """The bytes a format takes, if it has no option of variable size."""
    format_ = _Format(check_string(1, text))
    position = 0
    while (item := format_.option()) is not None:
        option, size = item
        position += format_.padding(position, option, size)
        if option == 0x73:
            raise ArgumentError(1, b"option 's' has no fixed size")
        if option == 0x63 and size == 0:
            raise ArgumentError(1, b"option 'c0' has no fixed size")
        if not bytes([option]).isalnum():
            format_.control(option)
        position += size
    return float(position)


LIBRARY: Final = library("struct", (pack, unpack, size_))
"""The global `struct`."""
