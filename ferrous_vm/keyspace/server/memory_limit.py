"""`maxmemory`: commands that may need more are refused while more is used (`processCommand`, server.c; evict.c).

What is used is an estimate (`memory_usage.py`). Before every command keys go, under a policy that lets them
(`eviction.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.keyspace.server import memory_usage
from ferrous_vm.keyspace.server.eviction import make_room

if TYPE_CHECKING:
    from ferrous_vm.keyspace.command_table import Row
    from ferrous_vm.keyspace.keyspace import Keyspace
    from ferrous_vm.keyspace.session import Session

REFUSAL: Final = ErrorReply(b"OOM command not allowed when used memory > 'maxmemory'.")

Declaration: TypeAlias = "Callable[[Session, list[bytes]], tuple[bool, bool] | None]"
"""Whether what a command would run may need memory, and whether it may write, as that declares it; None if it declares
nothing."""

DECLARATIONS: Final[dict[bytes, Declaration]] = {}
"""By the command's name: the scripting layer fills it with the flags of scripts and functions."""


def check(keyspace: Keyspace) -> bool:
    """Whether more memory is used than `maxmemory` allows when all has gone that may; the keyspace remembers it."""
    is_full = memory_usage.total(keyspace.databases) > keyspace.thresholds.memory and not make_room(keyspace)
    keyspace.out_of_memory = is_full
    return is_full


def needs_memory(session: Session, row: Row, argv: list[bytes]) -> bool:
    """Whether the command may need memory: by its flag, or by those of the script it calls (`getCommandFlags`)."""
    declaration = DECLARATIONS.get(row.full_name)
    declared = None if declaration is None else declaration(session, argv)
    return row.needs_memory if declared is None else declared[0]


def may_write(session: Session, row: Row, argv: list[bytes]) -> bool:
    """Whether the command may write or send something on (`getCommandFlags`, `CMD_MAY_REPLICATE`)."""
    declaration = DECLARATIONS.get(row.full_name)
    declared = None if declaration is None else declaration(session, argv)
    return row.write or row.full_name in _SENT_ON or "may_replicate" in row.flags if declared is None else declared[1]


_SENT_ON: Final = frozenset({b"eval", b"evalsha", b"fcall", b"pfcount", b"publish", b"spublish"})
"""Commands that may change something elsewhere, and do not say so but in Redis 6.2."""
