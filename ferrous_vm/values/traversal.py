"""Whole traversals of a table, for an engine that can loop over a Python iterator instead of calling `next` each turn.

A traversal answers exactly what calls of its native would, one after the other, whatever the loop does to the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from types import FunctionType
from typing import Any, Final, NamedTuple

from ferrous_vm.values.functions import DECLARED
from ferrous_vm.values.tables import TABLE_CLASSES, Table, TrackedTable

Value = Any
Entry = tuple[Value, Value]


class Traversal(NamedTuple):
    """`iterate(table)` gives what the native answers for `table` and `start`, then for its own last key, to the end."""

    start: Value
    iterate: Callable[[Table], Iterator[Entry]]


TRAVERSALS: Final[dict[Callable[..., Any], Traversal]] = {}
"""By the Python function of the native; the library that declares it puts it here."""


def traversal_of(function: Value, table: Value, control: Value) -> Iterator[Entry] | None:
    """The entries that a generic loop over these three values visits; None if only calls of the function can tell."""
    if function.__class__ is not FunctionType or table.__class__ not in TABLE_CLASSES:
        return None
    declared = function.__dict__.get(DECLARED)
    traversal = None if declared is None else TRAVERSALS.get(declared.function)
    if traversal is None or control != traversal.start:
        return None
    return traversal.iterate(table)


def entries(table: Table) -> Iterator[Entry]:
    """Every entry, as `next` visits them. From the first change of the number of keys on, `next` itself is asked."""
    kind = table.__class__
    key: Value
    if table.is_sequence():
        sizes = table.sizes
        try:
            for entry in table.items():
                yield entry
                if table.sizes is not sizes or table.__class__ is not kind:  # a key was removed, and may be back
                    break
            else:
                return
        except RuntimeError:  # Python's, of the number of keys
            pass
        key = entry[0]
    else:
        count = len(table)
        get = table.get
        plain = kind is Table or kind is TrackedTable  # then a key that is gone gives nil
        layout = table.current_layout()
        keys: Iterable[Value] = layout.keys
        if layout.array_size:
            keys = chain(map(float, range(1, layout.array_size + 1)), keys)
        for key in keys:
            if key is not None:
                value = table[key] if plain else get(key)
                if value is not None:
                    yield key, value
                    if len(table) != count or table.__class__ is not kind:
                        break
        else:
            return
    following = table.next(key)
    while following is not None:
        yield following
        following = table.next(following[0])


def items(table: Table) -> Iterator[Entry]:
    """The entries 1, 2, 3, ... up to the first that is not there, as `ipairs` visits them."""
    index = 1.0
    if table.is_sequence():
        kind = table.__class__
        sizes = table.sizes
        try:
            for entry in table.items():
                yield entry
                if table.sizes is not sizes or table.__class__ is not kind:  # a key was removed, and may be back
                    break
            else:
                return
        except RuntimeError:  # Python's, of the number of keys
            pass
        index = entry[0] + 1.0
    get = table.get
    value = get(index)
    while value is not None:
        yield index, value
        index += 1.0
        value = get(index)
