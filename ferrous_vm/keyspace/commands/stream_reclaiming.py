"""XREADGROUP with CLAIM (t_stream.c of Redis 8.4): what others have not acknowledged for long is delivered first."""

from __future__ import annotations

from ferrous_vm.keyspace.commands.streams import entry_reply
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.types.stream_groups import Consumer, Delivery, Group
from ferrous_vm.keyspace.types.stream_ids import StreamID
from ferrous_vm.keyspace.types.streams import Stream


def overdue(stream: Stream, group: Group, before: int, count: int | None) -> list[StreamID]:
    """The entries, `count` at most, that have been pending since `before`, in Unix milliseconds, the oldest first."""
    due = [
        (delivery.time, identifier)
        for identifier, delivery in group.pending.items()
        if delivery.time <= before and stream.words(identifier) is not None
    ]
    return [identifier for _, identifier in sorted(due)[:count]]


def reclaim(
    stream: Stream, group: Group, consumer: Consumer, identifiers: list[StreamID], now: int
) -> list[list[Reply]]:
    """Deliver pending entries to the consumer; of each its id, its words, how long it had waited and how often it had
    been delivered."""
    reply: list[list[Reply]] = []
    for identifier in identifiers:
        words, delivery = stream.words(identifier), group.pending[identifier]
        assert words is not None
        reply.append([*entry_reply((identifier, words)), now - delivery.time, delivery.times])
        group.deliver(identifier, Delivery(consumer.name, now, delivery.times + 1))
    return reply
