"""SAVE, BGSAVE and BGREWRITEAOF (rdb.c, aof.c; https://redis.io/commands/save), for the suites of tests at an endpoint.

There is no disk: what was saved last is kept in memory until the server ends, and DEBUG RELOAD NOSAVE reads it. Whoever
has no endpoint is told how to keep a keyspace.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.arguments.readings import OPTION, SURPLUS
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.replies import OK, Reply, Status
from ferrous_vm.keyspace.session import Session

_NO_DISK: Final = b"ERR '%b' is not offered by Ferrous: there is no disk; export the keyspace instead"
_SAVING: Final = Status(b"Background saving started")
_REWRITING: Final = Status(b"Background append only file rewriting started")


class SavedFile(NamedTuple):
    """What a disk would hold."""

    data: bytes
    """An RDB file."""
    milliseconds: int
    """When it was saved."""


def save(keyspace: Keyspace) -> SavedFile:
    """Save everything, and answer it."""
    from ferrous_vm.keyspace.encodings.rdb_files import save_file

    keyspace.saved = saved = SavedFile(save_file(keyspace, keyspace.library_sources()), keyspace.milliseconds())
    return saved


def _save_at_endpoint(session: Session, name: bytes) -> None:
    if session.keyspace.end is None:
        raise CommandError(_NO_DISK % name)
    save(session.keyspace)


@command("SAVE")
def save_(session: Session, argv: list[bytes]) -> Reply:
    """SAVE"""
    _save_at_endpoint(session, b"save")
    return OK


@command("BGSAVE")
def bgsave(session: Session, argv: list[bytes]) -> Reply:
    """BGSAVE [SCHEDULE]: it has been saved when this is answered"""
    if len(argv) > 2:
        raise CommandError(messages.SYNTAX, argv[2], SURPLUS)
    if len(argv) == 2 and keyword(argv[1]) != b"schedule":
        raise CommandError(messages.SYNTAX, argv[1], OPTION)
    _save_at_endpoint(session, b"bgsave")
    return _SAVING


@command("BGREWRITEAOF")
def bgrewriteaof(session: Session, argv: list[bytes]) -> Reply:
    """BGREWRITEAOF"""
    _save_at_endpoint(session, b"bgrewriteaof")
    return _REWRITING


@command("LASTSAVE")
def lastsave(session: Session, argv: list[bytes]) -> Reply:
    """LASTSAVE: before anything was saved, when the keyspace began"""
    return session.keyspace.last_saved // 1000
