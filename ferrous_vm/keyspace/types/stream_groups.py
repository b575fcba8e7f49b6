"""Consumer groups: how far a group has read a stream, who reads, and what was delivered but not acknowledged.

A group belongs to its stream and records with the stream's recorder. No change of a group counts as one for who watches
the key: Redis does not signal them (`signalModifiedKey` is missing from those commands in t_stream.c).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sortedcontainers import SortedDict, SortedList

from ferrous_vm.keyspace.journal import Opposite
from ferrous_vm.keyspace.types.stream_ids import StreamID, id_text
from ferrous_vm.keyspace.types.stream_nodes import Words

if TYPE_CHECKING:
    from ferrous_vm.keyspace.types.streams import Stream

Part: TypeAlias = bytes | StreamID | None
"""What the diff tells of in a group: a consumer by its name, a pending entry by its id, or None: the group itself."""


class Delivery(NamedTuple):
    """One entry that was delivered and is not acknowledged (`streamNACK`)."""

    consumer: bytes
    """The name of the consumer that has it."""
    time: int
    """Unix milliseconds of the last delivery."""
    times: int
    """How often it was delivered."""


class Consumer:
    """One reader of a group."""

    __slots__ = ("active", "name", "pending", "seen")

    def __init__(self, name: bytes, seen: int) -> None:
        self.name = name
        self.seen = seen
        """Unix milliseconds of the last command that used its name."""
        self.active = -1
        """Unix milliseconds of when it last got an entry; -1: never. Servers tell of it since 7.2."""
        self.pending: SortedList[StreamID] = SortedList()
        """The ids of its deliveries."""


class Group:
    """Read freely; written by the primitives below only."""

    __slots__ = ("consumers", "entries_read", "last_id", "name", "pending", "stream")

    def __init__(self, stream: Stream, name: bytes, last_id: StreamID, entries_read: int | None) -> None:
        self.stream = stream
        self.name = name
        self.last_id = last_id
        """The greatest id delivered."""
        self.entries_read = entries_read
        """How many entries were ever added up to `last_id`; None if that cannot be told."""
        self.pending: SortedDict[StreamID, Delivery] = SortedDict()
        self.consumers: dict[bytes, Consumer] = {}

    def copy(self, stream: Stream) -> Group:
        """An independent group of `stream` with the same content."""
        twin = Group(stream, self.name, self.last_id, self.entries_read)
        twin.pending = self.pending.copy()
        for consumer in self.consumers.values():
            other = twin.consumers[consumer.name] = Consumer(consumer.name, consumer.seen)
            other.active = consumer.active
            other.pending = consumer.pending.copy()
        return twin

    def consumers_by_name(self) -> list[Consumer]:
        """The consumers in the order of Redis's radix tree, which is that of their names."""
        return [self.consumers[name] for name in sorted(self.consumers)]

    # Primitives

    def move(self, last_id: StreamID, entries_read: int | None) -> None:
        """Set what the group has read."""
        self._record(((None, self.describe(None)),), _restore_position, self.last_id, self.entries_read)
        self.last_id, self.entries_read = last_id, entries_read

    def add_consumer(self, name: bytes, now: int) -> Consumer:
        """A new consumer, who is not there yet (`streamCreateConsumer`)."""
        self._record(((name, None),), _restore_consumer, name, None, ())
        consumer = self.consumers[name] = Consumer(name, now)
        return consumer

    def remove_consumer(self, consumer: Consumer) -> None:
        """Take a consumer out with its deliveries (`streamDelConsumer`)."""
        deliveries = tuple((identifier, self.pending[identifier]) for identifier in consumer.pending)
        parts: tuple[Part, ...] = (consumer.name, *consumer.pending)
        facts = tuple((part, self.describe(part)) for part in parts)
        self._record(facts, _restore_consumer, consumer.name, consumer, deliveries)
        for identifier, _ in deliveries:
            del self.pending[identifier]
        del self.consumers[consumer.name]

    def see(self, consumer: Consumer, now: int) -> None:
        """A command has used the consumer's name."""
        self._record(((consumer.name, self.describe(consumer.name)),), _restore_seen, consumer, consumer.seen)
        consumer.seen = now

    def act(self, consumer: Consumer, now: int) -> None:
        """The consumer has got an entry."""
        self._record(((consumer.name, self.describe(consumer.name)),), _restore_active, consumer, consumer.active)
        consumer.active = now

    def deliver(self, identifier: StreamID, delivery: Delivery | None) -> None:
        """Give the entry `identifier` to a consumer, take it from whoever has it, or (None) acknowledge it."""
        before = self.pending.get(identifier)
        self._record(((identifier, self.describe(identifier)),), _restore_delivery, identifier, before)
        self._put_delivery(identifier, before, delivery)

    def _put_delivery(self, identifier: StreamID, before: Delivery | None, delivery: Delivery | None) -> None:
        owner = None if before is None else before.consumer
        consumer = None if delivery is None else delivery.consumer
        if owner != consumer:
            if owner is not None:
                self.consumers[owner].pending.remove(identifier)
            if consumer is not None:
                self.consumers[consumer].pending.add(identifier)
        if delivery is None:
            self.pending.pop(identifier, None)
        else:
            self.pending[identifier] = delivery

    def _record(self, facts: tuple[tuple[Part, Words | None], ...], undo: object, *arguments: object) -> None:
        recorder = self.stream.recorder
        if recorder is not None:
            named = tuple(((self.name, part), before) for part, before in facts)
            recorder.record_unseen(undo, self.stream, named, self, *arguments)  # type: ignore[arg-type]

    # What the diff tells

    def parts(self) -> Iterator[Part]:
        """Everything there is to tell of the group."""
        yield None
        yield from self.consumers
        yield from self.pending

    def describe(self, part: Part) -> Words | None:
        """What `part` is now, as names and values; None if it is not there."""
        if part is None:
            read = () if self.entries_read is None else (b"entries-read", b"%d" % self.entries_read)
            return (b"last-delivered-id", id_text(self.last_id), *read)
        if isinstance(part, bytes):
            consumer = self.consumers.get(part)
            return None if consumer is None else (b"seen-time", b"%d" % consumer.seen)
        delivery = self.pending.get(part)
        if delivery is None:
            return None
        times = (b"delivery-time", b"%d" % delivery.time, b"delivery-count", b"%d" % delivery.times)
        return (b"consumer", delivery.consumer, *times)


