"""Replies whose order Redis leaves open, shuffled: the same items, and as consistent as those of one server are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ferrous_vm.keyspace.command_table import rows
from ferrous_vm.keyspace.replies import MapReply, SetReply
from ferrous_vm.server import Client, Server

LETTERS = [b"%c" % code for code in range(97, 117)]
FIELDS = [word for letter in LETTERS for word in (letter, letter.upper())]


def filled(shuffle: int | None) -> Client:
    client = Server(seed=1, shuffle=shuffle).connect()
    client.execute(b"SADD", b"s", *LETTERS)
    client.execute(b"HSET", b"h", *FIELDS)
    client.execute(b"ZADD", b"z", *[word for number, letter in enumerate(LETTERS) for word in (b"%d" % number, letter)])
    client.execute(b"GEOADD", b"g", *[word for n, m in enumerate(LETTERS) for word in (b"1%d" % n, b"40", m)])
    client.execute(b"MSET", *[b"k:" + word for word in FIELDS])
    client.execute(b"FUNCTION", b"LOAD", b"#!lua name=one\nredis.register_function('f1', function() end)")
    client.execute(b"FUNCTION", b"LOAD", b"#!lua name=two\nredis.register_function('f2', function() end)")
    return client


SHUFFLED = (
    "SMEMBERS s", "SUNION s nokey", "SINTER s s", "SDIFF s nokey", "HGETALL h", "HKEYS h", "HVALS h", "KEYS *",
    "SCAN 0 COUNT 100", "SSCAN s 0 COUNT 100", "HSCAN h 0", "ZSCAN z 0", "SRANDMEMBER s 50", "HRANDFIELD h 50",
    "HRANDFIELD h 50 WITHVALUES", "ZRANDMEMBER z 50 WITHSCORES", "GEORADIUS g 15 40 9000 km",
    "GEOSEARCH g FROMLONLAT 15 40 BYRADIUS 9000 km WITHDIST", "CONFIG GET *max*", "COMMAND LIST",
)  # fmt: skip

LEFT_ALONE = (
    "SRANDMEMBER s -50", "GEORADIUS g 15 40 9000 km ASC", "GEORADIUS g 15 40 9000 km COUNT 5", "ZRANGE z 0 -1",
    "COMMAND INFO set get", "HMGET h b a", "MGET k:b k:a", "SORT s ALPHA", "SMISMEMBER s b zz a", "SCARD s",
    "SMEMBERS h",
)  # fmt: skip


def items_of(line: str, reply: Any) -> list[Any]:
    """The items that are shuffled; those that come in twos as pairs."""
    words = line.split()
    items = reply[1] if words[0].endswith("SCAN") else list(reply)
    flat = words[0] in ("HSCAN", "ZSCAN") or words[-1] in ("WITHVALUES", "WITHSCORES")
    return list(zip(items[::2], items[1::2], strict=True)) if flat else items


@pytest.mark.parametrize("line", SHUFFLED)
def test_the_items_are_the_same_in_another_order(line: str) -> None:
    words = line.encode().split()
    plain, one, other = (filled(shuffle).execute(*words) for shuffle in (None, 1, 2))
    assert type(one) is type(plain)
    sides = [items_of(line, reply) for reply in (plain, one, other)]
    assert sorted(map(repr, sides[1])) == sorted(map(repr, sides[0])) == sorted(map(repr, sides[2]))
    assert sides[0] != sides[1] != sides[2]
    assert filled(1).execute(*words) == one


@pytest.mark.parametrize("line", LEFT_ALONE)
def test_what_has_an_order_keeps_it(line: str) -> None:
    words = line.encode().split()
    assert repr(filled(3).execute(*words)) == repr(filled(None).execute(*words))


def test_what_belongs_together_stays_together() -> None:
    client = filled(5)
    keys: Any = client.execute(b"HKEYS", b"h")
    assert client.execute(b"HVALS", b"h") == [key.upper() for key in keys]
    assert client.execute(b"HGETALL", b"h") == MapReply([(key, key.upper()) for key in keys])
    assert client.execute(b"SMEMBERS", b"s") == client.execute(b"SMEMBERS", b"s")
    script = b"return redis.call('SMEMBERS', KEYS[1])"
    assert client.execute(b"EVAL", script, b"1", b"s") == list(client.execute(b"SMEMBERS", b"s"))  # type: ignore[arg-type]


def test_libraries_are_shuffled_too() -> None:
    names: set[Any] = set()
    for seed in range(8):
        listed: Any = filled(seed).execute(b"FUNCTION", b"LIST")
        names.add(tuple(library[0][1] for library in listed))
    assert names == {(b"one", b"two"), (b"two", b"one")}


def test_it_can_be_begun_and_ended() -> None:
    client = filled(None)
    server_keyspace: Any = client.session.keyspace
    assert server_keyspace.shuffle is None
    assert client.execute(b"SMEMBERS", b"s") == SetReply(LETTERS)


def test_a_scan_meets_every_key_once() -> None:
    client = filled(9)
    met: list[bytes] = []
    cursor = b"0"
    while True:
        cursor, batch = client.execute(b"SCAN", cursor, b"COUNT", b"3")  # type: ignore[misc]
        met += batch
        if cursor == b"0":
            break
    assert sorted(met) == sorted([*(b"k:" + letter for letter in LETTERS), b"s", b"h", b"z", b"g"])


def test_every_command_whose_tips_say_so_is_unordered() -> None:
    says: Callable[[Any], bool] = lambda row: "nondeterministic_output_order" in row.tips  # noqa: E731
    assert {row.full_name for row in rows() if says(row)} <= {row.full_name for row in rows() if row.unordered}
