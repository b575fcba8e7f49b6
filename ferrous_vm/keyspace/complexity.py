"""How many elements of the data a command touches: for each command the rule that Redis's own documentation gives, with
the sizes of the keys and the reply in it.

The rules are those of COMMAND DOCS of redis-server 7.0.15 (`complexity`); a command asks them of nobody, so they cost
nothing where nobody counts. A search in a sorted set of n elements touches log2(n + 1). Strings, words and replies of
more than 64 bytes count as one more for every 64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import log2
from typing import Any, Final, NamedTuple, TypeAlias

from ferrous_vm.keyspace import commands as _commands  # noqa: F401 - says which there are
from ferrous_vm.keyspace.arguments.parsing import keyword, to_integer
from ferrous_vm.keyspace.command_table import Row, rows
from ferrous_vm.keyspace.replies import ErrorReply, MapReply, SetReply

BLOCK: Final = 64
"""Bytes that are touched at once: a line of a processor's cache."""


class Asked(NamedTuple):
    """A command that was carried out: its words, its reply, and the sizes of its keys before and after."""

    argv: Sequence[bytes]
    reply: Any
    before: Sequence[int]
    after: Sequence[int]
    keys: int
    """Keys in the database before."""

    @property
    def size(self) -> int:
        """Of the first key, before."""
        return self.before[0] if self.before else 0

    @property
    def answered(self) -> int:
        """Elements in the reply, or how many a reply counts."""
        return answered(self.reply)


Rule: TypeAlias = Callable[[Asked], float]


def blocks(text: bytes | bytearray) -> int:
    """What bytes beyond the first block count for."""
    return len(text) // BLOCK


def size_of(value: Any) -> int:
    """How many elements a value of the keyspace has; a string counts by its blocks. 0 for none."""
    if value is None:
        return 0
    if isinstance(value, (bytes, bytearray)):
        return 1 + blocks(value)
    return 1 if isinstance(value, int) else len(value)


def answered(reply: Any) -> int:
    """The elements of the outermost array or map of a reply, the number that it is, or 1; 0 where it is nothing."""
    if isinstance(reply, (list, MapReply, SetReply)):
        return len(reply)
    if isinstance(reply, int) and not isinstance(reply, bool):
        return max(reply, 0)
    return 0 if reply is None or isinstance(reply, ErrorReply) else 1


def search(size: int) -> float:
    """Elements met on the way to one of `size` in order."""
    return log2(size + 1)


def _one(asked: Asked) -> float:
    return 1


def _each_key(asked: Asked) -> float:
    return len(asked.before)


def _all_elements(asked: Asked) -> float:
    return sum(asked.before)


def _all_keys(asked: Asked) -> float:
    return asked.keys


def _removed_keys(asked: Asked) -> float:
    return sum(max(size, 1) for size in asked.before)


def _answered(asked: Asked) -> float:
    return max(asked.answered, 1)


def _answered_within(asked: Asked) -> float:
    """Of a reply whose elements stand in arrays of arrays."""
    return values(asked.reply)


def _sought(asked: Asked) -> float:
    return search(asked.size)


def _sought_and_answered(asked: Asked) -> float:
    return search(asked.size) + asked.answered


def _each_popped(asked: Asked) -> float:
    """Of a sorted set of all named, in the order of their keys, the first that is not empty."""
    size = next((size for size in asked.before if size), 0)
    popped = sum(asked.before) - sum(asked.after)
    return len(asked.before) + max(popped, 0) * search(size)


def _removed(asked: Asked) -> float:
    return 1 + max(asked.size - sum(asked.after[:1]), 0)


def _removed_of_several(asked: Asked) -> float:
    return len(asked.before) + max(sum(asked.before) - sum(asked.after), 0)


def _removed_and_answered(asked: Asked) -> float:
    return asked.size + asked.answered


def _evicted(asked: Asked) -> float:
    """XADD: one comes, and as many go as the stream has fewer than it had with it."""
    return 1 + max(asked.size + 1 - sum(asked.after[:1]), 0)


def _intersected(asked: Asked) -> float:
    return min(asked.before, default=0) * len(asked.before) + 1


def _ordered(count: int) -> float:
    return count * search(count)


def _united_in_order(asked: Asked) -> float:
    return sum(asked.before) + _ordered(asked.answered)


