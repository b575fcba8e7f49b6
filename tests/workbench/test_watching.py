"""What the page shows of the commands a script issued: values as Lua got them, errors nobody looked at, keys."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pyodide_bridge.bridge import Bridge, to_json


def run(script: str, **more: Any) -> dict[str, Any]:
    request = {"type": "Run", "script": script, "keys": [], "argv": [], **more}
    ran: dict[str, Any] = json.loads(to_json(Bridge().answer(json.dumps(request))))
    return ran


LUA = [
    ("redis.call('SET', 'k', 'v')", '{ok = "OK"}'),
    ("redis.call('GET', 'k')", "false"),
    ("redis.setresp(3) redis.call('GET', 'k')", "nil"),
    ("redis.call('INCRBY', 'n', '9007199254740992')", "9007199254740992"),
    ("redis.call('ECHO', 'a\\0b')", '"a\\0b"'),
    ("redis.call('MGET', 'a', 'b')", "{false, false}"),
    ("redis.call('COMMAND', 'COUNT')", None),
    ("redis.setresp(3) redis.call('HGETALL', 'h')", "{map = {}}"),
    ("redis.pcall('INCR')", '{err = "ERR Wrong number of args calling Redis command from script"}'),
    ("redis.pcall('GET', {})", '{err = "ERR Lua redis lib command arguments must be strings or integ"...}'),
]


@pytest.mark.parametrize(("script", "expected"), LUA)
def test_the_value_lua_got(script: str, expected: str | None) -> None:
    (command,) = run(script)["trace"]
    assert command["lua"] == expected if expected else command["lua"].isdigit()


def test_a_long_list_is_shown_by_its_beginning() -> None:
    script = "redis.call('RPUSH', 'l', unpack(KEYS)) redis.call('LRANGE', 'l', 0, -1)"
    _, command = run(script, keys=["x" * 50] * 90)["trace"]
    assert command["lua"].startswith('{"xxx')
    assert len(command["lua"]) < 210


SWALLOWED = [
    ("redis.pcall('INCR')", [True]),
    ("pcall(redis.call, 'INCR')", [True]),
    ("redis.call('INCR')", [False]),
    ("return redis.pcall('INCR')", [False]),
    ("return {1, redis.pcall('INCR')}", [False]),
    ("redis.pcall('INCR') return redis.pcall('INCR')", [True, False]),
    ("local e = redis.pcall('INCR') error(e)", [False]),
    ("redis.pcall('GET', nil) redis.pcall('NOSUCH') return 1", [True, True]),
    ("redis.pcall('GET', nil) error('another')", [True]),
]


@pytest.mark.parametrize(("script", "swallowed"), SWALLOWED)
def test_errors_nobody_looked_at(script: str, swallowed: list[bool]) -> None:
    assert [command["is_swallowed"] for command in run(script)["trace"] if command["is_error"]] == swallowed


ACCESSES = [
    ("redis.call('GET', 'k')", {"k": (1, 0)}),
    ("redis.call('SET', 'k', 1)", {"k": (0, 1)}),
    ("redis.call('INCR', 'k')", {"k": (1, 1)}),
    ("redis.call('ZUNIONSTORE', 'd', 2, 'a', 'b')", {"d": (0, 1), "a": (1, 0), "b": (1, 0)}),
    ("redis.call('COPY', 'a', 'b')", {"a": (1, 0), "b": (0, 1)}),
    ("redis.call('XREAD', 'STREAMS', 's', 't', 0, 0)", {"s": (1, 0), "t": (1, 0)}),
    ("redis.call('TIME')", {}),
    ("redis.pcall('LPUSH', 'k')", {}),
    ("redis.call('SET', 'k', 1) redis.pcall('LPUSH', 'k', 1)", {"k": (0, 1)}),
]


@pytest.mark.parametrize(("script", "expected"), ACCESSES)
def test_keys_are_read_and_written(script: str, expected: dict[str, tuple[int, int]]) -> None:
    accesses = run(script)["accesses"]
    assert {access["key"]: (access["reads"], access["writes"]) for access in accesses} == expected


def test_declared_keys_come_first_touched_or_not() -> None:
    accesses = run("redis.call('GET', 'other') redis.call('GET', KEYS[2])", keys=["a{t}", "b{t}"])["accesses"]
    assert [(access["key"], access["declared"], access["reads"]) for access in accesses] == [
        ("a{t}", True, 0),
        ("b{t}", True, 1),
        ("other", False, 1),
    ]
    assert accesses[0]["slot"] == accesses[1]["slot"]


def test_keys_elsewhere_are_counted_though_not_all_are_listed() -> None:
    ran = run("for n = 1, 1500 do redis.call('GET', 'k' .. n) redis.call('GET', '{t}' .. n) end", keys=["a{t}"])
    counts = ran["access_counts"]
    assert (len(ran["accesses"]), counts["keys"], counts["declared_slots"]) == (1000, 3001, 1)
    assert (counts["undeclared"], counts["elsewhere"]) == (3000, 1500)
