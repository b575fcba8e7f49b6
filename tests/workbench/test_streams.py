"""Streams in the diff and in what makes a key again."""

from __future__ import annotations

from ferrous_vm.keyspace import Keyspace, Session, execute
from ferrous_vm.workbench import changes, content
from ferrous_vm.workbench.records.keyspace import ElementChange


def test_what_a_read_changes() -> None:
    session = Session(Keyspace(clock=lambda: 5_000_000))
    for line in (b"XADD s 1-1 a 1", b"XADD s 2-1 a 2", b"XGROUP CREATE s g 0"):
        execute(session, line.split())
    session.keyspace.open_journal()
    execute(session, b"XDEL s 1-1".split())
    execute(session, b"XREADGROUP GROUP g c STREAMS s >".split())
    (change,) = map(changes.view, session.keyspace.changes())
    assert change.elements == [
        ElementChange("1-1", "a 1", None),
        ElementChange("group g consumer c", None, "seen-time 5000"),
        ElementChange("group g", "last-delivered-id 0-0", "last-delivered-id 2-1 entries-read 2"),
        ElementChange("group g pending 2-1", None, "consumer c delivery-time 5000 delivery-count 1"),
    ]


def test_a_stream_is_made_again() -> None:
    session = Session(Keyspace(clock=lambda: 5_000_000))
    for line in (b"XADD s 1-1 a 1", b"XGROUP CREATE s g $", b"XGROUP CREATECONSUMER s g c"):
        execute(session, line.split())
    stream = session.database.entries[b"s"]
    assert list(content.elements(stream)) == [(b"1-1", b"a 1")]
    assert content.recreation(b"s", stream, None) == [
        "XADD s 1-1 a 1", "XGROUP CREATE s g 1-1", "XGROUP CREATECONSUMER s g c",
    ]  # fmt: skip
