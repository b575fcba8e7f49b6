"""One place where a command becomes a reply, for clients and scripts alike (`processCommand` and `call`, server.c).

`execute` is what a client uses. A script's call makes checks of its own between the pieces, so they stand apart:
`find_command` and `arity_matches` (command.py), `unknown_command`, `call`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from sys import getrecursionlimit, setrecursionlimit
from typing import Final

from ferrous_vm.errors import CommandError, LimitExceeded, PartMissing
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.admission import NO_LOGIN, admit, audible, forget_caching, no_multi, refuse, reject
from ferrous_vm.keyspace.arguments.key_positions import sources
from ferrous_vm.keyspace.arguments.readings import COMMAND
from ferrous_vm.keyspace.command import Handler
from ferrous_vm.keyspace.command_table import REDIS_7_0, Row, arity_matches, find_command
from ferrous_vm.keyspace.interruption import calling
from ferrous_vm.keyspace.replies import ErrorReply, Reply
from ferrous_vm.keyspace.server.events import KEY_MISS
from ferrous_vm.keyspace.session import Session

ROOM: Final = 1000
"""Calls of Python within each other that any command gets along with, modules it is the first to import included. None
begins with less: whoever calls one raises Python's limit by so much meanwhile, so that it never ends half way."""

PLENTY: Final = 10_000
"""A limit of Python's that leaves any command its room: a script runs, in another thread, and no command is called from
that deep."""

_SHOWN = 128
"""Bytes of a command that an "unknown command" error shows (`commandCheckExistence`)."""


def execute(session: Session, argv: list[bytes]) -> Reply:
    """Run the command `argv` for `session` and answer its reply. Never raises for what a user sends."""
    session.last_command = row = session.find_command(argv)
    if row is None:
        forget_caching(session, None)
        return audible(session, session.reply_mode, _refuse_unknown(session, argv))
    arity = row.arity
    argc = len(argv)
    if argc != arity and not (arity < 0 and argc >= -arity):
        error = ErrorReply(messages.WRONG_ARITY % row.full_name)
        if _is_kept_out(session):
            error = NO_LOGIN
        forget_caching(session, row)
        return audible(session, session.reply_mode, reject(session, row, argv, error))
    try:
        if not (row.needs_room or session.gated):
            return call(session, row, argv)
        limit = getrecursionlimit()
        raised = limit + ROOM if limit < PLENTY else limit
        setrecursionlimit(raised)
        try:
            if session.gated:
                return admit(session, row, argv, carry_out)
            return call(session, row, argv) if row.fast else call_timed(session, row, argv)
        finally:
            if getrecursionlimit() == raised:  # else a script has begun in another thread, and it is his
                setrecursionlimit(limit)
    except LimitExceeded as error:
        return ErrorReply(b"ERR " + error.message)


def _refuse_unknown(session: Session, argv: list[bytes]) -> Reply:
    """The refusal of what is no command here; one that Redis has and no transaction may hold is refused as there."""
    if argv[0].lower() == b"quit":  # is answered before the table is asked, where it does not stand there
        return carried_out(session, REDIS_7_0.by_name[b"quit"], argv)
    row = _row_of(session, argv)
    if _is_kept_out(session):
        return refuse(session, None, NO_LOGIN)
    if row is not None and session.queue is not None and "no_multi" in row.flags and arity_matches(row, len(argv)):
        return refuse(session, row, no_multi(session.keyspace.profile, row))
    return refuse(session, None, unknown_command(session, argv))


def _is_kept_out(session: Session) -> bool:
    """Whether who has not logged in is told nothing else."""
    return session.must_log_in and session.keyspace.profile.login_comes_first


def call(session: Session, row: Row, argv: list[bytes]) -> Reply:
    """Run the handler of `row`, which must have one; its refusal becomes an ErrorReply. The statistics count both.

    Whatever else the handler lets out is an error reply too, and an open journal takes back what was done by then; but
    limits, and parts of Ferrous that cannot be fetched, end what called the command.
    """
    statistics = session.statistics
    handler = row.handler
    if row.reads:
        if row.reads_first_key:
            database, key = session.database, argv[1]
            if key in database.entries and (not database.expiries or database.is_live(key)):
                statistics.hits += 1
            else:
                statistics.misses += 1
                if database.thresholds.events & KEY_MISS:
                    handler = _telling_misses(row, [key])
        else:
            missed = _count_lookups(session, row, argv)
            if missed and session.database.thresholds.events & KEY_MISS:
                handler = _telling_misses(row, missed)
    journal = session.keyspace.journal
    mark = 0 if journal is None else len(journal.records)
    try:
        reply = handler(session, argv)  # type: ignore[misc]
    except CommandError as error:
        message = error.message.strip(b"\r\n")
        if session.keyspace.profile.sentences.reworded:
            message = reworded(message, session.keyspace.profile.sentences.reworded)
        reply = ErrorReply(message, error.word, error.reading)
    except (LimitExceeded, PartMissing):
        raise
    except Exception as error:
        if journal is not None and journal is session.keyspace.journal:
            journal.undo(mark)
        reply = failed(error)
    statistics.calls[row.number] += 1
    if type(reply) is ErrorReply:
        statistics.fail(row, reply)
    elif row.unordered and session.keyspace.shuffle is not None:
        return session.keyspace.shuffle.arranged(session, row, argv, reply)  # type: ignore[no-any-return]
    return reply


calling.add(call.__code__)


