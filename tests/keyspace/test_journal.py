"""The journal under random commands: undo restores everything, refusals change nothing, the diff says what differs."""

from __future__ import annotations

from random import Random

import pytest

from ferrous_vm.keyspace import Keyspace, Session, encode, execute
from ferrous_vm.keyspace.command_table import rows
from ferrous_vm.keyspace.journal import Record
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.keyspace.server.documents import command_documents
from tests.keyspace.differential import unordered
from tests.keyspace.dry_runs import dry_run
from tests.keyspace.grammar import GROUPS, LEFT_OUT, Grammar
from tests.keyspace.snapshots import snapshot

DOCS = command_documents()
READ_WHOLE = {
    b"string": [b"GET"],
    b"hash": [b"HGETALL"],
    b"list": [b"LRANGE", b"0", b"-1"],
    b"set": [b"SMEMBERS"],
    b"zset": [b"ZRANGE", b"0", b"-1", b"WITHSCORES"],
    b"stream": [b"XRANGE", b"-", b"+"],
}
"""How to read a whole value of each type: the command, and its arguments after the key."""

NAMES = sorted(
    row.full_name.decode()
    for row in rows()
    if row.handler is not None and row.group in GROUPS and row.full_name.decode() not in LEFT_OUT
    and (row.container is None or row.full_name.decode() in DOCS[row.container.name.decode()].get("subcommands", {}))
    and (row.container is None or row.container.name.decode() not in LEFT_OUT)
)  # fmt: skip

NOW = 1_700_000_000_000_000


def probe(session: Session) -> dict[bytes, list[object]]:
    """All that commands show of the selected database; the fields of a large hash have no order."""

    def ask(*argv: bytes) -> bytes:
        return encode(execute(session, list(argv)), 2)

    ask(b"DBSIZE")
    shown: dict[bytes, list[object]] = {}
    for key in sorted(session.database.entries):
        kind = ask(b"TYPE", key)[1:-2]
        name, *rest = READ_WHOLE[kind]
        shown[key] = [kind, ask(name, key, *rest), ask(b"OBJECT", b"ENCODING", key), ask(b"PEXPIRETIME", key)]
        if shown[key][2] == b"$9\r\nhashtable\r\n":
            shown[key][1] = unordered(ask(name, key, *rest))
        if kind == b"stream":
            shown[key].append(ask(b"XINFO", b"STREAM", key, b"FULL"))
    return shown


def prepared(seed: int) -> tuple[Keyspace, Session, Grammar]:
    """A keyspace that some commands have filled."""
    keyspace = Keyspace(clock=lambda: NOW, seed=seed)
    session = Session(keyspace)
    grammar = Grammar(Random(seed), NAMES)
    for _ in range(60):
        execute(session, grammar.command())
    return keyspace, session, grammar


@pytest.mark.parametrize("seed", range(40))
def test_undo_restores_what_commands_show(seed: int) -> None:
    keyspace, session, grammar = prepared(seed)
    before = probe(session)
    journal = keyspace.open_journal()
    marks = []
    for _ in range(12):
        marks.append((journal.savepoint(), probe(session)))
        for _ in range(5):
            execute(session, grammar.command())
    for mark, shown in reversed(marks):
        journal.undo(mark)
        assert probe(session) == shown
    keyspace.close_journal()
    assert probe(session) == before


def _is_expiry(record: Record) -> bool:
    """Whether the record is of a key that was found to have expired: that is nobody's change."""
    return record.undo.__name__ == "restore_key" and (record.arguments[2] or NOW) < NOW // 1000


@pytest.mark.parametrize("seed", range(40))
def test_a_refused_command_changes_nothing(seed: int) -> None:
    keyspace, session, grammar = prepared(1000 + seed)
    for _ in range(60):
        with dry_run(keyspace) as journal:
            argv = grammar.command()
            if isinstance(execute(session, argv), ErrorReply):
                assert all(map(_is_expiry, journal.records)), argv
        execute(session, grammar.command())


