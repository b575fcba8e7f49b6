"""How many elements commands touch: as the documentation of redis-server says, and as the data are."""

from __future__ import annotations

import pytest

from ferrous_vm.keyspace.command_table import find_command
from ferrous_vm.keyspace.complexity import COMPLEXITIES, Asked, search, size_of, touched, values
from ferrous_vm.keyspace.replies import ErrorReply, MapReply
from ferrous_vm.workbench.costs.measuring import Measuring
from tests.keyspace.differential import split
from tests.record.resp import Connection

OF_DATA = {"bitmap", "generic", "geo", "hash", "hyperloglog", "list", "set", "sorted-set", "stream", "string"}
"""Groups of the command table whose commands touch data."""

OTHERWISE = {
    b"getrange": "what is answered counts by itself",
    b"substr": "what is answered counts by itself",
    b"setrange": "what is given counts by itself",
    b"restore": "what is given counts by itself",
    b"restore-asking": "what is given counts by itself",
    b"pfcount": "of one key it is O(1), and of several O(1) for each",
    b"pfdebug": "the documentation says nothing",
    b"pfselftest": "the documentation says nothing",
    b"pfadd": "O(1) for each element is what is said of other commands as O(N)",
    b"xack": "O(1) for each ID is what is said of other commands as O(N)",
    b"xdel": "O(1) for each ID is what is said of other commands as O(N)",
    b"xautoclaim": "O(1) if COUNT is small, says the documentation",
    b"xgroup|destroy": "pending entries are no elements of the stream",
    b"xinfo|consumers": "O(1) if there are few, which the documentation leaves out",
    b"xinfo|groups": "O(1) if there are few, which the documentation leaves out",
    b"xinfo|stream": "O(1) without FULL",
    b"xinfo|help": "a text",
}
"""Where the rule is of another kind than the documentation's words, and why."""


def kind(text: str) -> str:
    if "log" in text:
        return "log"
    return "1" if text.startswith("O(1)") and not ("O(N" in text or "O(M" in text) else "n"


@pytest.mark.oracle
def test_every_rule_is_of_the_kind_that_redis_documents(redis_port: int) -> None:
    server = Connection(redis_port)
    server.ask(b"HELLO", b"3")
    documented = server.ask_parsed(b"COMMAND", b"DOCS")
    server.close()
    found = {name: row.get("complexity", "") for name, row in documented.items()}
    for row in documented.values():
        found |= {name: inner.get("complexity", "") for name, inner in row.get("subcommands", {}).items()}
    wrong = {}
    for name, complexity in COMPLEXITIES.items():
        row = find_command(name.split(b"|"))
        assert row is not None
        if row.group in OF_DATA and name not in OTHERWISE and kind(complexity.text) != kind(found[name.decode()]):
            wrong[name] = (complexity.text, found[name.decode()])
    assert wrong == {}


FIXTURE = """
SET s value
RPUSH l 0 1 2 3 4 5 6 7 8 9
SADD t 0 1 2 3 4 5 6 7 8 9
SADD few a b c
HSET h a 1 b 2 c 3
ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g
ZADD z2 1 a 9 x
XADD x 1-1 f v
XADD x 2-1 f v
XADD x 3-1 f v
GEOADD geo 13.36 38.11 q 15.08 37.5 r
"""

SEVEN = search(7)

CASES = {
    "GET s": 1, "GET missing": 1, "MGET s s missing": 3, "HGET h a": 1, "HMGET h a b": 2, "HGETALL h": 3,
    "HSET h d 4 e 5": 2, "LLEN l": 1, "LRANGE l 0 -1": 11, "LRANGE l 3 4": 6, "LINDEX l 5": 5, "LINDEX l -1": 1,
    "LPUSH l a b c": 3, "LTRIM l 0 3": 7, "LREM l 0 none": 10, "SADD t a b": 2, "SMEMBERS t": 10, "SCARD t": 1,
    "SUNION t few": 13, "SUNIONSTORE new t few": 13, "SINTER t few": 7, "SINTERSTORE new t few": 7,
    "ZADD z 8 h": SEVEN, "ZADD z 8 h 9 i": 2 * SEVEN, "ZSCORE z a": 1, "ZRANK z a": SEVEN, "ZRANGE z 0 1": SEVEN + 2,
    "ZREMRANGEBYSCORE z 1 3": SEVEN + 3, "ZPOPMIN z 2": 1 + 2 * SEVEN, "ZUNIONSTORE new 2 z z2": 9 + 8 * search(8),
    "DEL t s missing": 12, "UNLINK t": 1, "XADD x * f v": 1, "XRANGE x - +": 3, "XADD x MAXLEN 1 * f v": 4,
    "XTRIM x MAXLEN 1": 3, "KEYS *": 9, "RENAME t u": 1, "SORT l": 10 + 10 * search(10),
    "GEOSEARCH geo FROMLONLAT 15 37 BYRADIUS 200 km": 3 + search(2), "LPUSH s a": 0, "ZADD z nan x": 0,
}  # fmt: skip
"""What commands touch on the fixture; nothing when they are refused."""


@pytest.mark.parametrize("line", CASES)
def test_elements(line: str) -> None:
    measuring = Measuring()
    for command in FIXTURE.strip().splitlines():
        assert not isinstance(measuring.client.execute(*split(command)), ErrorReply)
    words = ", ".join(f"'{word.decode()}'" for word in split(line))
    _, counts = measuring.call([b"EVAL", f"redis.pcall({words})".encode(), b"0"])
    assert counts.commands == 1
    assert counts.elements == pytest.approx(CASES[line])


def test_long_strings_count_by_their_blocks() -> None:
    row = find_command([b"GET"])
    assert row is not None
    assert touched(row, Asked([b"GET", b"k"], b"x" * 640, [11], [11], 1)) == 11
    assert size_of(b"x" * 640) == 11
    assert touched(row, Asked([b"GET", b"k"], ErrorReply(b"WRONGTYPE"), [1], [1], 1)) == 0


def test_values_of_nested_replies() -> None:
    assert values([b"0", [b"a", [b"b", None]]]) == 7
    assert values(MapReply([(b"a", [1, 2])])) == 5
