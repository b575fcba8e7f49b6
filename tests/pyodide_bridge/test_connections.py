"""Connections of programs in the page, by the requests that the page sends for them."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from ferrous_vm import watchdog
from ferrous_vm.endpoint.in_page import HIGH_WATER
from ferrous_vm.workbench.records.connections import Exchanged
from pyodide_bridge.bridge import Bridge, content_of, to_json

PING = b"*1\r\n$4\r\nPING\r\n"


class Page:
    """A page with connections, and the bytes that each has received."""

    def __init__(self) -> None:
        self.bridge = Bridge()
        self.received: dict[int, bytes] = {}
        self.ended: list[int] = []
        self.last = Exchanged([], [], None, False, b"")

    def exchange(
        self,
        *sent: tuple[int, bytes],
        opened: Iterable[int] = (),
        closed: Iterable[int] = (),
        unread: dict[int, int] | None = None,
    ) -> Page:
        request = {
            "type": "Exchange",
            "opened": list(opened),
            "sent": [{"connection": number, "size": len(data)} for number, data in sent],
            "closed": list(closed),
            "unread": [{"connection": number, "size": size} for number, size in (unread or {}).items()],
        }
        answer = self.bridge.answer(json.dumps(request), b"".join(data for _, data in sent))
        assert isinstance(answer, Exchanged), answer
        json.loads(to_json(answer))
        content = content_of(answer) or b""
        for piece in answer.received:
            self.received[piece.connection] = self.received.get(piece.connection, b"") + content[: piece.size]
            content = content[piece.size :]
        assert content == b""
        self.ended += answer.ended
        self.last = answer
        return self

    def take(self, number: int) -> bytes:
        return self.received.pop(number, b"")


@pytest.fixture
def page() -> Page:
    return Page().exchange(opened=[1, 2])


def command(*words: str | bytes) -> bytes:
    raw = [word if isinstance(word, bytes) else word.encode() for word in words]
    return b"*%d\r\n" % len(raw) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in raw)


def test_what_several_send_is_answered_to_each(page: Page) -> None:
    page.exchange((1, command("SET", "k", b"\xff\r\n")), (2, PING), (1, command("GET", "k")))
    assert page.received == {1: b"+OK\r\n$3\r\n\xff\r\n\r\n", 2: b"+PONG\r\n"}
    assert page.last.changed
    assert not page.exchange((2, command("GET", "k"))).last.changed


def test_a_request_comes_in_any_pieces(page: Page) -> None:
    for index in range(len(PING)):
        page.exchange((1, PING[index : index + 1]))
    assert page.take(1) == b"+PONG\r\n"


def test_who_waits_is_served_by_another_or_by_the_clock(page: Page) -> None:
    page.bridge.workbench.clock.held = 1_000_000.0
    page.exchange((1, command("BRPOP", "list", "5")))
    assert page.last.wait == 5001
    page.exchange((2, command("LPUSH", "list", "job")))
    assert page.take(1) == b"*2\r\n$4\r\nlist\r\n$3\r\njob\r\n"
    assert page.last.wait is None
    page.exchange((1, command("BRPOP", "list", "5")))
    page.bridge.workbench.clock.held = 1_000_005.001
    page.exchange()
    assert page.take(1) == b"*-1\r\n"


def test_events_of_expiry_come_by_the_clock(page: Page) -> None:
    page.bridge.workbench.clock.held = 1_000_000.0
    page.exchange((1, command("SET", "k", "v", "PX", "100")))
    assert page.last.wait is None
    page.exchange((1, command("CONFIG", "SET", "notify-keyspace-events", "Ex")))
    page.exchange((2, command("SUBSCRIBE", "__keyevent@0__:expired")))
    assert page.last.wait == 101
    page.take(2)
    page.bridge.workbench.clock.held = 1_000_000.101
    page.exchange()
    assert page.take(2).endswith(b"$1\r\nk\r\n")


def test_messages_reach_those_who_subscribe(page: Page) -> None:
    page.exchange((1, command("SUBSCRIBE", "news")), (2, command("PUBLISH", "news", "hello")))
    assert page.take(1).endswith(b"$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n")
    assert page.take(2) == b":1\r\n"


def test_garbage_ends_the_connection_and_no_other(page: Page) -> None:
    page.exchange((1, b"*1\r\nGARBAGE\r\n"), (2, PING))
    assert page.take(1) == b"-ERR Protocol error: expected '$', got 'G'\r\n"
    assert page.ended == [1]
    assert page.take(2) == b"+PONG\r\n"
    page.exchange((1, PING))
    assert page.ended == [1, 1], "whoever sends to one that is no more is told so"


def test_who_leaves_in_the_midst_leaves_nothing(page: Page) -> None:
    page.exchange((1, command("BRPOP", "list", "0")), (2, command("MULTI") + command("SET", "k", "v") + b"*3\r\n$3"))
    page.exchange(opened=[3], closed=[1, 2, 77])
    page.exchange((3, command("LPUSH", "list", "job") + command("EXISTS", "k") + command("CLIENT", "LIST")))
    assert page.take(3).startswith(b":1\r\n:0\r\n")
    assert page.bridge.workbench.keyspace.waiters.waiting == {}


def test_quit_ends_after_its_reply(page: Page) -> None:
    page.exchange((1, command("QUIT") + PING))
    assert (page.take(1), page.ended) == (b"+OK\r\n", [1])


def test_too_many_are_refused(page: Page) -> None:
    page.exchange((1, command("CONFIG", "SET", "maxclients", "2")))
    page.exchange(opened=[3])
    assert page.take(3) == b"-ERR max number of clients reached\r\n"
    assert page.ended == [3]


def test_a_long_pipeline_is_answered_in_parts(page: Page) -> None:
    page.exchange((1, command("SET", "k", b"x" * 100_000)))
    page.take(1)
    page.exchange((1, command("GET", "k") * 30))
    parts = [len(page.take(1))]
    while page.last.wait == 0:
        page.exchange()
        parts.append(len(page.take(1)))
    assert sum(parts) == 30 * len(b"$100000\r\n" + b"x" * 100_000 + b"\r\n")
    assert max(parts) < 2 * HIGH_WATER


def test_nothing_is_carried_out_for_who_does_not_read(page: Page) -> None:
    page.exchange((1, PING), unread={1: 2 * HIGH_WATER})
    page.exchange((1, PING), unread={1: 2 * HIGH_WATER})
    page.take(1)
    page.exchange((1, command("INCR", "n")), unread={1: 2 * HIGH_WATER})
    assert page.take(1) == b""
    assert page.last.wait is None, "the page knows when it reads again"
    page.exchange()
    assert page.take(1).endswith(b":1\r\n")


def test_who_does_not_read_what_is_published_is_cut_off(page: Page) -> None:
    page.exchange((1, command("SUBSCRIBE", "news")))
    page.exchange((2, command("PUBLISH", "news", b"x" * 1000)), unread={1: 40_000_000})
    assert page.ended == [1]


def test_what_connections_change_is_no_act(page: Page) -> None:
    bridge = page.bridge
    bridge.answer(json.dumps({"type": "Console", "line": "SET a 1"}))
    page.exchange((1, command("SET", "a", "2")))
    assert bridge.answer('{"type": "Undo"}').what == ""
    assert bridge.workbench.server.connect().execute(b"GET", b"a") == b"2"


def test_a_large_value_goes_in_and_out(page: Page) -> None:
    value = bytes(range(256)) * 40_000
    page.exchange((1, command("SET", "k", value)), (1, command("GET", "k")))
    assert page.take(1) == b"+OK\r\n$%d\r\n%b\r\n" % (len(value), value)


def test_what_only_an_endpoint_in_a_terminal_has_is_an_unknown_command(page: Page) -> None:
    page.exchange((1, command("FERROUS", "CLOCK", "GET")))
    assert page.take(1).startswith(b"-ERR unknown command 'FERROUS'")


ENDLESS = "redis.call('INCR', 'n') while true do local ok = pcall(string.rep, 'x', 10) end"


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch, page: Page) -> Callable[[], None]:
    """A host that interrupts each script that calls INCR, as one does whose time is up."""
    from ferrous_vm.keyspace.commands import strings  # noqa: F401 - INCR is registered

    hears: Callable[[int, Any], None] = page.bridge.workbench.interrupts._hear
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, hears)
    counting: list[bool] = []
    watchdog.tell_host(counting.append)

    class Observer:
        def command_ended(self, issued: Any) -> None:
            signal.raise_signal(signal.SIGINT)

        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda *_: None

    page.bridge.workbench.server.scripting.observer = Observer()  # type: ignore[assignment]

    def leave() -> None:
        signal.signal(signal.SIGINT, before)
        watchdog.tell_host(None)

    return leave


def test_an_endless_script_is_ended_and_what_follows_comes_in_the_next_exchange(
    page: Page, interrupted: Callable[[], None]
) -> None:
    try:
        page.exchange((1, command("EVAL", ENDLESS, "0") + PING), (2, command("EVAL", ENDLESS, "0") + PING))
        killed = b"-ERR Script killed by Ferrous: its host has interrupted it\r\n"
        assert page.received == {1: killed}
        assert page.last.wait == 0
        page.exchange()
        assert page.received == {1: killed + b"+PONG\r\n", 2: killed}
        page.exchange()
        assert page.take(2) == killed + b"+PONG\r\n"
        assert page.last.wait is None
    finally:
        interrupted()
    page.exchange((1, command("GET", "n")))
    assert page.take(1).endswith(b"$1\r\n2\r\n")


def test_an_interrupt_between_commands_ends_nothing(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupts = page.bridge.workbench.interrupts

    def interrupt(*_: object) -> None:
        interrupts._hear(signal.SIGINT, None)

    monkeypatch.setattr(page.bridge.workbench.host, "report", interrupt)
    hub = __import__("ferrous_vm.endpoint.hub", fromlist=["hub_of"]).hub_of(page.bridge.workbench.server)
    tick = hub.tick
    monkeypatch.setattr(hub, "tick", lambda: (interrupt(), tick()))
    page.exchange((1, command("SET", "k", "v")))
    assert page.take(1) == b"+OK\r\n"
