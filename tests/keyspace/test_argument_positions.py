"""Each argument of each command made wrong in turn, beside a real redis-server; a refusal changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrous_vm.keyspace import Keyspace, Session, execute
from ferrous_vm.keyspace.replies import ErrorReply
from tests.keyspace.differential import Pair, split
from tests.keyspace.dry_runs import dry_run
from tests.keyspace.snapshots import snapshot

FIXTURE = [
    "SET string v", "SET number 10", "HSET hash a 1 b 2", "RPUSH list a b c a d", "RPUSH list2 x", "SADD set a b c",
    "SADD set2 c d", "SADD intset 1 2 3", "SADD intset2 2 3 4", "ZADD zset 1 a 2 b 3 c 3 d", "ZADD zset2 2 b 5 e",
    "SADD one x", "ZADD zone 1.5 x", "HSET hone a 1",
    "GEOADD geo 13.361389 38.115556 p 15.087269 37.502669 q",
    "XADD stream 1-1 f v", "XADD stream 1-2 f v", "XADD stream 2-1 f v", "XGROUP CREATE stream g 0",
    "XREADGROUP GROUP g c COUNT 2 STREAMS stream >", "XADD stream2 1-1 f v",
]  # fmt: skip

KEYS = [line.split()[{"XGROUP": 2, "XREADGROUP": 7}.get(line.split()[0], 1)].encode() for line in FIXTURE]

ODD = [
    b"", b"abc", b"0", b"-1", b"1.5", b"+1", b" 1", b"1 ", b"01", b"-0", b"\x00", b"\xff\xfe", b"nan", b"-inf",
    b"1e400", b"9223372036854775807", b"-9223372036854775808", b"9223372036854775808", b"string", b"hash", b"missing",
]  # fmt: skip

SLOWER_THAN = b"slowlog-log-slower-than"

LINES = (Path(__file__).parent / "well_formed.txt").read_text().splitlines()
COMMANDS = [split(line) for line in LINES if line and not line.startswith("#")]


_PENDING = re.compile(rb"(\*4\r\n\$\d+\r\n\d+-\d+\r\n\$\d+\r\n[cd]\r\n):\d+")
"""A pending entry in a reply of XPENDING, up to its idle time."""


def spoilt(argv: list[bytes]) -> Iterator[list[bytes]]:
    """`argv` as it is, with each argument replaced by each odd one, with each left out, and with one too many."""
    yield argv
    yield [*argv, b"extra"]
    for position in range(1, len(argv)):
        yield argv[:position] + argv[position + 1 :]
        for odd in ODD:
            yield [*argv[:position], odd, *argv[position + 1 :]]


def without_idle_times(reply: bytes) -> bytes:
    """A reply of XPENDING with 0 for the milliseconds since each delivery: the two servers do not deliver at once."""
    return _PENDING.sub(rb"\1:0", reply)


def name_of(argv: list[bytes]) -> str:
    return b" ".join(argv).decode()


@pytest.fixture(scope="module")
def pair(redis_port: int) -> Iterator[Pair]:
    both = Pair(redis_port)
    _, before = both.real["A"].ask_parsed(b"CONFIG", b"GET", SLOWER_THAN)
    yield both
    both.real["A"].ask(b"CONFIG", b"SET", SLOWER_THAN, before.encode())
    both.close()


def keep_nothing_slow(pair: Pair) -> None:
    """Neither slow log has or gets an entry: which command takes long is chance."""
    for line in ([b"CONFIG", b"SET", SLOWER_THAN, b"-1"], [b"SLOWLOG", b"RESET"]):
        pair.both(line)


@pytest.mark.oracle
@pytest.mark.parametrize("argv", COMMANDS, ids=name_of)
def test_a_wrong_argument_is_answered_as_redis_answers_it(pair: Pair, argv: list[bytes]) -> None:
    differences = []
    for protocol in (2, 3):
        pair.begin(protocol)
        keep_nothing_slow(pair)
        for line in FIXTURE:
            pair.both(split(line))
        for command in spoilt(argv):
            real, ours = pair.both(command)
            if command[0] == b"XPENDING":
                real, ours = without_idle_times(real), without_idle_times(ours)
            if real != ours:
                differences.append((command, real, ours))
            if not real.startswith(b"-"):
                touched = set(command)
                pair.both([b"DEL", *touched])
                for key, line in zip(KEYS, FIXTURE, strict=True):
                    if key in touched:
                        pair.both(split(line))
    assert not differences


@pytest.mark.parametrize("argv", COMMANDS, ids=name_of)
def test_a_refused_command_changes_nothing(argv: list[bytes]) -> None:
    keyspace = Keyspace(clock=lambda: 0, seed=1)
    session = Session(keyspace)
    for line in FIXTURE:
        execute(session, split(line))
    fixture = snapshot(keyspace)
    for command in spoilt(argv):
        with dry_run(keyspace):
            reply = execute(session, command)
            if isinstance(reply, ErrorReply):
                assert snapshot(keyspace) == fixture, command
        assert snapshot(keyspace) == fixture, command
