"""Every row of COMPATIBILITY.md holds: one check a row, under the row's id."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ferrous_vm
from ferrous_vm.keyspace.cluster import Cluster, Node
from ferrous_vm.keyspace.encodings import listpack
from ferrous_vm.keyspace.encodings.rdb_strings import save_string, with_footer
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.limits import Limits
from ferrous_vm.server import Client
from ferrous_vm.values.booleans import TRUE
from ferrous_vm.watchdog import HAS_THREADS

ROOT = Path(ferrous_vm.__file__).parents[1]
PAGE = (ROOT / "COMPATIBILITY.md").read_text(encoding="utf-8") if (ROOT / "COMPATIBILITY.md").is_file() else ""

Check = Callable[[str], None]
CHECKS: dict[str, Check] = {}


def row(name: str) -> Callable[[Check], Check]:
    """Registers the check of the row `name`; it is given the name of an engine."""

    def register(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return register


UNHURRIED = Limits(seconds=60)
"""What a row says holds on a busy machine too."""


def client(engine: str, limits: Limits | None = UNHURRIED) -> Client:
    return ferrous_vm.Server(engine, limits=limits).connect()


def evaluate(engine: str, script: bytes, limits: Limits | None = UNHURRIED) -> bytes:
    return client(engine, limits).execute_resp(b"EVAL", script, b"0")


@row("time-limit")
def _(engine: str) -> None:
    if sys.platform == "emscripten":
        pytest.skip("no threads: there it is the page's worker that interrupts")
    connection = client(engine, Limits(seconds=0.05))
    reply = connection.execute_resp(b"EVAL", b"redis.call('SET', 'k', 1) while true do end", b"0")
    assert reply.startswith(b"-ERR Script killed by Ferrous: time limit of 0.05 seconds exceeded script: ")
    assert reply.endswith(b", on @user_script:1.\r\n")
    assert connection.execute_resp(b"GET", b"k") == b"$1\r\n1\r\n"
    caught = b"while true do pcall(function() while true do end end) end"
    assert evaluate(engine, caught, Limits(seconds=0.05)).startswith(b"-ERR Script killed")
    endless = connection.execute_resp(b"FUNCTION", b"LOAD", b"#!lua name=x\nwhile true do end")
    assert endless == b"-ERR Error registering functions: ERR FUNCTION LOAD timeout\r\n"


@row("script-kill")
def _(engine: str) -> None:
    for command in (b"SCRIPT", b"FUNCTION"):
        reply = client(engine).execute_resp(command, b"KILL")
        assert reply == b"-NOTBUSY No scripts in execution right now.\r\n"
    if not HAS_THREADS:
        return
    from ferrous_vm.endpoint import Endpoint
    from tests.record.resp import Connection

    with Endpoint(ferrous_vm.Server(engine)) as endpoint:
        runs, other = Connection(endpoint.address[1]), Connection(endpoint.address[1])
        other.ask(b"CONFIG", b"SET", b"lua-time-limit", b"1")
        runs.send([b"EVAL", b"pcall(function() while true do end end)\nreturn 1", b"0"])
        assert any(other.ask(b"PING").startswith(b"-BUSY") for _ in range(100_000))
        assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
        assert runs.read().endswith(b", on @user_script:1.\r\n")


@row("memory-limit")
def _(engine: str) -> None:
    connection = client(engine, Limits(seconds=600.0, memory=1 << 26, string_size=1 << 20))
    connection.execute(b"SET", b"k", b"1")
    if engine == "machine" or HAS_THREADS:
        tables = b"redis.call('INCR', 'k') local t = {} while true do t[#t + 1] = ('x'):rep(1000) end"
        assert connection.execute_resp(b"EVAL", tables, b"0").startswith(b"-ERR memory limit")
        connection.execute(b"DECR", b"k")
    string = b"local s = 'x' while true do s = s .. s end"
    assert connection.execute_resp(b"EVAL", string, b"0").startswith(b"-ERR ")
    assert connection.execute_resp(b"GET", b"k") == b"$1\r\n1\r\n"


@row("reply-limit")
def _(engine: str) -> None:
    script = b"local t = {} t[1] = t t[2] = t return t"
    reply = evaluate(engine, script, Limits(memory=1 << 22))
    assert reply.startswith(b"-ERR not enough memory for a reply of more than 8192 elements")
    connection = client(engine, Limits(memory=1 << 22))
    connection.execute(b"SET", b"k", b"x" * 1_000_000)
    refusal = b"not enough memory for a reply of more than 4194304 bytes"
    assert connection.execute_resp(b"MGET", *[b"k"] * 10) == b"-ERR " + refusal + b"\r\n"
    for argv in ((b"MULTI",), *[(b"GET", b"k")] * 5, (b"INCR", b"n")):
        connection.execute(*argv)
    replies = connection.execute(b"EXEC")
    assert isinstance(replies, list)
    assert [isinstance(reply, ErrorReply) for reply in replies] == [False] * 4 + [True] * 2
    assert connection.execute(b"GET", b"n") == b"1"


@row("crash")
def _(engine: str) -> None:
    assert evaluate(engine, b"error({foo=1})").startswith(b"-ERR unknown error script: ")


@row("addresses")
def _(engine: str) -> None:
    script = b"return {tostring({}), tostring(redis.call)}"
    assert evaluate(engine, script) == evaluate(engine, script)
    assert re.fullmatch(rb"\$\d+\r\ntable: 0x[0-9a-f]+\r\n", evaluate(engine, b"return tostring({})"))


@row("hash-order")
def _(engine: str) -> None:
    connection = client(engine)
    connection.execute(b"SADD", b"s", b"b", b"c", b"a")
    assert connection.execute_resp(b"SMEMBERS", b"s") == b"*3\r\n$1\r\nb\r\n$1\r\nc\r\n$1\r\na\r\n"


@row("dump-history")
def _(engine: str) -> None:
    connection = client(engine)
    connection.execute(b"SADD", b"s", b"1", b"70000")
    connection.execute(b"SREM", b"s", b"70000")
    connection.execute(b"SADD", b"t", b"1")
    assert connection.execute(b"DUMP", b"s") == connection.execute(b"DUMP", b"t")


@row("dump-damage")
def _(engine: str) -> None:
    connection = client(engine)
    twice = with_footer(b"\x10" + save_string(listpack.encode([b"field", b"1", b"field", b"2"])))
    assert connection.execute_resp(b"RESTORE", b"k", b"0", twice) == b"-ERR Bad data format\r\n"


@row("maxmemory")
def _(engine: str) -> None:
    client = ferrous_vm.Server(engine).connect()
    client.execute(b"SET", b"k", b"v")
    client.execute(b"CONFIG", b"SET", b"maxmemory", b"1000000")
    writing = (b"EVAL", b"#!lua\nreturn redis.call('SET', 'k', string.rep('x', 1e6))", b"0")
    assert client.execute_resp(*writing) == b"+OK\r\n"
    assert client.execute_resp(*writing) == b"-OOM command not allowed when used memory > 'maxmemory'.\r\n"
    client.execute(b"CONFIG", b"SET", b"maxmemory-policy", b"allkeys-lru")
    assert client.execute_resp(*writing) == b"+OK\r\n"


@row("midst-of-replies")
def _(engine: str) -> None:
    connection = client(engine)
    connection.session.is_one_stream = True
    for command in (b"HELLO 3", b"CONFIG SET notify-keyspace-events KEAm", b"PSUBSCRIBE __keyspace*"):
        connection.execute(*command.split())
    assert connection.execute(b"MGET", b"k", b"l") == [None, None]
    assert len(connection.take_messages()) == 2
    connection.execute(b"ZADD", b"z", b"1", b"a")
    connection.take_messages()
    assert connection.execute_resp(b"ZPOPMIN", b"z").startswith(b"*2\r\n>4\r\n$8\r\npmessage\r\n")


@row("latencies")
def _(engine: str) -> None:
    connection = client(engine)
    connection.execute(b"GET", b"k")
    connection.execute(b"EVAL", b"for i = 1, 100000 do end return redis.call('GET', 'k')", b"0")
    assert connection.execute(b"LATENCY", b"HISTOGRAM", b"get") == [
        (b"get", [(b"calls", 2), (b"histogram_usec", [(1, 2)])])
    ]


@row("idle-time")
def _(engine: str) -> None:
    connection = client(engine)
    connection.execute(b"SET", b"k", b"v")
    payload = connection.execute(b"DUMP", b"k")
    assert isinstance(payload, bytes)
    assert connection.execute_resp(b"RESTORE", b"k", b"0", payload, b"REPLACE", b"IDLETIME", b"9") == b"+OK\r\n"
    assert connection.execute_resp(b"OBJECT", b"IDLETIME", b"k") == b":0\r\n"


@row("collectgarbage")
def _(engine: str) -> None:
    script = b"local a, t = gcinfo(), {} for i = 1, 1000 do t[i] = {} end return collectgarbage('count') > a + 40"
    assert evaluate(engine, script) == b":1\r\n"


@row("bytecode")
def _(engine: str) -> None:
    assert evaluate(engine, b"return #string.dump(function() end)") == b":77\r\n"
    assert evaluate(engine, b"return loadstring(string.dump(function() end))") == b"$-1\r\n"


@row("script-debug")
def _(engine: str) -> None:
    connection = client(engine)
    assert connection.execute_resp(b"SCRIPT", b"DEBUG", b"SYNC") == b"+OK\r\n"
    assert connection.execute_resp(b"EVAL", b"return 1", b"0").endswith(b"+-> 1   return 1\r\n")
    assert connection.execute_resp(b"redis", b"SET", b"k", b"v").endswith(b'+<reply> "+OK"\r\n')
    assert connection.execute_resp(b"redis", b"GET", b"k").endswith(b"+<reply> NULL\r\n")
    assert connection.execute_resp(b"c") == b"*1\r\n+<endsession>\r\n:1\r\n"


@row("log-size")
def _(engine: str) -> None:
    server = ferrous_vm.Server(engine, limits=UNHURRIED)
    server.connect().execute(b"EVAL", b"for i = 1, 10005 do redis.log(redis.LOG_DEBUG, i) end", b"0")
    lines = server.take_log()
    assert len(lines) == 10_001
    assert lines[-1].message.startswith(b"The log is full")


@row("log-level")
def _(engine: str) -> None:
    server = ferrous_vm.Server(engine)
    server.connect().execute(b"EVAL", b"redis.log(redis.LOG_DEBUG, 'seen')", b"0")
    assert [(line.level, line.message) for line in server.take_log()] == [(0, b"seen")]


@row("set-repl")
def _(engine: str) -> None:
    connection = client(engine)
    connection.execute(b"EVAL", b"redis.set_repl(redis.REPL_NONE) redis.call('SET', 'k', 1)", b"0")
    assert connection.execute_resp(b"GET", b"k") == b"$1\r\n1\r\n"


@row("line-breaks")
def _(engine: str) -> None:
    reply = client(engine).execute_resp(b"FUNCTION", b"LOAD", b"#!lua name=x\n[[a\nb]]")
    assert reply == b"-ERR Error compiling function: user_function:3: unexpected symbol near '[[a b]]'\r\n"


@row("error-handler")
def _(engine: str) -> None:
    assert evaluate(engine, b"return __redis__err__handler('x').line") == b"$-1\r\n"


@row("weak-tables")
def _(engine: str) -> None:
    script = b"local t = setmetatable({}, {__mode = 'v'}) t[1] = {} collectgarbage() return t[1] == nil"
    assert evaluate(engine, script) == (b":1\r\n" if engine == "machine" else b"$-1\r\n")


@row("tail-calls")
def _(engine: str) -> None:
    itself = b"local function f(n) if n == 0 then return 'done' end return f(n - 1) end return f(30000)"
    assert evaluate(engine, itself) == b"$4\r\ndone\r\n"
    other = b"""local f, g
        function g(n) return f(n - 1) end
        function f(n) if n == 0 then return 'done' end return g(n) end
        return f(30000)"""
    reply = evaluate(engine, other)
    assert (reply == b"$4\r\ndone\r\n") if engine == "machine" else (b"stack overflow" in reply)


@row("call-depth")
def _(engine: str) -> None:
    script = b"local n = 0 local function f() n = n + 1 f() end local _, reason = pcall(f) return {n, reason}"
    depth, reason = re.fullmatch(rb"\*2\r\n:(\d+)\r\n\$\d+\r\n(.*)\r\n", evaluate(engine, script)).groups()
    assert 19_980 < int(depth) <= 20_000
    assert reason == b"user_script:1: stack overflow"


REMOVED_AND_SET_AGAIN = b"""
local t, order = {}, {}
for i = 1, 8 do t['k' .. i] = i end
for i = 1, 8 do if i ~= 4 then t['k' .. i] = nil end end
collectgarbage()
for i = 8, 1, -1 do t['k' .. i] = i end
for _, value in pairs(t) do order[#order + 1] = value end
return table.concat(order)"""


@row("callable-tables")
def _(engine: str) -> None:
    script = (
        b"local t = {} setmetatable(t, {__call = function(self, n) if n == 0 then return 'deep' end"
        b" return 'x' and (t(n - 1)) end}) return t(1000)"
    )
    reply = evaluate(engine, script)
    assert reply == b"$4\r\ndeep\r\n" if engine == "machine" else b" C stack overflow script: " in reply


@row("look-ups")
def _(engine: str) -> None:
    script = b"""
        local look_ups = 0
        local endless = setmetatable({}, {__index = function(t, key) look_ups = look_ups + 1 return t[key] end})
        local runs = {}
        for run = 1, 2 do
          look_ups = 0
          pcall(function() return endless.x end)
          runs[run] = look_ups
        end
        return runs"""
    [first, second] = re.findall(rb":(\d+)\r\n", evaluate(engine, script))
    in_browser = engine == "translator" and sys.platform == "emscripten"
    assert int(first) in (range(100, 197) if in_browser else (197,))
    assert second == first


@row("collector-order")
def _(engine: str) -> None:
    kept = REMOVED_AND_SET_AGAIN.replace(b"collectgarbage()", b"")
    assert evaluate(engine, kept) == evaluate(engine, REMOVED_AND_SET_AGAIN) == b"$8\r\n54681732\r\n"


@row("collector-step")
def _(engine: str) -> None:
    steps = b"collectgarbage() local n = 0 repeat n = n + 1 until collectgarbage('step', %d) return n > 10"
    assert evaluate(engine, steps % 0) == b":1\r\n"
    assert evaluate(engine, steps % 10_000) == b"$-1\r\n"


@row("far-constants")
def _(engine: str) -> None:
    constants = b",".join(b"%d" % number for number in range(256))
    reply = evaluate(engine, b"local t = {%s} return t.far.x" % constants)
    assert reply.startswith(b"-ERR user_script:1: attempt to index field 'far' (a nil value) ")


@row("load-pieces")
def _(engine: str) -> None:
    script = b"local n, text = 0, '*a = 123' load(function() n = n + 1 return text:sub(n, n) end) return n"
    assert evaluate(engine, script) == b":9\r\n"


@row("loaded-levels")
def _(engine: str) -> None:
    script = b"""
        local function fits(depth, open, close)
          return loadstring(open:rep(depth) .. 'a = 1' .. close:rep(depth)) ~= nil
        end
        local function fit(depth, open, close) return fits(depth, open, close) and not fits(depth + 1, open, close) end
        return {fit(198, 'a,', ''), select(2, pcall(fit, 197, 'a,', '')), fit(197, 'while a do ', ' end'),
          fits(15, 'while a do ', ' end')}"""
    whiles = {"machine": b":1\r\n", "translator": b"$-1\r\n"}[engine]
    assert evaluate(engine, script) == b"*4\r\n:1\r\n:1\r\n" + whiles + b":1\r\n"


@row("cluster")
def _(engine: str) -> None:
    disabled = b"-ERR This instance has cluster support disabled\r\n"
    assert client(engine).execute_resp(b"CLUSTER", b"INFO") == disabled
    connection = client(engine)
    assert connection.execute_resp(b"EVAL", b"#!lua flags=no-cluster\nreturn 1", b"2", b"a", b"b") == b":1\r\n"
    node = ferrous_vm.Server(engine, cluster=Cluster.of(3)).connect()
    assert node.execute_resp(b"GET", b"a") == b"-MOVED 15495 127.0.0.1:7002\r\n"
    assert node.execute_resp(b"CLUSTER", b"ADDSLOTS", b"1").endswith(b"CLUSTER ADDSLOTS is not offered\r\n")
    third = Node(b"0" * 40, b"127.0.0.1", 7000, ((0, 5460),))
    partial = ferrous_vm.Server(engine, cluster=Cluster([third])).connect()
    assert partial.execute_resp(b"GET", b"b") == b"-CLUSTERDOWN The cluster is down\r\n"
    partial.execute(b"CONFIG", b"SET", b"cluster-allow-reads-when-down", b"yes")
    assert partial.execute_resp(b"EVAL", b"#!lua\nreturn 1", b"1", b"b") == b":1\r\n"


@row("nan-sign")
def _(engine: str) -> None:
    reply = evaluate(engine, b"return tostring(math.huge - math.huge)")
    positive = (b"$3\r\nnan\r\n",) if sys.platform == "emscripten" else ()
    assert reply in (b"$4\r\n-nan\r\n", *positive)
    assert evaluate(engine, b"return tostring(0 / 0)") == b"$4\r\n-nan\r\n"


@row("replicas")
def _(engine: str) -> None:
    assert evaluate(engine, b"return redis.call('SET', 'k', 1)") == b"+OK\r\n"


@row("removed-globals")
def _(engine: str) -> None:
    for name in (b"getfenv", b"setfenv", b"newproxy"):
        assert b"nonexistent global variable '%b'" % name in evaluate(engine, b"return " + name)


def lua(engine: str, source: bytes) -> Any:
    """The result of a chunk of Lua alone."""
    [result] = ferrous_vm.Lua(engine).run(source)
    return result


@row("long-keys")
def _(engine: str) -> None:
    script = b"""
        local t, order = {}, {}
        for i = 1, 20 do t[i .. ('x'):rep(40) .. i] = i end
        for _, value in pairs(t) do order[#order + 1] = value end
        return table.concat(order, ' ')"""
    assert b"$%d\r\n%b\r\n" % (len(lua(engine, script)), lua(engine, script)) == evaluate(engine, script)


@row("nested-brackets")
def _(engine: str) -> None:
    assert lua(engine, b"return [[a[[b]] --[[ [[ ]]") == b"a[[b"
    assert evaluate(engine, b"return [[a[[b]] --[[ [[ ]]") == b"$4\r\na[[b\r\n"


@row("plain-random")
def _(engine: str) -> None:
    assert lua(engine, b"math.randomseed(42) return math.random(100)") == 75.0


@row("finalizers")
def _(engine: str) -> None:
    script = b"getmetatable(newproxy(true)).__gc = function() called = true end for i = 1, 1e5 do end"
    assert lua(engine, script + b" return called") is None
    assert lua(engine, script + b" collectgarbage() return called") is (TRUE if engine == "machine" else None)


@pytest.mark.skipif(not PAGE, reason="the page is not installed with the packages")
def test_the_page_and_the_checks_tell_the_same() -> None:
    assert re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE) == list(CHECKS)


@pytest.mark.skipif(not PAGE, reason="the page is not installed with the packages")
def test_every_file_the_page_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", PAGE)
    assert named
    assert not [path for path in named if not (ROOT / path).is_file()]


@pytest.mark.parametrize("name", CHECKS)
def test_the_row_holds(engine: str, name: str) -> None:
    CHECKS[name](engine)


def test_random_numbers_are_those_of_redis(engine: str) -> None:
    assert evaluate(engine, b"return tostring(math.random())") == b"$16\r\n0.39646477363839\r\n"
    script = b"math.randomseed(42) return {tostring(math.random()), math.random(100), math.random(1, 6)}"
    assert evaluate(engine, script) == b"*3\r\n$16\r\n0.74452500033403\r\n:35\r\n:1\r\n"
