"""Commands that take any number of keys take 200,000: what they do for each must not nest."""

from __future__ import annotations

import pytest

from ferrous_vm.keyspace import Keyspace, Session, execute

MANY = 200_000

LINES = {
    "SINTER": ([b"SINTER", b"s1"], b"s2", [b"a"]),
    "SINTERCARD": ([b"SINTERCARD", b"%d" % (MANY + 1), b"s1"], b"s2", 1),
    "SINTERSTORE": ([b"SINTERSTORE", b"d", b"s1"], b"s2", 1),
    "SUNION": ([b"SUNION", b"s1"], b"s2", [b"a", b"b", b"c"]),
    "SDIFF": ([b"SDIFF", b"s1"], b"s2", [b"b"]),
    "ZINTER": ([b"ZINTER", b"%d" % (MANY + 1), b"z1"], b"z2", [b"a"]),
    "ZINTERCARD": ([b"ZINTERCARD", b"%d" % (MANY + 1), b"z1"], b"z2", 1),
    "ZDIFF": ([b"ZDIFF", b"%d" % (MANY + 1), b"z1"], b"z2", [b"b"]),
    "ZUNION": ([b"ZUNION", b"%d" % (MANY + 1), b"z1"], b"z2", [b"b", b"a", b"c"]),
    "PFCOUNT": ([b"PFCOUNT", b"none"], b"none", 0),
    "EXISTS": ([b"EXISTS", b"s1"], b"s2", MANY + 1),
    "DEL": ([b"DEL", b"s1"], b"s2", 2),
}
"""The beginning of the command, the key that follows so many times, and the reply."""


@pytest.mark.parametrize("name", LINES)
def test_a_command_takes_many_keys(name: str) -> None:
    session = Session(Keyspace())
    for line in (b"SADD s1 a b", b"SADD s2 a c", b"ZADD z1 2 a 1 b", b"ZADD z2 2 a 4 c"):
        execute(session, line.split())
    beginning, key, reply = LINES[name]
    assert execute(session, [*beginning, *[key] * MANY]) == reply
