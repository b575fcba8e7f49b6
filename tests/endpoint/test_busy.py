"""A script that takes too long: what others are told meanwhile, on real servers and here, on both engines."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferrous_vm import Server
from ferrous_vm.endpoint import Endpoint
from ferrous_vm.endpoint.hub import hub_of
from ferrous_vm.endpoint.in_process import Pipe
from ferrous_vm.limits import Limits
from tests.endpoint.party import Party
from tests.record.record_waiting import AGAIN, BUSY_DIALOGUES, profiles_of, steps
from tests.record.resp import Connection

pytestmark = pytest.mark.host

TURNS: Final = {"translator": 8_000_000, "machine": 400_000}
"""Of a loop that keeps each engine for a while, but not for long."""

SCRIPTS: Final = (
    b"while true do end",
    b"while true do redis.call('RPUSH', KEYS[1], 'x') end",
    b"while true do pcall(function() while true do end end) end",
    b"local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do f() end",
    b"local function f() return pcall(f) end while true do pcall(redis.call, 'LRANGE', KEYS[1], 0, -1) f() end",
    b"for i = 1, 1000 do redis.call('LPUSH', KEYS[1], i) end return redis.call('LLEN', KEYS[1])",
    b"while true do string.rep('x', 100000):gsub('x', 'y') end",
)

CASES = [
    (path, profile, engine)
    for path in sorted(BUSY_DIALOGUES.glob("*.txt"))
    for profile in profiles_of(path.read_text())
    for engine in (TURNS if profile == "redis-7.0" else ["translator"])
]


@pytest.mark.parametrize(
    ("path", "profile", "engine"), CASES, ids=[f"{path.stem}-{profile}-{engine}" for path, profile, engine in CASES]
)
def test_a_step_brings_what_was_recorded(path: Path, profile: str, engine: str) -> None:
    recording = json.loads(path.with_suffix(".json").read_text())
    differences = []
    with Endpoint(Server(engine, profile=profile)) as endpoint:
        port, turns = endpoint.address[1], TURNS[engine]
        party = Party(port, turns)
        for step, (text, answers) in zip(steps(path.read_text()), recording, strict=True):
            assert step == text, "the dialogue has changed: record it again (tests/record/record_waiting.py)"
            if step == AGAIN:
                party.close()
                party = Party(port, turns)
                continue
            real = next(brought for names, brought in answers.items() if profile in names.split())
            ours = {name: reply.decode("latin-1") for name, reply in party.ask(step).items()}
            if ours != real:
                differences.append(f"{step}\n    server  {real}\n    ferrous {ours}")
        party.close()
    assert not differences, "\n".join(differences)


def spinning(endpoint: Endpoint, script: bytes = b"while true do end") -> tuple[Connection, Connection]:
    """A client whose script keeps the server, and another, once others are refused."""
    runs, other = Connection(endpoint.address[1]), Connection(endpoint.address[1])
    other.ask(b"CONFIG", b"SET", b"busy-reply-threshold", b"1")
    runs.send([b"EVAL", script, b"1", b"k"])
    while not other.ask(b"PING").startswith(b"-BUSY"):
        pass
    return runs, other


def test_who_comes_before_the_threshold_simply_waits() -> None:
    with Endpoint() as endpoint:
        runs, other = Connection(endpoint.address[1]), Connection(endpoint.address[1])
        for threshold in (b"60000", b"0"):
            other.ask(b"CONFIG", b"SET", b"busy-reply-threshold", threshold)
            script = b"for i = 1, 2000000 do local n = i end return redis.call('SET', KEYS[1], ARGV[1])"
            runs.send([b"EVAL", script, b"1", b"k", threshold])
            other.send([b"GET", b"k"], [b"PING"])
            assert runs.read() == b"+OK\r\n"
            assert other.read() in (b"$%d\r\n%b\r\n" % (len(threshold), threshold), b"$-1\r\n", b"$5\r\n60000\r\n")
            assert other.read() == b"+PONG\r\n"


@pytest.mark.parametrize("engine", TURNS)
def test_its_host_ends_any_script(engine: str) -> None:
    with Endpoint(Server(engine)) as endpoint:
        assert not endpoint.server.interrupt()
        runs, other = spinning(endpoint, b"redis.call('SET', KEYS[1], '1') while true do pcall(error) end")
        assert endpoint.server.interrupt()
        assert runs.read().startswith(b"-ERR Script killed by Ferrous: its host has interrupted it script: ")
        assert other.ask(b"GET", b"k") == b"$1\r\n1\r\n"


def test_an_endpoint_ends_with_its_block_whatever_runs() -> None:
    with Endpoint() as endpoint:
        again = [b"EVAL", b"redis.call('SET', KEYS[1], '1') while true do end", b"1", b"k"]
        runs, _ = spinning(endpoint)
        runs.send(*[again] * 3)
    assert runs.read().startswith(b"-ERR Script killed by Ferrous")


def test_an_endpoint_that_ends_lets_no_script_go_on_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")  # a loop that is debugged refuses other threads
    with Endpoint(Server(limits=Limits(seconds=0.1))) as endpoint:
        pipe = Pipe(endpoint.hub)
        many = b"EVAL 'while true do end' 0\r\n" * 2
        thread = threading.Thread(target=pipe.sendall, args=(many,))
        thread.start()
        other = Connection(endpoint.address[1])
        while not other.ask(b"PING").startswith(b"-BUSY"):
            pass
    thread.join(60)
    assert pipe.recv(4096).count(b"-ERR Script killed by Ferrous") == 2
    assert endpoint.server.connect().execute(b"DBSIZE") == 0
    with Endpoint(endpoint.server) as endpoint:
        runs, other = spinning(endpoint)
        there = [Connection(endpoint.address[1]) for _ in range(3)]
        there[0].close()
        there[1].send([b"QUIT"])
        assert there[1].read() == b"+OK\r\n"
        assert there[2].ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
        assert runs.read().startswith(b"-ERR Script killed by user")
        assert there[2].ask(b"DBSIZE") == b":0\r\n"


def test_a_shutdown_without_saving_ends_an_endpoint() -> None:
    with Endpoint() as endpoint:
        runs, other = spinning(endpoint, b"redis.call('SET', KEYS[1], '1') while true do end")
        other.send([b"SHUTDOWN", b"NOSAVE"])
        assert other._socket.recv(1) == b""
        assert runs.read().startswith(b"-ERR Script killed by Ferrous")
    endpoint.server.connect().execute(b"PING")
    assert b"not offered" in endpoint.server.connect().execute_resp(b"SHUTDOWN")
    with Endpoint() as endpoint:
        other = Connection(endpoint.address[1])
        assert other.ask(b"SHUTDOWN", b"SAVE") == b"-ERR Errors trying to SHUTDOWN. Check logs.\r\n"
        assert other.ask(b"SHUTDOWN", b"LATER") == b"-ERR syntax error\r\n"
        other.send([b"SHUTDOWN"])
        assert other._socket.recv(1) == b""


def test_a_signal_ends_a_server_that_is_busy() -> None:
    command = [sys.executable, "-m", "ferrous_vm", "serve", "--redis", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stdout is not None
            client = Connection(int(serving.stdout.readline().rpartition(":")[2]))
            client.ask(b"SET", b"k", b"v")
            client.send([b"EVAL", b"redis.call('DEL', 'k') while true do end", b"0"])
            serving.terminate()
            assert serving.wait(20) == 0
        finally:
            serving.kill()


def test_two_servers_of_a_process_do_not_disturb_each_other() -> None:
    with Endpoint() as first, Endpoint(Server(profile="valkey-9.1")) as second:
        runs, other = spinning(first)
        client, beside = Connection(second.address[1]), Connection(second.address[1])
        assert client.ask(b"SET", b"k", b"v") == b"+OK\r\n"
        assert beside.ask(b"SCRIPT", b"KILL").startswith(b"-NOTBUSY")
        beside.ask(b"CONFIG", b"SET", b"busy-reply-threshold", b"1")
        client.send([b"EVAL", b"return redis.call('GET', KEYS[1])", b"1", b"k"])  # one script at a time in a process
        while not beside.ask(b"PING").startswith(b"-BUSY Valkey"):
            pass
        assert beside.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
        assert client.read() == b"-ERR Script killed by user with SCRIPT KILL.\r\n"
        client.send([b"EVAL", b"return redis.call('GET', KEYS[1])", b"1", b"k"])
        assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
        assert client.read() == b"$1\r\nv\r\n"
        assert runs.read().startswith(b"-ERR Script killed by user with SCRIPT KILL...")


def test_connections_within_the_process_are_beside_it_too() -> None:
    with Endpoint() as endpoint:
        pipe, told = Pipe(endpoint.hub), threading.Event()
        runs, other = spinning(endpoint)
        pipe.sendall(b"GET k\r\nFUNCTION KILL\r\nSCRIPT KILL\r\n")
        assert pipe.recv(4096).count(b"-BUSY") == 2
        assert runs.read().startswith(b"-ERR Script killed by user")
        thread = threading.Thread(target=lambda: (pipe.sendall(b"EVAL 'while true do end' 0\r\n"), told.set()))
        thread.start()
        while not other.ask(b"PING").startswith(b"-BUSY"):
            pass
        late, later = Connection(endpoint.address[1]), Pipe(endpoint.hub)
        later.sendall(b"GET k\r\n")
        assert later.recv(100).startswith(b"-BUSY")
        later.close()
        assert late.ask(b"GET", b"k").startswith(b"-BUSY")
        pipe.close()
        assert late.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
        assert told.wait(60)
        thread.join()
        assert late.ask(b"CLIENT", b"LIST").count(b"id=") == 3


def test_a_script_that_nobody_could_kill_has_a_limit_of_time() -> None:
    pipe = Pipe(hub_of(Server(limits=Limits(seconds=0.1))))
    pipe.sendall(b"EVAL 'while true do end' 0\r\nPING\r\n")
    assert pipe.recv(60).startswith(b"-ERR Script killed by Ferrous: time limit of 0.1 seconds")


def test_many_come_and_go_while_it_is_busy() -> None:
    with Endpoint() as endpoint:
        runs, other = spinning(endpoint)
        there = [Connection(endpoint.address[1]) for _ in range(30)]
        for number, client in enumerate(there):
            if number % 3 == 0:
                client.close()
            elif number % 3 == 1:
                client.send([b"MULTI"], [b"GET", b"k"], [b"EXEC"], [b"HELLO", b"3"], [b"GET", b"k"])
                kinds = [client.read()[:5] for _ in range(5)]
                assert kinds == [b"+OK\r\n", b"-BUSY", b"-EXEC", b"%7\r\n$", b"-BUSY"]
            else:
                assert client.ask(b"QUIT") == b"+OK\r\n"
        large = [b"SET", b"large", b"x" * 3_000_000]
        there[1].send(large)
        assert there[1].read().startswith(b"-BUSY")
        there[1].send([*large[:2], b"y" * 200_000])
        assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
        assert runs.read().startswith(b"-ERR Script killed")
        there[1].read()
        assert there[1].ask(b"STRLEN", b"large") in (b":200000\r\n", b":0\r\n")
        assert there[4].ask(b"INCR", b"n") == b":1\r\n"
        assert other.ask(b"CLIENT", b"LIST").count(b"id=") == 12


@pytest.mark.parametrize("name", ["redis", "valkey"])
def test_clients_of_python_are_told_and_kill_it(name: str) -> None:
    package = import_module(name)
    with Endpoint(Server(limits=Limits(seconds=0.01))) as endpoint:
        host, port = endpoint.address[:2]
        once = package.retry.Retry(package.backoff.NoBackoff(), 0)
        with (
            package.Redis(host=host, port=port, socket_timeout=1, retry=once) as client,
            package.Redis(port=port) as other,
        ):
            client.function_load("#!lua name=l\nredis.register_function('spin', function() while true do end end)")
            for spin, kill in (
                (lambda: client.eval("while true do end", 0), other.script_kill),
                (lambda: client.fcall("spin", 0), other.function_kill),
            ):
                with pytest.raises(package.TimeoutError):
                    spin()
                with pytest.raises(package.ResponseError, match="is busy running a script"):
                    other.get("k")
                assert kill()
                Party(port).wait_until(is_busy=False)
            assert client.ping()


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(TURNS)), st.sampled_from(SCRIPTS), st.floats(0, 0.12), st.booleans())
def test_interrupts_at_any_time_leave_everything_usable(
    engine: str, script: bytes, seconds: float, through_kill: bool
) -> None:
    limit = sys.getrecursionlimit()
    with Endpoint(Server(engine)) as endpoint:
        runs, other = Connection(endpoint.address[1]), Connection(endpoint.address[1])
        other.ask(b"CONFIG", b"SET", b"busy-reply-threshold", b"5")
        runs.send([b"EVAL", script, b"1", b"k"], [b"LLEN", b"k"])
        time.sleep(seconds)
        if through_kill:
            other.ask(b"SCRIPT", b"KILL")
        while not select.select([runs._socket], [], [], 0.005)[0]:
            endpoint.server.interrupt()
        assert runs.read()[:1] in (b"-", b":")
        length = runs.read()
        assert length.startswith(b":")
        assert other.ask(b"LLEN", b"k") == length
        assert other.ask(b"EVAL", b"return {redis.call('LLEN', KEYS[1]), pcall(error)}", b"1", b"k").startswith(b"*")
        assert other.ask(
            b"EVAL", b"local function f(n) return n == 0 and 0 or 1 + f(n - 1) end return f(5000)", b"0"
        ) == (b":5000\r\n")
        assert endpoint.hub.busy is None
    assert sys.getrecursionlimit() == limit
