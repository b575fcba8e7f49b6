"""The cjson library: lua-cjson 2.1.0 as Redis embeds it (lua_cjson.c).

Each cjson table has settings of its own, shared by its functions; Redis never resets them between scripts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from ferrous_vm.errors import ArgumentError
from ferrous_vm.stdlib import cjson_settings
from ferrous_vm.stdlib.cjson_encode import encode_value
from ferrous_vm.stdlib.cjson_quick import decode_text
from ferrous_vm.stdlib.cjson_settings import NULL, Settings
from ferrous_vm.values.arguments import check_string
from ferrous_vm.values.lost import LISTENER, Lost
from ferrous_vm.values.natives import Library, Native, Results, Runtime
from ferrous_vm.values.strings import LuaString

Value = Any


def encode(settings: Settings, *values: Value) -> Results:
    """The JSON text of the one argument; ArgumentError without it."""
    if len(values) != 1:
        raise ArgumentError(1, b"expected 1 argument")
    return LuaString(encode_value(settings, values[0]))


def decode(settings: Settings, *values: Value) -> Results:
    """The value the JSON text, the one argument, stands for; ArgumentError without it."""
    if len(values) != 1:
        raise ArgumentError(1, b"expected 1 argument")
    text = bytes(check_string(1, values[0]))
    value = decode_text(settings, text)
    if LISTENER.tell is not None:
        _tell_decoded(text, LISTENER.tell, arrays_stay=bool(settings.decode_array_with_array_mt))
    return value


_NULL: Final = re.compile(rb"(?<=[:\[,])\s*null(?=\s*[,\]}])")
_LONG_INTEGER: Final = re.compile(rb"(?<=[:\[,\s])-?[0-9]{16,}(?=\s*[,\]}])")
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_MOST_READ: Final = 100_000
"""Bytes of a text in which somebody who listens is told of what it loses."""


def _tell_decoded(text: bytes, tell: Callable[[Lost, str, str], None], *, arrays_stay: bool) -> None:
    """What of a JSON text is something else in Lua."""
    bare = _STRING.sub(b'""', text[:_MOST_READ])
    if b"[]" in bare and not arrays_stay:
        tell(Lost.EMPTY_LIST, "[]", "{}")
    if _NULL.search(bare) is not None:
        tell(Lost.NULL, "null", "cjson.null")
    for found in _LONG_INTEGER.findall(bare)[:10]:
        if int(float(found)) != int(found):
            tell(Lost.INTEGER, found.decode(), f"{float(found):.0f}")


def new(runtime: Runtime, *_: Value) -> Results:
    """Another cjson table, with settings of its own."""
    return runtime.open(create_library())


def new_knowing_arrays(runtime: Runtime, *_: Value) -> Results:
    """`new` of a table that knows arrays."""
    return runtime.open(create_library(knows_arrays=True))


_FUNCTIONS: Final[tuple[Callable[..., Results], ...]] = (
    encode,
    decode,
    cjson_settings.encode_sparse_array,
    cjson_settings.encode_max_depth,
    cjson_settings.decode_max_depth,
    cjson_settings.encode_number_precision,
    cjson_settings.encode_keep_buffer,
    cjson_settings.encode_invalid_numbers,
    cjson_settings.decode_invalid_numbers,
)
"""The functions that share the settings of their table."""


def _with(settings: Settings, function: Callable[..., Results]) -> Native:
    def bound(*values: Value) -> Results:
        return function(settings, *values)

    return Native(function.__name__.encode(), bound, context=False, single=function in (encode, decode))


def create_library(*, knows_arrays: bool = False) -> Library:
    """The library with settings of its own; a runtime opens one and keeps it.

    `knows_arrays`: arrays can be told from other tables (`decode_array_with_array_mt`).
    """
    settings = Settings(knows_arrays=knows_arrays)
    functions = (*_FUNCTIONS, cjson_settings.decode_array_with_array_mt) if knows_arrays else _FUNCTIONS
    make = new_knowing_arrays if knows_arrays else new
    return Library(
        b"cjson",
        (*(_with(settings, function) for function in functions), Native(b"new", make, context=True)),
        {b"null": NULL, b"_NAME": LuaString(b"cjson"), b"_VERSION": LuaString(b"2.1.0")},
    )
