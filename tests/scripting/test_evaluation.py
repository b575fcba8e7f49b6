"""Expressions in a frame of a debugged script: what they see, and that nothing of them stays."""

from __future__ import annotations

import signal
import threading
from typing import Any

import pytest

from ferrous_vm.errors import EvaluationFailed
from ferrous_vm.interrupts import Interrupts, anywhere
from ferrous_vm.machine import evaluation
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.values.booleans import Boolean
from tests.scripting.test_same_moment import World

SCRIPT = b"""local limit = 3
local function take(key, n, ...)
  local cur = tonumber(redis.call('GET', key) or '0')
  local left = limit - cur
  return left - n
end
local seen = {a = {1, 2}}
local co = coroutine.wrap(function(a) for i = 1, 3 do a = coroutine.yield(a + i) end end)
co(1)
local words = string.gmatch('a b c', '%a')
words()
local r = take(KEYS[1], 2, 'more')
return {r, co(1), words()}"""

INNER, OUTER = 0, 1


def _stopped(line: int = 5, source: bytes = SCRIPT, **options: Any) -> tuple[World, DebugSession]:
    world = World()
    world.client.execute(b"SET", b"k", b"1")
    session = DebugSession(world.server.scripting, world.client.session, source, [b"k"], [b"x"], **options)
    session.record()
    session.move("continue", breakpoints=frozenset({line}))
    return world, session


def _seen(value: Any) -> Any:
    if isinstance(value, Boolean):
        return value.name
    if isinstance(value, dict):
        return {_seen(key): _seen(item) for key, item in value.items()}
    return bytes(value) if isinstance(value, bytes) else value


def _value(session: DebugSession, source: bytes, level: int = INNER) -> Any:
    """Its results, or what is said of it."""
    try:
        return session.evaluate(source, lambda values: tuple(map(_seen, values)), level)
    except EvaluationFailed as error:
        return error.message


SEEN: dict[bytes, tuple[int, Any]] = {
    b"left": (INNER, (2.0,)),
    b"limit, key, cur + 1, n": (INNER, (3.0, b"k", 2.0, 2.0)),
    b"...": (INNER, (b"more",)),
    b"KEYS[1], ARGV[1]": (INNER, (b"k", b"x")),
    b"seen.a": (OUTER, ({1.0: 1.0, 2.0: 2.0},)),
    b"take('nokey', 1)": (OUTER, (2.0,)),
    b"redis.call('GET', key)": (INNER, (b"1",)),
    b"local x = left * 2 return x": (INNER, (4.0,)),
    b"left -- and no more": (INNER, (2.0,)),
    b"": (INNER, ()),
    b"nosuch": (INNER, b"Script attempted to access nonexistent global variable 'nosuch'"),
    b"x = = 1": (INNER, b"unexpected symbol near '='"),
    b"1 end, function() return 2": (INNER, b"'<eof>' expected near 'end'"),
    b"\n\nleft.x.y": (INNER, b"3: attempt to index local 'left' (a number value)"),
    b"error({})": (INNER, b"(error object is a table value)"),
    b"redis.call('INCR', 'h1')": (INNER, b"WRONGTYPE Operation against a key holding the wrong kind of value"),
}


def test_an_expression_sees_the_frame_and_the_keyspace_of_the_moment() -> None:
    _, session = _stopped()
    assert {source: (level, _value(session, source, level)) for source, (level, _) in SEEN.items()} == SEEN


def test_the_inner_of_two_variables_with_one_name_is_meant() -> None:
    _, session = _stopped(3, b"local a = 1\nlocal function f(a)\n  return a + 1\nend\nlocal b = f(2)\nreturn b")
    assert [_value(session, b"a", level) for level in (INNER, OUTER)] == [(2.0,), (1.0,)]


def test_a_function_of_the_script_sees_what_an_expression_assigns() -> None:
    _, session = _stopped(3, b"local a = 1\nlocal function f() return a end\nlocal b = f()\nreturn b")
    assert _value(session, b"(function() a = 5 return f() end)()") == (5.0,)
    assert _value(session, b"a, f()") == (1.0, 1.0)


