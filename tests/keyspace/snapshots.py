"""What a keyspace holds, as plain values that compare equal only when nothing at all differs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ferrous_vm.keyspace import Keyspace
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.lists import List
from ferrous_vm.keyspace.types.sets import Set
from ferrous_vm.keyspace.types.sorted_sets import SortedSet
from ferrous_vm.keyspace.types.stream_groups import Group
from ferrous_vm.keyspace.types.streams import Stream


def snapshot(keyspace: Keyspace, keys: Collection[bytes] | None = None) -> dict[bytes, Any]:
    """Every key of database 0, or of `keys` those that are there, with its value, encoding and expiry."""
    database = keyspace.databases[0]
    shown = database.entries if keys is None else [key for key in database.entries if key in keys]
    return {key: (_value(database.entries[key]), database.expiries.get(key)) for key in shown}


def _value(value: Any) -> Any:
    kind = type(value).__name__
    if isinstance(value, int | bytes | bytearray):
        return kind, bytes(value) if isinstance(value, bytearray) else value
    return kind, value.encoding(), _content(value)


def _content(value: Any) -> Any:
    if isinstance(value, List):
        return list(value)
    if isinstance(value, Set):
        return value.members()
    if isinstance(value, SortedSet):
        assert sorted(value.ranks) == list(value.ranks)
        assert sorted((score, member) for member, score in value.scores.items()) == list(value.ranks)
        return [(repr(value.scores[member]), member) for _, member in value.ranks]
    if isinstance(value, Hash):
        return sorted(value.fields.items()) if value.is_table else list(value.fields.items())
    if isinstance(value, Stream):
        groups = [_group(group) for group in value.groups_by_name()]
        return _nodes(value), value.counters(), groups, value.producers
    return repr(value)


def _nodes(stream: Stream) -> list[Any]:
    nodes = list(stream.nodes.values())
    assert list(stream.nodes) == [node.key for node in nodes]
    assert stream.length == sum(node.live for node in nodes)
    for node in nodes:
        assert node.live == len(node.live_places()) == len(node.identifiers) - len(node.dead)
    return [(node.listpack_size(), node.identifiers[:], node.contents[:], sorted(node.dead)) for node in nodes]


def _group(group: Group) -> Any:
    consumers = [(consumer.name, consumer.seen, list(consumer.pending)) for consumer in group.consumers_by_name()]
    pending = sorted((identifier, delivery) for identifier, delivery in group.pending.items())
    owned = sorted((identifier, name) for name, _, identifiers in consumers for identifier in identifiers)
    assert owned == [(identifier, delivery.consumer) for identifier, delivery in pending]
    return group.name, group.last_id, group.entries_read, consumers, pending
