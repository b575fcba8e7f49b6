"""A script reaches Lua values and nothing else, whatever names and texts it uses."""

from __future__ import annotations

import ast
import gc
import keyword
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, GeneratorType, ModuleType

import pytest

import ferrous_vm
from ferrous_vm.engines import resolve_source
from ferrous_vm.errors import LuaError
from ferrous_vm.limits import Limits
from ferrous_vm.translator.environment import Environment
from ferrous_vm.translator.primitives import NAMESPACE
from ferrous_vm.translator.translation import Translation
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.values.types import TYPE_NAMES

LUA_WORDS = {"and", "break", "else", "for", "if", "in", "not", "or", "return", "while"}
"""The keywords of Python that Lua has too."""

PYTHON_NAMES = sorted(
    {name for name in keyword.kwlist + keyword.softkwlist if name not in LUA_WORDS}
    | {name for name in NAMESPACE if name.isidentifier()}
    | {"GLOBALS", "rest", "_", "tails", "shell", "self", "cls", "print", "eval", "exec", "open", "__import__"}
    | {"e0", "e1", "f0", "f1", "g1", "m1", "a0", "k0", "k1", "l1", "l2", "t1", "t2", "k99999999999999999999"}
)

ATTRIBUTES = (
    "__class__", "__dict__", "__doc__", "__globals__", "__builtins__", "__code__", "__closure__", "__mro__",
    "__subclasses__", "__init__", "__getattribute__", "__reduce__", "func_globals", "gi_frame", "f_back", "cr_frame",
    "metatable", "put", "assign", "layout", "sizes", "keys", "items", "update", "pop", "clear", "join", "decode", "hex",
    "real", "imag", "as_integer_ratio", "fromhex", "generators", "body", "suspendable",
)  # fmt: skip


@pytest.mark.parametrize("name", PYTHON_NAMES)
def test_a_name_of_python_is_a_name_like_any_other(run, name):
    assert run(f"local {name} = 1 local function f({name}) return {name} + 1 end return f({name})") == [2.0]
    assert run(f"return {name} == nil or {name} == _G.{name}")[0] is not None
    assert run(f"{name} = 7 return {name}, _G['{name}']") == [7.0, 7.0]
    assert run(f"local t = {{{name} = 1}} function t:{name}() return self.x end t.x = 2 return t:{name}()") == [2.0]


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_attribute_of_python_is_a_field_that_is_not_there(run, name):
    assert run(f"return ({{}}).{name}, ('x').{name}, string.{name}, _G.{name}") == [None] * 4
    for value in ("print", "function() end", "1", "true", "coroutine.create(function() end)", "pcall"):
        [ok, message] = run(f"local v = {value} return pcall(function() return v.{name} end)")
        assert ok.__class__.__name__ == "Boolean"
        assert message.startswith(b"p:1: attempt to index upvalue 'v' (a ")
        [ok, message] = run(f"local v = {value} return pcall(function() v.{name} = 1 end)")
        assert message.startswith(b"p:1: attempt to index upvalue 'v' (a ")
        [ok, message] = run(f"local v = {value} return pcall(function() return v:{name}() end)")
        assert message.startswith(b"p:1: attempt to index upvalue 'v' (a ")


@pytest.mark.parametrize(
    "text",
    [
        "{0.__class__}", "%(x)s", "{}", "%s' + __import__('os').system('x') + '", "\\'\\\"\\n\"\"\"'''", "\\0", "\\255",
        "l1", "GLOBALS", "#chunk",
    ],
)  # fmt: skip
def test_a_text_stays_a_text(run, text):
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    expected = text.encode("latin-1")
    assert run(f"local t = {{['{escaped}'] = '{escaped}'}} for k, v in pairs(t) do return k, v, k .. v end") == [
        expected,
        expected,
        expected * 2,
    ]
    with pytest.raises(LuaError) as raised:
        run(f"error('{escaped}', 0)")
    assert raised.value.value == expected


def test_only_our_names_and_no_text_are_in_the_python_tree(monkeypatch):
    """Names of the script, and its strings, never become part of what Python compiles."""
    trees: list[ast.AST] = []
    real = compile

    def spy(tree, *args, **options):
        trees.append(tree)
        return real(tree, *args, **options)

    monkeypatch.setattr("builtins.compile", spy)
    source = b"""
    local secret_local, t = 'secret text', {}
    function t.secret_field(secret_argument, ...) secret_global = secret_argument .. 'secret text' return ... end
    function t:secret_method() goto_secret = self.secret_field return {secret_key = 1, ['secret key'] = 2} end
    for secret_index = 1, 2 do t[#t + 1], t.secret = secret_index % 2, 1 t[#t + 1] = 'secret text' end
    for secret_index = 1, 2 do t[1] = function() return secret_index, secret_local, secret_fixed end end
    """
    environment = Environment(Table({LuaString(b"secret_fixed"): 1.0}), frozenset((b"secret_fixed",)))
    Translation(resolve_source(source, b"=secret_chunk"), environment)
    assert trees
    for tree in trees:
        for node in ast.walk(tree):
            for value in vars(node).values():
                assert "secret" not in str(value) or isinstance(value, ast.AST | list)
            assert not isinstance(node, ast.Attribute) or node.attr in ("__class__", "is_integer", "sequence")
            assert not isinstance(node, ast.Constant) or type(node.value) in (float, int, bool, type(None))
            assert not isinstance(node, ast.Import | ast.ImportFrom | ast.Lambda | ast.JoinedStr | ast.Global)


def test_nothing_but_lua_values_can_be_reached_from_the_globals():
    """Every value a script can hold is of a class that is a Lua type; functions hide what they are made of."""
    lua = ferrous_vm.Lua("translator", limits=Limits(seconds=60))
    lua.run(b"t = setmetatable({{}, f = function() end}, {__index = _G}) c = coroutine.create(function() end)")
    pending, seen = [lua.runtime.globals, lua.runtime.string_metatable], set()
    while pending:
        value = pending.pop()
        if id(value) in seen or value is None:
            continue
        seen.add(id(value))
        assert type(value) in TYPE_NAMES, value
        assert not isinstance(value, BuiltinFunctionType | ModuleType | CodeType | FrameType | GeneratorType | type)
        if isinstance(value, dict):
            pending += [*value.keys(), *value.values(), value.metatable]
    assert any(isinstance(value, FunctionType) for value in gc.get_objects())


@pytest.mark.parametrize(
    "source",
    [
        "return tostring(print)",
        "return tostring(function() end)",
        "return tostring(coroutine.create(function() end))",
        "return tostring({})",
        "return select(2, pcall(error))",
        "return select(2, pcall(function() return nil + 1 end))",
        "return select(2, pcall(function() return {} < 1 end))",
        "return select(2, pcall(function() return #nil end))",
        "return select(2, pcall(string.rep))",
        "return select(2, pcall(setmetatable, 1))",
        "return select(2, pcall(table.concat, {{}}))",
        "return select(2, pcall(function() for i = 'x', 2 do end end))",
        "return select(2, pcall(function() for i in 5 do end end))",
        "return select(2, pcall(function() local a; a.b.c = 1 end))",
        "return select(2, pcall(function() return ('x')() end))",
        "return select(2, pcall(coroutine.wrap(function() error({}) end)))",
    ],
)
def test_no_message_speaks_python(run, source):
    [text] = run(f"return tostring((function() {source} end)())")
    for word in (b"Python", b"python", b"object", b"NoneType", b"float", b"LuaString", b"Error", b".py", b"bound"):
        assert word not in text or b"table:" in text
