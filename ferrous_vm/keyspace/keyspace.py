"""The server's state: sixteen databases, the clock, randomness, configuration, and the journal.

Knows no Lua, and of its clients only which there are. Time and randomness come in through the constructor, so that a
run can be repeated.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

from ferrous_vm.bounds import Bounds
from ferrous_vm.errors import StateError
from ferrous_vm.keyspace.access.denials import Denied
from ferrous_vm.keyspace.access.users import DEFAULT_USER, User, default_user
from ferrous_vm.keyspace.changes import changes_of, has_changes
from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.journal import Journal, KeyChange, Opposite, Record, Recorder
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.keyspace.server.configuration import Configuration
from ferrous_vm.keyspace.server.events import EXPIRED
from ferrous_vm.keyspace.server.statistics import Statistics
from ferrous_vm.keyspace.server.thresholds import Thresholds
from ferrous_vm.limits import Limits
from ferrous_vm.progress import Progress, unwatched

if TYPE_CHECKING:
    from ferrous_vm.keyspace.cluster import Cluster
    from ferrous_vm.keyspace.command_table import Row
    from ferrous_vm.keyspace.replies import Reply
    from ferrous_vm.keyspace.session import Session

DATABASES: Final = 16
"""Databases of a server (`databases` in redis.conf)."""


def _system_clock() -> int:
    return time.time_ns() // 1000


def no_sleep(seconds: float) -> None:
    """Nobody waits."""


class Keyspace:
    """Everything one Redis server stores.

    `clock` answers Unix microseconds; `seed` feeds every random choice of a command (`randrange` below it).
    """

    def __init__(
        self,
        *,
        clock: Callable[[], int] = _system_clock,
        seed: int | None = None,
        profile: Profile = REDIS_7_0_15,
        cluster: Cluster | None = None,
    ) -> None:
        self.clock = clock
        self.random = random.Random(seed)
        self.profile: Final = profile
        self.commands: Final = profile.commands
        """The commands there are."""
        self.thresholds = Thresholds(profile, set_entries=profile.set_entries)
        self.bounds: Final = Bounds(Limits())
        """What one command may make, for whoever calls it."""
        self.configuration = Configuration(self.thresholds, profile.parameters)
        self.cluster: Cluster | None = None
        """The nodes that this server is one of; None for a server alone, which pays nothing for them."""
        self.statistics = Statistics(self.thresholds)
        self.journal: Journal | None = None
        self.attached: Final[list[Recorder]] = []
        self.expire_fields: Callable[[], None] | None = None
        """Deletes the fields of hashes whose end has come, once there was one that has an end (`timed_fields.py`)."""
        make = profile.make_databases
        self.databases: Final[list[Database]] = (
            [Database(self, index) for index in range(DATABASES)] if make is None else make(self, DATABASES)
        )
        self.extensions: Final[dict[str, Any]] = {}
        self.clients: Final[WeakValueDictionary[int, Session]] = WeakValueDictionary()
        """The connected clients by their id; one that nobody holds any more is gone."""
        self.default_user: Final = default_user()
        self.users: Final[dict[bytes, User]] = {DEFAULT_USER: self.default_user}
        self.denials: Final[list[Denied]] = []
        """What ACL LOG shows, the latest first (`access_log.py`)."""
        self.shuffle: Any = None
        """A `shuffling.Shuffle` arranges what Redis gives no order; None leaves it as it was inserted."""
        self.publish: Callable[[bytes, bytes], object] | None = None
        """Sends a message to who subscribed to its channel; None while nobody ever subscribed (`pubsub.py`)."""
        self.told: Final[dict[int, None]] = {}
        """The ids of clients that have been told something and not fetched it (`mailboxes.py`)."""
        self.follow: Callable[[Session, Row, list[bytes]], Reply] | None = None
        """Carries out a command where somebody follows them all, by MONITOR or with keys tracked (`followed.py`); None
        while nobody does."""
        self.tracking: Any = None
        """A `tracking.TrackingTable` knows who has which keys in a cache; None while nobody ever tracked any."""
        self.monitors: Any = None
        """A `monitors.Monitors` tells of every command; None while nobody asked for that."""
        self.current: Session | None = None
        """Whose command is looked at or carried out, where that must pass `admission.admit`."""
        self.executes = False
        """That command has begun."""
        self.gauges: Final[dict[str, Callable[[], int]]] = {}
        """Fields of INFO whose values belong to other layers: how many scripts are cached, for example."""
        self.debugger: Any = None
        """Who is asked with each command of a client, and told of its end, once one of them debugs scripts:
        `Client.execute`."""
        self.busy: Any = None
        """The refusal of most commands, an ErrorReply, while a script takes too long and others come to word beside it:
        `server/busy.py`."""
        self.library_sources: Callable[[], Iterable[bytes]] = tuple
        """The sources of the function libraries, which are in a file of everything."""
        self.end: Callable[[], object] | None = None
        """Ends the server for SHUTDOWN; None where it lives as long as its host."""
        self.saved: Any = None
        """What was saved last, a `saving.SavedFile`; None while nothing was."""
        self.waiters: Any = None
        """A `waiting.Waiters` knows who waits; None while nobody ever did."""
        self.next_client_id = 1
        self.out_of_memory = False
        """What `memory_limit.check` last found, which the scripts of the command go by (`server.script_oom`)."""
        self.sleep: Callable[[float], object] = no_sleep
        """Lets seconds pass for DEBUG SLEEP, where time passes while a command runs."""
        self.scripts_may_all = False
        """Scripts may call what Redis keeps from them (DEBUG SET-DISABLE-DENY-SCRIPTS)."""
        self.active_expire = True
        """Whether keys are deleted that have expired and that nobody looked up."""
        self.frozen: int | None = None
        """The Unix milliseconds that decide whether a key has expired; None while the clock does (see `freeze`)."""
        self._time_stands: Final = profile.time_stands_in_scripts
        self._moment = 0
        """When the time was frozen, in Unix microseconds."""
        self.created = self.milliseconds()
        if cluster is not None:
            self.join(cluster)

    @property
    def last_saved(self) -> int:
        """When something was saved last, in Unix milliseconds, or the keyspace began."""
        return self.created if self.saved is None else self.saved.milliseconds

    # Users

    def put_user(self, user: User) -> None:
        """There is one user more."""
        self.users[user.name] = user
        if self.journal is not None:
            self.journal.note(self._forget_user, user.name)

    def remove_user(self, name: bytes) -> User:
        """Forget the user, and answer it."""
        user = self.users.pop(name)
        if self.journal is not None:
            self.journal.note(self._restore_user, user)
        return user

    def _forget_user(self, name: bytes) -> Opposite:
        return partial(self._restore_user, self.users.pop(name))

    def _restore_user(self, user: User) -> Opposite:
        self.users[user.name] = user
        return partial(self._forget_user, user.name)

    # Time

    def microseconds(self) -> int:
        """Unix time in microseconds, as TIME answers it."""
        if self._time_stands and self.frozen is not None:
            return self._moment
        return self.clock()

    def milliseconds(self) -> int:
        """Unix time in milliseconds, which expiry times are counted from (`mstime`)."""
        if self._time_stands and self.frozen is not None:
            return self._moment // 1000
        return self.clock() // 1000

    def expiry_now(self) -> int:
        """The time that decides whether a key has expired: frozen while a script or EXEC runs (`keyIsExpired`)."""
        frozen = self.frozen
        return self.clock() // 1000 if frozen is None else frozen

    def moment(self) -> int:
        """The Unix time in microseconds that decides what has expired: when it was frozen, or now."""
        return self.clock() if self.frozen is None else self._moment

    def freeze(self, at: int | None = None) -> None:
        """From now on no key expires that has not expired now, or at `at`, in Unix milliseconds.

        Whoever freezes the time puts back what `frozen` was, on every way out; within a frozen time it stays as it is.
        """
        if self.frozen is None:
            self._moment = self.clock() if at is None else at * 1000
            self.frozen = self._moment // 1000

    @property
    def tells_of_expiry(self) -> bool:
        """Whether somebody is told when a key expires."""
        return bool(self.thresholds.events & EXPIRED) or (self.tracking is not None and self.tracking.is_needed)

    def expire_due(self) -> None:
        """Delete what has expired and nobody looked at: fields, and keys if that is told of to somebody."""
        if self.expire_fields is not None:
            self.expire_fields()
        if self.tells_of_expiry:
            for database in self.databases:
                database.purge_expired()

    # The journal

    def open_journal(self) -> Journal:
        """Begin to record every change. Raises StateError when a journal is open already: use its savepoints."""
        if self.journal is not None:
            raise StateError("an open journal", "none")
        self.journal = Journal()
        for database in self.databases:
            database.attentive = True
        return self.journal

    def close_journal(self) -> None:
        """Forget the records; the changes stay."""
        self.journal = None
        self.refresh_attention()

    def undo(self, mark: int = 0, progress: Progress = unwatched) -> list[Callable[[], Opposite]]:
        """Take back every change since the savepoint `mark` of the open journal; answers as `Journal.undo`."""
        return self._open().undo(mark, progress)

    def changes(self, mark: int = 0, progress: Progress = unwatched) -> list[KeyChange]:
        """What differs from the savepoint `mark`, per key, in the order the keys were first touched."""
        return changes_of(self._open().records[mark:], progress)

    def has_changed(self, mark: int = 0) -> bool:
        """Whether anything differs from the savepoint `mark`, in a database or elsewhere."""
        records = self._open().records[mark:]
        return any(record.database is None for record in records) or has_changes(records)

    @property
    def open_records(self) -> list[Record]:
        """The records of the open journal, as they grow and shrink. Raises StateError if there is none."""
        return self._open().records

    def _open(self) -> Journal:
        if self.journal is None:
            raise StateError("no journal", "an open journal")
        return self.journal

    @property
    def gates_all(self) -> bool:
        """Whether every command must pass `admission.admit`: there is a memory limit, every command is timed, keys
        that expire are told of, fields expire, other nodes have other keys, somebody waits or follows, or a script is
        busy."""
        return (
            self.thresholds.memory > 0
            or self.statistics.times_all
            or bool(self.thresholds.events & EXPIRED)
            or self.expire_fields is not None
            or self.cluster is not None
            or (self.waiters is not None and self.waiters.is_needed)
            or self.follow is not None
            or self.busy is not None
        )

    def join(self, cluster: Cluster | None) -> None:
        """From now on the server is one node of a cluster; None: it is alone. What is stored stays."""
        self.cluster = cluster
        self.configuration.set(b"cluster-enabled", b"no" if cluster is None else b"yes")
        self.refresh_gates()

    def refresh_gates(self) -> None:
        """Let every client know that what commands must pass has changed."""
        for client in self.clients.values():
            client.refresh_gate()

    def refresh_attention(self) -> None:
        """Attach and detach listeners after a journal or a watch came or went."""
        is_attentive = self.journal is not None or (self.tracking is not None and self.tracking.is_needed)
        for database in self.databases:
            database.attentive = is_attentive or bool(database.watchers) or bool(database.awaited)
        if not any(database.attentive for database in self.databases):
            for recorder in self.attached:
                recorder.value.recorder = None
            self.attached.clear()
