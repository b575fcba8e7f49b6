"""Where the time of a script goes: lines, branches, functions, the flame chart, commands and objects."""

from __future__ import annotations

from typing import Any

import pytest

from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.server import Server
from ferrous_vm.workbench.once_more import ANOTHER, ANOTHER_TIME, AS_IF_NOW
from ferrous_vm.workbench.profiling import profile
from tests.workbench.test_debugging import Visitor

SCRIPT = """local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end
local t = {}
for i = 1, 5 do
  t[i] = 'a' .. fib(i)
  redis.call('SET', 'k' .. i, t[i])
end
if #t > 10 then
  redis.call('DEL', 'k')
end
table.sort(t, function(a, b) return a < b end)
return t"""


def _profile(script: str = SCRIPT, **call: Any) -> Any:
    visitor = Visitor()
    visitor.debug(script, **call)
    return visitor.ask("DebugProfile")


def test_lines_tell_how_often_and_which_way() -> None:
    lines = {line["line"]: line for line in _profile()["lines"]}
    assert {number: line["count"] for number, line in lines.items()} == {
        2: 33, 3: 14, 4: 1, 5: 1, 6: 6, 7: 5, 8: 5, 10: 1, 11: 0, 13: 10, 14: 1
    }  # fmt: skip
    assert lines[2]["branches"] == [[19, 14]]
    assert lines[10]["branches"] == [[0, 1]]
    assert (lines[8]["commands"], lines[7]["made"], lines[5]["made"]) == (5, 5, 1)


def test_functions_and_the_flame_chart_add_up() -> None:
    shown = _profile()
    functions = {one["function"]: one for one in shown["functions"]}
    assert functions["fib"]["calls"] == 33
    assert functions["function at line 13"]["calls"] == 9
    assert sum(one["own"] for one in shown["functions"]) == shown["instructions"]
    assert functions["main chunk"]["total"] == shown["instructions"]
    bars = shown["flame"]
    assert (bars[0]["function"], bars[0]["depth"], bars[0]["total"]) == ("main chunk", 0, shown["instructions"])
    assert [(bar["function"], bar["depth"]) for bar in bars[1:6]] == [("fib", depth) for depth in range(1, 6)]
    beside = [bar for bar in bars if bar["depth"] == 1]
    assert beside[1]["start"] == beside[0]["start"] + beside[0]["total"]


def test_a_recursion_counts_once_in_what_it_called() -> None:
    """However deep it is: each of 19,000 calls was once compared with all below it."""
    script = """local even, odd
function even(n) if n == 0 then return true end local answer = odd(n - 1) return answer end
function odd(n) if n == 0 then return false end local answer = even(n - 1) return answer end
local answer = even(19000) return answer"""
    shown = Visitor().ask("RunProfile", script=script, keys=[], argv=[])
    functions = {one["function"]: one for one in shown["functions"]}
    main, even, odd = functions["main chunk"], functions["even"], functions["odd"]
    assert (even["calls"], odd["calls"]) == (9501, 9500)
    assert main["total"] == shown["instructions"]
    assert even["total"] == even["own"] + odd["own"] == main["total"] - main["own"]
    assert odd["own"] < odd["total"] < even["total"]


def test_the_run_that_was_seen_is_told_of_and_nothing_of_it_changes() -> None:
    visitor = Visitor()
    script = """local n = redis.call('INCR', KEYS[1])
if n == 1 then
  return redis.call('SRANDMEMBER', 's')
end
local chance = math.random(1, 100)
for i = 1, chance do redis.call('SET', 'last', redis.call('SRANDMEMBER', 's')) end
return chance"""
    call: dict[str, Any] = {"script": script, "keys": ["n"], "argv": [], "fresh": False}

    def counts() -> tuple[dict[int, int], str]:
        shown = visitor.ask("RunProfile", **call)
        return {line["line"]: line["commands"] for line in shown["lines"] if line["count"]}, shown["note"]

    visitor.ask("Console", line="SADD s " + " ".join(map(str, range(50))))
    visitor.ask("Run", **call)
    assert counts() == ({1: 1, 2: 0, 3: 1}, "")
    ran = visitor.ask("Run", **call)
    times = int(ran["reply"]["text"].removeprefix("(integer) "))
    for _ in range(2):
        assert counts() == ({1: 1, 2: 0, 5: 0, 6: 2 * times, 7: 0}, "")
    assert [done["name"] for done in visitor.ask("Undo")["keyspace"]["undoable"]] == ["SADD", "run"]
    assert counts()[0][6] == 2 * times
    visitor.ask("Console", line="DEL n")
    lines, note = counts()
    assert (lines, note) == ({1: 1, 2: 0, 3: 1}, AS_IF_NOW)


@pytest.mark.parametrize(
    ("script", "clock", "has_run", "note"),
    [
        ("return redis.call('TIME')", None, True, ANOTHER_TIME),
        ("return redis.call('TIME')", 7.0, True, ""),
        ("return 1", None, True, ""),
        ("return 1", None, False, ANOTHER),
    ],
)
def test_where_another_run_is_told_of_that_is_said(script: str, clock: float | None, has_run: bool, note: str) -> None:
    visitor = Visitor()
    call: dict[str, Any] = {"script": script, "keys": [], "argv": [], "fixture": "SET k 1", "clock": clock}
    for dry in (True, False):
        if has_run:
            visitor.ask("Run", **call, dry=dry)
        assert visitor.ask("RunProfile", **call)["note"] == note
    assert visitor.ask("RunProfile", **call | {"script": "return ("})["type"] == "Failure"


