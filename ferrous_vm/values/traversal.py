"""Whole traversals of a table, for an engine that can loop over a Python iterator instead of calling `next` each turn.

A traversal answers exactly what calls of its native would, one after the other, whatever the loop does to the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    get = table.get
    count = len(table)
    key: Value = None
    if table.is_sequence():
        following = 1.0
        value = get(following)
        while value is not None:
            yield following, value
            key = following
            following += 1.0
            value = get(following)
    else:
        kind = table.__class__
        plain = kind is Table or kind is TrackedTable  # then a key that is gone gives nil
        layout = table.current_layout()
        for key in chain(map(float, range(1, layout.array_size + 1)), layout.keys):
            if key is not None:
                value = table[key] if plain else get(key)
                if value is not None:
                    yield key, value
                    if len(table) != count or table.__class__ is not kind:
                        break
        else:
            return
    entry = table.next(key)
    while entry is not None:
        yield entry
        entry = table.next(entry[0])


def items(table: Table) -> Iterator[Entry]:
    """The entries 1, 2, 3, ... up to the first that is not there, as `ipairs` visits them."""
    get = table.get
    index = 1.0
    value = get(index)
    while value is not None:
        yield index, value
        index += 1.0
        value = get(index)
