"""Values as RDB files of version 9 hold them, which is as Redis 6.2 writes them (rdb.c): packed ones are ziplists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ferrous_vm.keyspace.encodings import rdb_values
from ferrous_vm.keyspace.encodings.rdb_streams import save_stream
from ferrous_vm.keyspace.encodings.rdb_strings import save_length, save_string
from ferrous_vm.keyspace.encodings.ziplists import write_ziplist
from ferrous_vm.keyspace.server.thresholds import Thresholds
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.lists import List
from ferrous_vm.keyspace.types.sorted_sets import SortedSet
from ferrous_vm.keyspace.types.streams import Stream


def _save_hash(value: Hash, _: Thresholds) -> tuple[int, bytes] | None:
    if value.is_table:
        return None
    words = [side for pair in value.fields.items() for side in pair]
    return rdb_values.HASH_ZIPLIST, save_string(write_ziplist(words))


def _save_sorted_set(value: SortedSet, thresholds: Thresholds) -> tuple[int, bytes] | None:
    if value.is_skiplist:
        return None
    return rdb_values.ZSET_ZIPLIST, save_string(write_ziplist(rdb_values.packed_pairs(value, thresholds)))


def _save_list(value: List, thresholds: Thresholds) -> tuple[int, bytes]:
    nodes: Sequence[Sequence[bytes]] = rdb_values.list_nodes(value, thresholds.list_size)
    packed = (save_string(write_ziplist(node)) for node in nodes)
    return rdb_values.LIST_QUICKLIST, save_length(len(nodes)) + b"".join(packed)


def _save_stream(value: Stream, _: Thresholds) -> tuple[int, bytes]:
    return rdb_values.STREAM_LISTPACKS, save_stream(value, with_counters=False)


SAVERS: Final[dict[type, Callable[[Any, Thresholds], tuple[int, bytes] | None]]] = {
    Hash: _save_hash,
    List: _save_list,
    SortedSet: _save_sorted_set,
    Stream: _save_stream,
}
"""How each type that has another form is written; None for a value that is not packed, and the same in both."""
