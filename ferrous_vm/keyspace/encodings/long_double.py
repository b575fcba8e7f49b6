"""The x87 long double, in which INCRBYFLOAT and HINCRBYFLOAT count (util.c `string2ld`, `ld2string`).

A finite value is a Fraction whose numerator over a power of two has at most 64 significant bits; infinities are floats.
Sums are rounded to nearest, ties to even, as the processor rounds them, so the printed digits are those of Redis.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Final, TypeAlias

LongDouble: TypeAlias = Fraction | float

MANTISSA_BITS: Final = 64
_LARGEST_EXPONENT: Final = 16384
"""Values reach 2**16384 (`LDBL_MAX_EXP`)."""
_SMALLEST_EXPONENT: Final = -16445
"""The least denormal is 2**-16445."""
_LONGEST_TEXT: Final = 5 * 1024
"""Bytes that the text of a number must stay below (`MAX_LONG_DOUBLE_CHARS`)."""

_DECIMAL: Final = re.compile(rb"([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]+))?").fullmatch
_HEXADECIMAL: Final = re.compile(rb"([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([+-]?[0-9]+))?").fullmatch
_INFINITY: Final = re.compile(rb"([+-]?)inf(?:inity)?", re.IGNORECASE).fullmatch


def parse(text: bytes) -> LongDouble | None:
    """`text` as `strtold` reads the whole of it, or None for what Redis refuses: NaN, overflow, underflow to zero."""
    if not text or len(text) >= _LONGEST_TEXT:
        return None
    match = _INFINITY(text)
    if match is not None:
        return -math.inf if match[1] == b"-" else math.inf
    match, base, exponent_base = _DECIMAL(text), 10, 10
    if match is None:
        match, base, exponent_base = _HEXADECIMAL(text), 16, 2
    if match is None:
        return None
    sign, whole, fraction, exponent = match.groups()
    if not whole and not fraction:
        return None
    significand = _decimal_number(whole + fraction) if base == 10 else int(whole + fraction, 16)
    if not significand:
        return Fraction(0)
    power = _exponent(exponent)
    if power is None:
        return None
    exact = Fraction(significand, base ** len(fraction)) * Fraction(exponent_base) ** power
    rounded = rounded_to_mantissa(exact)
    if not rounded or rounded >= 2**_LARGEST_EXPONENT:
        return None
    return -rounded if sign == b"-" else rounded


_CHUNK: Final = 4000
"""Digits that Python converts at once; it refuses more than 4300."""


def _decimal_number(digits: bytes) -> int:
    number = 0
    for position in range(0, len(digits), _CHUNK):
        chunk = digits[position : position + _CHUNK]
        number = number * 10 ** len(chunk) + int(chunk)
    return number


def _decimal_text(number: int) -> bytes:
    high, low = divmod(number, 10**_CHUNK)
    return b"%d%0*d" % (high, _CHUNK, low) if high else b"%d" % low


def _exponent(text: bytes | None) -> int | None:
    """The exponent written after e or p; None when it is out of all reach."""
    if text is None:
        return 0
    digits = text.lstrip(b"+-").lstrip(b"0")
    limit = _LARGEST_EXPONENT * 3
    if len(digits) > 6 or (number := int(digits or b"0")) > limit:
        return None
    return -number if text[:1] == b"-" else number


def rounded_to_mantissa(number: Fraction) -> Fraction:
    """`number`, not negative, rounded to the nearest long double, ties to even; what is too small becomes zero."""
    if not number:
        return number
    exponent = number.numerator.bit_length() - number.denominator.bit_length()
    if number < Fraction(2) ** exponent:
        exponent -= 1
    unit = Fraction(2) ** max(exponent - MANTISSA_BITS + 1, _SMALLEST_EXPONENT)
    return round(number / unit) * unit


def add(left: LongDouble, right: LongDouble) -> LongDouble | None:
    """The sum; None when it is NaN or infinite, which Redis refuses."""
    if isinstance(left, float) or isinstance(right, float):
        return None
    exact = left + right
    rounded = rounded_to_mantissa(abs(exact))
    if rounded >= 2**_LARGEST_EXPONENT:
        return None
    return -rounded if exact < 0 else rounded


def format_human(number: Fraction) -> bytes:
    """The text Redis stores and answers: `%.17Lf` without trailing zeros (`ld2string` with LD_STR_HUMAN)."""
    scaled = round(abs(number) * 10**17)
    whole, fraction = divmod(scaled, 10**17)
    text = _decimal_text(whole)
    if fraction:
        text += (b".%017d" % fraction).rstrip(b"0")
    return b"-" + text if number < 0 and scaled else text
