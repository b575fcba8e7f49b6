"""An endpoint on a socket: what clients may do to it, and what others notice of that."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ferrous_vm import Server
from ferrous_vm.endpoint import Endpoint
from ferrous_vm.endpoint.clock import Clock
from ferrous_vm.endpoint.requests import written
from ferrous_vm.errors import StateError
from tests.record.resp import Connection

pytestmark = pytest.mark.host


def everything(connected: socket.socket) -> bytes:
    """What comes until the connection is closed."""
    chunks = []
    try:
        while chunk := connected.recv(65536):
            chunks.append(chunk)
    except ConnectionResetError:
        pass
    return b"".join(chunks)


def exactly(connected: socket.socket, expected: bytes) -> None:
    """These bytes come next."""
    data = b""
    while len(data) < len(expected) and (chunk := connected.recv(len(expected) - len(data))):
        data += chunk
    assert data == expected


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Ask again and again until it holds; fails when it never does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this never came about"


def blocked(client: Connection) -> int:
    """How many clients wait, as INFO says."""
    return int(client.ask(b"INFO", b"clients").partition(b"\nblocked_clients:")[2].partition(b"\r")[0])


def client_of(endpoint: Endpoint) -> Connection:
    return Connection(endpoint.address[1])


def test_requests_are_answered_in_order_however_they_come(raw: socket.socket) -> None:
    raw.sendall(b"PING\r\n*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\nSET k v\r\n" + b"INCR n\r\n" * 1000 + b"GET k\r\nQUIT\r\n")
    counted = b"".join(b":%d\r\n" % number for number in range(1, 1001))
    assert everything(raw) == b"+PONG\r\n$2\r\nhi\r\n+OK\r\n" + counted + b"$1\r\nv\r\n+OK\r\n"


def test_resp3_and_pushes(endpoint: Endpoint, raw: socket.socket) -> None:
    raw.sendall(b"HELLO 3\r\n")
    assert raw.recv(65536).startswith(b"%7\r\n")
    raw.sendall(b"SUBSCRIBE c\r\nPUBLISH c own\r\n")
    exactly(
        raw,
        b">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$3\r\nown\r\n:1\r\n",
    )
    assert client_of(endpoint).ask(b"EVAL", b"return redis.call('PUBLISH', 'c', 'hi')", b"0") == b":1\r\n"
    exactly(raw, b">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n")


def test_who_waits_is_answered_and_goes_on_with_what_it_sent_meanwhile(endpoint: Endpoint, raw: socket.socket) -> None:
    raw.sendall(b"BLPOP k 0\r\nPING\r\nBLPOP k 0\r\n")
    other = client_of(endpoint)
    until(lambda: blocked(other) == 1)
    other.ask(b"RPUSH", b"k", b"1", b"2")
    exactly(raw, b"*2\r\n$1\r\nk\r\n$1\r\n1\r\n+PONG\r\n*2\r\n$1\r\nk\r\n$1\r\n2\r\n")


def test_what_follows_a_command_that_waits_in_one_piece_waits_too(endpoint: Endpoint, raw: socket.socket) -> None:
    requests = [[b"BLPOP", b"k", b"0"], [b"ECHO", b"after"], [b"BLPOP", b"k", b"0"], [b"PING"]]
    raw.sendall(written(requests))
    other = client_of(endpoint)
    until(lambda: blocked(other) == 1)
    other.ask(b"RPUSH", b"k", b"1", b"2")
    exactly(raw, b"*2\r\n$1\r\nk\r\n$1\r\n1\r\n$5\r\nafter\r\n*2\r\n$1\r\nk\r\n$1\r\n2\r\n+PONG\r\n")


def test_timeouts_pass(raw: socket.socket) -> None:
    raw.sendall(b"BLPOP k 0.01\r\nPING\r\n")
    exactly(raw, b"*-1\r\n+PONG\r\n")


def test_a_client_that_vanishes_while_it_waits_takes_nothing(endpoint: Endpoint, raw: socket.socket) -> None:
    raw.sendall(b"MULTI\r\nRPUSH k never\r\n")
    exactly(raw, b"+OK\r\n+QUEUED\r\n")
    other, writer = client_of(endpoint), client_of(endpoint)
    other.send([b"BLPOP", b"k", b"0"])
    until(lambda: blocked(writer) == 1)
    other.close()
    raw.close()
    until(lambda: blocked(writer) == 0)
    assert writer.ask(b"RPUSH", b"k", b"1") == b":1\r\n"
    assert writer.ask(b"LRANGE", b"k", b"0", b"-1") == b"*1\r\n$1\r\n1\r\n"


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"*1\r\n:1\r\nPING\r\n", b"-ERR Protocol error: expected '$', got ':'\r\n"),
        (b"PING\r\n*1\r\n$-5\r\n", b"+PONG\r\n-ERR Protocol error: invalid bulk length\r\n"),
        (b"POST / HTTP/1.1\r\nHost: x\r\n\r\nSET evil 1\r\n", b""),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b""),
        (b"\x16\x03\x01\x02\x00\x01\r\n" + b"x" * 70000, None),
    ],
)
def test_what_is_no_request_ends_the_connection(
    endpoint: Endpoint, raw: socket.socket, sent: bytes, answer: bytes | None
) -> None:
    raw.sendall(sent)
    told = everything(raw)
    assert told == answer or (answer is None and b"-ERR " in told)
    assert client_of(endpoint).ask(b"PING") == b"+PONG\r\n"
    assert client_of(endpoint).ask(b"EXISTS", b"evil") == b":0\r\n"


def test_who_does_not_read_holds_up_nobody_else(endpoint: Endpoint, raw: socket.socket) -> None:
    writer = client_of(endpoint)
    writer.ask(b"SET", b"large", b"x" * 1_000_000)
    raw.sendall(b"GET large\r\n" * 50 + b"INCR done\r\n")
    assert writer.ask(b"EXISTS", b"done") == b":0\r\n"
    one = b"$1000000\r\n" + b"x" * 1_000_000 + b"\r\n"
    for _ in range(50):
        exactly(raw, one)
    exactly(raw, b":1\r\n")


def test_a_listener_that_does_not_read_is_cut_off_at_the_limit(endpoint: Endpoint, raw: socket.socket) -> None:
    writer = client_of(endpoint)
    before = writer.ask_parsed(b"CONFIG", b"GET", b"client-output-buffer-limit")
    try:
        writer.ask(b"CONFIG", b"SET", b"client-output-buffer-limit", b"pubsub 1mb 0 0")
        raw.sendall(b"SUBSCRIBE c\r\n")
        exactly(raw, b"*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n")
        until(lambda: writer.ask(b"PUBLISH", b"c", b"x" * 500_000) == b":0\r\n")
    finally:
        assert writer.ask(b"CONFIG", b"SET", *map(str.encode, before)) == b"+OK\r\n"
    assert writer.ask(b"PUBSUB", b"NUMSUB", b"c") == b"*2\r\n$1\r\nc\r\n:0\r\n"


def test_passwords_and_killed_clients(endpoint: Endpoint, raw: socket.socket) -> None:
    writer = client_of(endpoint)
    try:
        writer.ask(b"CONFIG", b"SET", b"requirepass", b"secret")
        newcomer = client_of(endpoint)
        assert newcomer.ask(b"GET", b"k") == b"-NOAUTH Authentication required.\r\n"
        newcomer.send([b"MGET", *[b"k"] * 20])
        assert newcomer.read() == b"-ERR Protocol error: unauthenticated multibulk length\r\n"
        newcomer = client_of(endpoint)
        assert newcomer.ask(b"AUTH", b"secret") == b"+OK\r\n"
        number = newcomer.ask_parsed(b"CLIENT", b"ID")
        assert writer.ask(b"CLIENT", b"KILL", b"ID", b"%d" % number) == b":1\r\n"
        with pytest.raises(ConnectionError):
            newcomer.ask(b"PING")
    finally:
        writer.ask(b"CONFIG", b"SET", b"requirepass", b"")


def test_who_is_idle_or_one_too_many_is_sent_away(endpoint: Endpoint, raw: socket.socket) -> None:
    client, idle = client_of(endpoint), client_of(endpoint)
    waits = client_of(endpoint)
    try:
        for each in (client, idle, waits):  # they have been let in
            assert each.ask(b"PING") == b"+PONG\r\n"
        waits.send([b"BLPOP", b"k", b"0"])
        client.ask(b"CONFIG", b"SET", b"maxclients", b"1")
        with socket.create_connection(endpoint.address) as refused:
            assert everything(refused) == b"-ERR max number of clients reached\r\n"
        client.ask(b"CONFIG", b"SET", b"maxclients", b"10000", b"timeout", b"1")
        assert idle._socket.recv(1) == b""
        again = client_of(endpoint)
        again.ask(b"RPUSH", b"k", b"1")
        assert waits.read() == b"*2\r\n$1\r\nk\r\n$1\r\n1\r\n"
    finally:
        client_of(endpoint).ask(b"CONFIG", b"SET", b"maxclients", b"10000", b"timeout", b"0")


def test_addresses_are_those_of_the_sockets(endpoint: Endpoint, raw: socket.socket) -> None:
    raw.sendall(b"CLIENT INFO\r\n")
    assert b"addr=127.0.0.1:%d " % raw.getsockname()[1] in raw.recv(4096)


def test_many_clients_pass_elements_on(endpoint: Endpoint, raw: socket.socket) -> None:
    clients = [client_of(endpoint) for _ in range(20)]
    for number, client in enumerate(clients):
        client.send([b"BLMOVE", b"chain%d" % number, b"chain%d" % (number + 1), b"LEFT", b"RIGHT", b"0"])
    raw.sendall(b"RPUSH chain0 through\r\n")
    exactly(raw, b":1\r\n")
    assert [client.read() for client in clients] == [b"$7\r\nthrough\r\n"] * 20


def test_it_ends_with_its_block_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    with Endpoint(Server(), path=path) as endpoint:
        thread = endpoint._thread
        assert thread is not None
        with pytest.raises(StateError):
            endpoint.__enter__()
        with socket.socket(socket.AF_UNIX) as local:
            local.connect(str(path))
            local.sendall(b"SET k v\r\n")
            exactly(local, b"+OK\r\n")
            client = client_of(endpoint)
            assert client.ask(b"GET", b"k") == b"$1\r\nv\r\n"
            assert b"tcp_port:%d\r\n" % endpoint.address[1] in client.ask(b"INFO", b"server")
            assert client.ask_parsed(b"CONFIG", b"GET", b"unixsocket") == ["unixsocket", str(path)]
            endpoint.stop()
            assert everything(local) == b""
    assert not path.exists()
    assert not thread.is_alive()
    with pytest.raises(StateError):
        endpoint.address  # noqa: B018


def test_a_server_has_one_endpoint_at_a_time(endpoint: Endpoint) -> None:
    with pytest.raises(StateError, match="serves already"), Endpoint(endpoint.server):
        pass
    with endpoint.hub.lock:
        assert endpoint.server.keyspace.end is not None
        assert endpoint.server.scripting.attendant is endpoint.hub


def test_an_address_that_is_taken_is_an_error(endpoint: Endpoint) -> None:
    with pytest.raises(OSError), Endpoint(port=endpoint.address[1]):
        pass


def test_the_command_line_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    setup = tmp_path / "setup.txt"
    setup.write_text("SET k v\n")
    command = [sys.executable, "-m", "ferrous_vm", "serve", "--redis", "0", "--setup", str(setup)]
    command += ["--server", "valkey-8.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stdout is not None
            port = int(serving.stdout.readline().rpartition(":")[2])
            client = Connection(port)
            assert client.ask(b"GET", b"k") == b"$1\r\nv\r\n"
            assert b"lib-name=" in client.ask(b"CLIENT", b"INFO")
            serving.terminate()
            assert serving.wait(20) == 0
        finally:
            serving.kill()


def allowing_debug(server: Server) -> Server:
    server.keyspace.configuration.set(b"enable-debug-command", b"local")
    return server


def test_who_sleeps_is_woken_by_the_end() -> None:
    with Endpoint(allowing_debug(Server())) as endpoint:
        keyspace, has_begun = endpoint.server.keyspace, threading.Event()
        sleep = keyspace.sleep
        keyspace.sleep = lambda seconds: (has_begun.set(), sleep(seconds))
        connection = client_of(endpoint)
        connection.send([b"DEBUG", b"SLEEP", b"100000"])
        assert has_begun.wait(60)
    connection.close()


def test_a_clock_that_stands_is_moved_by_sleep() -> None:
    with Endpoint(allowing_debug(Server(clock=Clock(5_000_000)))) as endpoint:
        connection = client_of(endpoint)
        assert connection.ask(b"DEBUG", b"SLEEP", b"1.5") == b"+OK\r\n"
        assert connection.ask(b"TIME") == b"*2\r\n$1\r\n6\r\n$6\r\n500000\r\n"
        connection.close()
