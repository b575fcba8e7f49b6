"""How many bytes a real Redis would use for a key, by the sizes of its C structures (object.c `objectComputeSize`).

Exact for strings that were not grown in place, lists and streams that only grew and small collections; for large ones
as near as Redis's own sampling is.
Sizes are those of 64 bit Linux with jemalloc.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

from ferrous_vm.keyspace.arguments.counting import at_most
from ferrous_vm.keyspace.database import Database, Value
from ferrous_vm.keyspace.encodings import listpack
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.lists import List
from ferrous_vm.keyspace.types.sets import Set
from ferrous_vm.keyspace.types.sorted_sets import SortedSet
from ferrous_vm.keyspace.types.stream_ids import StreamID
from ferrous_vm.keyspace.types.strings import EMBEDDED

if TYPE_CHECKING:  # what few scripts use is imported when the first stream is made
    from ferrous_vm.keyspace.types.stream_nodes import MacroNode
    from ferrous_vm.keyspace.types.streams import Stream

SAMPLES: Final = 5
"""Elements looked at by default (`OBJ_COMPUTE_SIZE_DEF_SAMPLES`)."""

MOST_PACKED: Final = 20_000
"""Elements of a list whose nodes MEMORY USAGE works out; the cost of doing so grows with them."""

_OBJECT: Final = 16
_DICT: Final = 56
_DICT_ENTRY: Final = 24
_POINTER: Final = 8
_QUICKLIST: Final = 40
_QUICKLIST_NODE: Final = 40
_ZSET: Final = 16 + 32
_SKIPLIST_HEADER: Final = 640
_SKIPLIST_NODE: Final = 53.3
"""A node has one level, or, every fourth time, one more: the mean of what jemalloc gives for them."""
_STREAM: Final = 80
_CONSUMER_GROUP: Final = 40
_CONSUMER: Final = 24
_DELIVERY: Final = 24
_RADIX_ELEMENT: Final = 16
_RADIX_NODE: Final = 4 + 30 * 8
"""What Redis counts for a node of a radix tree: the head, and thirty words for all else."""
_DELIVERIES_SAMPLED: Final = 1000
_STREAM_NODE_BYTES: Final = 4096
"""What the listpack of a stream's last node has room for from the start."""
_LISTPACK: Final = listpack.HEADER_SIZE + 1
_QUICKLIST_BYTES: Final = 8192
"""Bytes of a list node under list-max-listpack-size -2."""


def allocated(size: int) -> int:
    """The bytes jemalloc gives to who asks for `size`: four classes to each power of two."""
    if size <= 8:
        return 8
    if size <= 128:
        return (size + 15) & ~15
    step = 1 << ((size - 1).bit_length() - 3)
    return (size + step - 1) & ~(step - 1)


def _sds(length: int, *, shortest: int = 1) -> int:
    """A string of `length` bytes with its header; short ones may have one of a single byte."""
    if length < 32 and length and shortest == 1:
        header = 1
    else:
        header = 3 if length < 256 else 5 if length < 65536 else 9
    return allocated(header + length + 1)


def usage(database: Database, key: bytes, samples: int = SAMPLES) -> int:
    """Bytes for the existing `key` with its value, looking at no more than `samples` elements."""
    return _value(database.entries[key], samples) + _sds(len(key)) + _DICT_ENTRY


def exact_usage(database: Database, key: bytes, samples: int, fill: int) -> int:
    """`usage`, but of a list of up to MOST_PACKED elements by its nodes under list-max-listpack-size `fill`."""
    value = database.entries[key]
    if not isinstance(value, List) or len(value) > MOST_PACKED:
        return usage(database, key, samples)
    from ferrous_vm.keyspace.encodings.rdb_values import list_nodes  # what INFO needs not

    nodes = list_nodes(value, fill)
    sizes = (_QUICKLIST_NODE + allocated(_LISTPACK + sum(map(listpack.element_size, node))) for node in nodes[:samples])
    return _OBJECT + _QUICKLIST + int(_mean(sizes) * len(nodes)) + _sds(len(key)) + _DICT_ENTRY


def _value(value: Value, samples: int) -> int:
    if isinstance(value, int):
        return _OBJECT
    if isinstance(value, bytes) and len(value) <= EMBEDDED:
        return allocated(_OBJECT + 3 + len(value) + 1)
    if isinstance(value, bytes | bytearray):
        return _OBJECT + _sds(len(value), shortest=3)
    if isinstance(value, List):
        return _list(value, samples)
    if isinstance(value, Set):
        return _set(value, samples)
    if isinstance(value, Hash):
        return _hash(value, samples)
    if isinstance(value, SortedSet):
        return _sorted_set(value, samples)
    return _stream(cast("Stream", value), samples)


