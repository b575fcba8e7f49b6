"""One place where a command becomes a reply, for clients and scripts alike (`processCommand` and `call`, server.c).

`execute` is what a client uses. A script's call makes checks of its own between the pieces, so they stand apart:
`find_command` and `arity_matches` (command.py), `unknown_command`, `call`.
"""

from __future__ import annotations

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.admission import abort_exec, admit, refuse
from ferrous_vm.keyspace.command import TABLE, Row, arity_matches, find_command
from ferrous_vm.keyspace.replies import ErrorReply, Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.support import NOT_OFFERED

_SHOWN = 128
"""Bytes of a command that an "unknown command" error shows (`commandCheckExistence`)."""


def execute(session: Session, argv: list[bytes]) -> Reply:
    """Run the command `argv` for `session` and answer its reply. Never raises for what a user sends."""
    row = find_command(argv)
    if row is None:
        return refuse(session, unknown_command(argv))
    arity = row.arity
    argc = len(argv)
    if argc != arity and not (arity < 0 and argc >= -arity):
        error = ErrorReply(messages.WRONG_ARITY % row.full_name)
        return refuse(session, error) if row.full_name != b"exec" else abort_exec(session, error)
    if session.gated:
        return admit(session, row, argv, call)
    return call(session, row, argv)


def call(session: Session, row: Row, argv: list[bytes]) -> Reply:
    """Run the handler of `row`, which must have one; its refusal becomes an ErrorReply."""
    try:
        return row.handler(session, argv)  # type: ignore[misc]
    except CommandError as error:
        return ErrorReply(error.message.strip(b"\r\n"))
    except MemoryError:
        return ErrorReply(messages.OUT_OF_MEMORY)


def unknown_command(argv: list[bytes]) -> ErrorReply:
    """The reply to a command or subcommand that does not exist (`commandCheckExistence`, server.c).

    One that Redis has and Ferrous does not offer gets a sentence of ours that tells why.
    """
    container = TABLE.get(argv[0].lower())
    row = container
    if container is not None and container.subcommands:
        row = container.subcommands.get(argv[1].lower())
    if row is not None and not arity_matches(row, len(argv)):
        return ErrorReply(messages.WRONG_ARITY % row.full_name)
    reason = None if row is None else NOT_OFFERED.get(row.full_name.decode())
    if row is not None and reason is not None:
        return ErrorReply(b"ERR '%b' is not offered by Ferrous: %b" % (row.full_name, reason.encode()))
    if container is not None and container.subcommands:
        subcommand = messages.shown(argv[1], _SHOWN)
        return ErrorReply(messages.UNKNOWN_SUBCOMMAND % (subcommand, container.name.upper()))
    arguments = b""
    for argument in argv[1:]:
        if len(arguments) >= _SHOWN:
            break
        arguments += b"'%b' " % messages.shown(argument, _SHOWN - len(arguments))
    return ErrorReply(messages.UNKNOWN_COMMAND % (messages.shown(argv[0], _SHOWN), arguments))


__all__ = ["arity_matches", "call", "execute", "find_command", "unknown_command"]
