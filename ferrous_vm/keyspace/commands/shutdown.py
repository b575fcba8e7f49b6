"""SHUTDOWN (db.c; https://redis.io/commands/shutdown), where there is somebody who can end the server."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.arguments.readings import OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.replies import NO_REPLY, Reply
from ferrous_vm.keyspace.session import Session

_NOBODY_ENDS: Final = b"ERR 'shutdown' is not offered by Ferrous: the server lives as long as its host"
_NO_DISK: Final = b"ERR Errors trying to SHUTDOWN. Check logs."

_OPTIONS: Final = frozenset((b"nosave", b"save", b"now", b"force", b"abort"))


@command("SHUTDOWN")
def shutdown(session: Session, argv: list[bytes]) -> Reply:
    """SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]"""
    keyspace = session.keyspace
    if keyspace.end is None:
        raise CommandError(_NOBODY_ENDS)
    said = set()
    for option in argv[1:]:
        if keyword(option) not in _OPTIONS:
            raise CommandError(messages.SYNTAX, option, OPTION)
        said.add(keyword(option))
    if (b"abort" in said and len(said) > 1) or {b"save", b"nosave"} <= said:
        raise CommandError(messages.SYNTAX)
    if b"abort" in said:
        raise CommandError(b"ERR No shutdown in progress.")
    if keyspace.busy is not None and b"nosave" not in said:
        raise CommandError(keyspace.busy.message)
    if b"save" in said and b"force" not in said:
        raise CommandError(_NO_DISK)
    keyspace.end()
    return NO_REPLY