def _list(value: List, samples: int) -> int:
    mean = _mean(map(listpack.element_size, at_most(value, samples)))
    content = int(mean * len(value)) + _LISTPACK
    nodes = max(1, -(-content // _QUICKLIST_BYTES))
    return _OBJECT + _QUICKLIST + nodes * (_QUICKLIST_NODE + allocated(-(-content // nodes)))


def _set(value: Set, samples: int) -> int:
    if value.encoding() == b"intset":
        numbers = [int(member) for member in value.members()]
        widest = max((number if number >= 0 else ~number).bit_length() + 1 for number in numbers)
        width = 2 if widest <= 16 else 4 if widest <= 32 else 8
        return _OBJECT + allocated(8 + width * len(numbers))
    sizes = (_DICT_ENTRY + _sds(len(value.member_at(place))) for place in range(min(samples, len(value))))
    return _table(len(value)) + int(_mean(sizes) * len(value))


def _hash(value: Hash, samples: int) -> int:
    pairs = at_most(value.fields.items(), samples)
    if value.is_table:
        sizes = (_DICT_ENTRY + _sds(len(field)) + _sds(len(text)) for field, text in pairs)
        return _table(len(value)) + int(_mean(sizes) * len(value))
    content = sum(listpack.element_size(field) + listpack.element_size(text) for field, text in value.fields.items())
    return _OBJECT + allocated(_LISTPACK + content)


def _sorted_set(value: SortedSet, samples: int) -> int:
    if value.is_skiplist:
        sizes = (_DICT_ENTRY + _SKIPLIST_NODE + _sds(len(member)) for member in at_most(value.scores, samples))
        return _table(len(value)) + _ZSET + _SKIPLIST_HEADER + int(_mean(sizes) * len(value))
    content = sum(listpack.element_size(member) + listpack.element_size(score) for member, score in value.scored())
    return _OBJECT + allocated(_LISTPACK + content)


def _stream(value: Stream, samples: int) -> int:
    """A stream's last node has room to grow; all before it were shrunk when the next one began."""
    count = len(value.nodes)
    size = _OBJECT + _STREAM + _RADIX_ELEMENT * count + _RADIX_NODE * value.radix_tree_nodes()
    sizes = [_stream_node(value, node) for node in at_most(value.nodes.values(), samples)]
    if len(sizes) < count:
        size += int(_mean(sizes)) * (count - 1) + _stream_node(value, value.nodes.peekitem(-1)[1])
    else:
        size += sum(sizes)
    for group in value.groups.values():
        size += _CONSUMER_GROUP + _DELIVERY * len(group.pending) + _pending(group.pending)
        for consumer in group.consumers.values():
            size += _CONSUMER + len(consumer.name) + _pending(consumer.pending)
    return size


def _stream_node(stream: Stream, node: MacroNode) -> int:
    size = node.listpack_size()
    if node is stream.nodes.peekitem(-1)[1]:
        limit = stream.thresholds.stream_node_bytes
        size = max(size, min(limit, _STREAM_NODE_BYTES) if limit > 0 else _STREAM_NODE_BYTES)
    return allocated(size)


def _pending(identifiers: Collection[StreamID]) -> int:
    """The radix tree of pending ids, whose nodes are counted for the first ones and reckoned for the others."""
    from ferrous_vm.keyspace.types.stream_nodes import radix_tree_nodes

    count = len(identifiers)
    if not count:
        return _RADIX_NODE
    sampled = list(at_most(identifiers, _DELIVERIES_SAMPLED))
    nodes = radix_tree_nodes(sampled) * count // len(sampled)
    return _RADIX_ELEMENT * count + _RADIX_NODE * nodes


def _table(count: int) -> int:
    """A hash table for `count` entries, without them."""
    return _OBJECT + _DICT + _POINTER * max(4, 1 << (count - 1).bit_length())


def _mean(sizes: Iterable[float]) -> float:
    known = list(sizes)
    return sum(known) / len(known) if known else 0.0


BASE: Final = 876_096
"""Bytes of a real server without a key (`used_memory_startup`)."""

_KEYS_SAMPLED: Final = 32


def total(databases: Iterable[Database]) -> int:
    """What INFO tells as used memory: the base, and for each database its keys times the mean of a few."""
    content = 0.0
    for database in databases:
        some = [usage(database, key) for key in islice(database.entries, _KEYS_SAMPLED)]
        content += _mean(some) * len(database)
    return BASE + int(content)
