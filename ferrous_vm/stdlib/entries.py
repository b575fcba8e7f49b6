"""All entries of a table at once, in Lua's order, for natives that visit a whole table and change nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ferrous_vm.values.tables import Table

Value = Any


def entries(table: Table) -> Iterable[tuple[Value, Value]]:
    """The keys and values in the order of `next` (`luaH_next`)."""
    if len(table) < 2:
        return table.items()
    layout = table.current_layout()
    get = table.get
    found = [(float(i), get(float(i))) for i in range(1, layout.array_size + 1) if float(i) in table]
    found += [(key, get(key)) for key in layout.keys if key is not None and key in table]
    return found
