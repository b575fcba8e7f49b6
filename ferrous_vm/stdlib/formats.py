"""`string.format`: C's printf for the directives Lua allows (Lua 5.1 manual section 5.4, `str_format` in lstrlib.c).

A format is read once into literal bytes and directives. Integers are cast as C casts doubles on x86-64, floats come out
as glibc prints them. A mistake in the format is raised when formatting gets there, after the directives before it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import ArgumentError, LuaError
from ferrous_vm.records import Record
from ferrous_vm.stdlib.sizes import LONGEST_REMEMBERED
from ferrous_vm.values.arguments import check_number, check_string
from ferrous_vm.values.natives import MISSING
from ferrous_vm.values.numbers import to_long, to_unsigned_long
from ferrous_vm.values.strings import LuaString

Value = Any

REPEATED_FLAGS: Final = b"invalid format (repeated flags)"
TOO_LONG: Final = b"invalid format (width or precision too long)"

MOST_FLAGS: Final = 5
"""Flags one directive may carry (`sizeof(FLAGS)` less its terminator)."""

LONG_STRING: Final = 100
"""Bytes from which `%s` without a precision adds a string as it is, width and zero bytes or not."""

_DIRECTIVE: Final = re.compile(rb"([-+ #0]*)([0-9]?[0-9]?)(\.[0-9]?[0-9]?)?(.?)", re.DOTALL)


class Directive(Record):
    """One ``%`` directive: its flags, its width, its precision (None if there is no dot) and its conversion."""

    left: bool
    plus: bool
    space: bool
    alternative: bool
    zero: bool
    width: int
    precision: int | None
    conversion: bytes
    bare: bool
    """Nothing stands between the ``%`` and the conversion."""

    def pad(self, text: bytes) -> bytes:
        """`text` in the field's width, with spaces."""
        return text.ljust(self.width) if self.left else text.rjust(self.width)

    def sign(self, negative: bool) -> bytes:
        """The sign of a signed conversion."""
        return b"-" if negative else b"+" if self.plus else b" " if self.space else b""

    def pad_number(self, prefix: bytes, digits: bytes, zeros: bool) -> bytes:
        """A number in the field's width; with `zeros` the zero flag fills between prefix and digits."""
        if zeros and self.zero and not self.left:
            digits = digits.rjust(self.width - len(prefix), b"0")
        return self.pad(prefix + digits)


def _characters(directive: Directive, value: Value, position: int) -> bytes:
    """``%c``: what C's strlen sees of it, so a zero byte ends the item."""
    number = check_number(position, value)
    # `(int)` of a double that is no int is INT_MIN on x86-64, whose low byte is 0.
    byte = bytes([int(number) & 0xFF if -2147483649.0 < number < 2147483648.0 else 0])
    return directive.pad(byte).partition(b"\0")[0]


def _integer_digits(directive: Directive, magnitude: int, base: bytes) -> bytes:
    """The digits of a magnitude, at least `precision` of them; a zero of precision 0 has none."""
    if directive.precision == 0 and magnitude == 0:
        return b""
    return (base % (magnitude,)).rjust(directive.precision or 0, b"0")


def _signed(directive: Directive, value: Value, position: int) -> bytes:
    number = to_long(check_number(position, value))
    if directive.bare:
        return b"%d" % (number,)
    digits = _integer_digits(directive, abs(number), b"%d")
    return directive.pad_number(directive.sign(number < 0), digits, directive.precision is None)


_BASES: Final = {b"o": b"%o", b"u": b"%d", b"x": b"%x", b"X": b"%X"}


def _unsigned(directive: Directive, value: Value, position: int) -> bytes:
    number = to_unsigned_long(check_number(position, value))
    digits = _integer_digits(directive, number, _BASES[directive.conversion])
    prefix = b""
    if directive.alternative:
        if directive.conversion == b"o" and not digits.startswith(b"0"):
            digits = b"0" + digits
        elif directive.conversion in (b"x", b"X") and number:
            prefix = b"0" + directive.conversion
    return directive.pad_number(prefix, digits, directive.precision is None)


def _floating(directive: Directive, value: Value, position: int) -> bytes:
    number = check_number(position, value)
    prefix = directive.sign(math.copysign(1.0, number) < 0)
    if math.isfinite(number):
        precision = 6 if directive.precision is None else directive.precision
        form = b"%%%b.%d%b" % (b"#" if directive.alternative else b"", precision, directive.conversion)
        return directive.pad_number(prefix, form % (abs(number),), True)
    text = b"nan" if number != number else b"inf"
    return directive.pad_number(prefix, text.upper() if directive.conversion.isupper() else text, False)


