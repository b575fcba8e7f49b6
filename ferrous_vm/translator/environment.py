"""The globals a chunk is translated for, and what of them is looked up once, when the chunk is loaded.

Nobody can change the globals of Redis's sandbox, so `redis.call` means the same function as long as the script lives.
"""

from __future__ import annotations

from typing import Any

from ferrous_vm.syntax import tree
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

Value = Any


class Environment:
    """A table of globals. `fixed`: names of those that stay what they are."""

    def __init__(self, table: Table, fixed: frozenset[bytes]) -> None:
        self.table = table
        self._fixed = fixed

    def fixed_global(self, name: bytes) -> Value:
        """The value of a global that nobody can change; nil if somebody might, or if there is none yet."""
        return self.table.get(LuaString(name)) if name in self._fixed else None

    def fixed_field(self, name: bytes, key: tree.Expression) -> Value:
        """The value of a global's field that nobody can change; nil if somebody might, or if there is none."""
        if not isinstance(key, tree.String):
            return None
        owner = self.fixed_global(name)
        if not isinstance(owner, Table) or not owner.readonly or owner is self.table:
            return None
        return owner.get(LuaString(key.value))
