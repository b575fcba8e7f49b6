"""`cjson.decode`: JSON that Python's `json`, which is C, and lua-cjson surely read as the same is left to `json`.

That is nearly every text there is. Python's grammar is the narrower one, but for NaN and Infinity, which are refused
here. A text it does not take is no mistake yet, it is read as lua-cjson does (`cjson_decode`); so are lone surrogates
and bytes that are no UTF-8.
"""

from __future__ import annotations

import re
from itertools import accumulate
from json import JSONDecoder
from typing import Any, Final

from ferrous_vm.bounds import BYTES_OF_A_STRING, PRESENT
from ferrous_vm.errors import LuaError
from ferrous_vm.stdlib.cjson_settings import NULL, Settings
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

Value = Any

_DEEPEST: Final = 32
"""Containers in each other; reading them recurses, in C and here."""

_STEPS: Final = bytes({0x5B: 1, 0x7B: 1, 0x5D: 255, 0x7D: 255}.get(code, code) for code in range(256))
"""What a bracket adds to the depth, as signed bytes; other bytes stay what they are."""
_NEITHER_BRACKET_NOR_QUOTE: Final = bytes(code for code in range(256) if code not in b'[]{}"')
_ESCAPED: Final = re.compile(rb"\\.", re.DOTALL)
_WORDS: Final[dict[Value, Value]] = {True: TRUE, False: FALSE, None: NULL}


def _depth(text: bytes) -> int:
    """How deep containers are nested at most, up to the first mistake."""
    if b"\\" in text:
        text = _ESCAPED.sub(b"", text)
    marks = text.translate(_STEPS, _NEITHER_BRACKET_NOR_QUOTE).replace(b'""', b"")
    outside = b"".join(marks.split(b'"')[::2])  # of strings
    return max(accumulate(memoryview(outside).cast("b")), default=0)


class _Names(dict[str, LuaString]):
    """The names of members in one text: most come back."""

    __slots__ = ()

    def __missing__(self, name: str) -> LuaString:
        self[name] = text = LuaString(name.encode())
        return text


def _refuse(word: str) -> None:
    raise ValueError(word)


def _lua(value: Value) -> Value:
    """What `json` made as a Lua value."""
    kind = value.__class__
    if kind is str:
        return LuaString(value.encode())
    if kind is float or kind is Table:
        return value
    if kind is list:
        return Table.of_items([item if item.__class__ is float else _lua(item) for item in value])
    return _WORDS[value]


def read_quickly(text: bytes, deepest: int) -> Value:
    """The value of a text nested no deeper than `deepest`; None if `json` does not surely read it as lua-cjson does."""
    names = _Names()

    def table_of(members: list[tuple[str, Value]]) -> Table:
        table = Table()
        for name, value in members:
            table[names[name]] = value if value.__class__ is float else _lua(value)
        return table

    most_items = PRESENT.most_bytes // BYTES_OF_A_STRING
    if len(text) > most_items and text.count(b",") > most_items:  # nobody could end it
        return None
    if _depth(text) > min(deepest, _DEEPEST):
        return None
    decoder = JSONDecoder(object_pairs_hook=table_of, parse_int=float, parse_constant=_refuse, strict=False)
    try:
        return _lua(decoder.decode(text.decode()))
    except ValueError:
        return None


def decode_text(settings: Settings, text: bytes) -> Value:
    """The value a JSON text stands for. Raises LuaError with the place and what was expected there."""
    if len(text) >= 2 and 0 in text[:2]:
        raise LuaError(LuaString(b"JSON parser does not support UTF-16 or UTF-32"), level=1)
    text = text.partition(b"\0")[0]
    value = None if settings.decode_array_with_array_mt else read_quickly(text, settings.decode_max_depth)
    if value is not None:
        return value
    from ferrous_vm.stdlib.cjson_decode import read_exactly  # rarely needed

    return read_exactly(settings, text)
