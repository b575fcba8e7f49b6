"""The debugger as the page uses it: text in, text out."""

from __future__ import annotations

from typing import Any

import pytest

from ferrous_vm.records import with_changes
from ferrous_vm.workbench.once_more import ANOTHER_CALL, ANOTHER_KEYSPACE, ANOTHER_TIME
from tests.pyodide_bridge import test_bridge

SCRIPT = """local list = {'a', {deep = 'b'}}
local n = redis.call('INCR', KEYS[1])
redis.call('SET', 'copy', n)
return n"""


class Visitor(test_bridge.Visitor):
    """Stands for the page, with one debugger open."""

    def debug(self, script: str = SCRIPT, **fields: Any) -> Any:
        return self.ask("Debug", **{"script": script, "keys": ["n"], "argv": [], **fields})

    def move(self, how: str, moment: int = 0, breakpoints: tuple[int, ...] = (), known: int = 0) -> Any:
        """A move is named as in the contract, with `back` before it to go back."""
        name = how.removeprefix("back ")
        where = {"how": name, "backwards": name != how, "moment": moment}
        lines = {"lines": [{"line": line} for line in breakpoints]}
        return self.ask("DebugMove", **where, breakpoints=lines, known=known)

    def value(self, key: str) -> Any:
        """The first row of a key, without an act that would end the session."""
        content = self.ask("Inspect", database=0, key=key, offset=0, limit=1)
        return content["rows"][0]["fields"][-1] if content["rows"] else None


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def _locals(moment: Any) -> dict[str, Any]:
    return {variable["name"]: variable["value"] for variable in moment["frames"][0]["locals"]}


GOES_ON: dict[str, Any] = {
    "script": "local n = redis.call('INCR', KEYS[1])\nlocal who = redis.call('SPOP', 's')\nreturn {n, who}",
    "keys": ["n"],
    "argv": [],
    "fresh": False,
}


def test_the_run_that_was_is_recorded_from_where_it_began_and_stays_done(visitor: Visitor) -> None:
    visitor.ask("Console", line="SADD s " + " ".join(map(str, range(100))))
    visitor.ask("Run", **GOES_ON)
    ran = visitor.ask("Run", **GOES_ON)
    left = visitor.ask("Console", line="SORT s")["text"]
    for ends in (lambda: visitor.ask("DebugEnd"), lambda: visitor.ask("KeyReport", **GOES_ON), lambda: visitor.debug()):
        opened = visitor.ask("Debug", **GOES_ON, again=True)
        assert (opened["again"], opened["note"], visitor.value("n")) == (True, "", "1")
        assert visitor.move("continue")["reply"]["text"] == ran["reply"]["text"]
        assert visitor.value("n") == "2"
        assert visitor.move("back over")["line"] == 3
        ends()
        visitor.ask("DebugEnd")
        assert (visitor.value("n"), visitor.ask("Console", line="SORT s")["text"]) == ("2", left)
    assert [one["name"] for one in visitor.ask("Undo")["keyspace"]["undoable"]] == ["SADD", "run"]
    assert visitor.value("n") == "1"
    assert visitor.ask("Redo")["what"] == "run"
    assert (visitor.value("n"), visitor.ask("Console", line="SORT s")["text"]) == ("2", left)


def test_where_it_is_another_run_the_recording_says_so(visitor: Visitor) -> None:
    visitor.ask("Console", line="SADD s a")
    visitor.ask("Run", **GOES_ON)
    opened = visitor.ask("Debug", **GOES_ON | {"argv": ["x"]}, again=True)
    assert (opened["again"], opened["note"]) == (False, ANOTHER_CALL)
    visitor.ask("Console", line="SET n 5")
    visitor.ask("DebugEnd")
    visitor.ask("Console", line="SET n 5")
    opened = visitor.ask("Debug", **GOES_ON, again=True)
    assert (opened["again"], opened["note"]) == (False, ANOTHER_KEYSPACE)
    assert visitor.move("continue")["reply"]["text"].startswith("1) (integer) 6")
    assert visitor.ask("DebugEnd")["kept"]


def test_what_began_with_its_fixture_begins_so_again_with_its_time_and_chance(visitor: Visitor) -> None:
    script = "return {redis.call('PTTL', 'k'), redis.call('SRANDMEMBER', 's'), redis.call('TIME')[1]}"
    fixture = "SET k 1 PX 12345678\nSADD s " + " ".join(map(str, range(1000)))
    call: dict[str, Any] = {"script": script, "keys": [], "argv": [], "fixture": fixture, "shuffle": True}
    ran = visitor.ask("Run", **call, dry=True)
    opened = visitor.ask("Debug", **call, again=True)
    assert (opened["again"], opened["note"]) == (False, ANOTHER_TIME)
    member = visitor.move("continue")["reply"]["text"].split("\n")[1]
    assert member == ran["reply"]["text"].split("\n")[1]
    # And so does whoever is given its seed and its clock.
    opened = visitor.ask("Debug", **call, seed=opened["seed"], clock=opened["now"] / 1000)
    assert visitor.move("continue")["reply"]["text"].split("\n")[1] == member


