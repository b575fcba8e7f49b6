"""SCRIPT SHOW of Valkey 8.0 (eval.c)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.readings import NAME
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.scripting.host import scripting_of

_NO_SCRIPT: Final = b"NOSCRIPT No matching script."


@command("SCRIPT|SHOW")
def script_show(session: Session, argv: list[bytes]) -> Reply:
    """SCRIPT SHOW sha1"""
    script = scripting_of(session).scripts.get(argv[2].lower())
    if script is None:
        raise CommandError(_NO_SCRIPT, argv[2], NAME)
    return script.source