def reworded(message: bytes, patterns: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A refusal as another server words it: see `Sentences.reworded`."""
    for pattern, sentence in patterns:
        match = re.match(pattern, message, re.DOTALL)
        if match is not None:
            return match.expand(sentence) + message[match.end() :]
    return message


def failed(error: Exception) -> ErrorReply:
    """What is answered where a handler raised what none should."""
    if isinstance(error, MemoryError):
        return ErrorReply(messages.OUT_OF_MEMORY)
    if isinstance(error, RecursionError):
        return ErrorReply(messages.OUT_OF_STACK)
    text = f"{type(error).__name__}: {error}".encode("utf-8", "backslashreplace")
    return ErrorReply(messages.FAILED % messages.shown(text.replace(b"\n", b" "), _SHOWN))


def _count_lookups(session: Session, row: Row, argv: list[bytes]) -> list[bytes]:
    """Counts the keys that the command reads, and answers those that are not there."""
    statistics = session.keyspace.statistics
    keys = sources(row, argv)
    missed = [key for key in keys if not session.database.is_live(key)]
    statistics.hits += len(keys) - len(missed)
    statistics.misses += len(missed)
    return missed


def _telling_misses(row: Row, missed: list[bytes]) -> Handler:
    """The handler of `row`, which tells of the keys that it looks for in vain, when it does."""
    if row.full_name.startswith(b"object|"):
        return row.handler  # type: ignore[return-value]

    def handler(session: Session, argv: list[bytes]) -> Reply:
        database = session.database
        database.missed = missed
        try:
            reply = row.handler(session, argv)  # type: ignore[misc]
            while missed:
                database.tell_miss(missed[0])
            return reply
        finally:
            database.missed = None

    return handler


def call_timed(session: Session, row: Row, argv: list[bytes]) -> Reply:
    """`call`, whose time the statistics are told; of a command that waits, when it has its reply."""
    start = session.keyspace.clock()
    reply = call(session, row, argv)
    if session.waiting is None:
        tell_time(session, row, argv, start)
    return reply


def tell_time(session: Session, row: Row, argv: list[bytes], start: int) -> None:
    """Tell the statistics, and the slow log if need be, of a command that began at `start`, in Unix microseconds."""
    keyspace = session.keyspace
    microseconds = keyspace.clock() - start
    statistics = keyspace.statistics
    try:
        statistics.durations[row][microseconds] += 1  # one that was seen before, as nearly all are
    except KeyError:
        statistics.count_time(row, microseconds)
    if microseconds >= keyspace.thresholds.slow_command >= 0:
        statistics.log(row, argv, start, microseconds, address=session.address, name=session.name)


def carry_out(session: Session, row: Row, argv: list[bytes]) -> Reply:
    """`carried_out`, and whoever follows commands is told."""
    follow = session.keyspace.follow
    session.command = row, argv
    session.has_reply = session.begins_reply = False
    reply = carried_out(session, row, argv) if follow is None else follow(session, row, argv)
    return with_own_messages(session, row, reply) if session.among_reply else reply


def with_own_messages(session: Session, row: Row, reply: Reply) -> Reply:
    """The reply with what was told in its midst."""
    from ferrous_vm.keyspace.server.reply_order import with_messages

    told, session.among_reply = session.among_reply, []
    return with_messages(row, reply, told)


def carried_out(session: Session, row: Row, argv: list[bytes]) -> Reply:
    """`call`, timed if the command may be slow or the slow log asks for quick ones too."""
    if row.fast and not session.keyspace.statistics.times_all:
        return call(session, row, argv)
    return call_timed(session, row, argv)


def unknown_command(session: Session, argv: list[bytes]) -> ErrorReply:
    """The reply to a command or subcommand that does not exist (`commandCheckExistence`, server.c).

    One that Redis has and Ferrous does not offer gets a sentence of ours that tells why.
    """
    commands = session.keyspace.commands
    container, row = commands.by_name.get(argv[0].lower()), _row_of(session, argv)
    if row is not None and not arity_matches(row, len(argv)):
        return ErrorReply(messages.WRONG_ARITY % row.full_name)
    reason = None if row is None else commands.not_offered.get(row.full_name.decode())
    if row is not None and reason is not None:
        return ErrorReply(b"ERR '%b' is not offered by Ferrous: %b" % (row.full_name, reason.encode()))
    if container is not None and container.subcommands:
        subcommand = messages.shown(argv[1], _SHOWN)
        sentence = messages.UNKNOWN_SUBCOMMAND % (subcommand, container.name.upper())
        return ErrorReply(sentence, argv[1], COMMAND)
    profile = session.keyspace.profile
    sentences = profile.sentences
    if len(argv) == 1 and profile.no_arguments_are_not_shown:
        return ErrorReply(b"ERR unknown command '%b'" % messages.shown(argv[0], _SHOWN), argv[0], COMMAND)
    arguments = b""
    for argument in argv[1:]:
        if len(arguments) >= _SHOWN:
            break
        arguments += sentences.argument_at_large % messages.shown(argument, _SHOWN - len(arguments))
    return ErrorReply(
        sentences.unknown_at_large % (messages.shown(argv[0], sentences.longest_unknown), arguments), argv[0], COMMAND
    )


def _row_of(session: Session, argv: list[bytes]) -> Row | None:
    """The row of a command that the server has, whether Ferrous offers it or not."""
    row = session.keyspace.commands.by_name.get(argv[0].lower())
    return row.subcommands.get(argv[1].lower()) if row is not None and row.subcommands else row


__all__ = [
    "arity_matches",
    "call",
    "call_timed",
    "carry_out",
    "execute",
    "failed",
    "find_command",
    "tell_time",
    "unknown_command",
]
