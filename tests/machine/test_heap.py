"""The heap: handles follow their objects, collections find what a program can reach, weak tables are cleared."""

import pytest

import ferrous_vm
from ferrous_vm.errors import InvalidHandle, StaleHandle
from ferrous_vm.machine.handles import FunctionHandle, StringHandle, TableHandle, ThreadHandle
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table


@pytest.fixture
def lua():
    return ferrous_vm.Lua("machine")


def _global(lua, name):
    return lua.runtime.globals.get(LuaString(name))


def test_an_object_keeps_its_handle_while_it_lives(lua):
    lua.run(b"t = {} f = function() end co = coroutine.create(f) s = 'text'")
    heap = lua.runtime.heap
    for name, kind in ((b"t", TableHandle), (b"f", FunctionHandle), (b"co", ThreadHandle), (b"s", StringHandle)):
        value = _global(lua, name)
        handle = heap.handle_of(value)
        assert type(handle) is kind
        assert heap.handle_of(value) is handle
        assert heap.resolve(handle) is value
        assert heap.resolve_token(handle.token) is value


def test_a_value_that_is_no_object_has_no_handle(lua):
    for value in (None, 1.0):
        with pytest.raises(InvalidHandle):
            lua.runtime.heap.handle_of(value)


def test_a_collection_makes_handles_of_garbage_stale(lua):
    lua.run(b"t = {} kept = {}")
    heap = lua.runtime.heap
    garbage, kept = heap.handle_of(_global(lua, b"t")), heap.handle_of(_global(lua, b"kept"))
    lua.runtime.globals.put(LuaString(b"t"), None)
    heap.collect()
    with pytest.raises(StaleHandle):
        heap.resolve(garbage)
    assert heap.resolve(kept) is _global(lua, b"kept")
    other = heap.handle_of(Table())
    assert other != garbage


def test_a_new_run_makes_every_handle_stale(lua):
    lua.run(b"t = {}")
    handle = lua.runtime.heap.handle_of(_global(lua, b"t"))
    lua.run(b"")
    with pytest.raises(StaleHandle):
        lua.runtime.heap.resolve(handle)


@pytest.mark.parametrize(
    "holder",
    [
        b"local x = make() collectgarbage() return seen(x)",
        b"local x = make() local function f() return x end collectgarbage() return seen(f())",
        b"local t = {{{make()}}} collectgarbage() return seen(t[1][1][1])",
        b"local t = {[make()] = 1} collectgarbage() return seen(next(t))",
        b"local t = setmetatable({}, make()) collectgarbage() return seen(getmetatable(t))",
        b"local f = coroutine.wrap(function(x) coroutine.yield() return x end) f(make()) collectgarbage()"
        b" return seen(f())",
        b"local function f(...) collectgarbage() return seen(...) end return f(make())",
        b"return (pcall(function(x) collectgarbage() return seen(x) end, make()))",
        b"local x = make() table.sort({3, 2, 1}, function(a, b) collectgarbage() return a < b end) return seen(x)",
        b"return seen((string.gsub('a', 'a', function() collectgarbage() return 'b' end)) and make())",
    ],
)
def test_what_a_stack_holds_is_not_garbage(lua, holder):
    prelude = (
        b"local weak = setmetatable({}, {__mode = 'k'})"
        b" local function make() local t = {} weak[t] = true return t end"
        b" local function seen(t) return weak[t] == true end "
    )
    assert [str(value) for value in lua.run(prelude + holder)] == ["true"]


def test_memory_in_use_rises_and_falls(lua):
    lua.run(b"big = {} for i = 1, 50000 do big[i] = i end")
    lua.runtime.collect()
    full = lua.runtime.memory_in_use()
    lua.run(b"big = nil")
    lua.runtime.collect()
    assert lua.runtime.memory_in_use() < full - 500_000


def test_a_loop_that_waits_for_the_collector_ends(lua):
    lua.run(b"local weak = setmetatable({{}}, {__mode = 'v'}) while weak[1] do local garbage = {} end")
    lua.run(b"local before = gcinfo() repeat local t = {} until gcinfo() > before + 100")
