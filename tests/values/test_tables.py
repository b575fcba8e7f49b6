"""Tables: metatables, readonly, Python's operators, sizes, and the operations both engines share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ferrous_vm.errors import LuaError
from ferrous_vm.values import functions, operations
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.metamethods import OperandError
from ferrous_vm.values.natives import Call
from ferrous_vm.values.operations import TruthCall
from ferrous_vm.values.sizes import size_of
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import ReadonlyTable, Table, TrackedTable, make_readonly, set_metatable


@pytest.fixture(autouse=True)
def invoke(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lua functions here are plain Python functions."""
    monkeypatch.setattr(functions, "invoke", lambda function, args: function(*args))


def lua(text: str) -> LuaString:
    return LuaString(text.encode())


def table(**fields: Any) -> Table:
    made = Table()
    for name, value in fields.items():
        made.put(lua(name), value)
    return made


def with_metatable(**fields: Any) -> Table:
    made = Table()
    set_metatable(made, table(**fields))
    return made


def test_a_new_table_costs_a_dict_and_no_more() -> None:
    made = Table()
    assert type(made) is Table
    assert (made.metatable, made.length(), made.next(None), made[1.0]) == (None, 0.0, None, None)
    assert Table.__setitem__ is dict.__setitem__
    assert Table.__getitem__ is dict.__getitem__


def test_tables_are_equal_by_identity_and_can_be_keys() -> None:
    a, b = Table(), Table()
    assert a != b
    assert {a: 1, b: 2}[a] == 1


def test_the_first_removal_tracks_but_a_stack_stays_plain() -> None:
    stack = Table()
    for _ in range(3):
        for n in range(1, 6):
            stack.put(float(n), TRUE)
        for n in range(5, 2, -1):
            stack.put(float(n), None)
    assert type(stack) is Table
    stack.put(1.0, None)
    assert type(stack) is TrackedTable
    assert stack.length() == 2.0


def test_index_follows_tables_and_functions() -> None:
    base = table(x=1.0)
    assert with_metatable(__index=base)[lua("x")] == 1.0
    assert with_metatable(__index=base)[lua("y")] is None
    assert with_metatable(__index=lambda self, key: (key, 2.0))[lua("y")] == b"y"
    assert with_metatable()[lua("x")] is None


def test_an_endless_chain_ends() -> None:
    looping = Table()
    set_metatable(looping, table(__index=looping, __newindex=looping))
    with pytest.raises(LuaError) as caught:
        looping[lua("x")]
    assert caught.value.value == b"loop in gettable"
    with pytest.raises(LuaError) as caught:
        looping[lua("x")] = 1.0
    assert caught.value.value == b"loop in settable"


def test_newindex_sees_absent_keys_only() -> None:
    seen: list[Any] = []
    made = with_metatable(__newindex=lambda *args: seen.append(args[1:]))
    made.put(lua("present"), 1.0)
    made[lua("present")] = 2.0
    made[lua("absent")] = 3.0
    assert made.get(lua("present")) == 2.0
    assert made.get(lua("absent")) is None
    assert seen == [(b"absent", 3.0)]
    target = Table()
    with_metatable(__newindex=target)[1.0] = 5.0
    assert target.get(1.0) == 5.0


@pytest.mark.parametrize("key", [None, float("nan")])
@pytest.mark.parametrize("make", [Table, with_metatable, lambda: with_metatable(__newindex=print)])
def test_no_key_is_nil_or_nan(make: Callable[[], Table], key: object) -> None:
    with pytest.raises(LuaError) as caught:
        make().assign(key, 1.0)
    assert caught.value.value == (b"table index is nil" if key is None else b"table index is NaN")


def test_a_readonly_table_refuses_every_write() -> None:
    made = table(x=1.0)
    set_metatable(made, table(__index=table(y=2.0)))
    make_readonly(made)
    assert type(made) is ReadonlyTable
    assert (made[lua("x")], made[lua("y")], made.length()) == (1.0, 2.0, 0.0)
    for write in (
        lambda: made.put(lua("x"), 2.0),
        lambda: made.put(lua("x"), None),
        lambda: made.assign(lua("z"), 2.0),
        lambda: made.__setitem__(lua("z"), 2.0),
        lambda: set_metatable(made, None),
        lambda: operations.set_index(made, lua("z"), 1.0),
    ):
        with pytest.raises(LuaError) as caught:
            write()
        assert caught.value.value == b"Attempt to modify a readonly table"


def test_arithmetic_by_python_operators() -> None:
    made = with_metatable(
        __add=lambda a, b: lua("add"), __sub=lambda a, b: (lua("sub"), 1.0), __unm=lambda a, b: a, __div=lambda a, b: ()
    )
    assert made + 1.0 == 1.0 + made == lua("x") + made == made + Table() == Table() + made == b"add"
    assert 1.0 - made == b"sub"
    assert -made is made
    assert made / 2.0 is None
    assert lua("10") + lua("0x10") == 26.0
    assert 2.0 ** lua("3") == 8.0
    assert lua("7") % 4.0 == 3.0
    assert -lua("2") == -2.0


