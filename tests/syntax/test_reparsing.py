"""What is parsed after a change is what would be parsed of the whole, node by node."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.records import fields_of
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.lexer import Tokens
from ferrous_vm.syntax.parser import parse
from ferrous_vm.syntax.reparsing import Refused, Reparser
from tests.syntax.changed_sources import changed

EXAMPLES = sorted(Path("web/examples").glob("*.lua"))
NAME = b"@user_script"


def described(chunk: tree.Chunk) -> object:
    """Everything a chunk tells, in values that can be compared."""

    def value(of: object) -> object:
        if isinstance(of, tree.Node):
            return of.number
        if isinstance(of, list):
            return [value(one) for one in of]
        return of

    nodes = [
        (
            type(node).__name__,
            node.number,
            getattr(node, "settled", None),
            {name: value(field) for name, field in fields_of(node).items()},
        )
        for node in chunk.nodes
    ]
    return repr(nodes), chunk.main.number, told(chunk.tokens), chunk.source, chunk.chunk_name


def told(tokens: Tokens) -> object:
    """Tokens in values that can be compared; `repr` as a number may be no number."""
    return repr(fields_of(tokens))


def outcome(source: bytes) -> object:
    """What parsing the whole comes to."""
    try:
        return described(parse(source, NAME))
    except LuaSyntaxError as error:
        return str(error), error.line, error.span


def outcome_again(reparser: Reparser, source: bytes) -> object:
    """What parsing after a change comes to."""
    try:
        return described(reparser.parse(source).chunk)
    except Refused as refused:
        return str(refused.error), refused.error.line, refused.error.span


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_changed_example_is_parsed_as_a_new_one(path: Path) -> None:
    chance = random.Random(path.stem)
    original = path.read_bytes()
    source = original.split(b"\n", 1)[1] if original.startswith(b"#!") else original
    reparser = Reparser(NAME)
    current = source
    for _ in range(60):
        assert outcome_again(reparser, current) == outcome(current)
        tried = changed(current, chance)
        current = tried if chance.random() < 0.7 else source


def locals_of(count: int, name: str = "v") -> str:
    """So many statements that declare a local each."""
    return "".join(f"local {name}{number} = {number}\n" for number in range(count))


CLOSURE = "local function f() return " + " + ".join(f"v{number}" for number in range(60)) + " end\n"
NEAR_A_LIMIT = {
    "locals": (locals_of(199) + "print(v1)\n" + "for i = 1, 2 do print(i) end\n", "print(v1)\n", "local one = 1\n"),
    "locals in a block": (locals_of(196) + "print(v1)\nfor i = 1, 2 do print(i) end\n", "print(v1)\n", "local a, b\n"),
    "locals declared": ("do local a end\n" * 250 + "print(1)\n" + "do local b end\n" * 20, "print(1)\n", "print(2)\n"),
    "upvalues": (locals_of(62) + CLOSURE + "print(f)\n", "return v0", "return v61 + v0"),
    "upvalues and an error behind": (locals_of(62) + CLOSURE + "print(f)\n", "print(f)", "print(f"),
    "an error before upvalues": (locals_of(62) + CLOSURE + "print(f)\n", "v59 end", "v59 + v60 + v61 end print(f"),
    "a return that is followed": ("local a = 1\nreturn a\n", "return a\n", "return a\n\nprint(a)"),
    "a call goes on below": ("local a = f\n;(g)(1)\nprint(2)", "\n;", "\n"),
    "a comment opens": ("local a = 1 --\nlocal b = 2\nprint(3) --]]\nreturn 1", "--\n", "--[[\n"),
}


@pytest.mark.parametrize("what", NEAR_A_LIMIT)
def test_limits_and_joints_are_those_of_the_whole(what: str) -> None:
    source, old, new = NEAR_A_LIMIT[what]
    reparser = Reparser(NAME)
    for one in (source, source.replace(old, new, 1), source, source.replace(old, "", 1), source.replace(old, new, 1)):
        assert outcome_again(reparser, one.encode()) == outcome(one.encode())


def test_only_what_changed_is_parsed() -> None:
    functions = [f"local function f{number}(x)\n  return x + {number}\nend\n" for number in range(30)]
    reparser = Reparser(NAME)
    reparser.parse("".join(functions).encode())
    functions[12] = functions[12].replace("+ 12", "+ y\n")
    with pytest.raises(Refused):
        reparser.parse("".join(functions).replace("+ y", "+").encode())
    parsed = reparser.parse("".join(functions).encode())
    assert (parsed.kept_first, len(parsed.marks), parsed.kept_last) == (12, 30, 17)
