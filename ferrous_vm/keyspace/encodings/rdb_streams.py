"""Streams as RDB files hold them: macro nodes as listpacks, then what the stream and its groups remember (rdb.c)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from ferrous_vm.keyspace.arguments.parsing import to_integer
from ferrous_vm.keyspace.encodings import listpack
from ferrous_vm.keyspace.encodings.rdb_strings import Corrupt, Reader, save_length, save_string
from ferrous_vm.keyspace.server.thresholds import Thresholds
from ferrous_vm.keyspace.types.stream_groups import Delivery, Group
from ferrous_vm.keyspace.types.stream_ids import GREATEST_SEQUENCE, SEQUENCE_BITS, StreamID, id_of, signed
from ferrous_vm.keyspace.types.stream_nodes import MacroNode, Words
from ferrous_vm.keyspace.types.streams import Counters, Stream

_ID_BYTES: Final = 16
_DELETED, _SAME_FIELDS = 1, 2
_UNKNOWN: Final = GREATEST_SEQUENCE
"""What stands for a group's `entries_read` that cannot be told."""
_TIME: Final = struct.Struct("<q")


# Writing


def _node_elements(node: MacroNode) -> Iterator[bytes | int]:
    """The elements of the listpack of a macro node: its head, the master fields, and the entries."""
    yield node.live
    yield len(node.dead)
    yield len(node.fields)
    yield from node.fields
    yield 0
    for place, (identifier, words) in enumerate(zip(node.identifiers, node.contents, strict=True)):
        is_same = words[::2] == node.fields
        count = len(words) // 2
        yield (_DELETED if place in node.dead else 0) | (_SAME_FIELDS if is_same else 0)
        yield signed((identifier >> SEQUENCE_BITS) - (node.key >> SEQUENCE_BITS))
        yield signed(identifier - node.key)
        if is_same:
            yield from words[1::2]
            yield count + 3
        else:
            yield count
            yield from words
            yield 2 * count + 4


def _save_id(identifier: StreamID) -> bytes:
    return save_length(identifier >> SEQUENCE_BITS) + save_length(identifier & GREATEST_SEQUENCE)


def save_stream(stream: Stream, *, with_activity: bool = False, with_counters: bool = True) -> bytes:
    """The body of a value of type 19, stream listpacks 2, of 21, with what consumers got last, or of 15, which has no
    counters (`rdbSaveObject`)."""
    parts = [save_length(len(stream.nodes))]
    for key, node in stream.nodes.items():
        parts += (save_string(key.to_bytes(_ID_BYTES, "big")), save_string(listpack.encode(_node_elements(node))))
    parts.append(save_length(stream.length))
    if with_counters:
        parts += map(_save_id, (stream.last_id, stream.first_id, stream.max_deleted_id))
        parts.append(save_length(stream.entries_added & GREATEST_SEQUENCE))
    else:
        parts.append(_save_id(stream.last_id))
    parts.append(save_length(len(stream.groups)))
    parts += (_save_group(group, with_activity, with_counters) for group in stream.groups_by_name())
    return b"".join(parts)


def _save_group(group: Group, with_activity: bool, with_counters: bool) -> bytes:
    read = _UNKNOWN if group.entries_read is None else group.entries_read & GREATEST_SEQUENCE
    counter = [save_length(read)] if with_counters else []
    parts = [save_string(group.name), _save_id(group.last_id), *counter, save_length(len(group.pending))]
    for identifier, delivery in group.pending.items():
        times = save_length(delivery.times & GREATEST_SEQUENCE)
        parts += (identifier.to_bytes(_ID_BYTES, "big"), _TIME.pack(delivery.time), times)
    parts.append(save_length(len(group.consumers)))
    for consumer in group.consumers_by_name():
        active = _TIME.pack(consumer.active) if with_activity else b""
        parts += (save_string(consumer.name), _TIME.pack(consumer.seen), active, save_length(len(consumer.pending)))
        parts += (identifier.to_bytes(_ID_BYTES, "big") for identifier in consumer.pending)
    return b"".join(parts)


# Reading


def _integer(element: bytes) -> int:
    number = to_integer(element)
    if number is None:
        raise Corrupt
    return number


class _Elements:
    """Reads the elements of a listpack one after the other."""

    def __init__(self, data: bytes) -> None:
        try:
            self._elements = iter(listpack.decode(data))
        except listpack.CorruptListpack as error:
            raise Corrupt from error

    def text(self) -> bytes:
        element = next(self._elements, None)
        if element is None:
            raise Corrupt
        return element

    def integer(self) -> int:
        return _integer(self.text())

    def texts(self, count: int) -> Words:
        """The next `count` elements; a negative or absurd number of them is not there."""
        if count < 0:
            raise Corrupt
        texts = []
        for _ in range(count):
            texts.append(self.text())
        return tuple(texts)

    def check_exhausted(self) -> None:
        if next(self._elements, None) is not None:
            raise Corrupt


