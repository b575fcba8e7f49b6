"""CLUSTER and its companions (cluster.c): a single server answers each of them the same, once its arity is right."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.command_table import rows
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session

_DISABLED: Final = b"ERR This instance has cluster support disabled"

_NAMES: Final = [row.full_name.decode().upper() for row in rows() if row.container and row.container.name == b"cluster"]


@command("ASKING", "READONLY", "READWRITE", *_NAMES)
def refuse(session: Session, argv: list[bytes]) -> Reply:
    """Any of them, CLUSTER HELP included"""
    raise CommandError(_DISABLED)
