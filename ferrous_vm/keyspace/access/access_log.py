"""What was denied to whom (acl.c `addACLLogEntry`): what ACL LOG shows."""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.access.denials import Denied, Reason
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.server.client_lines import client_line
from ferrous_vm.keyspace.session import Session

_LENGTH: Final = b"acllog-max-len"
_LOOKED_AT: Final = 10
"""A denial is compared with so many of the latest, to be counted with one that is like it."""


def note(
    session: Session, row: Row, reason: Reason, object_: bytes, *, user: bytes | None = None, in_script: bool = False
) -> None:
    """`session` was denied `row` because of `object_`. `user`: who it wanted to be, when that was denied."""
    keyspace = session.keyspace
    in_transaction = session.in_exec or session.queue is not None
    context = b"lua" if in_script else b"multi" if in_transaction else b"toplevel"
    denied = Denied(
        reason,
        context,
        object_,
        session.user.name if user is None else user,
        keyspace.milliseconds(),
        client_line(session),
    )
    log = keyspace.denials
    for place, known in enumerate(log[:_LOOKED_AT]):
        if known.is_like(denied):
            denied.count = known.count + 1
            del log[place]
            break
    log.insert(0, denied)
    del log[keyspace.configuration.number(_LENGTH) :]
