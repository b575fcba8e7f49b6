"""XREAD and XREADGROUP (t_stream.c `xreadCommand`), which may wait (`serveClientsBlockedOnStreamKey`, blocked.c)."""

from __future__ import annotations

from functools import partial
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword
from ferrous_vm.keyspace.arguments.readings import IDENTIFIER, INTEGER, OPTION
from ferrous_vm.keyspace.arguments.timeouts import timeout_of
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.blocking import wait
from ferrous_vm.keyspace.commands.stream_arguments import find_group, strict_id
from ferrous_vm.keyspace.commands.streams import entries_reply, entry_reply
from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.replies import NULL_ARRAY, ErrorReply, MapReply, Reply, size_of
from ferrous_vm.keyspace.server.events import STREAM
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.stream_groups import Consumer, Delivery, Group
from ferrous_vm.keyspace.types.stream_ids import GREATEST, StreamID, id_text
from ferrous_vm.keyspace.types.stream_nodes import Entry
from ferrous_vm.keyspace.types.streams import Stream
from ferrous_vm.keyspace.waiting import STREAM as STREAM_KIND
from ferrous_vm.records import MutableRecord

_BLOCK_IN_SCRIPT: Final = b"ERR %b command is not allowed with BLOCK option from scripts"
_ONLY_XREADGROUP: Final = b"ERR The %b option is only supported by XREADGROUP. You called XREAD instead."
_ONLY_GROUPS: Final = (
    b"ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option."
)
_NO_DOLLAR: Final = (
    b"ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by "
    b"specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set."
)
_BAD_IDLE_TIME: Final = b"ERR min-idle-time is not an integer or out of range"
_GROUP_GONE: Final = b"NOGROUP the consumer group this client was blocked on no longer exists"
_NO_GROUP: Final = b"NOGROUP No such key '%b' or consumer group '%b' in XREADGROUP with GROUP option"


class _Request(MutableRecord):
    """What XREAD or XREADGROUP was asked, but the ids."""

    count: int | None = None
    timeout: int | None = None
    """BLOCK: milliseconds to wait, 0 for ever; None: not at all."""
    group: bytes | None = None
    consumer: bytes = b""
    claimed_from: int | None = None
    """CLAIM: what has been pending for so many milliseconds is delivered first (Redis 8.4)."""
    acknowledged: bool = False
    """NOACK: what is delivered does not become pending."""
    keys: list[bytes] | None = None
    ids: tuple[bytes, ...] = ()
    first_id: int = 0
    """The position of the first of them among the words."""


def _request(session: Session, argv: list[bytes], for_group: bool) -> _Request:
    request = _Request()
    position = 1
    while position < len(argv):
        option, more = keyword(argv[position]), len(argv) - position - 1
        if option == b"block" and more:
            if session.script is not None and not session.keyspace.profile.blocking_reads_in_scripts:
                raise CommandError(_BLOCK_IN_SCRIPT % messages.shown(argv[0]), argv[position], OPTION)
            request.timeout = timeout_of(session.keyspace, argv[position + 1])
            position += 1
        elif option == b"count" and more:
            count = integer(argv[position + 1])
            request.count = count if count > 0 else None
            position += 1
        elif option == b"streams" and more:
            if more % 2:
                sentences = session.keyspace.profile.sentences
                raise CommandError((for_group and sentences.unbalanced_group) or sentences.unbalanced)
            middle = position + 1 + more // 2
            request.keys, request.ids = argv[position + 1 : middle], tuple(argv[middle:])
            request.first_id = middle
            break
        elif option == b"group" and more >= 2:
            if not for_group:
                raise CommandError(_ONLY_XREADGROUP % b"GROUP", argv[position], OPTION)
            request.group, request.consumer = argv[position + 1], argv[position + 2]
            position += 2
        elif option == b"claim" and more and "xreadgroup claim" in session.keyspace.profile.options:
            if not for_group:
                raise CommandError(_ONLY_XREADGROUP % b"CLAIM", argv[position], OPTION)
            request.claimed_from = integer(argv[position + 1], _BAD_IDLE_TIME)
            if request.claimed_from < 0:
                raise CommandError(b"ERR min-idle-time must be a positive integer", argv[position + 1], INTEGER)
            position += 1
        elif option == b"noack":
            if not for_group:
                raise CommandError(_ONLY_XREADGROUP % b"NOACK", argv[position], OPTION)
            request.acknowledged = True
        else:
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        position += 1
    if request.keys is None:
        raise CommandError(messages.SYNTAX)
    if for_group and request.group is None:
        raise CommandError(b"ERR Missing GROUP option for XREADGROUP")
    return request


