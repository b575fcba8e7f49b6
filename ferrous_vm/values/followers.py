"""Tables that look in one place less than Lua does, because of what they know about others.

One writes without looking for `__newindex`, because its metatable has none; one that lacks a key asks one table only,
because that has no metatable. Whom they rely on remembers them, so that it can tell them when it changes. It does not
keep them alive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ref

if TYPE_CHECKING:
    from ferrous_vm.values.tables import Table

_FEWEST_TO_PRUNE = 16


class Followers:
    """The tables that rely on one table; those that are gone are forgotten from time to time."""

    __slots__ = ("_limit", "_references")

    def __init__(self) -> None:
        self._references: list[ref[Table]] = []
        self._limit = _FEWEST_TO_PRUNE

    def add(self, table: Table) -> None:
        """One more table."""
        references = self._references
        if len(references) >= self._limit:
            references[:] = [reference for reference in references if reference() is not None]
            self._limit = 2 * len(references) + _FEWEST_TO_PRUNE
        references.append(ref(table))

    def release(self) -> list[Table]:
        """All that are still there, none of which relies on it any more."""
        tables = [table for reference in self._references if (table := reference()) is not None]
        self._references.clear()
        return tables