def _load_node(key: StreamID, data: bytes) -> MacroNode:
    """A macro node out of its listpack (`streamValidateListpackIntegrity`, and the two counts checked too)."""
    elements = _Elements(data)
    live, deleted = elements.integer(), elements.integer()
    fields = elements.texts(elements.integer())
    if elements.integer() != 0 or live < 0 or deleted < 0 or live + deleted == 0:
        raise Corrupt
    node = MacroNode(key, fields)
    dead = []
    for place in range(live + deleted):
        flags = elements.integer()
        milliseconds = (key >> SEQUENCE_BITS) + elements.integer() & GREATEST_SEQUENCE
        sequence = key + elements.integer() & GREATEST_SEQUENCE
        if flags & _SAME_FIELDS:
            words, size = _with_values(fields, elements.texts(len(fields))), len(fields) + 3
        else:
            count = elements.integer()
            words, size = elements.texts(2 * count), 2 * count + 4
        if elements.integer() != size or not words:
            raise Corrupt
        node.append(id_of(milliseconds, sequence), list(words), sum(map(len, words)))
        if flags & _DELETED:
            dead.append(place)
    elements.check_exhausted()
    if len(dead) != deleted:
        raise Corrupt
    node.kill(dead)
    return node


def _with_values(fields: Words, values: Words) -> Words:
    return tuple(word for pair in zip(fields, values, strict=True) for word in pair)


def _load_id(reader: Reader) -> StreamID:
    milliseconds = reader.length()
    return id_of(milliseconds, reader.length())


def _load_raw_id(reader: Reader) -> StreamID:
    return int.from_bytes(reader.take(_ID_BYTES), "big")


def load_stream(reader: Reader, thresholds: Thresholds, has_counters: bool, has_activity: bool = False) -> Stream:
    """A stream out of the body of a value of type 19, or, without what 7.0 counts, 15. Raises Corrupt."""
    nodes: dict[StreamID, MacroNode] = {}
    for _ in range(reader.length()):
        raw = reader.string()
        key = int.from_bytes(raw, "big")
        if len(raw) != _ID_BYTES or key in nodes:
            raise Corrupt
        nodes[key] = _load_node(key, reader.string())
    length, last_id = reader.length(), _load_id(reader)
    if has_counters:
        counters = Counters(_load_id(reader), last_id, _load_id(reader), reader.length(), True)
        stream = Stream.restored(thresholds, nodes, counters)
    else:
        stream = Stream.restored(thresholds, nodes, Counters(0, last_id, 0, length, True))
    if stream is None or stream.length != length:
        raise Corrupt
    if not has_counters:
        stream.first_id = next((entry for entry, _ in stream.range(0, last_id, 1)), 0)
    for _ in range(reader.length()):
        _load_group(reader, stream, has_counters, has_activity)
    return stream


def _load_group(reader: Reader, stream: Stream, has_counters: bool, has_activity: bool) -> None:
    name, last_id = reader.string(), _load_id(reader)
    if name in stream.groups:
        raise Corrupt
    if has_counters:
        read: int | None = reader.length()
        read = None if read == _UNKNOWN else read
    else:
        read = stream.entries_added_up_to(last_id)
    group = stream.add_group(name, last_id, read)
    deliveries: dict[StreamID, tuple[int, int]] = {}
    for _ in range(reader.length()):
        identifier = _load_raw_id(reader)
        if identifier in deliveries:
            raise Corrupt
        deliveries[identifier] = _TIME.unpack(reader.take(_TIME.size))[0], reader.length()
    for _ in range(reader.length()):
        _load_consumer(reader, group, deliveries, has_activity)
    if deliveries:
        raise Corrupt


def _load_consumer(
    reader: Reader, group: Group, deliveries: dict[StreamID, tuple[int, int]], has_activity: bool
) -> None:
    """A consumer, who takes what it has out of `deliveries`."""
    name, seen = reader.string(), _TIME.unpack(reader.take(_TIME.size))[0]
    active = _TIME.unpack(reader.take(_TIME.size))[0] if has_activity else -1
    if name in group.consumers:
        raise Corrupt
    group.add_consumer(name, seen).active = active
    for _ in range(reader.length()):
        identifier = _load_raw_id(reader)
        if identifier not in deliveries:
            raise Corrupt
        group.deliver(identifier, Delivery(name, *deliveries.pop(identifier)))