@pytest.mark.parametrize("seed", range(40))
def test_the_diff_names_the_keys_that_differ(seed: int) -> None:
    keyspace, session, grammar = prepared(2000 + seed)
    before = probe(session)
    keyspace.open_journal()
    for _ in range(8):
        execute(session, grammar.command())
    after = probe(session)
    changes = [change for change in keyspace.changes() if change.database == 0]
    named = {change.key for change in changes}
    assert keyspace.has_changed() == bool(keyspace.changes())
    differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert differing <= named
    for change in changes:
        assert (change.before is not None) == (change.key in before)
        assert (change.after is not None) == (change.key in after)


def test_a_write_without_listeners_leaves_no_recorder() -> None:
    keyspace, session, grammar = prepared(7)
    with dry_run(keyspace):
        for _ in range(50):
            execute(session, grammar.command())
    assert not keyspace.attached
    values = [value for value in session.database.entries.values() if not isinstance(value, int | bytes)]
    assert all(value.recorder is None for value in values)


@pytest.mark.parametrize(
    "line",
    [
        "FLUSHDB",
        "FLUSHALL",
        "SWAPDB 0 1",
        "SELECT 1",
        "MOVE k 1",
        "RENAME h k",
        "COPY h k DB 1",
        "EXPIREAT k 1",
        "UNLINK k h",
    ],
)
def test_whole_database_commands_are_taken_back(line: str) -> None:
    keyspace = Keyspace(clock=lambda: NOW)
    session = Session(keyspace)
    for setup in ("SET k v", "HSET h f v", "PEXPIRE h 5000", "SELECT 1", "SET other 1", "SELECT 0"):
        execute(session, setup.encode().split())
    shown = [probe_database(session, index) for index in range(2)]
    with dry_run(keyspace):
        execute(session, b"HSET h g w".split())
        execute(session, line.encode().split())
        execute(session, b"SET new 1".split())
        execute(session, b"HSET h i w".split())
        places = {(change.database, change.key) for change in keyspace.changes()}
        after = [probe_database(session, index) for index in range(2)]
        for index in range(2):
            keys = shown[index].keys() | after[index].keys()
            assert {(index, key) for key in keys if shown[index].get(key) != after[index].get(key)} == {
                place for place in places if place[0] == index
            }
    assert [probe_database(session, index) for index in range(2)] == shown
    assert session.database.index == 0


def probe_database(session: Session, index: int) -> dict[bytes, list[object]]:
    other = Session(session.keyspace)
    other.database = session.keyspace.databases[index]
    return probe(other)


@pytest.mark.parametrize(
    ("before", "command", "is_change"),
    [
        ("SET k abc", "GETBIT k 0", False),
        ("SET k abc", "SETBIT k 0 0", True),  # its encoding
        ("SETBIT k 0 1", "SETBIT k 0 1", False),
        ("SET k abc", "SETBIT k 0 1", True),
        ("SET k abc", "SETBIT k 1000 0", True),
        ("SETBIT k 0 1", "BITFIELD k INCRBY u8 0 256", False),
        ("SET k abc", "BITFIELD k INCRBY u8 0 1", True),
        ("PFADD k a", "PFADD k a", False),
        ("PFADD k a", "PFADD k b", True),
        ("PFADD k a", "PFCOUNT k", True),
        ("PFADD k a", "PFDEBUG TODENSE k", True),
        ("PFADD k a", "PFMERGE k k", False),
        ("SETBIT k 0 1", "BITOP NOT k k", True),
    ],
)
def test_strings_changed_in_place_are_told_and_taken_back(before: str, command: str, is_change: bool) -> None:
    keyspace = Keyspace(clock=lambda: 0, seed=1)
    session = Session(keyspace)
    execute(session, before.encode().split())
    content = snapshot(keyspace)
    with dry_run(keyspace):
        execute(session, command.encode().split())
        assert bool(keyspace.changes()) == is_change
    assert snapshot(keyspace) == content


def test_undo_restores_the_order_that_a_small_hash_had_before_it_was_a_table() -> None:
    keyspace = Keyspace()
    session = Session(keyspace)
    execute(session, b"CONFIG SET hash-max-listpack-entries 3".split())
    execute(session, b"HSET h a 1 b 2 c 3".split())
    keyspace.open_journal()
    for line in (b"HSET h d 4", b"HDEL h a", b"HDEL h d"):
        execute(session, line.split())
    keyspace.undo()
    assert execute(session, [b"HKEYS", b"h"]) == [b"a", b"b", b"c"]
