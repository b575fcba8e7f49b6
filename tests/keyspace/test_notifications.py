"""Keyspace notifications: the same messages in the same order as a real server's, for random commands of every kind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from ferrous_vm.keyspace import Keyspace, Session, encode, execute
from ferrous_vm.keyspace.server import memory_usage
from ferrous_vm.keyspace.server.eviction import MOST
from ferrous_vm.keyspace.server.mailboxes import take_messages
from ferrous_vm.server import Server
from tests.keyspace.comparison import agree, exchange, is_comparable
from tests.keyspace.conftest import serving
from tests.keyspace.differential import LISTENER, Pair
from tests.keyspace.grammar import Grammar, offered

COMMANDS = int(os.environ.get("FERROUS_NOTIFYING_COMMANDS", "3000"))
PER_KEYSPACE = 300

ASK = (b"CONFIG", b"SET", b"notify-keyspace-events")
EVERYTHING = b"KEAnm"


def is_open(argv: list[bytes]) -> bool:
    """Whether Redis leaves the reply open: which keys a scan meets, the order of texts that differ behind a NUL."""
    return argv[0].endswith(b"SCAN") or b"ALPHA" in argv


@pytest.fixture
def pair(redis_port: int, tmp_path: Path) -> Iterator[Pair]:
    """Clients of a server that deletes keys that have expired only when somebody looks, as Ferrous is told to."""
    assert redis_port, "there is a redis-server of the right version"
    with serving(tmp_path, "--enable-debug-command", "local") as port:
        both = Pair(port)
        assert both.real["A"].ask(b"DEBUG", b"SET-ACTIVE-EXPIRE", b"0") == b"+OK\r\n"
        yield both
        both.close()


def heard(pair: Pair) -> tuple[bytes, bytes]:
    """What the listener was sent by the real server, and by Ferrous."""
    return pair.real.heard(pair.real[LISTENER]), pair.ours.heard(pair.ours[LISTENER])


@pytest.mark.oracle
@pytest.mark.host
@pytest.mark.parametrize("protocol", [2, 3])
def test_random_commands_notify_as_redis_does(pair: Pair, protocol: int) -> None:
    names = offered()
    told = 0
    for seed in range(COMMANDS // PER_KEYSPACE):
        random = Random(seed * 2 + protocol)
        pair.begin(protocol)
        pair.keyspace.active_expire = False
        pair.client(LISTENER)
        pair.both([b"PSUBSCRIBE", b"__key*"], LISTENER)
        pair.both([*ASK, EVERYTHING])
        grammar = Grammar(random, names)
        for number in range(PER_KEYSPACE):
            argv = grammar.command()
            if not is_comparable(pair, argv) or is_open(argv):
                continue
            real, ours = exchange(pair, argv)
            assert agree(argv, real, ours), f"seed {seed}, command {number}: {argv}\n {real!r}\n {ours!r}"
            messages, our_messages = heard(pair)
            assert our_messages == messages, f"seed {seed}, command {number}: {argv} -> {real!r}"
            told += messages.count(b"pmessage")
    assert told > COMMANDS / 4


# What time brings, by a clock of its own


class World:
    """A keyspace with a clock, a client that acts and one that listens."""

    def __init__(self, classes: bytes) -> None:
        self.now = 1_700_000_000_000_000
        self.keyspace = Keyspace(clock=lambda: self.now, seed=1)
        self.client, self.listener = Session(self.keyspace), Session(self.keyspace)
        execute(self.listener, [b"PSUBSCRIBE", b"*"])
        self.do(b"CONFIG SET notify-keyspace-events " + classes)

    def do(self, line: bytes) -> None:
        execute(self.client, line.split())

    def heard(self) -> list[tuple[bytes, bytes]]:
        return [(message[2], message[3]) for message in take_messages(self.listener)]


def test_a_key_that_expires_is_told_of_though_nobody_looks() -> None:
    world = World(b"KEx")
    world.do(b"SET k v PX 20")
    world.do(b"SET other v PX 10")
    assert world.heard() == []
    world.now += 15_000
    world.do(b"PING")
    world.now += 15_000
    assert world.heard() == [
        (b"__keyspace@0__:other", b"expired"),
        (b"__keyevent@0__:expired", b"other"),
        (b"__keyspace@0__:k", b"expired"),
        (b"__keyevent@0__:expired", b"k"),
    ]
    assert not world.keyspace.databases[0].entries


def test_only_classes_that_were_asked_for_are_told_of() -> None:
    world = World(b"E$")
    for line in (b"SET k v EX 10", b"DEL k", b"RPUSH l a", b"GET nothing", b"SELECT 3", b"INCR n"):
        world.do(line)
    assert world.heard() == [(b"__keyevent@0__:set", b"k"), (b"__keyevent@3__:incrby", b"n")]
    world.do(b"CONFIG SET notify-keyspace-events $")
    world.do(b"SET k v")
    assert world.heard() == []
    world.do(b"CONFIG SET notify-keyspace-events KEA")
    world.do(b"CONFIG SET notify-keyspace-events nonsense")
    world.do(b"SET k v")
    assert world.heard() == [(b"__keyspace@3__:k", b"set"), (b"__keyevent@3__:set", b"k")]


def test_a_dry_run_tells_nobody() -> None:
    world = World(b"KEA")
    journal = world.keyspace.open_journal()
    world.do(b"SET k v")
    journal.undo()
    world.keyspace.close_journal()
    assert world.heard() == []


@pytest.mark.parametrize("engine", ["machine", "translator"])
def test_scripts_and_transactions_notify(engine: str) -> None:
    server = Server(engine)
    writer, listener = server.connect(), server.connect()
    writer.execute(b"CONFIG", b"SET", b"notify-keyspace-events", b"KA")
    listener.execute(b"PSUBSCRIBE", b"__keyspace*")
    writer.execute(b"EVAL", b"redis.call('SADD', KEYS[1], 'a') return redis.call('SPOP', KEYS[1])", b"1", b"s")
    for line in (b"MULTI", b"LPUSH l a b", b"LTRIM l 5 6", b"EXEC"):
        writer.execute(*line.split())
    told = [b"".join(message.split(b"\r\n")[6::2]) for message in listener.take_messages()]
    assert told == [
        b"__keyspace@0__:ssadd", b"__keyspace@0__:sspop", b"__keyspace@0__:sdel",
        b"__keyspace@0__:llpush", b"__keyspace@0__:lltrim", b"__keyspace@0__:ldel",
    ]  # fmt: skip


def test_a_listener_of_its_own_writes_is_told_under_protocol_3() -> None:
    session = Session(Keyspace())
    for line in (b"HELLO 3", b"CONFIG SET notify-keyspace-events KEA", b"SUBSCRIBE __keyevent@0__:set", b"SET k v"):
        execute(session, line.split())
    assert [encode(message, 3) for message in take_messages(session)] == [
        b">3\r\n$7\r\nmessage\r\n$18\r\n__keyevent@0__:set\r\n$1\r\nk\r\n"
    ]


BIG = b"x" * 20_000


@pytest.mark.parametrize(
    ("policy", "goes"),
    [
        (b"volatile-ttl", [b"soon", b"later"]),
        (b"volatile-lru", [b"later", b"soon"]),
        (b"allkeys-lru", [b"first", b"later"]),
        (b"allkeys-lfu", [b"first", b"later"]),
    ],
)
def test_keys_that_a_policy_evicts_are_told_of(policy: bytes, goes: list[bytes]) -> None:
    world = World(b"Ee")
    for line in (b"SET first ", b"SET later ", b"SET soon ", b"SET last "):
        world.do(line + BIG)
    world.do(b"EXPIRE later 200")
    world.do(b"EXPIRE soon 100")
    limit = memory_usage.total(world.keyspace.databases) - 25_000  # two of the four must go
    world.do(b"CONFIG SET maxmemory %d maxmemory-policy %b" % (limit, policy))
    assert world.heard() == []
    world.do(b"PING")
    assert world.heard() == [(b"__keyevent@0__:evicted", key) for key in goes]
    assert b"evicted_keys:2" in encode(execute(world.client, [b"INFO", b"stats"]), 2)
    assert encode(execute(world.client, [b"SET", b"more", b"v"]), 2) == b"+OK\r\n"


def test_any_key_may_go_at_random_and_none_without_a_policy() -> None:
    world = World(b"Ee")
    for number in range(200):
        world.do(b"SET k%d v" % number)
    world.do(b"CONFIG SET maxmemory 1 maxmemory-policy allkeys-random")
    world.do(b"PING")
    assert len(world.keyspace.databases[0].entries) == 200 - MOST
    evicted = [key for _, key in world.heard()]
    assert len(set(evicted)) == MOST
    assert evicted != sorted(evicted, key=lambda key: int(key[1:]))
    world.do(b"CONFIG SET maxmemory-policy volatile-random")  # before which the others go
    assert len(world.heard()) == 200 - MOST
    assert encode(execute(world.client, [b"SET", b"k", b"v"]), 2).startswith(b"-OOM")
    assert world.heard() == []


def test_nobody_is_told_of_what_is_loaded() -> None:
    server = Server()
    client, listener = server.connect(), server.connect()
    client.execute(b"SET", b"k", b"v")
    saved = server.save_rdb()
    client.execute(b"CONFIG", b"SET", b"notify-keyspace-events", b"KEAn")
    listener.execute(b"PSUBSCRIBE", b"*")
    server.load_rdb(saved)
    assert listener.take_messages() == []
    client.execute(b"SET", b"other", b"v")
    assert len(listener.take_messages()) == 4
