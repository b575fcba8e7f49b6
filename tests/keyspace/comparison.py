"""How the replies of a real server and of Ferrous to one command are compared: byte for byte, but for a few commands.

Redis answers some commands at random, in the order of a seeded hash, or by its clock. Each has its rule here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ferrous_vm.keyspace.types.sets import Set
from ferrous_vm.keyspace.types.sorted_sets import SortedSet
from tests.keyspace.differential import Pair, unordered
from tests.record.resp import parse

BLOCKING: Final = frozenset((
    b"BLPOP", b"BRPOP", b"BLMOVE", b"BRPOPLPUSH", b"BLMPOP", b"BZPOPMIN", b"BZPOPMAX", b"BZMPOP",
    b"XREAD", b"XREADGROUP",
))  # fmt: skip
"""Sent inside MULTI, where they never wait."""


def _same_items(real: bytes, ours: bytes) -> bool:
    return unordered(real) == unordered(ours)


def _same_shape(real: bytes, ours: bytes) -> bool:
    """The same kind of reply, and the same length where it has one."""
    real_value, ours_value = parse(real)[0], parse(ours)[0]
    if isinstance(real_value, list | dict):
        return isinstance(ours_value, type(real_value)) and len(real_value) == len(ours_value)
    return real[:1] == ours[:1]


def _same_scan(real: bytes, ours: bytes) -> bool:
    """Whole scans have the same items; the cursors of partial ones are each server's own."""
    if real[:1] != b"*" or ours[:1] != b"*":
        return real == ours
    (real_cursor, real_items), (ours_cursor, ours_items) = parse(real)[0], parse(ours)[0]
    return real_cursor != "0" or ours_cursor != "0" or sorted(real_items) == sorted(ours_items)


def _near(tolerance: int) -> Callable[[bytes, bytes], bool]:
    """Numbers that differ by as much as time may have passed between the two servers."""

    def compare(real: bytes, ours: bytes) -> bool:
        if real[:1] != b":" or ours[:1] != b":":
            return real == ours
        return abs(int(real[1:]) - int(ours[1:])) <= tolerance

    return compare


_TIMES: Final = 1_500_000_000_000
"""Numbers above this are Unix times in milliseconds."""


def _same_but_times(real: bytes, ours: bytes) -> bool:
    """The same but for times of delivery, which differ by as much as has passed, and idle times, which start at 0."""
    return _times_taken_out(parse(real)[0]) == _times_taken_out(parse(ours)[0])