def part_name(group: bytes, part: Part) -> bytes:
    """How the diff names a part of a group."""
    if part is None:
        return b"group %b" % group
    if isinstance(part, bytes):
        return b"group %b consumer %b" % (group, part)
    return b"group %b pending %b" % (group, id_text(part))


# Inverses. Each is given the stream first, because the journal finds by it whose records they are, then the facts.


def _restore_position(_: Stream, __: object, group: Group, last_id: StreamID, entries_read: int | None) -> Opposite:
    again = partial(_restore_position, _, __, group, group.last_id, group.entries_read)
    group.last_id, group.entries_read = last_id, entries_read
    return again


def _restore_consumer(
    _: Stream,
    __: object,
    group: Group,
    name: bytes,
    consumer: Consumer | None,
    deliveries: tuple[tuple[StreamID, Delivery], ...],
) -> Opposite:
    if consumer is None:
        return partial(_restore_consumer, _, __, group, name, group.consumers.pop(name), deliveries)
    group.consumers[name] = consumer
    group.pending.update(deliveries)
    return partial(_remove_consumer, group, name, deliveries)


def _remove_consumer(group: Group, name: bytes, deliveries: tuple[tuple[StreamID, Delivery], ...]) -> None:
    for identifier, _ in deliveries:
        del group.pending[identifier]
    del group.consumers[name]


def _restore_seen(_: Stream, __: object, ___: Group, consumer: Consumer, seen: int) -> Opposite:
    again = partial(setattr, consumer, "seen", consumer.seen)
    consumer.seen = seen
    return again


def _restore_active(_: Stream, __: object, ___: Group, consumer: Consumer, active: int) -> Opposite:
    again = partial(setattr, consumer, "active", consumer.active)
    consumer.active = active
    return again


def _restore_delivery(_: Stream, __: object, group: Group, identifier: StreamID, before: Delivery | None) -> Opposite:
    now = group.pending.get(identifier)
    group._put_delivery(identifier, now, before)
    return partial(group._put_delivery, identifier, before, now)
