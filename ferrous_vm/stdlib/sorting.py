"""The quicksort of `table.sort`, comparison for comparison as Lua 5.1 does it (ltablib.c: auxsort).

A comparator sees the same pairs in the same order as in Lua, and the table between them is as it would be there. C's
recursion is an explicit stack.
"""

from __future__ import annotations

from collections.abc import Generator
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
Questions = Generator[tuple[Value, Value], Results, None]
"""Yields ``(a, b)`` and is sent what a comparator answers for them."""


def sorted_in_place(table: Table, count: int, comparator: Value) -> Calls:
    """Sorts ``table[1]`` to ``table[count]``; `comparator` is a function, or None for ``<``.

    Raises LuaError for a comparator that is no order, and where ``<`` is not defined.
    """
    if comparator is None and _sort_natively(table, count):
        return
    questions = _quicksort(table, count)
    answer: Results = None
    while True:
        try:
            pair = questions.send(answer)
        except StopIteration:
            return
        if comparator is None:
            answer = TRUE if (yield from _less(*pair)) else FALSE
        else:
            answer = yield Call(comparator, pair)


def sort_by_calling(table: Table, count: int, comparator: Value) -> None:
    """`sorted_in_place` where a Lua function is one of Python's."""
    ask = _quicksort(table, count).send
    answer: Results = None
    while True:
        try:
            a, b = ask(answer)
        except StopIteration:
            return
        answer = comparator(a, b)


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


def _quicksort(table: Table, count: int) -> Questions:
    get = table.get
    pending = [(1.0, float(count))]
    while pending:
        low, high = pending.pop()
        while low < high:
            if _holds((yield get(high), get(low))):
                _swap(table, low, high)
            if high - low == 1.0:
                break
            middle = (low + high) // 2.0
            if _holds((yield get(middle), get(low))):
                _swap(table, middle, low)
            elif _holds((yield get(high), get(middle))):
                _swap(table, middle, high)
            if high - low == 2.0:
                break
            _swap(table, middle, high - 1.0)
            pivot = get(high - 1.0)
            up, down = low, high - 1.0
            while True:
                up += 1.0
                while (answer := (yield get(up), pivot)) is TRUE or (answer is not FALSE and _holds(answer)):
                    if up > high:
                        raise LuaError(_INVALID_ORDER, level=1)
                    up += 1.0
                down -= 1.0
                while (answer := (yield pivot, get(down))) is TRUE or (answer is not FALSE and _holds(answer)):
                    if down < low:
                        raise LuaError(_INVALID_ORDER, level=1)
                    down -= 1.0
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
    raw_set(table, a, second_value)
    raw_set(table, b, first_value)
