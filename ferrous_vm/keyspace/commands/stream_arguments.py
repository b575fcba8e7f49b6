"""Arguments of stream commands: ids, ranges of ids, and what XADD and XTRIM are told to trim (t_stream.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword
from ferrous_vm.keyspace.arguments.readings import IDENTIFIER, INTEGER, KEY, NAME, OPTION
from ferrous_vm.keyspace.server.thresholds import Thresholds
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.stream_groups import Group
from ferrous_vm.keyspace.types.stream_ids import GREATEST, GREATEST_SEQUENCE, StreamID, id_of
from ferrous_vm.keyspace.types.streams import Stream, Trim
from ferrous_vm.records import MutableRecord

if TYPE_CHECKING:
    from ferrous_vm.keyspace.arguments.stream_senders import Sender

INVALID_ID: Final = b"ERR Invalid stream ID specified as stream command argument"
NO_GROUP: Final = b"NOGROUP No such key '%b' or consumer group '%b'"
_NOT_AUTOMATIC: Final = b"ERR syntax error, IDMP/IDMPAUTO can be used only with auto-generated IDs"
NO_GROUP_FOR_KEY: Final = b"NOGROUP No such consumer group '%b' for key name '%b'"
_INVALID_START: Final = b"ERR invalid start ID for the interval"
_INVALID_END: Final = b"ERR invalid end ID for the interval"
_TWO_STRATEGIES: Final = b"ERR syntax error, MAXLEN and MINID options at the same time are not compatible"

_LONGEST_ID: Final = 127
_UNSIGNED: Final = re.compile(rb"[ \t\n\v\f\r]*([+-]?)([0-9]+)").fullmatch
_NODES_TRIMMED: Final = 100
_DEFAULT_LIMIT: Final = 10_000
_GREATEST_LIMIT: Final = 1_000_000


def _unsigned(text: bytes) -> int | None:
    """An unsigned 64 bit number as `string2ull` reads it: what is no plain integer goes to `strtoull`, which skips
    white space, takes signs, and lets negative numbers wrap round."""
    if text.isdigit() and len(text) < 19:
        return int(text)
    match = _UNSIGNED(text)
    if match is None:
        return None
    sign, digits = match.groups()
    number = int(digits)
    if number > GREATEST_SEQUENCE or (sign == b"-" and text[:1] == b"-" and digits[:1] != b"0" and number <= 2**63):
        return None
    return number if sign != b"-" else -number & GREATEST_SEQUENCE


def _parse(text: bytes, missing_sequence: int) -> StreamID | None:
    """`text` as ``ms-seq`` or ``ms``, or None."""
    milliseconds, dash, sequence = text.partition(b"-")
    high = _unsigned(milliseconds)
    low = _unsigned(sequence) if dash else missing_sequence
    return None if high is None or low is None else id_of(high, low)


def to_strict_id(text: bytes) -> StreamID | None:
    """An id that is neither ``-`` nor ``+``, or None (`streamParseStrictIDOrReply`); without a sequence it is 0."""
    return None if len(text) > _LONGEST_ID else _parse(text.partition(b"\0")[0], 0)


def strict_id(text: bytes, missing_sequence: int = 0, *, word: bytes | None = None) -> StreamID:
    """An id that is neither ``-`` nor ``+``; raises CommandError. `text` may be a part of the argument `word`."""
    found = None if len(text) > _LONGEST_ID else _parse(text.partition(b"\0")[0], missing_sequence)
    if found is None:
        raise CommandError(INVALID_ID, text if word is None else word, IDENTIFIER)
    return found


def any_id(text: bytes, missing_sequence: int = 0) -> StreamID:
    """An id, ``-`` for the least or ``+`` for the greatest (`streamParseIDOrReply`); raises CommandError."""
    shown = text.partition(b"\0")[0]
    if len(text) <= _LONGEST_ID and shown in (b"-", b"+"):
        return 0 if shown == b"-" else GREATEST
    return strict_id(text, missing_sequence)


def range_start(text: bytes) -> StreamID:
    """The first id of a range; ``(`` in front excludes the id itself.

    Raises CommandError for what is no id, and for the greatest excluded.
    """
    if len(text) < 2 or text[:1] != b"(":
        return any_id(text)
    start = strict_id(text[1:], word=text)
    if start == GREATEST:
        raise CommandError(_INVALID_START, text, IDENTIFIER)
    return start + 1


def range_end(text: bytes) -> StreamID:
    """The last id of a range; ``(`` in front excludes the id itself. Without a sequence it ends the millisecond.

    Raises CommandError for what is no id, and for 0 excluded.
    """
    if len(text) < 2 or text[:1] != b"(":
        return any_id(text, GREATEST_SEQUENCE)
    end = strict_id(text[1:], GREATEST_SEQUENCE, word=text)
    if end == 0:
        raise CommandError(_INVALID_END, text, IDENTIFIER)
    return end - 1


REFERENCES: Final = frozenset((b"keepref", b"delref", b"acked"))
"""What becomes of the deliveries of entries that are trimmed, since Redis 8.2 (`stream_references.py`)."""


class NewEntry(MutableRecord):
    """What stands before the fields of an XADD, and all that XTRIM is told."""

    position: int = 0
    """The argument that is the id."""
    identifier: StreamID | None = None
    """None for ``*``."""
    has_sequence: bool = True
    """False for ``ms-*``."""
    create: bool = True
    trim: Trim | None = None
    reference: bytes = b""
    """One of REFERENCES, if it was given."""
    sender: Sender | None = None
    """Who sends it, if that was said (Redis 8.6)."""


class _TrimOptions:
    """Reads MAXLEN, MINID and LIMIT (`streamParseAddOrTrimArgsOrReply`)."""

    def __init__(self, session: Session, argv: list[bytes]) -> None:
        self.argv = argv
        self.references = REFERENCES if "stream references" in session.keyspace.profile.options else frozenset()
        self.reference = b""
        self.maxlen: int | None = None
        self.minid: StreamID | None = None
        self.is_approximate = False
        self.limit: int | None = None

    @property
    def has_strategy(self) -> bool:
        return self.maxlen is not None or self.minid is not None

    def read(self, position: int) -> int | None:
        """The position after the option at `position`, or None if it is not one of these."""
        argv = self.argv
        option = keyword(argv[position])
        if option in self.references and not self.reference:
            self.reference = option
            return position + 1
        if position + 1 == len(argv) or option not in (b"maxlen", b"minid", b"limit"):
            return None
        if option == b"limit":
            self.limit = integer(argv[position + 1])
            if self.limit < 0:
                raise CommandError(b"ERR The LIMIT argument must be >= 0.", argv[position + 1], INTEGER)
            return position + 2
        if self.has_strategy:
            raise CommandError(_TWO_STRATEGIES, argv[position], OPTION)
        self.is_approximate = False
        sign = keyword(argv[position + 1]) if position + 2 < len(argv) else b""
        if sign in (b"~", b"="):
            self.is_approximate = sign == b"~"
            position += 1
        if option == b"minid":
            self.minid = strict_id(argv[position + 1])
        else:
            self.maxlen = integer(argv[position + 1])
            if self.maxlen < 0:
                raise CommandError(b"ERR The MAXLEN argument must be >= 0.", argv[position + 1], INTEGER)
        return position + 2

    def trim(self, thresholds: Thresholds, *, is_needed: bool) -> Trim | None:
        """What the options come to."""
        if self.limit and not self.has_strategy:
            raise CommandError(b"ERR syntax error, LIMIT cannot be used without specifying a trimming strategy")
        if is_needed and not self.has_strategy:
            raise CommandError(b"ERR syntax error, XTRIM must be called with a trimming strategy")
        limit = self.limit
        if limit is not None and not self.is_approximate:
            raise CommandError(b"ERR syntax error, LIMIT cannot be used without the special ~ option")
        if limit is None:
            limit = 0
            if self.is_approximate:
                limit = min(_NODES_TRIMMED * thresholds.stream_node_entries, _GREATEST_LIMIT) or _DEFAULT_LIMIT
        return Trim(self.maxlen, self.minid, self.is_approximate, limit) if self.has_strategy else None


def new_entry(session: Session, argv: list[bytes]) -> NewEntry:
    """The options and the id of XADD. CommandError where they do not go together."""
    entry = NewEntry()
    options = _TrimOptions(session, argv)
    position = 2
    names_senders = session.keyspace.profile.tells_of_producers
    while position < len(argv):
        argument = argv[position]
        if keyword(argument) == b"*":
            break
        if names_senders and keyword(argument) in (b"idmp", b"idmpauto"):
            position = _read_sender(argv, position, entry)
            if position == len(argv) or argv[position] is not argument:
                continue
        after = options.read(position)
        if after is None:
            if keyword(argument) != b"nomkstream":
                _read_id(entry, argument, numbered="xadd sequence" in session.keyspace.profile.options)
                if entry.sender is not None:
                    raise CommandError(_NOT_AUTOMATIC, argument, IDENTIFIER)
                break
            entry.create = False
            after = position + 1
        position = after
    entry.position = position
    entry.trim = options.trim(session.keyspace.thresholds, is_needed=False)
    entry.reference = options.reference
    return entry


def _read_sender(argv: list[bytes], position: int, entry: NewEntry) -> int:
    from ferrous_vm.keyspace.arguments.stream_senders import read_sender

    entry.sender, position = read_sender(argv, position, entry.sender)
    return position


def _read_id(entry: NewEntry, text: bytes, *, numbered: bool) -> None:
    """The id of a new entry; `numbered`: its sequence may be left open."""
    shown = text.partition(b"\0")[0]
    if numbered and shown.endswith(b"-*") and len(text) <= _LONGEST_ID and b"-" not in shown[:-2]:
        entry.has_sequence = False
        entry.identifier = strict_id(shown[:-2], word=text)
    else:
        entry.identifier = strict_id(text)


def trim_options(session: Session, argv: list[bytes]) -> tuple[Trim, bytes]:
    """The options of XTRIM, one of REFERENCES apart, if it was given. CommandError where they do not go together."""
    options = _TrimOptions(session, argv)
    position = 2
    while position < len(argv):
        after = options.read(position)
        if after is None:
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        position = after
    trim = options.trim(session.keyspace.thresholds, is_needed=True)
    assert trim is not None
    return trim, options.reference


def find_group(session: Session, key: bytes, name: bytes, sentence: bytes = NO_GROUP) -> tuple[Stream, Group]:
    """The stream at `key` and its group `name`; raises CommandError(`sentence` with both names)."""
    stream = session.database.find(key, Stream)
    group = None if stream is None else stream.groups.get(name)
    if stream is None or group is None:
        absent = (key, KEY) if stream is None else (name, NAME)
        raise CommandError(sentence % (messages.shown(key), messages.shown(name)), *absent)
    return stream, group
