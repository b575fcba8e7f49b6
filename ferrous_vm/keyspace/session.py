"""What a connection is to the keyspace: the selected database, the protocol, its name, and its transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.keyspace import Keyspace

if TYPE_CHECKING:
    from ferrous_vm.keyspace.command import Row


class Watch:
    """One key that one session watches."""

    __slots__ = ("database", "expired", "key", "session")

    def __init__(self, session: Session, database: Database, key: bytes, expired: bool) -> None:
        self.session = session
        self.database = database
        self.key = key
        self.expired = expired
        """The key's time had come when WATCH did, though nobody had deleted it: deleting it is no change."""


class Session:
    """One client, or one script's client. Handlers read `database`, `protocol` and `keyspace` from it."""

    __slots__ = (
        "client_id",
        "created",
        "database",
        "extensions",
        "gated",
        "in_exec",
        "keyspace",
        "name",
        "protocol",
        "queue",
        "queue_failed",
        "script",
        "subscribed",
        "watch_failed",
        "watched",
    )

    def __init__(self, keyspace: Keyspace, *, client_id: int | None = None) -> None:
        if client_id is None:
            client_id = keyspace.next_client_id
            keyspace.next_client_id += 1
        self.keyspace = keyspace
        self.client_id = client_id
        self.created = keyspace.milliseconds()
        self.name = b""
        self.protocol = 2
        self.database: Database = keyspace.databases[0]
        self.script: Any = None
        """None for a client; set by the scripting layer on the session its scripts use."""
        self.gated = False
        """True while commands must pass `admission.admit` before they run: inside MULTI, or subscribed."""
        self.queue: list[tuple[Row, list[bytes]]] | None = None
        """The commands since MULTI; None outside a transaction."""
        self.queue_failed = False
        """A command was refused while queueing: EXEC answers EXECABORT."""
        self.in_exec = False
        self.watched: list[Watch] = []
        self.watch_failed = False
        """A watched key was touched: EXEC answers null."""
        self.subscribed = False
        """Subscribed to a channel or pattern; pub/sub sets it, with `gated`."""
        self.extensions: dict[str, Any] = {}
        """State of subsystems that hang on a connection (subscriptions), by the name of their module."""

    def select(self, index: int) -> None:
        """Use database `index` from now on; the journal takes a selection back too."""
        journal = self.keyspace.journal
        if journal is not None:
            journal.note(self._use, self.database)
        self.database = self.keyspace.databases[index]

    def _use(self, database: Database) -> None:
        self.database = database

    def refresh_gate(self) -> None:
        """Recompute `gated` after the transaction or the subscriptions changed."""
        self.gated = self.queue is not None or self.subscribed

    @property
    def may_block(self) -> bool:
        """False inside scripts and transactions, where blocking commands answer at once (`CLIENT_DENY_BLOCKING`)."""
        return self.script is None and not self.in_exec
