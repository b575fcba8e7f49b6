"""Shrinking leaves what matters, and outputs are compared by what matters."""

from tests.oracle.differential import same
from tests.oracle.generator import generate
from tests.oracle.program import Node, Program, shrink


def test_a_failing_line_is_found_inside_blocks():
    noise = tuple(Node(f"show({number})") for number in range(9))
    inner = Node("if true then", (*noise, Node("bad()"), *noise), "end")
    program = Program(0, (*noise, Node("do", (inner,), "end"), *noise))
    smallest = shrink(program, lambda attempt: "bad()" in attempt.source)
    assert smallest.source == "bad()\n"


def test_what_is_required_stays():
    program = Program(0, (Node("prelude", required=True), Node("bad()"), Node("other()")))
    assert shrink(program, lambda attempt: "bad()" in attempt.source).source == "prelude\nbad()\n"


def test_a_seed_gives_one_program():
    assert generate(5) == generate(5)
    assert generate(5).source != generate(6).source


def test_how_deep_endless_calls_got_is_no_difference():
    ends = b"false stack overflow\n"
    assert same(b"down\n" * 16_384 + ends, b"down\n" * 20_000 + ends)
    assert same(b"down\n" + ends, b"down\nfalse p:4: stack overflow\n")
    assert not same(b"down\n" * 16_384 + ends, b"up\n" * 20_000 + ends)
    assert not same(b"down\ndown\n", b"down\n")
    assert not same(b"down\ndown\nfalse C stack overflow\n", b"down\nfalse C stack overflow\n")
