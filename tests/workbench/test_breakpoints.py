"""Breakpoints: dialogues of moves and where they end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferrous_vm.workbench.breakpoints import SEARCH_STOPPED
from ferrous_vm.workbench.debugging import RECORDING_STOPPED
from pyodide_bridge.bridge import Bridge, to_json

TAKE = """local function take(key, count)
  local left = tonumber(redis.call('GET', key) or '10')
  left = left - count
  if left >= 0 then redis.call('SET', key, left) end
  return left
end
local results = {}
for turn = 1, 5 do
  results[turn] = take(KEYS[1], turn)
end
return results"""

ERRORS = """local ok = pcall(function()
  error('swallowed')
end)
local list = {}
return list.none.more"""


ENDLESS = "(function() while true do end end)()"


def ask(bridge: Bridge, **request: Any) -> Any:
    return json.loads(to_json(bridge.answer(json.dumps(request))))


class Dialogue:
    """A script that is debugged; `stops` are the lines where `continue` ends, until the script does."""

    def __init__(self, script: str, **breakpoints: Any) -> None:
        self.bridge = Bridge()
        self.breakpoints = breakpoints
        self.moment = ask(self.bridge, type="Debug", script=script, keys=["k"], argv=[], fixture="SET other 1")

    def move(self, how: str, backwards: bool = False) -> Any:
        where = {"how": how, "backwards": backwards, "moment": 0}
        self.moment = ask(self.bridge, type="DebugMove", **where, breakpoints=self.breakpoints)
        return self.moment

    def stops(self, backwards: bool = False) -> list[tuple[int | None, str]]:
        found = []
        while True:
            moment = self.move("continue", backwards)
            if moment["finished"] or moment["moment"] == 1:
                return found
            found.append((moment["line"], moment["stopped"]))

    def hits(self) -> Any:
        return ask(self.bridge, type="DebugHits", breakpoints=self.breakpoints)


def test_a_condition_decides_and_is_taken_back() -> None:
    dialogue = Dialogue(TAKE, lines=[{"line": 4, "condition": "redis.call('INCR', 'seen') and left < 5"}])
    assert dialogue.stops() == [(4, "Line 4, time 1"), (4, "Line 4, time 2"), (4, "Line 4, time 3")]
    assert [change["key"] for change in dialogue.moment["changes"]] == ["k"]
    assert [line for line, _ in dialogue.stops(backwards=True)] == [4, 4, 4]


def test_hits_are_counted_of_those_where_the_condition_holds() -> None:
    dialogue = Dialogue(TAKE, lines=[{"line": 4, "condition": "left < 8", "hits": 3}])
    assert dialogue.stops() == [(4, "Line 4, time 3"), (4, "Line 4, time 4")]


def test_a_condition_that_fails_shows_its_error_and_stops() -> None:
    dialogue = Dialogue(TAKE, lines=[{"line": 9, "condition": "none.more"}])
    line, said = dialogue.stops()[0]
    assert (line, said) == (9, "Line 9: attempt to index global 'none' (a nil value)") or "none" in said


def test_an_endless_condition_is_cut() -> None:
    dialogue = Dialogue(TAKE, lines=[{"line": 7, "condition": ENDLESS}])
    assert dialogue.stops() == [(7, "Line 7: cut: it did not end after 50000 instructions")]


def test_a_log_tells_of_all_hits_at_once_and_stops_nowhere() -> None:
    dialogue = Dialogue(TAKE, lines=[{"line": 4, "log": "left {left}, {key}{'!'}"}, {"line": 10}])
    assert dialogue.stops() == []
    hits = dialogue.hits()
    assert [hit["text"] for hit in hits["hits"]] == [f'left {left}, "k""!"' for left in (9, 7, 4, 0, -5)]
    assert (hits["count"], hits["is_whole"], {hit["line"] for hit in hits["hits"]}) == (5, True, {4})
    assert all(hit["is_log"] and not hit["is_error"] for hit in hits["hits"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{#{1, {2}}} of {({a = 'x'}).a}", '2 of "x"'),
        ("it's {'}'}, {\"{\"} and {[[}]]}", 'it\'s "}", "{" and "}"'),
        ("{ and {1} and {", "{ and 1 and {"),
        ("} {1", "} {1"),
        ("plain", "plain"),
    ],
)
def test_an_expression_in_a_text_may_have_braces_of_its_own(text: str, told: str) -> None:
    dialogue = Dialogue("return 1", lines=[{"line": 1, "log": text}])
    assert [hit["text"] for hit in dialogue.hits()["hits"]] == [told]


def test_what_is_met_within_a_line_is_told_with_that_line() -> None:
    script = "local function f()\n  return 'k'\nend\nredis.call('GET', f())\nreturn f() + 1"
    dialogue = Dialogue(script, errors="all", keys=[{"key": "k", "on": "touched"}])
    assert [hit["line"] for hit in dialogue.hits()["hits"]] == [4, 5]
    assert [line for line, _ in dialogue.stops()] == [4, 5]


@pytest.mark.parametrize(("which", "lines"), [("none", []), ("uncaught", [5]), ("all", [2, 5])])
def test_errors_stop_before_the_step_that_raises_them(which: str, lines: list[int]) -> None:
    dialogue = Dialogue(ERRORS, errors=which)
    stops = dialogue.stops()
    assert [line for line, _ in stops] == lines
    if which == "all":
        assert stops[0][1] == "The next step raises an error, which is caught: user_script:2: swallowed"
        assert stops[1][1].startswith("The next step raises an error: user_script:5: attempt to index field 'none'")


@pytest.mark.parametrize(
    ("on", "lines"), [("read", [2, 2, 2, 2, 2]), ("written", [4, 4, 4, 4]), ("touched", [2, 4] * 4 + [2])]
)
def test_a_key_stops_before_the_commands_that_touch_it(on: str, lines: list[int]) -> None:
    dialogue = Dialogue(TAKE, keys=[{"key": "k", "on": on}, {"key": "other", "on": "touched"}])
    assert [line for line, _ in dialogue.stops()] == lines


def test_a_key_that_is_found_expired() -> None:
    bridge = Bridge()
    ask(bridge, type="SetClock", clock=1_700_000_000)
    ask(bridge, type="Console", line="SET gone 1 EX 10")
    call = {"script": "local a = 1\nreturn redis.call('GET', 'gone')", "keys": [], "argv": []}
    ask(bridge, type="Debug", **call, clock=1_700_000_100, fresh=False)
    where = {"how": "continue", "backwards": False, "moment": 0}
    answer = ask(bridge, type="DebugMove", **where, breakpoints={"keys": [{"key": "gone", "on": "expired"}]})
    assert (answer["line"], answer["stopped"]) == (2, "The next command finds expired gone")


def test_a_variable_stops_where_its_value_has_changed() -> None:
    dialogue = Dialogue(TAKE, changes=[{"expression": "left", "function": 1}])
    assert dialogue.stops()[:2] == [(3, "left: nil became 10"), (4, "left: 10 became 9")]
    dialogue = Dialogue(TAKE, changes=[{"expression": "results[3]", "function": 0}])
    assert dialogue.stops() == [(8, "results[3]: nil became 4")]


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("left.(", "left.(: '<name>' expected near '('"),
        ("nosuch", "nosuch: Script attempted to access nonexistent global variable 'nosuch'"),
        (ENDLESS, "cut: it did not end after 50000 instructions"),
    ],
)
def test_what_is_nowhere_to_be_had_says_so(expression: str, sentence: str) -> None:
    dialogue = Dialogue(TAKE, changes=[{"expression": expression, "function": -1}])
    (hit,) = dialogue.hits()["hits"]
    assert (hit["moment"], hit["line"], hit["is_error"]) == (1, 6, True)
    assert hit["text"].endswith(sentence)


@pytest.mark.parametrize("line", [{"line": 2, "condition": ENDLESS}, {"line": 2, "log": "{" + ENDLESS + "}"}])
def test_what_is_cut_again_and_again_is_tried_no_more(line: dict[str, Any]) -> None:
    """Twenty thousand times a second would be hours."""
    dialogue = Dialogue("for turn = 1, 100 do\n  redis.call('INCR', 'n')\nend", lines=[line])
    hits = dialogue.hits()
    assert (len(hits["hits"]), hits["is_whole"]) == (10, False)
    assert {hit["text"] for hit in hits["hits"]} == {"Line 2: cut: it did not end after 50000 instructions"}
    assert dialogue.moment["outcome"] == "open"


def test_an_interrupt_ends_the_search_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [{"line": 9, "condition": "turn > 3"}, {"line": 4, "condition": "left > 8"}]
    dialogue = Dialogue(TAKE, lines=lines)
    workbench = dialogue.bridge.workbench
    session = workbench.debugging.opened.session
    evaluate = session.evaluate
    asked = []

    def interrupted(source: bytes, *rest: Any) -> Any:
        asked.append(source)
        workbench.interrupts.due = len(asked) == 2
        return evaluate(source, *rest)

    monkeypatch.setattr(session, "evaluate", interrupted)
    hits = dialogue.hits()
    assert (asked, hits["hits"], hits["is_whole"], hits["is_interrupted"]) == ([b"turn > 3"] * 2, [], False, True)
    # The search is gone on with when it is asked again, and what was looked at is not looked at twice.
    whole = Dialogue(TAKE, lines=lines).hits()
    assert {hit["line"] for hit in whole["hits"]} == {4, 9}
    assert dialogue.hits() == whole
    assert asked.count(b"turn > 3") == 6
    assert session.moment == 1


def test_a_move_that_is_stopped_while_it_looks_for_breakpoints_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    dialogue = Dialogue(TAKE, lines=[{"line": 9, "condition": "turn > 1", "log": "", "hits": 2}])
    interrupts = dialogue.bridge.workbench.interrupts
    session = dialogue.bridge.workbench.debugging.opened.session
    evaluate = session.evaluate
    asked = []

    def interrupted(source: bytes, *rest: Any) -> Any:
        asked.append(source)
        interrupts.due = len(asked) < 4
        return evaluate(source, *rest)

    monkeypatch.setattr(session, "evaluate", interrupted)
    tick = {"type": "DebugMove", "how": "tick", "lane": "breakpoints", "moment": 0, "breakpoints": dialogue.breakpoints}
    for move in (lambda: dialogue.move("continue"), lambda: ask(dialogue.bridge, backwards=False, **tick)):
        stayed = move()
        assert (stayed["moment"], stayed["stopped"]) == (1, SEARCH_STOPPED)
    assert ask(dialogue.bridge, backwards=False, **tick)["stopped"] == SEARCH_STOPPED
    assert (dialogue.move("continue")["line"], dialogue.moment["stopped"]) == (9, "Line 9, time 2")


def test_one_interrupt_ends_a_move_that_records_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    breakpoints = {"lines": [{"line": 9, "condition": "turn > 1", "log": "", "hits": 2}]}
    bridge = Bridge()
    ask(bridge, type="Debug", script=TAKE, keys=["k"], argv=[], patience=0)
    workbench = bridge.workbench
    session = workbench.debugging.opened.session
    where: Any = {
        "type": "DebugMove",
        "backwards": False,
        "moment": 0,
        "lane": "breakpoints",
        "breakpoints": breakpoints,
    }
    asked = 0

    def evaluate(*rest: Any) -> Any:
        nonlocal asked
        asked += 1
        workbench.interrupts.due = asked == 1
        return evaluated(*rest)

    def record(*rest: Any) -> None:
        workbench.interrupts.due = True
        recorded(*rest)

    evaluated, recorded = session.evaluate, session.record_on
    monkeypatch.setattr(session, "evaluate", evaluate)
    monkeypatch.setattr(session, "leads_beyond", lambda *_: True)
    monkeypatch.setattr(session, "record_on", record)
    for how in ("continue", "tick"):
        stayed = ask(bridge, how=how, **where)
        assert (stayed["moment"], stayed["ended"], stayed["stopped"]) == (1, "pause", RECORDING_STOPPED)
    assert asked == 0
    monkeypatch.setattr(session, "record_on", recorded)
    stayed = ask(bridge, how="continue", **where)
    assert (stayed["moment"], stayed["ended"], stayed["stopped"]) == (1, "script", SEARCH_STOPPED)
    assert ask(bridge, how="continue", **where)["stopped"] == "Line 9, time 2"


def test_a_tick_is_not_stopped_by_what_was_stopped_of_another_request(monkeypatch: pytest.MonkeyPatch) -> None:
    dialogue = Dialogue(TAKE, lines=[{"line": 9, "condition": f"turn == {ENDLESS}"}])
    tick = {"type": "DebugMove", "how": "tick", "lane": "breakpoints", "moment": 0, "breakpoints": dialogue.breakpoints}
    first = ask(dialogue.bridge, backwards=False, **tick)
    assert not first["stopped"].startswith("Stopped")
    dialogue.bridge.workbench.debugging.opened.hits.is_interrupted = True
    assert ask(dialogue.bridge, backwards=True, **tick)["stopped"] != SEARCH_STOPPED


def test_what_was_found_is_found_again() -> None:
    dialogue = Dialogue(TAKE, lines=[{"line": 9, "condition": "turn % 2 == 0"}])
    assert len(dialogue.stops()) == 2
    dialogue.breakpoints = {"lines": [{"line": 9, "condition": "turn == 5"}]}
    assert [line for line, _ in dialogue.stops(backwards=True)] == [9]


def test_commands_and_errors_are_gone_to() -> None:
    dialogue = Dialogue(TAKE)
    where = {"type": "DebugMove", "backwards": False, "breakpoints": {}}
    third = ask(dialogue.bridge, **where, how="command", moment=3)
    assert (third["line"], third["commands_issued"]) == (2, 2)
    assert ask(dialogue.bridge, **where, how="command", moment=99)["finished"]
    dialogue = Dialogue(ERRORS)
    assert ask(dialogue.bridge, **where, how="error", moment=0)["line"] == 5
    assert ask(Dialogue("return 1").bridge, **where, how="error", moment=0)["finished"]


OWN = """local x = redis.breakpoint()
redis.debug(x, {1, 2})
local t = {}
for i = 1, 2 do t[i] = redis.breakpoint() end
local function f() redis.breakpoint() return 1 end
local y = f() + f()
redis.debug('end\\226\\128\\174', y)
redis.breakpoint()
return {tostring(x), redis.debug(1) == nil}"""


def test_a_script_stops_itself_where_that_of_redis_does() -> None:
    # `redis-cli --ldb` stops there, with c, and answers what is seen here.
    dialogue = Dialogue(OWN)
    called = [(line, "redis.breakpoint() called") for line in (2, 4, 5, 5, 7, 9)]
    assert dialogue.stops() == called
    assert dialogue.moment["reply"]["text"] == '1) "true"\n2) (integer) 1'
    assert dialogue.stops(backwards=True) == called[::-1]


def test_a_stop_of_the_script_ends_a_step_over_it() -> None:
    script = "local function f()\n  redis.breakpoint()\n  return 1\nend\nlocal y = f()\nreturn y"
    dialogue = Dialogue(script)
    lines = [(dialogue.move("over")["line"], dialogue.moment["stopped"]) for _ in range(3)]
    assert lines == [(5, ""), (3, "redis.breakpoint() called"), (6, "")]
    assert dialogue.move("over", backwards=True)["line"] == 3


def test_what_a_script_shows_its_debugger_is_told_with_line_and_moment() -> None:
    dialogue = Dialogue(OWN, lines=[{"line": 3, "log": "three"}])
    hits = [hit for hit in dialogue.hits()["hits"] if hit["is_log"]]
    assert [(hit["line"], hit["text"]) for hit in hits] == [
        (2, "true, {1; 2}"),
        (3, "three"),
        (7, '"end\\xe2\\x80\\xae", 2'),
        (9, "1"),
    ]
    where = {"type": "DebugMove", "backwards": False, "breakpoints": {}, "how": "moment"}
    assert [ask(dialogue.bridge, **where, moment=hit["moment"])["line"] for hit in hits] == [2, 3, 7, 9]


def test_what_is_evaluated_beside_a_script_neither_stops_it_nor_tells_anything() -> None:
    dialogue = Dialogue(TAKE, lines=[{"line": 4, "condition": "redis.debug(left) or not redis.breakpoint()"}])
    assert dialogue.stops() == []
    assert dialogue.hits()["hits"] == []


@pytest.mark.parametrize(("size", "turns"), [(1, 10_500), (5_000_000, 6)])
def test_of_all_that_a_script_shows_a_bounded_part_is_kept(size: int, turns: int) -> None:
    dialogue = Dialogue(f"local s = string.rep('x', {size})\nfor i = 1, {turns} do redis.debug(s) end")
    hits = dialogue.hits()
    assert hits["count"] == min(turns - 2, 10_000)
    assert not hits["is_whole"]
    assert all(len(hit["text"]) < 1_100 for hit in hits["hits"])
