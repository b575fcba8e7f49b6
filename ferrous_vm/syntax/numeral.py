"""The text of a number to its value, as C's `strtod` in the C locale (`luaO_str2d`, lobject.c)."""

from __future__ import annotations

import re

_DECIMAL = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_HEXADECIMAL = re.compile(rb"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][+-]?[0-9]+)?")


def read_numeral(text: bytes) -> float | None:
    """The number that the whole of `text` (no spaces) denotes: decimal or hexadecimal, with fraction and exponent.

    None if it denotes none. A number too large is infinite.
    """
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _HEXADECIMAL.fullmatch(text):
        try:
            return float.fromhex(text.decode("ascii"))
        except OverflowError:
            return float("-inf") if text.startswith(b"-") else float("inf")
    return None
