"""The quicksort of `table.sort`, comparison for comparison as Lua 5.1 does it (ltablib.c: auxsort).

A comparator sees the same pairs in the same order as in Lua, and the table between them is as it would be there. C's
recursion is an explicit stack.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from math import copysign
from typing import Final

from ferrous_vm.errors import LuaError
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.functions import first
from ferrous_vm.values.natives import Call, Results, Value
from ferrous_vm.values.operations import TruthCall, less_than
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import ReadonlyTable, Table, raw_set

_INVALID_ORDER: Final = LuaString(b"invalid order function for sorting")

Calls = Generator[Call, tuple[Value, ...], None]
Questions = Iterator[tuple[Value, Value]]
"""Pairs ``(a, b)``, before the next of which what a comparator answers for it is in the Answer."""
Answer = list[Results]
"""Its one element is what a comparator answered last."""


def sorted_in_place(table: Table, count: int, comparator: Value) -> Calls:
    """Sorts ``table[1]`` to ``table[count]``; `comparator` is a function, or None for ``<``.

    Raises LuaError for a comparator that is no order, and where ``<`` is not defined.
    """
    if comparator is None and _sort_natively(table, count):
        return
    answer: Answer = [None]
    for first_value, second_value in _quicksort(table, count, answer):
        if comparator is None:
            answer[0] = TRUE if (yield from _less(first_value, second_value)) else FALSE
        else:
            answer[0] = yield Call(comparator, (first_value, second_value))


def sort_by_calling(table: Table, count: int, comparator: Value) -> None:
    """`sorted_in_place` where a Lua function is one of Python's."""
    answer: Answer = [None]
    for first_value, second_value in _quicksort(table, count, answer):
        answer[0] = comparator(first_value, second_value)


def _sort_natively(table: Table, count: int) -> bool:
    """Sorts by Python's sort, if nobody can tell: only strings, or only numbers without nan and negative zero."""
    if isinstance(table, ReadonlyTable):
        return False
    keys = [float(index) for index in range(1, count + 1)]
    values = [table.get(key) for key in keys]
    kinds = set(map(type, values))
    if kinds == {float}:
        if any(value != value or (value == 0.0 and copysign(1.0, value) < 0.0) for value in values):
            return False
    elif kinds != {LuaString}:
        return False
    before = values.copy()
    values.sort()
    for key, old, new in zip(keys, before, values, strict=True):
        if old != new:
            raw_set(table, key, new)
    return True


def _less(a: Value, b: Value) -> Generator[Call, tuple[Value, ...], bool]:
    """``a < b`` with its metamethod; an error has no position, it is raised in C."""
    try:
        outcome = less_than(a, b)
    except LuaError as error:
        error.level = 0
        raise
    if not isinstance(outcome, TruthCall):
        return outcome
    results = yield Call(outcome.function, outcome.args)
    return outcome.truth(results[0] if results else None)


def _holds(answer: Results) -> bool:
    value = first(answer)
    return value is not None and value is not FALSE


def _quicksort(table: Table, count: int, answer: Answer) -> Questions:
    get = table.get
    pending = [(1.0, float(count))]
    while pending:
        low, high = pending.pop()
        while low < high:
            yield get(high), get(low)
            if _holds(answer[0]):
                _swap(table, low, high)
            if high - low == 1.0:
                break
            middle = (low + high) // 2.0
            yield get(middle), get(low)
            if _holds(answer[0]):
                _swap(table, middle, low)
            else:
                yield get(high), get(middle)
                if _holds(answer[0]):
                    _swap(table, middle, high)
            if high - low == 2.0:
                break
            _swap(table, middle, high - 1.0)
            pivot = get(high - 1.0)
            up, down = low, high - 1.0
            while True:
                up += 1.0
                yield get(up), pivot
                while (held := answer[0]) is TRUE or (held is not FALSE and _holds(held)):
                    if up > high:
                        raise LuaError(_INVALID_ORDER, level=1)
                    up += 1.0
                    yield get(up), pivot
                down -= 1.0
                yield pivot, get(down)
                while (held := answer[0]) is TRUE or (held is not FALSE and _holds(held)):
                    if down < low:
                        raise LuaError(_INVALID_ORDER, level=1)
                    down -= 1.0
                    yield pivot, get(down)
                if down < up:
                    break
                _swap(table, up, down)
            _swap(table, high - 1.0, up)  # the pivot to where it ends
            if up - low < high - up:
                pending.append((up + 1.0, high))
                high = up - 1.0
            else:
                pending.append((low, up - 1.0))
                low = up + 1.0


def _swap(table: Table, a: float, b: float) -> None:
    first_value, second_value = table.get(a), table.get(b)
    if table.__class__ is Table and first_value is not None and second_value is not None:
        table[a] = second_value
        table[b] = first_value
    else:
        raw_set(table, a, second_value)
        raw_set(table, b, first_value)
