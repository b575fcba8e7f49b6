"""However deep a stack is that nobody needs any more, it is freed frame by frame: nested calls that free each the frame
around it would overflow the browser's stack. Inside Pyodide these tests run with as little stack as a browser has."""

from __future__ import annotations

import gc

import pytest

import ferrous_vm
from ferrous_vm.errors import LuaError
from ferrous_vm.limits import Limits
from ferrous_vm.scripting.debugging import DebugSession

DEEP = "local function f(n) if n == 0 then %s return 0 end return 1 + f(n - 1) end"

SUSPENDED = {
    "dropped": "co = nil",
    "dropped with others": "local all = {} for i = 1, 3 do all[i] = make() all[i]() end co, all = nil, nil",
    "found by the collector": "local t = {co = co} t.t = t co, t = nil, nil",
    "held at the end": "held = co",
    "one that holds another": "local inner = co co = coroutine.wrap(function() f(19e3, inner) end)"
    " co() inner, co = nil",
}


@pytest.mark.parametrize("what", SUSPENDED)
@pytest.mark.parametrize("engine", ["machine", "translator"])
def test_a_deep_coroutine_that_is_suspended(engine: str, what: str) -> None:
    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=60))
    source = f"{DEEP % 'coroutine.yield()'} local function make() return coroutine.wrap(function() f(19000) end) end"
    source += f" local co = make() co() {SUSPENDED[what]} for i = 1, 100 do local g = i f = function() return g end end"
    assert lua.run(f"{source} return 1".encode()) == [1.0]
    assert lua.run(b"held = nil collectgarbage() return 2") == [2.0]
    del lua
    gc.collect()


CAUGHT = {
    "by pcall": "pcall(error, 'x')",
    "by pcall, raised in a function": "pcall(function() error('x') end)",
    "by pcall, raised by a native that waits": "pcall(table.sort, {1, 2}, function() error('x') end)",
    "by xpcall": "xpcall(function() error('x') end, function(e) return e end)",
    "by xpcall whose handler fails": "xpcall(function() error('x') end, function(e) error(e) end)",
    "around a coroutine": "coroutine.resume(coroutine.create(function() error('x') end))",
    "in a coroutine": "coroutine.wrap(function() pcall(error, 'x') coroutine.yield() end)()",
    "twice": "pcall(function() local _, e = pcall(error, 'x') error(e) end)",
    "by gsub's caller": "pcall(string.gsub, 'x', 'x', function() error('x') end)",
    "of a chunk that does not parse": "assert(not loadstring('x x'))",
}


@pytest.mark.parametrize("what", CAUGHT)
@pytest.mark.parametrize("engine", ["machine", "translator"])
def test_what_was_caught_holds_no_stack(engine: str, what: str) -> None:
    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=60))
    depth = 19_000 if engine == "machine" else 150  # the translator's stack is Python's, and is freed with it
    source = f"{DEEP % CAUGHT[what]} return f({depth})"
    assert lua.run(source.encode()) == [float(depth)]
    gc.collect()
    gc.disable()
    others = _errors()
    try:
        assert lua.run(source.encode()) == [float(depth)]
        assert len(_errors()) == len(others)
    finally:
        gc.enable()
    gc.collect()


def _errors() -> list[LuaError]:
    return [one for one in gc.get_objects() if type(one) is LuaError]


ENDS = {
    "at a limit of moments": (DEEP % "" + " return f(19000)", 50_000),
    "at its own end": (DEEP % "" + " return f(19000)", 3_000_000),
    "with an overflow": ("local function f() return 1 + f() end return f()", 3_000_000),
    "in a coroutine": (f"{DEEP % 'coroutine.yield()'} local co = coroutine.wrap(f) co(19000) return 1", 3_000_000),
    "in a coroutine that goes on": (f"{DEEP % ''} local co = coroutine.wrap(f) return co(19000)", 50_000),
}


@pytest.mark.parametrize("what", ENDS)
def test_a_recording_of_a_deep_stack(what: str) -> None:
    server = ferrous_vm.Server()
    client = server.connect()
    script, moments = ENDS[what]
    for leave in (DebugSession.abandon, DebugSession.end):
        session = DebugSession(server.scripting, client.session, script.encode(), [], [])
        session.record(moments)
        session.go_to(session.last)
        session.go_to(session.last // 2)
        session.go_to(session.last)
        leave(session)
        del session
        gc.collect()
    assert client.execute(b"EVAL", b"return 1", b"0") == 1
