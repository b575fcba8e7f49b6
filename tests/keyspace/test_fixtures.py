"""Command files: what is exported fills an empty keyspace with the same; words are quoted as redis-cli reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import Keyspace, Session, encode, execute
from ferrous_vm.keyspace.arguments.words import join_words, split_words
from ferrous_vm.keyspace.encodings.fixtures import export_commands, load_commands
from tests.keyspace.differential import Pair, split
from tests.keyspace.snapshots import snapshot
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
    for line in FILLING:
        execute(session, split(line))
    for number in range(450):
        execute(session, [b"RPUSH", b"long", b"%d" % number])
    return session


def test_an_exported_keyspace_is_filled_again() -> None:
    session = filled()
    text = export_commands(session.keyspace)
    other = Session(Keyspace(clock=lambda: NOW))
    load_commands(other, text)
    ours, theirs = probe(session), probe(other)
    ours[b"raw"][2] = theirs[b"raw"][2]  # a file cannot tell that a short string was once changed in place
    assert theirs == ours
    assert list(other.keyspace.databases[5].entries) == [b"elsewhere"]
    assert export_commands(other.keyspace) == text


def test_what_a_file_looks_like() -> None:
    session = Session(Keyspace(clock=lambda: NOW))
    for line in ("SELECT 2", 'SET "a key" "\\x00é"', "EXPIREAT 'a key' 1700000005", "SADD s 1"):
        execute(session, split(line))
    assert export_commands(session.keyspace) == (
        b'SELECT 2\nSET "a key" "\\x00\\xe9"\nPEXPIREAT "a key" 1700000005000\nSADD s 1\nSELECT 0\n'
    )


@pytest.mark.oracle
def test_redis_is_filled_by_an_exported_file(redis_port: int) -> None:
    session = filled()
    pair = Pair(redis_port)
    pair.begin(2)
    for line in export_commands(session.keyspace).splitlines():
        words = split_words(line)
        assert words is not None
        assert pair.real["A"].ask(*words)[:1] != b"-", line
    for key in session.keyspace.databases[0].entries:
        payload = execute(session, [b"DUMP", key])
        assert isinstance(payload, bytes)
        if key not in (b"soon", b"set", b"stream", b"trimmed", b"counted"):  # order of a table, times, tombstones
            assert pair.real["A"].ask(b"DUMP", key) == b"$%d\r\n%b\r\n" % (len(payload), payload), key
    for question in ("XINFO STREAM stream", "XINFO GROUPS stream", "XRANGE stream - +", "XPENDING stream g"):
        assert pair.real["A"].ask(*split(question)) == encode(execute(session, split(question)), 2)
    pair.close()


def test_comments_and_empty_lines_are_passed_over() -> None:
    session = Session(Keyspace())
    load_commands(session, b"# a comment\n\n   \r\n  # another\nSET k 'it\\'s'\r\nGET \"k\"\n")
    assert execute(session, split("GET k")) == b"it's"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"SET k v\nSET k", b"ERR line 2: ERR wrong number of arguments for 'set' command"),
        (b"\n\nNONSENSE 1", b"ERR line 3: ERR unknown command 'NONSENSE', with args beginning with: '1' "),
        (b'SET k "v', b"ERR line 1: Invalid argument(s)"),
        (b"SET k v\nLPUSH k v\n", b"ERR line 2: WRONGTYPE Operation against a key holding the wrong kind of value"),
    ],
)
def test_a_refused_line_is_named(text: bytes, sentence: bytes) -> None:
    session = Session(Keyspace())
    before = snapshot(session.keyspace)
    with session.keyspace.dry_run():
        with pytest.raises(CommandError) as refusal:
            load_commands(session, text)
        assert refusal.value.message == sentence
    assert snapshot(session.keyspace) == before


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_words_are_read_back(words: list[bytes]) -> None:
    assert split_words(join_words(words)) == words