def _times_taken_out(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: None if key == "idle" else _times_taken_out(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_times_taken_out(item) for item in value]
        if "idle" in items:
            items[items.index("idle") + 1] = None
        is_pending = len(items) == 4 and isinstance(items[1], str) and all(isinstance(item, int) for item in items[2:])
        return [*items[:2], None, items[3]] if is_pending else items
    return None if isinstance(value, int) and value > _TIMES else value


_LOOSELY: Final[dict[bytes, Callable[[bytes, bytes], bool]]] = {
    **dict.fromkeys((b"SMEMBERS", b"SUNION", b"SDIFF", b"SINTER"), _same_items),
    **dict.fromkeys((b"KEYS", b"HGETALL", b"HKEYS", b"HVALS"), _same_items),
    **dict.fromkeys((b"SRANDMEMBER", b"ZRANDMEMBER", b"HRANDFIELD"), _same_shape),
    **dict.fromkeys((b"XINFO", b"XPENDING"), _same_but_times),
    **dict.fromkeys((b"SCAN", b"SSCAN", b"HSCAN", b"ZSCAN"), _same_scan),
    **dict.fromkeys((b"TTL", b"EXPIRETIME"), _near(1)),
    **dict.fromkeys((b"PTTL", b"PEXPIRETIME"), _near(2000)),
}


def agree(argv: list[bytes], real: bytes, ours: bytes) -> bool:
    """Whether the two replies to `argv` are what one and the same server could have answered."""
    if real == ours:
        return True
    if (real[:1] == b"-") != (ours[:1] == b"-"):
        return False
    rule = _LOOSELY.get(argv[0])
    return rule is not None and rule(real, ours)


def is_comparable(pair: Pair, argv: list[bytes]) -> bool:
    """False for the few commands whose effect on the data Redis leaves open."""
    name = argv[0]
    value = pair.ours["A"].database.entries.get(argv[1]) if len(argv) > 1 else None
    if name == b"SPOP":
        return not isinstance(value, Set) or len(value) == 1
    if name in (b"SORT", b"SORT_RO"):
        return not isinstance(value, Set) and not (isinstance(value, SortedSet) and b"BY" in argv)
    if name == b"XADD" and b"*" in argv and (b"IDMP" in argv or b"IDMPAUTO" in argv):
        return False  # only one of the two servers may have been told of the same before
    if name == b"SET" and b"GET" in argv and (b"IFDEQ" in argv or b"IFDNE" in argv):
        return False  # 8.6.3 sends two replies where the digest is none
    if name.endswith(b"SCAN") and argv[1 if name == b"SCAN" else 2 :][:1] != [b"0"]:
        return False  # each server has cursors of its own
    by_lex = b"LEX" in name or b"BYLEX" in argv
    return not (by_lex and any(_is_open_to_lex(pair, key) for key in argv[1:]))


def is_exact(argv: list[bytes]) -> bool:
    """Whether both servers must answer the same bytes to `argv` whatever comes before it in a transaction."""
    name = argv[0]
    if name in _LOOSELY or name in BLOCKING or name in (b"SORT", b"SORT_RO", b"SPOP"):
        return False
    return not (b"LEX" in name or b"BYLEX" in argv or (name == b"XADD" and b"*" in argv))


def _is_open_to_lex(pair: Pair, key: bytes) -> bool:
    """Whether `key` is a skiplist of different scores: its ranges by member depend on the random levels of nodes."""
    value: Any = pair.ours["A"].database.entries.get(key)
    return isinstance(value, SortedSet) and value.is_skiplist and value.ranks[0][0] != value.ranks[-1][0]


def exchange(pair: Pair, argv: list[bytes]) -> tuple[bytes, bytes]:
    """Send `argv` to both servers and answer both replies."""
    if argv[0] in BLOCKING:
        return _in_transaction(pair, argv)
    if argv[0] == b"XADD" and b"*" in argv:
        return _with_same_id(pair, argv)
    real, ours = pair.both(argv)
    if argv[0] in (b"SORT", b"SORT_RO") and real[:1] == b"-":
        _follow_refused_sort(pair, argv)
    return real, ours


def _follow_refused_sort(pair: Pair, argv: list[bytes]) -> None:
    """Redis gives a sorted set its general encoding before it refuses to sort it; here a refusal changes nothing."""
    value = pair.ours["A"].database.entries.get(argv[1]) if len(argv) > 1 else None
    if isinstance(value, SortedSet) and b"skiplist" in pair.real["A"].ask(b"OBJECT", b"ENCODING", argv[1]):
        value.become_skiplist()


def _in_transaction(pair: Pair, argv: list[bytes]) -> tuple[bytes, bytes]:
    pair.both([b"MULTI"])
    real, ours = pair.both(argv)
    if real != ours or real[:1] == b"-":
        pair.both([b"DISCARD"])
        return real, ours
    return pair.both([b"EXEC"])


def _with_same_id(pair: Pair, argv: list[bytes]) -> tuple[bytes, bytes]:
    """An entry whose id the server chooses: Ferrous is given the one that the real server chose."""
    real = pair.real["A"].ask(*argv)
    identifier = real.split(b"\r\n")[1] if real[:1] == b"$" and real != b"$-1\r\n" else b""
    if len(identifier.partition(b"-")[0]) == len(str(_TIMES)) and identifier not in argv:  # a time of day
        argv = list(argv)
        argv[argv.index(b"*")] = identifier
    return real, pair.ask_ours(argv)


_CONTENT: Final = {
    b"+string\r\n": (b"GET",), b"+list\r\n": (b"LRANGE", b"0", b"-1"), b"+set\r\n": (b"SMEMBERS",),
    b"+zset\r\n": (b"ZRANGE", b"0", b"-1", b"WITHSCORES"), b"+hash\r\n": (b"HGETALL",),
    b"+stream\r\n": (b"XRANGE", b"-", b"+"),
}  # fmt: skip
"""How to read a whole value of each type: the command, and its arguments after the key."""


def differing_keys(pair: Pair) -> list[str]:
    """Every key of the selected database that is not the same on both servers: type, encoding, content or expiry."""
    real, ours = pair.both([b"KEYS", b"*"])
    if unordered(real) != unordered(ours):
        return [f"keys: redis {real!r}, ferrous {ours!r}"]
    differences = []
    for text in parse(real)[0]:
        key = text.encode("utf-8", "surrogateescape")
        name, *rest = _CONTENT[pair.both([b"TYPE", key])[0]]
        questions = [[b"TYPE", key], [b"OBJECT", b"ENCODING", key], [name, key, *rest], [b"PEXPIRETIME", key]]
        if name == b"XRANGE":
            questions += [[b"XINFO", b"STREAM", key], [b"XINFO", b"GROUPS", key], [b"XINFO", b"STREAM", key, b"FULL"]]
        for argv in questions:
            real, ours = pair.both(argv)
            if not agree(argv, real, ours):
                differences.append(f"{argv}: redis {real!r}, ferrous {ours!r}")
    return differences
