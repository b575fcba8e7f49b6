"""What no dialogue with a real server shows: how much is kept, what is paid for it, and what is taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import pytest

from ferrous_vm import Server
from ferrous_vm.keyspace.server.mailboxes import MOST_WAITING
from tests.endpoint.pushes.parties import OurParty


def test_a_connection_gets_every_message_however_many_come_at_once() -> None:
    party = OurParty("aB")
    party.ask("a: SUBSCRIBE ch")
    count = MOST_WAITING + 5
    brought = party.ask(f"B: EVAL \"for i = 1, {count} do redis.call('PUBLISH', 'ch', i) end\" 0")
    assert brought["a"].count(b"message") == count


def test_who_tracks_no_more_costs_nothing() -> None:
    party = OurParty("aB")
    keyspace = party.server.keyspace
    party.ask("a: GET k")
    assert keyspace.tracking is None
    party.ask("a: CLIENT TRACKING ON && GET k")
    assert keyspace.follow is not None
    assert keyspace.databases[0].attentive
    party.ask("a: CLIENT TRACKING OFF")
    assert keyspace.follow is None
    party.ask("B: SET k 1")
    party.ask("B: CLIENT LIST")
    party.ask("a: CLIENT TRACKING ON BCAST")
    party.ask("B: MONITOR")
    party.connections["a"].lost()
    assert keyspace.follow is not None
    party.ask("B: RESET")
    assert keyspace.follow is None
    assert not keyspace.databases[0].attentive
    assert not party.connections["B"].client.session.gated


def test_what_is_evicted_is_told_before_the_reply_of_who_needs_room() -> None:
    party = OurParty("ab")
    party.ask("a: SET k " + "x" * 100_000)
    party.ask("a: CONFIG SET maxmemory-policy allkeys-random")
    party.ask("a: CLIENT TRACKING ON && GET k")
    party.ask("b: CLIENT TRACKING ON BCAST")
    party.ask("a: CONFIG SET maxmemory 1000000")
    party.ask("a: GET k")
    party.ask("b: CONFIG SET maxmemory 900000")
    brought = party.ask("a: SET l 1")
    told = b">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n"
    assert brought["a"] == told + b"+OK\r\n"
    assert brought["b"] == told.replace(b"*1\r\n$1\r\nk\r\n", b"*2\r\n$1\r\nk\r\n$1\r\nl\r\n")


def test_keys_go_and_are_told_of_soon_after_the_limit_was_set() -> None:
    party = OurParty("Ab")
    party.ask("A: SET k " + "x" * 100_000)
    party.ask("A: CONFIG SET maxmemory-policy allkeys-lru notify-keyspace-events Ee")
    party.ask("b: PSUBSCRIBE *")
    party.ask("b: CLIENT TRACKING ON BCAST")
    assert party.ask("A: CONFIG SET maxmemory 1") == {"A": b"+OK\r\n"}
    brought = party.ask("@ 100")
    assert brought["b"].startswith(b">4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$22\r\n__keyevent@0__:evicted\r\n$1\r\nk\r\n")
    assert brought["b"].endswith(b">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n")
    assert party.ask("@ 100") == {}


def test_info_counts_what_is_tracked() -> None:
    party = OurParty("abC")
    party.ask("a: CLIENT TRACKING ON && MGET k l")
    party.ask("b: CLIENT TRACKING ON && GET k")
    party.ask("C: CLIENT TRACKING ON BCAST PREFIX p PREFIX q")
    info = party.ask("C: INFO")["C"].decode().split("\n")
    for line in ("tracking_clients:3", "tracking_total_keys:2", "tracking_total_items:3", "tracking_total_prefixes:2"):
        assert line in info
    party.ask("C: SET k 1")
    party.connections["C"].lost()
    info = party.ask("a: INFO")["a"].decode().split("\n")
    for line in ("tracking_clients:2", "tracking_total_keys:1", "tracking_total_items:1", "tracking_total_prefixes:0"):
        assert line in info


@pytest.mark.parametrize("engine", ["translator", "machine"])
def test_an_undo_takes_back_what_was_told_and_who_has_the_key(engine: str) -> None:
    server = Server(engine)
    reader, writer = server.connect(), server.connect()
    reader.execute(b"HELLO", b"3")
    reader.execute(b"CLIENT", b"TRACKING", b"ON")
    reader.execute(b"GET", b"k")
    keyspace = server.keyspace
    keyspace.open_journal()
    writer.execute(b"EVAL", b"return redis.call('SET', KEYS[1], 1)", b"1", b"k")
    keyspace.undo()
    keyspace.close_journal()
    assert reader.take_messages() == []
    writer.execute(b"SET", b"k", b"2")
    assert reader.take_messages() == [b">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n"]
    assert reader.take_messages() == []


def test_who_is_dropped_without_a_word_is_forgotten() -> None:
    server = Server()
    gone, writer = server.connect(), server.connect()
    gone.execute(b"CLIENT", b"TRACKING", b"ON", b"BCAST")
    gone.execute(b"MONITOR")
    gone.session.on_reset.clear()
    del gone
    assert writer.execute(b"SET", b"k", b"1") == b"OK"
    assert writer.take_messages() == []
    keyspace = server.keyspace
    assert keyspace.tracking is not None
    assert not keyspace.tracking.clients
    assert keyspace.monitors is not None
    assert not keyspace.monitors.clients


class InterruptedAtItsEnd:
    """A script has done all it does, and Ctrl-C comes."""

    def prepare(self) -> None:
        pass

    def record(self, run: object, source: bytes, call: Callable[[], object]) -> NoReturn:
        call()
        raise KeyboardInterrupt


def test_what_an_interrupted_client_is_owed_goes_to_nobody_else() -> None:
    server = Server()
    first, second = server.connect(), server.connect()
    for client in (first, second):
        client.execute(b"HELLO", b"3")
        client.execute(b"CLIENT", b"TRACKING", b"ON")
    first.execute(b"GET", b"k")

    server.scripting.recorder = InterruptedAtItsEnd()
    with pytest.raises(KeyboardInterrupt):
        first.execute(b"EVAL", b"return redis.call('SET', KEYS[1], 1)", b"1", b"k")
    server.scripting.recorder = None
    assert second.execute(b"PING") == b"PONG"
    assert second.take_messages() == []
    assert first.take_messages() == [b">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n"]


def test_without_a_host_messages_are_fetched() -> None:
    server = Server()
    monitor, writer = server.connect(), server.connect()
    monitor.execute(b"MONITOR")
    writer.execute(b"SET", b"k", b'"\x00')
    (line,) = monitor.take_messages()
    assert line.startswith(b"+")
    assert line.endswith(b'] "SET" "k" "\\"\\x00"\r\n')
