"""The linter does not cry wolf, does not fall over, and is quick."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferrous_vm.analysis.lint import Severity
from ferrous_vm.analysis.lint.replaced import REPLACED
from ferrous_vm.workbench.linting import lint_script
from tests.oracle.generator import generate

EXAMPLES = sorted((Path(__file__).parents[3] / "web" / "examples").glob("*.lua"))
SCRIPTS = sorted((Path(__file__).parents[2] / "scripting" / "scripts").glob("*.lua"))

PUBLISHED = {
    # "Distributed Locks with Redis", redis.io
    "unlock": """\
if redis.call("get",KEYS[1]) == ARGV[1] then
    return redis.call("del",KEYS[1])
else
    return 0
end""",
    # A sliding window as it is found in many articles
    "window": """\
local current_time = redis.call('TIME')
local trim_time = tonumber(current_time[1]) - tonumber(ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, trim_time)
local request_count = redis.call('ZCARD', KEYS[1])
if request_count < tonumber(ARGV[2]) then
    redis.call('ZADD', KEYS[1], current_time[1], current_time[1] .. current_time[2])
    redis.call('EXPIRE', KEYS[1], ARGV[1])
    return 0
end
return 1""",
    # A counter of the INCR page, redis.io
    "counter": """\
local current
current = redis.call("incr",KEYS[1])
if current == 1 then
    redis.call("expire",KEYS[1],1)
end
return current""",
    # A reentrant lock, as Java clients have it
    "reentrant lock": """\
if ((redis.call('exists', KEYS[1]) == 0) or (redis.call('hexists', KEYS[1], ARGV[2]) == 1)) then
    redis.call('hincrby', KEYS[1], ARGV[2], 1);
    redis.call('pexpire', KEYS[1], ARGV[1]);
    return nil;
end;
return redis.call('pttl', KEYS[1]);""",
    # Jobs whose time has come, moved in pieces that unpack can take, as PHP queues do
    "delayed jobs": """\
