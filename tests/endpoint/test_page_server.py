"""The page beside an endpoint: its files, its engine in a process here, and who is let to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from ferrous_vm.__main__ import MISUSED, main
from ferrous_vm.live import engine, messages
from ferrous_vm.live.codes import ENGINE_ENDED, TOO_MANY, WRONG_TOKEN
from ferrous_vm.live.engine import serve_engine
from ferrous_vm.live.page_server import PageServer

pytestmark = pytest.mark.host


@pytest.fixture
def served(tmp_path: Path) -> Iterator[PageServer]:
    (tmp_path / "index.html").write_text("<p>page")
    with PageServer(tmp_path, 0, {"/engine": serve_engine}) as server:
        yield server


def opened(server: PageServer, *, token: str | None = None, origin: str | None = None) -> ClientConnection:
    address = f"ws://127.0.0.1:{server.server_port}/engine?{server.token if token is None else token}"
    sent: Any = server.origin if origin is None else origin or None
    return connect(address, origin=sent, compression=None, max_size=None)


def closed_with(socket: ClientConnection) -> int | None:
    """The code with which the other side closes."""
    with suppress(ConnectionClosed):
        while True:
            socket.recv(10)
    return socket.close_code


def ask(socket: ClientConnection, number: int, request: dict[str, Any], seconds: float | None = 20) -> None:
    limits = {"seconds": seconds, "bytes": 512 * 1024 * 1024}
    socket.send(messages.packed({"id": number, "request": json.dumps(request), "limits": limits}))


def answer(socket: ClientConnection) -> tuple[dict[str, Any], list[bytes]]:
    """What comes next that is an answer."""
    while True:
        data = socket.recv(30)
        assert isinstance(data, bytes)
        message, parts = messages.unpacked(data)
        if message["type"] == "answer":
            return json.loads(message.pop("response")) | {"interrupted": message["interrupted"]}, parts


def run(script: str) -> dict[str, Any]:
    return {"type": "Run", "script": script, "keys": [], "argv": []}


def test_the_page_may_speak_to_its_own_sockets_alone(served: PageServer) -> None:
    with urllib.request.urlopen(served.address) as page:
        assert page.read() == b"<p>page"
        assert f"connect-src 'self' ws://127.0.0.1:{served.server_port};" in page.headers["Content-Security-Policy"]
    assert served.token not in served.address
    assert served.page_address == f"{served.address}#live={served.token}"


@pytest.mark.parametrize("origin", ["", "http://elsewhere.example", "null", "http://127.0.0.1:1", "http://localhost"])
def test_a_page_from_elsewhere_gets_no_socket(served: PageServer, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        opened(served, origin=origin)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("token", ["", "x", "é", "%00", "a&b"])
def test_without_the_token_a_socket_is_closed_with_a_code_that_says_so(served: PageServer, token: str) -> None:
    with opened(served, token=token) as socket:
        assert closed_with(socket) == WRONG_TOKEN


def test_what_is_no_websocket_is_answered_and_harms_nobody(served: PageServer) -> None:
    for path in ("/engine", f"/engine?{served.token}"):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(served.address.rstrip("/") + path)
    for sent in (b"text", b"", b"\xff" * 9, messages.packed({"no": "request"})):
        with opened(served) as socket:
            socket.recv(20)
            socket.send(sent.decode() if sent == b"text" else sent)
            ask(socket, 1, {"type": "Hello"})
            with suppress(ConnectionClosed):
                assert answer(socket)[0]["type"] == "Welcome"
    with opened(served) as socket:
        ask(socket, 1, {"type": "Hello"})
        assert answer(socket)[0]["type"] == "Welcome"


def test_a_request_is_answered_with_its_bytes_and_the_copy(served: PageServer) -> None:
    with opened(served) as socket:
        ask(socket, 1, run("return redis.call('SET', 'a', 'b')"))
        ran, copy = answer(socket)
        assert (ran["outcome"], [json.loads(part)[0][:2] for part in copy]) == ("ok", [[0, "a"]])
        ask(socket, 2, {"type": "SaveRdb"})
        (content,) = answer(socket)[1]
        assert content.startswith(b"REDIS")
        limits = {"seconds": None, "bytes": None}
        request = {"type": "LoadRdb", "name": "dump.rdb"}
        socket.send(messages.packed({"id": 3, "request": json.dumps(request), "limits": limits}, content))
        assert answer(socket)[0]["type"] in ("Loaded", "Failure")


@pytest.mark.parametrize("script", ["while true do end", "while true do redis.call('INCR', 'n') end"])
def test_what_runs_is_stopped_and_what_comes_next_is_right(served: PageServer, script: str) -> None:
    with opened(served) as socket:
        for number in range(1, 6):
            ask(socket, number, run(script))
            time.sleep(0.05 * number)
            socket.send(messages.packed({"stop": number}))
            stopped, _ = answer(socket)
            assert (stopped["interrupted"], stopped.get("outcome", "interrupted")) == ("stop", "interrupted")
        ask(socket, 6, run("return redis.call('EXISTS', 'n')"))
        ran, _ = answer(socket)
        assert (ran["reply"]["text"], ran["interrupted"]) == ("(integer) 0", "")


@pytest.mark.parametrize(
    ("script", "seconds", "limit"),
    [
        ("while true do end", 0.3, "time"),
        ("while true do pcall(function() while true do end end) end", 0.3, "time"),
        ("local t = {} while true do t[#t + 1] = string.rep('x', 100000) .. #t end", 30, "memory"),
    ],
)
def test_a_limit_ends_a_script(served: PageServer, script: str, seconds: float, limit: str) -> None:
    with opened(served) as socket:
        ask(socket, 1, run(script), seconds)
        ended, _ = answer(socket)
        assert (ended["interrupted"], ended["outcome"]) == (limit, "interrupted")


def engines() -> list[int]:
    """The processes that this one has started as engines."""
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if engine.PROGRAM in line]


def wait_for_engines(count: int) -> list[int]:
    end = time.monotonic() + 20
    while len(found := engines()) != count:
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def test_the_process_goes_with_its_page_and_one_that_dies_is_told(served: PageServer) -> None:
    before = len(engines())
    with opened(served) as socket:
        ask(socket, 1, run("while true do end"), None)
        wait_for_engines(before + 1)
    wait_for_engines(before)
    with opened(served) as socket:
        socket.recv(20)
        for process in engines():
            os.kill(process, signal.SIGKILL)
        assert closed_with(socket) == ENGINE_ENDED


def test_so_many_pages_have_an_engine_and_no_more(served: PageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_free", threading.Semaphore(1))
    with opened(served) as first:
        first.recv(20)
        with opened(served) as second:
            assert closed_with(second) == TOO_MANY
        ask(first, 1, {"type": "Hello"})
        assert answer(first)[0]["type"] == "Welcome"


def test_sockets_end_with_the_server(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>page")
    server = PageServer(tmp_path, 0, {"/engine": serve_engine})
    with server, opened(server) as socket:
        socket.recv(20)
        server.shutdown()
        server.server_close()
        assert closed_with(socket) is not None
    wait_for_engines(0)


def test_the_command_says_what_is_missing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["serve", "--page"]) == MISUSED
    assert "say --redis too" in capsys.readouterr().err
    for name in [name for name in sys.modules if name.startswith(("websockets", "ferrous_vm.live"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "websockets", None)
    assert main(["serve", "--redis", "0", "--page"]) == MISUSED
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install 'ferrous-vm[live]'" in line
