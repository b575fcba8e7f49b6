"""The eight types of Lua and the Python classes that stand for them: one table.

Engines add their own classes of functions and coroutines with `register_class`.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any, Final

from ferrous_vm.values.booleans import Boolean
from ferrous_vm.values.functions import Coroutine, Userdata
from ferrous_vm.values.natives import MISSING
from ferrous_vm.values.strings import LuaString

Value = Any

TYPE_NAMES: Final[dict[type, bytes]] = {
    type(None): b"nil",
    Boolean: b"boolean",
    float: b"number",
    LuaString: b"string",
    FunctionType: b"function",
    Coroutine: b"thread",
    Userdata: b"userdata",
    type(MISSING): b"no value",
}
"""The name of a value's type by its class; `tables` adds the table classes."""

FUNCTION_CLASSES: Final[set[type]] = {FunctionType}
"""The classes whose instances are Lua functions."""


def register_class(kind: type, name: bytes) -> None:
    """Declares a class of Lua values; `name` is one of Lua's type names."""
    TYPE_NAMES[kind] = name
    if name == b"function":
        FUNCTION_CLASSES.add(kind)


def type_name(value: Value) -> bytes:
    """The name of a value's type, as `type` answers it; ``no value`` for MISSING (`luaL_typename`)."""
    return TYPE_NAMES[type(value)]
