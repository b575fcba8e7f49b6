"""Random sequences of stream commands on Ferrous and on a real redis-server, on streams of several macro nodes.

The commands of `grammar.py` meet few entries; these are made for streams alone: ids close to each other, entries of
many sizes, last ids taken back, everything compared after every fifth command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Final

import pytest

from tests.keyspace.comparison import agree
from tests.keyspace.differential import Pair

KEYS: Final = (b"s", b"s", b"s", b"t")
GROUPS: Final = (b"g", b"g", b"g", b"h", b"none")
CONSUMERS: Final = (b"c", b"d", b"e")
COMMANDS_OF_ONE_SEQUENCE: Final = 120


class StreamCommands:
    """Makes commands by the choices of `random`."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def command(self) -> list[bytes]:
        """One command; additions and reads are made most often."""
        makers: dict[Callable[[], list[bytes]], int] = {
            self.xadd: 30, self.ranges: 10, self.xdel: 10, self.xtrim: 3, self.xsetid: 2, self.create: 5, self.setid: 2,
            self.others: 4, self.xreadgroup: 13, self.xread: 3, self.xack: 5, self.xclaim: 5, self.xautoclaim: 4,
            self.xpending: 2,
        }  # fmt: skip
        return self.random.choices(list(makers), list(makers.values()))[0]()

    # Arguments

    def chance(self, share: float, *words: bytes) -> tuple[bytes, ...]:
        return words if self.random.random() < share else ()

    def identifier(self) -> bytes:
        random = self.random
        whole = b"%d-%d" % (random.randrange(60), random.randrange(4))
        return random.choice((b"%d" % random.randrange(1, 60), whole, whole, b"0"))

    def new_identifier(self) -> bytes:
        return self.random.choice((self.identifier(), self.identifier(), b"%d-*" % self.random.randrange(60)))

    def bound(self) -> bytes:
        return self.random.choice((b"-", b"+", self.identifier(), b"(" + self.identifier(), b"(", b"abc"))

    def some(self, most: int, word: Callable[[], bytes]) -> Iterator[bytes]:
        return (word() for _ in range(self.random.randrange(1, most)))

    def words(self) -> Iterator[bytes]:
        random = self.random
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            yield random.choice((b"a", b"b", b"f1", b"12"))
            size = random.choice((1, 2, 60, 80, 500, 5000))
            yield random.choice((b"1", b"-5", b"300", b"99999", b"1234567890123", b"x" * size))

    def key(self) -> bytes:
        return self.random.choice(KEYS)

    def member(self) -> list[bytes]:
        """A key, a group of it and a consumer."""
        return [self.key(), self.random.choice(GROUPS), self.random.choice(CONSUMERS)]

    def trim(self) -> list[bytes]:
        by_length = self.random.random() < 0.5
        threshold = b"%d" % self.random.choice((0, 1, 3, 10, 50, 100, 150)) if by_length else self.identifier()
        sign = self.random.choice(((), (b"=",), (b"~",)))
        limit = self.chance(0.3, b"LIMIT", b"%d" % self.random.choice((0, 1, 5, 100, 150)))
        return [b"MAXLEN" if by_length else b"MINID", *sign, threshold, *limit]

    def count(self) -> tuple[bytes, ...]:
        return self.chance(0.6, b"COUNT", b"%d" % self.random.randrange(-1, 5))

    # Commands

    def xadd(self) -> list[bytes]:
        trim = self.trim() if self.random.random() < 0.15 else []
        return [b"XADD", self.key(), *self.chance(0.1, b"NOMKSTREAM"), *trim, self.new_identifier(), *self.words()]

    def ranges(self) -> list[bytes]:
        return [self.random.choice((b"XRANGE", b"XREVRANGE")), self.key(), self.bound(), self.bound(), *self.count()]

    def xdel(self) -> list[bytes]:
        return [b"XDEL", self.key(), *self.some(4, self.identifier)]

    def xtrim(self) -> list[bytes]:
        return [b"XTRIM", self.key(), *self.trim()]

    def xsetid(self) -> list[bytes]:
        added = self.chance(0.3, b"ENTRIESADDED", b"%d" % self.random.randrange(200))
        return [b"XSETID", self.key(), self.identifier(), *added, *self.chance(0.3, b"MAXDELETEDID", self.identifier())]

    def create(self) -> list[bytes]:
        key, group, _ = self.member()
        start = self.random.choice((b"$", b"0", self.identifier()))
        read = self.chance(0.3, b"ENTRIESREAD", b"%d" % self.random.randrange(-1, 50))
        return [b"XGROUP", b"CREATE", key, group, start, *self.chance(0.3, b"MKSTREAM"), *read]

    def setid(self) -> list[bytes]:
        key, group, _ = self.member()
        read = self.chance(0.3, b"ENTRIESREAD", b"%d" % self.random.randrange(-2, 50))
        return [b"XGROUP", b"SETID", key, group, self.random.choice((b"$", b"-", b"+", self.identifier())), *read]

    def others(self) -> list[bytes]:
        key, group, consumer = self.member()
        return self.random.choice((
            [b"XGROUP", b"DESTROY", key, group], [b"XGROUP", b"CREATECONSUMER", key, group, consumer],
            [b"XGROUP", b"DELCONSUMER", key, group, consumer], [b"COPY", b"s", b"t", b"REPLACE"], [b"DEL", b"t"],
        ))  # fmt: skip

    def streams(self, *identifiers: bytes) -> list[bytes]:
        keys = [b"s", b"t"][: self.random.choice((1, 1, 2))]
        return [b"STREAMS", *keys, *(self.random.choice(identifiers) for _ in keys)]

    def xreadgroup(self) -> list[bytes]:
        _, group, consumer = self.member()
        options = (*self.count(), *self.chance(0.1, b"NOACK"))
        return [b"XREADGROUP", b"GROUP", group, consumer, *options, *self.streams(b">", b">", b"0", self.identifier())]

    def xread(self) -> list[bytes]:
        return [b"XREAD", *self.count(), *self.streams(b"$", b"0", self.identifier())]

    def xack(self) -> list[bytes]:
        return [b"XACK", *self.member()[:2], *self.some(4, self.identifier)]

    def xclaim(self) -> list[bytes]:
        options = (
            (b"FORCE",), (b"JUSTID",), (b"RETRYCOUNT", b"%d" % self.random.randrange(-1, 9)), (b"IDLE", b"5000000"),
            (b"TIME", b"1500000000000"), (b"LASTID", self.identifier()),
        )  # fmt: skip
        chosen = [word for option in options for word in self.chance(0.3, *option)]
        idle = self.random.choice((b"0", b"1000000"))
        return [b"XCLAIM", *self.member(), idle, *self.some(6, self.identifier), *chosen]

    def xautoclaim(self) -> list[bytes]:
        idle = self.random.choice((b"0", b"1000000"))
        return [b"XAUTOCLAIM", *self.member(), idle, self.bound(), *self.count(), *self.chance(0.4, b"JUSTID")]

    def xpending(self) -> list[bytes]:
        key, group, consumer = self.member()
        idle = self.chance(0.4, b"IDLE", b"1000000")
        span = (*idle, self.bound(), self.bound(), b"10", *self.chance(0.4, consumer))
        return [b"XPENDING", key, group, *self.chance(0.6, *span)]


def check(pair: Pair, argv: list[bytes]) -> None:
    real, ours = pair.both(argv)
    assert agree(argv, real, ours), f"{argv}\n    redis   {real!r}\n    ferrous {ours!r}"


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(24))
def test_a_sequence_gets_the_replies_of_redis(redis_port: int, seed: int) -> None:
    random = Random(seed)
    pair = Pair(redis_port)
    pair.begin(random.choice((2, 3)))
    commands = StreamCommands(random)
    for number in range(random.choice((0, 0, 150, 350))):
        check(pair, [b"XADD", b"s", b"0-%d" % (number + 1), *commands.words()])
    for number in range(COMMANDS_OF_ONE_SEQUENCE):
        check(pair, commands.command())
        for key in (b"s", b"t") if number % 5 == 0 else ():
            check(pair, [b"XINFO", b"STREAM", key, b"FULL", b"COUNT", b"0"])
            check(pair, [b"XINFO", b"GROUPS", key])
    pair.close()
