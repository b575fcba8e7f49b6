"""Taking back what happened to one table: the tokens of `Table.put_with_undo` that are more than a key and a value.

Tokens are used in reverse order of the writes, so each finds the table as its own write left it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ferrous_vm.values.layout import Claim

if TYPE_CHECKING:
    from ferrous_vm.values.tables import Table

Value = Any


class LastRemoved:
    """A sequence lost its last key."""

    __slots__ = ("key", "sizes", "value")

    def __init__(self, key: Value, value: Value, sizes: tuple[Any, ...]) -> None:
        self.key = key
        self.value = value
        self.sizes = sizes

    def restore(self, table: Table) -> None:
        """Puts the key back at the end."""
        dict.__setitem__(table, self.key, self.value)
        table.sizes = self.sizes


class TrackingBegun:
    """A key got nil and the table became tracked: the order of insertion and the class come back."""

    __slots__ = ("key", "order", "sequence", "sizes", "value")

    def __init__(self, order: list[Value], key: Value, value: Value, sizes: tuple[Any, ...], sequence: int) -> None:
        self.order = order
        self.key = key
        self.value = value
        self.sizes = sizes
        self.sequence = sequence

    def restore(self, table: Table) -> None:
        """Makes the table untracked, with the key if it had one."""
        values = dict(table)
        if self.value is not None:
            values[self.key] = self.value
        dict.clear(table)
        dict.update(table, {key: values[key] for key in self.order})
        table.__class__ = type(table).untracked
        table.layout = None
        table.sizes = self.sizes
        table.sequence = self.sequence


class KeyClaimed:
    """A key got a place in a tracked table, and perhaps a value."""

    __slots__ = ("claim", "key")

    def __init__(self, key: Value, claim: Claim | None) -> None:
        self.key = key
        self.claim = claim

    def restore(self, table: Table) -> None:
        """Takes value and place away."""
        layout = table.layout
        if self.key in table:
            dict.__delitem__(table, self.key)
            layout.uncount(self.key)
        if self.claim is not None:
            layout.unclaim(self.key, self.claim)


class Resized:
    """The array part was resized, to `size`, by a constructor."""

    __slots__ = ("claim", "sequence", "size", "sizes")

    def __init__(self, size: int, sizes: tuple[Any, ...], sequence: int, claim: Claim | None) -> None:
        self.size = size
        self.sizes = sizes
        self.sequence = sequence
        self.claim = claim

    def restore(self, table: Table) -> None:
        """Gives both parts their sizes back."""
        if self.claim is None:
            table.sizes = self.sizes
            table.sequence = min(self.sequence, table.sequence)
            table.layout = None
        else:
            table.layout.unclaim(None, self.claim)
