"""Who is told of every command (MONITOR), and how that is written (replication.c `replicationFeedMonitors`).

Imported when somebody asks for it; until then `Keyspace.monitors` is None and nobody pays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from ferrous_vm.keyspace.arguments.quoting import quoted
from ferrous_vm.keyspace.replies import Status
from ferrous_vm.keyspace.server.mailboxes import send
from ferrous_vm.keyspace.server.statistics import redacted

if TYPE_CHECKING:
    from ferrous_vm.keyspace.command_table import Row
    from ferrous_vm.keyspace.keyspace import Keyspace
    from ferrous_vm.keyspace.session import Session

_UNTOLD: Final = frozenset(("admin", "skip_monitor"))
"""Flags of commands that are told of by themselves, or by nobody."""


_NAME: Final = "monitors"


class Monitors:
    """The clients of one server that are told of every command."""

    def __init__(self, keyspace: Keyspace, changed: Callable[[Keyspace], None]) -> None:
        self.keyspace: Final = keyspace
        self._changed: Final = changed
        """Is called when a client comes or goes."""
        self.clients: Final[WeakValueDictionary[int, Session]] = WeakValueDictionary()

    def add(self, session: Session) -> None:
        """From now on the session is told."""
        session.monitors = True
        if _NAME not in session.extensions:
            session.extensions[_NAME] = self
            session.on_reset.append(lambda: self.remove(session))
        self.clients[session.client_id] = session
        self._changed(self.keyspace)

    def remove(self, session: Session) -> None:
        """The session is told no more."""
        session.monitors = False
        if self.clients.pop(session.client_id, None) is not None:
            self._changed(self.keyspace)

    def tell(self, session: Session, row: Row, argv: list[bytes]) -> None:
        """The session, that of a client or of a script, has this command."""
        seconds, fraction = divmod(self.keyspace.clock(), 1_000_000)
        database = session.database.index
        if session.script is not None:
            source = b"lua"
        elif session.address.startswith(b"/"):
            source = b"unix:" + session.address.removesuffix(b":0")
        else:
            source = session.address
        words = b" ".join(map(quoted, redacted(row, argv)))
        line = Status(b"%d.%06d [%d %b] %b" % (seconds, fraction, database, source, words))
        for client in list(self.clients.values()):
            # CLIENT REPLY SKIP, by which a monitor skips the next reply, is told to itself all the same.
            skips_next = client is session and client.reply_mode == b"skip" and row.full_name == b"client|reply"
            if client.reply_mode == b"on" or skips_next:
                send(client, line, late=True if client is session else None)


def is_told(row: Row) -> bool:
    """Whether a command is told of when it has been carried out."""
    return _UNTOLD.isdisjoint(row.flags)
