"""A variable gets another value in the middle of a debugged script: a new recording begins."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workbench.test_debugging import Visitor

SCRIPT = """local limit = 3
local state = {deep = {n = 1}, open = true}
local function take(n)
  local left = limit - n
  redis.call('INCRBY', KEYS[1], left)
  return left
end
local first = take(1)
local second = take(2)
return {first, second, limit, state.deep.n}"""


@pytest.fixture
def visitor() -> Visitor:
    visitor = Visitor()
    visitor.debug(SCRIPT, fixture="SET n 10")
    return visitor


def _set(visitor: Visitor, name: str, expression: str, level: int = 0, path: tuple[str, ...] = ()) -> Any:
    return visitor.ask("DebugSet", name=name, level=level, path=list(path), expression=expression)


def _held(moment: Any, name: str) -> Any:
    frame = moment["frames"][0]
    return next(one["value"]["text"] for one in [*frame["locals"], *frame["upvalues"]] if one["name"] == name)


def test_a_local_of_the_function(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(5,))
    answer = _set(visitor, "left", "left + limit * 10")
    assert (answer["problem"], answer["settings"]) == ("", ["left = 32"])
    assert answer["before"] == "1) (integer) 2\n2) (integer) 1\n3) (integer) 3\n4) (integer) 1"
    assert answer["now"] == "1) (integer) 32\n2) (integer) 1\n3) (integer) 3\n4) (integer) 1"
    assert (_held(answer["moment"], "left"), answer["moment"]["line"]) == ("32", 5)
    assert visitor.move("over")["line"] == 6
    assert visitor.value("n") == "42"
    assert _held(visitor.move("back over"), "left") == "32"
    assert visitor.value("n") == "10"
    assert visitor.move("moment", moment=answer["moment"]["moment"] - 1)["line"] == 4
    assert _held(visitor.move("over"), "left") == "32"
    assert visitor.move("over")["line"] == 6
    visitor.move("continue")
    assert visitor.value("n") == "43"


def test_an_upvalue_and_a_variable_of_a_caller(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(4,))
    assert _set(visitor, "limit", "100")["now"].splitlines()[:3] == [
        "1) (integer) 99",
        "2) (integer) 98",
        "3) (integer) 100",
    ]
    visitor.debug(SCRIPT, fixture="SET n 10")
    visitor.move("continue", breakpoints=(5,))
    assert _set(visitor, "limit", "7", level=1)["now"].splitlines()[1:3] == ["2) (integer) 5", "3) (integer) 7"]


def test_a_field_of_a_table(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(9,))
    answer = _set(visitor, "state", "'other'", path=('"deep"', '"n"'))
    assert (answer["settings"], answer["now"].splitlines()[3]) == (['state["deep"]["n"] = "other"'], '4) "other"')
    again = _set(visitor, "state", "nil", path=('"deep"', '"n"'))
    assert again["before"] == answer["now"]
    assert len(again["now"].splitlines()) == 3


def test_what_was_set_last_is_taken_back(visitor: Visitor) -> None:
    first = visitor.move("continue", breakpoints=(5,))
    _set(visitor, "left", "50")
    visitor.move("continue", breakpoints=(9,))
    second = _set(visitor, "limit", "9")
    assert second["settings"] == ["left = 50", "limit = 9"]
    back = visitor.ask("DebugSet", name="", level=0, path=[], expression="", take_back=True)
    assert back["settings"] == ["left = 50"]
    back = visitor.ask("DebugSet", name="", level=0, path=[], expression="", take_back=True)
    assert (back["settings"], back["now"].splitlines()[0]) == ([], "1) (integer) 2")
    again = visitor.move("moment", moment=first["moment"])
    assert (again["line"], _held(again, "left")) == (5, "2")
    empty = visitor.ask("DebugSet", name="", level=0, path=[], expression="", take_back=True)
    assert empty["problem"] == "Nothing was set."


def test_setting_earlier_forgets_what_was_set_later(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(9,))
    _set(visitor, "limit", "9")
    visitor.move("moment", moment=1)
    visitor.move("continue", breakpoints=(5,))
    assert _set(visitor, "left", "1")["settings"] == ["left = 1"]


@pytest.mark.parametrize(
    ("name", "expression", "path", "problem"),
    [
        ("nosuch", "1", (), "There is no such variable"),
        ("limit", "1 +", (), "unexpected symbol"),
        ("limit", "nosuch", (), "Script attempted to access"),
        ("limit", "1", ("1",), "There is no such variable"),
        ("limit", "(function() while true do end end)()", (), "cut: "),
    ],
)
def test_what_cannot_be_set_leaves_the_recording(
    visitor: Visitor, name: str, expression: str, path: tuple[str, ...], problem: str
) -> None:
    before = visitor.move("continue", breakpoints=(5,))
    answer = _set(visitor, name, expression, path=path)
    assert answer["problem"].startswith(problem)
    assert answer["moment"] is None
    assert visitor.move("moment", moment=before["moment"])["line"] == 5


def test_at_the_end_there_is_nothing_to_set(visitor: Visitor) -> None:
    visitor.move("continue")
    assert _set(visitor, "limit", "1")["problem"].startswith("The script has ended")
    assert Visitor().ask("DebugSet", name="", level=0, path=[], expression="")["type"] == "Failure"


def test_the_same_moment_is_the_same_whichever_way_it_is_reached(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(5,))
    _set(visitor, "left", "50")
    visitor.move("continue", breakpoints=(9,))
    last = _set(visitor, "first", "'x'")["moment"]["last"]
    _walk(visitor, last)


def test_the_origin_of_what_was_set(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(5,))
    _set(visitor, "left", "50")
    writes = visitor.ask("DebugOrigin", of="key", name="n")["writes"]
    assert [write["text"] for write in writes] == ["10 → 60", "60 → 61"]


WHATEVER = """local list = {1, 2}
local other = {9}
local step = function(n) return n + 1 end
local work = coroutine.wrap(function() for i = 1, 9 do coroutine.yield(i) end end)
local count = 0
for turn = 1, 3 do
  local twice = turn * 2
  list[#list + 1] = step(twice)
  count = count + work()
end
list[#list + 1] = count
return {list, other}"""


def _numbers(reply: str) -> str:
    return " ".join(line.rpartition("(integer) ")[2] for line in reply.splitlines())


@pytest.mark.parametrize(
    ("name", "expression", "reply"),
    [
        ("list", "{7, {8}, other[1]}", "7 8 9 3 5 7 6 9"),
        ("list", "other", "9 3 5 7 6 9 3 5 7 6"),
        ("other", "(function() list[1] = 100 return {list[2]} end)()", "100 2 3 5 7 6 2"),
        # A function keeps the variables that it sees: of the script, or as they are when they end here.
        ("step", "function(n) count = count + 100 return n * turn end", "1 2 2 4 6 306 9"),
        ("step", "(function(f) return function(n) return f(f(n)) end end)(step)", "1 2 4 6 8 6 9"),
        ("work", "(work() and work() and work)", "1 2 3 5 7 12 9"),
        ("work", "coroutine.wrap(function() for i = 10, 30, 10 do coroutine.yield(i) end end)", "1 2 3 5 7 60 9"),
    ],
)
def test_any_value_that_an_expression_makes(name: str, expression: str, reply: str) -> None:
    visitor = Visitor()
    visitor.debug(WHATEVER)
    visitor.move("continue", breakpoints=(8,))
    answer = _set(visitor, name, expression)
    assert (answer["problem"], answer["settings"]) == ("", [f"{name} = {expression}"])
    assert _numbers(answer["before"]) == "1 2 3 5 7 6 9"
    assert _numbers(answer["now"]) == reply
    _walk(visitor, answer["moment"]["last"])
    for of in ("reply", "variable"):
        assert visitor.ask("DebugOrigin", of=of, name="list")["title"]
    back = visitor.ask("DebugSet", name="", level=0, path=[], expression="", take_back=True)
    assert _numbers(back["now"]) == "1 2 3 5 7 6 9"


def test_a_variable_of_a_block_is_kept_by_a_function_as_it_is() -> None:
    visitor = Visitor()
    visitor.debug(WHATEVER)
    visitor.move("continue", breakpoints=(8,))
    assert _numbers(_set(visitor, "step", "function() return twice end")["now"]) == "1 2 2 2 2 6 9"


def test_what_the_expression_does_belongs_to_the_step(visitor: Visitor) -> None:
    at = visitor.move("continue", breakpoints=(5,))
    answer = _set(visitor, "left", "{redis.call('INCRBY', KEYS[1], 100), redis.call('GET', KEYS[1])}[1]")
    assert "expected near" in answer["problem"]
    answer = _set(visitor, "left", "({redis.call('INCRBY', KEYS[1], 100), redis.call('GET', KEYS[1])})[1]")
    assert answer["settings"] == ["left = 110"]
    assert answer["now"].startswith("1) (integer) 110\n")
    assert [command["line"] for command in answer["moment"]["commands"]] == [5, 5]
    assert visitor.value("n") == "110"
    assert visitor.move("moment", moment=at["moment"] - 1)["commands_issued"] == 0
    assert visitor.value("n") == "10"
    assert visitor.move("moment", moment=at["moment"])["commands_issued"] == 2
    _walk(visitor, answer["moment"]["last"])
    writes = visitor.ask("DebugOrigin", of="key", name="n")["writes"]
    assert [write["text"] for write in writes] == ["10 → 110", "110 → 220", "220 → 221"]


def test_the_console_changes_the_keyspace_of_the_moment(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(9,))
    assert visitor.value("n") == "12"
    answer = visitor.ask("Console", line="2 INCRBY n 1000")
    assert (answer["text"], answer["is_error"]) == ("(integer) 1012\n(integer) 2012", False)
    was_set = answer["was_set"]
    assert (was_set["settings"], was_set["moment"]["line"]) == (["INCRBY n 1000; INCRBY n 1000"], 9)
    assert visitor.value("n") == "2012"
    answer = visitor.ask("Console", line="APPEND other x")
    assert answer["was_set"]["moment"]["moment"] == was_set["moment"]["moment"]
    _walk(visitor, answer["was_set"]["moment"]["last"])
    visitor.move("moment", moment=answer["was_set"]["moment"]["moment"])
    for moved, text in (("over", '"2013"'), ("back over", '"2012"')):
        visitor.move(moved)
        assert visitor.ask("Console", line="GET n")["text"] == text
    writes = visitor.ask("DebugOrigin", of="key", name="n")["writes"]
    assert [write["text"] for write in writes] == ["10 → 12", "12 → 1012", "1012 → 2012", "2012 → 2013"]
    for expected in ("2012", "12"):
        visitor.ask("DebugSet", name="", level=0, path=[], expression="", take_back=True)
        assert visitor.value("n") == expected
    visitor.move("continue")
    assert visitor.value("n") == "13"


def test_what_the_console_does_to_another_database(visitor: Visitor) -> None:
    visitor.ask("Console", line="SELECT 3")
    visitor.debug(SCRIPT, fixture="SET n 10")
    visitor.move("continue", breakpoints=(5,))
    answer = visitor.ask("Console", line="SET n 7")
    assert (answer["text"], answer["was_set"]["moment"]["changes"][0]["database"]) == ("OK", 3)
    assert visitor.ask("Console", line="GET n")["text"] == '"7"'
    assert visitor.value("n") == "10"
    visitor.move("continue")
    assert visitor.value("n") == "13"


def test_what_changes_nothing_begins_no_recording(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(5,))
    for line, text in (
        ("DEL nosuch", "(integer) 0"),
        ("LPUSH n x", "(error) WRONGTYPE"),
        ("SET n", "(error) ERR wrong"),
    ):
        answer = visitor.ask("Console", line=line)
        assert (answer["text"].startswith(text), answer["was_set"]) == (True, None)
    answer = visitor.ask("Console", line="1001 INCR n")
    assert (answer["is_error"], answer["was_set"], visitor.value("n")) == (True, None, "10")
    visitor.move("continue")
    assert visitor.ask("Console", line="SET n 7")["text"].startswith("The script that is debugged has ended")
    assert visitor.value("n") == "13"


def _walk(visitor: Visitor, last: int) -> None:
    """Every moment is the same whichever way it is reached."""
    seen: dict[int, Any] = {}
    for moment in [*range(1, last + 1), *range(last, 0, -1), *range(1, last + 1, 3), *range(last, 0, -7)]:
        shown = visitor.move("moment", moment=moment)
        texts = [[(one["name"], one["value"]["text"]) for one in frame["locals"]] for frame in shown["frames"]]
        now = (shown["line"], texts, visitor.value("n"), shown["commands_issued"], shown["reply"])
        assert seen.setdefault(moment, now) == now


def test_a_function_that_was_typed_stands_on_no_line_of_the_script(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(8,))
    _set(visitor, "take", "function(n)\n\n\nlocal left = n\nredis.call('SET', 'typed', n)\nreturn n end")
    moved = visitor.move("tick", moment=1)
    assert moved["stopped"] == "Command 1 of 2"
    assert moved["frames"][0]["function"] == "take of expression"
    assert (moved["line"], moved["frames"][0]["line"], moved["frames"][1]["line"]) == (8, None, 8)
