"""The profile counts what ran and what was allocated, and leaves nothing behind."""

from itertools import count

import ferrous_vm
from ferrous_vm.machine.profile import Profile
from ferrous_vm.values.tables import Table


def _profiled(source):
    lua = ferrous_vm.Lua("machine")
    ticks = count()
    profile = lua.runtime.profile = Profile(lambda: float(next(ticks)))
    results = lua.run(source, name="=script")
    return lua, profile, results


def test_instructions_are_counted_by_opcode_and_line():
    _, profile, results = _profiled(b"local n = 0\nfor i = 1, 10 do\n  n = n + i\nend\nreturn n")
    assert results == [55.0]
    assert profile.opcodes["ADD"].count == 10
    assert profile.opcodes["FORLOOP"].count == 11
    assert profile.lines[(b"=script", 3)].count == 10
    assert profile.opcodes["ADD"].seconds == 10.0


def test_pending_operations_are_counted_too():
    _, profile, _ = _profiled(b"local function f() return 1 end f() f()")
    assert profile.opcodes["FunctionCall"].count == 3
    assert profile.opcodes["Return"].count == 3


def test_allocations_are_counted_by_type():
    _, profile, _ = _profiled(b"keep = {} for i = 1, 100 do local t = {i} end f = function() end s = 'a' .. 1")
    tables = profile.allocations["table"]
    assert tables.allocated == 101
    assert tables.freed == 100
    assert profile.allocations["function"].allocated == 1
    assert profile.memory_after > profile.memory_before


def test_an_ordinary_run_afterwards_is_not_measured():
    lua, profile, _ = _profiled(b"return 1")
    lua.runtime.profile = None
    measured = profile.opcodes["RETURN"].count
    lua.run(b"return {}")
    assert profile.opcodes["RETURN"].count == measured
    assert "__init__" not in Table.__dict__
