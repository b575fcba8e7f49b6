"""The bridge as the page uses it: text in, text out, on one workbench."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.workbench import host
from ferrous_vm.workbench.host import Host
from ferrous_vm.workbench.records.keyspace import Recreation
from pyodide_bridge.bridge import Bridge, content_of, to_json


class PageDouble(Host):
    """Keeps the copy as the page does, and may press Stop."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, str], list[str]] = {}
        self.told: list[Recreation] = []
        """Of the last request."""
        self.reports: list[tuple[str, int, int]] = []
        self.done_before_telling: set[str] | None = None
        """What had been reported when the limit of memory no longer held; None while it does."""
        self.stops_at: Callable[[str, int], bool] = lambda doing, done: False
        self.stop: Callable[[], None] = lambda: None

    def keep(self, recreations: list[Recreation]) -> None:
        self.told += recreations

    def forget(self) -> None:
        self.told = []

    def report(self, doing: str, done: int, total: int) -> None:
        self.reports.append((doing, done, total))
        if self.stops_at(doing, done):
            self.stop()

    def telling(self) -> None:
        self.done_before_telling = {doing for doing, _, _ in self.reports}

    def answered(self) -> None:
        for one in self.told:
            self.kept.pop((one.database, one.key), None)
            if one.lines:
                self.kept[one.database, one.key] = one.lines

    def lines(self) -> str:
        """What a new worker would be filled with."""
        return "\n".join(line for (database, _), own in self.kept.items() for line in [f"SELECT {database}", *own])


class Visitor:
    """Stands for the page: asks one bridge of its own."""

    def __init__(self) -> None:
        self.page = PageDouble()
        self.bridge = Bridge(self.page)
        self.page.stop = self.stop

    def stop(self) -> None:
        """As the signal of a Stop does it."""
        interrupts = self.bridge.workbench.interrupts
        if not interrupts.held:
            raise KeyboardInterrupt
        interrupts.due = True

    def ask(self, request: str, /, **fields: Any) -> Any:
        self.page.told = []
        self.page.done_before_telling = None
        content = next((value for value in fields.values() if isinstance(value, bytes)), None)
        text = {name: value for name, value in fields.items() if not isinstance(value, bytes)}
        answer = self.bridge.answer(json.dumps({"type": request, **text}), content)
        self.page.answered()
        given = content_of(answer)
        return json.loads(to_json(answer)) | ({} if given is None else {"content": given})

    def run(self, script: str, keys: list[str] | None = None, argv: list[str] | None = None, **fields: Any) -> Any:
        return self.ask("Run", script=script, keys=keys or [], argv=argv or [], **fields)

    def console(self, line: str) -> str:
        text: str = self.ask("Console", line=line)["text"]
        return text


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def test_a_run_answers_what_redis_cli_prints(visitor: Visitor) -> None:
    ran = visitor.run("return {1, 'two', {ok='three'}, false, KEYS[1], ARGV[1]}", ["k"], ['"\\x00"'])
    assert (ran["type"], ran["outcome"]) == ("Ran", "ok")
    assert ran["reply"]["text"] == '1) (integer) 1\n2) "two"\n3) three\n4) (nil)\n5) "k"\n6) "\\x00"'
    kinds = [node["kind"] for node in ran["reply"]["nodes"]]
    assert kinds == ["array", "integer", "bulk", "status", "nil", "bulk", "bulk"]


def test_the_fixture_fills_the_keyspace_first(visitor: Visitor) -> None:
    ran = visitor.run("return redis.call('GET', KEYS[1])", ["k"], fixture='# comment\nSET k "a b"\n\n-- another')
    assert ran["reply"]["text"] == '"a b"'


def test_a_failing_fixture_names_its_line_and_nothing_runs(visitor: Visitor) -> None:
    visitor.console("SET kept 1")
    ran = visitor.run("return 1", fixture="SET k v\nLPUSH k x")
    assert ran["outcome"] == "fixture"
    assert ran["problem"]["line"] == 2
    assert "WRONGTYPE" in ran["problem"]["message"]
    assert visitor.console("KEYS *") == '1) "kept"'


def test_errors_name_their_line(visitor: Visitor) -> None:
    assert visitor.run("local x = 1\nlocal y = = 2")["problem"]["line"] == 2
    assert visitor.run("local x\n\nreturn x.y")["problem"]["line"] == 3
    assert visitor.run("return redis.error_reply('MINE no line')")["problem"]["line"] is None