def _answer(session: Session, read: list[tuple[bytes, list[list[Reply]]]]) -> Reply:
    if not read:
        return NULL_ARRAY
    return MapReply(read) if session.protocol == 3 else [list(pair) for pair in read]


@command("XREAD")
def xread(session: Session, argv: list[bytes]) -> Reply:
    """XREAD [COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]"""
    request = _request(session, argv, for_group=False)
    assert request.keys is not None
    database = session.database
    after: list[tuple[bytes, Stream | None, StreamID]] = []
    for key, text in zip(request.keys, request.ids, strict=True):
        stream = database.find(key, Stream)
        if keyword(text) == b">":
            raise CommandError(_ONLY_GROUPS, text, IDENTIFIER)
        if keyword(text) == b"$":
            after.append((key, stream, 0 if stream is None else stream.last_id))
        elif text == b"+" and "xread +" in session.keyspace.profile.options:
            after.append((key, stream, _before_last(session, stream)))
        else:
            after.append((key, stream, strict_id(text)))
    read = []
    size = 0
    for key, stream, identifier in after:
        database.exists(key)  # Redis looks a second time, which its statistics and events show
        greatest = None if stream is None else stream.greatest_id()
        if stream is not None and greatest is not None and greatest > identifier:
            entries = entries_reply(stream.range(identifier + 1, GREATEST, request.count))
            size += size_of(entries)
            session.keyspace.bounds.check_reply(size)
            read.append((key, entries))
    if read or request.timeout is None:
        return _answer(session, read)
    greatest_read = {key: identifier for key, _, identifier in reversed(after)}

    def serve(key: bytes) -> Reply:
        stream, identifier = database.find(key, Stream), greatest_read[key]
        if stream is None or stream.last_id <= identifier:
            return None
        return _answer(session, [(key, entries_reply(stream.range(identifier + 1, GREATEST, request.count)))])

    words = [*argv[: request.first_id], *(id_text(identifier) for *_, identifier in after)]
    return wait(session, words, request.timeout, STREAM_KIND, request.keys, serve)


def _before_last(session: Session, stream: Stream | None) -> StreamID:
    """The id that only the last entry comes after; where that was deleted, none does before Redis 8.0."""
    if stream is None:
        return 0
    if not stream.last_id and session.keyspace.profile.last_of_nothing_is_refused:
        raise CommandError(b"ERR the stream last element ID is 0-0")
    last = stream.greatest_id() if "xread + after deletion" in session.keyspace.profile.options else stream.last_id
    return max(last or 0, 1) - 1


