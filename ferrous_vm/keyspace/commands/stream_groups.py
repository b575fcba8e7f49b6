"""XGROUP, and what is pending in a group: XACK, XPENDING, XCLAIM, XAUTOCLAIM (t_stream.c)."""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.counting import at_most
from ferrous_vm.keyspace.arguments.parsing import integer, keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import INTEGER, KEY, NAME, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.help import subcommand_help, subcommand_syntax
from ferrous_vm.keyspace.commands.stream_arguments import (
    NO_GROUP_FOR_KEY,
    any_id,
    find_group,
    range_end,
    range_start,
    strict_id,
)
from ferrous_vm.keyspace.replies import NULL_ARRAY, OK, Reply
from ferrous_vm.keyspace.server.events import STREAM
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.stream_groups import Consumer, Group
from ferrous_vm.keyspace.types.stream_ids import id_text
from ferrous_vm.keyspace.types.streams import Stream

NEEDS_KEY: Final = (
    b"ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM "
    b"option to create an empty stream automatically."
)
_BUSY_GROUP: Final = b"BUSYGROUP Consumer Group name already exists"


def _entries_read(text: bytes) -> int | None:
    number = integer(text)
    if number < -1:
        raise CommandError(b"ERR value for ENTRIESREAD must be positive or -1", text, INTEGER)
    return None if number == -1 else number


def _bounded(stream: Stream, entries_read: int | None) -> int | None:
    """What a group is said to have read, at most what there ever was, where the server sees to it."""
    if entries_read is None or not stream.thresholds.profile.progress_is_bounded:
        return entries_read
    return min(entries_read, stream.entries_added)


def _position_options(session: Session, argv: list[bytes], *, with_mkstream: bool) -> tuple[int | None, bool]:
    """ENTRIESREAD and, for CREATE, MKSTREAM, from argv[5] on."""
    counted = "stream counters" in session.keyspace.profile.options
    entries_read, mkstream = None, False
    position = 5
    while position < len(argv):
        option = keyword(argv[position])
        if with_mkstream and option == b"mkstream":
            mkstream = True
        elif counted and option == b"entriesread" and position + 1 < len(argv):
            position += 1
            entries_read = _entries_read(argv[position])
        else:
            raise subcommand_syntax(argv, argv[position], OPTION)
        position += 1
    return entries_read, mkstream


def _tell(session: Session, argv: list[bytes], action: bytes) -> None:
    if session.database.thresholds.events:
        session.database.tell(STREAM, b"xgroup-" + action, argv[2])


def _stream(session: Session, key: bytes) -> Stream:
    stream = session.database.find(key, Stream)
    if stream is None:
        raise CommandError(NEEDS_KEY, key, KEY)
    return stream


def _group(session: Session, argv: list[bytes]) -> tuple[Stream, Group]:
    """The stream argv[2] and its group argv[3]."""
    stream = _stream(session, argv[2])
    group = stream.groups.get(argv[3])
    if group is None:
        raise CommandError(NO_GROUP_FOR_KEY % (messages.shown(argv[3]), messages.shown(argv[2])), argv[3], NAME)
    return stream, group


@command("XGROUP|CREATE")
def create(session: Session, argv: list[bytes]) -> Reply:
    """XGROUP CREATE key group id | $ [MKSTREAM] [ENTRIESREAD entries-read]"""
    entries_read, mkstream = _position_options(session, argv, with_mkstream=True)
    stream = session.database.find(argv[2], Stream) if mkstream else _stream(session, argv[2])
    if len(argv) > 8:
        raise subcommand_syntax(argv)
    if keyword(argv[4]) == b"$":
        identifier = 0 if stream is None else stream.last_id
    else:
        identifier = strict_id(argv[4])
    if stream is None:
        stream = Stream(session.keyspace.thresholds)
        session.database.put(argv[2], stream)
    elif argv[3] in stream.groups:
        raise CommandError(_BUSY_GROUP, argv[3], NAME)
    stream.add_group(argv[3], identifier, _bounded(stream, entries_read))
    _tell(session, argv, b"create")
    return OK


@command("XGROUP|SETID")
def setid(session: Session, argv: list[bytes]) -> Reply:
    """XGROUP SETID key group id | $ [ENTRIESREAD entries-read]"""
    entries_read, _ = _position_options(session, argv, with_mkstream=False)
    stream, group = _group(session, argv)
    if len(argv) not in (5, 7):
        raise subcommand_syntax(argv)
    group.move(stream.last_id if keyword(argv[4]) == b"$" else any_id(argv[4]), _bounded(stream, entries_read))
    _tell(session, argv, b"setid")
    return OK


