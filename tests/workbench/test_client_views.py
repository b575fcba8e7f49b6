"""What client libraries return: as recorded from redis-py, ioredis and node-redis; as read for go-redis and Jedis."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ferrous_vm.server import Server
from ferrous_vm.workbench import client_views
from ferrous_vm.workbench.client_views import layout
from pyodide_bridge.bridge import Bridge, to_json

RECORDED = json.loads((Path(__file__).with_name("recorded") / "clients.json").read_text(encoding="utf-8"))

BY_NAME = {client.name: client for client in client_views.CLIENTS}

GO = [
    # reader.go, ReadReply: what each RESP type becomes
    ("return 42", 2, "int64(42)"),
    ("return 'a\"\\0'", 2, '"a\\"\\x00"'),
    ("return {ok = 'FINE'}", 2, '"FINE"'),
    ("return false", 2, "raises redis.Nil"),
    ("return {}", 2, "[]interface{}{}"),
    ("return {1, 'two', false, {3}}", 2, '[]interface{}{int64(1), "two", nil, []interface{}{int64(3)}}'),
    ("redis.setresp(3) return {map = {a = 1}}", 2, '[]interface{}{"a", int64(1)}'),
    ("redis.setresp(3) return {map = {a = 1}}", 3, 'map[interface{}]interface{}{"a": int64(1)}'),
    ("redis.setresp(3) return {set = {a = true}}", 3, '[]interface{}{"a"}'),
    ("redis.setresp(3) return {double = 3.5}", 3, "float64(3.5)"),
    ("redis.setresp(3) return {double = 1e21}", 3, "float64(1e+21)"),
    ("redis.setresp(3) return {double = 1e-7}", 3, "float64(1e-07)"),
    ("redis.setresp(3) return {double = -1/0}", 3, "float64(-Inf)"),
    ("redis.setresp(3) return {big_number = '123'}", 3, "*big.Int(123)"),
    ("redis.setresp(3) return {verbatim_string = {format = 'txt', string = 'x'}}", 3, '"x"'),
    ("redis.setresp(3) return {true, false}", 3, "[]interface{}{true, false}"),
    ("return {err = 'ERR boom'}", 2, "raises error: ERR boom"),
    ("return {{err = 'ERR boom'}}", 2, '[]interface{}{proto.RedisError("ERR boom")}'),
]

JAVA = [
    # Protocol.java, process and processError; BuilderFactory.java, AGGRESSIVE_ENCODED_OBJECT
    ("return 42", 2, "42L"),
    ("return 'caf\\195\\169'", 2, '"café"'),
    ("return nil", 2, "null"),
    ("return {1, 'two', false, {}}", 2, '[1L, "two", null, []]'),
    ("redis.setresp(3) return {map = {a = 1}}", 3, '{"a"=1L}'),
    ("redis.setresp(3) return {double = 3}", 3, "3.0"),
    ("redis.setresp(3) return {double = 1e21}", 3, "1.0E21"),
    ("redis.setresp(3) return {double = 123456789.125}", 3, "1.23456789125E8"),
    ("redis.setresp(3) return {big_number = '123'}", 3, "BigInteger(123)"),
    ("return {err = 'ERR boom'}", 2, "raises redis.clients.jedis.exceptions.JedisDataException: ERR boom"),
    ("return {err = 'NOSCRIPT no'}", 2, "raises redis.clients.jedis.exceptions.JedisNoScriptException: NOSCRIPT no"),
    ("return {{err = 'ERR boom'}}", 2, '[JedisDataException("ERR boom")]'),
]


def reply_to(script: str, protocol: int) -> bytes:
    client = Server().connect()
    client.execute(b"HELLO", b"%d" % protocol)
    return client.execute_resp(b"EVAL", script.encode(), b"0")


def written(name: str, data: bytes) -> str:
    value = BY_NAME[name].write(client_views.parse(data))
    return f"raises {value.text}" if value.raises else value.text


@pytest.mark.parametrize("row", RECORDED, ids=[row["script"] for row in RECORDED])
def test_as_recorded(row: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "WIDTH", sys.maxsize)
    for protocol in (2, 3):
        data = reply_to(row["script"], protocol)
        expected = row[str(protocol)]
        assert {name: written(name, data) for name in expected} == expected


@pytest.mark.parametrize(("script", "protocol", "expected"), GO)
def test_go_redis(script: str, protocol: int, expected: str) -> None:
    assert written("go-redis", reply_to(script, protocol)) == expected


@pytest.mark.parametrize(("script", "protocol", "expected"), JAVA)
def test_jedis(script: str, protocol: int, expected: str) -> None:
    assert written("Jedis", reply_to(script, protocol)) == expected


def test_a_long_value_has_an_element_a_line() -> None:
    reply = reply_to("redis.setresp(3) return {map = {k = {string.rep('x', 50), string.rep('y', 50)}}}", 3)
    assert written("node-redis", reply) == f"{{\n  k: [\n    '{'x' * 50}',\n    '{'y' * 50}'\n  ]\n}}"


def test_a_huge_reply_is_cut_and_a_deep_one_is_written() -> None:
    assert written("redis-py", reply_to("local t = {} for i = 1, 1000 do t[i] = i end return t", 2)).endswith(
        " … 501 more values"
    )
    deep = written("ioredis", reply_to("local t = {} for i = 1, 5000 do t = {t} end return t", 2))
    assert deep.endswith("more values")


def view_of(script: str) -> list[dict[str, Any]]:
    bridge = Bridge()
    bridge.answer(json.dumps({"type": "Run", "script": script, "keys": [], "argv": []}))
    answer: dict[str, Any] = json.loads(to_json(bridge.answer(json.dumps({"type": "ClientViews"}))))
    return list(answer["views"])


def test_the_page_asks_for_the_last_reply() -> None:
    assert [view["client"] for view in view_of("return 1")] == list(BY_NAME)
    assert json.loads(to_json(Bridge().answer(json.dumps({"type": "ClientViews"}))))["views"] == []


@pytest.mark.parametrize(
    ("script", "client", "note"),
    [
        ("return {redis.call('INCRBY', 'n', '9007199254740993')}", "ioredis", None),
        ("return '\\255'", "ioredis", "redis.evalBuffer(…) keeps them"),
        ("return '\\255'", "Jedis", "eval(byte[], …) keeps them"),
        ("return nil", "go-redis", "errors.Is(err, redis.Nil)"),
        ("return {redis.pcall('NOSUCH')}", "redis-py", "is not thrown"),
        ("return {err = 'ERR no'}", "ioredis", "error.command"),
    ],
)
def test_notes(script: str, client: str, note: str | None) -> None:
    (notes,) = [view["notes"] for view in view_of(script) if view["client"] == client]
    assert notes == [] if note is None else any(note in text for text in notes)


def test_an_integer_that_javascript_rounds_is_told() -> None:
    value = BY_NAME["node-redis"].write(client_views.parse(b":9007199254740993\r\n"))
    assert value.text == "9007199254740992"
    assert "9007199254740993 loses digits" in value.notes[0]
