"""The values of a numeric loop's variable (Lua 5.1 manual section 2.4.5).

A part of the list of shared numbers is what Python loops over most quickly, so that is what a loop counts with as long
as its numbers are whole and small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count, islice
from math import ceil, floor
from typing import Any, Final

from ferrous_vm.errors import LuaError
from ferrous_vm.values.operations import to_number
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.whole_numbers import LAST, whole_numbers

Value = Any

_EXACT: Final = 2.0**52
"""Sums of two integers below it are doubles."""

PIECE: Final = 256.0
"""Turns that are made ready at once for a loop that may be left before its last turn."""

_PIECE: Final = int(PIECE)
WHOLE: Final = whole_numbers(_PIECE)
"""The shared numbers, as many as there are by now; those up to PIECE are."""

_MOST_TURNS: Final = 2**31
"""What `islice` and `len` count to on a machine of 32 bits, as the browser's is one."""


def count_up(first: int, limit: Value, may_be_left: bool) -> Iterable[float]:
    """`numeric_for` from `first`, 0 to PIECE, by steps of 1: the commonest."""
    if limit.__class__ is float and 0.0 <= limit <= PIECE:
        return WHOLE[first : int(limit) + 1]
    return numeric_for(float(first), limit, 1.0, may_be_left)


def numeric_for(start: Value, limit: Value, step: Value, may_be_left: bool) -> Iterable[float]:
    """The values for these bounds. Raises LuaError if one is no number."""
    if not (start.__class__ is float and limit.__class__ is float and step.__class__ is float):
        start = _loop_number(start, b"initial value")
        limit = _loop_number(limit, b"limit")
        step = _loop_number(step, b"step")
    if step and start.is_integer() and step.is_integer() and all(-_EXACT < n < _EXACT for n in (start, limit, step)):
        turns = whole_turns(start, limit, step)
        if 0.0 <= start <= LAST and 0.0 <= limit <= LAST:
            return _in_pieces(turns) if may_be_left and len(turns) > PIECE else shared(turns)
        if abs(turns.stop - turns.start) < _MOST_TURNS:
            return islice(count(start + 0.0, step), len(turns))  # 0.0 makes of -0 a 0
    return _count(start, limit, step)


def whole_turns(start: float, limit: float, step: float) -> range:
    """The values of the variable, if start and step are whole numbers."""
    return range(int(start), floor(limit) + 1 if step > 0.0 else ceil(limit) - 1, int(step))


def shared(turns: range) -> list[float]:
    """The shared numbers of a range within 0 to LAST."""
    numbers = whole_numbers(min(max(turns.start, turns.stop), LAST))
    return numbers[turns.start : turns.stop if turns.stop >= 0 else None : turns.step]


def _in_pieces(turns: range) -> Iterator[float]:
    for first in range(0, len(turns), _PIECE):
        yield from shared(turns[first : first + _PIECE])


def _loop_number(value: Value, what: bytes) -> float:
    number = to_number(value)
    if number is None:
        raise LuaError(LuaString(b"'for' %s must be a number" % what), 1)
    return number


def _count(value: float, limit: float, step: float) -> Iterator[float]:
    value = value - step + step  # as OP_FORPREP and OP_FORLOOP do: it may round, and makes -0 a 0
    if step > 0.0:
        while value <= limit:
            yield value
            value += step
    else:
        while limit <= value:
            yield value
            value += step