def test_changes_tell_every_element(visitor: Visitor) -> None:
    fixture = "HSET h a 1 b 2\nSET gone x\nRPUSH l 1 2"
    script = """
        redis.call('HSET', 'h', 'b', '3', 'c', '4')
        redis.call('DEL', 'gone')
        redis.call('LPUSH', 'l', '0')
        redis.call('SET', 'new', 1)
    """
    changes = {change["key"]: change for change in visitor.run(script, fixture=fixture)["changes"]}
    assert set(changes) == {"h", "gone", "l", "new"}
    elements = {item["element"]: (item["before"], item["after"]) for item in changes["h"]["elements"]}
    assert elements == {"b": ("2", "3"), "c": (None, "4")}
    assert (changes["gone"]["type_before"], changes["gone"]["type_after"]) == ("string", None)
    assert [item["after"] for item in changes["l"]["elements"]] == ["0"]
    assert changes["new"]["type_before"] is None


def test_writes_before_an_error_persist_and_are_told(visitor: Visitor) -> None:
    ran = visitor.run("redis.call('SET','k','v') error('no')")
    assert ran["outcome"] == "error"
    assert [change["key"] for change in ran["changes"]] == ["k"]
    assert visitor.console("GET k") == '"v"'


def test_the_trace_lists_commands_with_lines_and_keys(visitor: Visitor) -> None:
    ran = visitor.run("redis.call('SET', KEYS[1], 'a b')\nreturn redis.pcall('LPUSH', 'k', 'x')", ["k"])
    first, second = ran["trace"]
    assert (first["line"], first["command"], first["reply"], first["is_write"]) == (1, 'SET k "a b"', "OK", True)
    assert (second["line"], second["is_error"]) == (2, True)
    (access,) = ran["accesses"]
    assert (access["key"], access["declared"], access["writes"], access["slot"]) == ("k", True, 1, 7629)


def test_the_log_has_levels_and_lines(visitor: Visitor) -> None:
    ran = visitor.run("redis.log(redis.LOG_WARNING, 'first')\n\nredis.log(redis.LOG_NOTICE, 'third')")
    assert [(line["level"], line["message"], line["line"]) for line in ran["log"]] == [(3, "first", 1), (2, "third", 3)]
    assert visitor.run("return 1")["log"] == []


def test_undo_takes_back_the_run_and_then_the_fixture(visitor: Visitor) -> None:
    visitor.console("SET old 1")
    ran = visitor.run("redis.call('INCR', KEYS[1])", ["n"], fixture="SET n 5")
    assert [act["name"] for act in ran["keyspace"]["undoable"]] == ["SET", "fixture", "run"]
    assert visitor.ask("Undo")["what"] == "run"
    assert visitor.console("GET n") == '"5"'
    assert visitor.ask("Undo")["what"] == "fixture"
    assert visitor.console("KEYS *") == '1) "old"'
    assert visitor.ask("Undo")["what"] == "SET"
    assert visitor.ask("Undo")["what"] == ""


def test_a_dry_run_changes_nothing(visitor: Visitor) -> None:
    visitor.console("SET n 1")
    ran = visitor.run("return redis.call('INCR', 'n')", dry=True, fresh=False)
    assert (ran["reply"]["text"], ran["changes"][0]["key"]) == ("(integer) 2", "n")
    assert (ran["keyspace"]["changed"], visitor.page.told) == (0, [])
    assert visitor.console("GET n") == '"1"'


