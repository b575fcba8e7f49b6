"""Fields that have an end: what the journal takes back and tells of, what DUMP, RDB files and fixtures keep."""

from __future__ import annotations

import random
from typing import Any

import pytest

import ferrous_vm
from ferrous_vm.keyspace import Keyspace, Session, execute
from ferrous_vm.keyspace.encodings.fixtures import recreation
from ferrous_vm.keyspace.encodings.rdb_files import load_file, restore_keyspace, save_file
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.timed_hashes import TimedHash
from ferrous_vm.workbench import content
from ferrous_vm.workbench.changes import view

PROFILES = ("redis-8.6", "valkey-9.1")
NOW = 1_700_000_000_000


class Clock:
    """A clock in microseconds that a test moves on."""

    def __init__(self) -> None:
        self.milliseconds = NOW

    def __call__(self) -> int:
        return self.milliseconds * 1000


def session_of(profile: str, clock: Clock | None = None) -> Session:
    return Session(Keyspace(clock=clock or Clock(), seed=1, profile=profile_named(profile)))


def do(session: Session, line: str) -> Any:
    reply = execute(session, line.encode().split())
    assert not isinstance(reply, ErrorReply), (line, reply)
    return reply


def everything(keyspace: Keyspace) -> dict[bytes, Any]:
    """What every key of database 0 holds, to the last detail."""
    told = {}
    for key, value in keyspace.databases[0].entries.items():
        assert isinstance(value, Hash)
        timed = isinstance(value, TimedHash)
        pairs = list(value.pairs()) if timed else list(value.fields.items())
        ends = dict(sorted(value.timing.ends.items())) if timed else {}
        told[key] = (timed, value.encoding(), sorted(pairs) if value.is_table else pairs, ends)
    return told


def a_command(chance: random.Random) -> str:
    key, field = chance.choice("gh"), chance.choice("abcde")
    names = " ".join(chance.sample("abcde", 2))
    time = chance.choice((1, 5, 200, 100_000))
    return chance.choice((
        f"HSET {key} {field} {chance.randrange(9)}",
        f"HPEXPIRE {key} {time} FIELDS 2 {names}",
        f"HPEXPIRE {key} 0 FIELDS 1 {field}",
        f"HPERSIST {key} FIELDS 2 {names}",
        f"HSETEX {key} PX {time} FIELDS 2 a 1 {field} 2",
        f"HGETEX {key} PX {time} FIELDS 1 {field}",
        f"HGETDEL {key} FIELDS 1 {field}",
        f"HDEL {key} {field}",
        f"HINCRBY {key} {field} 1",
        f"COPY {key} {chance.choice('gh')}{chance.choice('12')}",
        f"RENAME {key} {chance.choice('gh')}",
        f"HMGET {key} {names}",
        f"DEL {key}",
    ))  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", range(12))
def test_undo_and_redo_restore_fields_and_ends(profile: str, seed: int) -> None:
    clock = Clock()
    session = session_of(profile, clock)
    chance = random.Random(seed)
    if seed % 3 == 0:
        execute(session, b"CONFIG SET hash-max-listpack-entries 3".split())
    journal = session.keyspace.open_journal()
    states = [(0, everything(session.keyspace))]
    for _ in range(120):
        execute(session, a_command(chance).encode().split())
        clock.milliseconds += chance.choice((0, 1, 7, 150))
        states.append((journal.savepoint(), everything(session.keyspace)))
    for mark, state in reversed(states):
        taken = journal.take_back(mark)
        assert everything(session.keyspace) == state
        assert taken is not None
        journal.put_back(taken)
        journal.undo(mark)
        assert everything(session.keyspace) == state
    assert everything(session.keyspace) == {}