@command("XGROUP|DESTROY")
def destroy(session: Session, argv: list[bytes]) -> Reply:
    """XGROUP DESTROY key group"""
    stream = _stream(session, argv[2])
    group = stream.groups.get(argv[3])
    if group is None:
        return 0
    stream.remove_group(group)
    if argv[2] in session.database.awaited:
        session.keyspace.waiters.signal(session.database, argv[2], Stream.type_name)
    _tell(session, argv, b"destroy")
    return 1


@command("XGROUP|CREATECONSUMER")
def createconsumer(session: Session, argv: list[bytes]) -> Reply:
    """XGROUP CREATECONSUMER key group consumer"""
    _, group = _group(session, argv)
    if argv[4] in group.consumers:
        return 0
    group.add_consumer(argv[4], session.keyspace.milliseconds())
    _tell(session, argv, b"createconsumer")
    return 1


@command("XGROUP|DELCONSUMER")
def delconsumer(session: Session, argv: list[bytes]) -> Reply:
    """XGROUP DELCONSUMER key group consumer: how many of its entries were pending"""
    _, group = _group(session, argv)
    consumer = group.consumers.get(argv[4])
    if consumer is None:
        return 0
    pending = len(consumer.pending)
    group.remove_consumer(consumer)
    _tell(session, argv, b"delconsumer")
    return pending


@command("XGROUP|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """XGROUP HELP"""
    return subcommand_help(session, b"XGROUP", _HELP)


_HELP: Final = (
    b"CREATE <key> <groupname> <id|$> [option]",
    b"    Create a new consumer group. Options are:",
    b"    * MKSTREAM",
    b"      Create the empty stream if it does not exist.",
    b"    * ENTRIESREAD entries_read",
    b"      Set the group's entries_read counter (internal use).",
    b"CREATECONSUMER <key> <groupname> <consumer>",
    b"    Create a new consumer in the specified group.",
    b"DELCONSUMER <key> <groupname> <consumer>",
    b"    Remove the specified consumer.",
    b"DESTROY <key> <groupname>",
    b"    Remove the specified group.",
    b"SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
    b"    Set the current group ID and entries_read counter.",
)


@command("XACK")
def xack(session: Session, argv: list[bytes]) -> Reply:
    """XACK key group id [id ...]"""
    stream = session.database.find(argv[1], Stream)
    group = None if stream is None else stream.groups.get(argv[2])
    if group is None:
        return 0
    acknowledged = 0
    for identifier in [strict_id(text) for text in argv[3:]]:
        if identifier in group.pending:
            group.deliver(identifier, None)
            acknowledged += 1
    return acknowledged


@command("XPENDING")
def xpending(session: Session, argv: list[bytes]) -> Reply:
    """XPENDING key group [[IDLE min-idle-time] start end count [consumer]]"""
    if len(argv) == 3:
        return _pending_summary(find_group(session, argv[1], argv[2])[1])
    if not 6 <= len(argv) <= 9:
        raise CommandError(messages.SYNTAX)
    least_idle, first = 0, 3
    if keyword(argv[3]) == b"idle":
        least_idle = integer(argv[4])
        if len(argv) < 8:
            raise CommandError(messages.SYNTAX)
        first = 5
    number = to_integer(argv[first + 2])
    if number is None:  # so many words have IDLE among them: then it is not the count that is wrong
        refused = (argv[3], OPTION) if first == 3 and len(argv) > 7 else (argv[first + 2], INTEGER)
        raise CommandError(messages.NOT_INTEGER, *refused)
    count = max(number, 0)
    start, end = range_start(argv[first]), range_end(argv[first + 1])
    _, group = find_group(session, argv[1], argv[2])
    identifiers: Any = group.pending
    if first + 3 < len(argv):
        consumer = group.consumers.get(argv[first + 3])
        if consumer is None:
            return []
        identifiers = consumer.pending
    now = session.keyspace.milliseconds()
    deliveries = ((identifier, group.pending[identifier]) for identifier in identifiers.irange(start, end))
    return [
        [id_text(identifier), delivery.consumer, max(now - delivery.time, 0), delivery.times]
        for identifier, delivery in at_most(
            (pair for pair in deliveries if not least_idle or now - pair[1].time >= least_idle), count
        )
    ]


def _pending_summary(group: Group) -> Reply:
    pending = group.pending
    if not pending:
        return [0, None, None, NULL_ARRAY]
    owners = [_owner(consumer) for consumer in group.consumers_by_name() if consumer.pending]
    return [len(pending), id_text(pending.peekitem(0)[0]), id_text(pending.peekitem(-1)[0]), owners]


def _owner(consumer: Consumer) -> Reply:
    return [consumer.name, b"%d" % len(consumer.pending)]