def test_an_interrupt_leaves_the_keyspace_as_it_was(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.console("SET n 1")
    workbench = visitor.bridge.workbench

    def interrupted(*_: object) -> None:
        workbench.server.connect().execute(b"SET", b"n", b"2")
        raise KeyboardInterrupt

    monkeypatch.setattr("ferrous_vm.workbench.runs._call", interrupted)
    ran = visitor.run("while true do end", fixture="SET other 1")
    assert ran["outcome"] == "interrupted"
    assert visitor.console("KEYS *") == '1) "n"'
    assert visitor.console("GET n") == '"1"'


def test_long_work_is_cancelled_at_any_of_its_steps(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import, a file, a run: wherever it is cancelled, keyspace and copy are as before, and then it goes well."""
    monkeypatch.setattr(host, "INTERVAL", 0)
    monkeypatch.setattr(host, "PATIENCE", 0)
    lines = "\n".join(f"SET key:{n} {n}" for n in range(30)) + "\n" + FILL
    other = Visitor()
    other.ask("Load", lines=lines, fresh=True)
    file = other.ask("SaveRdb")["content"]
    fill: dict[str, Any] = {"lines": lines, "fresh": True}
    acts: list[tuple[str, dict[str, Any]]] = [
        ("Load", fill),
        ("LoadRdb", {"content": file}),
        ("Run", {"script": "redis.call('DEL', 'kept') return 1", "keys": [], "argv": [], "fixture": lines}),
    ]
    for request, fields in acts:
        visitor.ask("Load", lines="SET kept 1\nRPUSH l x", fresh=True)
        _cancel_everywhere(visitor, request, fields, least=2)
    visitor.ask("Load", **fill)
    _cancel_everywhere(visitor, "Undo", {})
    visitor.ask("Undo")
    _cancel_everywhere(visitor, "Redo", {})
    assert visitor.ask("Redo")["what"] == "load"


WORK = {
    "Load": ("Importing line", "Comparing key", "Copying what changed, key"),
    "Undo": ("Comparing key", "Taking back change", "Copying what changed, key"),
    "Redo": ("Putting back key", "Comparing key", "Copying what changed, key"),
    "Run": ("Fixture, line", "Comparing key", "Taking back change"),
}
"""All that takes long where there are many keys; the run is a dry one."""


def test_all_that_may_take_long_is_reported(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "INTERVAL", 0)
    monkeypatch.setattr(host, "PATIENCE", 0)
    lines = "\n".join(f"SET key:{n} {n}" for n in range(30))
    fields: dict[str, dict[str, Any]] = {
        "Load": {"lines": lines, "fresh": True},
        "Run": {"script": f"{SET_MANY} return 1", "keys": [], "argv": [], "fixture": "SET a 1\nSET b 1", "dry": True},
    }
    for request, doings in WORK.items():
        visitor.page.reports.clear()
        visitor.ask(request, **fields.get(request, {}))
        assert tuple(dict.fromkeys(doing for doing, _, _ in visitor.page.reports)) == doings


SET_MANY = "for n = 1, 30 do redis.call('SET', 'key:' .. n, n) end"


def test_the_limit_of_memory_is_for_what_is_done_and_not_for_telling_of_it(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "INTERVAL", 0)
    monkeypatch.setattr(host, "PATIENCE", 0)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("Run", {"script": SET_MANY, "keys": [], "argv": [], "fixture": "SET a 1"}),
        ("Load", {"lines": "SET a 1", "fresh": True}),
        ("Console", {"line": "EVAL 'return 1' 0"}),
    ]
    for request, fields in asked:
        visitor.page.reports.clear()
        visitor.ask(request, **fields)
        assert visitor.page.done_before_telling is not None, request
        assert "Comparing key" not in visitor.page.done_before_telling, request


def _cancel_everywhere(visitor: Visitor, request: str, fields: dict[str, Any], least: int = 1) -> None:
    """An act that reports `least` things it does is done and taken back, then cancelled at each report."""
    before, names = visitor.page.lines(), [act.name for act in visitor.bridge.workbench.acts]
    back = "Redo" if request == "Undo" else "Undo"
    visitor.page.reports.clear()
    visitor.ask(request, **fields)
    reports = [(doing, done) for doing, done, _ in visitor.page.reports]
    assert len({doing for doing, _ in reports}) >= least
    while len(visitor.bridge.workbench.acts) != len(names):
        visitor.ask(back)
    assert sorted(visitor.page.lines().split()) == sorted(before.split())
    before = visitor.page.lines()
    for stop in reports[:: max(1, len(reports) // 40)]:
        visitor.page.stops_at = lambda doing, done, stop=stop: (doing, done) == stop
        answer = visitor.ask(request, **fields)
        visitor.page.stops_at = lambda *_: False
        assert answer["type"] == "Failure" or answer["outcome"] == "interrupted", stop
        assert visitor.page.lines() == before, stop
        assert [act.name for act in visitor.bridge.workbench.acts] == names
        assert visitor.ask("Compare", lines=before)["differences"] == [], stop


def test_an_answer_that_is_too_large_is_a_failure(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyodide_bridge.bridge.LONGEST_ANSWER", 2_000)
    ran = visitor.run("redis.call('SET', 'k', 'v') return string.rep('x', 10000)")
    assert ran["message"].startswith("The answer is too large to be shown")
    assert visitor.page.told == [Recreation(0, "k", ["SET k v"])]


FILL = """SET s "bytes \\x00\\xff"
SET number 42 EX 100
HSET h field value empty ""
RPUSH l a b c
SADD ints 3 1 2
SADD words x y
ZADD z 1.5 one -inf low
SELECT 3
SET there 1"""


def test_recreations_fill_another_workbench(visitor: Visitor) -> None:
    loaded = visitor.ask("Load", lines=FILL, fresh=True)
    assert loaded["problem"] is None
    other = Visitor()
    assert other.ask("Load", lines=visitor.page.lines(), fresh=True)["problem"] is None
    for line in ["GET s", "HGETALL h", "LRANGE l 0 -1", "SMEMBERS ints", "ZRANGE z 0 -1 WITHSCORES", "DBSIZE"]:
        assert visitor.console(line) == other.console(line)
    assert other.console("TTL number") == "(integer) 100"
    assert other.ask("Browse", database=3, search="", kind="", offset=0, limit=9)["rows"][0]["key"] == "there"


def test_a_deleted_key_has_no_lines(visitor: Visitor) -> None:
    visitor.console("SET k v")
    visitor.ask("Console", line="DEL k")
    assert visitor.page.told == [Recreation(0, "k", [])]


def test_the_browser_pages_and_filters(visitor: Visitor) -> None:
    visitor.ask("Load", lines="\n".join(f"SET key:{n:04} {n}" for n in range(500)) + "\nLPUSH list a b", fresh=True)
    found = visitor.ask("Browse", database=0, search="key:", kind="", offset=100, limit=2)
    assert (found["total"], [row["key"] for row in found["rows"]]) == (500, ["key:0100", "key:0101"])
    lists = visitor.ask("Browse", database=0, search="", kind="list", offset=0, limit=10)["rows"]
    assert [(row["key"], row["kind"], row["size"]) for row in lists] == [("list", "list", 2)]
    content = visitor.ask("Inspect", database=0, key="list", offset=1, limit=5)
    assert (content["columns"], [row["fields"] for row in content["rows"]]) == (["index", "value"], [["1", "a"]])
    assert content["lines"] == ["RPUSH list b a"]


@pytest.mark.parametrize(
    ("request_text", "message"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"type": "Run", "script": "' + "[" * 100_000 + '", "keys": [], "argv": 1}', "Run.argv must be a list"),
        ("[]", "no JSON object"),
        ("{}", "no request of type None"),
        ('{"type": "Run"}', "Run.script is missing"),
        ('{"type": "SetClock", "clock": 1' + "0" * 400 + "}", "SetClock.clock is too large"),
        ('{"type": "Run", "script": 1, "keys": [], "argv": []}', "Run.script must be text"),
        ('{"type": "Run", "script": "", "keys": [1], "argv": []}', "Run.keys[0] must be text"),
        ('{"type": "Run", "script": "", "keys": [], "argv": [], "protocol": 4}', "must be one of 2, 3"),
        ('{"type": "SetServer", "server": "redis-9"}', "SetServer.server must be one of redis-6.2, "),
        (
            '{"type": "RunTest", "script": "", "keys": [], "argv": [], "fixture": "", "server": "x"}',
            "must be one of red",
        ),
        ('{"type": "Run", "script": "", "keys": [], "argv": [], "more": 1}', "has no field 'more'"),
        ('{"type": "Run", "script": "", "keys": ["a\\"b"], "argv": []}', None),
        (
            '{"type": "Run", "script": "", "keys": [], "argv": ["", "\\"a"]}',
            'ARGV[2]: "a begins with a quote that is not',
        ),
        ('{"type": "Run", "script": "", "keys": ["\\"a\\"b\\""], "argv": []}', "KEYS[1]"),
        ('{"type": "Browse", "database": true, "search": "", "kind": "", "offset": 0, "limit": 1}', "a whole number"),
    ],
)
def test_a_bad_request_is_answered_readably(visitor: Visitor, request_text: str, message: str | None) -> None:
    answer = json.loads(to_json(visitor.bridge.answer(request_text)))
    if message is None:
        assert answer["type"] == "Ran"
    else:
        assert answer["type"] == "Failure"
        assert message in answer["message"]


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    assert json.loads(to_json(SHARED.bridge.answer(text)))["type"] == "Failure"


SHARED = Visitor()
