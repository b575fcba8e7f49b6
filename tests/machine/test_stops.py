"""Where a debugger stops: at Lua's line events, and nowhere else; and where each move leads."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import ferrous_vm
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.machine.debugger import Debugger, Ended
from tests.oracle.generator import generate
from tests.syntax.real_lua import LUA

HOOKED = rb"""
local main = loadfile(arg[1])
local events = 0
local function hook(_, line)
  if debug.getinfo(2, 'S').source ~= '@' .. arg[1] then return end
  events = events + 1
  if events <= 3000 then io.stderr:write(line, ' ') end
end
print = function() end
debug.sethook(hook, 'l')
pcall(main)
"""

TWO_CALLS = b"""local function f(a)
  return a
end
local x = f(1) + f(2)
local y = x
return y"""

ONE_LINE_LOOP = b"""local n = 0
for i = 1, 3 do n = n + i end
return n"""

COMPARATOR = b"""local t = {3, 1, 2}
table.sort(t, function(a, b)
  return a < b
end)
return t[1]"""

PROGRAMS = [
    TWO_CALLS,
    ONE_LINE_LOOP,
    COMPARATOR,
    b"local i = 0\nwhile i < 3 do i = i + 1 end\nrepeat\n  i = i - 1 until i == 0\nreturn i",
    b"local t = setmetatable({}, {__index = function(t, k)\n  return k\nend, __add = function()\n return 1 end})\n"
    b"local x = t.a .. t.b\nlocal y = t + 1\nreturn\n  x,\n  y",
    b"local function f(n) if n == 0 then return 0 end return f(n - 1) end\nlocal function g(n)\n  return n == 0 and 0 "
    b"or 1 + g(n - 1)\nend\nreturn f(3) + g(3)",
    b"local ok = pcall(function()\n  error('x')\nend)\nlocal n = 0\nfor k, v in pairs({1, 2}) do\n  n = n + v\nend\n"
    b"return n",
    b"local s = ('abc'):gsub('%w', function(c)\n  return c .. c\nend)\nlocal f = loadstring('local a = 1\\nreturn a')\n"
    b"return f() + #s",
]


def _recorded(source: bytes, name: bytes = b"=script") -> Debugger:
    lua = ferrous_vm.Lua("machine", seed=3)
    debugger = Debugger(lua.runtime, chunk_name=name)
    debugger.start(lua.runtime.load(source, name))
    assert debugger.record(200_000) is Ended.SCRIPT
    debugger.go_to(1)
    return debugger


def _line(debugger: Debugger) -> int | None:
    place = debugger.line()
    return None if place is None else place[1]


def _walk(debugger: Debugger, *moves: str, breakpoints: tuple[int, ...] = ()) -> list[int | None]:
    """The lines where moves lead, one after the other; a move is named as in `MOVES`, with `back` before it to go back.
    None where there is no such stop."""
    lines: list[int | None] = []
    for move in moves:
        found = debugger.destination(move.removeprefix("back "), move.startswith("back "), frozenset(breakpoints))
        if found is None:
            lines.append(None)
        else:
            debugger.go_to(found)
            lines.append(_line(debugger))
    return lines


def _all_lines(debugger: Debugger) -> list[int | None]:
    lines = [_line(debugger)]
    while lines[-1] is not None:
        lines += _walk(debugger, "into")
    return lines[:-1]


@pytest.mark.oracle
@pytest.mark.host
@pytest.mark.skipif(LUA is None, reason="there is no lua5.1 to compare with")
def test_stops_are_the_line_events_of_lua(tmp_path: Path) -> None:
    hooked, script = tmp_path / "hooked.lua", tmp_path / "script.lua"
    hooked.write_bytes(HOOKED)
    generated = [generate(seed).source.encode("latin-1") for seed in range(200)]
    compared = 0
    for source in [*PROGRAMS, *generated]:
        # A coroutine of lua5.1 has no hook of Lua's; the order of tables as keys is that of their addresses.
        if any(word in source for word in (b"coroutine", b"getinfo", b"function contents")):
            continue
        script.write_bytes(source)
        told = subprocess.run([LUA, hooked, script], capture_output=True, timeout=10, check=False)  # type: ignore[list-item]
        expected = [int(word) for word in told.stderr.split() if word.isdigit()]
        name = b"@" + str(script).encode()
        lua = ferrous_vm.Lua("machine")
        debugger = Debugger(lua.runtime, chunk_name=name)
        try:
            debugger.start(lua.runtime.load(source, name))
        except LuaSyntaxError:
            continue
        if debugger.record(30_000) is not Ended.SCRIPT:
            continue
        assert list(debugger.stops.lines)[:3000] == expected, source.decode("latin-1")
        compared += 1
    assert compared > 30


NESTED = b"""local function inner(a)
  local b = a + 1
  return b
