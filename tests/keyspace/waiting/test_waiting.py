"""What a host does with clients that wait: it is told what for, fetches replies, and may take everything back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ferrous_vm import Server
from ferrous_vm.errors import PartMissing, StateError
from ferrous_vm.keyspace import waiting as module
from ferrous_vm.keyspace.journal import is_whole
from ferrous_vm.keyspace.messages import INTERRUPTED, OUT_OF_MEMORY
from ferrous_vm.keyspace.replies import NULL_ARRAY, OK, ErrorReply, Reply, Verbatim
from ferrous_vm.keyspace.waiting import Waiting
from tests.keyspace.waiting.parties import START, OurParty


def _delivered(party: OurParty) -> list[tuple[int, Reply]]:
    return [(delivery.client_id, delivery.reply) for delivery in party.server.deliveries()]


def test_a_waiting_command_tells_its_keys_its_deadline_and_its_words() -> None:
    party = OurParty()
    client = party.client("A")
    client.execute(b"XADD", b"s", b"7-1", b"f", b"v")
    waiting = client.send(b"XREAD", b"BLOCK", b"500", b"STREAMS", b"s", b"t", b"$", b"0")
    assert isinstance(waiting, Waiting)
    assert waiting.keys == [b"s", b"t"]
    assert waiting.words == [b"XREAD", b"BLOCK", b"500", b"STREAMS", b"s", b"t", b"7-1", b"0-0"]
    assert waiting.deadline == START // 1000 + 500
    assert party.server.next_deadline() == START // 1000 + 501
    with pytest.raises(StateError):
        client.send(b"PING")
    assert _delivered(party) == []
    party.now += 501_000
    assert _delivered(party) == [(client.session.client_id, NULL_ARRAY)]
    assert party.server.next_deadline() is None
    assert client.send(b"PING") is not waiting


def test_who_cannot_be_told_later_never_waits() -> None:
    party = OurParty()
    client, other = party.client("A"), party.client("B")
    assert client.execute(b"BLPOP", b"k", b"0") is NULL_ARRAY
    other.execute(b"CLIENT", b"PAUSE", b"1000")
    assert client.execute(b"SET", b"k", b"v") is OK


def test_others_see_who_waits() -> None:
    party = OurParty()
    waits, other = party.client("A"), party.client("B")
    waits.send(b"BLPOP", b"k", b"5")
    party.client("C").send(b"WAIT", b"1", b"0")
    listed = other.execute(b"CLIENT", b"LIST")
    assert isinstance(listed, Verbatim)
    assert [line.partition(b" flags=")[2][:1] for line in listed.text.splitlines()] == [b"b", b"N", b"b"]
    information = other.execute(b"INFO", b"clients")
    assert isinstance(information, Verbatim)
    assert b"blocked_clients:2\r\n" in information.text
    assert b"clients_in_timeout_table:1\r\n" in information.text


def test_a_client_that_vanishes_gets_nothing_and_takes_nothing() -> None:
    party = OurParty()
    first, second, writer = party.client("A"), party.client("B"), party.client("W")
    first.send(b"BLPOP", b"k", b"0")
    second.send(b"BLPOP", b"k", b"0")
    first.close()
    writer.send(b"RPUSH", b"k", b"1")
    assert _delivered(party) == [(second.session.client_id, [b"k", b"1"])]
    assert not party.server.keyspace.databases[0].awaited
    assert not party.server.keyspace.databases[0].attentive
    assert not writer.session.gated


def test_killing_a_client_ends_its_waiting() -> None:
    party = OurParty()
    waits, other = party.client("A"), party.client("B")
    waits.send(b"BLPOP", b"k", b"0")
    assert other.send(b"CLIENT", b"KILL", b"ID", b"%d" % waits.session.client_id) == 1
    assert other.send(b"RPUSH", b"k", b"1") == 1
    assert _delivered(party) == []
    assert other.execute(b"LLEN", b"k") == 1


@pytest.mark.parametrize("profile", ["redis-7.0", "redis-7.2"])
def test_an_act_that_is_taken_back_lets_wait_again_who_was_served_by_it(profile: str) -> None:
    party = OurParty(profile)
    waits, second, writer = party.client("A"), party.client("B"), party.client("W")
    keyspace = party.server.keyspace
    waits.send(b"BLPOP", b"k", b"0")
    second.send(b"BLPOP", b"k", b"0")
    journal = keyspace.open_journal()
    writer.send(b"RPUSH", b"k", b"1")
    taken = journal.take_back(0)
    assert writer.execute(b"EXISTS", b"k") == 0
    assert _delivered(party) == []
    assert waits.session.waiting is not None
    assert taken is not None
    journal.put_back(taken)
    assert waits.session.waiting is None
    keyspace.undo()
    keyspace.close_journal()
    writer.send(b"RPUSH", b"k", b"2")
    assert _delivered(party) == [(waits.session.client_id, [b"k", b"2"])]


@pytest.mark.parametrize("profile", ["redis-7.0", "redis-7.2"])
def test_who_has_fetched_its_reply_does_not_wait_again(profile: str) -> None:
    party = OurParty(profile)
    waits, writer = party.client("A"), party.client("W")
    waits.send(b"BLPOP", b"k", b"0")
    journal = party.server.keyspace.open_journal()
    writer.send(b"RPUSH", b"k", b"1")
    assert _delivered(party) == [(waits.session.client_id, [b"k", b"1"])]
    assert not is_whole(journal.take_back(0))
    assert waits.session.waiting is None
    assert writer.send(b"RPUSH", b"k", b"2") == 1
    assert _delivered(party) == []


@pytest.mark.parametrize("profile", ["redis-7.0", "redis-7.2"])
def test_who_waits_on_after_it_was_carried_out_again_waits_as_before_when_that_is_taken_back(profile: str) -> None:
    party = OurParty(profile)
    waits, second, writer = party.client("A"), party.client("B"), party.client("W")
    writer.send(b"XGROUP", b"CREATE", b"s", b"g", b"$", b"MKSTREAM")
    for client in (waits, second):
        client.send(b"XREADGROUP", b"GROUP", b"g", b"c", b"BLOCK", b"0", b"STREAMS", b"s", b">")
    before = waits.session.waiting, second.session.waiting
    journal = party.server.keyspace.open_journal()
    writer.send(b"XADD", b"s", b"1-1", b"f", b"v")
    taken = journal.take_back(0)
    assert (waits.session.waiting, second.session.waiting) == before
    assert taken is not None
    journal.put_back(taken)
    assert waits.session.waiting is None
    assert second.session.waiting is not None
    writer.send(b"XADD", b"s", b"2-1", b"f", b"w")
    assert [delivery.client_id for delivery in party.server.deliveries()] == [
        waits.session.client_id,
        second.session.client_id,
    ]


@pytest.mark.parametrize("profile", ["redis-7.0", "redis-7.2"])
def test_beginning_to_wait_is_taken_back_too(profile: str) -> None:
    party = OurParty(profile)
    waits, writer = party.client("A"), party.client("W")
    party.server.keyspace.open_journal()
    waits.send(b"BLPOP", b"k", b"0")
    party.server.keyspace.undo()
    assert waits.session.waiting is None
    assert writer.send(b"RPUSH", b"k", b"1") == 1
    assert _delivered(party) == []


@pytest.mark.parametrize("profile", ["redis-7.0", "redis-7.2"])
@pytest.mark.parametrize("is_served", [False, True])
def test_taking_back_does_not_bring_back_who_has_gone(profile: str, is_served: bool) -> None:
    party = OurParty(profile)
    killed, closed, writer = party.client("A"), party.client("B"), party.client("W")
    keyspace = party.server.keyspace
    keyspace.open_journal()
    for client in (killed, closed):
        client.send(b"BLPOP", b"k", b"0")
    if is_served:
        writer.send(b"RPUSH", b"k", b"1", b"2")
    writer.send(b"CLIENT", b"KILL", b"ID", b"%d" % killed.session.client_id)
    closed.close()
    writer.send(b"SET", b"other", b"v")
    keyspace.undo()
    keyspace.close_journal()
    assert writer.execute(b"EXISTS", b"k", b"other") == 0
    assert (killed.session.waiting, closed.session.waiting) == (None, None)
    assert writer.send(b"RPUSH", b"k", b"1") == 1
    assert _delivered(party) == []
    assert not keyspace.databases[0].awaited


def test_who_is_killed_at_the_end_of_a_pause_does_not_go_on() -> None:
    party = OurParty()
    kills, killed, other = party.client("A"), party.client("B"), party.client("W")
    other.execute(b"CLIENT", b"PAUSE", b"100")
    kills.send(b"CLIENT", b"KILL", b"ID", b"%d" % killed.session.client_id)
    killed.send(b"SET", b"k", b"v")
    party.now += 101_000
    assert _delivered(party) == [(kills.session.client_id, 1)]
    assert other.execute(b"EXISTS", b"k") == 0


class Failing:
    """Carries out what it stands for, but for the first time, when it raises an error."""

    def __init__(self, action: Callable[..., Reply], error: BaseException) -> None:
        self.action = action
        self.errors = [error]

    def __call__(self, *arguments: Any) -> Reply:
        if self.errors:
            raise self.errors.pop()
        return self.action(*arguments)


def _fail_once(party: OurParty, name: str, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command that `name` waits with fail when it is served for the first time."""
    waiting = party.client(name).session.waiting
    waiting.serve = Failing(waiting.serve, error)
    monkeypatch.setattr(module, "execute", Failing(module.execute, error))


