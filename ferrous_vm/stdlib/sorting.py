"""The quicksort of `table.sort`, comparison for comparison as Lua 5.1 does it (ltablib.c: auxsort).

A comparator sees the same pairs in the same order as in Lua, and the table between them is as it would be there. C's
recursion is an explicit stack.
"""

from __future__ import annotations

from collections.abc import Generator
from math import copysign
from typing import Final

from ferrous_vm.errors import LuaError
from ferrous_vm.values.booleans import FALSE
from ferrous_vm.values.natives import Call, Value
from ferrous_vm.values.operations import TruthCall, less_than
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import ReadonlyTable, Table, raw_set

_INVALID_ORDER: Final = LuaString(b"invalid order function for sorting")

Calls = Generator[Call, tuple[Value, ...], None]
Comparison = Generator[Call, tuple[Value, ...], bool]


def sorted_in_place(table: Table, count: int, comparator: Value) -> Calls:
    """Sorts ``table[1]`` to ``table[count]``; `comparator` is a function, or None for ``<``.

    Raises LuaError for a comparator that is no order, and where ``<`` is not defined.
    """
    if comparator is None and _sort_natively(table, count):
        return
    yield from _quicksort(table, count, comparator)


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


def _less(a: Value, b: Value, comparator: Value) -> Comparison:
    """``a < b`` by the comparator, or by ``<`` with its metamethod; an error has no position, it is raised in C."""
    if comparator is not None:
        results = yield Call(comparator, (a, b))
        return bool(results) and results[0] is not None and results[0] is not FALSE
    try:
        outcome = less_than(a, b)
    except LuaError as error:
        error.level = 0
        raise
    if not isinstance(outcome, TruthCall):
        return outcome
    results = yield Call(outcome.function, outcome.args)
    return outcome.truth(results[0] if results else None)


def _quicksort(table: Table, count: int, comparator: Value) -> Calls:
    get = table.get
    pending = [(1, count)]
    while pending:
        low, high = pending.pop()
        while low < high:
            if (yield from _less(get(float(high)), get(float(low)), comparator)):
                _swap(table, low, high)
            if high - low == 1:
                break
            middle = (low + high) // 2
            if (yield from _less(get(float(middle)), get(float(low)), comparator)):
                _swap(table, middle, low)
            elif (yield from _less(get(float(high)), get(float(middle)), comparator)):
                _swap(table, middle, high)
            if high - low == 2:
                break
            _swap(table, middle, high - 1)
            middle = yield from _partition(table, low, high, comparator)
            if middle - low < high - middle:
                pending.append((middle + 1, high))
                high = middle - 1
            else:
                pending.append((low, middle - 1))
                low = middle + 1


def _partition(table: Table, low: int, high: int, comparator: Value) -> Generator[Call, tuple[Value, ...], int]:
    """Splits the range around its pivot, which is at ``high - 1``; answers where the pivot ends."""
    get = table.get
    pivot = get(float(high - 1))
    up, down = low, high - 1
    while True:
        up += 1
        while (yield from _less(get(float(up)), pivot, comparator)):
            if up > high:
                raise LuaError(_INVALID_ORDER, level=1)
            up += 1
        down -= 1
        while (yield from _less(pivot, get(float(down)), comparator)):
            if down < low:
                raise LuaError(_INVALID_ORDER, level=1)
            down -= 1
        if down < up:
            break
        _swap(table, up, down)
    _swap(table, high - 1, up)
    return up


def _swap(table: Table, a: int, b: int) -> None:
    first, second = table.get(float(a)), table.get(float(b))
    raw_set(table, float(a), second)
    raw_set(table, float(b), first)