def test_a_command_is_stepped_over_and_taken_back(visitor: Visitor) -> None:
    opened = visitor.debug(fixture="SET n 4")
    assert (opened["outcome"], opened["moment"], opened["line"], opened["ended"]) == ("open", 1, 1, "script")
    visitor.move("into")
    after = visitor.move("over")
    assert after["line"] == 3
    assert [command["command"] for command in after["commands"]] == ["INCR n"]
    (change,) = after["changes"]
    (element,) = change["elements"]
    assert (change["key"], element["element"], element["before"], element["after"]) == ("n", "", "4", "5")
    assert visitor.value("n") == "5"
    before = visitor.move("back into")
    assert (before["line"], before["commands"], before["changes"]) == (2, [], [])
    assert visitor.value("n") == "4"
    assert before["last_change"] == {"command": 0, "changes": [], "count": 0}


def test_values_are_expanded_on_demand(visitor: Visitor) -> None:
    visitor.debug()
    values = _locals(visitor.move("into"))
    assert (values["list"]["kind"], values["list"]["size"]) == ("table", 2)
    first, second = visitor.ask("DebugExpand", token=values["list"]["token"], offset=0)["entries"]
    assert first == {
        "name": "1",
        "value": {"kind": "string", "text": '"a"', "token": None, "size": 1},
        "changed": False,
    }
    inner = visitor.ask("DebugExpand", token=second["value"]["token"], offset=0)
    assert inner["entries"][0]["name"] == '"deep"'
    assert not inner["more"]


def test_large_values_are_shown_in_parts(visitor: Visitor) -> None:
    visitor.debug("local t, s = {}, string.rep('x', 5000)\nfor i = 1, 250 do t[i] = i end\nreturn t")
    values = _locals(visitor.move("continue", breakpoints=(3,)))
    page = visitor.ask("DebugExpand", token=values["t"]["token"], offset=200)
    assert [len(page["entries"]), page["more"], page["entries"][0]["name"]] == [50, False, "201"]
    assert visitor.ask("DebugExpand", token=values["t"]["token"], offset=0)["more"]
    assert len(values["s"]["text"]) < 300
    part = visitor.ask("DebugExpand", token=values["s"]["token"], offset=4000)
    assert (len(part["entries"][0]["value"]["text"]), part["more"]) == (1002, False)


def test_values_of_an_earlier_session_are_stale(visitor: Visitor) -> None:
    visitor.debug()
    token = _locals(visitor.move("into"))["list"]["token"]
    visitor.debug()
    for wrong in (token, "", "x", "2/table:99:1", "2/nonsense"):
        answer = visitor.ask("DebugExpand", token=wrong, offset=0)
        assert (answer["type"], answer["message"][:10]) == ("Failure", "This value")


def test_a_finished_script_is_kept_an_unfinished_one_is_not(visitor: Visitor) -> None:
    visitor.ask("Console", line="SET kept 1")
    visitor.debug(fixture="SET n 4")
    visitor.move("over")
    ended = visitor.ask("DebugEnd")
    assert (ended["kept"], visitor.page.told) == (False, [])
    assert (visitor.value("kept"), visitor.value("n")) == ("1", None)
    visitor.debug(fixture="SET n 4")
    finished = visitor.move("continue")
    assert (finished["finished"], finished["reply"]["text"]) == (True, "(integer) 5")
    assert finished["moment"] == finished["last"]
    ended = visitor.ask("DebugEnd")
    assert ended["kept"]
    assert [act["name"] for act in ended["keyspace"]["undoable"]][-2:] == ["fixture", "run"]
    assert {one.key: one.lines for one in visitor.page.told} == {
        "kept": [],
        "n": ["SET n 5"],
        "copy": ["SET copy 5"],
    }
    assert visitor.ask("Undo")["what"] == "run"
    assert visitor.value("n") == "4"
    assert visitor.move("into")["type"] == "Failure"


