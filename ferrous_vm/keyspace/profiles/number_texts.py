"""Doubles as text, as servers since Redis 7.2 write them: Grisu2 (`fpconv_dtoa`, deps/fpconv; `d2string`, util.c).

Grisu2 finds digits that read back as the same double, not always the fewest: 9179.48738469 is 9179.487384690001. So
Python's `repr` will not do, and the algorithm is followed step by step, in 64 bits.

    Florian Loitsch, "Printing Floating-Point Numbers Quickly and Accurately with Integers", 2010
"""

from __future__ import annotations

from functools import cache
from math import copysign
from struct import pack, unpack
from typing import Final

_HIDDEN_BIT: Final = 1 << 52
_FRACTION: Final = _HIDDEN_BIT - 1
_BIAS: Final = 1023 + 52
_BITS: Final = 64
_FIRST_POWER: Final = -348
_STEP: Final = 8
_POWERS: Final = 87
_LOG_OF_2: Final = 0.30102999566398114
_LOWEST_EXPONENT, _HIGHEST_EXPONENT = -60, -32
"""Where the product of a number and a power of ten must lie."""

INTEGERS_UP_TO: Final = 2.0**62
"""Whole numbers up to it are written as integers (`double2ll`)."""


def d2string(number: float) -> bytes:
    """A double as a reply or a stored score has it: whole numbers as integers, `-0`, `inf`, `-inf`, `nan`."""
    if number != number:
        return b"nan"
    if number in (float("inf"), float("-inf")):
        return b"inf" if number > 0 else b"-inf"
    if number == 0:
        return b"-0" if copysign(1.0, number) < 0 else b"0"
    if number.is_integer() and -INTEGERS_UP_TO <= number <= INTEGERS_UP_TO:
        return b"%d" % number
    return dtoa(number)


def shortest(number: float) -> bytes:
    """The fewest digits that read back as the same (`fpconv_dtoa` is left aside, as 8.0 does for coordinates)."""
    return b"0" if number == 0 else dtoa(number)


def dtoa(number: float) -> bytes:
    """A double as its digits say (`fpconv_dtoa`), which is neither 0 nor infinite nor no number."""
    sign = b"-" if number < 0 else b""
    digits, power = grisu2(abs(number))
    count = len(digits)
    exponent = power + count - 1
    if power >= 0 and abs(exponent) < count + 7:
        return sign + digits + b"0" * power
    if power < 0 and (power > -7 or abs(exponent) < 4):
        before = count + power
        if before <= 0:
            return sign + b"0." + b"0" * -before + digits
        return sign + digits[:before] + b"." + digits[before:]
    digits = digits[: 18 - len(sign)]
    fraction = b"." + digits[1:] if len(digits) > 1 else b""
    return b"%b%b%be%b%d" % (sign, digits[:1], fraction, b"-" if exponent < 0 else b"+", abs(exponent))


def grisu2(number: float) -> tuple[bytes, int]:
    """The digits of a number above 0, and the power of ten that their last one counts."""
    mantissa, exponent = _parts(number)
    upper, upper_exponent = _shifted((mantissa << 1) + 1, exponent - 1)
    shift = 2 if mantissa == _HIDDEN_BIT else 1
    lower = ((mantissa << shift) - 1) << (exponent - shift - upper_exponent)
    mantissa, exponent = _shifted(mantissa, exponent)
    scale, scale_exponent, power = _scale(upper_exponent)
    middle = _product(mantissa, scale)
    highest = _product(upper, scale) - 1
    lowest = _product(lower, scale) + 1
    digits, more = _digits(middle, highest, lowest, -(upper_exponent + scale_exponent + _BITS))
    return digits, more - power


def _parts(number: float) -> tuple[int, int]:
    """The mantissa and the exponent of two it is multiplied by."""
    (bits,) = unpack("<Q", pack("<d", number))
    mantissa, exponent = bits & _FRACTION, bits >> 52 & 0x7FF
    return (mantissa + _HIDDEN_BIT, exponent - _BIAS) if exponent else (mantissa, 1 - _BIAS)


def _shifted(mantissa: int, exponent: int) -> tuple[int, int]:
    """The same number with all 64 bits used."""
    shift = _BITS - mantissa.bit_length()
    return mantissa << shift, exponent - shift


@cache
def _power(index: int) -> tuple[int, int]:
    """A power of ten in 64 bits, rounded, and its exponent of two."""
    power = _FIRST_POWER + index * _STEP
    if power >= 0:
        whole = 10**power
        shift = whole.bit_length() - _BITS
        fraction = whole << -shift if shift <= 0 else (whole + (1 << shift >> 1)) >> shift
    else:
        divisor = 10**-power
        shift = -(divisor.bit_length() + _BITS - 1)
        fraction = ((1 << -shift + 1) // divisor + 1) >> 1
        if fraction.bit_length() < _BITS:
            shift -= 1
            fraction = ((1 << -shift + 1) // divisor + 1) >> 1
    return fraction, shift


def _scale(exponent: int) -> tuple[int, int, int]:
    """The power of ten that brings an exponent into the range: its 64 bits, their exponent, and the power."""
    approximate = int(-(exponent + _POWERS) * _LOG_OF_2)
    index = int((approximate - _FIRST_POWER) / _STEP)
    while True:
        fraction, power_exponent = _power(index)
        reached = exponent + power_exponent + _BITS
        if reached < _LOWEST_EXPONENT:
            index += 1
        elif reached > _HIGHEST_EXPONENT:
            index -= 1
        else:
            return fraction, power_exponent, _FIRST_POWER + index * _STEP


def _product(one: int, other: int) -> int:
    """The upper 64 bits of a product, rounded as partial products are."""
    low = 0xFFFFFFFF
    high_low, low_high = (one >> 32) * (other & low), (one & low) * (other >> 32)
    carried = (high_low & low) + (low_high & low) + ((one & low) * (other & low) >> 32) + (1 << 31)
    return (one >> 32) * (other >> 32) + (high_low >> 32) + (low_high >> 32) + (carried >> 32)


def _digits(middle: int, upper: int, lower: int, bits: int) -> tuple[bytes, int]:
    """Digits of a number between `lower` and `upper`, near `middle`; `bits` are behind the point."""
    away, delta = upper - middle, upper - lower
    one = 1 << bits
    whole, rest = upper >> bits, upper & (one - 1)
    digits = bytearray()
    for left in range(9, -1, -1):
        unit = 10**left
        digit, whole = divmod(whole, unit)
        if digit or digits:
            digits.append(48 + digit)
        remainder = (whole << bits) + rest
        if remainder <= delta:
            return _rounded(digits, delta, remainder, unit << bits, away), left
    left = 0
    unit = 1
    while True:
        rest *= 10
        delta *= 10
        unit *= 10
        left -= 1
        digit = rest >> bits
        if digit or digits:
            digits.append(48 + digit)
        rest &= one - 1
        if rest < delta:
            return _rounded(digits, delta, rest, one, away * unit), left


def _rounded(digits: bytearray, delta: int, remainder: int, unit: int, away: int) -> bytes:
    """The last digit made smaller as long as that comes nearer."""
    while (
        remainder < away
        and delta - remainder >= unit
        and (remainder + unit < away or away - remainder > remainder + unit - away)
    ):
        digits[-1] -= 1
        remainder += unit
    return bytes(digits)
