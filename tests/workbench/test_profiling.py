"""Where the time of a script goes: lines, branches, functions, the flame chart, commands and objects."""

from __future__ import annotations

from typing import Any

import pytest

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


def _profile(script: str = SCRIPT) -> Any:
    visitor = Visitor()
    visitor.debug(script)
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


def test_commands_and_objects_are_counted() -> None:
    shown = _profile()
    assert [(one["name"], one["count"]) for one in shown["commands"]] == [("SET", 5)]
    made = {one["kind"]: one["made"] for one in shown["objects"]}
    assert (made["table"], made["function"], made["string"]) == (1, 2, 10)


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
