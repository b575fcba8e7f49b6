"""Numbers of a reply as other languages print them: the shortest digits that read back, laid out by their own rules."""

from __future__ import annotations

from decimal import Decimal


def double(text: bytes) -> float:
    """The number of a RESP3 double; a nan's sign is of no meaning."""
    return float(text.decode().replace("-nan", "nan"))


def with_exponent(number: float, smallest: float, largest: float, write: tuple[str, str]) -> str:
    """`number` plainly while it is from `smallest` to below `largest`, else as digits and exponent.

    `write` holds what stands before an exponent that is negative, and before one that is not.
    """
    digits = Decimal(repr(number))
    if number == 0 or smallest <= abs(number) < largest:
        return f"{digits.normalize():f}" if number else "-0" if repr(number)[0] == "-" else "0"
    mantissa, _, exponent = f"{digits.normalize():e}".partition("e")
    return f"{mantissa}{write[int(exponent) >= 0]}{abs(int(exponent))}"


def javascript(number: float) -> str:
    """`Number::toString` (ECMAScript 6.1.6.1.20), and `-0` as the console prints it."""
    if number != number or abs(number) == float("inf"):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[repr(number)]
    return with_exponent(number, 1e-6, 1e21, ("e-", "e+"))


def go(number: float) -> str:
    """What `%v` prints of a float64 (Go, package fmt): `%g` with the shortest digits, exponents of two figures."""
    if number != number or abs(number) == float("inf"):
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}[repr(number)]
    text = with_exponent(number, 1e-4, 1e21, ("e-", "e+"))
    return text if text[-2:-1].isdigit() or "e" not in text else f"{text[:-1]}0{text[-1]}"


def java(number: float) -> str:
    """`Double.toString`."""
    if number != number or abs(number) == float("inf"):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[repr(number)]
    text = with_exponent(number, 1e-3, 1e7, ("E-", "E"))
    mantissa, exponent, power = text.partition("E")
    return (mantissa if "." in mantissa else f"{mantissa}.0") + exponent + power
