"""The same moment is always the same, whichever way it is reached; and the end is that of EVAL."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.replies import encode
from ferrous_vm.keyspace.server.mailboxes import messages_of
from ferrous_vm.machine.debugger import BLOCK
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.server import Client, Server
from tests.scripting.generated_scripts import Generator

SCRIPTS: dict[str, bytes] = {
    "the order of tables as keys": b"local t = {}\nfor i = 1, 8 do t[{}] = i end\nlocal r = {}\n"
    b"for k, v in pairs(t) do r[#r + 1] = v break end\nreturn r",
    "addresses": b"local a = tostring({})\nlocal b = tostring({})\nreturn {a, b, tostring(function() end)}",
    "settings of cjson": b"local s = cjson.encode({1.23456789})\ncjson.encode_number_precision(3)\n"
    b"cjson.encode_sparse_array(true)\ns = s .. cjson.encode({[100] = 1.23456})\ncjson.encode_number_precision(5)\n"
    b"return s .. cjson.encode({1.23456789})",
    "cursors": b"for i = 1, 20 do redis.call('SET', 'k' .. i, i) end\nlocal c, r = '0', {}\nrepeat\n"
    b"  local p = redis.call('SCAN', c, 'COUNT', 3)\n  c = p[1] r[#r + 1] = c .. table.concat(p[2], ',')\n"
    b"  redis.call('DEL', 'k' .. #r)\nuntil c == '0'\nreturn {redis.call('RANDOMKEY'), unpack(r)}",
    "the order of keys and members": b"for _, key in ipairs({'a', 'b', 'c', 'd'}) do redis.call('SET', key, 1) end\n"
    b"redis.call('DEL', 'a', 'c') redis.call('SET', 'a', 3) redis.call('RENAME', 'b', 'e')\n"
    b"redis.call('HSET', 'h', 'x', 1, 'y', 2) redis.call('HDEL', 'h', 'x') redis.call('HSET', 'h', 'x', 1)\n"
    b"redis.call('SADD', 's', 'p', 'q', 'r') redis.call('SREM', 's', 'p') redis.call('SADD', 's', 'p')\n"
    b"local all = redis.call('KEYS', '*') redis.call('FLUSHDB') redis.call('SET', 'z', 1) redis.call('DEL', 'z')\n"
    b"return {all, redis.call('KEYS', '*')}",
    "counters": b"local i = redis.call('INFO', 'commandstats')\nredis.call('GET', 'nokey')\n"
    b"redis.pcall('INCR', 's1', 'x')\n"
    b"return {i, redis.call('INFO', 'stats'), redis.call('INFO', 'errorstats')}",
    "coroutines and metatables": b"local co = coroutine.wrap(function(a)\n"
    b"  local t = setmetatable({}, {__index = function(t, k) redis.call('INCR', 's9') return k .. a end,\n"
    b"    __call = function(self, x) return x end})\n  local b = coroutine.yield(t.x)\n"
    b"  return b .. t(math.random(1000))\nend)\nreturn {co('1'), co('2'), redis.call('RANDOMKEY')}",
    "collections of every kind": b"for i = 1, 6 do\n  redis.call('HSET', 'h', i % 3, i, 'f' .. i, i)"
    b" redis.call('HDEL', 'h', 'f' .. (i - 2))\n  redis.call('SADD', 's', i, i == 4 and 'x' or 9)"
    b" redis.call('SREM', 's', 9)\n  redis.call('ZADD', 'z', i % 4, i, i, 'm')"
    b" redis.call('ZREMRANGEBYRANK', 'z', 0, i % 2 - 1)\n  redis.call('RPUSH', 'l', i, 'a') redis.call('LPUSH', 'l', i)"
    b" redis.call('LREM', 'l', 1, 'a') redis.call('LTRIM', 'l', 0, 5)\n  redis.call('APPEND', 't', i)"
    b" redis.call('SETRANGE', 't', i, 'xy') redis.call('SETBIT', 'b', i * 9, 1)\n"
    b"  redis.call('XADD', 'x', '0-' .. i, 'f', i) redis.call('XTRIM', 'x', 'MAXLEN', 3)"
    b" redis.call('XDEL', 'x', '0-1')\n"
    b"  if i == 2 then redis.call('XGROUP', 'CREATE', 'x', 'g', 0) end\n  if i > 2 then\n"
    b"    redis.call('XREADGROUP', 'GROUP', 'g', 'c' .. i % 2, 'COUNT', 1, 'STREAMS', 'x', '>')\n"
    b"    redis.call('XACK', 'x', 'g', '0-2')\n  end\n"
    b"  if i == 5 then redis.call('XGROUP', 'DELCONSUMER', 'x', 'g', 'c1') end\n"
    b"  redis.call('EXPIRE', 't', 100 + i) redis.call('PFADD', 'p', i)"
    b" redis.call('GEOADD', 'geo', i, i, 'm' .. i)\nend\n"
    b"redis.call('SWAPDB', 0, 1) redis.call('SELECT', 1) redis.call('RENAME', 'h', 'h2')\n"
    b"return {redis.call('HGETALL', 'h2'), redis.call('XRANGE', 'x', '-', '+'), redis.call('ZRANGE', 'z', 0, -1)}",
    "messages, log, sort and gsub": b"redis.call('PUBLISH', 'ch', 'm')\nredis.log(redis.LOG_WARNING, 'hi')\n"
    b"local r = {}\n"
    b"for w in string.gmatch('a b c', '%a') do r[#r + 1] = w end\n"
    b"table.sort(r, function(x, y) redis.call('INCR', 'cmp') return x > y end)\n"
    b"return {table.concat(r), (string.gsub('abc', '%w', function(c) return redis.call('APPEND', 'g', c) end))}",
    "a library function that is made again writes nothing": b"local t = {0, 5, tonumber('-0')}\n"
    b"table.sort(t, function(x, y)\n  local a, b, c = 1, 2, 3\n  return y ~= 5\nend)\nreturn 1",
    "databases and protocol": b"redis.setresp(3)\nredis.call('HSET', 'h', 'a', 1)\n"
    b"local r = redis.call('HGETALL', 'h')\n"
    b"redis.call('SELECT', 1)\nredis.call('SET', 'other', 1)\nreturn {type(r.map), redis.call('DBSIZE')}",
    "errors that are caught": b"local t = {}\nfor i = 1, 3 do t[i] = function() i = i + 1 return i end end\n"
    b"t[1]() t[1]()\n"
    b"return {loadstring('return ...')(t[1]()), t[2](), pcall(error, {err = 'x'})}",
}

GENERATED = 12

ARGUMENTS = (b"2", b"s1", b"h1", b"5", b"b\0")


class World:
    """A server with something in it, a client who calls, one who looks on, and one who is subscribed."""

    def __init__(self) -> None:
        self.server = Server(clock=lambda: 1_700_000_000_000_000, seed=1)
        self.client, self.looker, self.subscriber = (self.server.connect() for _ in range(3))
        self.subscriber.execute(b"SUBSCRIBE", b"ch")
        for line in (b"SET a0 1", b"SET b0 1", b"HSET h1 f 1 g 2", b"SADD i1 5 6", b"RPUSH l1 a b"):
            self.client.execute(*line.split())

    def stored(self) -> list[Any]:
        """All there is, in the order in which it is shown."""
        found: list[Any] = []
        for database in (b"0", b"1"):
            self.looker.execute(b"SELECT", database)
            keys: Any = self.looker.execute(b"KEYS", b"*")
            found.append(keys)
            found += [(self.looker.execute(b"DUMP", key), _members(self.looker, key)) for key in keys]
            found.append(self.looker.execute(b"SCAN", b"0", b"COUNT", b"4"))
        return found

    def counted(self) -> Any:
        statistics = self.server.keyspace.statistics
        errors = {code: count for code, count in statistics.errors.items() if count}
        return [*statistics.calls], errors, statistics.hits, statistics.misses

    def photograph(self, session: DebugSession) -> tuple[Any, ...]:
        """Everything that can be seen of a moment."""
        assert session.changes() == self.server.keyspace.changes()
        seen = []
        for frame in session.frames(50):
            for variable in (*frame.locals, *frame.upvalues):
                value = variable.value
                inside = []
                if value.type == "table" and value.token is not None:
                    inside = [(key.text, item.text) for key, item in session.expand(value.token, 0, 10)]
                seen.append((frame.function, frame.line, variable.name, value.type, value.text, inside))
        waiting = [str(message) for message in messages_of(self.subscriber.session)]
        reply = encode(session.reply(), 3) if session.finished else None
        commands = [str(issued.reply) for issued in session.issued]
        return (session.line, seen, commands, session.log(), waiting, self.counted(), session.ask(self.stored), reply)


def _members(client: Client, key: bytes) -> Any:
    kind = client.execute(b"TYPE", key)
    return client.execute(b"HGETALL" if kind == b"hash" else b"SMEMBERS", key) if kind in (b"hash", b"set") else None


def _generated() -> dict[str, bytes]:
    generator = Generator(11)
    return {f"generated {number}": generator.script() for number in range(GENERATED)}


@pytest.mark.parametrize("block", [5, BLOCK])
@pytest.mark.parametrize("name", [*SCRIPTS, *_generated()])
def test_the_same_moment_is_always_the_same(name: str, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ferrous_vm.machine.debugger.BLOCK", block)
    source = SCRIPTS.get(name) or _generated()[name]
    expected = World().client.execute_resp(b"EVAL", source, *ARGUMENTS)
    world = World()
    stored = world.stored()
    counted = world.counted()
    try:
        session = DebugSession(
            world.server.scripting, world.client.session, source, list(ARGUMENTS[1:3]), list(ARGUMENTS[3:])
        )
    except CommandError:
        return
    session.record()
    random = Random(name)
    photographs = {}
    for moment in sorted({1, session.last, *(random.randint(1, session.last) for _ in range(8))}):
        session.go_to(moment)
        photographs[moment] = world.photograph(session)
    for _ in range(12):
        session.go_to(random.randint(1, session.last))
        moment = random.choice([*photographs])
        session.go_to(moment)
        assert world.photograph(session) == photographs[moment]
    session.go_to(session.last)
    if "INFO" not in source.decode("latin-1"):  # which counts what was looked at
        assert encode(session.reply(), 2) == expected
    session.abandon()
    assert world.counted() == counted
    assert world.stored() == stored


PARTED = {
    "lines that are jumped to": b"local t = {}\nfor i = 1, 6 do t[i] = i % 4 end\n"
    b"table.sort(t, function(a, b) local c = a local d = b return c < d end)\nlocal s = 0\n"
    b"for i, v in ipairs(t) do if v > 1 then s = s + v else\n  s = s - 1 end end\nreturn s",
    "what cannot be done again": b"local function f(n)\n  if n == 0 then return 0 end\n  redis.call('PUBLISH', 'ch', n)"
    b" local a = f(n - 1)\n  if a > 1 then\n    a = a - 1 end return a + 1 end\nlocal ok = pcall(error, f(3))\n"
    b"local co = coroutine.wrap(function() for i = 1, 2 do coroutine.yield(redis.log(3, 'x'))\n"
    b"  if i == 1 then redis.call('PUBLISH', 'ch', 0) end end end)\nco() co()\nreturn redis.breakpoint()",
}


@pytest.mark.parametrize("block", [5, BLOCK])
@pytest.mark.parametrize("name", PARTED)
def test_a_recording_in_parts_is_one(name: str, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ferrous_vm.machine.debugger.BLOCK", block)

    def recorded(patience: float | None) -> tuple[Any, ...]:
        world = World()
        session = DebugSession(world.server.scripting, world.client.session, PARTED[name], [], [])
        session.record(patience=patience)
        random = Random(name)
        while session.pauses:
            session.go_to(here := random.randint(1, session.last))
            session.record_on(0)
            assert session.moment == here
        events = session.events
        told = (session.command_moments, session.changed_keys, session.errors, events.logged, events.breakpoints)
        session.go_to(session.last)
        return session.last, [*session.stops.moments], [*session.stops.lines], told, world.photograph(session)

    assert recorded(0) == recorded(None)
