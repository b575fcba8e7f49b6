"""What may be carried out while a script takes too long (`processCommand`, `CMD_ALLOW_BUSY`, server.c)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.session import Session

_WITHOUT_FLAGS: Final = frozenset((
    b"auth", b"hello", b"replconf", b"multi", b"discard", b"watch", b"unwatch", b"reset", b"quit",
))  # fmt: skip
"""The commands that Redis 6.2 lets pass, whose table has no flag for it (server.c)."""

_WITH_ARGUMENT: Final[dict[bytes, bytes]] = {b"shutdown": b"n", b"script": b"k"}
"""Those that it lets pass with one argument, which begins with this letter."""


def may_run_meanwhile(session: Session, row: Row, argv: list[bytes]) -> bool:
    """Whether the command may be carried out beside a busy script."""
    if not session.keyspace.profile.subcommands_are_arguments:
        return "allow_busy" in row.flags
    name = row.command_name
    letter = _WITH_ARGUMENT.get(name)
    return name in _WITHOUT_FLAGS or (letter is not None and len(argv) == 2 and argv[1][:1].lower() == letter)
