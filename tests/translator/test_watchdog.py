"""A run that takes too long or too much memory ends, wherever it is; no `pcall` sees it, and the next is unaffected."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from _thread import interrupt_main
from collections.abc import Iterator

import pytest

import ferrous_vm
from ferrous_vm import watchdog
from ferrous_vm.errors import Interrupted, LimitExceeded
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.limits import Limits

pytestmark = pytest.mark.host

ENDLESS = {
    "while": "while true do end",
    "repeat": "repeat until false",
    "for": "for i = 1, math.huge do end",
    "loop in pcall": "while true do pcall(function() while true do end end) end",
    "pcall": "local function f() pcall(f) return pcall(f) end while true do pcall(f) end",
    "xpcall": "while true do xpcall(function() while true do end end, function() while true do end end) end",
    "sort": "table.sort({1, 2, 3, 4, 5}, function(a, b) while true do end end)",
    "gsub": "('abc'):gsub('.', function() while true do end end)",
    "pattern": "string.find(('a'):rep(40), ('a?'):rep(40) .. ('a'):rep(40) .. 'b')",
    "coroutine": "coroutine.wrap(function() while true do end end)()",
    "yields": "local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do f() end",
    "__index": "local t = setmetatable({}, {__index = function() while true do end end}) return t.x",
    "__add": "local t = setmetatable({}, {__add = function() while true do end end}) return t + 1",
    "__eq": "local m = {__eq = function() while true do end end} return setmetatable({}, m) == setmetatable({}, m)",
    "iterator": "for x in function() return 1 end do end",
    "tail call": "local function f() return f() end f()",
    "recursion": "local function f() f() end while true do pcall(f) end",
    "load": "while true do loadstring('return 1')() end",
}


GROWING = {
    "strings": "local t = {} while true do t[#t + 1] = ('x'):rep(1000) end",
    "tables": "local t = {} while true do t = {t} end",
    "a pcall that goes on": "local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end",
}


@pytest.mark.parametrize("what", GROWING)
def test_the_memory_limit_ends_it(engine, what):
    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=None, memory=1 << 25))
    with pytest.raises(LimitExceeded) as raised:
        lua.run(GROWING[what].encode(), name="=p")
    assert raised.value.limit == "memory"
    assert lua.run(b"return 1 + 1") == [2.0]


IN_A_ROW = """
import resource
import sys
import ferrous_vm
from ferrous_vm.limits import Limits

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(8):
    lua = ferrous_vm.Lua(sys.argv[1], limits=Limits(seconds=None, memory=1 << 26))
    try:
        lua.run(b"local t = {} while true do t[#t + 1] = ('x'):rep(100000) end")
    except ferrous_vm.errors.LimitExceeded as error:
        assert error.limit == "memory", error
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process has")
def test_each_run_has_the_same_memory(engine):
    """Whatever the runs before it took."""
    ran = subprocess.run([sys.executable, "-c", IN_A_ROW, engine], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 300


@pytest.mark.parametrize("what", ENDLESS)
def test_the_time_limit_ends_it(engine, what):
    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=0.1))
    with pytest.raises(LimitExceeded) as raised:
        lua.run(ENDLESS[what].encode(), name="=p")
    assert raised.value.limit == "seconds"
    assert lua.run(b"return 1 + 1") == [2.0]
    assert lua.run(b"return coroutine.wrap(function() return type(coroutine.running()) end)()") == [b"thread"]


SLOW_TO_COMPILE = b"local t = {} t.a = t return t" + b".a" * 500_000


def test_the_time_limit_ends_compiling(engine):
    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=0.1))
    with pytest.raises(LimitExceeded, match="time limit of 1 seconds exceeded"):
        lua.run(SLOW_TO_COMPILE, name="=p")
    assert lua.run(b"return 1 + 1") == [2.0]


