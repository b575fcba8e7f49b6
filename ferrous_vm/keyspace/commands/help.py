"""What containers answer for all their subcommands alike: HELP, and a form that fits none (networking.c)."""

from __future__ import annotations

from collections.abc import Sequence

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.replies import Reply, Status
from ferrous_vm.keyspace.session import Session


def subcommand_syntax(argv: list[bytes], word: bytes | None = None, reading: str = "") -> CommandError:
    """The refusal of a subcommand whose arguments have no known form (`addReplySubcommandSyntaxError`): raise it.

    `word` and `reading`: where it is one of them that is refused.
    """
    container, subcommand = argv[0].upper(), messages.shown(argv[1], 128)
    return CommandError(messages.UNKNOWN_SUBCOMMAND_OR_ARITY % (subcommand, container), word, reading)


def subcommand_help(session: Session, container: bytes, lines: Sequence[bytes]) -> Reply:
    """A container's HELP; `lines` are those of Redis 7.0.15 between the heading and the entry for HELP itself."""
    if session.keyspace.profile.predecessor is not None:
        from ferrous_vm.keyspace.profiles.tables import patched

        recorded = patched(session.keyspace.profile, "help", {}).get(container.decode().lower())
        if recorded is not None:
            return [Status(line.encode()) for line in recorded]
    heading = b"%b <subcommand> [<arg> [value] [opt] ...]. Subcommands are:" % container.upper()
    return [Status(line) for line in (heading, *lines, b"HELP", b"    Prints this help.")]
