"""A traversal visits what one call of `next` after the other visits, whatever happens to the table meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.errors import LuaError
from ferrous_vm.stdlib.base import step_of_ipairs
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table, set_metatable
from ferrous_vm.values.traversal import Entry, entries, items

_KEYS = st.integers(1, 6).map(float) | st.sampled_from([LuaString(b"x"), LuaString(b"y"), 0.5])
_WRITES = st.lists(st.tuples(_KEYS, st.sampled_from([None, 7.0, 8.0])), max_size=3)
_TURNS = st.lists(st.one_of(_WRITES, st.just("metatable"), st.just("length")), max_size=6)
_MOST = 20


def _filled(count: int, others: list[object]) -> Table:
    table = Table.of_items([float(index) for index in range(count)])
    for key in others:
        table.assign(key, 1.0)
    return table


def _change(table: Table, turn: object) -> None:
    if turn == "metatable":
        set_metatable(table, Table())
    elif turn == "length":
        table.length()
    else:
        assert isinstance(turn, list)
        for key, value in turn:
            table.assign(key, value)


def _calls_of_next(table: Table) -> Iterator[Entry]:
    entry = table.next(None)
    while entry is not None:
        yield entry
        entry = table.next(entry[0])


def _calls_of_ipairs(table: Table) -> Iterator[Entry]:
    entry = step_of_ipairs(table, 0.0)
    while entry:
        yield entry
        entry = step_of_ipairs(table, entry[0])


def _visited(table: Table, traversal: Iterator[Entry], turns: list[object]) -> list[object]:
    """The entries; between the first of them the table is changed. Ends with the error if there is one."""
    visited: list[object] = []
    try:
        for entry in islice(traversal, _MOST):
            visited.append(entry)
            if len(visited) <= len(turns):
                _change(table, turns[len(visited) - 1])
    except LuaError as error:
        visited.append(error.value)
    return visited


@given(st.integers(0, 5), st.lists(_KEYS, max_size=3), _TURNS, st.booleans())
def test_a_traversal_is_next_after_next(count: int, others: list[object], turns: list[object], by_index: bool) -> None:
    table, other = _filled(count, others), _filled(count, others)
    expected = _visited(other, _calls_of_ipairs(other) if by_index else _calls_of_next(other), turns)
    assert _visited(table, items(table) if by_index else entries(table), turns) == expected


def test_the_last_item_removed_and_put_back_is_not_visited_again() -> None:
    table = _filled(1, [])
    visited = []
    for key, value in entries(table):
        visited.append(key)
        table.assign(key, None)
        table.assign(key, value)
        table.length()
    assert visited == [1.0]
