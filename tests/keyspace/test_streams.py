"""Streams: undo, the diff, macro nodes and the radix tree, and the cost of many entries."""

from __future__ import annotations

import struct
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferrous_vm.keyspace import Keyspace, Session, execute
from ferrous_vm.keyspace.encodings import listpack
from ferrous_vm.keyspace.journal import ElementChange
from ferrous_vm.keyspace.types.stream_ids import id_of
from ferrous_vm.keyspace.types.stream_nodes import MacroNode, radix_tree_nodes
from tests.keyspace.differential import Pair, split
from tests.keyspace.dry_runs import dry_run
from tests.keyspace.snapshots import snapshot

NOW = 1_700_000_000_000_000
quickly = settings(max_examples=200, deadline=None)


def run(session: Session, *lines: str) -> object:
    """Run command lines and answer the last reply."""
    reply: object = None
    for line in lines:
        reply = execute(session, split(line))
    return reply


def fresh() -> Session:
    return Session(Keyspace(clock=lambda: NOW, seed=1))


FILLED = (
    "XADD s 1-1 a 1", "XADD s 1-2 a 2", "XADD s 2-1 b 3", "XGROUP CREATE s g 0", "XGROUP CREATE s h $",
    "XREADGROUP GROUP g c COUNT 2 STREAMS s >",
)  # fmt: skip

CHANGES = [
    "XADD s 9-9 a 1", "XADD s MAXLEN 1 9-9 a 1", "XADD new 1-1 a 1", "XDEL s 1-2", "XDEL s 1-1 1-2 2-1",
    "XTRIM s MAXLEN 0", "XTRIM s MAXLEN 2", "XTRIM s MINID 2", "XSETID s 8-8 ENTRIESADDED 9 MAXDELETEDID 5-5",
    "XGROUP CREATE s i 1-1",
    "XGROUP CREATE new i $ MKSTREAM", "XGROUP SETID s g $", "XGROUP DESTROY s g", "XGROUP CREATECONSUMER s g d",
    "XGROUP DELCONSUMER s g c", "XREADGROUP GROUP g d STREAMS s >", "XREADGROUP GROUP g c STREAMS s 0",
    "XREADGROUP GROUP h d STREAMS s 0", "XACK s g 1-1 1-2", "XCLAIM s g d 0 1-1 2-1 FORCE LASTID 7-7",
    "XAUTOCLAIM s g d 0 0", "COPY s t", "DEL s",
]  # fmt: skip


@pytest.mark.parametrize("line", CHANGES)
def test_every_change_is_taken_back(line: str) -> None:
    session = fresh()
    run(session, *FILLED)
    keyspace = session.keyspace
    before = snapshot(keyspace)
    with dry_run(keyspace) as journal:
        run(session, line)
        assert journal.records, line
        changed = snapshot(keyspace)
        assert {change.key for change in keyspace.changes()} == {
            key for key in before.keys() | changed.keys() if before.get(key) != changed.get(key)
        }
    assert snapshot(keyspace) == before
    run(session, line)
    assert snapshot(keyspace) == changed


def changes(line: str) -> list[ElementChange]:
    session = fresh()
    run(session, *FILLED)
    session.keyspace.open_journal()
    run(session, line)
    return session.keyspace.changes()[0].elements


def test_the_diff_names_entries_groups_consumers_and_deliveries() -> None:
    entry = (b"a", b"1")
    assert changes("XADD s 9-9 a 1") == [ElementChange(b"9-9", None, entry)]
    assert changes("XDEL s 1-1") == [ElementChange(b"1-1", entry, None)]
    assert [(change.element, change.after) for change in changes("XACK s g 1-1")] == [(b"group g pending 1-1", None)]
    names = [change.element for change in changes("XREADGROUP GROUP g d STREAMS s >")]
    assert names == [b"group g consumer d", b"group g", b"group g pending 2-1"]
    assert [change.element for change in changes("XSETID s 8-8")] == [b""]
    destroyed = [change.element for change in changes("XGROUP DESTROY s g")]
    assert destroyed == [b"group g", b"group g consumer c", b"group g pending 1-1", b"group g pending 1-2"]


words = st.lists(st.binary(max_size=5) | st.integers(-(10**20), 10**20).map(lambda number: b"%d" % number), max_size=4)
lengths = st.sampled_from([63, 64, 124, 125, 126, 127, 4095, 4096, 16380, 16381, 16382])


@quickly
@given(st.lists(words | lengths.map(lambda length: [bytes(length)]), max_size=5))
def test_listpacks_are_read_back_and_sized(rows: list[list[bytes]]) -> None:
    elements = [word for row in rows for word in row]
    data = listpack.encode(elements)
    assert listpack.decode(data) == elements
    assert len(data) == listpack.HEADER_SIZE + 1 + sum(map(listpack.element_size, elements))
    assert struct.unpack_from("<IH", data) == (len(data), len(elements))


@quickly
@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_in_listpacks(number: int) -> None:
    data = listpack.encode([number])
    assert listpack.decode(data) == [b"%d" % number]
    assert len(data) == listpack.HEADER_SIZE + 1 + listpack.integer_size(number)


