"""Messages between sessions; what the commands reply is in the dialogue `pubsub`."""

from __future__ import annotations

import gc

import pytest

from ferrous_vm.keyspace import Keyspace, Session, encode, execute
from ferrous_vm.keyspace.server.mailboxes import MOST_WAITING, take_messages
from ferrous_vm.server import Server
from tests.keyspace.dry_runs import dry_run
from tests.record.resp import Connection


@pytest.fixture
def keyspace() -> Keyspace:
    return Keyspace(clock=lambda: 0, seed=1)


def ask(session: Session, line: str) -> bytes:
    return encode(execute(session, line.encode().split()), session.protocol)


def received(session: Session) -> list[bytes]:
    return [encode(message, session.protocol) for message in take_messages(session)]


def test_a_message_goes_to_channels_first_and_then_to_patterns(keyspace: Keyspace) -> None:
    reader, writer = Session(keyspace), Session(keyspace)
    assert ask(reader, "SUBSCRIBE news other").count(b"subscribe") == 2
    ask(reader, "PSUBSCRIBE n* x*")
    assert ask(writer, "PUBLISH news hello") == b":2\r\n"
    assert received(reader) == [
        b"*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n",
        b"*4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$5\r\nhello\r\n",
    ]
    assert received(reader) == []


def test_messages_are_pushes_under_resp3_and_shard_channels_stand_apart(keyspace: Keyspace) -> None:
    reader, writer = Session(keyspace), Session(keyspace)
    ask(reader, "HELLO 3")
    assert ask(reader, "SSUBSCRIBE s") == b">3\r\n$10\r\nssubscribe\r\n$1\r\ns\r\n:1\r\n"
    ask(reader, "PSUBSCRIBE *")
    assert ask(writer, "SPUBLISH s m") == b":1\r\n"
    assert received(reader) == [b">3\r\n$8\r\nsmessage\r\n$1\r\ns\r\n$1\r\nm\r\n"]


def test_one_publishes_to_oneself_under_resp3(keyspace: Keyspace) -> None:
    session = Session(keyspace)
    ask(session, "HELLO 3")
    ask(session, "SUBSCRIBE c")
    assert ask(session, "PUBLISH c m") == b":1\r\n"
    assert len(received(session)) == 1


def test_who_is_gone_does_not_count(keyspace: Keyspace) -> None:
    closed, dropped, writer = Session(keyspace), Session(keyspace), Session(keyspace)
    ask(closed, "SUBSCRIBE c")
    ask(dropped, "SUBSCRIBE c")
    closed.close()
    assert ask(writer, "PUBSUB NUMSUB c").endswith(b":1\r\n")
    del dropped
    gc.collect()
    assert ask(writer, "PUBLISH c m") == b":0\r\n"
    assert ask(writer, "PUBSUB CHANNELS") == b"*0\r\n"


def test_a_dry_run_sends_nothing(keyspace: Keyspace) -> None:
    reader, writer = Session(keyspace), Session(keyspace)
    ask(reader, "SUBSCRIBE c")
    with dry_run(keyspace):
        assert ask(writer, "PUBLISH c m") == b":1\r\n"
    assert received(reader) == []


def test_messages_nobody_fetches_do_not_pile_up(keyspace: Keyspace) -> None:
    reader, writer = Session(keyspace), Session(keyspace)
    ask(reader, "SUBSCRIBE c")
    for number in range(MOST_WAITING + 5):
        ask(writer, f"PUBLISH c {number}")
    messages = received(reader)
    assert len(messages) == MOST_WAITING
    assert messages[0].endswith(b"\r\n5\r\n")


def test_a_client_of_a_server_fetches_its_messages() -> None:
    server = Server()
    reader, writer = server.connect(), server.connect()
    reader.execute(b"SUBSCRIBE", b"c")
    assert writer.execute(b"EVAL", b"return redis.call('PUBLISH', 'c', 'from a script')", b"0") == 1
    assert reader.take_messages() == [b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$13\r\nfrom a script\r\n"]
    assert reader.take_messages() == []


SEVERAL = {"SUBSCRIBE a b a": 3, "PSUBSCRIBE a* b*": 2, "SSUBSCRIBE x y": 2, "UNSUBSCRIBE b a z": 3, "PUNSUBSCRIBE": 2}
"""Commands with more than one reply, and how many."""


@pytest.mark.parametrize("protocol", [2, 3])
def test_several_confirmations_come_as_from_redis(redis_port: int, keyspace: Keyspace, protocol: int) -> None:
    connection, session = Connection(redis_port), Session(keyspace)
    connection.ask(b"HELLO", b"%d" % protocol)
    session.protocol = protocol
    for line, count in SEVERAL.items():
        connection.send(line.encode().split())
        assert ask(session, line) == b"".join(connection.read() for _ in range(count))
    connection.close()