@pytest.mark.parametrize("profile", ["redis-7.0", "redis-7.2"])
@pytest.mark.parametrize("is_recorded", [False, True])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), PartMissing("a part")])
def test_an_interrupt_while_clients_are_served_loses_none_of_them(
    profile: str, is_recorded: bool, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = OurParty(profile)
    clients = [party.client(name) for name in "ABC"]
    writer = party.client("W")
    for client, key in zip(clients, (b"k", b"k", b"l"), strict=True):
        client.send(b"BLPOP", key, b"0")
    before = [client.session.waiting for client in clients]
    keyspace = party.server.keyspace
    if is_recorded:
        keyspace.open_journal()
    _fail_once(party, "A", error, monkeypatch)
    with pytest.raises(type(error)):
        writer.send(b"EVAL", b"redis.call('RPUSH', 'k', 1, 2) redis.call('RPUSH', 'l', 3)", b"0")
    if is_recorded:
        keyspace.undo()
        assert [client.session.waiting for client in clients] == before
        writer.send(b"RPUSH", b"k", b"1", b"2")
        writer.send(b"RPUSH", b"l", b"3")
    expected = zip(clients, ([b"k", b"1"], [b"k", b"2"], [b"l", b"3"]), strict=True)
    assert _delivered(party) == [(client.session.client_id, reply) for client, reply in expected]
    assert writer.execute(b"EXISTS", b"k", b"l") == 0


def test_what_fails_for_one_client_that_waits_is_its_own_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    party = OurParty()
    first, second, writer = party.client("A"), party.client("B"), party.client("W")
    for client in (first, second):
        client.send(b"BLPOP", b"k", b"0")
    _fail_once(party, "A", MemoryError(), monkeypatch)
    monkeypatch.undo()
    assert writer.send(b"RPUSH", b"k", b"1") == 1
    assert _delivered(party) == [
        (first.session.client_id, ErrorReply(OUT_OF_MEMORY)),
        (second.session.client_id, [b"k", b"1"]),
    ]


def test_what_is_interrupted_at_the_end_of_a_pause_has_an_error_as_its_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    party = OurParty()
    first, second, other = party.client("A"), party.client("B"), party.client("W")
    other.execute(b"CLIENT", b"PAUSE", b"100")
    first.send(b"SET", b"k", b"1")
    second.send(b"SET", b"l", b"2")
    party.now += 101_000
    _fail_once(party, "A", KeyboardInterrupt(), monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        party.server.deliveries()
    assert _delivered(party) == [(first.session.client_id, ErrorReply(INTERRUPTED)), (second.session.client_id, OK)]
    assert first.send(b"GET", b"k") is None


def test_what_silence_holds_back_is_not_delivered() -> None:
    party = OurParty()
    waits, writer = party.client("A"), party.client("W")
    waits.execute(b"CLIENT", b"REPLY", b"SKIP")
    waits.send(b"BLPOP", b"k", b"0")
    writer.send(b"RPUSH", b"k", b"1")
    assert [waits.encoded(reply) for _, reply in _delivered(party)] == [b""]
    assert waits.execute_resp(b"PING") == b"+PONG\r\n"


def test_a_stream_that_expires_ends_the_waiting_of_its_groups() -> None:
    party = OurParty()
    waits, writer = party.client("A"), party.client("W")
    writer.execute(b"XGROUP", b"CREATE", b"s", b"g", b"$", b"MKSTREAM")
    writer.execute(b"PEXPIRE", b"s", b"100")
    waits.send(b"XREADGROUP", b"GROUP", b"g", b"c", b"BLOCK", b"0", b"STREAMS", b"s", b">")
    assert party.server.next_deadline() == START // 1000 + 101
    party.now += 101_000
    assert _delivered(party) == [(waits.session.client_id, ErrorReply(b"UNBLOCKED the stream key no longer exists"))]


@pytest.mark.parametrize("engine", ["translator", "machine"])
def test_scripts_serve_when_they_have_ended(engine: str) -> None:
    party = OurParty(engine=engine)
    waits, writer = party.client("A"), party.client("W")
    waits.send(b"BLPOP", b"k", b"0")
    writer.send(b"EVAL", b"redis.call('RPUSH', KEYS[1], 1) return redis.call('LPOP', KEYS[1])", b"1", b"k")
    assert _delivered(party) == []
    assert writer.send(b"EVAL", b"return redis.call('RPUSH', KEYS[1], 1, 2)", b"1", b"k") == 2
    assert _delivered(party) == [(waits.session.client_id, [b"k", b"1"])]


def test_a_server_that_nobody_waits_on_knows_no_waiters() -> None:
    server = Server()
    client = server.connect()
    client.send(b"RPUSH", b"k", b"1")
    assert client.send(b"BLPOP", b"k", b"0") == [b"k", b"1"]
    assert server.keyspace.waiters is None
    assert server.deliveries() == []
    assert server.next_deadline() is None


def test_the_longest_and_widest_pause_counts() -> None:
    party = OurParty()
    client, other = party.client("A"), party.client("W")
    other.execute(b"CLIENT", b"PAUSE", b"100", b"ALL")
    other.execute(b"CLIENT", b"PAUSE", b"50", b"WRITE")
    assert isinstance(client.send(b"GET", b"k"), Waiting)
    party.now += 60_000
    assert _delivered(party) == []
    assert party.server.next_deadline() == START // 1000 + 101
    party.now += 41_000
    assert _delivered(party) == [(client.session.client_id, None)]
    assert client.send(b"SET", b"k", b"v") is OK


def test_scripts_that_declare_to_read_only_are_not_held_back() -> None:
    party = OurParty()
    client, other = party.client("A"), party.client("W")
    other.execute(b"CLIENT", b"PAUSE", b"100", b"WRITE")
    assert client.send(b"EVAL", b"#!lua flags=no-writes\nreturn 1", b"0") == 1
    assert client.send(b"EVAL_RO", b"return 1", b"0") == 1
    assert isinstance(client.send(b"EVAL", b"return 1", b"0"), Waiting)


def test_the_slow_log_has_a_command_that_waited_once_when_it_is_answered() -> None:
    party = OurParty()
    waits, other = party.client("A"), party.client("B")
    other.execute(b"CONFIG", b"SET", b"slowlog-log-slower-than", b"0")
    waits.send(b"BLPOP", b"k", b"0")
    for words in ([b"MULTI"], [b"LPUSH", b"k", b"v"], [b"SLOWLOG", b"RESET"], [b"EXEC"]):
        other.execute(*words)
    logged: Any = other.execute(b"SLOWLOG", b"GET")
    assert [entry[3] for entry in logged if entry[3][0] == b"BLPOP"] == [[b"BLPOP", b"k", b"0"]]
    assert logged[0][3][0] == b"BLPOP"
