"""Calls of an application, told to a page as they come: what is told, how much of it, and what that costs nobody."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from ferrous_vm import Server
from ferrous_vm.endpoint import Endpoint
from ferrous_vm.live.calls import LONGEST_REPLY, LONGEST_WORD, MOST_AT_ONCE, MOST_WORDS, NOT_KEPT, Calls
from ferrous_vm.live.codes import WRONG_TOKEN
from ferrous_vm.live.page_server import PageServer
from tests.record.resp import Connection

pytestmark = pytest.mark.host


class Live:
    """An endpoint, the page's server beside it, and an application."""

    def __init__(self, endpoint: Endpoint, page: PageServer) -> None:
        self.endpoint = endpoint
        self.page = page
        self.application = Connection(endpoint.address[1])

    def watch(self, token: str | None = None) -> ClientConnection:
        """As a page does; once this returns calls are listened to."""
        at = f"ws://127.0.0.1:{self.page.server_port}/calls?{token or self.page.token}"
        socket = connect(at, origin=self.page.origin, compression=None)  # type: ignore[arg-type]
        if token is None:
            self.wait_until(listened=True)
        return socket

    def wait_until(self, *, listened: bool) -> None:
        end = time.monotonic() + 20
        while (self.endpoint.server.scripting.recorder is not None) is not listened:
            assert time.monotonic() < end
            time.sleep(0.01)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    (tmp_path / "index.html").write_text("<p>page")
    with (
        Endpoint(Server(seed=1)) as endpoint,
        PageServer(tmp_path, 0, {"/calls": Calls(endpoint.server).serve}) as page,
    ):
        yield Live(endpoint, page)


