"""Whatever a numeric loop counts with, its variable has the values that OP_FORPREP and OP_FORLOOP give it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import copysign, inf

from hypothesis import example, given
from hypothesis import strategies as st

import ferrous_vm
from ferrous_vm.translator.numeric_loops import PIECE, count_up, numeric_for
from ferrous_vm.values.whole_numbers import LAST, whole_numbers

_WHOLE = st.integers(-3, 600) | st.sampled_from([LAST - 1, LAST, LAST + 1, 2**31, -(2**31), 2**53, -(2**60)])
_BOUND = _WHOLE.map(float) | st.floats(-5.0, 300.0) | st.sampled_from([inf, -inf, -0.0])
_STEP = st.integers(-4, 300).map(float) | st.sampled_from([0.0, 0.5, -0.25, 2.0**40, -(2.0**70)])
_TURNS = 700


def _expected(start: float, limit: float, step: float) -> Iterator[float]:
    index = start - step
    while True:
        index += step
        if not (index <= limit if step > 0.0 else limit <= index):
            return
        yield index


def _same(values: list[float], others: list[float]) -> bool:
    return values == others and [copysign(1.0, v) for v in values] == [copysign(1.0, v) for v in others]


@given(_BOUND, _BOUND, _STEP, st.booleans())
@example(0.0, 2.0**40, 1.0, True)
@example(10.0, 0.0, -3.0, True)
@example(600.0, -0.0, -1.0, True)
@example(-0.0, 3.0, 1.0, False)
def test_a_loop_counts_as_lua_does(start: float, limit: float, step: float, may_be_left: bool) -> None:
    if abs(limit - start) > 4 * LAST:
        may_be_left = True  # else every turn would be made ready
    values = list(islice(numeric_for(start, limit, step, may_be_left), _TURNS))
    assert _same(values, list(islice(_expected(start, limit, step), _TURNS)))


@given(st.integers(0, int(PIECE)), _BOUND, st.booleans())
def test_counting_up_from_a_constant(first: int, limit: float, may_be_left: bool) -> None:
    values = list(islice(count_up(first, limit, may_be_left), _TURNS))
    assert _same(values, list(islice(_expected(float(first), limit, 1.0), _TURNS)))


def test_no_script_changes_the_shared_numbers() -> None:
    lua = ferrous_vm.Lua("translator")
    lua.run(b"for i = 1, 300 do i = i + 0.5 end local t = {} for i = 300, 0, -7 do t[i] = i t[i] = nil end")
    numbers = whole_numbers(300)
    assert numbers == [float(index) for index in range(len(numbers))]


def test_a_loop_that_is_left_soon_makes_few_numbers() -> None:
    lua = ferrous_vm.Lua("translator")
    before = len(whole_numbers(0))
    source = b"local n = 0 for i = 1, 1000000 do n = n + i if i == 3 then break end end return n"
    assert lua.run(source) == [6.0]
    assert len(whole_numbers(0)) == before
