"""MULTI, EXEC, DISCARD, WATCH and UNWATCH (multi.c). What MULTI does to other commands is in `admission.py`."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError, LimitExceeded
from ferrous_vm.keyspace.access import access_log
from ferrous_vm.keyspace.access.denials import Reason
from ferrous_vm.keyspace.access.permissions import denial
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.database import Watch
from ferrous_vm.keyspace.execute import carry_out
from ferrous_vm.keyspace.replies import NULL_ARRAY, OK, ErrorReply, Reply, Several, size_of
from ferrous_vm.keyspace.server.mailboxes import take_early, take_messages
from ferrous_vm.keyspace.session import Session

_NESTED: Final = b"ERR MULTI calls can not be nested"
_EXEC_WITHOUT_MULTI: Final = b"ERR EXEC without MULTI"
_DISCARD_WITHOUT_MULTI: Final = b"ERR DISCARD without MULTI"
_WATCH_INSIDE_MULTI: Final = b"ERR WATCH inside MULTI is not allowed"
_ABORTED: Final = b"EXECABORT Transaction discarded because of previous errors."
_NO_LONGER_ALLOWED: Final = (
    b"NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. "
    b"This command is no longer allowed for the following reason: no permission to %b"
)
_REASONS: Final[dict[Reason, bytes]] = {
    Reason.DATABASE: b"access the database",
    Reason.COMMAND: b"execute the command or subcommand",
    Reason.KEY: b"touch the specified keys",
    Reason.CHANNEL: b"access one of the channels used as arguments",
}


@command("MULTI")
def multi(session: Session, argv: list[bytes]) -> Reply:
    """MULTI"""
    if session.queue is not None:
        raise CommandError(_NESTED)
    session.queue = []
    session.refresh_gate()
    return OK


@command("EXEC")
def exec_(session: Session, argv: list[bytes]) -> Reply:
    """EXEC: the replies, or null when a watched key was touched"""
    queue = session.queue
    if queue is None:
        raise CommandError(_EXEC_WITHOUT_MULTI)
    aborted, touched = session.queue_failed, _watched_key_was_touched(session)
    session.discard_transaction()
    if aborted:
        raise CommandError(_ABORTED)
    if touched:
        return NULL_ARRAY
    keyspace = session.keyspace
    frozen = keyspace.frozen
    try:
        session.in_exec = True
        keyspace.freeze()
        return _replies(session, queue)
    finally:
        session.in_exec = False
        keyspace.frozen = frozen


def _replies(session: Session, queue: list[tuple[Row, list[bytes]]]) -> list[Reply]:
    """The replies of all commands; one that makes them too many bytes together is an error, but it is carried out."""
    bounds = session.keyspace.bounds
    replies: list[Reply] = []
    size = 0
    for row, argv in queue:
        try:
            reply = _carry_out(session, row, argv)
            size += size_of(reply)
            bounds.check_reply(size)
        except LimitExceeded as error:
            reply = ErrorReply(b"ERR " + error.message)
        if session.is_one_stream and session.client_id in session.keyspace.told:
            reply = _among_messages(session, reply)
        replies.append(reply)
    return replies


def _among_messages(session: Session, reply: Reply) -> Reply:
    """The reply to a queued command, between what it told its own client; some servers tell that in the end."""
    before = take_early(session)
    is_told_now = session.monitors or not session.keyspace.profile.replies_come_first
    return Several((*before, reply, *(take_messages(session) if is_told_now else ())))


def _carry_out(session: Session, row: Row, argv: list[bytes]) -> Reply:
    """`carry_out`, if the user may still do that."""
    denied = denial(session.user, row, argv, session.database) if session.user.is_restricted else None
    if denied is None:
        return carry_out(session, row, argv)
    access_log.note(session, row, denied.reason, denied.object(row, argv))
    error = ErrorReply(_NO_LONGER_ALLOWED % _REASONS[denied.reason])
    session.statistics.count_error(error)
    return error


@command("DISCARD")
def discard(session: Session, argv: list[bytes]) -> Reply:
    """DISCARD"""
    if session.queue is None:
        raise CommandError(_DISCARD_WITHOUT_MULTI)
    session.discard_transaction()
    return OK


@command("WATCH")
def watch(session: Session, argv: list[bytes]) -> Reply:
    """WATCH key [key ...]"""
    if session.queue is not None:
        raise CommandError(_WATCH_INSIDE_MULTI)
    if session.watch_failed:
        return OK
    database = session.database
    for key in argv[1:]:
        watchers = database.watchers.setdefault(key, [])
        if not session.watched.isdisjoint(watchers):
            continue
        entry = Watch(database, key, expired=key in database.entries and not database.is_live(key))
        watchers.append(entry)
        session.watched.add(entry)
    session.keyspace.refresh_attention()
    return OK


@command("UNWATCH")
def unwatch(session: Session, argv: list[bytes]) -> Reply:
    """UNWATCH"""
    session.unwatch_all()
    return OK


def _watched_key_was_touched(session: Session) -> bool:
    """Touched, or its time has come since WATCH (`isWatchedKeyExpired`)."""
    return session.watch_failed or any(
        not entry.expired and entry.key in entry.database.entries and not entry.database.is_live(entry.key)
        for entry in session.watched
    )
