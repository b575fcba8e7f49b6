"""A limit ends a run, no pcall sees it, and the next run is unaffected."""

import itertools

import pytest

import ferrous_vm
from ferrous_vm.errors import LimitExceeded, LuaError, StateError
from ferrous_vm.limits import Limits
from ferrous_vm.machine import unwinding
from ferrous_vm.machine.machine import CHECK_INTERVAL

ENDLESS = b"while true do end"
STUBBORN = b"while true do pcall(function() while true do end end) end"
IN_A_COROUTINE = b"local co = coroutine.wrap(function() while true do end end) co()"
IN_METAMETHODS = b"""
local t = setmetatable({}, {__index = function(t, k) return t[k] end})
while true do pcall(function() return t.x end) end
"""
CLOSURES = b"local f = function() end while true do local g = f f = function() return g end end"
GARBAGE = b"""
for i = 1, 200000 do local t = {i, i} local s = 'x' .. i end
for i = 1, 200 do local s = ('x'):rep(100000) end
"""


def _lua(**limits):
    ticks = itertools.count()
    return ferrous_vm.Lua("machine", clock=lambda: next(ticks) * 0.01, limits=Limits(**{"seconds": None, **limits}))


@pytest.mark.parametrize(
    ("limit", "limits", "source"),
    [
        ("instructions", {"instructions": 50_000}, ENDLESS),
        ("instructions", {"instructions": 50_000}, STUBBORN),
        ("instructions", {"instructions": 50_000}, IN_A_COROUTINE),
        ("instructions", {"instructions": 50_000}, IN_METAMETHODS),
        ("seconds", {"seconds": 0.05}, ENDLESS),
        ("seconds", {"seconds": 0.05}, STUBBORN),
        ("memory", {"memory": 4_000_000}, b"local t = {} for i = 1, 1e7 do t[i] = i end"),
        ("memory", {"memory": 4_000_000}, b"local t = {} for i = 1, 1e7 do t[i] = {} end"),
        ("memory", {"memory": 4_000_000}, b"local s = 'x' while true do s = s .. s end"),
        ("memory", {"memory": 4_000_000}, b"local t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end"),
        ("memory", {"memory": 4_000_000}, CLOSURES),
        ("string_size", {"string_size": 1000}, b"local s = 'x' while true do s = s .. s .. 1 end"),
    ],
)  # fmt: skip
def test_a_limit_ends_the_run(limit, limits, source):
    lua = _lua(**limits)
    with pytest.raises(LimitExceeded) as caught:
        lua.run(source, name="=script")
    assert caught.value.limit == limit
    assert caught.value.traceback[-1].chunk_name == b"=script"
    assert lua.run(b"return 1 + 1") == [2.0]


def test_instructions_are_counted_exactly():
    for budget in (1, 7, CHECK_INTERVAL, CHECK_INTERVAL + 1):
        lua = _lua(instructions=budget)
        with pytest.raises(LimitExceeded):
            lua.run(ENDLESS)
    lua = _lua(instructions=5)
    assert lua.run(b"return 1") == [1.0]


def test_garbage_does_not_count_against_the_memory_limit():
    _lua(memory=8_000_000).run(GARBAGE)


def test_an_interrupt_ends_the_run_and_no_pcall_sees_it():
    calls = itertools.count()

    def interrupt():
        if next(calls) > 3:
            raise KeyboardInterrupt
        return 0.0

    lua = ferrous_vm.Lua("machine", clock=interrupt, limits=Limits(seconds=1000.0))
    with pytest.raises(KeyboardInterrupt):
        lua.run(STUBBORN)
    lua.limits = Limits(seconds=None)
    assert lua.run(b"return coroutine.running(), 5") == [None, 5.0]


def test_a_run_within_a_run_is_a_mistake_of_the_host():
    lua = ferrous_vm.Lua("machine")

    def again(text):
        lua.runtime.run(lua.runtime.load(b"return 1", b"=inner"), (), Limits())

    with pytest.raises(StateError):
        lua.run(b"print(1)", stdout=again)
    assert lua.run(b"return 2") == [2.0]


@pytest.mark.parametrize("source", [b"error('x')", b"local function f() return 1 + f() end f()", b"coroutine.yield(1)"])
def test_after_an_error_the_next_run_is_unaffected(source):
    lua = ferrous_vm.Lua("machine")
    for _ in range(2):
        with pytest.raises(LuaError):
            lua.run(source)
    assert lua.run(b"return 3") == [3.0]


@pytest.mark.host
def test_the_time_limit_ends_a_native_that_takes_too_long():
    lua = ferrous_vm.Lua("machine", limits=Limits(seconds=0.2))
    with pytest.raises(LimitExceeded) as caught:
        lua.run(b"local a = ('a'):rep(40)\nreturn pcall(string.find, a, ('a?'):rep(40) .. a .. 'b')", name="=script")
    assert caught.value.limit == "seconds"
    assert lua.run(b"return 1") == [1.0]


def test_frames_that_an_error_takes_off_hold_no_others():
    """Python would free those of a held one by nested calls, 20,000 deep, which a browser does not survive."""
    taken_off = []
    take_off = unwinding._take_off

    def noted(machine, frame):
        taken_off.append(frame)
        take_off(machine, frame)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unwinding, "_take_off", noted)
        _lua().run(b"local function f(n) return n == 0 and error('x') or 1 + f(n - 1) end pcall(f, 100)")
    assert len(taken_off) > 100
    assert all(frame.parent is None for frame in taken_off)
