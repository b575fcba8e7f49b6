"""XCLAIM and XAUTOCLAIM: pending entries change hands (t_stream.c)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, integer, integer_in_range, keyword
from ferrous_vm.keyspace.arguments.readings import OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.stream_arguments import find_group, range_start, strict_id, to_strict_id
from ferrous_vm.keyspace.commands.stream_reading import used_consumer
from ferrous_vm.keyspace.commands.streams import entry_reply
from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.stream_groups import Consumer, Delivery, Group
from ferrous_vm.keyspace.types.stream_ids import StreamID, id_text
from ferrous_vm.keyspace.types.streams import Stream
from ferrous_vm.records import MutableRecord, field

_INVALID: Final = b"ERR Invalid %b argument for %b"
_ATTEMPTS: Final = 10
"""Pending entries that XAUTOCLAIM looks at, for each one it may claim."""
_DEFAULT_COUNT: Final = 100
_ID_BYTES: Final = 16
_ALLOCATABLE: Final = 7 << 44
"""Bytes of the largest allocation that a 64 bit machine has addresses for; XAUTOCLAIM makes room for all ids first."""


class _Claim(MutableRecord):
    """What a claimed entry becomes."""

    database: Database
    key: bytes
    now: int
    name: bytes
    least_idle: int
    time: int = 0
    retry_count: int | None = None
    force: bool = False
    just_id: bool = False
    last_id: StreamID = 0
    consumer: Consumer | None = None
    """The consumer, once an entry has been claimed for it."""
    reply: list[Reply] = field(factory=list)

    def used(self, group: Group) -> Consumer:
        """The consumer, made if it is not there."""
        if self.consumer is None:
            self.consumer = used_consumer(self.database, self.key, group, self.name, self.now)
        return self.consumer

    def take(self, stream: Stream, group: Group, identifier: StreamID) -> None:
        """Claim one entry that is in the stream, if it has been idle for long enough."""
        before = group.pending.get(identifier)
        if before is None and not self.force:
            return
        words = stream.words(identifier)
        if before is None and words is None:
            return
        if before is not None and self.least_idle and self.now - before.time < self.least_idle:
            return
        consumer = self.used(group)
        if stream.thresholds.profile.consumers_tell_of_activity:
            group.act(consumer, self.now)
        count = self.retry_count
        if count is None:
            count = (1 if before is None else before.times) + (not self.just_id)
        group.deliver(identifier, Delivery(self.name, self.time, count))
        entry = None if words is None else entry_reply((identifier, words))
        self.reply.append(id_text(identifier) if self.just_id else entry)


def _least_idle(text: bytes, name: bytes) -> int:
    return max(integer(text, _INVALID % (b"min-idle-time", name)), 0)


@command("XCLAIM")
def xclaim(session: Session, argv: list[bytes]) -> Reply:
    """XCLAIM key group consumer min-idle-time id [id ...] [IDLE ms] [TIME ms] [RETRYCOUNT count] [FORCE] [JUSTID]
    [LASTID id]"""
    stream, group = find_group(session, argv[1], argv[2])
    now = session.keyspace.milliseconds()
    claim = _Claim(session.database, argv[1], now, argv[3], _least_idle(argv[4], b"XCLAIM"))
    identifiers: list[StreamID] = []
    position = 5
    while position < len(argv):
        identifier = to_strict_id(argv[position])
        if identifier is None:
            break
        identifiers.append(identifier)
        position += 1
    _read_claim_options(claim, argv, position)
    if claim.last_id > group.last_id:
        group.move(claim.last_id, group.entries_read)
    if session.keyspace.profile.consumers_tell_of_activity:
        claim.used(group)
    for identifier in identifiers:
        if stream.words(identifier) is not None or session.keyspace.profile.claims_deleted:
            claim.take(stream, group, identifier)
        elif identifier in group.pending:
            group.deliver(identifier, None)
    return claim.reply


def _read_claim_options(claim: _Claim, argv: list[bytes], position: int) -> None:
    delivered = claim.now
    while position < len(argv):
        option, more = keyword(argv[position]), position + 1 < len(argv)
        if option == b"force":
            claim.force = True
        elif option == b"justid":
            claim.just_id = True
        elif more and option in (b"idle", b"time", b"retrycount"):
            position += 1
            number = integer(argv[position], _INVALID % (option.upper() + b" option", b"XCLAIM"))
            if option == b"retrycount":
                claim.retry_count = number if number >= 0 else None
            else:
                delivered = number if option == b"time" else claim.now - number
        elif more and option == b"lastid":
            position += 1
            claim.last_id = strict_id(argv[position])
        else:
            sentence = b"ERR Unrecognized XCLAIM option '%b'" % messages.shown(argv[position])
            raise CommandError(sentence, argv[position], OPTION)
        position += 1
    claim.time = delivered if 0 <= delivered <= claim.now else claim.now


@command("XAUTOCLAIM")
def xautoclaim(session: Session, argv: list[bytes]) -> Reply:
    """XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID]"""
    session.database.exists(argv[1])  # Redis looks before it reads the arguments
    least_idle = _least_idle(argv[4], b"XAUTOCLAIM")
    start = range_start(argv[5])
    now = session.keyspace.milliseconds()
    claim = _Claim(session.database, argv[1], now, argv[3], least_idle, time=now)
    count = _DEFAULT_COUNT
    position = 6
    while position < len(argv):
        option = keyword(argv[position])
        if option == b"count" and position + 1 < len(argv):
            position += 1
            most = INT64_MAX // (1 if session.keyspace.profile.claims_deleted else _ID_BYTES)
            count = integer_in_range(argv[position], 1, most, b"ERR COUNT must be > 0")
        elif option == b"justid":
            claim.just_id = True
        else:
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        position += 1
    stream, group = find_group(session, argv[1], argv[2])
    if count * _ID_BYTES > _ALLOCATABLE and not session.keyspace.profile.claims_deleted:
        raise CommandError(b"ERR Insufficient memory, failed allocating transient memory, COUNT too high.")
    candidates = list(islice(group.pending.irange(start), min(count * _ATTEMPTS + 1, len(group.pending))))
    if session.keyspace.profile.consumers_tell_of_activity:
        claim.used(group)
    following, deleted = _claim_in_turn(stream, group, claim, candidates, count)
    if session.keyspace.profile.claims_deleted:
        return [id_text(following), claim.reply]
    return [id_text(following), claim.reply, [id_text(identifier) for identifier in deleted]]


def _claim_in_turn(
    stream: Stream, group: Group, claim: _Claim, candidates: Iterable[StreamID], count: int
) -> tuple[StreamID, list[StreamID]]:
    """Claim up to `count` of the candidates; the one to go on with, or 0, and those that are no longer entries."""
    attempts = count * _ATTEMPTS
    deleted: list[StreamID] = []
    for identifier in candidates:
        if not attempts or len(claim.reply) + len(deleted) == count:
            return identifier, deleted
        attempts -= 1
        if stream.words(identifier) is None and not stream.thresholds.profile.claims_deleted:
            group.deliver(identifier, None)
            deleted.append(identifier)
        else:
            claim.take(stream, group, identifier)
    return 0, deleted