def test_other_acts_end_the_session(visitor: Visitor) -> None:
    visitor.debug()
    visitor.move("continue")
    assert visitor.ask("Undo")["what"] == ""
    assert visitor.move("into")["type"] == "Failure"
    visitor.debug()
    visitor.move("continue")
    assert visitor.ask("Run", script="return redis.call('KEYS', '*')", keys=[], argv=[], fresh=False)["changes"] == []


def test_the_console_answers_from_the_moment_shown(visitor: Visitor) -> None:
    visitor.ask("Console", line="SET kept 1")
    visitor.debug("for i = 1, 3 do\n  redis.call('INCR', KEYS[1])\nend\nreturn 1", fixture="SET n 4")
    seen = []
    while not visitor.move("over")["finished"]:
        seen.append(visitor.ask("Console", line="GET n")["text"])
    assert seen == ['"4"', '"5"', '"5"', '"6"', '"6"', '"7"', '"7"']
    visitor.move("back into")
    answer = visitor.ask("Console", line="EVAL_RO \"redis.log(3, 'x') return redis.call('GET', KEYS[1])\" 1 n")
    assert (answer["text"], answer["note"][:9], visitor.page.told) == ('"7"', "At moment", [])
    assert visitor.move("moment", moment=1)["log"] == []
    assert visitor.ask("Console", line="2 GET n")["text"] == '"4"\n"4"'


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("config set maxmemory 1", "CONFIG SET"),
        ("EVAL \"return redis.call('SET', 'n', 1)\" 0", "EVAL"),
        ("FUNCTION FLUSH", "FUNCTION FLUSH"),
        ("MULTI", "MULTI"),
        ("SUBSCRIBE c", "SUBSCRIBE"),
        ("2 publish c m", "PUBLISH"),
    ],
)
def test_the_console_refuses_what_no_moment_could_tell_of(visitor: Visitor, line: str, name: str) -> None:
    visitor.debug(fixture="SET n 4")
    before = visitor.move("over")
    answer = visitor.ask("Console", line=line)
    assert answer["is_error"]
    assert answer["text"].startswith(f"{name} is not carried out while a script is debugged")
    again = visitor.move("moment", moment=before["moment"])
    apart = {"frames": [], "number": 0}
    assert {**again, **apart} == {**before, **apart}
    assert visitor.move("continue")["reply"]["text"] == "(integer) 5"
    visitor.ask("DebugEnd")
    assert not visitor.ask("Console", line="SET n 9")["is_error"]


@pytest.mark.parametrize(
    "line", ["PING", "SELECT 3", "RANDOMKEY", "SRANDMEMBER s 3", "NOSUCH", "help", "get", "'", "quit"]
)
def test_what_the_console_asks_changes_no_moment(visitor: Visitor, line: str) -> None:
    members = " ".join(str(number) for number in range(50))
    opened = visitor.debug("return redis.call('SRANDMEMBER', 's', 5)", fixture=f"SADD s {members}", seed=3)
    expected = visitor.move("continue")["reply"]["text"]
    visitor.move("moment", moment=1)
    answer = visitor.ask("Console", line=line)
    assert answer["type"] == "ConsoleReply"
    assert visitor.move("continue")["reply"]["text"] == expected
    assert visitor.move("moment", moment=1)["keys"] == opened["keys"]
    if line == "SELECT 3":
        assert visitor.ask("Console", line="DBSIZE")["keyspace"]["prompt"] == "ferrous[3]> "


@pytest.mark.host  # in Pyodide the limit of time is the page's
def test_an_endless_question_at_the_console_leaves_the_session_open(visitor: Visitor) -> None:
    visitor.debug(fixture="SET n 4")
    workbench = visitor.bridge.workbench
    workbench.server.scripting._limits = with_changes(workbench.server.scripting.limits, seconds=0.05)
    answer = visitor.ask("Console", line="EVAL_RO 'while true do end' 0")
    assert answer["is_error"]
    assert visitor.move("continue")["reply"]["text"] == "(integer) 5"


@pytest.mark.parametrize(
    ("script", "lines"),
    [
        ("local a = 1\n-- a comment\n\nlocal function f()\n  return a\nend\nreturn f()\n", [1, 5, 6, 7]),
        ("#!lua flags=no-writes\n-- nothing\nreturn 1", [3]),
        ("#!lua name=lib\nredis.register_function('f', function(keys)\n  return 1\nend)", [2, 3, 4]),
        ("return = 1", []),
    ],
)
def test_lines_with_code_are_told(visitor: Visitor, script: str, lines: list[int]) -> None:
    assert visitor.ask("CodeLines", script=script)["lines"] == lines


