"""A key that is made larger, or keys that become more, so that one sees what a script costs then.

The new elements are like those that are there, taken in turn:

- a list gets copies at its end;
- a set gets members, a hash fields, under the names of those that are there with a number behind, or the next numbers
  where all are whole numbers; a field gets a copy of the value;
- a sorted set gets members in the same way, with scores spread evenly from the smallest to the largest there is, or
  from it upwards by one where all are the same;
- a stream gets copies of its entries, with IDs after its last, not delivered to any group;
- a string that is a JSON array gets copies of its elements, another its own bytes again; numbers, other JSON and
  HyperLogLogs stay as they are.

A key that has so many elements, or more, stays as it is, and so does the time it has left.

Or there are more keys that match a pattern: copies of those that do, in turn, named as the pattern with a number in the
place of each `*`. Where the call passes several such keys as KEYS, it passes the new ones behind them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from ferrous_vm.keyspace.arguments.glob import matches
from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.lists import List
from ferrous_vm.keyspace.types.sets import Set
from ferrous_vm.keyspace.types.sorted_sets import SortedSet
from ferrous_vm.keyspace.types.streams import Stream
from ferrous_vm.server import Client

AT_ONCE: Final = 1_000
"""Elements that one command adds."""

_SPECIAL: Final = re.compile(rb"[*?\[\\]").search
"""What has a meaning in a pattern."""

_NUMBER: Final = re.compile(rb"-?\d+").fullmatch
_WHOLE_NUMBER_BYTES: Final = 15
"""Of numbers that are counted on: a double holds more without a loss."""


def collections(database: Database) -> dict[bytes, str]:
    """The keys that can be grown without changing what they mean, by name, each with its type."""
    return {
        key: value.type_name.decode()
        for key, value in sorted(database.entries.items())
        if isinstance(value, (List, Set, Hash, SortedSet, Stream))
    }


def matching(database: Database, pattern: bytes) -> list[bytes]:
    """The keys that match a pattern of KEYS, in the order of their names."""
    return sorted(key for key in database.entries if matches(pattern, key))


def families(database: Database) -> list[bytes]:
    """The patterns that several keys match, by the beginnings of their names: `user:*`."""
    counts: dict[bytes, int] = {}
    for key in database.entries:
        beginning = key[: key.rfind(b":") + 1]
        if beginning and not _SPECIAL(beginning):
            counts[beginning] = counts.get(beginning, 0) + 1
    return [beginning + b"*" for beginning, count in sorted(counts.items()) if count > 1]


def add_keys(client: Client, pattern: bytes, count: int) -> list[bytes] | None:
    """Makes `count` keys match a pattern; answers the new ones. None where none does yet, or no name can be made."""
    there = matching(client.session.database, pattern)
    if not there or b"*" not in pattern or _SPECIAL(pattern.replace(b"*", b"")):
        return None
    added: list[bytes] = []
    taken, number = set(there), 0
    while len(there) + len(added) < count:
        number += 1
        name = pattern.replace(b"*", b"%d" % number)
        if name not in taken:
            client.execute(b"COPY", there[len(added) % len(there)], name)
            added.append(name)
    return added


def passing(argv: list[bytes], pattern: bytes, added: list[bytes]) -> list[bytes]:
    """A call of a script that passes new keys too, behind those that match, where there are several."""
    count = int(argv[2])
    keys = argv[3 : 3 + count]
    like = [number for number, key in enumerate(keys, 1) if matches(pattern, key)]
    if len(like) < 2:
        return argv
    at = 3 + like[-1]
    return [*argv[:2], b"%d" % (count + len(added)), *argv[3:at], *added, *argv[at:]]


def size(client: Client, key: bytes) -> int:
    """The elements of a key; of a string its bytes, or the elements of a JSON array."""
    value = client.session.database.entries.get(key)
    if isinstance(value, (List, Set, Hash, SortedSet, Stream)):
        return len(value)
    text = client.execute(b"GET", key)
    items = _array(text) if isinstance(text, bytes) else None
    return len(items) if items is not None else len(text) if isinstance(text, bytes) else 0


def grow(client: Client, key: bytes, count: int) -> bool:
    """Makes a key have `count` elements. False if it cannot be grown."""
    value = client.session.database.entries.get(key)
    grower = _GROWERS.get(type(value), _grow_string)
    missing = count - size(client, key)
    return missing <= 0 or grower(client, key, missing)


def _carry_out(client: Client, beginning: list[bytes], elements: Iterator[list[bytes]]) -> bool:
    """One command for each thousand elements."""
    words: list[bytes] = []
    number = 0
    for number, element in enumerate(elements, 1):
        words += element
        if number % AT_ONCE == 0:
            client.execute(*beginning, *words)
            words = []
    if words:
        client.execute(*beginning, *words)
    return number > 0


def _new_names(names: list[bytes], count: int) -> Iterator[bytes]:
    """`count` names that are not among `names`, like them."""
    if all(_NUMBER(name) and len(name) <= _WHOLE_NUMBER_BYTES for name in names):
        last = max(map(int, names))
        yield from (b"%d" % number for number in range(last + 1, last + 1 + count))
        return
    taken, number = set(names), 0
    while count:
        name = b"%b:%05d" % (names[number % len(names)], number)
        number += 1
        if name not in taken:
            count -= 1
            yield name


def _grow_list(client: Client, key: bytes, count: int) -> bool:
    there: Any = client.execute(b"LRANGE", key, b"0", b"-1")
    return _carry_out(client, [b"RPUSH", key], ([there[number % len(there)]] for number in range(count)))


def _grow_set(client: Client, key: bytes, count: int) -> bool:
    there: Any = client.execute(b"SMEMBERS", key)
    return _carry_out(client, [b"SADD", key], ([name] for name in _new_names(list(there), count)))


def _grow_hash(client: Client, key: bytes, count: int) -> bool:
    names: Any = client.execute(b"HKEYS", key)
    values: Any = client.execute(b"HVALS", key)
    named = enumerate(_new_names(list(names), count))
    return _carry_out(client, [b"HSET", key], ([name, values[number % len(values)]] for number, name in named))


def _grow_sorted_set(client: Client, key: bytes, count: int) -> bool:
    there: Any = client.execute(b"ZRANGE", key, b"0", b"-1", b"WITHSCORES")
    scores = [float(score) for score in there[1::2]]
    first, last = scores[0], scores[-1]
    step = (last - first) / (count + 1) if last - first not in (0, float("inf")) else 1
    named = enumerate(_new_names(there[::2], count), 1)
    return _carry_out(client, [b"ZADD", key], ([b"%.17g" % (first + step * number), name] for number, name in named))


def _grow_stream(client: Client, key: bytes, count: int) -> bool:
    there: Any = client.execute(b"XRANGE", key, b"-", b"+")
    if not there:
        return False
    stream: Any = client.session.database.entries[key]
    milliseconds = stream.last_id >> 64
    for number in range(count):
        _, fields = there[number % len(there)]
        client.execute(b"XADD", key, b"%d-0" % (milliseconds + 1 + number), *fields)
    return True


def _grow_string(client: Client, key: bytes, count: int) -> bool:
    text = client.execute(b"GET", key)
    if not isinstance(text, bytes) or not text or text.startswith(b"HYLL"):
        return False
    items = _array(text)
    if items is not None:
        longer = items + [items[number % len(items)] for number in range(count)]
        client.execute(b"SET", key, json.dumps(longer, separators=(",", ":")).encode(), b"KEEPTTL")
        return True
    if _is_json(text):
        return False
    client.execute(b"APPEND", key, (text * (count // len(text) + 1))[:count])
    return True


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _array(text: bytes) -> list[Any] | None:
    """The elements of a JSON array that has some."""
    if not text.lstrip().startswith(b"["):
        return None
    try:
        items: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return items or None


_GROWERS: Final[dict[type, Callable[[Client, bytes, int], bool]]] = {
    List: _grow_list,
    Set: _grow_set,
    Hash: _grow_hash,
    SortedSet: _grow_sorted_set,
    Stream: _grow_stream,
}
