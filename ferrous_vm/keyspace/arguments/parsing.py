"""Arguments to numbers, with Redis's own strictness (util.c `string2ll`, `string2d`; object.c `get*FromObject*`).

Everything takes bytes and answers a Python number, or raises CommandError with the sentence Redis gives.
"""

from __future__ import annotations

import math
import re
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.readings import INTEGER, KEY_COUNT, NUMBER

INT64_MIN: Final = -(2**63)
INT64_MAX: Final = 2**63 - 1

_NEGATIVE: Final = re.compile(rb"-[1-9][0-9]{0,18}").fullmatch
_DECIMAL: Final = re.compile(
    rb"[+-]?(?:[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|inf(?:inity)?|nan(?:\([0-9a-zA-Z_]*\))?)",
    re.IGNORECASE,
).fullmatch
_HEXADECIMAL: Final = re.compile(
    rb"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][+-]?[0-9]+)?"
).fullmatch

FINITE_DIGITS: Final = 300
"""Fewer decimal digits are certain to be a finite double."""


def to_integer(text: bytes) -> int | None:
    """`text` as a signed 64 bit integer, or None (`string2ll`: no spaces, no plus, no leading zeros, no "-0")."""
    if text.isdigit():
        if len(text) > 19 or (text[0] == 48 and len(text) > 1):
            return None
    elif text[:1] != b"-" or _NEGATIVE(text) is None:
        return None
    number = int(text)
    return number if INT64_MIN <= number <= INT64_MAX else None


def keyword(word: bytes) -> bytes:
    """A word that may name an option, in lower case and up to a NUL, where C's `strcasecmp` ends."""
    return word.partition(b"\0")[0].lower()


def integer(text: bytes, message: bytes = messages.NOT_INTEGER) -> int:
    """A signed 64 bit integer argument (`getLongLongFromObjectOrReply`); raises CommandError(message)."""
    number = to_integer(text)
    if number is None:
        raise CommandError(message, text, INTEGER)
    return number


def c_int(text: bytes, message: bytes | None = None) -> int:
    """An integer that fits a C int (`getIntFromObjectOrReply`); a given `message` replaces both refusals."""
    return integer_in_range(text, -(2**31), 2**31 - 1, message)


def integer_in_range(text: bytes, low: int, high: int, message: bytes | None = None) -> int:
    """An integer from `low` to `high` (`getRangeLongFromObjectOrReply`).

    Not an integer: "value is not an integer or out of range"; outside: "value is out of range, value must between ...".
    A given `message` replaces both.
    """
    number = integer(text, message or messages.NOT_INTEGER)
    if not low <= number <= high:
        raise CommandError(message or messages.OUT_OF_BOUNDS % (low, high), text, INTEGER)
    return number


def positive_integer(text: bytes, message: bytes = messages.OUT_OF_RANGE_POSITIVE) -> int:
    """An integer from 0 up; the `message` is the same for what is none (`getPositiveLongFromObjectOrReply`)."""
    return integer_in_range(text, 0, INT64_MAX, message)


def key_count(text: bytes, message: bytes = messages.NOT_INTEGER) -> int:
    """The number of keys that follow, 1 at least; the `message` is the same for what is none."""
    number = to_integer(text)
    if number is None or number < 1:
        raise CommandError(message, text, KEY_COUNT)
    return number


def to_float(text: bytes) -> float | None:
    """`text` as `strtod` reads the whole of it, or None: no spaces in front, no NaN, no overflow to infinity, no
    underflow to zero (`getDoubleFromObject`). "inf", hexadecimal and "1." are accepted as strtod does."""
    if text.isdigit() and len(text) < FINITE_DIGITS:
        return float(text)
    if _DECIMAL(text) is not None:
        if text[-1:] == b")":
            return None
        number = float(text)
    elif _HEXADECIMAL(text) is not None:
        try:
            number = float.fromhex(text.decode("ascii"))
        except OverflowError:
            return None
    else:
        return None
    if number != number:
        return None
    if math.isinf(number) and b"n" not in text.lower():
        return None
    if is_underflow(text, number):
        return None
    return number


def is_underflow(text: bytes, number: float) -> bool:
    """Whether `text` was read as zero because a double cannot hold a number so small."""
    return number == 0.0 and _significand_is_not_zero(text)


def _significand_is_not_zero(text: bytes) -> bool:
    """Whether a number that came out as zero was written with a digit other than zero, so that it underflowed."""
    lowered = text.lower()
    digits = lowered.partition(b"p")[0].partition(b"x")[2] if b"x" in lowered else lowered.partition(b"e")[0]
    return any(digit not in b"0.+-" for digit in digits)


def is_hexadecimal(text: bytes) -> bool:
    """Whether a number is written as 0x10 is, white space in front or not."""
    return text.lstrip(b"+- \t\n\v\f\r")[:2].lower() == b"0x"


def floating(text: bytes, message: bytes = messages.NOT_FLOAT, *, hexadecimal: bool = True) -> float:
    """A double argument (`getDoubleFromObjectOrReply`), `hexadecimal` ones included or not; raises
    CommandError(message)."""
    number = to_float(text)
    if number is None or not (hexadecimal or not is_hexadecimal(text)):
        raise CommandError(message, text, NUMBER)
    return number


def to_range_bound(text: bytes) -> float | None:
    """`text` as C code reads it that calls `strtod` and checks only that a NUL follows (`zslParseRange`, t_zset.c).

    White space in front passes, an empty text is 0, overflow is infinite and underflow 0; NaN and the rest are None.
    """
    if text.isdigit() and len(text) < FINITE_DIGITS:
        return float(text)
    text = text.partition(b"\0")[0]
    number = text.lstrip()
    if not number:
        return None if text else 0.0
    if _DECIMAL(number) is not None:
        value = math.nan if number[-1:] == b")" else float(number)
    elif _HEXADECIMAL(number) is not None:
        try:
            value = float.fromhex(number.decode("ascii"))
        except OverflowError:
            value = -math.inf if number[:1] == b"-" else math.inf
    else:
        return None
    return None if math.isnan(value) else value
