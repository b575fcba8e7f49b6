"""Whether a command may run now, for sessions in a special state: inside MULTI, or subscribed under RESP2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ferrous_vm.keyspace.command import Row
from ferrous_vm.keyspace.replies import QUEUED, ErrorReply, Reply
from ferrous_vm.keyspace.session import Session

RUN_INSIDE_MULTI: Final = frozenset({b"exec", b"discard", b"multi", b"watch", b"quit", b"reset"})
"""Commands that run at once although a transaction is being queued (`processCommand`)."""

RUN_WHILE_SUBSCRIBED: Final = frozenset(
    b"ping subscribe ssubscribe sunsubscribe unsubscribe psubscribe punsubscribe quit reset".split()
)
"""Commands a RESP2 client may send while it is subscribed (`processCommand`)."""

_SUBSCRIBED = (
    b"ERR Can't execute '%b': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"
)
_NO_MULTI = b"ERR Command not allowed inside a transaction"


def admit(session: Session, row: Row, argv: list[bytes], call: Callable[[Session, Row, list[bytes]], Reply]) -> Reply:
    """Run, queue or refuse the command, in the order of `processCommand`."""
    if session.subscribed and session.protocol == 2 and row.name not in RUN_WHILE_SUBSCRIBED:
        return _reject(session, _SUBSCRIBED % row.full_name)
    if session.queue is None:
        return call(session, row, argv)
    if "no_multi" in row.flags:
        return _reject(session, _NO_MULTI)
    if row.full_name in RUN_INSIDE_MULTI:
        return call(session, row, argv)
    session.queue.append((row, argv))
    return QUEUED


def _reject(session: Session, message: bytes) -> ErrorReply:
    if session.queue is not None:
        session.queue_failed = True
    return ErrorReply(message)
