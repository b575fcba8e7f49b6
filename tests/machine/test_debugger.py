"""Walking through a run: every position looks the same whichever way it is reached."""

from random import Random

import pytest

import ferrous_vm
from ferrous_vm.errors import LimitExceeded, LuaError, StaleHandle
from ferrous_vm.limits import Limits
from ferrous_vm.machine.debugger import Debugger, Ended

PROGRAM = b"""
local log = {}
local function note(...) log[#log + 1] = table.concat({...}, ',') end
local counter = 0
local function count() counter = counter + 1 return counter end
for i = 1, 3 do note(count(), i) end
local events = {__index = function(t, k) rawset(t, k, k .. '!') return k end, __add = function() return 7 end}
local t = setmetatable({}, events)
note(t.x, t.x, t + 1, 'a' .. 'b' .. 1)
note(tostring(pcall(function() local n = nil; return n.field end)))
local co = coroutine.wrap(function(a)
  local b = coroutine.yield(a + 1)
  note('in', b) coroutine.yield(b) return 'end'
end)
note(co(1)) note(co(5)) note(co())
local list = {5, 3, 9, 1, 7, 2}
table.sort(list, function(a, b) note(a, b) return a < b end)
note(table.concat(list, ' '))
for w in string.gmatch('one two three', '%a+') do note(w) end
note((string.gsub('abc', '%w', function(c) counter = counter + 1 return c .. counter end)))
note(math.random(100), math.random(100))
list[2] = nil list.x = 1 list.y = nil
for k, v in pairs(list) do note(k, v) list[k] = nil end
result = table.concat(log, ';')
print(result)
return result
"""


ENOUGH = 100_000


def _debugger(source=PROGRAM):
    """A debugger at the beginning of a run that has not been recorded."""
    lua = ferrous_vm.Lua("machine", seed=3)
    debugger = Debugger(lua.runtime)
    debugger.start(lua.runtime.load(source, b"=script"))
    return lua, debugger


def _recorded(source=PROGRAM):
    """A debugger before the first line of a recorded run."""
    lua, debugger = _debugger(source)
    assert debugger.record(ENOUGH) is Ended.SCRIPT
    debugger.go_to(1)
    return lua, debugger


def _move(debugger, how, *, backwards=False, breakpoints=()):
    debugger.go_to(debugger.destination(how, backwards, frozenset(breakpoints)))


def _photograph(debugger):
    """All that can be seen, objects by what is in them."""
    seen = []
    for frame in debugger.frames():
        seen.append((frame.function, frame.line))
        for variable in (*frame.locals, *frame.upvalues):
            value = variable.value
            inside = []
            if value.type == "table":
                inside = [(key.text, item.text) for key, item in debugger.expand(value.token)]
            seen.append((variable.name, value.type, value.text, inside))
    return (debugger.moment, debugger.line(), bytes(debugger.output.text), seen)


def _whole_run(debugger):
    photographs = [_photograph(debugger)]
    while debugger.running:
        debugger.go_to(debugger.moment + 1)
        photographs.append(_photograph(debugger))
    return photographs


def test_a_recorded_run_gives_what_an_ordinary_one_gives():
    printed = []
    expected = ferrous_vm.Lua("machine", seed=3).run(PROGRAM, name="=script", stdout=printed.append)
    _, debugger = _debugger()
    debugger.record(ENOUGH)
    assert list(debugger.outcome()) == expected
    assert bytes(debugger.output.text) == b"".join(printed)


def test_every_step_is_taken_back_exactly():
    _, debugger = _debugger()
    photographs = _whole_run(debugger)
    while debugger.moment:
        debugger.go_to(debugger.moment - 1)
        assert _photograph(debugger) == photographs[debugger.moment]


def test_a_random_walk_sees_what_the_straight_way_saw():
    _, debugger = _debugger()
    photographs = _whole_run(debugger)
    results = debugger.outcome()
    random = Random(1)
    for _ in range(60):
        debugger.go_to(random.randrange(len(photographs)))
        assert _photograph(debugger) == photographs[debugger.moment]
    debugger.go_to(ENOUGH)
    assert debugger.outcome() == results
    assert _photograph(debugger) == photographs[-1]


def test_an_error_is_gone_back_over():
    _, debugger = _debugger(b"local x = 1\nx = 2\nerror('no')")
    debugger.record(ENOUGH)
    with pytest.raises(LuaError):
        debugger.outcome()
    debugger.go_to(debugger.moment - 1)
    assert debugger.running
    debugger.go_to(ENOUGH)
    with pytest.raises(LuaError) as caught:
        debugger.outcome()
    assert caught.value.value == b"script:3: no"


def test_a_step_over_a_limit_has_not_happened():
    lua = ferrous_vm.Lua("machine")
    debugger = Debugger(lua.runtime)
    function = lua.runtime.load(b"t = {} for i = 1, 10000 do t[i] = ('x'):rep(100000) .. i end", b"=script")
    debugger.start(function, limits=Limits(seconds=None, memory=20_000_000))
    with pytest.raises(LimitExceeded):
        debugger.record(ENOUGH)
    before = _photograph(debugger)
    with pytest.raises(LimitExceeded):
        debugger.go_to(debugger.moment + 1)
    assert _photograph(debugger) == before


@pytest.mark.parametrize(
    ("limits", "ended"),
    [({"moments": 50}, Ended.MOMENTS), ({"seconds": 0.0}, Ended.TIME), ({"memory": 2_000_000}, Ended.MEMORY)],
)
def test_a_recording_ends_at_a_limit_of_its_own_and_all_of_it_can_be_gone_to(limits, ended):
    _, debugger = _debugger(b"local s = ''\nfor i = 1, 1e6 do\n  s = ('x'):rep(100000) .. i\nend")
    assert debugger.record(**{"moments": ENOUGH, **limits}) is ended
    last = debugger.moment
    assert debugger.running
    debugger.go_to(1)
    assert debugger.line() == (b"=script", 1)
    debugger.go_to(last)
    assert debugger.moment == last
    debugger.go_to(0)
    assert debugger.moment == 0


def test_handles_of_an_earlier_run_are_stale():
    lua, debugger = _recorded(b"local t = {1}\nreturn t")
    _move(debugger, "into")
    token = debugger.frames()[0].locals[0].value.token
    assert debugger.expand(token)
    debugger.stop()
    lua.run(b"return 1")
    with pytest.raises(StaleHandle):
        debugger.expand(token)


def test_an_ordinary_run_after_a_recorded_one_records_nothing():
    lua, debugger = _debugger()
    debugger.record(50)
    debugger.stop()
    assert lua.run(b"return 5") == [5.0]
    assert lua.runtime.machine.history is None
