"""XADD with IDMP or IDMPAUTO, XCFGSET and XIDMPRECORD: entries that are sent twice are added once (t_stream.c, 8.6)."""

from __future__ import annotations

import hashlib
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword
from ferrous_vm.keyspace.arguments.readings import INTEGER, KEY, NAME, OPTION
from ferrous_vm.keyspace.arguments.stream_senders import Sender
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.stream_arguments import strict_id
from ferrous_vm.keyspace.replies import OK, Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.stream_ids import StreamID
from ferrous_vm.keyspace.types.stream_producers import LONGEST, MOST, NONE, Producers
from ferrous_vm.keyspace.types.streams import Stream

_BOUNDS: Final = {
    b"idmp-duration": (LONGEST, b"ERR IDMP-DURATION must be between 1 and 86400 seconds"),
    b"idmp-maxsize": (MOST, b"ERR IDMP-MAXSIZE must be between 1 and 10000 entries"),
}


def _own_id(sender: Sender, words: list[bytes]) -> bytes:
    """The id of the entry; made of its content it is the same for every order of the fields. (Redis hashes otherwise,
    which only DUMP shows.)"""
    if sender.own_id is not None:
        return sender.own_id
    digest = hashlib.blake2b(digest_size=16)
    for pair in sorted(zip(words[::2], words[1::2], strict=True)):
        for word in pair:
            digest.update(b"%d:%b" % (len(word), word))
    return digest.digest()


def sent_before(stream: Stream, sender: Sender, words: list[bytes], now: int) -> StreamID | None:
    """The entry that the sender has sent before, which is counted; None if this one is new."""
    producers = stream.producers or NONE
    found = producers.find(sender.producer, _own_id(sender, words), now)
    if found is not None:
        stream.set_producers(producers.with_duplicate())
    return found


def remember(stream: Stream, sender: Sender, words: list[bytes], identifier: StreamID, now: int) -> None:
    """The entry that a sender has sent now."""
    producers = stream.producers or NONE
    stream.set_producers(producers.with_entry(sender.producer, _own_id(sender, words), identifier, now))


def _stream(session: Session, key: bytes) -> Stream:
    stream = session.database.find(key, Stream)
    if stream is None:
        raise CommandError(messages.NO_SUCH_KEY, key, KEY)
    return stream


@command("XCFGSET")
def xcfgset(session: Session, argv: list[bytes]) -> Reply:
    """XCFGSET key [IDMP-DURATION seconds] [IDMP-MAXSIZE entries]"""
    stream = _stream(session, argv[1])
    given: dict[bytes, int] = {}
    for position in range(2, len(argv), 2):
        option = keyword(argv[position])
        if option not in _BOUNDS or position + 1 == len(argv):
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        if option in given:
            raise CommandError(b"ERR %b specified multiple times" % option.upper(), argv[position], OPTION)
        most, sentence = _BOUNDS[option]
        given[option] = integer(argv[position + 1])
        if not 1 <= given[option] <= most:
            raise CommandError(sentence, argv[position + 1], INTEGER)
    if not given:
        raise CommandError(b"ERR At least one parameter must be specified")
    before: Producers = stream.producers or NONE
    duration, most = given.get(b"idmp-duration", before.duration), given.get(b"idmp-maxsize", before.most)
    stream.set_producers(before.with_bounds(duration, most))
    return OK


@command("XIDMPRECORD")
def xidmprecord(session: Session, argv: list[bytes]) -> Reply:
    """XIDMPRECORD key producer own-id id: remembers an entry as one that the producer has sent"""
    identifier = strict_id(argv[4])
    if not argv[2]:
        raise CommandError(b"ERR producer ID must be non-empty", argv[2], NAME)
    if not argv[3]:
        raise CommandError(b"ERR idempotent ID must be non-empty", argv[3], NAME)
    stream = _stream(session, argv[1])
    if stream.words(identifier) is None:
        raise CommandError(b"ERR No such message in stream", argv[4], NAME)
    producers = stream.producers or NONE
    now = session.keyspace.milliseconds()
    known = producers.find(argv[2], argv[3], now)
    if known is not None and known != identifier:
        raise CommandError(b"ERR IID already exists for this producer with a different stream ID", argv[3], NAME)
    if known is None:
        stream.set_producers(producers.with_entry(argv[2], argv[3], identifier, now))
    return OK
