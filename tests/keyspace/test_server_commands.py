"""Server commands whose replies are those of one server: by their form, by the injected clock, or beside a real one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ferrous_vm.keyspace import Keyspace, Session, execute
from ferrous_vm.keyspace.command_table import rows
from ferrous_vm.keyspace.replies import OK, ErrorReply, MapReply, Verbatim
from ferrous_vm.keyspace.support import NOT_OFFERED
from tests.keyspace.differential import Pair
from tests.keyspace.dry_runs import dry_run
from tests.record.resp import parse


@pytest.fixture
def session() -> Session:
    return Session(Keyspace(clock=lambda: 1_700_000_000_123_456, seed=1))


@pytest.fixture
def pair(redis_port: int) -> Iterator[Pair]:
    both = Pair(redis_port)
    both.begin(2)
    yield both
    both.close()


def info(session: Session, *sections: bytes) -> dict[str, str]:
    reply = execute(session, [b"INFO", *sections])
    assert isinstance(reply, Verbatim)
    return fields(reply.text.decode())


def fields(text: str) -> dict[str, str]:
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def test_time_is_that_of_the_injected_clock(session: Session) -> None:
    assert execute(session, [b"TIME"]) == [b"1700000000", b"123456"]
    assert execute(session, [b"LASTSAVE"]) == 1_700_000_000


SECTIONS = ["server", "clients", "memory", "persistence", "stats", "replication", "cpu", "cluster"]


@pytest.mark.parametrize("section", SECTIONS)
def test_info_has_the_fields_of_redis(pair: Pair, section: str) -> None:
    real, ours = pair.both([b"INFO", section.encode()])
    assert list(fields(parse(ours)[0])) == list(fields(parse(real)[0]))


def test_info_without_arguments_has_the_sections_of_redis(pair: Pair) -> None:
    for argv in ([b"INFO"], [b"INFO", b"default"], [b"INFO", b"all"], [b"INFO", b"EVERYTHING"]):
        titles = [[line for line in parse(reply)[0].split("\r\n") if line[:1] == "#"] for reply in pair.both(argv)]
        assert titles[0] == titles[1], argv


def test_info_tells_what_the_keyspace_holds(session: Session) -> None:
    execute(session, [b"SET", b"k", b"v", b"PX", b"1000"])
    execute(session, [b"SET", b"gone", b"v", b"PXAT", b"1"])
    other = Session(session.keyspace)
    execute(other, [b"SELECT", b"3"])
    execute(other, [b"SET", b"k", b"v"])
    assert info(session, b"keyspace") == {
        "db0": "keys=1,expires=1,avg_ttl=1000",
        "db3": "keys=1,expires=0,avg_ttl=0",
    }
    assert info(session)["connected_clients"] == "2"
    assert int(info(session)["used_memory"]) > int(info(session)["used_memory_startup"])


def test_info_follows_the_configuration(session: Session) -> None:
    execute(session, [b"CONFIG", b"SET", b"maxmemory", b"1536mb", b"maxmemory-policy", b"allkeys-lru"])
    memory = info(session, b"memory")
    assert memory["maxmemory_human"] == "1.50G"
    assert memory["maxmemory_policy"] == "allkeys-lru"


def test_memory_stats_has_the_entries_of_redis(pair: Pair) -> None:
    pair.begin(3)
    pair.both([b"SET", b"k", b"v"])
    real, ours = pair.both([b"MEMORY", b"STATS"])
    assert list(parse(ours)[0]) == list(parse(real)[0])


def test_used_memory_costs_no_look_at_every_key(session: Session) -> None:
    database = session.database
    for number in range(100_000):
        database.put(b"key:%d" % number, number)
    stats = execute(session, [b"MEMORY", b"STATS"])
    assert isinstance(stats, MapReply)
    assert 4_000_000 < dict(stats)[b"dataset.bytes"] < 10_000_000


def test_generated_passwords_have_the_bits_asked_for(session: Session) -> None:
    for bits, digits in ((1, 1), (4, 1), (5, 2), (256, 64), (4096, 1024)):
        password = execute(session, [b"ACL", b"GENPASS", b"%d" % bits])
        assert isinstance(password, bytes)
        assert len(password) == digits
        int(password, 16)


def test_debug_is_for_hosts_that_allow_it(pair: Pair) -> None:
    lines = [
        *(b"PROTOCOL " + kind for kind in b"string integer double bignum null array set map verbatim true no".split()),
        b"SLEEP 0", b"ERROR oops", b"FOO", b"POPULATE 3", b"POPULATE 2 p 12", b"POPULATE x",
        b"SET-ACTIVE-EXPIRE 1", b"OBJECT nokey", b"STRINGMATCH-LEN 1 2",
    ]  # fmt: skip
    session = pair.ours["A"]
    refusal = execute(session, [b"DEBUG", b"LOG", b"x"])
    assert isinstance(refusal, ErrorReply)
    assert refusal.message.startswith(b"ERR DEBUG command not allowed.")
    session.keyspace.configuration.set(b"enable-debug-command", b"local")
    replies = {line: execute(session, [b"DEBUG", *line.split()]) for line in lines}
    assert replies[b"ERROR oops"] == ErrorReply(b"oops")
    assert replies[b"PROTOCOL map"] == MapReply([(0, False), (1, True), (2, False)])
    assert execute(session, [b"MGET", b"key:2", b"p:1"]) == [b"value:2", b"value:1\0\0\0\0\0"]
    assert replies[b"SLEEP 0"] == OK
    assert isinstance(replies[b"POPULATE x"], ErrorReply)


def test_what_is_not_offered_says_why(session: Session) -> None:
    for row in rows():
        reason = NOT_OFFERED.get(row.full_name.decode())
        if reason is not None:
            words = row.full_name.upper().split(b"|")
            reply = execute(session, words + [b"x"] * (abs(row.arity) - len(words)))
            assert reply == ErrorReply(b"ERR '%b' is not offered by Ferrous: %b" % (row.full_name, reason.encode()))


def test_a_dry_run_takes_the_configuration_back(session: Session) -> None:
    with dry_run(session.keyspace):
        execute(session, [b"CONFIG", b"SET", b"timeout", b"7", b"hash-max-listpack-entries", b"3"])
        assert session.keyspace.thresholds.hash_entries == 3
    assert session.keyspace.thresholds.hash_entries == 512
    assert session.keyspace.configuration.number(b"timeout") == 0


@pytest.mark.parametrize(
    ("count", "size", "samples", "used"),
    [
        (100, 10, b"5", 1408),
        (1000, 10, b"5", 12456),
        (1000, 10, b"1", 16552),
        (5000, 3, b"5", 16552),
        (300, 50, b"5", 16552),
        (3, 9000, b"0", 30928),
        (200, 5000, b"5", 1032088),
    ],
)
def test_a_list_takes_what_its_nodes_take(session: Session, count: int, size: int, samples: bytes, used: int) -> None:
    """The bytes that a real redis-server told of lists that were made in the same way."""
    elements = [b"%0*d" % (size, number) if size < 20 else b"x" * size for number in range(count)]
    execute(session, [b"RPUSH", b"k", *elements])
    assert execute(session, [b"MEMORY", b"USAGE", b"k", b"SAMPLES", samples]) == used


@pytest.mark.parametrize(
    ("entries", "groups", "consumers", "samples"),
    [(1, 0, 0, b"5"), (2, 0, 0, b"0"), (150, 0, 0, b"5"), (1000, 0, 0, b"5"), (1000, 0, 0, b"0"), (150, 3, 5, b"5"),
     (0, 2, 0, b"5"), (400, 1, 2, b"1")],
)  # fmt: skip
def test_a_stream_takes_what_its_nodes_and_groups_take(
    pair: Pair, entries: int, groups: int, consumers: int, samples: bytes
) -> None:
    for number in range(entries):
        pair.both([b"XADD", b"k", b"%d-1" % (number + 1), b"field", b"x" * (number % 90), b"n", b"%d" % number])
    for group in range(groups):
        pair.both([b"XGROUP", b"CREATE", b"k", b"g%d" % group, b"0", b"MKSTREAM"])
        for consumer in range(consumers):
            pair.both(
                [b"XREADGROUP", b"GROUP", b"g%d" % group, b"c%d" % consumer, b"COUNT", b"7", b"STREAMS", b"k", b">"]
            )
    real, ours = pair.both([b"MEMORY", b"USAGE", b"k", b"SAMPLES", samples])
    assert ours == real
