"""Lua's arithmetic and number text: C doubles as x86-64 Linux computes and glibc prints them.

Numbers are Python floats, always. Python raises where C answers inf or nan and rounds `%` differently; every
difference is handled here and nowhere else (Lua 5.1 manual sections 2.2.1 and 2.5.1, luaconf.h, lobject.c).
"""

from __future__ import annotations

import math
import re
from typing import Final

from ferrous_vm.syntax.numeral import read_numeral

INFINITY: Final = math.inf
NAN: Final = math.copysign(math.nan, 1.0)
"""The NaN that prints as ``nan``: what negating the default NaN gives."""
DEFAULT_NAN: Final = math.copysign(math.nan, -1.0)
"""The NaN an invalid operation of an x86 processor makes (0/0); its sign bit is set, it prints as ``-nan``."""

_LONG_MINIMUM: Final = -(2**63)
_C_SPACE: Final = b" \t\n\v\f\r"
_NAN_WITH_PAYLOAD: Final = re.compile(rb"([+-]?)nan\([0-9a-zA-Z_]*\)\Z", re.IGNORECASE)
_DIGITS: Final = b"0123456789abcdefghijklmnopqrstuvwxyz"


def divide(a: float, b: float) -> float:
    """`a / b` as IEEE 754 has it: never raises."""
    try:
        return a / b
    except ZeroDivisionError:
        if a == 0.0 or a != a:
            return a if a != a else DEFAULT_NAN
        return math.copysign(INFINITY, a) * math.copysign(1.0, b)


def modulo(a: float, b: float) -> float:
    """`a - floor(a/b)*b` (luaconf.h: luai_nummod), with its rounding and its nan for infinite operands."""
    quotient = divide(a, b)
    if quotient - quotient != 0.0:  # inf or nan: floor leaves it as it is
        return a - quotient * b
    # C's floor keeps the sign of a zero, which makes every zero result positive: adding 0.0 does that too.
    return a - math.floor(quotient) * b + 0.0 if abs(quotient) < 1e300 else a - quotient * b


def power(a: float, b: float) -> float:
    """C `pow`: nan where the result is complex, inf where it overflows; glibc's sign of an odd power of a nan."""
    if a != a and b % 2.0 == 1.0:
        return abs(a)
    try:
        return math.pow(a, b)
    except OverflowError:
        return -INFINITY if a < 0.0 and b % 2.0 == 1.0 else INFINITY
    except ValueError:
        if a == 0.0:  # a zero to a negative power
            return math.copysign(INFINITY, a) if b % 2.0 == 1.0 else INFINITY
        return DEFAULT_NAN


def number_to_text(number: float) -> bytes:
    """A number as `tostring` and `..` write it: ``%.14g``, with glibc's inf, -inf, nan and -nan."""
    if number.is_integer() and 0.0 != number < 1e14 and number > -1e14:  # `%d` is twice as quick
        return b"%d" % number
    if number != number:
        return b"-nan" if math.copysign(1.0, number) < 0.0 else b"nan"
    return b"%.14g" % number


def text_to_number(text: bytes) -> float | None:
    """The number a string stands for, or None (lobject.c: luaO_str2d, with glibc's strtod).

    Surrounding C white space is allowed, so are hexadecimal integers and floats, inf and nan; the text ends at its
    first zero byte, as C has it.
    """
    try:
        if b"_" not in text:
            return float(text)
    except ValueError:
        pass
    return _unusual_number(text)


def _unusual_number(text: bytes) -> float | None:
    """What strtod reads and Python's `float` does not: hexadecimal, nan(payload), text behind a zero byte."""
    end = text.find(b"\0")
    if end >= 0:
        return text_to_number(text[:end])
    body = text.strip(_C_SPACE)
    number = read_numeral(body)
    if number is not None:
        return number
    match = _NAN_WITH_PAYLOAD.match(body)
    if match is not None:
        return DEFAULT_NAN if match[1] == b"-" else NAN
    return None


def text_to_number_in_base(text: bytes, base: int) -> float | None:
    """`tonumber(text, base)`: C strtoul with its sign, wrap-around and saturation; None if it is not a numeral."""
    end = text.find(b"\0")
    body = (text if end < 0 else text[:end]).lstrip(_C_SPACE)
    negative = body[:1] == b"-"
    if body[:1] in (b"-", b"+"):
        body = body[1:]
    if base == 16 and body[:2] in (b"0x", b"0X") and body[2:3].isalnum() and _digit(body[2]) < 16:
        body = body[2:]
    count = 0
    value = 0
    for character in body:
        digit = _digit(character)
        if digit >= base:
            break
        value = min(value * base + digit, 2**64)
        count += 1
    if count == 0 or body[count:].strip(_C_SPACE):
        return None
    if value >= 2**64:
        return float(2**64 - 1)
    return float((-value) % 2**64 if negative else value)


def _digit(character: int) -> int:
    """The value of a digit in any base up to 36; more than any base for another character."""
    value = _DIGITS.find(bytes((character,)).lower())
    return value if value >= 0 else len(_DIGITS)


def to_long(number: float) -> int:
    """The C cast `(long)number` on x86-64: truncation toward zero; nan and whatever does not fit give -2^63."""
    if -9223372036854775808.0 <= number < 9223372036854775808.0:
        return int(number)
    return _LONG_MINIMUM


def to_unsigned_long(number: float) -> int:
    """The C cast `(unsigned long)number` as gcc compiles it for x86-64: negatives wrap, 2^64 and more give 0."""
    if number >= 9223372036854775808.0:
        return (to_long(number - 9223372036854775808.0) ^ (1 << 63)) % (1 << 64)
    return to_long(number) % (1 << 64)


def to_int(number: float) -> int:
    """The C conversion `(int)(long)number`: the low 32 bits of `to_long`, signed (luaL_checkint)."""
    return ((to_long(number) + 0x80000000) & 0xFFFFFFFF) - 0x80000000
