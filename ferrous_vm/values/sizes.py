"""What a value weighs, in bytes, as Lua 5.1 accounts on a 64-bit machine (lobject.h: sizeof of each object)."""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.values.functions import Coroutine, Userdata
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.values.types import FUNCTION_CLASSES

Value = Any

STRING: Final = 25
"""A TString and its terminator; the bytes come on top."""
TABLE: Final = 64
ARRAY_SLOT: Final = 16
NODE: Final = 40
FUNCTION: Final = 40
"""A C closure without upvalues; an engine adds its own closures' upvalues."""
COROUTINE: Final = 1072
"""A lua_State with its first stack (45 slots) and call infos (8)."""
USERDATA: Final = 40


def size_of(value: Value) -> int:
    """The bytes of one object, without what it refers to; 0 for nil, booleans and numbers."""
    kind = type(value)
    if kind is float or value is None:
        return 0
    if kind is LuaString:
        return STRING + len(value)
    if isinstance(value, Table):
        return table_size(value)
    if kind in FUNCTION_CLASSES:
        return FUNCTION
    if isinstance(value, Coroutine):
        return COROUTINE
    return USERDATA if isinstance(value, Userdata) else 0


def table_size(table: Table) -> int:
    """The bytes of a table: exact where its layout is known, else what a table of so many keys needs."""
    array_size, nodes = table.capacity()
    return TABLE + ARRAY_SLOT * array_size + NODE * nodes