TAKEN_BACK = {
    b"limit = 7 left = 1": b"limit, left",
    b"table.insert(seen.a, 7) seen.b = {} setmetatable(seen, {})": b"#seen.a, seen.b, getmetatable(seen)",
    b"redis.call('SET', KEYS[1], 99) redis.call('SELECT', 1) redis.call('FLUSHALL')": b"redis.call('GET', KEYS[1])",
    b"co(1) co(2)": b"co(1)",
    b"words() words()": b"words()",
    b"cjson.encode_number_precision(3)": b"cjson.encode(1.23456789)",
    b"math.random() redis.call('RANDOMKEY')": b"math.random(1000)",
    b"redis.setresp(3)": b"type(redis.call('HGETALL', 'h1').map)",
    b"redis.log(redis.LOG_WARNING, 'x') redis.call('PUBLISH', 'ch', 'm') redis.call({})": b"1",
    b"while true do seen[{}] = redis.call('INCR', 'n') end": b"redis.call('GET', 'n')",
}


@pytest.mark.parametrize("act", TAKEN_BACK)
def test_what_an_expression_does_is_taken_back(act: bytes) -> None:
    world, session = _stopped(12)
    question = TAKEN_BACK[act]
    before, first = world.photograph(session), _value(session, question)
    _value(session, act)
    assert _value(session, question) == first
    assert world.photograph(session) == before
    session.go_to(session.last)
    assert session.reply() == [0, 3, b"b"]
    session.abandon()


@pytest.mark.parametrize("moment", ["first", "last"])
def test_at_the_beginning_and_after_the_end_there_are_globals(moment: str) -> None:
    _, session = _stopped()
    session.go_to(1 if moment == "first" else session.last)
    assert _value(session, b"KEYS[1], redis.call('GET', KEYS[1])") == (b"k", b"1")


@pytest.mark.host  # in Pyodide the limit of time within a library function is the page's
def test_what_does_not_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "MOST_SECONDS", 0.05)
    monkeypatch.setattr(evaluation, "MOST_INSTRUCTIONS", 5_000)
    world, session = _stopped()
    before = world.photograph(session)
    assert _value(session, b"(function() while true do end end)()") == b"cut: it did not end after 5000 instructions"
    assert _value(session, b"(function() while true do pcall(error) end end)()").startswith(b"cut: ")
    assert _value(session, b"('a'):rep(60):find(('a*'):rep(40)..'b')") == b"cut: it did not end after 0.05 second"
    assert b"limit" in _value(session, b"('a'):rep(2^29 + 1)")
    assert _value(session, b"(function() local function f() return f() + 1 end return f() end)()").startswith(b"cut: ")
    assert world.photograph(session) == before


def test_a_moment_inside_a_coroutine() -> None:
    source = b"local co = coroutine.wrap(function(a)\n  local b = a + 1\n  coroutine.yield(b)\nend)\nco(1)\nreturn 1"
    _, session = _stopped(3, source)
    assert _value(session, b"a, b, coroutine.running() ~= nil") == (1.0, 2.0, "false")
    assert _value(session, b"a, b") == (1.0, 2.0)


@pytest.mark.host  # a second thread sends it
def test_an_interrupt_ends_an_expression_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "MOST_INSTRUCTIONS", 1_000_000_000)
    monkeypatch.setattr(evaluation, "MOST_SECONDS", 60.0)
    interrupts = Interrupts(anywhere)
    world, session = _stopped(interrupts=interrupts)
    before = world.photograph(session)
    interrupts.listen()
    main = threading.main_thread().ident
    assert main is not None
    try:
        for source in (b"(function() while true do end end)()", b"('a'):rep(60):find(('a*'):rep(40)..'b')"):
            threading.Timer(0.05, signal.pthread_kill, (main, signal.SIGINT)).start()
            assert _value(session, source) == b"cut: it was interrupted"
            assert interrupts.take()
            assert world.photograph(session) == before
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
