"""Commands of the entries of streams (t_stream.c). Reading for consumers and groups stand in modules of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword
from ferrous_vm.keyspace.arguments.readings import IDENTIFIER, INTEGER, KEY, OPTION
from ferrous_vm.keyspace.command import command, wrong_arity
from ferrous_vm.keyspace.commands.stream_arguments import (
    NewEntry,
    new_entry,
    range_end,
    range_start,
    strict_id,
    trim_options,
)
from ferrous_vm.keyspace.replies import NULL_ARRAY, OK, Reply
from ferrous_vm.keyspace.server.events import STREAM
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.stream_ids import GREATEST, GREATEST_SEQUENCE, SEQUENCE_BITS, StreamID, id_of, id_text
from ferrous_vm.keyspace.types.stream_nodes import Entry
from ferrous_vm.keyspace.types.streams import LARGEST_NODE, Stream, Trim

if TYPE_CHECKING:
    from ferrous_vm.keyspace.arguments.stream_senders import Sender

_NOT_GREATER: Final = b"ERR The ID specified in XADD is equal or smaller than the target stream top item"
_BELOW_DELETED: Final = b"ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id"
_BELOW_LAST: Final = b"ERR The ID specified in XSETID is smaller than the target stream top item"
_TOO_LARGE: Final = b"ERR Elements are too large to be stored"
_EXHAUSTED: Final = b"ERR The stream has exhausted the last possible ID, unable to add more items"

_WITHOUT_OPTIONS: Final = NewEntry(position=2)
"""``XADD key * ...``"""


def entry_reply(entry: Entry) -> list[Reply]:
    """An entry as replies show it: its id, and its fields and values."""
    return [id_text(entry[0]), list(entry[1])]


def entries_reply(entries: Iterable[Entry]) -> list[list[Reply]]:
    """Entries as replies show them."""
    return [entry_reply(entry) for entry in entries]


@command("XADD")
def xadd(session: Session, argv: list[bytes]) -> Reply:
    """XADD key [NOMKSTREAM] [MAXLEN | MINID [= | ~] threshold [LIMIT count]] * | id field value [field value ...]"""
    entry = _WITHOUT_OPTIONS if argv[2] == b"*" else new_entry(session, argv)
    sender = entry.sender
    words = argv[entry.position + 1 :]
    count = len(words)
    if count < 2 or count % 2:
        raise wrong_arity(b"xadd")
    if entry.identifier == 0 and entry.has_sequence:
        raise CommandError(b"ERR The ID specified in XADD must be greater than 0-0", argv[entry.position], IDENTIFIER)
    database = session.database
    stream = database.find(argv[1], Stream)
    if stream is None and not entry.create:
        return None
    if sender is not None and stream is not None:
        sent = _sent_before(session, stream, sender, words)
        if sent is not None:
            return id_text(sent)
    last = 0 if stream is None else stream.last_id
    identifier = _new_id(session, last, entry, argv)
    if sum(map(len, words)) > LARGEST_NODE:
        raise CommandError(_TOO_LARGE)
    if stream is None:
        stream = Stream(session.keyspace.thresholds)
        database.put(argv[1], stream)
    stream.append(identifier, words)
    if database.awaited:
        session.keyspace.waiters.signal(database, argv[1], Stream.type_name)
    if sender is not None:
        _remember(session, stream, sender, words)
    if database.thresholds.events:
        database.tell(STREAM, b"xadd", argv[1])
    if entry.trim is not None and _trim(stream, entry.trim, entry.reference) and database.thresholds.events:
        database.tell(STREAM, b"xtrim", argv[1])
    return id_text(identifier)


def _sent_before(session: Session, stream: Stream, sender: Sender, words: list[bytes]) -> StreamID | None:
    from ferrous_vm.keyspace.commands.stream_producers import sent_before

    return sent_before(stream, sender, words, session.keyspace.milliseconds())


def _remember(session: Session, stream: Stream, sender: Sender, words: list[bytes]) -> None:
    from ferrous_vm.keyspace.commands.stream_producers import remember

    remember(stream, sender, words, stream.last_id, session.keyspace.milliseconds())


def _trim(stream: Stream, trim: Trim, reference: bytes) -> int:
    """Remove entries from the front; answers how many."""
    if reference in (b"", b"keepref"):
        return stream.trim(trim)
    from ferrous_vm.keyspace.commands.stream_references import trim_with

    return trim_with(stream, trim, reference)


def _new_id(session: Session, last: StreamID, entry: NewEntry, argv: list[bytes]) -> StreamID:
    """The id the entry gets (`streamAppendItem`); `last` is the stream's last one."""
    if last == GREATEST:
        raise CommandError(_EXHAUSTED)
    identifier = entry.identifier
    if identifier is None:
        return max(id_of(session.keyspace.milliseconds(), 0), last + 1)
    if not entry.has_sequence and identifier >> SEQUENCE_BITS == last >> SEQUENCE_BITS:
        if last & GREATEST_SEQUENCE == GREATEST_SEQUENCE:
            if session.keyspace.profile.full_sequence_is_not_greater:
                raise CommandError(_NOT_GREATER, argv[entry.position], IDENTIFIER)
            raise CommandError(_TOO_LARGE)  # the code looks for a reason that nobody has set
        return last + 1
    if identifier <= last:
        raise CommandError(_NOT_GREATER, argv[entry.position], IDENTIFIER)
    return identifier


