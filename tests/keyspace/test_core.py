"""The core of the keyspace: the command table, lookups, the journal and its inverses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.keyspace import Keyspace, Session, encode, execute
from ferrous_vm.keyspace.types.key_order import KeyOrder
from tests.keyspace.dry_runs import dry_run


def run(session: Session, line: str) -> bytes:
    return encode(execute(session, line.encode().split()), session.protocol)


def test_a_dry_run_leaves_the_keyspace_as_it_was() -> None:
    keyspace = Keyspace()
    session = Session(keyspace)
    for line in ("SET a 1", "HSET h a 1 b 2 c 3"):
        run(session, line)
    with dry_run(keyspace):
        for line in ("SET a x", "HDEL h a b", "HSET h z 1", "SET n 3", "HDEL h c z"):
            run(session, line)
        changes = {change.key: change for change in keyspace.changes()}
    assert (changes[b"a"].before, changes[b"a"].after) == (1, b"x")
    assert [tuple(change) for change in changes[b"h"].elements] == [
        (b"a", b"1", None), (b"b", b"2", None), (b"c", b"3", None),
    ]  # fmt: skip
    assert (changes[b"n"].before, changes[b"n"].after) == (None, 3)
    assert run(session, "GET a") == b"$1\r\n1\r\n"
    hash_ = keyspace.databases[0].entries[b"h"]
    assert list(hash_.fields.items()) == [(b"a", b"1"), (b"b", b"2"), (b"c", b"3")]  # type: ignore[union-attr]
    assert hash_.recorder is None  # type: ignore[union-attr]


class _NotWalked(dict[bytes, Any]):
    """The keys of a database that nobody may go through."""

    def __iter__(self) -> Iterator[bytes]:
        raise AssertionError("every key was visited")


def test_keys_of_a_plain_name_looks_at_one_key() -> None:
    now = [1_000_000]
    session = Session(Keyspace(clock=lambda: now[0]))
    for line in ("SET plain 1", "SET brief 1 PX 5", "SET a* 1"):
        run(session, line)
    session.database.entries = _NotWalked(session.database.entries)
    now[0] += 1_000_000
    found = [run(session, f"KEYS {pattern}") for pattern in ("plain", "nokey", "brief", "]a-^")]
    assert found == [b"*1\r\n$5\r\nplain\r\n", b"*0\r\n", b"*0\r\n", b"*0\r\n"]


@given(st.lists(st.tuples(st.sampled_from(["add", "discard", "scan"]), st.integers(0, 30))), st.integers(1, 5))
def test_a_scan_meets_whatever_is_there_throughout(steps: list[tuple[str, int]], count: int) -> None:
    order = KeyOrder([b"%d" % number for number in range(15)])
    throughout, seen = set(order.keys), set()
    cursor, started = 0, False
    for action, number in [*steps, *[("scan", 0)] * 40]:
        key = b"%d" % number
        if action == "add":
            order.add(key)
        elif action == "discard":
            order.discard(key)
            throughout.discard(key)
        elif not started or cursor:
            cursor, keys = order.scan(cursor, count)
            seen.update(keys)
            started = True
    assert cursor == 0
    assert throughout <= seen


steps = st.lists(st.tuples(st.sampled_from(["add", "discard", "scan"]), st.integers(0, 30)), max_size=400)


@given(steps, st.integers(1, 5))
def test_a_scan_of_the_database_meets_whatever_is_there_throughout(steps: list[tuple[str, int]], count: int) -> None:
    session = Session(Keyspace())
    for number in range(100):
        run(session, f"SET k{number} v")
    seen: set[bytes] = set()
    throughout = set(session.database.entries)
    cursor = b""
    for action, number in [*steps, *[("scan", 0)] * 500]:
        if action == "add":
            run(session, f"SET k{number} v")
        elif action == "discard":
            run(session, f"DEL k{number}")
            throughout.discard(b"k%d" % number)
        elif cursor != b"0":
            reply = execute(session, [b"SCAN", cursor or b"0", b"COUNT", b"%d" % count])
            assert isinstance(reply, list)
            cursor = reply[0]
            seen.update(reply[1])
        assert execute(session, [b"RANDOMKEY"]) in session.database.entries
    assert cursor == b"0"
    assert throughout <= seen


def test_random_keys_are_as_likely_however_often_they_were_deleted() -> None:
    session = Session(Keyspace(seed=1))
    for number in range(10):
        run(session, f"SET k{number} v")
    run(session, "RANDOMKEY")
    for _ in range(500):
        run(session, "DEL k0")
        run(session, "SET k0 v")
    counts = Counter(run(session, "RANDOMKEY") for _ in range(5000))
    assert len(counts) == 10
    assert all(400 < count < 600 for count in counts.values())