def test_errors_stand_on_their_lines(visitor: Visitor) -> None:
    broken = visitor.debug("local a\nreturn = 1")
    assert (broken["outcome"], broken["problem"]["line"]) == ("error", 2)
    assert visitor.move("into")["type"] == "Failure"
    fixture = visitor.debug(fixture="SET n 1\nLPUSH n 1")
    assert (fixture["outcome"], fixture["problem"]["line"]) == ("fixture", 2)
    assert visitor.value("n") is None
    visitor.debug("redis.call('SET', 'k', 1)\nlocal t\nreturn t.x")
    failed = visitor.move("moment", moment=10**6)
    assert (failed["finished"], failed["problem"]["line"], failed["reply"]["is_error"]) == (True, 3, True)
    assert [change["key"] for change in failed["changes"]] == ["k"]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("redis.call('SET', KEYS[1], 'v')\nreturn redis.call('LPUSH', KEYS[1], 1)", "holds a string, and LPUSH"),
        ("return redis.call('SET', KEYS[1], ARGV[3])", 'argument 2 of "SET" is nil'),
        ("local t\nreturn t.x", "local t, which is nil"),
    ],
)
def test_the_error_at_the_end_is_explained(visitor: Visitor, script: str, words: str) -> None:
    assert visitor.debug(script)["explanation"] is None
    assert words in visitor.move("moment", moment=10**6)["explanation"]["what"]
    assert visitor.move("back into")["explanation"] is None


def test_deep_stacks_are_cut(visitor: Visitor) -> None:
    visitor.debug("local function f(n) if n == 0 then\nreturn 0 end\nlocal r = f(n - 1) return r end\nreturn f(100)")
    deep = visitor.move("continue", breakpoints=(2,))
    assert (deep["depth"], len(deep["frames"])) == (101, 30)