local due = redis.call('zrangebyscore', KEYS[1], '-inf', ARGV[1], 'limit', 0, ARGV[2])
if (next(due) ~= nil) then
    redis.call('zremrangebyrank', KEYS[1], 0, #due - 1)
    for i = 1, #due, 100 do
        redis.call('rpush', KEYS[2], unpack(due, i, math.min(i + 99, #due)))
    end
end
return due""",
    # The next job by time, as Ruby's queues take it
    "pop by score": """\
local key, now = KEYS[1], ARGV[1]
local jobs = redis.call("zrange", key, "-inf", now, "byscore", "limit", 0, 1)
if jobs[1] then
  redis.call("zrem", key, jobs[1])
  return jobs[1]
end""",
    # A counter with a window that the first request sets
    "flexible window": """\
redis.call('set', KEYS[1], 0, 'EX', ARGV[2], 'NX')
local consumed = redis.call('incrby', KEYS[1], ARGV[1])
local ttl = redis.call('pttl', KEYS[1])
if ttl == -1 then
  redis.call('expire', KEYS[1], ARGV[2])
  ttl = 1000 * ARGV[2]
end
return {consumed, ttl}""",
    "status": """\
local res = redis.call('SET', KEYS[1], ARGV[1], 'NX')
if res and res['ok'] == 'OK' then return 1 end
return 0""",
    "hash": """\
local exists = redis.call('exists', KEYS[1])
if exists == 0 then return redis.error_reply('NOSUCHKEY') end
local flat = redis.call('hgetall', KEYS[1])
local fields = {}
for i = 1, #flat, 2 do fields[flat[i]] = flat[i + 1] end
fields.seen = (tonumber(fields.seen) or 0) + 1
redis.call('hset', KEYS[1], 'seen', fields.seen)
return cjson.encode(fields)""",
}


SAID = {"counter": [REPLACED.name]}
"""What two commands do in a MULTI, which is said of it."""


@pytest.mark.parametrize("path", [*EXAMPLES, *SCRIPTS], ids=lambda path: path.stem)
def test_nothing_is_said_of_the_examples(path: Path) -> None:
    found = lint_script(path.read_bytes())
    # The scripts of the tests do some things on purpose: what works is no warning.
    assert [one for one in found if path in EXAMPLES or one.severity is Severity.ERROR] == []


@pytest.mark.parametrize("name", PUBLISHED)
def test_nothing_else_is_said_of_published_scripts(name: str) -> None:
    assert [one.rule for one in lint_script(PUBLISHED[name].encode())] == SAID.get(name, [])


@given(st.binary(max_size=200))
def test_any_bytes_are_linted(source: bytes) -> None:
    for one in lint_script(source):
        assert 0 <= one.start <= one.end <= len(source)


PIECES = [path.read_bytes() for path in EXAMPLES]


@given(st.sampled_from(PIECES), st.integers(0, 2000), st.binary(max_size=6), st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_a_script_being_typed_is_linted(source: bytes, at: int, typed: bytes, deleted: int) -> None:
    text = source[:at] + typed + source[at + deleted :]
    for one in lint_script(text):
        assert 0 <= one.start <= one.end <= len(text)
        assert one.line >= 1
        assert one.column >= 1


@pytest.mark.parametrize("seed", range(30))
def test_generated_programs_are_linted(seed: int) -> None:
    lint_script(generate(seed).source.encode())


@pytest.mark.parametrize(
    "source",
    [
        b"return " + b"1+" * 20_000 + b"1",
        b"return " + b"(" * 190 + b"1" + b")" * 190,
        b"return a" + b".b" * 20_000,
        b"local x = 1\n" * 190 + b"x = x + 1\n" * 2000,
        b"return {" + b"{" * 150 + b"}" * 150 + b"}",
        b"if " + b"not " * 190 + b"x then end",
        b"x = '" + b"\\x41" * 10_000 + b"'",
    ],
    ids=range(7),
)
def test_hostile_shapes_are_linted(source: bytes) -> None:
    lint_script(source)


MANY = {
    "10,000 findings": b"if redis.call('EXISTS', KEYS[1]) then end\n" * 10_000,
    "1 MB": b"local function f(a) if a then return a .. 'x' end end f(redis.call('GET', KEYS[1]))\n" * 100
    + b"do local v = redis.call('HGET', KEYS[1], ARGV[1]) if v then v = v + 1 end end\n" * 12_500,
    "one variable": b"local v = 1\n" + b"if v then v = v + 1 end\n" * 5_000,
    "one function": b"local function f(a) return a end\n" + b"f(1)\n" * 20_000,
    "one table": b"local t = {}\n" + b"t.x = t.y\n" * 20_000,
    "ten places": b"if x the\nlocal = 1\nfor i = do\n)\n" * 10,
    "binary": bytes(range(256)) * 4_000,
    "deep": b"if a then " * 180 + b"return redis.call('GET', KEYS[1]) == nil " + b"end " * 180,
}


@pytest.mark.host
@pytest.mark.parametrize("source", MANY.values(), ids=MANY)
def test_large_and_broken_scripts_are_linted(source: bytes) -> None:
    for one in lint_script(source):
        assert 0 <= one.start <= one.end <= len(source)


@pytest.mark.host
def test_two_hundred_lines_take_milliseconds() -> None:
    source = b"\n".join(b"do\n" + piece.replace(b"return ", b"local _ = ") + b"\nend" for piece in PIECES)
    lines = source.split(b"\n")
    assert len(lines) >= 100
    best = 1.0
    for _ in range(5):
        start = time.process_time()
        lint_script(source)
        best = min(best, time.process_time() - start)
    assert best / len(lines) * 200 < 0.05, f"{best / len(lines) * 200_000:.1f} ms for 200 lines"