def _intersected_in_order(asked: Asked) -> float:
    return _intersected(asked) + _ordered(asked.answered)


def _subtracted_in_order(asked: Asked) -> float:
    first = asked.size
    return sum(asked.before) + max(first - asked.answered, 0) * search(first)


def _sorted(asked: Asked) -> float:
    return asked.size + (0 if b"nosort" in map(keyword, asked.argv) else _ordered(asked.answered))


def _each_word(first: int, step: int = 1) -> Rule:
    """One element for every `step` words from `first` on."""
    return lambda asked: max((len(asked.argv) - first) // step, 1)


def _each_word_sought(first: int, step: int = 1) -> Rule:
    return lambda asked: max((len(asked.argv) - first) // step, 1) * search(asked.size)


def _distance(asked: Asked, word: int) -> int:
    """How far the position in a word of the command is from the nearer end of the list."""
    size = asked.size
    at = to_integer(asked.argv[word]) or 0
    at = at + size if at < 0 else at
    return max(min(at, size - 1 - at), 0)


def _at(asked: Asked) -> float:
    return 1 + _distance(asked, 2)


def _from(asked: Asked) -> float:
    return 1 + _distance(asked, 2) + asked.answered


def _aligned(asked: Asked) -> float:
    return float(asked.before[0] * asked.before[1] * BLOCK) if len(asked.before) > 1 else 1.0


def _in_area(asked: Asked) -> float:
    return asked.answered + search(asked.size) + 1


def _into_first(rule: Rule) -> Rule:
    """The rule of a command whose first key is where the result goes."""
    return lambda asked: rule(asked._replace(before=asked.before[1:], after=asked.after[1:]))


_GROUPS: Final[list[tuple[str, Rule, str]]] = [
    ("O(1)", _one,
     "append asking bitfield bitfield_ro cluster|* command|* config|* client|* acl|* function|* latency|* "
     "module|* script|* slowlog|* pubsub|* memory|* dbsize decr decrby echo expire expireat expiretime "
     "get getbit getdel getex getrange getset hexists hget hincrby hincrbyfloat hlen hsetnx hstrlen incr "
     "incrby incrbyfloat info lastsave llen lmove lolwut move object|* persist pexpire pexpireat pexpiretime "
     "pfcount pfdebug pfselftest ping psetex pttl publish randomkey readonly readwrite rename renamenx "
     "restore restore-asking rpoplpush scard select set setbit setex setnx setrange sismember smove spublish "
     "strlen substr swapdb time ttl type xgroup|* xlen xsetid zcard zscore"),
    ("O(N), N the keys", _each_key, "exists mget touch unlink pfmerge"),
    ("O(N), N the elements given", _each_word(2),
     "hdel hmget lpush lpushx rpush rpushx sadd srem smismember zmscore pfadd geopos xdel"),
    ("O(N), N the elements given", _each_word(3), "xack"),
    ("O(N), N the pairs given", _each_word(2, 2), "hset hmset"),
    ("O(N), N the pairs given", _each_word(1, 2), "mset msetnx"),
    ("O(N), N the elements there", _all_elements,
     "bitcount bitpos hgetall hkeys hvals smembers sunion sdiff copy dump linsert lpos migrate memory|usage"),
    ("O(N), N the elements there", _into_first(_all_elements), "bitop sunionstore sdiffstore"),
    ("O(N), N the keys of the database", _all_keys, "keys flushall flushdb"),
    ("O(N), N the elements of the keys", _removed_keys, "del"),
    ("O(N), N the elements answered", _answered,
     "hrandfield lpop rpop spop srandmember zrandmember xrange xrevrange"),
    ("O(N), N the elements answered", _answered_within,
     "scan hscan sscan zscan xautoclaim xinfo|* xpending xread xreadgroup"),
    ("O(N), N the way from the nearer end", _at, "lindex lset"),
    ("O(S+N), S the way to the first of N answered", _from, "lrange"),
    ("O(N), N the elements removed", _removed, "ltrim xtrim"),
    ("O(N), N the elements removed", _evicted, "xadd"),
    ("O(N+M), N the keys and M the elements removed", _removed_of_several, "lmpop blmpop"),
    ("O(N+M), N the elements there and M those removed", _removed_and_answered, "lrem"),
    ("O(N*M)", _aligned, "lcs"),
    ("O(N*M), N the smallest of M sets", _intersected, "sinter sintercard zintercard"),
    ("O(N*M), N the smallest of M sets", _into_first(_intersected), "sinterstore"),
    ("O(log(N))", _sought, "geodist zcount zincrby zlexcount zrank zrevrank"),
    ("O(log(N)) for each given", _each_word_sought(2), "zrem geohash"),
    ("O(log(N)) for each given", _each_word_sought(2, 2), "zadd"),
    ("O(log(N)) for each given", _each_word_sought(2, 3), "geoadd"),
    ("O(log N) for each given", _each_word_sought(5), "xclaim"),
    ("O(log(N)) for each popped", _each_popped, "zpopmin zpopmax zmpop bzmpop"),
    ("O(log(N)+M), M the elements answered or removed", _sought_and_answered,
     "zrange zrangebylex zrangebyscore zrevrange zrevrangebylex zrevrangebyscore zremrangebylex "
     "zremrangebyrank zremrangebyscore"),
    ("O(log(N)+M), M the elements stored", _into_first(_sought_and_answered), "zrangestore"),
    ("O(N+log(M)), N the elements in the area", _in_area,
     "georadius georadius_ro georadiusbymember georadiusbymember_ro geosearch"),
    ("O(N+log(M)), N the elements in the area", _into_first(_in_area), "geosearchstore"),
    ("O(N)+O(M*log(M)), M the elements of the result", _united_in_order, "zunion"),
    ("O(N)+O(M*log(M)), M the elements of the result", _into_first(_united_in_order), "zunionstore"),
    ("O(N*K)+O(M*log(M))", _intersected_in_order, "zinter"),
    ("O(N*K)+O(M*log(M))", _into_first(_intersected_in_order), "zinterstore"),
    ("O(L + (N-K)log(N))", _subtracted_in_order, "zdiff"),
    ("O(L + (N-K)log(N))", _into_first(_subtracted_in_order), "zdiffstore"),
    ("O(N+M*log(M))", _sorted, "sort sort_ro"),
]  # fmt: skip
"""What each rule is called, the rule, and its commands; `*` stands for the subcommands without a rule of their own."""


class Complexity(NamedTuple):
    """The rule of a command, and how it is written."""

    text: str
    elements: Rule


def _gather() -> dict[bytes, Complexity]:
    """The rule of each command that a script may call. Raises ValueError for one without, or with two."""
    named: dict[bytes, Complexity] = {}
    for text, rule, names in _GROUPS:
        for name in names.encode().split():
            if name in named:
                raise ValueError(f"{name.decode()} has two complexities")
            named[name] = Complexity(text, rule)
    found = {}
    for row in rows():
        if row.handler is None or row.noscript or row.subcommands:
            continue
        own = named.get(row.full_name) or named.get(row.command_name + b"|*")
        if own is None:
            raise ValueError(f"{row.full_name.decode()} has no complexity")
        found[row.full_name] = own
    return found


COMPLEXITIES: Final = _gather()
"""By the full name of the command."""


def touched(row: Row, asked: Asked) -> float:
    """Elements of the data that a command touched; 0 for one that was refused before it did anything."""
    if isinstance(asked.reply, ErrorReply) or row.full_name not in COMPLEXITIES:
        return 0
    return (
        COMPLEXITIES[row.full_name].elements(asked)
        + sum(map(blocks, asked.argv))
        + sum(map(blocks, texts(asked.reply)))
    )


def texts(reply: Any) -> Iterable[bytes]:
    """The strings in a reply."""
    waiting = [reply]
    while waiting:
        part = waiting.pop()
        if isinstance(part, bytes):
            yield part
        elif isinstance(part, MapReply):
            waiting.extend(item for pair in part for item in pair)
        elif isinstance(part, (list, SetReply)):
            waiting.extend(part)


def values(reply: Any) -> int:
    """How many values a reply carries."""
    count = 0
    waiting = [reply]
    while waiting:
        part = waiting.pop()
        count += 1
        if isinstance(part, MapReply):
            waiting.extend(item for pair in part for item in pair)
        elif isinstance(part, (list, SetReply)):
            waiting.extend(part)
    return count
