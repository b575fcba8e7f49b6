"""Who wrote this, and where does it come from: asked of a debugged script."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workbench.test_debugging import Visitor

SCRIPT = """local prices = {apple = 3}
local function price_of(name)
  local found = redis.call('HGET', 'prices', name)
  return found
end
local total = 0
local function add(name)
  local price = tonumber(price_of(name))
  total = total + (price or 1)
  prices[name] = price
  redis.call('INCR', KEYS[1])
  redis.call('HSET', 'bill', name, total)
  return price
end
add('apple')
local last = add('pear')
local t = {last = 7}
t.deep = {last, total}
redis.call('SET', 'other', 1)
return last + 1"""

FIXTURE = "HSET prices apple 3\nSET n 4"


@pytest.fixture
def visitor() -> Visitor:
    visitor = Visitor()
    visitor.debug(SCRIPT, fixture=FIXTURE)
    return visitor


def _ask(visitor: Visitor, of: str, **fields: Any) -> Any:
    return visitor.ask("DebugOrigin", of=of, **fields)


def _writes(answer: Any) -> list[tuple[int, str, str]]:
    return [(write["stack"][0]["line"], write["text"], write["when"]) for write in answer["writes"]]


def _links(answer: Any) -> list[tuple[int, str]]:
    return [(link["line"], link["text"]) for link in answer["links"]]


def test_the_writes_of_a_key_with_line_and_stack(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(16,))
    answer = _ask(visitor, "key", name="n")
    assert _writes(answer) == [(11, "4 → 5", "last"), (11, "5 → 6", "next")]
    assert [write["command"] for write in answer["writes"]] == ["INCR n", "INCR n"]
    assert answer["writes"][1]["stack"] == [
        {"function": "function at line 7", "line": 11},
        {"function": "main chunk", "line": 16},
    ]
    at = visitor.move("moment", moment=answer["writes"][1]["moment"])
    assert (at["line"], visitor.value("n")) == (11, "5")


def test_the_writes_of_an_element(visitor: Visitor) -> None:
    visitor.move("continue")
    answer = _ask(visitor, "key", name="bill", element="pear")
    assert _writes(answer) == [(12, "pear nothing → 4", "last")]
    assert _ask(visitor, "key", name="bill")["writes_total"] == 2
    assert _ask(visitor, "key", name="prices")["problem"] == "Nothing of the script has written it."


def test_the_writes_of_a_variable_also_where_it_is_captured(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(17,))
    answer = _ask(visitor, "variable", name="total")
    assert _writes(answer) == [(6, "0", ""), (9, "3", ""), (9, "4", "last")]
    assert _links(answer) == [(9, "became the value of total"), (9, "was computed here")]
    visitor.move("moment", moment=answer["writes"][1]["moment"])
    inside = _ask(visitor, "variable", name="total")
    assert _writes(inside) == [(6, "0", "last"), (9, "3", "next"), (9, "4", "")]
    assert _writes(_ask(visitor, "variable", name="name"))[0][1] == '"apple"'


def test_a_value_is_followed_through_functions_to_the_reply_it_was(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(17,))
    assert _links(_ask(visitor, "variable", name="last")) == [
        (16, "became the value of last"),
        (13, "was returned by add"),
        (8, "became the value of price"),
        (8, "is what tonumber made of its argument"),
        (4, "was returned by price_of"),
        (3, "became the value of found"),
        (3, "is the reply of HGET prices pear: (nil)"),
    ]


def test_a_field_by_the_way_to_it(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(20,))
    answer = _ask(visitor, "variable", name="t", path=['"deep"', "2"])
    assert _writes(answer) == [(18, "4", "last")]
    assert _links(answer)[0] == (18, "was put into the field 2")
    assert _links(answer)[1:] == [(9, "became the value of total"), (9, "was computed here")]
    apple = _ask(visitor, "variable", name="prices", path=['"apple"'])
    assert _writes(apple) == [(1, "3", ""), (10, "3", "last")]
    never = _ask(visitor, "variable", name="t", path=['"nosuch"'])
    assert _links(never) == [(17, "nobody has set the field nosuch of the table made here")]


def test_what_was_nil_in_an_error(visitor: Visitor) -> None:
    end = visitor.move("continue")
    assert end["problem"]["line"] == 20
    answer = _ask(visitor, "error")
    assert answer["title"] == "nil in line 20, where the script failed"
    assert _links(answer)[-1] == (3, "is the reply of HGET prices pear: (nil)")


@pytest.mark.parametrize(
    ("script", "end"),
    [
        ("local x\nreturn x.y", "x was declared without a value"),
        ("local function f(a, b)\n  return b + 1\nend\nreturn 1 + f(1)", "b is nil: this call passes fewer arguments"),
        ("local function f() end\nlocal r = f()\nreturn r .. 'x'", "f returned fewer values here, so it is nil"),
        ("local t = {}\nlocal x = t.a\nreturn x < 1", "nobody has set the field a of the table made here"),
        ("local x = false\nredis.call('SET', 'k', x)\nreturn 1", "is written out here"),
        ("return ARGV[1] + 1", "came with the call of the script, or through a library function"),
        ("local t = redis.call('MGET', 'a', 'b')\nreturn t[2] + 1", "is the reply of MGET a b: 1) (nil)\n2) (nil)"),
    ],
)  # fmt: skip
def test_where_what_is_not_there_comes_from(script: str, end: str) -> None:
    visitor = Visitor()
    visitor.debug(script)
    visitor.move("continue")
    answer = _ask(visitor, "error")
    assert (answer["problem"], answer["links"][-1]["text"]) == ("", end)


def test_where_the_reply_comes_from() -> None:
    visitor = Visitor()
    visitor.debug("local n = redis.call('INCR', 'n')\nlocal function f(x) return x end\nlocal r = f(n)\nreturn r")
    visitor.move("continue")
    answer = _ask(visitor, "reply")
    assert [link["text"] for link in answer["links"]] == [
        "became the value of r",
        "was returned by f",
        "was passed as the argument x",
        "became the value of n",
        "is the reply of INCR n: (integer) 1",
    ]


def test_a_question_leaves_the_moment_and_the_keyspace_as_they_are(visitor: Visitor) -> None:
    before = visitor.move("continue", breakpoints=(12,))
    _ask(visitor, "key", name="n")
    _ask(visitor, "variable", name="price")
    after = visitor.move("moment", moment=before["moment"])
    assert after.pop("number") == before.pop("number") + 1
    for moment in (before, after):
        for frame in moment["frames"]:
            for variable in [*frame["locals"], *frame["upvalues"]]:
                variable["changed"] = variable["value"]["token"] = None
    assert after == before
    assert visitor.value("n") == "5"


def test_questions_that_have_no_answer_are_told(visitor: Visitor) -> None:
    visitor.move("continue", breakpoints=(17,))
    assert (
        _ask(visitor, "variable", name="nosuch")["problem"] == "There is no variable of that name in this function now."
    )
    assert _ask(visitor, "variable", name="total", path=["1"])["problem"].startswith("Where this table was made")
    visitor.move("moment", moment=1)
    assert _ask(Visitor(), "reply")["type"] == "Failure"
