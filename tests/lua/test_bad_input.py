"""Any bytes, deep nesting, giant literals and arguments: a value or an error of Lua, its own sentence, on both engines.

Nothing here measures time: what would not end is ended by a limit.
"""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ferrous_vm
from ferrous_vm.errors import LimitExceeded, LuaError, LuaSyntaxError
from ferrous_vm.limits import Limits
from tests.lua.bad_input import GIANTS, QUIET_GIANTS, SENTENCES, VALUES


@pytest.fixture
def lua(engine: str) -> ferrous_vm.Lua:
    return ferrous_vm.Lua(engine, limits=Limits(seconds=None, memory=1 << 28, string_size=1 << 26))


@pytest.fixture(autouse=True)
def _the_next_run_is_unaffected(lua: ferrous_vm.Lua):
    yield
    assert lua.run(b"local t = {} for i = 1, 3 do t[i] = i end return #t") == [3.0]


@pytest.mark.parametrize("what", SENTENCES)
def test_lua_refuses_it(lua: ferrous_vm.Lua, what: str) -> None:
    source, sentence = SENTENCES[what]
    with pytest.raises(LuaSyntaxError) as refused:
        lua.run(source, name="=p")
    assert refused.value.message == sentence


@pytest.mark.parametrize("what", VALUES)
def test_lua_runs_it(lua: ferrous_vm.Lua, what: str) -> None:
    source, value = VALUES[what]
    assert lua.run(source, name="=p") == [value]


@pytest.mark.parametrize("what", GIANTS)
def test_what_is_too_much_is_an_error(lua: ferrous_vm.Lua, what: str) -> None:
    expression, sentence = GIANTS[what]
    source = f"return select(2, pcall(function() return {expression} end))".encode()
    if sentence is None:
        with pytest.raises(LimitExceeded, match="bytes exceed"):
            lua.run(source, name="=p")
    else:
        assert sentence in lua.run(source, name="=p")[0]


@pytest.mark.parametrize("what", QUIET_GIANTS)
def test_what_is_much_is_answered(lua: ferrous_vm.Lua, what: str) -> None:
    expression, value = QUIET_GIANTS[what]
    assert lua.run(f"return {expression}".encode(), name="=p") == [value]


SOUP = [
    *b"+-*/%^#=<>(){}[];:,.\"'\\ \n\r\0\xff", *b"0123456789eExXafz_",
    b"..", b"...", b"==", b"~=", b"<=", b">=", b"--", b"--[[", b"]]", b"[[", b"[=[", b"]=]", b"\\065", b"0x", b"1e",
    b"and ", b"break ", b"do ", b"else ", b"elseif ", b"end ", b"false ", b"for ", b"function ", b"if ", b"in ",
    b"local ", b"nil ", b"not ", b"or ", b"repeat ", b"return ", b"then ", b"true ", b"until ", b"while ",
    b" a ", b" b ", b"a.b", b"a:b()", b"a()", b"=a ", b"local a = ", b"function a() ", b" 1 ", b" 'x' ",
]  # fmt: skip
"""Pieces of Lua, and bytes that are none."""

soup = st.binary(max_size=60) | st.lists(
    st.sampled_from([piece if isinstance(piece, bytes) else bytes([piece]) for piece in SOUP]), max_size=40
).map(b"".join)


@given(source=soup)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_chunk_or_an_error(lua: ferrous_vm.Lua, engine: str, source: bytes) -> None:
    """The translator loads those that are a chunk; the machine, which can count, runs some instructions of them."""
    with contextlib.suppress(LuaSyntaxError, LuaError, LimitExceeded):
        function = lua.runtime.load(source, b"=p")
        if engine == "machine":
            lua.runtime.run(function, (), Limits(instructions=1000))
