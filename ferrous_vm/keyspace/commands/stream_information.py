"""XINFO: what is known of a stream, its groups and their consumers (t_stream.c `xinfoCommand`)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.counting import at_most
from ferrous_vm.keyspace.arguments.parsing import integer, keyword
from ferrous_vm.keyspace.arguments.readings import KEY, NAME, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.help import subcommand_help, subcommand_syntax
from ferrous_vm.keyspace.commands.stream_arguments import NO_GROUP_FOR_KEY
from ferrous_vm.keyspace.commands.streams import entries_reply, entry_reply
from ferrous_vm.keyspace.replies import MapReply, Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.stream_groups import Consumer, Group
from ferrous_vm.keyspace.types.stream_ids import GREATEST, id_text, signed
from ferrous_vm.keyspace.types.streams import Stream

_DEFAULT_COUNT: Final = 10


def _stream(session: Session, key: bytes) -> Stream:
    stream = session.database.find(key, Stream)
    if stream is None:
        raise CommandError(messages.NO_SUCH_KEY, key, KEY)
    return stream


def _lag(stream: Stream, group: Group) -> int | None:
    """How many entries the group has still to read, where it can be told (`streamReplyWithCGLag`)."""
    if not stream.entries_added:
        return 0
    profile = stream.thresholds.profile
    if profile.lags_by_length:
        if not stream.length:
            return 0
        if max(group.last_id, stream.max_deleted_id) < stream.first_id:
            return stream.length
    read = group.entries_read
    if read is None or stream.has_tombstones(group.last_id):
        read = stream.entries_added_up_to(group.last_id)
    return None if read is None else signed(stream.entries_added - read)


def _entries_read(group: Group) -> int | None:
    return None if group.entries_read is None else signed(group.entries_read)


@command("XINFO|STREAM")
def stream_(session: Session, argv: list[bytes]) -> Reply:
    """XINFO STREAM key [FULL [COUNT count]]"""
    stream = _stream(session, argv[2])
    options = argv[3:]
    count = _DEFAULT_COUNT
    if options:
        if keyword(options[0]) != b"full":
            raise subcommand_syntax(argv, options[0], OPTION)
        if len(options) not in (1, 3):
            raise subcommand_syntax(argv)
        if len(options) == 3:
            if keyword(options[1]) != b"count":
                raise subcommand_syntax(argv, options[1], OPTION)
            count = integer(options[2])
            count = _DEFAULT_COUNT if count < 0 else count
    summary: list[tuple[bytes, Reply]] = [
        (b"length", stream.length),
        (b"radix-tree-keys", len(stream.nodes)),
        (b"radix-tree-nodes", stream.radix_tree_nodes()),
        (b"last-generated-id", id_text(stream.last_id)),
        *_counters(stream),
        *_producers(stream),
    ]
    if options:
        return MapReply(summary + _full(stream, count or None))
    first, last = stream.range(0, GREATEST, 1), stream.range(0, GREATEST, 1, reverse=True)
    return MapReply([
        *summary,
        (b"groups", len(stream.groups)),
        (b"first-entry", entry_reply(first[0]) if first else None),
        (b"last-entry", entry_reply(last[0]) if last else None),
    ])  # fmt: skip


def _is_counted(stream: Stream) -> bool:
    """Whether the server counts what a stream was given and what groups have read (7.0)."""
    return "stream counters" in stream.thresholds.profile.options


def _counters(stream: Stream) -> list[tuple[bytes, Reply]]:
    if not _is_counted(stream):
        return []
    return [
        (b"max-deleted-entry-id", id_text(stream.max_deleted_id)),
        (b"entries-added", signed(stream.entries_added)),
        (b"recorded-first-entry-id", id_text(stream.first_id)),
    ]


def _producers(stream: Stream) -> list[tuple[bytes, Reply]]:
    """What is remembered of producers, where a server does (Redis 8.6)."""
    if not stream.thresholds.profile.tells_of_producers:
        return []
    from ferrous_vm.keyspace.types.stream_producers import NONE

    return [*(stream.producers or NONE).facts()]


def _progress(stream: Stream, group: Group) -> list[tuple[bytes, Reply]]:
    if not _is_counted(stream):
        return []
    return [(b"entries-read", _entries_read(group)), (b"lag", _lag(stream, group))]


def _full(stream: Stream, count: int | None) -> list[tuple[bytes, Reply]]:
    return [
        (b"entries", entries_reply(stream.range(0, GREATEST, count))),
        (b"groups", [_full_group(stream, group, count) for group in stream.groups_by_name()]),
    ]


def _full_group(stream: Stream, group: Group, count: int | None) -> Reply:
    pending = [
        [id_text(identifier), delivery.consumer, delivery.time, delivery.times]
        for identifier, delivery in at_most(group.pending.items(), count)
    ]
    return MapReply([
        (b"name", group.name),
        (b"last-delivered-id", id_text(group.last_id)),
        *_progress(stream, group),
        (b"pel-count", len(group.pending)),
        (b"pending", pending),
        (b"consumers", [_full_consumer(group, consumer, count) for consumer in group.consumers_by_name()]),
    ])  # fmt: skip


def _full_consumer(group: Group, consumer: Consumer, count: int | None) -> Reply:
    pending = []
    for identifier in at_most(consumer.pending, count):
        delivery = group.pending[identifier]
        pending.append([id_text(identifier), delivery.time, delivery.times])
    return MapReply([
        (b"name", consumer.name),
        (b"seen-time", consumer.seen),
        *([(b"active-time", consumer.active)] if group.stream.thresholds.profile.consumers_tell_of_activity else []),
        (b"pel-count", len(consumer.pending)),
        (b"pending", pending),
    ])  # fmt: skip


@command("XINFO|GROUPS")
def groups(session: Session, argv: list[bytes]) -> Reply:
    """XINFO GROUPS key"""
    stream = _stream(session, argv[2])
    return [
        MapReply([
            (b"name", group.name),
            (b"consumers", len(group.consumers)),
            (b"pending", len(group.pending)),
            (b"last-delivered-id", id_text(group.last_id)),
            *_progress(stream, group),
        ])
        for group in stream.groups_by_name()
    ]  # fmt: skip


@command("XINFO|CONSUMERS")
def consumers(session: Session, argv: list[bytes]) -> Reply:
    """XINFO CONSUMERS key group"""
    group = _stream(session, argv[2]).groups.get(argv[3])
    if group is None:
        raise CommandError(NO_GROUP_FOR_KEY % (messages.shown(argv[3]), messages.shown(argv[2])), argv[3], NAME)
    now = session.keyspace.milliseconds()
    return [
        MapReply([
            (b"name", consumer.name),
            (b"pending", len(consumer.pending)),
            (b"idle", max(now - consumer.seen, 0)),
            *_inactive(session, consumer, now),
        ])
        for consumer in group.consumers_by_name()
    ]  # fmt: skip


def _inactive(session: Session, consumer: Consumer, now: int) -> list[tuple[bytes, Reply]]:
    if not session.keyspace.profile.consumers_tell_of_activity:
        return []
    return [(b"inactive", max(now - consumer.active, 0) if consumer.active >= 0 else -1)]


@command("XINFO|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """XINFO HELP"""
    return subcommand_help(session, b"XINFO", _HELP)


_HELP: Final = (
    b"CONSUMERS <key> <groupname>",
    b"    Show consumers of <groupname>.",
    b"GROUPS <key>",
    b"    Show the stream consumer groups.",
    b"STREAM <key> [FULL [COUNT <count>]",
    b"    Show information about the stream.",
)
