"""What a connection is to the keyspace: the selected database, the protocol, its name, and its transaction."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from ferrous_vm.keyspace.access.users import User
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.database import Database, Value, Watch
from ferrous_vm.keyspace.journal import Opposite
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.types.encoded_texts import encoded
from ferrous_vm.records import MutableRecord, field


class Tracking(MutableRecord):
    """What CLIENT TRACKING was told (`server/tracking.py`)."""

    bcast: bool = False
    optin: bool = False
    optout: bool = False
    noloop: bool = False
    caching: bool = False
    """CLIENT CACHING came before, until the next command or transaction has ended."""
    redirect: int = 0
    """The id of the client that is told instead; 0: none."""
    is_broken: bool = False
    """There was something to tell, and no such client any more."""
    prefixes: list[bytes] = field(factory=list)


_FIRST_PORT: Final = 50_000
"""Clients have addresses in name only: 127.0.0.1 and this port plus their id."""
SERVER_ADDRESS: Final = b"127.0.0.1:6379"


def _nothing() -> int:
    return 0


class Session:
    """One client, or one script's client. Handlers read `database`, `protocol` and `keyspace` from it.

    A client registers with its keyspace for CLIENT LIST and the like; a script's session is given the `client_id` of
    the client that runs it and does not.
    """

    __slots__ = (
        "__weakref__",
        "address",
        "among_reply",
        "authenticated",
        "begins_reply",
        "client_id",
        "closing",
        "command",
        "created",
        "database",
        "encoded",
        "extensions",
        "find_command",
        "gated",
        "has_reply",
        "in_exec",
        "is_one_stream",
        "keyspace",
        "last_command",
        "last_interaction",
        "library",
        "local_address",
        "may_wait",
        "monitors",
        "name",
        "no_evict",
        "on_reset",
        "protocol",
        "queue",
        "queue_failed",
        "reads_replicas",
        "reply_mode",
        "script",
        "slot",
        "statistics",
        "subscribed",
        "subscription_counts",
        "tracking",
        "unsent",
        "user",
        "waiting",
        "watched",
    )

    def __init__(self, keyspace: Keyspace, *, client_id: int | None = None) -> None:
        if client_id is None:
            client_id = keyspace.next_client_id
            keyspace.next_client_id += 1
            keyspace.clients[client_id] = self
        self.keyspace = keyspace
        self.find_command = keyspace.commands.find
        self.user = keyspace.default_user
        """Whose permissions the commands need."""
        self.authenticated = not self.user.needs_login
        """False until somebody logs in, while nobody is the default user without a password."""
        self.statistics = keyspace.statistics
        self.client_id = client_id
        self.address = b"127.0.0.1:%d" % (_FIRST_PORT + client_id) if client_id else b"?:0"
        """What others are told of where the client is; a name only, unless a host knows better."""
        self.local_address = SERVER_ADDRESS
        """The server's end of the connection; likewise."""
        self.unsent: Callable[[], int] = _nothing
        """How many bytes of replies have not gone, as far as a host knows."""
        self.created = keyspace.milliseconds()
        self.last_interaction = self.created
        """When the connection last brought a command, in Unix milliseconds; kept by who holds the connection."""
        self.last_command: Row | None = None
        """What the client asked for last; None if there is no such command."""
        self.command: tuple[Row, list[bytes]] | None = None
        """What is carried out for the client, where it had to pass `admission.admit`."""
        self.has_reply = False
        """The reply to that was written already: what it goes on to tell its own client comes behind."""
        self.begins_reply = False
        """It was only begun: what it tells now goes out in its midst."""
        self.among_reply: list[Any] = []
        """What was told in its midst."""
        self.no_evict = False
        """What CLIENT NO-EVICT said."""
        self.name = b""
        self.library = (b"", b"")
        """The name and the version of the client's library, as CLIENT SETINFO was told (Redis 7.2)."""
        self.protocol = 2
        self.database: Database = keyspace.databases[0]
        self.encoded: Callable[[bytes], Value] = encoded
        """What a string is stored as that a command was given."""
        self.script: Any = None
        """None for a client; set by the scripting layer on the session its scripts use."""
        self.gated = keyspace.gates_all or self.is_checked
        """True while commands must pass `admission.admit` before they run: see `refresh_gate`."""
        self.queue: list[tuple[Row, list[bytes]]] | None = None
        """The commands since MULTI; None outside a transaction."""
        self.queue_failed = False
        """A command was refused while queueing: EXEC answers EXECABORT."""
        self.in_exec = False
        self.watched: set[Watch] = set()
        self.subscribed = False
        """Subscribed to a channel or pattern; pub/sub sets it and calls `refresh_gate`."""
        self.subscription_counts = (0, 0, 0)
        """Channels, patterns and shard channels, kept by pub/sub."""
        self.reply_mode = b"on"
        """What CLIENT REPLY said last: see `admission.audible`."""
        self.is_one_stream = False
        """Replies and messages go out as one stream of bytes, so that their order matters within a transaction too."""
        self.monitors = False
        """MONITOR was said: the client is told of every command."""
        self.tracking: Tracking | None = None
        self.reads_replicas = False
        """READONLY was said last, of it and READWRITE: replicas may answer, where there are any."""
        self.slot = -1
        """In a cluster: that of the keys of the command that is carried out, -1 as long as there are none."""
        self.may_wait = False
        """True while a command is carried out whose client can be given its reply later."""
        self.waiting: Any = None
        """What the client waits for, a `waiting.Waiting`; nothing else is carried out for it meanwhile."""
        self.closing = False
        """QUIT or CLIENT KILL: whoever holds the connection closes it after the reply."""
        self.on_reset: list[Callable[[], None]] = []
        """What subsystems do when RESET comes or the connection ends: unsubscribe, for example."""
        self.extensions: dict[str, Any] = {}
        """State of those subsystems, by the name of their module."""

    def select(self, index: int) -> None:
        """Use database `index` from now on; the journal takes a selection back too."""
        journal = self.keyspace.journal
        if journal is not None:
            journal.note(self._use, self.database)
        self.database = self.keyspace.databases[index]

    def _use(self, database: Database) -> Opposite:
        before, self.database = self.database, database
        return partial(self._use, before)

    def discard_transaction(self) -> None:
        """Forget the queue and the watched keys (`discardTransaction`, multi.c)."""
        self.queue = None
        self.queue_failed = False
        self.refresh_gate()
        self.unwatch_all()

    @property
    def watch_failed(self) -> bool:
        """Whether a watched key was touched: EXEC answers null."""
        return any(watch.touched for watch in self.watched)

    def unwatch_all(self) -> None:
        """Watch no key any more, and forget that one was touched (`unwatchAllKeys`)."""
        if not self.watched:
            return
        for entry in self.watched:
            watchers = entry.database.watchers[entry.key]
            watchers.remove(entry)
            if not watchers:
                del entry.database.watchers[entry.key]
        self.watched.clear()
        self.keyspace.refresh_attention()

    def close(self) -> None:
        """The connection has ended: nothing of it stays behind."""
        if self.keyspace.waiters is not None:
            self.keyspace.waiters.forget(self)
        if self.keyspace.debugger is not None:
            self.keyspace.debugger.forget(self)
        self.discard_transaction()
        for action in self.on_reset:
            action()
        self.closing = True
        self.keyspace.clients.pop(self.client_id, None)

    def reset(self) -> None:
        """Everything but the id as it was when the client connected (`resetCommand`)."""
        self.discard_transaction()
        for action in self.on_reset:
            action()
        self.select(0)
        self.user = self.keyspace.default_user
        self.authenticated = not self.user.needs_login
        self.name = b""
        self.protocol = 2
        self.reply_mode = b"skip" if self.reply_mode == b"skip" else b"on"  # the reply to this is skipped all the same
        self.reads_replicas = False
        self.refresh_gate()

    def refresh_gate(self) -> None:
        """Recompute `gated` after what it goes by changed: transaction, subscriptions, permissions, configuration."""
        self.gated = (
            self.keyspace.gates_all
            or self.queue is not None
            or self.subscribed
            or self.reply_mode != b"on"
            or self.is_checked
        )

    @property
    def must_log_in(self) -> bool:
        """Whether only commands that need no login may run (`authRequired`)."""
        return not self.authenticated and self.keyspace.default_user.needs_login

    @property
    def is_checked(self) -> bool:
        """Whether permissions decide about the commands."""
        return self.must_log_in or self.user.is_restricted

    def log_in(self, user: User) -> None:
        """From now on commands run with the permissions of `user`."""
        self.user = user
        self.authenticated = True
        self.refresh_gate()

    @property
    def may_block(self) -> bool:
        """False inside scripts and transactions, where blocking commands answer at once (`CLIENT_DENY_BLOCKING`)."""
        return self.script is None and not self.in_exec
