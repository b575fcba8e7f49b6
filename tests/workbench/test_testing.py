"""Tests of scripts, as the bridge runs them: on a keyspace of their own, the reply and the keyspace compared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pyodide_bridge.bridge import Bridge, to_json


def ask(bridge: Bridge, **fields: Any) -> Any:
    return json.loads(to_json(bridge.answer(json.dumps(fields))))


def run(script: str, bridge: Bridge | None = None, **fields: Any) -> Any:
    call = {"keys": [], "argv": [], "fixture": "", **fields}
    return ask(bridge or Bridge(), type="RunTest", script=script, **call)


FILL = """
redis.call('HSET', KEYS[1] .. 'hash', 'a', 1, 'b', 2)
redis.call('SADD', KEYS[1] .. 'set', 'x', 'y')
redis.call('RPUSH', KEYS[1] .. 'list', 'one', 'two')
redis.call('ZADD', KEYS[1] .. 'zset', 1.5, 'm')
redis.call('XADD', KEYS[1] .. 'stream', '1-1', 'f', 'v')
redis.call('XGROUP', 'CREATE', KEYS[1] .. 'stream', 'g', '0')
redis.call('SET', KEYS[1] .. 'text', 'v', 'EX', 10)
redis.call('SELECT', 3)
redis.call('SET', KEYS[1] .. 'text', '\\0\\255')
return {1, 'two', {ok = 'three'}}
"""


def test_what_was_recorded_passes_again() -> None:
    recorded = run(FILL, keys=["k:"], clock=1_700_000_000)
    assert recorded["outcome"] == "passed"
    assert recorded["reply"] == '1) (integer) 1\n2) "two"\n3) three'
    again = run(FILL, keys=["k:"], clock=recorded["clock"], reply=recorded["reply"], keyspace=recorded["keyspace"])
    assert (again["outcome"], again["differences"], again["problem"]) == ("passed", [], None)


def test_the_order_of_the_expected_lines_does_not_matter() -> None:
    recorded = run("redis.call('SADD', 's', 'a', 'b', 'c') redis.call('HSET', 'h', 'f', 1, 'g', 2)")
    expected = "# by hand\nHSET h g 2\nSADD s c\nHSET h f 1\nSADD s b a"
    assert (
        run("redis.call('SADD', 's', 'a', 'b', 'c') redis.call('HSET', 'h', 'f', 1, 'g', 2)", keyspace=expected)[
            "outcome"
        ]
        == "passed"
    )
    assert recorded["keyspace"]


DIFFERENCES = [
    ("redis.call('SET', 'k', 1)", "SET k 2", [("k", "string", "string", [("", "2", "1")])]),
    ("redis.call('SET', 'k', 1)", "", [("k", None, "string", [("", None, "1")])]),
    ("return 1", "SADD s m", [("s", "set", None, [("m", "", None)])]),
    ("redis.call('RPUSH', 'l', 'a', 'b')", "RPUSH l b a", [("l", "list", "list", [("0", "b", "a"), ("1", "a", "b")])]),
    ("redis.call('HSET', 'h', 'f', 1)", "HSET h f 1 g 2", [("h", "hash", "hash", [("g", "2", None)])]),
    ("redis.call('ZADD', 'z', 1, 'm')", "ZADD z 2 m", [("z", "zset", "zset", [("m", "2", "1")])]),
    ("redis.call('SET', 'k', 1, 'EX', 5)", "SET k 1", [("k", "string", "string", [])]),
    ("redis.call('SET', 'k', 1, 'EX', 5)", "SET k 1 EX 5", []),
    ("redis.call('PFADD', 'p', 'a')", "PFADD p b", [("p", "string", "string", "any")]),
]


@pytest.mark.parametrize(("script", "expected", "differences"), DIFFERENCES)
def test_differences_of_the_keyspace(script: str, expected: str, differences: list[Any]) -> None:
    ran = run(script, keyspace=expected, clock=1000)
    found = []
    for change, wanted in zip(ran["differences"], differences, strict=True):
        elements = [(one["element"], one["before"], one["after"]) for one in change["elements"]]
        found.append((change["key"], change["type_before"], change["type_after"], elements))
        if wanted[3] == "any":
            found[-1] = (*found[-1][:3], "any")
    assert found == differences
    assert ran["outcome"] == ("failed" if differences else "passed")


def test_a_stream_is_compared_with_its_groups() -> None:
    script = "redis.call('XADD', 's', '1-1', 'f', 'v') redis.call('XGROUP', 'CREATE', 's', 'g', '0')"
    assert run(script, keyspace="XADD s 1-1 f v\nXGROUP CREATE s g 0")["outcome"] == "passed"
    assert run(script, keyspace="XADD s 1-1 f v")["outcome"] == "failed"


def test_the_reply_is_compared() -> None:
    assert run("return 1", reply="(integer) 1\n")["outcome"] == "passed"
    ran = run("return 1", reply="(integer) 2")
    assert (ran["outcome"], ran["reply_matches"], ran["reply"]) == ("failed", False, "(integer) 1")
    assert run("return {err='NO way'}", reply="(error) NO way")["outcome"] == "passed"
    assert run("redis.setresp(3) return redis.call('HGETALL', 'h')", fixture="HSET h f 1", protocol=3)["reply"] == (
        '1# "f" => "1"'
    )


def test_nothing_reaches_the_keyspace_of_the_page() -> None:
    bridge = Bridge()
    ask(bridge, type="Console", line="SET mine 1")
    ran = run("return redis.call('SET', 'k', redis.call('GET', 'mine') and 1 or 2)", bridge, keyspace="SET k 2")
    assert ran["outcome"] == "passed"
    assert ask(bridge, type="Console", line="KEYS *")["text"] == '1) "mine"'
    assert ask(bridge, type="Undo")["what"] == "SET"


def test_what_stops_a_test_is_told() -> None:
    ran = run("return 1", fixture="SET k v\nLPUSH k x")
    assert (ran["outcome"], ran["problem"]["line"]) == ("fixture", 2)
    ran = run("return 1", keyspace="SET k")
    assert (ran["outcome"], ran["problem"]["line"]) == ("expectation", 1)
    assert run("return 1", keys=['"a"b"'])["message"].startswith("KEYS[1]:")


def test_a_test_has_one_outcome() -> None:
    script = "return redis.call('SRANDMEMBER', 's', 3)"
    fixture = "SADD s " + " ".join(f"m{number}" for number in range(50))
    assert run(script, fixture=fixture)["reply"] == run(script, fixture=fixture)["reply"]
    assert run(script, fixture=fixture)["reply"] != run(script, fixture=fixture, seed=5)["reply"]