def told(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(socket.recv(20))
    return message


def opened(socket: ClientConnection, number: Any) -> dict[str, Any]:
    socket.send(json.dumps({"open": number}))
    return told(socket)


def test_a_call_is_told_and_opens_as_work(live: Live) -> None:
    with live.watch() as socket:
        live.application.ask(b"CLIENT", b"SETNAME", b"shop")
        live.application.ask(b"SET", b"stock", b"3")
        live.application.ask(b"EVAL", b"return redis.call('DECRBY', KEYS[1], ARGV[1])", b"1", b"stock", b"2")
        message = told(socket)
        (call,) = message["calls"]
        assert (message["type"], message["missed"]) == ("LiveCalls", 0)
        assert (call["client"], call["command"], call["keys"], call["argv"]) == ("shop", "EVAL", ["stock"], ["2"])
        assert (call["reply"], call["is_error"], len(call["script"])) == ("(integer) 1", False, 40)
        work = json.loads(opened(socket, call["number"])["work"])
        assert (work["fixture"], work["keys"], work["argv"]) == ("SET stock 3", ["stock"], ["2"])


def test_nothing_is_recorded_without_a_page(live: Live) -> None:
    scripting = live.endpoint.server.scripting
    assert scripting.recorder is None
    with live.watch(), live.watch():
        assert scripting.recorder is not None
    live.wait_until(listened=False)
    with live.watch():
        live.application.ask(b"FERROUS", b"TAPE", b"START")
    time.sleep(0.1)
    assert scripting.recorder is not None  # the tape that somebody wants goes on
    live.application.ask(b"EVAL", b"return 1", b"0")
    assert live.application.ask(b"FERROUS", b"TAPE", b"LIST").startswith(b"*1\r\n")
    live.application.ask(b"FERROUS", b"TAPE", b"STOP")
    assert scripting.recorder is None


def test_what_comes_too_fast_is_counted_and_the_newest_told(live: Live) -> None:
    with live.watch() as socket:
        many = 20 * MOST_AT_ONCE
        live.application.send(*([[b"EVAL", b"return 1", b"0"]] * many))
        for _ in range(many):
            live.application.read()
        counted, last = 0, 0
        while last < many:
            message = told(socket)
            assert len(message["calls"]) <= MOST_AT_ONCE
            numbers = [call["number"] for call in message["calls"]]
            assert numbers == list(range(last + message["missed"] + 1, last + message["missed"] + len(numbers) + 1))
            counted, last = counted + message["missed"] + len(numbers), numbers[-1]
        assert counted == many


def test_large_and_strange_calls_are_cut_and_told_as_text(live: Live) -> None:
    with live.watch() as socket:
        live.application.ask(b"CLIENT", b"SETNAME", b"\xff\xfe\xe2\x80\xae")
        words = [b"\x00\xff" * 50_000] * 100
        live.application.ask(b"EVAL", b"return {ARGV[1], ARGV[2]}", b"0", *words)
        (call,) = told(socket)["calls"]
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in call["client"]
        assert (len(call["argv"]), call["more_words"]) == (MOST_WORDS, 100 - MOST_WORDS)
        assert all(len(word) <= LONGEST_WORD + 1 for word in call["argv"])
        assert len(call["reply"]) <= LONGEST_REPLY
        assert "bytes" in call["reply"]


def test_what_cannot_be_opened_is_said_and_what_is_no_request_harms_nobody(live: Live) -> None:
    with live.watch() as socket:
        assert opened(socket, 99) == {"type": "LiveCallOpened", "number": 99, "work": "", "problem": NOT_KEPT}
        for sent in ("", "x", "[]", "{}", '{"open": null}', '{"open": {}}', "[" * 10_000, b"\xff"):
            socket.send(sent)
        live.application.ask(b"EVAL", b"return '\xff'", b"0")
        (call,) = told(socket)["calls"]
        assert "no text" in opened(socket, call["number"])["problem"]


def test_calls_are_for_those_with_the_token(live: Live) -> None:
    with live.watch("wrong") as socket:
        with pytest.raises(ConnectionClosed):
            socket.recv(20)
        assert socket.close_code == WRONG_TOKEN
    assert live.endpoint.server.scripting.recorder is None


COUNT = b"return redis.call('INCR', KEYS[1])"
GET = b"return redis.call('GET', KEYS[1])"


def name_of(script: bytes) -> str:
    return hashlib.sha1(script).hexdigest()


def stop_at(socket: ClientConnection, *names: str) -> None:
    socket.send(json.dumps({"stops": names}))
    while (message := told(socket))["type"] != "LiveStops":
        pass
    assert message["names"] == list(names)


def held(socket: ClientConnection) -> Any:
    """The call that waits, once something is told of one."""
    while True:
        message = told(socket)
        if message["type"] == "LiveHeld":
            return message["call"]


def wait_for(live: Live, reply: bytes) -> None:
    """Until another client is answered so."""
    other = Connection(live.endpoint.address[1])
    end = time.monotonic() + 20
    while not other.ask(b"PING").startswith(reply):
        assert time.monotonic() < end
    other.close()


@pytest.mark.parametrize("script", [COUNT, GET])
def test_a_call_waits_for_the_page_and_others_are_told_busy(live: Live, script: bytes) -> None:
    live.application.ask(b"CONFIG", b"SET", b"busy-reply-threshold", b"20")
    with live.watch() as socket:
        stop_at(socket, name_of(script))
        assert live.application.ask(b"EVAL", b"return 'another'", b"0") == b"$7\r\nanother\r\n"
        live.application.send([b"EVAL", script, b"1", b"n"], [b"PING"])
        call = held(socket)
        assert (call["script"], call["keys"]) == (name_of(script), ["n"])
        wait_for(live, b"-BUSY")
        assert json.loads(opened(socket, call["number"])["work"])["keys"] == ["n"]
        socket.send(json.dumps({"release": call["number"] + 1}))  # another call, which harms nobody
        wait_for(live, b"-BUSY")
        socket.send(json.dumps({"release": call["number"]}))
        assert live.application.read() == (b":1\r\n" if script is COUNT else b"$-1\r\n")
        assert live.application.read() == b"+PONG\r\n"
        assert held(socket) is None
        wait_for(live, b"+PONG")


@pytest.mark.parametrize("how", ["close", "no more", "vanish"])
def test_who_goes_or_wants_none_any_more_lets_all_go_on(live: Live, how: str) -> None:
    with live.watch() as other, live.watch() as socket:
        stop_at(other, name_of(GET))
        stop_at(socket, name_of(COUNT))
        live.application.send([b"EVAL", COUNT, b"1", b"n"])
        held(socket)
        if how == "no more":
            socket.send('{"stops": []}')
        elif how == "close":
            socket.close()
        else:
            socket.socket.shutdown(2)
        assert live.application.read() == b":1\r\n"
        assert live.application.ask(b"EVAL", COUNT, b"1", b"n") == b":2\r\n"


def test_script_kill_is_answered_as_of_any_script(live: Live) -> None:
    live.application.ask(b"CONFIG", b"SET", b"busy-reply-threshold", b"20")
    other = Connection(live.endpoint.address[1])
    with live.watch() as socket:
        stop_at(socket, name_of(COUNT), name_of(GET))
        live.application.send([b"EVAL", COUNT, b"1", b"n"])
        held(socket)
        wait_for(live, b"-BUSY")
        assert other.ask(b"SCRIPT", b"KILL").startswith(b"-UNKILLABLE")
        socket.send(json.dumps({"release": 1}))
        assert live.application.read() == b":1\r\n"
        live.application.send([b"EVAL", GET, b"1", b"n"])
        while held(socket) is None:
            pass
        wait_for(live, b"-BUSY")
        assert other.ask(b"SCRIPT", b"KILL") == b"+OK\r\n"
        assert live.application.read() == b"$1\r\n1\r\n"
        assert other.ask(b"EVAL", b"return 1", b"0") == b":1\r\n"
    other.close()


def test_a_client_that_goes_while_its_call_waits_harms_nobody(live: Live) -> None:
    with live.watch() as socket:
        stop_at(socket, name_of(COUNT))
        live.application.send([b"EVAL", COUNT, b"1", b"n"])
        call = held(socket)
        live.application.close()
        socket.send(json.dumps({"release": call["number"]}))
        other = Connection(live.endpoint.address[1])
        assert other.ask(b"GET", b"n") == b"$1\r\n1\r\n"
        other.close()


def test_a_function_and_a_script_in_a_transaction_stop_too(live: Live) -> None:
    library = b"#!lua name=mine\nredis.register_function('twice', function(_, a) return a[1] * 2 end)"
    live.application.ask(b"FUNCTION", b"LOAD", library)
    with live.watch() as socket:
        stop_at(socket, "twice", name_of(COUNT))
        live.application.send([b"FCALL", b"twice", b"0", b"21"])
        call = held(socket)
        socket.send(json.dumps({"release": call["number"]}))
        assert live.application.read() == b":42\r\n"
        for command in ([b"MULTI"], [b"EVAL", COUNT, b"1", b"n"], [b"EVAL", COUNT, b"1", b"n"]):
            live.application.ask(*command)
        live.application.send([b"EXEC"])
        for _ in range(2):
            while (call := held(socket)) is None:
                pass
            socket.send(json.dumps({"release": call["number"]}))
        assert live.application.read() == b"*2\r\n:1\r\n:2\r\n"


def test_an_endpoint_ends_though_a_call_waits(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>page")
    with Endpoint(Server(seed=1)) as endpoint:
        page = PageServer(tmp_path, 0, {"/calls": Calls(endpoint.server).serve})
        with page:
            live = Live(endpoint, page)
            with live.watch() as socket:
                stop_at(socket, name_of(COUNT))
                live.application.send([b"EVAL", COUNT, b"1", b"n"])
                held(socket)
                endpoint.stop()
                endpoint.__exit__(None, None, None)
