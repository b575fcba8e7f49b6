"""Connections within the process: what redis-py and valkey-py take for a socket, and for streams."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref

import pytest

from ferrous_vm import Server
from ferrous_vm.endpoint import Endpoint
from ferrous_vm.endpoint.hub import hub_of
from ferrous_vm.endpoint.in_process import Pipe, StreamPipe
from tests.record.resp import Connection

pytestmark = pytest.mark.host


def test_what_is_sent_is_answered_at_once() -> None:
    pipe = Pipe(hub_of(Server()))
    pipe.sendall(b"SET k v\r\nGET k\r\n")
    assert pipe.recv(5) + pipe.recv(100) == b"+OK\r\n$1\r\nv\r\n"
    pipe.settimeout(0)
    with pytest.raises(BlockingIOError):
        pipe.recv(1)
    pipe.settimeout(0.01)
    with pytest.raises(TimeoutError):
        pipe.recv(1)
    pipe.sendall(b"QUIT\r\n")
    buffer = bytearray(20)
    assert pipe.recv_into(buffer) == 5
    assert pipe.recv(1) == b""
    with pytest.raises(ConnectionResetError):
        pipe.sendall(b"PING\r\n")


def test_who_waits_is_served_by_another_thread_and_by_time() -> None:
    server = Server()
    waits, writes = Pipe(hub_of(server)), Pipe(hub_of(server))
    waits.sendall(b"BLPOP k 0\r\n")
    thread = threading.Thread(target=writes.sendall, args=(b"RPUSH k 1\r\n",))
    thread.start()
    assert waits.recv(100) == b"*2\r\n$1\r\nk\r\n$1\r\n1\r\n"
    thread.join()
    waits.sendall(b"BLPOP k 0.01\r\n")
    assert waits.recv(100) == b"*-1\r\n"
    waits.close()
    writes.sendall(b"CLIENT LIST\r\n")
    assert writes.recv(4096).count(b"id=") == 1


def test_who_has_waited_for_long_has_not_been_idle() -> None:
    now = 1_700_000_000_000_000
    server = Server(clock=lambda: now)
    hub = hub_of(server)
    served, late, writes, idle = (Pipe(hub) for _ in range(4))
    writes.sendall(b"CONFIG SET timeout 1\r\n")
    served.sendall(b"BLPOP k 0\r\n")
    late.sendall(b"BLPOP l 3\r\n")
    now += 5_000_000
    writes.sendall(b"RPUSH k 1\r\n")
    hub.tick()
    assert served.recv(100) == b"*2\r\n$1\r\nk\r\n$1\r\n1\r\n"
    assert late.recv(100) == b"*-1\r\n"
    for pipe in (served, late):
        pipe.sendall(b"PING\r\n")
        assert pipe.recv(100) == b"+PONG\r\n"
    assert idle.recv(1) == b""


def test_how_long_a_word_may_be_holds_for_who_is_there_already() -> None:
    hub = hub_of(Server())
    pipe, other = Pipe(hub), Pipe(hub)
    pipe.sendall(b"CONFIG SET proto-max-bulk-len 1mb\r\n")
    other.sendall(b"*2\r\n$4\r\nECHO\r\n$2000000\r\n")
    other.settimeout(5)
    assert other.recv(100) == b"-ERR Protocol error: invalid bulk length\r\n"
    assert other.recv(1) == b""


def test_a_server_that_nobody_has_any_more_goes() -> None:
    server = Server()
    pipe = Pipe(hub_of(server))
    pipe.sendall(b"PING\r\n")
    assert Endpoint(server).hub is pipe.hub
    there = weakref.ref(server)
    del server, pipe
    gc.collect()
    assert there() is None


def test_streams_lead_to_the_server_of_an_endpoint_too() -> None:
    with Endpoint() as endpoint:
        client = Connection(endpoint.address[1])

        async def talk() -> None:
            pipe = StreamPipe(endpoint.hub)
            pipe.writelines([b"SUBSCRIBE ", b"c\r\n"])
            await pipe.drain()
            expected = b"*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"
            assert await pipe.reader.readexactly(len(expected)) == expected
            assert await asyncio.to_thread(client.ask, b"PUBLISH", b"c", b"hi") == b":1\r\n"
            expected = b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n"
            assert await pipe.reader.readexactly(len(expected)) == expected
            pipe.close()
            await pipe.wait_closed()
            assert pipe.is_closing()
            with pytest.raises(ConnectionResetError):
                pipe.write(b"PING\r\n")

        asyncio.run(talk())
        assert client.ask(b"PUBLISH", b"c", b"hi") == b":0\r\n"
