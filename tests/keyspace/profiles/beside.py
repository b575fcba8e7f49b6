"""Random commands, sent to a real server and to Ferrous as that server: every difference.

    make servers && python -m tests.keyspace.profiles.beside PROFILE [COUNT [SEED]]

One half is what came after Redis 7.0, made with care; the other is made of all that the server documents of its
commands (`tests/keyspace/grammar.py`), and the keyspaces are compared too. Times are far away or past, and two times of
day count as the same when they are less than a second apart: both sides have the real clock. A family that the server
does not have is refused by both alike.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any, Final

from ferrous_vm.keyspace.profiles.choosing import profile_named
from tests.keyspace import comparison
from tests.keyspace.differential import OurClients, Pair
from tests.keyspace.grammar import Grammar, offered
from tests.record.resp import Connection, parse
from tests.record.servers import running

Words = list[str]
_SETUP: Final = (
    "FLUSHALL",
    "SET s v",
    "HSET h a 1 b 2 c 3",
    "ZADD z 1 p 2.5 q",
    "RPUSH l x",
    "XADD t 1-1 a 1",
    "XADD t 2-1 a 2",
    "XADD t 3-1 a 3",
    "XGROUP CREATE t g 0",
    "XGROUP CREATE t k 0",
)
_ROUND: Final = 40
"""Commands between two fresh beginnings."""
_SAME_TIME: Final = 1000


class Chance(random.Random):
    """Draws words."""

    def some(self, words: str, most: int = 3) -> Words:
        """One to `most` of the words."""
        return [self.choice(words.split()) for _ in range(self.randint(1, most))]

    def options(self, words: dict[str, str], likely: float = 0.5) -> Words:
        """Some options, those that take an argument mostly with one of theirs."""
        chosen: Words = []
        while self.random() < likely:
            option = self.choice(list(words))
            chosen.append(option)
            if words[option] and self.random() < 0.95:
                chosen.append(self.choice(words[option].split()))
        return chosen

    def counted(self, keyword: str, words: Words, width: int = 1) -> Words:
        """Words after their keyword and number, which is mostly right."""
        count = str(len(words) // width)
        wrong = self.random() < 0.1
        return [self.choice((keyword, keyword, "FOO")) if wrong else keyword,
                self.choice((count, "0", "x", "5")) if wrong else count, *words]  # fmt: skip


_TIMES: Final = {
    "EX": "100 500 -1 0 x 99999999999",
    "PX": "100000 900000 0 9223372036854775807",
    "EXAT": "2000000000 1",
    "PXAT": "2000000000500 2000000000499 1",
}


def hash_command(chance: Chance) -> Words:
    """Fields and their ends."""
    key, fields = chance.choice("hhhgs"), chance.some("a b c d e")
    values = [side for field in fields for side in (field, str(chance.randint(0, 9)))]
    conditions = chance.options(dict.fromkeys(("NX", "XX", "GT", "LT", "FOO"), ""), 0.25)
    return chance.choice((
        ["HEXPIRE", key, chance.choice(["100", "200", "0", "-1", "x"]), *conditions, *chance.counted("FIELDS", fields)],
        ["HPEXPIREAT", key, chance.choice(_TIMES["PXAT"].split()), *conditions, *chance.counted("FIELDS", fields)],
        [chance.choice(("HTTL", "HPEXPIRETIME", "HEXPIRETIME", "HGETDEL")), key, *chance.counted("FIELDS", fields)],
        ["HPERSIST", "h", *chance.counted("FIELDS", fields)],
        ["HGETEX", key, *chance.options({**_TIMES, "PERSIST": "", "KEEPTTL": "", "FOO": ""}),
         *chance.counted("FIELDS", fields)],
        ["HSETEX", key, *chance.options({**_TIMES, "KEEPTTL": "", "FNX": "", "FXX": "", "NX": "", "PERSIST": ""}),
         *chance.counted("FIELDS", values, 2)],
        ["HSET", key, *values],
        ["HINCRBY", key, fields[0], "1"],
        ["HDEL", key, fields[0]],
        ["COPY", "h", "g", "REPLACE"],
        ["OBJECT", "ENCODING", key],
        ["HPEXPIRETIME", "h", "FIELDS", "5", *"abcde"],
    ))  # fmt: skip


def string_command(chance: Chance) -> Words:
    """Strings that are compared, bits and small options."""
    key, value = chance.choice("sabl"), chance.choice(("v", "w", "10", "f7042be43fb80714"))
    compared = dict.fromkeys(("IFEQ", "IFNE", "IFDEQ", "IFDNE"), "v w 10 f7042be43fb80714")
    pairs = [side for name in chance.some("a b c", 2) for side in (name, value)]
    return chance.choice((
        ["SET", key, value, *chance.options({**compared, "NX": "", "XX": "", "EX": "100 0", "KEEPTTL": ""}, 0.6)],
        ["DELEX", key, *chance.options(compared)],
        ["DELIFEQ", key, value],
        ["DIGEST", key],
        ["MSETEX", str(len(pairs) // 2), *pairs, *chance.options({"NX": "", "XX": "", "EX": "100 0", "FOO": ""})],
        ["BITOP", chance.choice(("DIFF", "DIFF1", "ANDOR", "ONE", "BAD")), "d", *chance.some("s a b l")],
        ["ZRANK", "z", chance.choice("pqr"), *chance.options({"WITHSCORE": "", "FOO": ""}, 0.4)],
        ["HSCAN", "h", "0", *chance.options({"NOVALUES": "", "MATCH": "a* x", "COUNT": "5 x"})],
        ["GET", chance.choice("sabd")],
        ["TTL", key],
    ))  # fmt: skip


def stream_command(chance: Chance) -> Words:
    """Streams: what becomes of deliveries."""
    identifiers = chance.some("1-1 2-1 3-1 4-1 5-1 9-1")
    reference = chance.options(dict.fromkeys(("KEEPREF", "DELREF", "ACKED"), ""), 0.4)
    group = chance.choice("gk")
    return chance.choice((
        ["XADD", "t", *chance.options({"MAXLEN": "2 3"}), *reference, identifiers[0], "a", "1"],
        ["XADD", "t", f"{chance.randint(10, 10**6)}-1", "a", "1"],
        ["XDELEX", "t", *reference, *chance.counted("IDS", identifiers)],
        ["XACKDEL", "t", group, *reference, *chance.counted("IDS", identifiers)],
        ["XREADGROUP", "GROUP", group, "c", *chance.options({"COUNT": "1 2", "CLAIM": "900000 x -1"}),
         "STREAMS", "t", chance.choice(">>>0+")],
        ["XTRIM", "t", chance.choice(("MAXLEN", "MINID")), chance.choice("123"), *reference],
        ["XACK", "t", group, *identifiers],
        ["XREAD", *chance.options({"COUNT": "2"}), "STREAMS", "t", "+"],
        ["XPENDING", "t", group],
        ["XLEN", "t"],
    ))  # fmt: skip


FAMILIES: Final[tuple[Callable[[Chance], Words], ...]] = (hash_command, string_command, stream_command)


def agree(real: Any, ours: Any) -> bool:
    """Whether two replies count as the same."""
    if isinstance(real, list) and isinstance(ours, list) and len(real) == len(ours):
        return all(map(agree, real, ours))
    if isinstance(real, int) and isinstance(ours, int) and min(real, ours) > 10**9:
        return abs(real - ours) < _SAME_TIME
    return bool(real == ours)


def differences(profile: str, count: int, seed: int) -> list[str]:
    """What the server answers otherwise than Ferrous."""
    chance, found = Chance(seed), []
    with running(profile) as port:
        connection, ours = Connection(port), OurClients(2, profile)
        for number in range(count):
            if number % _ROUND == 0:
                for line in _SETUP:
                    connection.ask(*line.encode().split())
                    ours.answer("A", line.encode().split())
            argv = [word.encode() for word in chance.choice(FAMILIES)(chance)]
            real, answer = connection.ask(*argv), ours.answer("A", argv)
            replies = parse(real)[0], parse(answer)[0]
            if not (agree(*replies) or (argv[0] == b"HSCAN" and sorted(repr(replies[0])) == sorted(repr(replies[1])))):
                found.append(f"{number}: {b' '.join(argv).decode()}\n    server  {real!r}\n    ferrous {answer!r}")
    return found


_SEQUENCE: Final = 100
"""Commands until the keyspaces are compared and emptied."""


def documented(profile: str, count: int, seed: int) -> list[str]:
    """What the server answers otherwise than Ferrous to all the commands that it documents."""
    server, found = profile_named(profile), []
    names = offered(server)
    starts = iter(range(seed, seed + max(count // _SEQUENCE, 1)))
    for start in starts:
        with running(profile) as port:
            pair = Pair(port, profile)
            try:
                for number in (start, *starts):
                    start = number
                    pair.begin(2 + number % 2)
                    told = _sequence(pair, Grammar(random.Random(number), names, server))
                    found += [f"sequence {number}: {one}" for one in told]
            except OSError as gone:  # servers end, or hang, by faults of their own
                found.append(f"sequence {start}: the server is gone: {gone}")
    return found


def _sequence(pair: Pair, grammar: Grammar) -> list[str]:
    """The differences up to the first one that may have changed a keyspace."""
    found = []
    for _ in range(_SEQUENCE):
        argv = grammar.command()
        if not comparison.is_comparable(pair, argv):
            continue
        real, ours = comparison.exchange(pair, argv)
        if not comparison.agree(argv, real, ours):
            found.append(f"{argv}\n    server  {real!r}\n    ferrous {ours!r}")
            if not real.startswith(b"-") or not ours.startswith(b"-"):
                return found
    return found + comparison.differing_keys(pair)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[2:]]
    count, seed = *given, *(5000, 1)[len(given) :]
    found = [*differences(sys.argv[1], count // 2, seed), *documented(sys.argv[1], count - count // 2, seed)]
    print("\n".join(found))
    sys.exit(1 if found else 0)
