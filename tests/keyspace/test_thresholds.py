"""Where a small encoding gives way to a general one, beside a real redis-server 7.0.15; and that undo goes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ferrous_vm.keyspace import Keyspace, Session, execute
from tests.keyspace.differential import Pair, unordered
from tests.keyspace.dry_runs import dry_run
from tests.keyspace.snapshots import snapshot

ENCODINGS = [[b"OBJECT", b"ENCODING", key] for key in (b"ints", b"zset", b"union", b"kept", b"range", b"geo")]


def commands() -> Iterator[list[bytes]]:
    """Collections that grow over their thresholds, shrink again, and are stored by other commands."""
    yield [b"SADD", b"ints", *[b"%d" % number for number in range(-200, 311)]]
    yield [b"SADD", b"ints", b"1000"]
    yield [b"SADD", b"ints", b"1001"]
    yield [b"SREM", b"ints", *[b"%d" % number for number in range(-200, 300)]]
    yield [b"SUNIONSTORE", b"kept", b"ints"]
    yield [b"ZADD", b"zset", *[word for number in range(127) for word in (b"%d" % number, b"m%d" % number)]]
    yield [b"ZADD", b"zset", b"127", b"m127"]
    yield [b"ZUNIONSTORE", b"union", b"1", b"zset"]
    yield [b"ZADD", b"zset", b"128", b"m128"]
    yield [b"ZUNIONSTORE", b"union", b"1", b"zset", b"WEIGHTS", b"2"]
    yield [b"ZREMRANGEBYRANK", b"zset", b"0", b"-3"]
    yield [b"ZRANGESTORE", b"range", b"zset", b"0", b"-1"]
    yield [b"ZADD", b"range", b"1", b"x" * 64]
    yield [b"ZRANGESTORE", b"kept", b"range", b"0", b"-1"]
    yield [b"ZADD", b"range", b"1", b"x" * 65]
    yield [b"ZREM", b"range", b"x" * 65]
    yield [b"GEOADD", b"geo", b"1", b"1", b"x" * 65, b"2", b"2", b"y"]
    yield [b"GEOSEARCHSTORE", b"geo", b"geo", b"FROMMEMBER", b"y", b"BYRADIUS", b"1", b"m"]


@pytest.mark.oracle
def test_encodings_change_where_those_of_redis_do(redis_port: int) -> None:
    pair = Pair(redis_port)
    pair.begin(2)
    for argv in commands():
        real, ours = pair.both(argv)
        assert ours == real
        for question in ENCODINGS:
            real, ours = pair.both(question)
            assert ours == real, (argv[:2], question)
    real, ours = pair.both([b"SMEMBERS", b"ints"])
    assert unordered(ours) == unordered(real)
    pair.close()


def test_undo_gives_the_small_encoding_back() -> None:
    keyspace = Keyspace()
    session = Session(keyspace)
    for argv in commands():
        before = snapshot(keyspace)
        with dry_run(keyspace):
            execute(session, argv)
        assert snapshot(keyspace) == before, argv[:2]
        execute(session, argv)
    assert session.database.entries[b"zset"].encoding() == b"skiplist"  # type: ignore[union-attr]
