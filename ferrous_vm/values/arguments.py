"""Checking a native's arguments, with the reasons Lua gives (Lua 5.1 manual section 4.1, lauxlib.c).

`position` counts arguments from 1. Every refusal is an ArgumentError; the engine adds the function's name.
"""

from __future__ import annotations

from typing import Any

from ferrous_vm.errors import ArgumentError
from ferrous_vm.values.natives import MISSING
from ferrous_vm.values.numbers import number_to_text, text_to_number, to_int, to_long
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.values.types import FUNCTION_CLASSES, type_name

Value = Any


def type_error(position: int, expected: bytes, value: Value) -> ArgumentError:
    """The refusal ``expected expected, got type`` (`luaL_typerror`)."""
    return ArgumentError(position, b"%s expected, got %s" % (expected, type_name(value)))


def check_any(position: int, value: Value) -> Value:
    """Any value, nil included, but there must be one."""
    if value is MISSING:
        raise ArgumentError(position, b"value expected")
    return value


def check_number(position: int, value: Value) -> float:
    """A number, or a string that is a numeral."""
    if type(value) is float:
        return value
    if type(value) is LuaString:
        number = text_to_number(value)
        if number is not None:
            return number
    raise type_error(position, b"number", value)


def check_integer(position: int, value: Value) -> int:
    """A number cast as C casts a double to `ptrdiff_t` (`luaL_checkinteger`, `luaL_checklong`)."""
    return to_long(check_number(position, value))


def check_int(position: int, value: Value) -> int:
    """A number cast to a C `int` of 32 bits (`luaL_checkint`)."""
    return to_int(check_number(position, value))


def check_string(position: int, value: Value) -> LuaString:
    """A string, or a number converted to one."""
    if type(value) is LuaString:
        return value
    if type(value) is float:
        return LuaString(number_to_text(value))
    raise type_error(position, b"string", value)


def check_table(position: int, value: Value) -> Table:
    """A table."""
    if isinstance(value, Table):
        return value
    raise type_error(position, b"table", value)


def check_function(position: int, value: Value) -> Value:
    """A function."""
    if type(value) in FUNCTION_CLASSES:
        return value
    raise type_error(position, b"function", value)


def optional_integer(position: int, value: Value, default: int) -> int:
    """An integer as `check_integer` gives it; `default` for nil or no value."""
    return default if value is None or value is MISSING else check_integer(position, value)


def optional_int(position: int, value: Value, default: int) -> int:
    """An integer as `check_int` gives it; `default` for nil or no value."""
    return default if value is None or value is MISSING else check_int(position, value)


def optional_string(position: int, value: Value, default: bytes) -> LuaString:
    """A string; `default` for nil or no value."""
    if value is None or value is MISSING:
        return LuaString(default)
    return check_string(position, value)