@command("XLEN")
def xlen(session: Session, argv: list[bytes]) -> Reply:
    """XLEN key"""
    stream = session.database.find(argv[1], Stream)
    return 0 if stream is None else stream.length


def _range(session: Session, argv: list[bytes], start: bytes, end: bytes, reverse: bool) -> Reply:
    """`xrangeGenericCommand`"""
    first, last = range_start(start), range_end(end)
    count = None
    for position in range(4, len(argv), 2):
        if keyword(argv[position]) != b"count" or position + 1 == len(argv):
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        count = max(integer(argv[position + 1]), 0)
    stream = session.database.find(argv[1], Stream)
    if stream is None:
        return []
    if count == 0:
        return NULL_ARRAY
    return entries_reply(stream.range(first, last, count, reverse))


@command("XRANGE")
def xrange(session: Session, argv: list[bytes]) -> Reply:
    """XRANGE key start end [COUNT count]"""
    return _range(session, argv, argv[2], argv[3], reverse=False)


@command("XREVRANGE")
def xrevrange(session: Session, argv: list[bytes]) -> Reply:
    """XREVRANGE key end start [COUNT count]"""
    return _range(session, argv, argv[3], argv[2], reverse=True)


@command("XDEL")
def xdel(session: Session, argv: list[bytes]) -> Reply:
    """XDEL key id [id ...]"""
    stream = session.database.find(argv[1], Stream)
    if stream is None:
        return 0
    deleted = sum([stream.delete(identifier) for identifier in [strict_id(text) for text in argv[2:]]])
    if deleted and session.database.thresholds.events:
        session.database.tell(STREAM, b"xdel", argv[1])
    return deleted


@command("XTRIM")
def xtrim(session: Session, argv: list[bytes]) -> Reply:
    """XTRIM key MAXLEN | MINID [= | ~] threshold [LIMIT count]"""
    trim, reference = trim_options(session, argv)
    stream = session.database.find(argv[1], Stream)
    deleted = 0 if stream is None else _trim(stream, trim, reference)
    if deleted and session.database.thresholds.events:
        session.database.tell(STREAM, b"xtrim", argv[1])
    return deleted


@command("XSETID")
def xsetid(session: Session, argv: list[bytes]) -> Reply:
    """XSETID key last-id [ENTRIESADDED entries-added] [MAXDELETEDID max-deleted-id]"""
    last_id = strict_id(argv[2])
    entries_added, max_deleted_id = None, 0
    for position in range(3, len(argv), 2):
        option = keyword(argv[position])
        if position + 1 == len(argv) or option not in (b"entriesadded", b"maxdeletedid"):
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        if option == b"entriesadded":
            entries_added = integer(argv[position + 1])
            if entries_added < 0:
                raise CommandError(b"ERR entries_added must be positive", argv[position + 1], INTEGER)
        else:
            max_deleted_id = strict_id(argv[position + 1])
            if last_id < max_deleted_id:
                raise CommandError(_BELOW_DELETED)
    stream = session.database.find(argv[1], Stream)
    if stream is None:
        raise CommandError(messages.NO_SUCH_KEY, argv[1], KEY)
    greatest = stream.greatest_id()
    if greatest is not None:
        if last_id < greatest:
            raise CommandError(_BELOW_LAST, argv[2], IDENTIFIER)
        if entries_added is not None and entries_added < stream.length:
            raise CommandError(b"ERR The entries_added specified in XSETID is smaller than the target stream length")
    if entries_added is None:
        entries_added = stream.entries_added
    stream.set_counters(last_id, entries_added, max_deleted_id or stream.max_deleted_id)
    if session.database.thresholds.events:
        session.database.tell(STREAM, b"xsetid", argv[1])
    return OK