def test_a_script_that_takes_too_long_to_compile_is_refused_and_not_kept(engine):
    client = ferrous_vm.Server(engine, limits=Limits(seconds=0.1)).connect()
    reply = client.execute(b"EVAL", SLOW_TO_COMPILE, b"0")
    assert isinstance(reply, ErrorReply)
    assert reply.message == b"ERR Error compiling script (new function): time limit of 1 seconds exceeded"
    reply = client.execute(b"FUNCTION", b"LOAD", b"#!lua name=slow\n" + SLOW_TO_COMPILE)
    assert isinstance(reply, ErrorReply)
    assert reply.message == b"ERR Error registering functions: ERR FUNCTION LOAD timeout"
    assert client.execute(b"EVAL", b"return 1", b"0") == 1
    assert client.execute(b"FUNCTION", b"LIST") == []


def test_short_runs_never_feel_it(engine):
    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=1.0))
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        assert lua.run(b"local x = 0 for i = 1, 100 do x = x + i end return x") == [5050.0]


def test_a_script_reads_as_killed_and_its_commands_stay(engine):
    client = ferrous_vm.Server(engine, limits=Limits(seconds=0.1)).connect()
    script = b"redis.call('SET', 'k', 'v') while true do pcall(redis.call, 'INCR', 'n') end"
    reply = client.execute(b"EVAL", script, b"0")
    assert isinstance(reply, ErrorReply)
    assert reply.message.startswith(b"ERR Script killed by Ferrous: time limit of 0.1 seconds exceeded script: ")
    assert client.execute(b"GET", b"k") == b"v"
    assert client.execute(b"EVAL", b"return redis.call('GET', 'k')", b"0") == b"v"


@pytest.fixture
def own_handler() -> Iterator[None]:
    """An interrupt is Python's own here, whatever another test has left; and where the tests run in the background of a
    shell too, which lets its processes ignore SIGINT: `interrupt_main` does nothing then."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_keyboard_interrupt_passes_through_every_pcall(engine, own_handler):
    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=30))
    threading.Timer(0.1, interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        lua.run(b"while true do pcall(function() while true do end end) end")
    assert lua.run(b"return 1") == [1.0]


def test_a_keyboard_interrupt_after_the_limit_is_none_of_the_limit(engine, monkeypatch):
    monkeypatch.setattr("ferrous_vm.watchdog.HAS_THREADS", False)  # as in Pyodide, where the host has limits of its own

    def interrupted(_text):
        time.sleep(0.1)
        raise KeyboardInterrupt

    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=0.05))
    with pytest.raises(KeyboardInterrupt):
        lua.run(b"print()", stdout=interrupted)


def test_an_interrupt_tells_where_it_came(engine, own_handler):
    lua = ferrous_vm.Lua(engine, limits=Limits(seconds=30))
    threading.Timer(0.1, interrupt_main).start()
    with pytest.raises(Interrupted) as raised:
        lua.run(b"local function f()\nwhile true do end\nend\nf()", name="@p")
    assert raised.value.traceback == [(b"@p", 2), (b"@p", 4)]


def test_a_run_that_begins_as_the_patrol_comes_to_rest_is_watched() -> None:
    patrol = watchdog._Patrol()
    patrol._started = True  # no thread
    first, second = watchdog.Watchdog(None), watchdog.Watchdog(None)
    patrol.watch(first)
    second.seconds = 1.0
    patrol.watch(second)
    patrol._rest()
    assert patrol._wake.is_set()
    assert patrol._active() == [second]
    second.seconds = None
    patrol._rest()
    assert not patrol._wake.is_set()
    first.seconds = 1.0
    patrol.watch(first)
    assert patrol._wake.is_set()
    assert patrol._active() == [first]


def test_the_patrol_goes_on_when_a_run_begins_while_it_looks() -> None:
    """What is garbage may be freed between any two steps, and its finalizer may begin a run."""
    patrol = watchdog._Patrol()
    patrol._started = True

    class Beginning(watchdog.Watchdog):
        def is_armed(self) -> bool:
            patrol.watch(watchdog.Watchdog(None))
            return True

    beginning = Beginning(None)
    patrol.watch(beginning)
    assert patrol._active() == [beginning]
    assert len(patrol._watched) == 2
