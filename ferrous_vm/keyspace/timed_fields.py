"""A database of a server whose hashes can have fields with an end (Redis 7.4, Valkey 9.0), and when those are deleted.

Only such servers have one: `Keyspace` takes it instead of `Database` where its profile says so, and the plain ones pay
nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from ferrous_vm.keyspace.database import CollectionT, Database, Value
from ferrous_vm.keyspace.journal import Opposite
from ferrous_vm.keyspace.server.events import HASH
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.timed_hashes import NEVER, Alarm, TimedHash, Timing

if TYPE_CHECKING:
    from ferrous_vm.keyspace.keyspace import Keyspace

_CYCLE: Final = 100
"""Milliseconds between two active cycles of a server (`hz` 10): a field is deleted that was due for so long."""


class TimedDatabase(Database):
    """A database that knows which of its hashes are timed."""

    __slots__ = ("alarm", "timed")

    def __init__(self, keyspace: Keyspace, index: int, alarm: Alarm) -> None:
        super().__init__(keyspace, index)
        self.alarm = alarm
        self.timed: set[bytes] = set()
        """The keys of all timed hashes, and some that are none any more."""

    def find(self, key: bytes, kind: type[CollectionT]) -> CollectionT | None:
        """As `Database.find`; what is due in a timed hash is hidden."""
        value = super().find(key, kind)
        if type(value) is TimedHash:
            value.settle(self.keyspace.expiry_now())
        return value

    def lookup(self, key: bytes) -> Value | None:
        """As `Database.lookup`; what is due in a timed hash is hidden."""
        value = super().lookup(key)
        if type(value) is TimedHash:
            value.settle(self.keyspace.expiry_now())
        return value

    def timed_hash(self, key: bytes, hash_: Hash) -> TimedHash:
        """The hash at `key`, which becomes a timed one if it is none."""
        if not isinstance(hash_, TimedHash):
            if hash_.recorder is not None:
                order = () if hash_.is_table else tuple(hash_.fields)
                hash_.recorder.record_unseen(self._become_plain, hash_, None, key, hash_.is_table, order)
            hash_.timing = Timing(self.alarm)
            self._become_timed(key, hash_)
        assert isinstance(hash_, TimedHash)
        return hash_

    def _become_timed(self, key: bytes, hash_: Hash) -> None:
        hash_.__class__ = TimedHash
        if not self.alarm.sorts:
            hash_.is_table = True
        self._know(key)

    def _become_plain(self, hash_: Hash, _: None, key: bytes, is_table: bool, order: tuple[bytes, ...]) -> Opposite:
        again = partial(self._become_timed, key, hash_)
        hash_.__class__ = Hash
        hash_.is_table = is_table
        if not is_table:  # as a table it may have lost the order of its fields
            hash_.fields = {field: hash_.fields[field] for field in order}
        return again

    # Which hashes are timed

    def timed_count(self) -> int:
        """As `Database.timed_count`."""
        values = (self.entries.get(key) for key in self.timed)
        return sum(type(value) is TimedHash and value.earliest() < NEVER for value in values)

    def put(self, key: bytes, value: Value) -> None:
        """As `Database.put`."""
        super().put(key, value)
        self._look_at(key, value)

    def restore_key(self, key: bytes, value: Value | None, expiry: int | None) -> Opposite:
        """As `Database.restore_key`."""
        again = super().restore_key(key, value, expiry)
        self._look_at(key, value)
        return again

    def _restore_all(self, entries: dict[bytes, Value], expiries: dict[bytes, int]) -> Opposite:
        again = super()._restore_all(entries, expiries)
        for key, value in entries.items():
            self._look_at(key, value)
        return again

    def _look_at(self, key: bytes, value: Value | None) -> None:
        if type(value) is TimedHash:
            self._know(key)
            value.timing.alarm = self.alarm
            self.alarm.at = min(self.alarm.at, value.earliest())

    def _know(self, key: bytes) -> None:
        self.timed.add(key)
        keyspace = self.keyspace
        if keyspace.expire_fields is None:
            keyspace.expire_fields = partial(_delete_overdue, keyspace, self.alarm)
            keyspace.refresh_gates()

    # The active cycle

    def delete_overdue(self, since: int) -> int:
        """Delete the fields that have been due since `since`; answers when the next of those left is due."""
        earliest = NEVER
        for key in list(self.timed):
            hash_ = self.entries.get(key)
            if type(hash_) is not TimedHash:
                self.timed.discard(key)
                continue
            if hash_.earliest() < since and self.lookup(key) is hash_:
                self.expire_fields(key, hash_, hash_.overdue(since))
            earliest = min(earliest, hash_.earliest())
        return earliest

    def expire_fields(self, key: bytes, hash_: TimedHash, fields: list[bytes]) -> None:
        """Delete fields that are due, and the key with the last of all."""
        for field in fields:
            hash_.discard(field)
        self.keyspace.statistics.expired_fields += len(fields)
        if self.thresholds.events:
            self.tell(HASH, b"hexpired", key)
        self.remove_if_empty(key, hash_)


def timed_databases(keyspace: Keyspace, count: int) -> list[Database]:
    """The databases of such a server."""
    rules = keyspace.profile.field_rules
    alarm = Alarm(sorts=rules is not None and rules.sorts)
    return [TimedDatabase(keyspace, index, alarm) for index in range(count)]


def _delete_overdue(keyspace: Keyspace, alarm: Alarm) -> None:
    """What the active cycle has deleted by now."""
    since = keyspace.expiry_now() - _CYCLE
    if alarm.at < since and keyspace.active_expire:
        timed = [database for database in keyspace.databases if isinstance(database, TimedDatabase)]
        alarm.at = min(database.delete_overdue(since) for database in timed)
