"""The timeline of a script that is debugged: counts of what happened in a window, and the way from one to the next."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.workbench.test_debugging import Visitor

SCRIPT = """for turn = 1, 2000 do
  redis.call('HSET', KEYS[1], 'f' .. turn % 5, turn)
  if turn % 500 == 0 then
    redis.log(redis.LOG_NOTICE, 'at ' .. turn)
    redis.call('SET', 'mark', turn)
  end
end
local failed = redis.pcall('INCR', KEYS[1])
pcall(redis.call, 'LPUSH', KEYS[1], 'a')
redis.breakpoint()
redis.call('DEL', 'mark')
return 'done'"""

NOWHERE: dict[str, Any] = {}


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    visitor = Visitor()
    visitor.debug(SCRIPT, keys=["cart"])
    return visitor


def shown(
    visitor: Visitor, first: int = 1, last: int = 10**9, buckets: int = 10, key: str = "", breakpoints: Any = NOWHERE
) -> Any:
    return visitor.ask("DebugTimeline", first=first, last=last, buckets=buckets, key=key, breakpoints=breakpoints)


def tick(
    visitor: Visitor,
    lane: str,
    *,
    near: int = 0,
    backwards: bool = False,
    key: str = "cart",
    breakpoints: Any = NOWHERE,
) -> Any:
    where = {"how": "tick", "lane": lane, "key": key, "moment": near, "backwards": backwards}
    return visitor.ask("DebugMove", **where, breakpoints=breakpoints)


def counts(timeline: Any) -> dict[str, int]:
    return {lane["name"]: lane["count"] for lane in timeline["lanes"]}


def test_what_happened_is_counted_by_kind(visitor: Visitor) -> None:
    timeline = shown(visitor)
    assert counts(timeline) == {"commands": 2007, "errors": 2, "log": 4, "breakpoints": 1, "writes": 2000}
    assert (timeline["key"], timeline["keys"]) == ("cart", ["cart", "mark"])
    assert counts(shown(visitor, key="mark"))["writes"] == 5
    assert counts(shown(visitor, breakpoints={"lines": [{"line": 4}]}))["breakpoints"] == 5


def test_windows_count_what_the_whole_does(visitor: Visitor) -> None:
    """However the recording is divided, each tick is in one bucket."""
    whole = shown(visitor)
    for buckets in (1, 7, 400):
        pieces = [0] * len(whole["lanes"])
        edges = [1, 50, 51, 9_999, whole["last"] + 1]
        for first, after in pairwise(edges):
            window = shown(visitor, first, after - 1, buckets)
            span = after - first
            assert all(len(lane["counts"]) == min(buckets, span) for lane in window["lanes"])
            pieces = [sum(lane["counts"]) + piece for lane, piece in zip(window["lanes"], pieces, strict=True)]
        assert pieces == list(counts(whole).values())


def test_one_moment_a_bucket_is_as_near_as_it_gets(visitor: Visitor) -> None:
    moment = tick(visitor, "log")["moment"]
    visitor.move("moment", 1)
    (commands, _, log, _, _) = shown(visitor, moment - 2, moment + 2, 500)["lanes"]
    assert (log["counts"], commands["counts"]) == ([0, 0, 1, 0, 0], [0, 0, 0, 0, 0])


def test_a_window_beyond_the_end_is_the_last_moment(visitor: Visitor) -> None:
    whole = shown(visitor)
    assert (whole["first"], shown(visitor, 10**9, 5)["first"]) == (1, whole["last"])
    assert shown(visitor, -5, -9, -3)["last"] == 1


@pytest.mark.parametrize(
    ("lane", "count", "lines"),
    [("errors", 2, [8, 9]), ("log", 4, [4] * 4), ("breakpoints", 1, [11])],
)
def test_each_of_a_lane_is_gone_to_forwards_and_back(visitor: Visitor, lane: str, count: int, lines: list[int]) -> None:
    visitor.move("moment", 1)
    found = [tick(visitor, lane) for _ in lines]
    assert [moment["line"] for moment in found] == lines
    assert found[-1]["stopped"].endswith(f"{count} of {count}")
    assert tick(visitor, lane)["finished"]  # there is no other
    back = [tick(visitor, lane, backwards=True)["moment"] for _ in lines]
    assert back == [moment["moment"] for moment in reversed(found)]
    assert tick(visitor, lane, backwards=True)["moment"] == 1


def test_the_nearest_is_gone_to(visitor: Visitor) -> None:
    last = tick(visitor, "writes", near=10**9, key="mark")
    assert (last["line"], last["stopped"]) == (11, "Write 5 of 5 of mark")
    assert tick(visitor, "writes", near=last["moment"] - 1, key="mark")["moment"] == last["moment"]
    assert tick(visitor, "writes", near=1, key="mark")["line"] == 5
    nowhere = tick(visitor, "writes", near=1, key="other")
    assert (nowhere["finished"], nowhere["stopped"]) == (True, "There is no write of other.")


def test_a_line_of_the_log_is_gone_to_by_its_number(visitor: Visitor) -> None:
    third = visitor.move("log", 3)
    assert (third["line"], [line["message"] for line in third["log"]]) == (4, ["at 500", "at 1000"])
    assert visitor.move("log", 99)["finished"]


def test_a_key_that_cannot_be_read_is_told(visitor: Visitor) -> None:
    assert "quote that is not closed" in shown(visitor, key='"half')["message"]


def test_what_the_last_command_changed_is_told_by_element(visitor: Visitor) -> None:
    assert visitor.move("moment", 1)["last_change"] == {"command": 0, "changes": [], "count": 0}
    visitor.move("command", 7)
    after = visitor.move("over")
    change = after["last_change"]
    (element,) = change["changes"][0]["elements"]
    assert (change["command"], change["count"], change["changes"][0]["key"]) == (7, 1, "cart")
    assert (element["element"], element["before"], element["after"]) == ("f2", "2", "7")
    assert visitor.move("into", known=after["number"])["last_change"] is None  # as told before
    visitor.move("error")
    visitor.move("over")
    deleted = visitor.move("moment", 10**9)["last_change"]
    assert [(change["key"], change["type_after"]) for change in deleted["changes"]] == [("mark", None)]


def test_what_the_last_command_changed_is_the_same_whichever_way_it_is_reached() -> None:
    visitor = Visitor()
    last = visitor.debug(SCRIPT.replace("2000", "300"), keys=["cart"])["last"]
    forwards = [visitor.move("moment", moment)["last_change"] for moment in range(1, last, 97)]
    backwards = [visitor.move("moment", moment)["last_change"] for moment in range(1, last, 97)[::-1]]
    assert forwards == backwards[::-1]


def test_a_key_that_everything_is_emptied_of_is_written() -> None:
    visitor = Visitor()
    visitor.debug("redis.call('SET', 'a', 1) redis.call('FLUSHALL') redis.call('SET', 'b', 1) return 1")
    assert counts(shown(visitor, key="a"))["writes"] == 2
    assert tick(visitor, "writes", near=10**9, key="a")["stopped"] == "Write 2 of 2 of a"


def test_a_key_of_another_database_is_another_key() -> None:
    visitor = Visitor()
    script = "redis.call('SET', 'k', 1)\nredis.call('SELECT', 2)\nredis.call('SET', 'k', 2)\nredis.call('INCR', 'k')\n"
    visitor.debug(script + "redis.call('SET', 'k (db 2)', 1)\nreturn redis.call('FLUSHDB')")
    timeline = shown(visitor)
    assert timeline["keys"] == ["k (db 2)", "k (db 2) (db 2)", "k"]
    assert counts(timeline)["writes"] == 3
    assert counts(shown(visitor, key="k"))["writes"] == 1
    assert counts(shown(visitor, key="k (db 2) (db 2)"))["writes"] == 2
    assert tick(visitor, "writes", near=10**9, key="k")["line"] == 1
    moved = tick(visitor, "writes", near=1, key="k (db 2)")
    assert (moved["line"], moved["stopped"]) == (3, "Write 1 of 3 of k (db 2)")
