"""All entries of a table at once, in Lua's order, for natives that visit a whole table and change nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

Value = Any
Shape = tuple[Value, ...]
"""The sizes and the keys of a record: its order follows from them."""

_MOST_KEYS: Final = 32
_LONGEST_KEY: Final = 40
"""Bytes; longer ones are hardly names of fields, and not worth keeping alive."""
_MOST_SHAPES: Final = 512

_orders: Final[dict[Shape, tuple[Value, ...]]] = {}
"""The orders of the latest records: a script makes many of few shapes, and to replay a layout takes long."""


def forget_orders() -> None:
    """Tables are hashed otherwise from now on."""
    _orders.clear()


def record_shape(table: Table) -> Shape | None:
    """The shape of what may be a record: a table with few keys, strings all, that never lost one. Else None."""
    if table.sequence <= 0 and type(table) is Table and 0 < len(table) <= _MOST_KEYS:
        return (table.sizes, *table)
    return None


def order(table: Table, shape: Shape) -> tuple[Value, ...] | None:
    """The keys of a record in the order of `next`; None if it is no record."""
    known = _orders.get(shape)
    if known is None:
        if any(type(key) is not LuaString or len(key) > _LONGEST_KEY for key in table):
            return None
        if len(_orders) >= _MOST_SHAPES:
            _orders.clear()
        _orders[shape] = known = tuple(key for key in table.current_layout().keys if key is not None)
    return known


def entries(table: Table) -> Iterable[tuple[Value, Value]]:
    """The keys and values in the order of `next` (`luaH_next`)."""
    if len(table) < 2 or table.is_sequence():
        return table.items()
    shape = record_shape(table)
    keys = None if shape is None else order(table, shape)
    if keys is not None:
        return [(key, table[key]) for key in keys]
    layout = table.current_layout()
    get = table.get
    found = [(float(i), get(float(i))) for i in range(1, layout.array_size + 1) if float(i) in table]
    found += [(key, value) for key in layout.keys if (value := get(key)) is not None]
    return found