@pytest.mark.parametrize(
    "fail",
    [
        lambda: Table() + 1.0,
        lambda: lua("x") + 1.0,
        lambda: lua("x") * 2.0,
        lambda: lua("%d") % 2.0,
        lambda: with_metatable() - 1.0,
        lambda: -Table(),
        lambda: -with_metatable(),
        lambda: -lua("x"),
        lambda: TRUE + 1.0,
        lambda: Table() < Table(),
        lambda: with_metatable() < with_metatable(),
        lambda: lua("x") < 1.0,
        lambda: Table()(),
        lambda: lua("x")(),
        lambda: lua("x")[1.0],
    ],
)
def test_what_has_no_meaning_is_a_type_error(fail: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        fail()


def test_comparisons_by_python_operators() -> None:
    metatable = table(__lt=lambda a, b: TRUE if a is not b else FALSE)
    a, b = Table(), Table()
    set_metatable(a, metatable)
    set_metatable(b, metatable)
    assert a < b
    assert a > b
    assert not a <= b
    assert a <= a
    with pytest.raises(TypeError):
        a < Table()  # noqa: B015


def test_calls_by_python() -> None:
    made = with_metatable(__call=lambda self, *args: args)
    assert made(1.0, None) == (1.0, None)
    assert operations.callee(made)[1]


def test_operations_answer_or_name_the_call() -> None:
    def handler(*args: Any) -> Any:
        return args

    made = with_metatable(__index=handler, __add=handler, __concat=handler, __eq=handler, __lt=handler)
    other = Table()
    set_metatable(other, made.metatable)
    assert operations.index(table(x=1.0), lua("x")) == 1.0
    assert isinstance(operations.index(made, lua("x")), Call)
    assert operations.arithmetic(b"+", lua("1"), 2.0) == 3.0
    assert isinstance(operations.arithmetic(b"+", 2.0, made), Call)
    assert operations.concatenate(1.5, lua("x")) == b"1.5x"
    assert isinstance(operations.concatenate(made, lua("x")), Call)
    assert isinstance(operations.equal(made, other), TruthCall)
    assert operations.equal(made, made) is True
    outcome = operations.less_equal(made, other)
    assert isinstance(outcome, TruthCall)
    assert outcome.args == (other, made)
    assert outcome.truth(FALSE)
    assert not outcome.truth(TRUE)


@pytest.mark.parametrize(
    ("fail", "operand", "sentence"),
    [
        (lambda: operations.index(None, lua("x")), 0, b"attempt to index a nil value"),
        (lambda: operations.set_index(TRUE, lua("x"), 1.0), 0, b"attempt to index a boolean value"),
        (lambda: operations.arithmetic(b"+", 1.0, lua("x")), 1, b"attempt to perform arithmetic on a string value"),
        (lambda: operations.arithmetic(b"+", lua("x"), None), 0, b"attempt to perform arithmetic on a string value"),
        (lambda: operations.negate(None), 0, b"attempt to perform arithmetic on a nil value"),
        (lambda: operations.concatenate(lua("x"), None), 1, b"attempt to concatenate a nil value"),
        (lambda: operations.concatenate(Table(), None), 0, b"attempt to concatenate a table value"),
        (lambda: operations.length(1.0), 0, b"attempt to get length of a number value"),
        (lambda: operations.callee(None), 0, b"attempt to call a nil value"),
    ],
)
def test_an_unsuitable_operand_is_named(fail: Callable[[], object], operand: int, sentence: bytes) -> None:
    with pytest.raises(OperandError) as caught:
        fail()
    assert caught.value.value == sentence
    assert caught.value.operand == operand
    assert b"local 'x'" in caught.value.named(b"local", b"x")


@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [
        (1.0, None, b"attempt to compare number with nil"),
        (Table(), Table(), b"attempt to compare two table values"),
        (TRUE, FALSE, b"attempt to compare two boolean values"),
        (lua("x"), functions.Coroutine(), b"attempt to compare two string values"),
    ],
)
def test_comparisons_that_fail(a: object, b: object, sentence: bytes) -> None:
    for compare in (operations.less_than, operations.less_equal):
        with pytest.raises(LuaError) as caught:
            compare(a, b)
        assert caught.value.value == sentence


def test_sizes_are_those_of_lua() -> None:
    assert size_of(1.0) == size_of(None) == size_of(TRUE) == 0
    assert size_of(lua("abc")) == 28
    assert size_of(Table()) == 64
    assert size_of(Table.allocated(4, 4)) == 64 + 4 * 16 + 4 * 40
    sequence = Table()
    for n in range(1, 6):
        sequence.put(float(n), TRUE)
    assert size_of(sequence) == 64 + 8 * 16
