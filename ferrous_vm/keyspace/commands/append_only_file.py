"""WAITAOF (replication.c of Redis 7.2): there is no append-only file, and there are no replicas."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.parsing import integer_in_range, positive_integer
from ferrous_vm.keyspace.arguments.readings import INTEGER
from ferrous_vm.keyspace.arguments.timeouts import timeout_of
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.blocking import wait_for_replicas
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session

_NO_FILE: Final = b"ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled."


@command("WAITAOF")
def waitaof(session: Session, argv: list[bytes]) -> Reply:
    """WAITAOF numlocal numreplicas timeout"""
    local = integer_in_range(argv[1], 0, 1)
    replicas = positive_integer(argv[2])
    timeout = timeout_of(session.keyspace, argv[3])
    if local:
        raise CommandError(_NO_FILE, argv[1], INTEGER)
    return wait_for_replicas(session, argv, timeout, [0, 0]) if replicas else [0, 0]
