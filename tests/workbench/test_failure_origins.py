"""An error says where the value came from that it is about: from one more run, which leaves everything as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pyodide_bridge.bridge import Bridge, to_json
from tests.workbench.test_error_explanations import Case, explained

PRICES = """redis.call('INCR', 'runs')
local function price_of(name)
  local found = redis.call('HGET', 'seats:prices', name)
  return found
end
local total = 0
for _, name in ipairs({'A', 'B', 'C'}) do
  total = total + price_of(name)
end
return total"""

STORIES = {
    PRICES: "HGET seats:prices C on line 3 answered no value (nil, in Lua false), which price_of returned on line 4.",
    "local t = redis.call('HMGET', 'seats:prices', 'A', 'Z')\nlocal n = t[2]\nreturn 1 + n": (
        "Element 2 of what HMGET seats:prices A Z on line 1 answered is no value"
    ),
    "local o = cjson.decode(ARGV[1])\nreturn 'owner:' .. o.owner": (
        "The field owner of what cjson.decode on line 1 read is JSON's null (ARGV[1] is"
    ),
    "local o = cjson.decode(ARGV[1])\nlocal n = o.name\nreturn n .. 'x'": (
        "What cjson.decode on line 1 made has no field name (ARGV[1] is"
    ),
    "local n = ARGV[2]\nlocal m = n\nreturn m + 1": "ARGV[2] on line 1 is nil: the call passes only 1 ARGV.",
    "local m = ARGV[1]\nreturn m + 1": "ARGV[1] on line 1 is",
    "return redis.call('GET', KEYS[0])": "KEYS[0] is nil: KEYS counts from 1.",
    "local s = redis.call('SET', 'k', 1)\nreturn s + 1": "SET k 1 on line 1 answered a status, which is a table",
    "local t = {}\nlocal x = t.total\nreturn x + 1": "Nobody has set the field total of the table made on line 1.",
    "local function f(a, b) return a + b end\nreturn f(1)": "b is nil: the call on line 2 passes fewer arguments.",
    "local packed = cmsgpack.pack({a = 1})\nlocal t = cmsgpack.unpack(packed)\nreturn t.b.c": (
        "What cmsgpack.unpack on line 2 made has no field b."
    ),
    "local t = cmsgpack.unpack(redis.call('GET', 'packed'))\nreturn t.name .. '!'": (
        "What cmsgpack.unpack on line 1 made has no field name."
    ),
    "local job = cjson.decode(redis.call('GET', 'job'))\nreturn job.tries + 1": (
        "What cjson.decode on line 1 made has no field tries."
    ),
    "local job = cjson.decode(redis.call('GET', 'job'))\nreturn job.owner .. 'x'": (
        "The field owner of what cjson.decode on line 1 read is JSON's null."
    ),
    "local x\nif ARGV[1] == 'no' then x = 1 end\nreturn #x": "x was declared without a value.",
    "local id = redis.call('GET', 'k')\nlocal t = {id = id}\nreturn redis.call('SET', 'x', t.id)": (
        "GET k on line 1 answered no value (nil, in Lua false), put into the field id on line 2."
    ),
    "#!lua name=lib\nredis.register_function('f', function(keys, args)\n  local v = redis.call('GET', 'k')\n"
    "  return v .. 'x'\nend)": "GET k on line 3 answered no value",
}

FIXTURE = """HSET seats:prices A 10 B 20
SET packed "\\x81\\xa2id\\x01"
SET job '{"id":1,"owner":null}'"""


def ran(script: str) -> Any:
    mode = "FCALL" if script.startswith("#!lua name") else "EVAL"
    return explained(Case(script, fixture=FIXTURE, mode=mode, argv=('"{\\"owner\\":null}"',)))


@pytest.mark.parametrize("script", STORIES)
def test_where_a_value_came_from_is_told(script: str) -> None:
    told = ran(script)["explanation"]
    assert STORIES[script] in f"{told['what']} {told['advice']}"


def test_what_the_script_did_is_done_once_and_can_be_taken_back() -> None:
    bridge = Bridge()

    def ask(**request: Any) -> Any:
        return json.loads(to_json(bridge.answer(json.dumps(request))))

    client = bridge.workbench.server.connect()
    told = ask(type="Run", script=PRICES, keys=[], argv=[], fixture=FIXTURE, seed=1)
    assert "seats:prices C" in told["explanation"]["advice"]
    assert [change["key"] for change in told["changes"]] == ["runs"]
    assert len(told["trace"]) == 4
    assert client.execute(b"GET", b"runs") == b"1"
    random = bridge.workbench.keyspace.random.getstate()
    again = ask(type="Run", script=PRICES, keys=[], argv=[], fresh=False, seed=1)
    assert (client.execute(b"GET", b"runs"), again["changes"][0]["key"]) == (b"2", "runs")
    assert bridge.workbench.keyspace.random.getstate() == random
    ask(type="Undo")
    assert client.execute(b"GET", b"runs") == b"1"


@pytest.mark.parametrize(
    "script",
    [
        "error('no ' .. ARGV[1])",
        "local n = 0\nwhile n < 1e6 do n = n + 1 end\nlocal x\nreturn n .. x",
        "redis.call('PUBLISH', 'c', 'once')\nlocal x\nreturn 1 + x",
    ],
    ids=["no value is wrong", "too long", "heard by others"],
)
def test_nothing_is_told_that_was_not_seen(script: str) -> None:
    assert "declared" not in ran(script)["explanation"]["advice"].replace("Declare", "")
