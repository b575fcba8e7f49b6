"""Calls natives without an engine, and writes results in one line each so that they can be compared with Lua's."""

from __future__ import annotations

from collections.abc import Callable
from types import GeneratorType
from typing import Any

from ferrous_vm.errors import ArgumentError, LuaError
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.functions import Userdata
from ferrous_vm.values.natives import Call, Library, Native
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

Value = Any


def to_lua(value: object) -> Value:
    """A Python value as a Lua value: lists and dicts become tables, bytes strings, numbers floats."""
    if value is True or value is False:
        return TRUE if value else FALSE
    if isinstance(value, int):
        return float(value)
    if isinstance(value, bytes) and type(value) is not LuaString:
        return LuaString(value)
    if isinstance(value, (list, dict)) and not isinstance(value, Table):
        table = Table()
        items = enumerate(value, 1) if isinstance(value, list) else value.items()
        for key, item in items:
            table.put(to_lua(key), to_lua(item))
        return table
    return value


class StubRuntime:
    """As much of a Runtime as a library needs to be opened and to bind iterators."""

    def bind(self, declared: Native) -> Value:
        function = declared.function
        if declared.context:
            return lambda *args: function(self, *args)
        return function

    def chunk_name(self, function: Value) -> bytes | None:
        return b"@user_script" if getattr(function, "is_lua", False) else None

    def open(self, library: Library) -> Value:
        table = Table()
        for declared in library.natives:
            table.put(LuaString(declared.name), self.bind(declared))
        for name, value in library.constants.items():
            table.put(LuaString(name), value)
        return table


def call(function: Callable[..., Any], *args: Value) -> tuple[Value, ...]:
    """The results of a bound native; a generator's Calls are carried out on the spot."""
    outcome = function(*args)
    if isinstance(outcome, GeneratorType):
        outcome = _drive(outcome)
    return outcome if type(outcome) is tuple else (outcome,)


def _drive(generator: GeneratorType[Call, tuple[Value, ...], Value]) -> Value:
    try:
        request = next(generator)
        while True:
            request = generator.send(call(request.function, *request.args))
    except StopIteration as finished:
        return finished.value


SHOW_IN_LUA = r"""
local function show(v)
  local t = type(v)
  if t == 'number' then
    if v ~= v then return 'nan' end
    return (string.format('%.17g', v))
  elseif t == 'string' then
    return 's' .. (v:gsub('.', function(c) return string.format('%02x', c:byte()) end))
  elseif t == 'table' then
    local items = {}
    for k, w in next, v do items[#items + 1] = show(k) .. '=' .. show(w) end
    return '{' .. table.concat(items, ',') .. '}'
  elseif t == 'nil' or t == 'boolean' then return tostring(v)
  else return t end
end
"""
"""`show`, in Lua."""


def show(value: Value) -> str:
    """One Lua value, exactly: strings in hexadecimal, numbers with 17 digits, tables in their order."""
    if value is None:
        return "nil"
    if value is TRUE or value is FALSE:
        return value.name
    if type(value) is float:
        if value != value:
            return "nan"
        return f"{value:.17g}"
    if type(value) is LuaString:
        return "s" + value.hex()
    if isinstance(value, Table):
        items = []
        entry = value.next(None)
        while entry is not None:
            items.append(f"{show(entry[0])}={show(entry[1])}")
            entry = value.next(entry[0])
        return "{" + ",".join(items) + "}"
    if isinstance(value, Userdata):
        return "userdata"
    assert callable(value), f"not a Lua value: {value!r}"
    return "function"


def outcome(function: Callable[..., Any], *args: Value) -> str:
    """The results of a call, or its error, in one line."""
    try:
        return " ".join(show(value) for value in call(function, *args))
    except ArgumentError as error:
        return f"error: bad argument #{error.position} ({error.reason.decode('latin-1')})"
    except LuaError as error:
        message: Any = error.value
        return f"error: {bytes(message).decode('latin-1')}"