_QUOTED: Final = {b'"': b'\\"', b"\\": b"\\\\", b"\n": b"\\\n", b"\r": b"\\r", b"\0": b"\\000"}
_MOST_QUOTED: Final = max(map(len, _QUOTED.values()))
"""Bytes that one may become."""
_NEEDS_QUOTING: Final = re.compile(rb'["\\\n\r\0]')


def _quoted(directive: Directive, value: Value, position: int) -> bytes:
    """``%q``: flags, width and precision do nothing."""
    text = check_string(position, value)
    if len(text) * _MOST_QUOTED > PRESENT.longest_string:
        PRESENT.check_string(len(text) + sum(text.count(byte) * (len(shown) - 1) for byte, shown in _QUOTED.items()))
    return b'"%b"' % (_NEEDS_QUOTING.sub(lambda found: _QUOTED[found.group()], text),)


def _string(directive: Directive, value: Value, position: int) -> bytes:
    """``%s``: a C string in the field, unless it is long and without a precision."""
    whole = check_string(position, value)
    if directive.precision is None and (len(whole) >= LONG_STRING or (directive.bare and b"\0" not in bytes(whole))):
        return whole
    text = bytes(whole).partition(b"\0")[0]
    return directive.pad(text if directive.precision is None else text[: directive.precision])


_CONVERSIONS: Final[dict[bytes, Callable[[Directive, Value, int], bytes]]] = {
    b"c": _characters,
    b"d": _signed,
    b"i": _signed,
    b"o": _unsigned,
    b"u": _unsigned,
    b"x": _unsigned,
    b"X": _unsigned,
    b"e": _floating,
    b"E": _floating,
    b"f": _floating,
    b"g": _floating,
    b"G": _floating,
    b"q": _quoted,
    b"s": _string,
}
"""Every conversion Lua allows, and the function that makes its text."""

Piece = bytes | Directive | LuaError


def _read_directive(format_: bytes, at: int) -> tuple[Piece, int]:
    """The directive after the ``%`` and the index after it, or the error formatting raises there (`scanformat`)."""
    found = _DIRECTIVE.match(format_, at)
    assert found is not None
    flags, width, precision, conversion = found.groups()
    if len(flags) > MOST_FLAGS:
        return LuaError(LuaString(REPEATED_FLAGS), level=1), at
    if conversion.isdigit():
        return LuaError(LuaString(TOO_LONG), level=1), at
    if conversion not in _CONVERSIONS:
        shown = conversion.replace(b"\0", b"")
        return LuaError(LuaString(b"invalid option '%%%b' to 'format'" % (shown,)), level=1), at
    directive = Directive(
        left=b"-" in flags,
        plus=b"+" in flags,
        space=b" " in flags,
        alternative=b"#" in flags,
        zero=b"0" in flags,
        width=int(width or b"0"),
        precision=None if precision is None else int(precision[1:] or b"0"),
        conversion=conversion,
        bare=found.end() == at + 1,
    )
    return directive, found.end()


def _read_format(format_: bytes) -> tuple[Piece, ...]:
    """The pieces of a format up to its end or its first mistake."""
    format_ = bytes(format_)
    pieces: list[Piece] = []
    at = 0
    while (percent := format_.find(b"%", at)) >= 0:
        if percent > at:
            pieces.append(format_[at:percent])
        if format_[percent + 1 : percent + 2] == b"%":
            pieces.append(b"%")
            at = percent + 2
            continue
        piece, at = _read_directive(format_, percent + 1)
        pieces.append(piece)
        if isinstance(piece, LuaError):
            return tuple(pieces)
    if at < len(format_):
        pieces.append(format_[at:])
    return tuple(pieces)


_remembered = lru_cache(maxsize=512)(_read_format)


def format_values(format_: bytes, values: tuple[Value, ...]) -> bytes:
    """`format_` with its directives replaced by `values`, which are the native's arguments from the second on.

    Raises ArgumentError for a missing or unsuitable value and LuaError for a mistake in the format.
    """
    texts: list[bytes] = []
    used = size = 0
    for piece in _remembered(format_) if len(format_) <= LONGEST_REMEMBERED else _read_format(format_):
        if type(piece) is bytes:
            texts.append(piece)
            continue
        used += 1
        if used > len(values) or values[used - 1] is MISSING:
            raise ArgumentError(used + 1, b"no value")
        if isinstance(piece, LuaError):
            raise LuaError(piece.value, level=1)
        assert isinstance(piece, Directive)
        text = _CONVERSIONS[piece.conversion](piece, values[used - 1], used + 1)
        size += len(text)
        if size > PRESENT.longest_string:
            PRESENT.check_string(size)
        texts.append(text)
    return PRESENT.checked(b"".join(texts))
