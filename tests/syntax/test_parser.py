"""Refused sources get Lua's message; accepted ones a tree whose nodes know where they are."""

from __future__ import annotations

import contextlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.parser import parse
from tests.syntax.generated_programs import any_program
from tests.syntax.refused_programs import REFUSED


@pytest.mark.parametrize(("source", "message"), REFUSED)
def test_refuses_as_lua_does(source: bytes, message: bytes) -> None:
    with pytest.raises(LuaSyntaxError) as refusal:
        parse(source, b"=stdin")
    assert refusal.value.message == message
    assert message.startswith(b"stdin:%d: " % refusal.value.line)


LONG_CHAINS = [b"x=1" + b"+1" * 20_000, b"x=a" + b".a" * 20_000, b"f" + b"()" * 20_000, b"x=a" + b" or b and c" * 9_000]


@pytest.mark.parametrize("source", LONG_CHAINS, ids=lambda source: source[:10])
def test_a_chain_that_leans_left_has_no_limit(source: bytes) -> None:
    assert len(parse(source, b"=x").nodes) > 15_000


@pytest.mark.parametrize(
    ("fitting", "beginning", "end"),
    [
        (198, b"(", b""),  # the chunk and the innermost expression are levels too
        (199, b"do ", b"end "),
        (198, b"-", b""),
        (198, b"{", b"}"),
        (99, b"function() return ", b" end"),
    ],
)
def test_nesting_stops_at_200_levels(fitting: int, beginning: bytes, end: bytes) -> None:
    def nested(count: int) -> bytes:
        closing = b")" if beginning == b"(" else end
        if beginning == b"do ":
            return beginning * count + closing * count
        separator = b" " if beginning == b"-" else b""
        return b"return " + (beginning + separator) * count + b"1" + closing * count

    parse(nested(fitting), b"=x")
    with pytest.raises(LuaSyntaxError) as refusal:
        parse(nested(fitting + 1), b"=x")
    assert refusal.value.message == b"x:1: chunk has too many syntax levels"
    with pytest.raises(LuaSyntaxError, match="too many syntax levels"):
        parse(nested(fitting), b"=x", depth=2)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"local " + b",".join([b"a"] * 201), b"x:1: main function has more than 200 local variables"),
        (b"\nfunction f(" + b"a," * 200 + b"...) end", b"x:2: function at line 2 has more than 200 local variables"),
        (b"function o:f(" + b"a," * 199 + b"a) end", b"x:1: function at line 1 has more than 200 local variables"),
        (b"local a " * 197 + b"for i=1,2 do end", b"x:1: main function has more than 200 local variables"),
        (b"local a " * 197 + b"for k in x do end", b"x:1: main function has more than 200 local variables"),
        (b"a" + b",a" * 200 + b"=1", b"x:1: main function has more than 199 variables in assignment"),
    ],
)
def test_limits_on_names(source: bytes, message: bytes) -> None:
    with pytest.raises(LuaSyntaxError) as refusal:
        parse(source, b"=x")
    assert refusal.value.message == message


def test_locals_of_a_closed_block_leave_room() -> None:
    parse((b"do " + b"local a " * 150 + b"end ") * 3 + b"local b " * 200, b"=x")


@given(st.binary(max_size=60))
def test_any_bytes_parse_or_are_refused(source: bytes) -> None:
    with contextlib.suppress(LuaSyntaxError):
        parse(source, source)


@given(st.integers(0, 2**32))
def test_nodes_know_their_number_and_place(seed: int) -> None:
    source = any_program(Random(seed))
    try:
        chunk = parse(source, b"=x")
    except LuaSyntaxError:
        return
    for number, node in enumerate(chunk.nodes):
        assert node.number == number
        assert 0 <= chunk.tokens.starts[node.first] <= len(source)
        if isinstance(node, tree.Expression | tree.Statement) and node is not chunk.main:
            assert node.first <= node.last
            assert 1 <= node.line <= 1 + len(chunk.tokens.newline_ends)
        if isinstance(node, tree.Name):
            assert source[chunk.start(node) : chunk.end(node)] == node.name


def test_positions_are_lines_and_columns() -> None:
    chunk = parse(b"x = 1\r\n  yy = f(2)\n", b"=x")
    name = next(node for node in chunk.nodes if isinstance(node, tree.Name) and node.name == b"yy")
    assert chunk.position(chunk.start(name)) == (2, 3)
    assert chunk.position(chunk.end(name)) == (2, 5)


LINES: list[tuple[bytes, type[tree.Node], int]] = [
    (b"return\na\n+\nb", tree.Binary, 4),
    (b"f\n.\ng\n'x'", tree.Call, 4),
    (b"f(\n1,\n2)", tree.Call, 1),
    (b"o:\nm\n{}", tree.MethodCall, 3),
    (b"return a\n.b\n+ 1", tree.Index, 3),
    (b"x = {\na\n, b}", tree.Table, 1),
    (b"for\ni\n=\n1,2\ndo end", tree.NumericFor, 1),
    (b"a.b\n=\n1", tree.Index, 3),
    (b"function\na.b()\nend", tree.FunctionStatement, 1),
]


@pytest.mark.parametrize(("source", "form", "line"), LINES)
def test_a_node_has_the_line_lua_reports_for_it(source: bytes, form: type[tree.Node], line: int) -> None:
    found = [node for node in parse(source, b"=x").nodes if type(node) is form]
    assert found[-1].line == line


def test_the_lines_of_loops() -> None:
    chunk = parse(b"for i = 1,\n2\ndo end for k\nin\npairs(t) do end", b"=x")
    numeric, generic = chunk.main.body.statements
    assert isinstance(numeric, tree.NumericFor)
    assert isinstance(generic, tree.GenericFor)
    assert (numeric.line, numeric.check_line) == (1, 3)
    assert (generic.line, generic.iterator_line) == (3, 5)


def test_a_tree_that_is_given_up_holds_no_long_spine() -> None:
    """Freed by nested calls, it would take more stack than a browser has."""
    chunk = parse(b"x=a" + b".a" * 1000, b"=x")
    outermost = chunk.nodes[-4]
    assert isinstance(outermost, tree.Index)
    assert isinstance(outermost.object, tree.Index)
    del chunk
    assert outermost.object is None  # type: ignore[unreachable]
