"""What is larger than the page can hold is cut where it is told, and how much is left is always said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferrous_vm.workbench import changes, reply_views, runs, tracing
from pyodide_bridge.bridge import to_json
from tests.pyodide_bridge.test_bridge import Visitor


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def test_changed_keys_are_told_in_parts(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_KEYS", 10)
    script = "for i = 1, 35 do redis.call('SET', 'key:' .. i, i) end redis.call('DEL', 'gone') redis.call('INCR', 'n')"
    ran = visitor.run(script, fixture="SET gone 1\nSET n 1")
    assert [change["key"] for change in ran["changes"]] == [f"key:{number}" for number in range(1, 11)]
    assert ran["changed"] == {"keys": 37, "created": 35, "deleted": 1}
    part = visitor.ask("MoreChanges", search="", offset=30)
    assert [change["key"] for change in part["changes"]][-2:] == ["gone", "n"]
    assert (part["total"], part["omitted"], part["is_gone"]) == (37, 0, False)
    found = visitor.ask("MoreChanges", search="key:3", offset=0)
    assert (len(found["changes"]), found["total"]) == (7, 7)
    visitor.console("SET other 1")
    assert visitor.ask("MoreChanges", search="", offset=30)["is_gone"]
    visitor.ask("Undo")
    assert not visitor.ask("MoreChanges", search="", offset=30)["is_gone"]
    visitor.ask("Undo")
    assert visitor.ask("MoreChanges", search="", offset=0)["is_gone"]


def test_the_size_of_changes_is_bounded_too(visitor: Visitor) -> None:
    """A thousand keys with two hundred long elements each would be hundreds of megabytes."""
    script = """for i = 1, 30 do for j = 1, 100 do
        redis.call('HSET', 'key:' .. i, j, string.rep('v', 2000)) end end"""
    ran = visitor.run(script)
    assert len(json.dumps(ran)) < 8_000_000
    assert 0 < len(ran["changes"]) < 30
    assert ran["changed"]["keys"] == 30


def test_the_trace_has_the_first_the_last_and_what_failed(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST_FIRST", "MOST_LAST"):
        monkeypatch.setattr(tracing, name, 5)
    script = """for i = 1, 40 do
        if i == 20 then redis.pcall('INCR', 'text') end
        redis.call('SET', 'k', i)
    end
    return redis.call('LPUSH', 'k', 1)"""
    ran = visitor.run(script, fixture="SET text x")
    numbers = [command["number"] for command in ran["trace"]]
    assert numbers == [1, 2, 3, 4, 5, 20, 38, 39, 40, 41, 42]
    assert ran["trace_omitted"] == 42 - len(numbers)
    assert [command["number"] for command in ran["trace"] if command["is_error"]] == [20, 42]
    assert [command["number"] for command in ran["trace"] if command["is_swallowed"]] == [20]
    counts = {(one["command"], one["line"]): (one["calls"], one["errors"]) for one in ran["command_counts"]}
    assert counts == {("SET", 3): (40, 0), ("INCR", 2): (1, 1), ("LPUSH", 5): (1, 1)}


def test_commands_and_replies_of_a_trace_are_short(visitor: Visitor) -> None:
    script = """local words = {}
    for i = 1, 7000 do words[i] = string.rep('x', 50) end
    redis.call('RPUSH', 'l', unpack(words))
    redis.call('SET', 's', string.rep('y', 1e6))
    redis.call('GET', 's')
    return redis.call('LRANGE', 'l', 0, -1)[1]"""
    ran = visitor.run(script)
    push, put, get, read = ran["trace"]
    assert "more words" in push["command"]
    assert "more bytes" in put["command"]
    assert get["reply"].endswith("more bytes)")
    assert read["reply"].endswith("(6,800 more elements)")
    assert all(len(command[name]) < 1_200 for command in ran["trace"] for name in ("command", "reply", "lua"))


def test_a_script_cannot_make_up_counts_without_end(visitor: Visitor) -> None:
    ran = visitor.run("for i = 1, 2000 do redis.pcall('c' .. i) end")
    assert len(ran["command_counts"]) == tracing.MOST_COUNTS + 1
    assert sum(one["calls"] for one in ran["command_counts"]) == 2_000


def test_the_log_has_the_first_and_the_last_lines(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_LINES", 3)
    script = "for i = 1, 9 do redis.log(2, i) end redis.log(3, string.rep('x', 20000))"
    ran = visitor.run(script)
    assert [(line["number"], line["message"][:5]) for line in ran["log"]] == [
        (1, "1"),
        (2, "2"),
        (3, "3"),
        (8, "8"),
        (9, "9"),
        (10, "xxxxx"),
    ]
    assert ran["log_omitted"] == 4
    assert ran["log"][-1]["message"].endswith("… (10,000 more bytes)")
    assert [line["number"] for line in visitor.run("for i = 1, 4 do redis.log(2, i) end")["log"]] == [1, 2, 3, 4]


def test_a_long_reply_is_told_in_parts(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reply_views, "MOST_NODES", 10)
    monkeypatch.setattr(reply_views, "MOST_PRINTED", 20)
    reply = visitor.run("local t = {} for i = 1, 50 do t[i] = {i} end return t")["reply"]
    assert [node["label"] for node in reply["nodes"]][:4] == ["", "1", "1", "2"]
    assert (len(reply["nodes"]), reply["omitted"]) == (10, 46)
    assert reply["text"].endswith(" 9) 1) (integer) 9")
    assert reply["text_left"] == "41 more elements"
    part = visitor.ask("MoreReply", offset=10)
    assert [node["text"] for node in part["nodes"]][:2] == ["(integer) 5", ""]
    last = visitor.ask("MoreReply", offset=95)
    assert ([node["text"] for node in last["nodes"]][-1], last["omitted"]) == ("(integer) 50", 0)


def test_the_text_of_a_reply_is_bounded(visitor: Visitor) -> None:
    reply = visitor.run("return string.rep('0123456789', 2000000)")["reply"]
    assert len(reply["text"]) < 510_000
    assert reply["text_left"] == "19,500,000 more bytes of the last value"
    assert visitor.ask("MoreReply", offset=0)["nodes"][0]["text"].endswith("more bytes)")
    numbers = visitor.run("local t = {} for i = 1, 100000 do t[i] = i end return t")["reply"]
    assert len(numbers["text"]) < 510_000
    shown = numbers["text"].count("\n") + 1
    assert numbers["text_left"] == f"{100_000 - shown:,} more elements"


def test_every_answer_to_a_large_run_is_small(visitor: Visitor) -> None:
    script = """local t = {}
    for i = 1, 1500 do
        redis.call('SET', 'key:' .. i, string.rep('\\0', 3000))
        redis.log(2, string.rep('x', 3000))
        t[i] = string.rep('\\255', 3000)
    end
    return t"""
    ran = visitor.run(script)
    sizes = {name: len(json.dumps(value)) for name, value in ran.items()}
    assert sum(sizes.values()) < 20_000_000, sizes
    for request, fields in (
        ("MoreReply", {"offset": 0}),
        ("MoreChanges", {"search": "", "offset": 0}),
        ("ClientViews", {}),
    ):
        answer: Any = visitor.bridge.answer(json.dumps({"type": request, **fields}))
        assert len(to_json(answer)) < 20_000_000
