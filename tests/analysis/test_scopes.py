"""Which variable a name means, what is captured and what is assigned afterwards."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.analysis.scopes import LocalVariable, ResolvedChunk, Upvalue, resolve
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.parser import parse
from tests.syntax.generated_programs import any_program


def resolved(source: bytes) -> ResolvedChunk:
    return resolve(parse(source, b"=x"))


def meanings(source: bytes) -> list[str]:
    """For each use of a name in source order: L or U with the number of the variable or upvalue, G for a global."""
    chunk = resolved(source)
    names = sorted(
        (node for node in chunk.chunk.nodes if isinstance(node, tree.Name)), key=lambda name: chunk.chunk.start(name)
    )
    letters = []
    for name in names:
        variable = chunk.variables[name.number]
        if variable is None:
            letters.append("G")
        elif isinstance(variable, Upvalue):
            letters.append(f"U{variable.index}")
        else:
            letters.append(f"L{variable.index}")
    return letters


MEANINGS = [
    (b"return a", "G"),
    (b"local a return a", "L0"),
    (b"local a = a return a", "G L0"),
    (b"local a, a = 1 return a", "L1"),
    (b"local a do local a = a end return a", "L0 L0"),
    (b"local function f() return f end", "U0"),
    (b"local f = function() return f end", "G"),
    (b"function f() return f end", "G G"),
    (b"for i = i, 2 do return i end return i", "G L0 G"),
    (b"for k, v in k do return v end", "G L1"),
    (b"repeat local a until a", "L0"),
    (b"while a do local a end return a", "G G"),
    (b"if a then local a elseif a then return a end", "G G G"),
    (b"local a, b function f() return b, a, b end", "G U0 U1 U0"),
    (b"local a function f() local b return function() return b, a end end", "G U0 U1"),
    (b"local a function f() return function() return a end, a end", "G U0 U0"),
    (b"function f(...) return arg end", "G L0"),
    (b"function f(a, ...) return arg, a end", "G L1 L0"),
    (b"function f(a) return arg end return arg", "G G G"),
    (b"function o:m() return self end", "G L0"),
    (b"function o.m() return self end", "G G"),
]


@pytest.mark.parametrize(("source", "expected"), MEANINGS)
def test_each_use_of_a_name(source: bytes, expected: str) -> None:
    assert " ".join(meanings(source)) == expected


def facts(source: bytes) -> list[str]:
    """Name and properties of every local variable of the chunk, functions in source order."""
    scopes = [resolved(source).main]
    found = []
    while scopes:
        scope = scopes.pop(0)
        scopes[:0] = scope.children
        for variable in scope.locals:
            words = [variable.name.decode()]
            words += ["captured"] if variable.captured else []
            words += ["fresh"] if variable.fresh_each_turn else []
            words += ["assigned"] if variable.assigned else []
            words += ["afterwards"] if variable.assigned_after_capture else []
            found.append(" ".join(words))
    return found


FACTS = [
    (b"local a = 1 return a", ["a"]),
    (b"local a = 1 a = 2", ["a assigned"]),
    (b"local a function f() return a end", ["a captured"]),
    (b"local a a = 1 function f() return a end", ["a captured assigned"]),
    (b"local a function f() return a end a = 1", ["a captured assigned afterwards"]),
    (b"local a function f() a = 1 end", ["a captured assigned afterwards"]),
    (b"local a a = function() return a end", ["a captured assigned afterwards"]),
    (b"local a function a() return a end", ["a captured assigned afterwards"]),
    (b"local function a() return a end", ["a captured"]),
    (b"for i = 1, 2 do f(function() return i end) end", ["i captured fresh"]),
    (b"while x do local a f(function() return a end) end", ["a captured fresh"]),
    (b"local a while x do a = 1 f(function() return a end) end", ["a captured assigned afterwards"]),
    (b"while x do local a a = 1 f(function() return a end) end", ["a captured fresh assigned"]),
    (b"repeat local a until function() return a end", ["a captured fresh"]),
    (b"for i = 1, 2 do f(function() local b return function() return b end end) end", ["i", "b captured"]),
]


@pytest.mark.parametrize(("source", "expected"), FACTS)
def test_what_is_known_of_each_local(source: bytes, expected: list[str]) -> None:
    assert facts(source) == expected


@pytest.mark.parametrize(
    ("source", "needs", "uses"),
    [
        (b"return function(...) end", True, False),
        (b"return function(...) return ... end", False, True),
        (b"return function(...) return function(...) return ... end end", True, False),
        (b"return function(a) end", False, False),
    ],
)
def test_arg_is_made_only_for_functions_that_do_not_use_dots(source: bytes, needs: bool, uses: bool) -> None:
    scope = resolved(source).main.children[0]
    assert (scope.needs_arg, scope.uses_vararg) == (needs, uses)
    assert not resolved(source).main.needs_arg


def test_sixty_upvalues_fit_and_the_outermost_function_is_blamed() -> None:
    names = [b"a%d" % number for number in range(61)]
    declarations = b"".join(b"local %s\n" % name for name in names)
    resolved(declarations + b"return function() return " + b"+".join(names[:60]) + b" end")
    with pytest.raises(LuaSyntaxError) as refusal:
        resolved(declarations + b"return function()\nreturn function() return " + b"+".join(names) + b"\n end end")
    assert refusal.value.message == b"x:64: function at line 62 has more than 60 upvalues"


@given(st.integers(0, 2**32))
def test_every_name_declaration_and_function_is_resolved(seed: int) -> None:
    try:
        chunk = parse(any_program(Random(seed)), b"=x")
    except LuaSyntaxError:
        return
    answer = resolve(chunk)
    for node in chunk.nodes:
        if isinstance(node, tree.Declaration):
            variable = answer.declared[node.number]
            assert isinstance(variable, LocalVariable)
            assert variable.function.locals[variable.index] is variable
        if isinstance(node, tree.Function):
            scope = answer.scopes[node.number]
            assert scope is not None
            for upvalue in scope.upvalues:
                assert scope.upvalues[upvalue.index] is upvalue
                assert upvalue.local.captured
