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


def record_shape(table: Table) -> Shape | None:
    """The shape of a record: a table with few keys, strings all, that never lost one. None of any other table."""
    if type(table) is not Table or table.sequence > 0 or not 0 < len(table) <= _MOST_KEYS:
        return None
    shape = (table.sizes, *table)
    if shape in _orders:
        return shape
    for key in table:
        if type(key) is not LuaString or len(key) > _LONGEST_KEY:
            return None
    layout = table.current_layout()
    if len(_orders) >= _MOST_SHAPES:
        _orders.clear()
    _orders[shape] = tuple(key for key in layout.keys if key is not None)
    return shape


def order(shape: Shape) -> tuple[Value, ...]:
    """The keys of a record in the order of `next`."""
    return _orders[shape]


def entries(table: Table) -> Iterable[tuple[Value, Value]]:
    """The keys and values in the order of `next` (`luaH_next`)."""
    if len(table) < 2 or table.is_sequence():
        return table.items()
    shape = record_shape(table)
    if shape is not None:
        return [(key, table[key]) for key in _orders[shape]]
    layout = table.current_layout()
    get = table.get
    found = [(float(i), get(float(i))) for i in range(1, layout.array_size + 1) if float(i) in table]
    found += [(key, value) for key in layout.keys if (value := get(key)) is not None]
    return found
