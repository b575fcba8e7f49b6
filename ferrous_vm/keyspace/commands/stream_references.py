"""What becomes of the deliveries of entries that are deleted (t_stream.c of Redis 8.2): XDELEX, XACKDEL, and trimming.

KEEPREF  the groups keep them
DELREF   they are taken from all groups
ACKED    an entry that some group has still to read or to acknowledge is not deleted
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import INTEGER, OPTION, SURPLUS
from ferrous_vm.keyspace.command import command, wrong_arity
from ferrous_vm.keyspace.commands.stream_arguments import REFERENCES, strict_id
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.server.events import STREAM
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.stream_ids import StreamID
from ferrous_vm.keyspace.types.streams import Stream, Trim

_NOT_POSITIVE: Final = b"ERR Number of IDs must be a positive integer"
_MISMATCH: Final = b"ERR The `numids` parameter must match the number of arguments"
_ABSENT, _DELETED, _REFERENCED = -1, 1, 2


def _options(argv: list[bytes], first: int) -> tuple[bytes, list[bytes]]:
    """KEEPREF and its rivals, and the ids as they were written, from argv[first] on."""
    name = argv[0].lower()
    reference, place = b"", first
    identifiers: list[bytes] = []
    while place < len(argv):
        option = keyword(argv[place])
        if option in REFERENCES and not reference:
            reference = option
        elif option == b"ids" and not identifiers:
            if place + 2 > len(argv):
                raise wrong_arity(name)
            count = to_integer(argv[place + 1])
            if count is None or not 1 <= count < 2**63:
                raise CommandError(_NOT_POSITIVE, argv[place + 1], INTEGER)
            if count > len(argv) - place - 2:
                raise CommandError(_MISMATCH, argv[place + 1], INTEGER)
            identifiers = argv[place + 2 : place + 2 + count]
            place += 1 + count
        else:
            raise CommandError(messages.SYNTAX, argv[place], OPTION if not identifiers else SURPLUS)
        place += 1
    if not identifiers:
        raise CommandError(messages.SYNTAX)
    return reference or b"keepref", identifiers


def _is_referenced(stream: Stream, identifier: StreamID) -> bool:
    """Whether a group has still to read or to acknowledge the entry."""
    return any(identifier > group.last_id or identifier in group.pending for group in stream.groups.values())


def _forget(stream: Stream, identifiers: Iterable[StreamID]) -> None:
    """Take the entries from all who have to acknowledge them."""
    for identifier in identifiers:
        for group in stream.groups.values():
            if identifier in group.pending:
                group.deliver(identifier, None)


def _delete(stream: Stream, identifier: StreamID, reference: bytes) -> int:
    """Delete one entry as KEEPREF, DELREF or ACKED say; what the reply says of it."""
    if reference == b"acked" and _is_referenced(stream, identifier):
        return _REFERENCED  # whether it is there or not
    deleted = stream.delete(identifier)
    if reference == b"delref":
        _forget(stream, (identifier,))
    return _DELETED if deleted else _ABSENT


def trim_with(stream: Stream, trim: Trim, reference: bytes) -> int:
    """Remove entries from the front, minding their deliveries; answers how many. It goes entry by entry, and is never
    approximate; the limit counts whole nodes."""
    if trim.is_approximate and "rough trims with references" not in stream.thresholds.profile.options:
        return 0
    removed = 0
    for node in list(stream.nodes.values()):
        if trim.limit and removed + node.live > trim.limit:
            break
        for identifier, _ in node.entries(node.live_places()):
            if stream.length <= trim.maxlen if trim.maxlen is not None else identifier >= (trim.minid or 0):
                return removed
            if reference == b"acked" and _is_referenced(stream, identifier):
                continue
            stream.delete(identifier, trimmed=True)
            removed += 1
            if reference == b"delref":
                _forget(stream, (identifier,))
    return removed


@command("XDELEX")
def xdelex(session: Session, argv: list[bytes]) -> Reply:
    """XDELEX key [KEEPREF | DELREF | ACKED] IDS numids id [id ...]"""
    database, key = session.database, argv[1]
    stream = database.find(key, Stream)
    reference, words = _options(argv, 2)
    if stream is None:
        return [_ABSENT] * len(words)
    results: list[Reply] = [
        _delete(stream, identifier, reference) for identifier in [strict_id(word) for word in words]
    ]
    if _DELETED in results and database.thresholds.events:
        database.tell(STREAM, b"xdel", key)
    return results


@command("XACKDEL")
def xackdel(session: Session, argv: list[bytes]) -> Reply:
    """XACKDEL key group [KEEPREF | DELREF | ACKED] IDS numids id [id ...]"""
    database, key = session.database, argv[1]
    stream = database.find(key, Stream)
    reference, words = _options(argv, 3)
    group = None if stream is None else stream.groups.get(argv[2])
    if stream is None or group is None:
        return [_ABSENT] * len(words)
    results: list[Reply] = []
    for identifier in [strict_id(word) for word in words]:
        if identifier not in group.pending:
            results.append(_ABSENT)
            continue
        group.deliver(identifier, None)
        results.append(_DELETED if _delete(stream, identifier, reference) != _REFERENCED else _REFERENCED)
    if _DELETED in results and database.thresholds.events:
        database.tell(STREAM, b"xdel", key)
    return results
