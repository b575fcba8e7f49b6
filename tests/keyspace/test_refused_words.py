"""Who asks which word of a command was refused is told the one that is wrong, or none: over all rows and positions.

A well-formed command of each row of the command table has each of its words replaced in turn by words of eight kinds.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

import ferrous_vm
from ferrous_vm.keyspace import Session, execute
from ferrous_vm.keyspace.command_table import Row, find_command, rows
from ferrous_vm.keyspace.refusals import Refusal, refusal_of
from ferrous_vm.keyspace.replies import ErrorReply
from tests.keyspace.differential import split
from tests.keyspace.dry_runs import dry_run
from tests.keyspace.test_argument_positions import COMMANDS, FIXTURE

WRONG = [b"soon", b"", b"600.5", b"-1", b" 7", b"9223372036854775808", b"\xff\x00\xfe", b"nan"]
"""A name, nothing, a fraction, a negative number, white space, beyond 64 bits, bytes, and no number."""

SOURCE = b"#!lua name=lib\nredis.register_function{function_name='f', callback=function() end, flags={'no-writes'}}"

MORE = """
ACL CAT read; ACL DELUSER u; ACL GENPASS 64; ACL LOG 5; ACL SETUSER u on; BLMOVE list list2 LEFT RIGHT 1
BLMPOP 1 2 list list2 LEFT COUNT 2; BLPOP list 1; BRPOP list list2 1; BRPOPLPUSH list list2 1; BZPOPMAX zset 1
BZMPOP 1 1 zset MIN COUNT 2; BZPOPMIN zset 1; CLIENT LIST TYPE normal; CLIENT LIST ID 1 2; CLIENT PAUSE 10 WRITE
CLIENT REPLY ON; COMMAND DOCS get; COMMAND INFO get; COMMAND LIST FILTERBY ACLCAT read; DUMP string
EVAL "return 1" 1 k a; EVAL_RO "return 1" 1 k a; FCALL f 1 k a; FCALL_RO f 1 k a; FLUSHALL ASYNC; FLUSHDB SYNC
EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 1 k a; EVALSHA_RO e0e1f9fabfc9d4800c877a703b823ac0578ff8db 1 k
FUNCTION DELETE lib; FUNCTION FLUSH SYNC; FUNCTION LIST LIBRARYNAME l WITHCODE; HELLO 3 SETNAME x; INFO server; KEYS *
LATENCY HISTOGRAM get; LATENCY RESET event; MIGRATE host 6379 missing 0 100 COPY
OBJECT IDLETIME string; PEXPIRETIME string; PTTL string; PSUBSCRIBE c; PUBSUB CHANNELS *; PUBSUB SHARDCHANNELS *
PUBSUB SHARDNUMSUB c; PUNSUBSCRIBE c; REPLICAOF NO ONE; SLAVEOF NO ONE; SCRIPT DEBUG NO; SCRIPT EXISTS abc
SCRIPT FLUSH SYNC; SCRIPT LOAD "return 1"; SELECT 1; SPUBLISH c m; SSUBSCRIBE c; SUBSCRIBE c; SUNSUBSCRIBE c
UNSUBSCRIBE c; WATCH k; XINFO CONSUMERS stream g; PFCOUNT hll; PFDEBUG ENCODING hll; COMMAND
SET string v NX EX 10; SET string 10 EX 10; ZADD zset NX CH 1 a 2 z; ZADD zset 1 1 2 2; LRANGE list 0 0
SINTERCARD 2 set set2 LIMIT 2; ZUNIONSTORE out 2 zset zset2 WEIGHTS 2 2 AGGREGATE SUM; BITFIELD number GET u8 #1
XADD stream NOMKSTREAM MAXLEN ~ 10 LIMIT 5 9-9 f 9; XREADGROUP GROUP g c COUNT 2 NOACK STREAMS stream stream2 9 9
"""
"""Well-formed commands of the rows that have none in well_formed.txt, because their replies do not compare; and words
that stand in one command twice."""

REFUSING = {
    "acl|load", "acl|save", "bgsave", "client|caching", "config|rewrite", "debug", "failover", "function|kill",
    "latency|graph", "module|load", "module|loadex", "module|unload", "object|freq", "quit", "replconf",
    "script|kill", "shutdown",
}  # fmt: skip
"""Rows, beside those of clusters, that refuse every well-formed call here, or end the session."""


@pytest.fixture(scope="module")
def session() -> Session:
    client = ferrous_vm.Server().connect()
    session: Session = client.session
    for line in FIXTURE:
        execute(session, split(line))
    execute(session, split("PFADD hll a"))
    load(session)
    return session


def load(session: Session) -> None:
    """What a journal does not take back: the script and the library."""
    execute(session, [b"FUNCTION", b"LOAD", b"REPLACE", SOURCE])
    execute(session, [b"SCRIPT", b"LOAD", b"return 1"])


def well_formed(session: Session) -> dict[Row, list[list[bytes]]]:
    """Commands that are not refused, by row; those without arguments are made up."""
    execute(session, [b"XGROUP", b"CREATE", b"stream2", b"g", b"0"])
    payload = execute(session, [b"DUMP", b"string"])
    assert isinstance(payload, bytes)
    functions = execute(session, [b"FUNCTION", b"DUMP"])
    assert isinstance(functions, bytes)
    lines = [split(line.strip()) for line in MORE.replace("\n", ";").split(";") if line.strip()]
    lines += [
        [b"FUNCTION", b"LOAD", b"REPLACE", SOURCE],
        [b"FUNCTION", b"RESTORE", functions, b"REPLACE"],
        [b"RESTORE", b"missing", b"100", payload, b"ABSTTL", b"IDLETIME", b"5"],
        [b"RESTORE-ASKING", b"string", b"0", payload, b"REPLACE", b"FREQ", b"5"],
    ]
    lines += [row.full_name.split(b"|") for row in rows() if row.container and row.arity in (2, -2)]
    found: dict[Row, list[list[bytes]]] = defaultdict(list)
    for argv in [*COMMANDS, *lines]:
        if argv == [b"QUIT"]:
            continue
        load(session)
        with dry_run(session.keyspace):
            reply = execute(session, argv)
        row = find_command(argv)
        if row is not None and not isinstance(reply, ErrorReply):
            found[row].append(argv)
    return found


def refusals(session: Session, argv: list[bytes]) -> list[tuple[list[bytes], int, Refusal | None]]:
    """What is refused of `argv` with each of its words replaced, the position that was, and the one that is told."""
    found = []
    for position in range(1, len(argv)):
        for wrong in WRONG:
            same: dict[bytes, bytes] = {}  # equal words are one object, as those of a script are
            words = [same.setdefault(word, word) for word in [*argv[:position], wrong, *argv[position + 1 :]]]
            with dry_run(session.keyspace):
                reply = execute(session, words)
                if isinstance(reply, ErrorReply):
                    found.append((words, position, refusal_of(session, find_command(words), words, reply)))
    return found


def test_the_word_that_is_told_is_the_one_that_is_wrong(session: Session) -> None:
    tried = well_formed(session)
    load(session)
    untried = [row for row in rows() if row.handler is not None and row.arity != 1 and row not in tried]
    assert {row.full_name.decode() for row in untried if row.group != "cluster"} == REFUSING
    found = [one for lines in tried.values() for argv in lines for one in refusals(session, argv)]
    assert [one for one in found if one[2] is not None and one[2].position != one[1]] == []
    told = [one for one in found if one[2] is not None]
    assert len(told) > 4_000
    assert len(found) - len(told) < len(found) / 40
