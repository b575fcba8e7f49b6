"""The reply of HELP subcommands (networking.c `addReplyHelp`)."""

from __future__ import annotations

from collections.abc import Sequence

from ferrous_vm.keyspace.replies import Reply, Status


def subcommand_help(container: bytes, lines: Sequence[bytes]) -> Reply:
    """The lines of a container's HELP between the heading and the entry for HELP itself."""
    heading = b"%b <subcommand> [<arg> [value] [opt] ...]. Subcommands are:" % container.upper()
    return [Status(line) for line in (heading, *lines, b"HELP", b"    Prints this help.")]