@pytest.mark.parametrize("profile", PROFILES)
def test_changes_tell_of_ends(profile: str) -> None:
    session = session_of(profile)
    do(session, "HSET h a 1 b 2 c 3")
    journal = session.keyspace.open_journal()
    do(session, "HPEXPIREAT h 2000000000000 FIELDS 2 a b")
    do(session, "HSET h b 2")
    (change,) = session.keyspace.changes()
    (element,) = view(change).elements
    assert (element.element, element.before, element.after) == ("a", "1", "1 (expires 2033-05-18T03:33:20.000Z)")
    mark = journal.savepoint()
    do(session, "COPY h i")
    (copied,) = session.keyspace.changes(mark)
    assert [one.after for one in view(copied).elements if one.element == "a"] == [element.after]


def test_the_keyspace_shows_ends() -> None:
    session = session_of("redis-8.6")
    do(session, "HSET h a 1 b 2")
    plain = session.keyspace.databases[0].entries[b"h"]
    assert content.columns(plain) == ["field", "value"]
    do(session, "HPEXPIREAT h 2000000000000 FIELDS 1 a")
    timed = session.keyspace.databases[0].entries[b"h"]
    assert content.columns(timed) == ["field", "value", "expires"]
    shown = [content.row(timed, element) for element in content.elements(timed)]
    assert shown == [["a", "1", "2033-05-18T03:33:20.000Z"], ["b", "2", ""]]
    assert content.instant(2**62) == str(2**62)


@pytest.mark.parametrize("profile", ["redis-7.4", *PROFILES])
@pytest.mark.parametrize("most", [1, 128])
def test_payloads_files_and_fixtures_keep_ends(profile: str, most: int) -> None:
    clock = Clock()
    session = session_of(profile, clock)
    do(session, f"CONFIG SET hash-max-listpack-entries {most}")
    do(session, "HSET h a 1 b 2 c 3 d 4")
    do(session, "HPEXPIREAT h 2000000000500 FIELDS 2 a c")
    do(session, "HPEXPIREAT h 2000000000000 FIELDS 1 d")
    do(session, "HPEXPIRE h 5 FIELDS 1 b")
    clock.milliseconds += 50
    wanted = everything(session.keyspace)[b"h"]
    execute(session, [b"RESTORE", b"i", b"0", do(session, "DUMP h")])
    other = session_of(profile, clock)
    do(other, f"CONFIG SET hash-max-listpack-entries {most}")
    restore_keyspace(other.keyspace, load_file(save_file(session.keyspace), other.keyspace.thresholds))
    assert everything(session.keyspace)[b"i"] == everything(other.keyspace)[b"h"] == wanted
    again = session_of(profile)
    do(again, f"CONFIG SET hash-max-listpack-entries {most}")
    for words in recreation(b"h", session.keyspace.databases[0].entries[b"h"], None):
        assert not isinstance(execute(again, words), ErrorReply)
    assert everything(again.keyspace)[b"h"][3] == wanted[3]
    clock.milliseconds += 500
    assert do(session, "HLEN h") == do(session, "HLEN i") == do(other, "HLEN h") == 3


def test_another_server_does_not_take_them() -> None:
    session = session_of("redis-8.6")
    do(session, "HSETEX h EX 100 FIELDS 1 a 1")
    payload = do(session, "DUMP h")
    for profile in ("redis-7.0", "valkey-9.1"):
        refused = execute(session_of(profile), [b"RESTORE", b"h", b"0", payload])
        assert isinstance(refused, ErrorReply)


def test_scripts_see_fields_stand_still_and_the_next_command_does_not() -> None:
    clock = Clock()
    client = ferrous_vm.Server(profile="redis-8.6", clock=clock).connect()
    client.execute(b"HSETEX", b"h", b"PX", b"5", b"FIELDS", b"1", b"a", b"1")
    clock.milliseconds += 6
    assert client.execute(b"HLEN", b"h") == 1
    assert client.execute(b"HGETALL", b"h") == []
    assert client.execute(b"EVAL", b"return redis.call('hget', 'h', 'a')", b"0") is None
    clock.milliseconds += 200
    assert client.execute(b"EXISTS", b"h") == 0