@quickly
@given(st.binary(max_size=40), st.data())
def test_damaged_listpacks_are_refused(text: bytes, data: st.DataObject) -> None:
    whole = bytearray(listpack.encode([text, b"12", b"-5000", text * 20]))
    position = data.draw(st.integers(0, len(whole) - 1))
    whole[position] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(whole), bytes(whole[:position]), bytes(whole) + b"\xff"):
        try:
            listpack.decode(damaged)
        except listpack.CorruptListpack:
            continue


@quickly
@given(
    st.lists(st.sampled_from([b"1", b"x", b"-7"]), min_size=1, max_size=3), st.lists(st.integers(0, 2**70), max_size=8)
)
def test_a_node_weighs_what_its_listpack_does(values: list[bytes], gaps: list[int]) -> None:
    first = [word for value in values for word in (b"field", value)]
    node = MacroNode(id_of(5, 5), tuple(first[::2]))
    kept = node.copy()
    added: list[tuple[int, list[bytes]]] = []
    for gap in (0, *gaps):
        identifier = (node.identifiers[-1] if added else node.key - 1) + gap + 1
        words = [b"other", b"1" * (gap % 5000)] if gap % 2 else first
        added.append((identifier, words))
        node.append(identifier, list(words), sum(map(len, words)))
        fits = node.accepts(10, node.copy().listpack_size() + 11, 0)
        assert fits
        assert not node.accepts(10, node.copy().listpack_size() + 10, 0)
    sizes = []
    for identifier, words in added:
        kept.append(identifier, list(words), sum(map(len, words)))
        sizes.append(kept.listpack_size())
    for size in reversed(sizes):
        assert node.listpack_size() == size
        node.pop()


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(6))
def test_redis_has_the_same_nodes(redis_port: int, seed: int) -> None:
    random = Random(seed)
    pair = Pair(redis_port)
    pair.begin(2)
    milliseconds, sequence = random.choice((0, 255, 1_700_000_000_000)), 0
    for _ in range(400):
        milliseconds += random.choice((0, 0, 0, 1, 200, 70_000))
        sequence += random.choice((1, 1, 300))
        size = random.choice((1, 10, 60, 70, 130, 700))
        field = random.choice((b"field", b"other"))
        argv = [b"XADD", b"s", b"%d-%d" % (milliseconds, sequence), field, random.randbytes(size), b"n", b"%d" % size]
        pair.both(argv)
    pair.both([b"XDEL", b"s", *(b"%d-%d" % (milliseconds, number) for number in range(sequence - 300, sequence))])
    for line in ("XTRIM s MAXLEN 350", "XTRIM s MAXLEN ~ 222", "XTRIM s MAXLEN ~ 100 LIMIT 30", "XTRIM s MAXLEN ~ 3"):
        for argv in (split(line), [b"XINFO", b"STREAM", b"s"]):
            real, ours = pair.both(argv)
            assert ours == real, line
    pair.close()


@pytest.mark.oracle
@pytest.mark.parametrize(("entries", "node_bytes"), [(5, 4096), (0, 60), (0, 0), (1, 4096), (100, 1)])
def test_redis_has_the_same_nodes_when_configured_alike(redis_port: int, entries: int, node_bytes: int) -> None:
    pair = Pair(redis_port)
    pair.begin(2)
    pair.both(split(f"CONFIG SET stream-node-max-entries {entries} stream-node-max-bytes {node_bytes}"))
    try:
        for number in range(1, 160):
            pair.both([b"XADD", b"s", b"%d" % number, b"f", b"x" * (number % 17)])
        for line in (
            "XINFO STREAM s", "XTRIM s MAXLEN ~ 42", "XTRIM s MAXLEN ~ 2 LIMIT 9", "XTRIM s MINID ~ 150", "DUMP s",
            "XADD s MAXLEN ~ 1 1000 a b", "XADD s MAXLEN ~ 0 LIMIT 0 1001 a b", "XINFO STREAM s",
        ):  # fmt: skip
            real, ours = pair.both(split(line))
            assert ours == real, line
    finally:
        pair.both(split("CONFIG SET stream-node-max-entries 100 stream-node-max-bytes 4096"))
        pair.close()


def test_an_empty_radix_tree_has_its_root() -> None:
    assert radix_tree_nodes([]) == 1
    assert radix_tree_nodes([id_of(1, 1)]) == 2


def test_a_large_stream_costs_what_is_asked_of_it() -> None:
    session = fresh()
    for number in range(1, 100_001):
        execute(session, [b"XADD", b"s", b"%d" % number, b"field", b"value"])
    began = time.process_time()
    for number in range(1, 100_000, 1000):
        assert execute(session, [b"XRANGE", b"s", b"%d" % number, b"+", b"COUNT", b"1"]) == [
            [b"%d-0" % number, [b"field", b"value"]]
        ]
        assert execute(session, [b"XDEL", b"s", b"%d" % number]) == 1
    assert time.process_time() - began < 1
