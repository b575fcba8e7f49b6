"""What clients tell of themselves: CLIENT SETINFO and NO-TOUCH (Redis 7.2), CAPA and IMPORT-SOURCE (Valkey 8).

It is remembered and said back by CLIENT LIST, and has no effect.
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.arguments.readings import CHOICE, NAME, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.connection import looked_at
from ferrous_vm.keyspace.replies import OK, Reply
from ferrous_vm.keyspace.session import Session

_LIBRARY: Final = (b"lib-name", b"lib-ver")
_UNPRINTABLE: Final = b"ERR %b cannot contain spaces, newlines or special characters."
_NO_IMPORT: Final = b"ERR Server is not in import mode"


@command("CLIENT|SETINFO")
def setinfo(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT SETINFO LIB-NAME name | LIB-VER version"""
    attribute = keyword(argv[2])
    if attribute not in _LIBRARY:
        raise CommandError(b"ERR Unrecognized option '%b'" % messages.shown(argv[2]), argv[2], OPTION)
    if any(not 0x21 <= byte <= 0x7E for byte in looked_at(session, argv[3])):
        raise CommandError(_UNPRINTABLE % messages.shown(argv[2]), argv[3], NAME)
    session.library = (argv[3], session.library[1]) if attribute == b"lib-name" else (session.library[0], argv[3])
    return OK


@command("CLIENT|NO-TOUCH")
def no_touch(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT NO-TOUCH ON | OFF: accesses are not timed anyway"""
    if keyword(argv[2]) not in (b"on", b"off"):
        raise CommandError(messages.SYNTAX, argv[2], CHOICE)
    return OK


@command("CLIENT|CAPA")
def capa(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT CAPA capability [capability ...]: unknown ones pass"""
    return OK


@command("CLIENT|IMPORT-SOURCE")
def import_source(session: Session, argv: list[bytes]) -> Reply:
    """CLIENT IMPORT-SOURCE ON | OFF: a server that imports nothing takes OFF only"""
    if keyword(argv[2]) != b"off":
        raise CommandError(_NO_IMPORT, argv[2], CHOICE)
    return OK
