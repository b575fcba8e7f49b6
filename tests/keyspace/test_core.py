"""The core of the keyspace: the command table, lookups, the journal and its inverses."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.keyspace import Keyspace, Session, encode, execute
from ferrous_vm.keyspace.key_order import KeyOrder


def run(session: Session, line: str) -> bytes:
    return encode(execute(session, line.encode().split()), session.protocol)


def test_a_dry_run_leaves_the_keyspace_as_it_was() -> None:
    keyspace = Keyspace()
    session = Session(keyspace)
    for line in ("SET a 1", "HSET h a 1 b 2 c 3"):
        run(session, line)
    with keyspace.dry_run():
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