def test_an_interrupt_leaves_the_keyspace(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.ask("Console", line="SET kept 1")
    visitor.debug(fixture="SET n 4")
    visitor.move("over")

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ferrous_vm.machine.history.History.go_to_block", interrupt)
    assert visitor.move("continue")["message"].startswith("Stopped")
    assert (visitor.value("kept"), visitor.value("n")) == ("1", None)
    assert visitor.debug()["type"] == "Failure"
    assert visitor.value("kept") == "1"


def test_the_time_stands_still(visitor: Visitor) -> None:
    visitor.debug("local a = redis.call('TIME')\nreturn redis.call('TIME')[2] == a[2]")
    assert visitor.move("continue")["reply"]["text"] == "(integer) 1"
    visitor.ask("DebugEnd")
    assert visitor.bridge.workbench.clock.held is None


def test_what_was_told_is_not_told_again(visitor: Visitor) -> None:
    script = "for i = 1, 30 do redis.call('SET', 'k' .. i, i) end\nredis.log(redis.LOG_NOTICE, 'half')\n"
    script += "redis.call('SET', 'k3', 'x')\nlocal a = 1\nreturn a"
    whole = visitor.debug(script=script)
    whole = visitor.move("continue", known=whole["number"])
    assert (len(whole["commands"]), len(whole["changes"]), len(whole["log"])) == (31, 30, 1)
    back = visitor.move("back into", known=whole["number"])
    assert (back["commands"], back["log"], back["last_change"]) == ([], None, None)
    assert (back["commands_issued"], back["changes"]) == (31, [None] * 30)
    back = visitor.move("back into", known=back["number"])
    back = visitor.move("back into", known=back["number"])
    assert [change["key"] for change in back["changes"] if change] == ["k3"]
    assert (back["commands_issued"], back["commands"]) == (30, [])
    forgotten = visitor.move("into", known=7)
    assert (len(forgotten["commands"]), len([change for change in forgotten["changes"] if change])) == (31, 30)


LIBRARY = """#!lua name=totals
local function add(keys, args)
  return redis.call('HINCRBY', keys[1], 'total', args[1])
end
redis.register_function('add', add)
redis.register_function{
  function_name = 'look',
  callback = function(keys)
    redis.setresp(3)
    return redis.call('HGETALL', keys[1])
  end,
  flags = {'no-writes'},
}"""


@pytest.mark.parametrize("protocol", [2, 3])
@pytest.mark.parametrize(
    ("script", "call"),
    [
        ("return redis.call('HGETALL', KEYS[1])", {"mode": "EVAL"}),
        ("redis.setresp(3) return redis.call('HGETALL', KEYS[1])", {"mode": "EVALSHA"}),
        ("return redis.call('HGET', KEYS[1], 'total')", {"mode": "EVAL_RO"}),
        ("return redis.call('HSET', KEYS[1], 'total', 5)", {"mode": "EVAL_RO"}),
        ("#!lua flags=no-writes\nreturn redis.call('HSET', KEYS[1], 'total', 5)", {"mode": "EVAL"}),
        (LIBRARY, {"mode": "FCALL", "function": "add", "argv": ["2"]}),
        (LIBRARY, {"mode": "FCALL", "function": "look"}),
        (LIBRARY, {"mode": "FCALL_RO", "function": "look"}),
        ("return {double = 1.5}", {"mode": "EVAL"}),
    ],
)
def test_every_call_ends_as_its_run_does(script: str, call: dict[str, Any], protocol: int) -> None:
    visitor = Visitor()
    asked = {"script": script, "keys": ["h"], "argv": [], "fixture": "HSET h total 1 other x", "protocol": protocol}
    ran = visitor.ask("Run", **{**asked, **call})
    opened = visitor.debug(**{**asked, **call})
    assert (opened["outcome"], opened["moment"]) == ("open", 1)
    ended = visitor.move("moment", 10**9)
    assert ended["finished"]
    assert (ended["reply"], ended["problem"]) == (ran["reply"], ran["problem"])
    assert visitor.move("back into")["line"] is not None
    kept = visitor.ask("DebugEnd", take_back=True)
    assert kept["kept"] is False


@pytest.mark.parametrize(
    ("script", "call"),
    [(LIBRARY, {"mode": "FCALL_RO", "function": "add"}), (LIBRARY, {"mode": "FCALL", "function": "none"})],
)
def test_a_call_that_is_refused_says_so_in_the_words_of_its_run(script: str, call: dict[str, Any]) -> None:
    visitor = Visitor()
    asked = {"script": script, "keys": ["h"], "argv": ["2"], **call}
    opened = visitor.debug(**asked)
    assert opened["outcome"] == "error"
    assert opened["problem"]["message"] in visitor.ask("Run", **asked)["reply"]["text"]
    assert visitor.ask("DebugMove", how="into", backwards=False, breakpoints={}, moment=0)["type"] == "Failure"


def test_what_a_script_did_is_taken_back_at_its_end_too_if_asked() -> None:
    visitor = Visitor()
    visitor.ask("Console", line="SET n 1")
    visitor.debug(fixture="SET n 4")
    assert visitor.move("moment", 10**9)["finished"]
    assert visitor.value("n") == "5"
    assert visitor.ask("DebugEnd", take_back=True)["kept"] is False
    assert visitor.value("n") == "1"


def test_the_first_stop_is_shown_before_all_is_recorded(visitor: Visitor) -> None:
    script = "for i = 1, 30 do redis.call('INCR', KEYS[1]) end\nlocal a = 1\nreturn redis.log(3, 'x')"
    opened = visitor.debug(script, patience=0)
    assert (opened["ended"], opened["moment"], opened["line"]) == ("pause", 1, 1)
    stepped = visitor.move("into")
    assert (stepped["line"], stepped["ended"]) == (1, "script")
    whole = visitor.debug(script)["last"]
    for how, moment, line in (("continue", 0, 3), ("moment", whole, None), ("command", 30, 1), ("log", 1, 3)):
        opened = visitor.debug(script, patience=0)
        assert opened["last"] < whole
        moved = visitor.move(how, moment=moment, breakpoints=(3,))
        assert (moved["last"], moved["ended"], moved["commands_total"]) == (whole, "script", 30)
        assert moved["line"] == line
    opened = visitor.debug(script, patience=0)
    longer = visitor.move("record", known=opened["number"])
    assert (longer["moment"], longer["ended"]) == (1, "pause")
    assert opened["last"] < longer["last"] < whole
    assert visitor.move("back into")["ended"] == "pause"
    assert visitor.move("record", moment=10**400)["ended"] == "script"
    assert visitor.debug(script, patience=1e300)["ended"] == "script"
    visitor.debug(script, patience=-1e300)
    assert visitor.move("record", moment=-(10**400))["ended"] == "pause"


def test_the_lines_of_another_text_are_none_of_the_script(visitor: Visitor) -> None:
    visitor.debug("local f = loadstring('local a = 1\\nreturn a')\nlocal x = 1\nreturn {f(), x}")
    visitor.move("continue", breakpoints=(3,))
    last = visitor.move("into")["moment"]
    lines: dict[str, set[Any]] = {}
    for at in range(1, last):
        moved = visitor.move("moment", moment=at)
        frame = moved["frames"][0]
        lines.setdefault(frame["function"], set()).add((moved["line"], frame["line"]))
    assert lines == {"main chunk": {(1, 1), (2, 2), (3, 3)}, 'f of [string "local a = 1..."]': {(3, None)}}
