"""redis.register_function, and what else `redis` has while the code of a library is run (function_lua.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.scripting.api import Field, log_fields, string_of, version_fields
from ferrous_vm.scripting.error_tables import ERROR_TABLES
from ferrous_vm.scripting.flags import FLAG_NAMES, ScriptFlag
from ferrous_vm.scripting.libraries import Function
from ferrous_vm.scripting.state import LuaState
from ferrous_vm.values.natives import Native, Value
from ferrous_vm.values.tables import Table
from ferrous_vm.values.types import type_name

raised: Final = ERROR_TABLES.raised
"""Only servers whose errors are tables have functions."""


def library_fields(state: LuaState) -> list[Field]:
    """The fields of `redis` while a library is loaded (`luaEngineInitEngine`)."""
    register = state.runtime.bind(Native(b"register_function", register_function(state), False))
    return [(b"register_function", register), *log_fields(state), *version_fields(state)]


def register_function(state: LuaState) -> Callable[..., Any]:
    """redis.register_function(name, callback), or with one table of named arguments."""
    called = state.profile.sentences.api + b".register_function"

    def register(*arguments: Value) -> Value:
        take = state.registering
        if take is None:
            raise raised(b"%b can only be called on FUNCTION LOAD command" % called)
        if not 1 <= len(arguments) <= 2:
            raise raised(b"wrong number of arguments to %b" % called)
        function = _by_name(called, arguments[0]) if len(arguments) == 1 else _by_position(called, *arguments)
        try:
            take(function)
        except CommandError as error:
            raise raised(error.message.removeprefix(b"ERR ")) from None
        return ()

    return register


def _by_position(called: bytes, name: Value, callback: Value) -> Function:
    text = string_of(name)
    if text is None:
        raise raised(b"first argument to %b must be a string" % called)
    if type_name(callback) != b"function":
        raise raised(b"second argument to %b must be a function" % called)
    return Function(text, callback, ScriptFlag.NONE, None)


def _by_name(called: bytes, arguments: Value) -> Function:
    """Named arguments are read in the order of the table, so the first wrong one is what Redis complains of.

    `called` is what the function is called in its sentences.
    """
    if not isinstance(arguments, Table):
        raise raised(
            b"calling %b with a single argument is only applicable to Lua table "
            b"(representing named arguments)." % called
        )
    given: dict[bytes, Any] = {}
    entry = arguments.next(None)
    while entry is not None:
        key, value = entry
        name = string_of(key)
        if name is None:
            raise raised(b"named argument key given to %b is not a string" % called)
        name = keyword(name)
        read = _NAMED_ARGUMENTS.get(name)
        if read is None:
            raise raised(b"unknown argument given to %b" % called)
        given[name] = read(called, value)
        entry = arguments.next(key)
    if b"function_name" not in given:
        raise raised(b"%b must get a function name argument" % called)
    if b"callback" not in given:
        raise raised(b"%b must get a callback argument" % called)
    return Function(
        given[b"function_name"], given[b"callback"], given.get(b"flags", ScriptFlag.NONE), given.get(b"description")
    )


def _text_argument(name: bytes) -> Callable[[bytes, Value], bytes]:
    def read(called: bytes, value: Value) -> bytes:
        text = string_of(value)
        if text is None:
            raise raised(b"%b argument given to %b must be a string" % (name, called))
        return text

    return read


def _callback(called: bytes, value: Value) -> Value:
    if type_name(value) != b"function":
        raise raised(b"callback argument given to %b must be a function" % called)
    return value


def _flags(called: bytes, value: Value) -> ScriptFlag:
    if not isinstance(value, Table):
        raise raised(b"flags argument to %b must be a table representing function flags" % called)
    flags = ScriptFlag.NONE
    position = 1.0
    while (item := value[position]) is not None:
        name = string_of(item)
        if name is None or keyword(name) not in FLAG_NAMES:
            raise raised(b"unknown flag given")
        flags |= FLAG_NAMES[keyword(name)]
        position += 1.0
    return flags


_NAMED_ARGUMENTS: Final[dict[bytes, Callable[[bytes, Value], Any]]] = {
    b"function_name": _text_argument(b"function_name"),
    b"description": _text_argument(b"description"),
    b"callback": _callback,
    b"flags": _flags,
}
