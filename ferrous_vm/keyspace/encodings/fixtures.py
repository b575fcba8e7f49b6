"""Keyspaces as lines of commands, as redis-cli reads them: what fills a keyspace, and what makes a key again.

A key is made again with its value and expiry. Of a stream are made again the entries, what the stream
remembers, the groups, their consumers and deliveries; deliveries of entries that were deleted cannot be, nor
when a consumer was last seen. How a value is encoded depends on its history, of which lines know nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.database import Value
from ferrous_vm.keyspace.replies import format_double
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.lists import List
from ferrous_vm.keyspace.types.sets import Set
from ferrous_vm.keyspace.types.sorted_sets import SortedSet
from ferrous_vm.keyspace.types.stream_ids import GREATEST, id_text

if TYPE_CHECKING:  # what few scripts use is imported when the first stream is made
    from ferrous_vm.keyspace.types.stream_groups import Group
    from ferrous_vm.keyspace.types.streams import Stream

_ELEMENTS: Final = 200
"""Elements that one line writes: short enough to read, and to send."""
COMMENTS: Final = (b"#", b"--")
"""How a comment begins, as the first thing on a line."""

Command: TypeAlias = list[bytes]


def commands_in(text: bytes) -> Iterator[tuple[int, Command | None]]:
    """The commands of a file, each with the number of its line, from 1; None for a line whose quotes do not come out.

    Empty lines and comments are passed over.
    """
    for number, line in enumerate(text.split(b"\n"), 1):
        line = line.strip()
        if line and not line.startswith(COMMENTS):
            yield number, split_words(line)


def recreation(key: bytes, value: Value, expiry: int | None) -> Iterator[Command]:
    """The commands that make `key` where it is not; `expiry` is in Unix milliseconds."""
    if isinstance(value, int):
        yield [b"SET", key, b"%d" % value]
    elif isinstance(value, bytes | bytearray):
        yield [b"SET", key, bytes(value)]
    else:
        yield from _RECREATIONS[type(value).__name__](key, value)
    if expiry is not None:
        yield [b"PEXPIREAT", key, b"%d" % expiry]


def _in_lines(name: bytes, key: bytes, elements: Iterable[tuple[bytes, ...]]) -> Iterator[Command]:
    """The command `name` as often as it takes to write all `elements`."""
    remaining = iter(elements)
    while batch := list(islice(remaining, _ELEMENTS)):
        yield [name, key, *(word for element in batch for word in element)]


def _hash(key: bytes, value: Hash) -> Iterator[Command]:
    return _in_lines(b"HSET", key, value.fields.items())


def _timed_hash(key: bytes, value: Any) -> Iterator[Command]:
    """The fields, what is due included, and then their ends, together where they are the same."""
    yield from _in_lines(b"HSET", key, value.pairs())
    together: dict[int, list[bytes]] = {}
    for name, end in value.timing.ends.items():
        together.setdefault(end, []).append(name)
    for end, names in together.items():
        yield [b"HPEXPIREAT", key, b"%d" % end, b"FIELDS", b"%d" % len(names), *names]


def _list(key: bytes, value: List) -> Iterator[Command]:
    return _in_lines(b"RPUSH", key, ((element,) for element in value))


def _set(key: bytes, value: Set) -> Iterator[Command]:
    return _in_lines(b"SADD", key, ((member,) for member in value.members()))


def _sorted_set(key: bytes, value: SortedSet) -> Iterator[Command]:
    return _in_lines(b"ZADD", key, ((format_double(score), member) for score, member in value.ranks))


def _stream(key: bytes, value: Stream) -> Iterator[Command]:
    """In the order of an append-only file that Redis rewrites (`rewriteStreamObject`, aof.c)."""
    last_entry = 0
    for identifier, words in value.range(0, GREATEST):
        yield [b"XADD", key, id_text(identifier), *words]
        last_entry = identifier
    if not value.length:
        yield [b"XGROUP", b"CREATE", key, b"g", b"0", b"MKSTREAM"]
        yield [b"XGROUP", b"DESTROY", key, b"g"]
    if (value.last_id, value.entries_added, value.max_deleted_id) != (last_entry, value.length, 0):
        yield from _counters(key, value)
    for group in value.groups_by_name():
        yield from _group(key, group)


def _counters(key: bytes, value: Stream) -> Iterator[Command]:
    """XSETID wants a last id that is not below the greatest deleted one, though a stream can be so: that takes two."""
    least = max(value.last_id, value.max_deleted_id)
    yield [
        b"XSETID", key, id_text(least),
        b"ENTRIESADDED", b"%d" % value.entries_added, b"MAXDELETEDID", id_text(value.max_deleted_id),
    ]  # fmt: skip
    if least != value.last_id:
        yield [b"XSETID", key, id_text(value.last_id)]


def _group(key: bytes, group: Group) -> Iterator[Command]:
    read = [] if group.entries_read is None else [b"ENTRIESREAD", b"%d" % group.entries_read]
    yield [b"XGROUP", b"CREATE", key, group.name, id_text(group.last_id), *read]
    for consumer in group.consumers_by_name():
        yield [b"XGROUP", b"CREATECONSUMER", key, group.name, consumer.name]
    for delivery, pending in groupby(group.pending.items(), key=lambda item: item[1]):
        name, time, times = delivery
        claimed = [id_text(identifier) for identifier, _ in pending if group.stream.words(identifier) is not None]
        for start in range(0, len(claimed), _ELEMENTS):
            yield [
                b"XCLAIM", key, group.name, name, b"0", *claimed[start : start + _ELEMENTS],
                b"TIME", b"%d" % time, b"RETRYCOUNT", b"%d" % times, b"FORCE", b"JUSTID",
            ]  # fmt: skip


_RECREATIONS: Final[dict[str, Callable[[bytes, Any], Iterator[Command]]]] = {
    "Hash": _hash,
    "List": _list,
    "Set": _set,
    "SortedSet": _sorted_set,
    "Stream": _stream,
    "TimedHash": _timed_hash,
}
"""How each collection is made again, by the name of its class."""
