"""What errors call a value: a table recorded from lua5.1, and generated expressions put to it."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from ferrous_vm.analysis.names import Described, describe_function
from ferrous_vm.analysis.scopes import resolve
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.parser import parse
from tests.syntax.real_lua import LUA, messages


def described(source: bytes) -> Described | None:
    """The name of the function that the last call of `source` calls."""
    resolved = resolve(parse(source, b"=x"))
    calls = [node for node in resolved.chunk.nodes if isinstance(node, tree.Call | tree.MethodCall)]
    return describe_function(resolved, calls[-1])


NAMED: list[tuple[bytes, Described | None]] = [
    (b"a()", ("global", b"a")),
    (b"(a)()", ("global", b"a")),
    (b"local a a()", ("local", b"a")),
    (b"local function f(x) x() end", ("local", b"x")),
    (b"local u function f() u() end", ("upvalue", b"u")),
    (b"local t={} t:foo()", ("method", b"foo")),
    (b"string.x()", ("field", b"x")),
    (b"string['x']()", ("field", b"x")),
    (b"string[('x')]()", ("field", b"x")),
    (b"string['x\\0y']()", ("field", b"x")),
    (b"string[1]()", ("field", b"?")),
    (b"local k='q' string[k]()", ("field", b"?")),
    (b"(nil)()", None),
    (b"('x')()", None),
    (b"('x' .. 'y')()", None),
    (b"(function() end)()()", None),
    (b"(not a)()", None),
    (b"(a or b)()", None),
    (b"(a and b)()", None),
    (b"(true and b)()", ("global", b"b")),
    (b"(nil or string.y)()", ("field", b"y")),
    (b"(a and b or c)()", ("global", b"c")),
    (b"((a or b) and c)()", ("global", b"c")),
]


@pytest.mark.parametrize(("source", "name"), NAMED)
def test_names_the_function_called(source: bytes, name: Described | None) -> None:
    assert described(source) == name


_OPERANDS = [b"a", b"b", b"l", b"m", b"u", b"string.x", b"string[1]", b"false", b"nil"]


def _false_expression(random: Random, depth: int) -> bytes:
    """An expression that is nil or false, and reads nothing that could fail."""
    if depth == 0 or random.random() < 0.2:
        return random.choice(_OPERANDS)
    left = _false_expression(random, depth - 1)
    right = _false_expression(random, depth - 1)
    form = random.choice(
        [b"%s or %s", b"(%s or %s)", b"1 and %s or %s", b"(%s and %s)", b"%s and 1 or %s", b"(%s) or %s"]
    )
    return form % (left, right)


@pytest.mark.skipif(LUA is None, reason="lua5.1 is not installed")
def test_generated_expressions_are_named_as_lua_names_them(tmp_path: Path) -> None:
    sources = [
        b"local u return (function() local l, m; (%s)() end)()" % _false_expression(Random(seed), 3)
        for seed in range(600)
    ]
    sources = [b"do " + source.replace(b"(function() ", b"(function() local _ = u; ") + b" end" for source in sources]
    for source, message in zip(sources, messages(sources, tmp_path, run=True), strict=True):
        named = re.search(rb"attempt to call (\w+) '(.*?)'", message)
        assert b"attempt to call" in message
        resolved = resolve(parse(source, b"=x"))
        calls = [node for node in resolved.chunk.nodes if isinstance(node, tree.Call)]
        inner = next(call for call in calls if isinstance(call.function, tree.Parentheses) and not call.arguments)
        theirs = (named[1].decode(), named[2]) if named else None
        assert (source, describe_function(resolved, inner)) == (source, theirs)