@command("XREADGROUP")
def xreadgroup(session: Session, argv: list[bytes]) -> Reply:
    """XREADGROUP GROUP group consumer [COUNT count] [BLOCK milliseconds] [NOACK] STREAMS key [key ...] id [id ...]"""
    request = _request(session, argv, for_group=True)
    assert request.keys is not None
    assert request.group is not None
    after: list[tuple[bytes, Stream, Group, StreamID | None]] = []
    for key, text in zip(request.keys, request.ids, strict=True):
        stream, group = find_group(session, key, request.group, _NO_GROUP)
        if keyword(text) == b"$":
            raise CommandError(_NO_DOLLAR, text, IDENTIFIER)
        if text == b"+" and "xread +" in session.keyspace.profile.options:
            raise CommandError(_NO_DOLLAR.replace(b"$", b"+"), text, IDENTIFIER)
        identifier = None if keyword(text) == b">" else strict_id(text)
        after.append((key, stream, group, None if identifier == GREATEST else identifier))
    database, now = session.database, session.keyspace.milliseconds()
    again = sum([len(group.pending) for *_, group, after_id in after if after_id is not None])
    session.keyspace.bounds.check_elements(again)
    read = []
    for key, stream, group, after_id in after:
        if after_id is None and request.claimed_from is not None:
            from ferrous_vm.keyspace.commands.stream_reclaiming import overdue, reclaim

            due = overdue(stream, group, now - request.claimed_from, request.count)
            count = None if request.count is None else request.count - len(due)
            fresh = [] if count == 0 else stream.range(group.last_id + 1, GREATEST, count)
            consumer = used_consumer(database, key, group, request.consumer, now)
            if due or fresh:
                entries = reclaim(stream, group, consumer, due, now)
                more = _deliver_new(stream, group, consumer, request, now, fresh) if fresh else []
                read.append((key, [*entries, *([*entry, 0, 0] for entry in more)]))
            continue
        if after_id is None:
            greatest = stream.greatest_id()
            if greatest is None or greatest <= group.last_id:
                if session.keyspace.profile.consumers_tell_of_activity:
                    used_consumer(database, key, group, request.consumer, now)
                continue
        consumer = used_consumer(database, key, group, request.consumer, now)
        if after_id is None:
            fresh = stream.range(group.last_id + 1, GREATEST, request.count)
            read.append((key, _deliver_new(stream, group, consumer, request, now, fresh)))
        else:
            read.append((key, _deliver_again(stream, group, consumer, after_id + 1, request.count, now)))
    if read or request.timeout is None:
        return _answer(session, read)
    serve = partial(_serve_group, session, request)
    return wait(session, argv, request.timeout, STREAM_KIND, request.keys, serve, ends_with_key=True)


def _serve_group(session: Session, request: _Request, key: bytes) -> Reply:
    """What a group gets of the stream `key`, for which it waited."""
    assert request.group is not None
    stream = session.database.find(key, Stream)
    group = None if stream is None else stream.groups.get(request.group)
    if stream is None or group is None:
        return ErrorReply(_GROUP_GONE)
    if stream.last_id <= group.last_id:
        return None
    now = session.keyspace.milliseconds()
    fresh = stream.range(group.last_id + 1, GREATEST, request.count)
    consumer = used_consumer(session.database, key, group, request.consumer, now)
    return _answer(session, [(key, _deliver_new(stream, group, consumer, request, now, fresh) if fresh else [])])


def used_consumer(database: Database, key: bytes, group: Group, name: bytes, now: int) -> Consumer:
    """The consumer `name` of a group at `key`, who is seen `now`, and made if need be."""
    consumer = group.consumers.get(name)
    if consumer is not None:
        group.see(consumer, now)
        return consumer
    if database.thresholds.events:
        database.tell(STREAM, b"xgroup-createconsumer", key)
    return group.add_consumer(name, now)


def _deliver_new(
    stream: Stream, group: Group, consumer: Consumer, request: _Request, now: int, entries: list[Entry]
) -> list[list[Reply]]:
    """Deliver the entries that come after the group's last id (`streamReplyWithRange`)."""
    entries_read, last = group.entries_read, group.last_id
    from_last = stream.thresholds.profile.counts_reads_from_last
    for identifier, _ in entries:
        start = last if from_last else identifier
        if entries_read is not None and (not from_last or last >= stream.first_id) and not stream.has_tombstones(start):
            entries_read += 1
        elif stream.entries_added:
            entries_read = stream.entries_added_up_to(identifier)
        last = identifier
    group.move(entries[-1][0], entries_read)
    if stream.thresholds.profile.consumers_tell_of_activity:
        group.act(consumer, now)
    if not request.acknowledged:
        for identifier, _ in entries:
            group.deliver(identifier, Delivery(consumer.name, now, 1))
    return entries_reply(entries)


def _deliver_again(
    stream: Stream, group: Group, consumer: Consumer, start: StreamID, count: int | None, now: int
) -> list[list[Reply]]:
    """What is pending for the consumer, entries that were deleted meanwhile without content."""
    reply: list[list[Reply]] = []
    for identifier in list(consumer.pending.irange(start))[:count]:
        words = stream.words(identifier)
        if words is None:
            reply.append([id_text(identifier), NULL_ARRAY])
        else:
            group.deliver(identifier, Delivery(consumer.name, now, group.pending[identifier].times + 1))
            reply.append(entry_reply((identifier, words)))
    return reply
