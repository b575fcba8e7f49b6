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
    assert _held(visitor.move("back over"), "left") == "2"
    assert visitor.value("n") == "10"
    assert _held(visitor.move("over"), "left") == "32"
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
        ("limit", "{}", (), "Only nil, true, false"),
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
    seen: dict[int, Any] = {}
    order = [*range(1, last + 1), *range(last, 0, -1), *range(1, last + 1, 3), *range(last, 0, -7)]
    for moment in order:
        shown = visitor.move("moment", moment=moment)
        texts = [[(one["name"], one["value"]["text"]) for one in frame["locals"]] for frame in shown["frames"]]
        assert seen.setdefault(moment, (shown["line"], texts, visitor.value("n"))) == (
            shown["line"],
            texts,
            visitor.value("n"),
        )


def test_the_origin_of_what_was_set(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(5,))
    _set(visitor, "left", "50")
    writes = visitor.ask("DebugOrigin", of="key", name="n")["writes"]
    assert [write["text"] for write in writes] == ["10 → 60", "60 → 61"]
