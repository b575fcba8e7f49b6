"""Expressions, values of lines, globals and coroutines of a debugged script, as the page asks for them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workbench.test_debugging import Visitor

SCRIPT = """local seen = {a = {1, 2}, text = string.rep('x', 3000)}
local function take(key, n, ...)
  local current = tonumber(redis.call('GET', key) or '0')
  local left = current - n
  seen.a[#seen.a + 1] = left
  return left
end
local co = coroutine.wrap(function(a)
  local b = a * 2
  coroutine.yield(b)
end)
co(21)
for i = 1, 2 do
  local r = take(KEYS[1], i, 'more')
end
return #seen.a"""


@pytest.fixture
def visitor() -> Visitor:
    visitor = Visitor()
    visitor.debug(SCRIPT, argv=["x"], fixture="SET n 4")
    return visitor


def _evaluate(visitor: Visitor, *expressions: str, level: int = 0, thread: str = "") -> list[Any]:
    answer = visitor.ask("DebugEvaluate", expressions=list(expressions), level=level, thread=thread)
    return [result["problem"] or [value["text"] for value in result["values"]] for result in answer["results"]]


def test_a_watch_list_in_every_frame(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(5,))
    assert _evaluate(visitor, "left", "n, key", "...", "left ==", "") == [
        ["3"],
        ["1", '"n"'],
        ['"more"'],
        "unexpected symbol near '<eof>'",
        [],
    ]
    assert _evaluate(visitor, "i", "left", level=1) == [
        ["1"],
        "Script attempted to access nonexistent global variable 'left'",
    ]
    assert _evaluate(visitor, "redis.call('SET', key, 9)", "redis.call('GET', key)") == [["table"], ['"4"']]
    assert visitor.value("n") == "4"


def test_what_an_expression_makes_is_looked_into(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(5,))
    (result,) = visitor.ask("DebugEvaluate", expressions=["{deep = {1, seen}}, seen.text .. '!'"], level=0)["results"]
    table, text = result["values"]
    (deep,) = visitor.ask("DebugExpand", token=table["token"], offset=0)["entries"]
    inner = visitor.ask("DebugExpand", token=deep["value"]["token"], offset=0)["entries"]
    assert [(entry["name"], entry["value"]["text"]) for entry in inner] == [("1", "1"), ("2", "table")]
    names = visitor.ask("DebugExpand", token=inner[1]["value"]["token"], offset=0)["entries"]
    assert sorted(entry["name"] for entry in names) == ['"a"', '"text"']
    part = visitor.ask("DebugExpand", token=text["token"], offset=2995)["entries"][0]
    assert (part["name"], part["value"]["text"]) == ("from byte 2996", '"xxxxx!"')


@pytest.mark.parametrize(
    "token", ["1/=", '1/=0 - 0 "nosuch()"', '1/=0 - 7 "1"', "1/=x - 0 1", "1/=0 thread:9:9 0 1", "2/=0 - 0 1"]
)
def test_a_token_that_leads_nowhere_is_told(visitor: Visitor, token: str) -> None:
    answer = visitor.ask("DebugExpand", token=token, offset=0)
    assert (answer["type"], answer["message"][:10]) == ("Failure", "This value")


def test_what_has_changed_since_the_moment_before_is_marked(visitor: Visitor) -> None:
    def changed(moment: Any) -> list[str]:
        variables = moment["frames"][0]["locals"] + moment["frames"][0]["upvalues"]
        return [variable["name"] for variable in variables if variable["changed"]]

    assert changed(visitor.move("continue", breakpoints=(5,))) == []
    assert changed(visitor.move("over")) == ["seen"]
    token = next(
        variable["value"]["token"]
        for variable in visitor.move("back over")["frames"][0]["upvalues"]
        if variable["name"] == "seen"
    )
    (list_,) = [e for e in visitor.ask("DebugExpand", token=token, offset=0)["entries"] if e["name"] == '"a"']
    assert [e["changed"] for e in visitor.ask("DebugExpand", token=list_["value"]["token"], offset=0)["entries"]] == [
        False,
        False,
    ]
    visitor.move("over")
    entries = visitor.ask("DebugExpand", token=list_["value"]["token"], offset=0)["entries"]
    assert [(entry["name"], entry["changed"]) for entry in entries] == [("1", False), ("2", False), ("3", True)]
    assert visitor.ask("DebugExpand", token=token, offset=0)["entries"][0]["changed"]


def test_the_values_of_lines(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(5,))
    shown = [
        (line["line"], [(variable["name"], variable["value"]["text"]) for variable in line["variables"]])
        for line in visitor.ask("DebugLineValues", level=0)["lines"]
    ]
    assert shown == [(2, [("key", '"n"'), ("n", "1"), ("arg", "table")]), (3, [("current", "4")]), (4, [("left", "3")])]
    outer = visitor.ask("DebugLineValues", level=1)["lines"]
    assert [(line["line"], line["variables"][0]["name"]) for line in outer] == [
        (1, "seen"),
        (7, "take"),
        (8, "co"),
        (13, "i"),
    ]


def test_globals_and_coroutines_are_sections(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(5,))
    shown = visitor.ask("DebugGlobals")
    assert [variable["name"] for variable in shown["variables"]] == ["KEYS", "ARGV", "_G"]
    (keys,) = visitor.ask("DebugExpand", token=shown["variables"][0]["value"]["token"], offset=0)["entries"]
    assert keys["value"]["text"] == '"n"'
    (coroutine,) = shown["coroutines"]
    assert coroutine["status"] == "suspended"
    assert [(frame["function"], frame["line"]) for frame in coroutine["frames"]] == [
        ("yield", None),
        ("function at line 8", 10),
    ]
    assert _evaluate(visitor, "a, b", level=1, thread=coroutine["token"]) == [["21", "42"]]
    assert visitor.ask("DebugEvaluate", expressions=["1"], level=0, thread="table:0:1")["type"] == "Failure"


def test_nothing_is_evaluated_where_nothing_is_debugged() -> None:
    answer = Visitor().ask("DebugEvaluate", expressions=["1"], level=0)
    assert answer == {"type": "Failure", "message": "No script is being debugged: press Debug first."}


def test_a_function_of_a_library_is_asked_the_same_way() -> None:
    visitor = Visitor()
    library = "#!lua name=l\nlocal hits = 7\nredis.register_function('f', function(keys, args)\n"
    library += "  local n = #args\n  return n\nend)"
    visitor.debug(library, mode="FCALL", function="f", keys=["k"], argv=["a", "b"])
    visitor.move("continue", breakpoints=(5,))
    assert _evaluate(visitor, "n, args[2], keys[1]", "redis.call('PING')", "hits") == [
        ["2", '"b"', '"k"'],
        ["table"],
        "Script attempted to access nonexistent global variable 'hits'",
    ]
    assert [variable["name"] for variable in visitor.ask("DebugGlobals")["variables"]] == ["KEYS", "ARGV", "_G"]
