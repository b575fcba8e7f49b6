"""Lines of commands: what makes keys again fills an empty keyspace with the same; words are as redis-cli reads them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.keyspace import Keyspace, Session, encode, execute
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.encodings.fixtures import commands_in, recreation
from ferrous_vm.workbench.content import line
from tests.keyspace.differential import Pair, split
from tests.keyspace.test_journal import probe

NOW = 1_700_000_000_000_000

FILLING = [
    "SET plain hello", "SET number -17",
    'SET odd "caf\\xc3\\xa9 \\"quoted\\" \\\\ \\n\\x00"', 'SET "a key" ""', "SET # x",
    "SET soon v PXAT 1700000000001", "SET later v PXAT 4102444800123", "SETRANGE raw 3 abc",
    "RPUSH list a b c", "LPUSH list z", "SADD numbers 3 1 2", "SADD set x y z", "HSET hash f v g w",
    "ZADD zset 1.5 a -inf b 3 c inf d 0.1 e", "PEXPIREAT list 4102444800000",
    "XADD stream 1-1 a 1", "XADD stream 1-2 a 1 b 2", "XADD stream 2-1 c 3", "XADD stream 3-1 c 3",
    "XDEL stream 1-2 3-1",
    "XGROUP CREATE stream g 0", "XREADGROUP GROUP g alice COUNT 1 STREAMS stream >",
    "XGROUP CREATE stream other 1-1 ENTRIESREAD 1", "XGROUP CREATECONSUMER stream other bob",
    "XCLAIM stream g carol 0 2-1 TIME 5 RETRYCOUNT 7 FORCE",
    "XADD trimmed 5-5 a 1", "XTRIM trimmed MAXLEN 0", "XGROUP CREATE empty g $ MKSTREAM", "XADD counted 1 a 1",
    "XADD counted 9 a 1", "XDEL counted 9", "XSETID counted 3-3",
    "SELECT 5", "SET elsewhere 1", "SELECT 0",
]  # fmt: skip


def filled() -> Session:
    session = Session(Keyspace(clock=lambda: NOW))
    for filling in FILLING:
        execute(session, split(filling))
    for number in range(450):
        execute(session, [b"RPUSH", b"long", b"%d" % number])
    return session


def lines_of(keyspace: Keyspace) -> Iterator[bytes]:
    """The lines that fill an empty keyspace with what `keyspace` holds."""
    for database in keyspace.databases:
        keys = list(database.keys())
        if keys:
            yield b"SELECT %d" % database.index
        for key in keys:
            for command in recreation(key, database.entries[key], database.expiries.get(key)):
                yield line(command).encode()


def test_a_keyspace_is_filled_again() -> None:
    session = filled()
    text = b"\n".join(lines_of(session.keyspace))
    other = Session(Keyspace(clock=lambda: NOW))
    for _, words in commands_in(text):
        assert words is not None
        execute(other, words)
    execute(other, [b"SELECT", b"0"])
    ours, theirs = probe(session), probe(other)
    ours[b"raw"][2] = theirs[b"raw"][2]  # a file cannot tell that a short string was once changed in place
    assert theirs == ours
    assert list(other.keyspace.databases[5].entries) == [b"elsewhere"]
    assert b"\n".join(lines_of(other.keyspace)) == text


def test_what_the_lines_look_like() -> None:
    session = Session(Keyspace(clock=lambda: NOW))
    for command in ("SELECT 2", 'SET "a key" "\\x00é"', "EXPIREAT 'a key' 1700000005", "SADD s 1"):
        execute(session, split(command))
    assert list(lines_of(session.keyspace)) == [
        b"SELECT 2", b'SET "a key" "\\x00\\xe9"', b'PEXPIREAT "a key" 1700000005000', b"SADD s 1"
    ]  # fmt: skip


@pytest.mark.oracle
def test_redis_is_filled_by_the_lines(redis_port: int) -> None:
    session = filled()
    pair = Pair(redis_port)
    pair.begin(2)
    for made in [*lines_of(session.keyspace), b"SELECT 0"]:
        words = split_words(made)
        assert words is not None
        assert pair.real["A"].ask(*words)[:1] != b"-", made
    for key in session.keyspace.databases[0].entries:
        payload = execute(session, [b"DUMP", key])
        assert isinstance(payload, bytes)
        if key not in (b"soon", b"set", b"stream", b"trimmed", b"counted"):  # order of a table, times, tombstones
            assert pair.real["A"].ask(b"DUMP", key) == b"$%d\r\n%b\r\n" % (len(payload), payload), key
    for question in ("XINFO STREAM stream", "XINFO GROUPS stream", "XRANGE stream - +", "XPENDING stream g"):
        assert pair.real["A"].ask(*split(question)) == encode(execute(session, split(question)), 2)
    pair.close()


def test_comments_and_empty_lines_are_passed_over() -> None:
    text = b"# a comment\n\n   \r\n  # another\n-- a third\nSET k 'it\\'s'\r\nGET \"k\"\n"
    assert list(commands_in(text)) == [(6, [b"SET", b"k", b"it's"]), (7, [b"GET", b"k"])]


def test_a_line_whose_quotes_do_not_come_out_is_told() -> None:
    assert list(commands_in(b'\nSET k "v\nGET k')) == [(2, None), (3, [b"GET", b"k"])]


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_words_are_read_back(words: list[bytes]) -> None:
    assert split_words(line(words).encode()) == words