class Clock:
    """A millisecond passes at each reading; a command takes a hundred seconds."""

    def __init__(self, server: Server) -> None:
        self._reads = 0
        self._statistics = server.keyspace.statistics

    def __call__(self) -> float:
        self._reads += 1
        return self._reads / 1000 + 100 * sum(self._statistics.calls)


def _timed(script: bytes) -> Any:
    server = Server(seed=1)
    session = DebugSession(server.scripting, server.connect().session, script, [], [])
    session.record()
    shown = profile(session, server.keyspace, Clock(server))
    session.abandon()
    return shown


def test_time_is_told_by_line_function_and_command() -> None:
    shown = _timed(
        b"local function f(x)\n  redis.call('SET', 'k', x)\n  return x\nend\nf(1)\nlocal a = 1\nf(2) f(3)\nreturn a"
    )
    lines = {line.line: round(line.milliseconds / 100_000) for line in shown.lines}
    assert lines == {2: 3, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0, 8: 0}
    functions = {one.function: one for one in shown.functions}
    assert round(functions["f"].milliseconds / 100_000) == round(functions["f"].total_milliseconds / 100_000) == 3
    assert functions["main chunk"].milliseconds < 100_000
    assert functions["main chunk"].total_milliseconds == shown.milliseconds
    assert sum(line.milliseconds for line in shown.lines) == pytest.approx(shown.milliseconds)
    assert shown.flame[0].milliseconds == shown.milliseconds
    assert [(one.name, round(one.milliseconds / 100_000)) for one in shown.commands] == [("SET", 3)]
    assert shown.functions[0].function == "f"


@pytest.mark.parametrize(
    "script",
    [
        b"local co = coroutine.wrap(function()\n  coroutine.yield(redis.call('PING'))\n  return 1\nend)\nco()\n"
        b"return co()",
        b"local t = setmetatable({}, {__index = function(t, k)\n  return redis.call('PING')\nend})\nlocal x = t.a\n"
        b"return 1",
        b"local t = {3, 1, 2}\ntable.sort(t, function(a, b) return a < b end)\nlocal a = redis.call('PING')\nreturn a",
        b"local ok = pcall(function()\n  redis.call('PING')\n  error('x')\nend)\nreturn 1",
        b"local function down(n)\n  if n == 0 then\n    return redis.call('PING')\n  end\n  return (down(n - 1))\nend\n"
        b"return down(100)",
        b"local function again(n)\n  if n == 0 then\n    return redis.call('PING')\n  end\n  return again(n - 1)\nend\n"
        b"return again(100)",
        b"local f = loadstring('local a = 1\\nreturn a')\nf()\nreturn redis.call('PING')",
    ],
)
def test_the_time_of_a_command_is_that_of_its_line(script: bytes) -> None:
    shown = _timed(script)
    line = next(number for number, text in enumerate(script.split(b"\n"), 1) if b"PING" in text)
    assert [one.line for one in shown.lines if one.milliseconds >= 100_000] == [line]
    assert sum(one.milliseconds for one in shown.functions) == pytest.approx(shown.milliseconds)


def test_the_lines_of_a_library_are_those_of_its_functions() -> None:
    library = (
        "#!lua name=mylib\nlocal function helper(n)\n  return n + 1\nend\n"
        "redis.register_function('f', function(keys, args)\n  return helper(1)\nend)"
    )
    shown = _profile(library, mode="FCALL", function="f")
    assert [(line["line"], line["count"]) for line in shown["lines"]] == [(3, 1), (6, 1)]
    assert {one["function"] for one in shown["functions"]} == {"function at line 2", "function at line 5"}


def test_commands_and_objects_are_counted() -> None:
    shown = _profile()
    assert [(one["name"], one["count"]) for one in shown["commands"]] == [("SET", 5)]
    made = {one["kind"]: one["made"] for one in shown["objects"]}
    assert (made["table"], made["function"], made["string"]) == (6, 2, 10)  # SET answers a table


def test_a_question_after_the_time_leaves_everything() -> None:
    visitor = Visitor()
    visitor.debug(SCRIPT)
    before = visitor.move("continue", breakpoints=(10,))
    visitor.ask("DebugProfile")
    after = visitor.move("moment", moment=before["moment"])
    assert (after["line"], after["changed"], visitor.value("k5")) == (10, before["changed"], "a5")
    assert Visitor().ask("DebugProfile")["type"] == "Failure"


@pytest.mark.parametrize(
    "script",
    [
        "return 1",
        "",
        "local t = nil\nreturn t.x",
        "local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end\nreturn f(500)",
        "local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)\nreturn {co(), co(), co()}",
    ],
)
def test_any_script_has_a_profile(script: str) -> None:
    shown = _profile(script)
    assert sum(one["own"] for one in shown["functions"]) == shown["instructions"]
    assert all(bar["total"] <= shown["instructions"] for bar in shown["flame"])
