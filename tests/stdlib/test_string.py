"""What the string library does that a batch through lua5.1 cannot show: hostile input, limits, iterators, dumps."""

from __future__ import annotations

import time

import pytest

from ferrous_vm.errors import ArgumentError, LimitExceeded, LuaError
from ferrous_vm.stdlib import string
from ferrous_vm.stdlib.pattern_matcher import match_at
from ferrous_vm.stdlib.pattern_program import read_pattern
from ferrous_vm.stdlib.patterns import compile_pattern
from ferrous_vm.values.tables import Table, set_metatable
from tests.stdlib.driver import StubRuntime, Value, call, outcome, to_lua

LIBRARY = StubRuntime().open(string.LIBRARY)


def function(name: bytes) -> Value:
    return LIBRARY.get(name)


def run(name: bytes, *arguments: object) -> tuple[Value, ...]:
    return call(function(name), *(to_lua(argument) for argument in arguments))


def test_the_library_lists_its_functions_in_the_order_of_lstrlib() -> None:
    names = [native.name for native in string.LIBRARY.natives]
    assert names == sorted(names)
    assert len(names) == 15


def test_a_match_two_hundred_thousand_items_deep_needs_no_stack() -> None:
    pattern = b"a" * 200_000
    assert run(b"match", pattern, pattern + b"$") == (pattern,)


def test_a_deep_pattern_of_options_backtracks_without_recursion() -> None:
    found = match_at(read_pattern(b"a?" * 50_000 + b"$"), b"a" * 50_000, 0)
    assert found is not None
    assert found.end() == 50_000


@pytest.mark.parametrize(
    ("pattern", "limit"),
    [
        (b"%w+", 20_000_000),  # nothing can fail once it began
        (b"(%d+)%.(%d+)", 4472),  # linear at each place, quadratic in all
        (b".-b", 4472),
        (b"^%s*(.-)%s*$", 271),
        (b"a*a*a*a*b", 28),
    ],
)
def test_the_regular_expression_is_only_used_where_its_worst_case_is_small(pattern: bytes, limit: int) -> None:
    assert compile_pattern(pattern).search_limit in (limit, limit - 1)


@pytest.mark.parametrize("pattern", [b"%b()", b"(a)%1", b"(a", b"[a", b"()%1", b"a" * 501])
def test_what_has_no_equivalent_is_matched_by_our_own_matcher(pattern: bytes) -> None:
    assert compile_pattern(pattern).regex is None


def test_long_subjects_are_searched_in_steps_that_can_be_interrupted() -> None:
    subject = b"a" * 20_000 + b"=b"
    started = time.process_time()
    assert run(b"find", subject, b"(%a+)=(%a)") == (1.0, 20_002.0, b"a" * 20_000, b"b")
    assert run(b"find", b"," * 20_000 + b"k=v", b"(%a+)=(%a)") == (20_001.0, 20_003.0, b"k", b"v")
    assert time.process_time() - started < 5


def test_both_matchers_agree_beyond_the_limit() -> None:
    subject = b"  " * 400 + b"x" * 5 + b" " * 400
    assert len(subject) > compile_pattern(b"^%s*(.-)%s*$").search_limit
    assert run(b"match", subject, b"^%s*(.-)%s*$") == (b"xxxxx",)


def test_rep_refuses_what_no_string_can_hold() -> None:
    with pytest.raises(LimitExceeded):
        run(b"rep", b"x" * 1024, 2**30)
    assert run(b"rep", b"x", 2**31) == (b"",)
    assert run(b"rep", b"x", -1) == (b"",)


def test_gsub_refuses_to_grow_beyond_a_string() -> None:
    with pytest.raises(LimitExceeded):
        run(b"gsub", b"x" * 100_000, b"x", b"y" * 100_000)


def test_gsub_calls_the_index_metamethod_of_a_replacement_table() -> None:
    metatable = Table()
    metatable.put(to_lua(b"__index"), lambda _table, key: to_lua(b"<%b>" % (key,)))
    replacement = Table()
    replacement.put(to_lua(b"a"), to_lua(b"A"))
    set_metatable(replacement, metatable)
    assert run(b"gsub", b"abc", b"%w", replacement) == (b"A<b><c>", 3.0)


def test_errors_carry_the_level_of_the_caller() -> None:
    with pytest.raises(LuaError) as raised:
        run(b"find", b"a", b"[a")
    assert raised.value.level == 1
    with pytest.raises(ArgumentError):
        run(b"gsub", b"a", b"a", True)


def test_byte_answers_no_more_than_the_stack_holds() -> None:
    assert len(run(b"byte", b"x" * 7997, 1, -1)) == 7997
    assert outcome(function(b"byte"), to_lua(b"x" * 7998), 1.0, -1.0) == "error: stack overflow (string slice too long)"


def test_a_finished_iterator_stays_finished() -> None:
    (iterate,) = run(b"gmatch", b"a b", b"%a")
    assert [call(iterate) for _ in range(4)] == [(b"a",), (b"b",), (), ()]


def test_gmatch_takes_a_caret_for_itself() -> None:
    (iterate,) = run(b"gmatch", b"a^a", b"^a")
    assert call(iterate) == (b"^a",)


def test_a_dump_has_the_length_and_the_signature_of_the_real_one() -> None:
    def empty() -> None:
        """Stands for a Lua function."""

    empty.is_lua = True  # type: ignore[attr-defined]
    (chunk,) = call(function(b"dump"), empty)
    assert len(chunk) == 77
    assert chunk.startswith(b"\x1bLua")
    assert outcome(function(b"dump"), function(b"len")) == "error: unable to dump given function"
    assert outcome(function(b"dump"), 1.0) == "error: bad argument #1 (function expected, got number)"
