"""The bit library: Lua BitOp 1.0.2 as Redis embeds it (lua_bit.c).

Numbers become 32-bit words as BitOp does it: by adding 2^52+2^51 and taking the low word of the double's bits, which
rounds to even and wraps at 2^32 up to 2^51 and gives reproducible nonsense beyond. Results are signed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

from ferrous_vm.values.arguments import type_error
from ferrous_vm.values.lost import LISTENER, Lost
from ferrous_vm.values.natives import MISSING, Results, library, native
from ferrous_vm.values.numbers import number_to_text, text_to_number
from ferrous_vm.values.strings import LuaString

Value = Any

_MASK: Final = 0xFFFFFFFF
_MAGIC: Final = 6755399441055744.0
_LEAST: Final = float(-(1 << 31))
_MOST: Final = float(_MASK)
"""Integers between the two lose nothing."""
_EXACT: Final = float(1 << 50)
"""Integers up to here convert by themselves."""
_double_bits: Final = struct.Struct("<d").pack
_low_word: Final = struct.Struct("<I").unpack_from


def _word(position: int, value: Value) -> int:
    """The argument as an unsigned 32-bit word (`barg`); raises ArgumentError if it is not a number."""
    if type(value) is float:
        number = value
    else:
        converted = text_to_number(value) if type(value) is LuaString else None
        if converted is None:
            raise type_error(position, b"number", value)
        number = converted
    if _LEAST <= number <= _MOST and number.is_integer():
        return int(number) & _MASK
    return _cut(number)


def _cut(number: float) -> int:
    """A number that is no word of 32 bits, as one."""
    if -_EXACT <= number <= _EXACT and number.is_integer():
        word = int(number) & _MASK
    else:
        word = _low_word(_double_bits(number + _MAGIC))[0]
    if LISTENER.tell is not None:
        LISTENER.tell(Lost.BITS, number_to_text(number).decode(), str(word))
    return word


def _signed(word: int) -> float:
    """A word as the signed number the library answers (`BRET`)."""
    word &= _MASK
    return float(word - 0x100000000 if word & 0x80000000 else word)


@native("tobit", single=True)
def tobit(value: Value = MISSING, *_: Value) -> Results:
    """The number normalised to a signed 32-bit word."""
    return _signed(_word(1, value))


@native("bnot", single=True)
def bnot(value: Value = MISSING, *_: Value) -> Results:
    """Every bit inverted."""
    return _signed(~_word(1, value))


def _combine(combine: Callable[[int, int], int], first: Value, others: tuple[Value, ...]) -> float:
    """All arguments combined; as in C the first is checked first, then the others from the last back."""
    word = _word(1, first)
    for position in range(len(others), 0, -1):
        word = combine(word, _word(position + 1, others[position - 1]))
    return _signed(word)


@native("band", single=True)
def band(first: Value = MISSING, *others: Value) -> Results:
    """The bits all arguments have."""
    return _combine(int.__and__, first, others)


@native("bor", single=True)
def bor(first: Value = MISSING, *others: Value) -> Results:
    """The bits any argument has."""
    return _combine(int.__or__, first, others)


@native("bxor", single=True)
def bxor(first: Value = MISSING, *others: Value) -> Results:
    """The bits an odd number of arguments has."""
    return _combine(int.__xor__, first, others)


@native("lshift", single=True)
def lshift(value: Value = MISSING, count: Value = MISSING, *_: Value) -> Results:
    """Shifted left by `count` modulo 32."""
    return _signed(_word(1, value) << (_word(2, count) & 31))


@native("rshift", single=True)
def rshift(value: Value = MISSING, count: Value = MISSING, *_: Value) -> Results:
    """Shifted right by `count` modulo 32, filled with zeros."""
    return _signed(_word(1, value) >> (_word(2, count) & 31))


@native("arshift", single=True)
def arshift(value: Value = MISSING, count: Value = MISSING, *_: Value) -> Results:
    """Shifted right by `count` modulo 32, filled with the sign."""
    return _signed(int(_signed(_word(1, value))) >> (_word(2, count) & 31))


@native("rol", single=True)
def rol(value: Value = MISSING, count: Value = MISSING, *_: Value) -> Results:
    """Rotated left by `count` modulo 32."""
    word, by = _word(1, value), _word(2, count) & 31
    return _signed(word << by | word >> (32 - by))


@native("ror", single=True)
def ror(value: Value = MISSING, count: Value = MISSING, *_: Value) -> Results:
    """Rotated right by `count` modulo 32."""
    word, by = _word(1, value), _word(2, count) & 31
    return _signed(word << (32 - by) | word >> by)


@native("bswap", single=True)
def bswap(value: Value = MISSING, *_: Value) -> Results:
    """The four bytes in reverse order."""
    return _signed(int.from_bytes(_word(1, value).to_bytes(4, "little"), "big"))


@native("tohex", single=True)
def tohex(value: Value = MISSING, count: Value = MISSING, *_: Value) -> Results:
    """The last `count` (8) hexadecimal digits, in capitals if `count` is negative."""
    word = _word(1, value)
    digits = 8 if count is MISSING else int(_signed(_word(2, count)))
    width = min(abs(digits), 8)
    text = (b"%08X" if digits < 0 else b"%08x") % (word,)
    return LuaString(text[8 - width :])


LIBRARY: Final = library("bit", (tobit, bnot, band, bor, bxor, lshift, rshift, arshift, rol, ror, bswap, tohex))
"""The global `bit`."""