end
local function outer(a)
  local c = inner(a)
  return c
end
local x = outer(1)
return x"""

COROUTINES = b"""local function generate()
  for i = 1, 3 do
    coroutine.yield(i)
  end
end
local function use()
  local next = coroutine.wrap(generate)
  local a = next()
  local b = next()
  return a + b
end
local r = use()
return r"""


@pytest.mark.parametrize(("source", "line", "times"), [(TWO_CALLS, 4, 1), (ONE_LINE_LOOP, 2, 4), (COMPARATOR, 3, 2)])
def test_a_breakpoint_stops_once_for_each_time_its_line_begins(source: bytes, line: int, times: int) -> None:
    debugger = _recorded(source)
    begun = [_line(debugger)] if _line(debugger) == line else []
    stopped = _walk(debugger, *["continue"] * (times + 1), breakpoints=(line,))
    assert [*begun, *stopped][: times + 1] == [*[line] * times, None]
    back = _walk(debugger, *["back continue"] * times, breakpoints=(line,))
    assert back == [*[line] * (times - 1), None]


def test_into_over_and_out() -> None:
    debugger = _recorded(NESTED)
    assert _walk(debugger, "into", "into", "into", "into") == [8, 9, 6, 2]
    assert _walk(debugger, "out", "out", "over") == [7, 10, None]
    debugger.go_to(1)
    assert _walk(debugger, "over", "over", "over") == [8, 9, 10]


def test_back_over_and_back_out_are_their_mirror() -> None:
    debugger = _recorded(NESTED)
    debugger.go_to(200_000)
    assert _line(debugger) is None
    assert _walk(debugger, "back over", "back over", "back over", "back over", "back over") == [10, 9, 8, 4, None]
    debugger.go_to(200_000)
    assert _walk(debugger, "back into", "back into", "back into") == [10, 7, 3]
    assert _walk(debugger, "back out", "back out", "back out") == [6, 9, None]


def test_what_is_stepped_over_stops_at_a_breakpoint() -> None:
    debugger = _recorded(NESTED)
    assert _walk(debugger, "over", "over", "over", breakpoints=(3,)) == [8, 9, 3]
    assert _walk(debugger, "out", "back out") == [7, 9]
    assert _walk(debugger, "over", "over") == [10, None]
    assert _walk(debugger, "back over", breakpoints=(2,)) == [2]


def test_a_call_that_resumes_a_coroutine_is_stepped_over_and_out_of() -> None:
    debugger = _recorded(COROUTINES)
    assert _walk(debugger, *["over"] * 3) == [11, 12, 13]
    debugger.go_to(1)
    assert _walk(debugger, "over", "over", "into", "over", "over", "over") == [11, 12, 7, 8, 9, 10]
    assert _walk(debugger, "back over", "into", "into", "out") == [9, 2, 3, 10]
    assert _walk(debugger, "back into", "back out", "out") == [3, 9, 13]


def test_the_same_line_next_time_and_last_time() -> None:
    debugger = _recorded(COROUTINES)
    assert _walk(debugger, "continue", breakpoints=(3,)) == [3]
    first = debugger.moment
    assert _walk(debugger, "same line", "same line") == [3, None]
    assert _walk(debugger, "back same line", "back same line") == [3, None]
    assert debugger.moment == first


def test_loaded_chunks_are_stepped_over() -> None:
    debugger = _recorded(b"local f = loadstring('local a = 1\\nreturn a')\nlocal x = f()\nreturn x")
    assert _all_lines(debugger) == [1, 2, 3]


@pytest.mark.parametrize("source", [*PROGRAMS, NESTED, COROUTINES])
def test_from_wherever_it_is_a_move_ends_at_a_stop_in_its_direction(source: bytes) -> None:
    debugger = _recorded(source)
    stops = set(debugger.stops.moments)
    last = debugger.stops.moments[-1] + 3
    for moment in range(1, last, 3):
        for move in ("into", "over", "out", "same line"):
            for backwards in (False, True):
                debugger.go_to(moment)
                here = debugger.moment
                found = debugger.destination(move, backwards)
                assert found is None or (found in stops and (found < here if backwards else found > here))
