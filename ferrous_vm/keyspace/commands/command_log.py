"""COMMANDLOG of Valkey 8.1 (commandlog.c): the slow log under a new name, and two logs of sizes, which stay empty."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.counting import at_most
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, integer_in_range, keyword
from ferrous_vm.keyspace.arguments.readings import CHOICE
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.help import subcommand_help
from ferrous_vm.keyspace.replies import OK, Reply
from ferrous_vm.keyspace.session import Session

_KINDS: Final = (b"slow", b"large-request", b"large-reply")
_BAD_KIND: Final = b"ERR type should be one of the following: slow, large-request, large-reply"
_BAD_COUNT: Final = b"ERR count should be greater than or equal to -1"


def _is_slow(word: bytes) -> bool:
    kind = keyword(word)
    if kind not in _KINDS:
        raise CommandError(_BAD_KIND, word, CHOICE)
    return kind == b"slow"


@command("COMMANDLOG|GET")
def get(session: Session, argv: list[bytes]) -> Reply:
    """COMMANDLOG GET count slow | large-request | large-reply"""
    count = integer_in_range(argv[2], -1, INT64_MAX, _BAD_COUNT)
    if not _is_slow(argv[3]):
        return []
    entries = at_most(session.keyspace.statistics.slow, None if count < 0 else count)
    return [list(entry) for entry in entries]


@command("COMMANDLOG|LEN")
def length(session: Session, argv: list[bytes]) -> Reply:
    """COMMANDLOG LEN slow | large-request | large-reply"""
    return len(session.keyspace.statistics.slow) if _is_slow(argv[2]) else 0


@command("COMMANDLOG|RESET")
def reset(session: Session, argv: list[bytes]) -> Reply:
    """COMMANDLOG RESET slow | large-request | large-reply"""
    if _is_slow(argv[2]):
        session.keyspace.statistics.slow.clear()
    return OK


@command("COMMANDLOG|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """COMMANDLOG HELP"""
    return subcommand_help(session, b"COMMANDLOG", ())
