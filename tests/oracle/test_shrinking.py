"""Shrinking leaves what matters."""

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
