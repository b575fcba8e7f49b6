"""MONITOR: from now on the client is told of every command (server.c `monitorCommand`)."""

from __future__ import annotations

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.followed import monitors_of
from ferrous_vm.keyspace.replies import NO_REPLY, OK, Reply
from ferrous_vm.keyspace.session import Session


@command("MONITOR")
def monitor(session: Session, argv: list[bytes]) -> Reply:
    """MONITOR: a second time it is not even answered"""
    if not session.may_block:
        raise CommandError(b"ERR MONITOR isn't allowed for DENY BLOCKING client")
    if session.monitors:
        return NO_REPLY
    monitors_of(session.keyspace).add(session)
    return OK
