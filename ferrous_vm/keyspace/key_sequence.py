"""The order of keys, taken back exactly: what the journal alone does not.

An undone removal puts its key at the end of the dictionary, where it was not before, and the places that SCAN counts
change with every key that comes or goes, be it by an undo. Nobody minds after an Undo on the page. But a run that is
walked backwards and on again must see the same KEYS, SCAN and RANDOMKEY each time. So the order at a savepoint is made
anew from that at the beginning and from the journal, which tells when each key came and went since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.journal import Record
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.types.key_order import EntryOrder


class _Scanned(NamedTuple):
    """The places of a database for SCAN: where in the journal they were made or seen first, and a copy of them then."""

    made: int
    copy: EntryOrder


class KeySequence:
    """The order of all keys from now on, while the journal stays open: a participant of a recorded run.

    `rollback` must come before that of the journal; `settle` after it, before anything looks at keys.
    """

    def __init__(self, keyspace: Keyspace) -> None:
        """Raises StateError unless a journal is open."""
        self._databases = keyspace.databases
        self._records = keyspace.open_records
        self._start = len(self._records)
        self._first = [list(database.entries) for database in self._databases]
        self._scanned: dict[EntryOrder, _Scanned] = {}
        self._disordered: set[Database] = set()
        self._wanted: tuple[EntryOrder | None, ...] = ()
        self._note_scanned()

    def savepoint(self) -> tuple[int, tuple[EntryOrder | None, ...]]:
        """A mark of the present order."""
        if self._disordered:
            self.settle()
        orders = tuple(database.order for database in self._databases)
        if orders != self._wanted:
            self._note_scanned()
            self._wanted = orders
        return len(self._records), orders

    def rollback(self, mark: tuple[int, tuple[EntryOrder | None, ...]]) -> None:
        """The journal is about to take back what came after the mark."""
        length, self._wanted = mark
        self._disordered.update(self._databases_disordered_from(length))
        self._disordered.update(
            database
            for database, order in zip(self._databases, self._wanted, strict=True)
            if database.order is not order
        )

    def _databases_disordered_from(self, length: int) -> Iterator[Database]:
        """Those in which an undo of the records from there on puts a key where it was not: at the end. Places for SCAN
        change with every key."""
        of: defaultdict[Database, dict[bytes, bool]] = defaultdict(dict)
        last: Database | None = None
        for database, key, undo, arguments in reversed(self._records[length:]):
            if database is None:
                continue
            if key is None:
                yield database
                continue
            if database is not last:
                last, there, restore = database, of[database], database.restore_key
                entries, has_places = database.entries, database.order is not None
            if undo == restore:
                was_there = arguments[1] is not None
                is_there = there.get(key)
                if is_there is None:
                    is_there = key in entries
                there[key] = was_there
                if was_there is not is_there and (was_there or has_places):
                    yield database

    def settle(self) -> None:
        """Puts the keys in the order of the mark that was rolled back to last."""
        while self._disordered:
            self._arrange(database := next(iter(self._disordered)))
            self._disordered.discard(database)

    def _note_scanned(self) -> None:
        for database in self._databases:
            order = database.order
            if order is not None and order not in self._scanned:
                self._scanned[order] = _Scanned(len(self._records), order.copy(dict.fromkeys(database.entries)))

    def _arrange(self, database: Database) -> None:
        events = [(index, record) for index, record in enumerate(self._records) if record.database is database]
        events = [event for event in events if event[0] >= self._start]
        whole = max((index for index, record in events if record.key is None), default=-1)
        came = {record.key: index for index, record in events if index > whole and is_arrival(record)}
        first = self._first[database.index] if whole < 0 else list(database.entries)
        keys = [key for key in first if key in database.entries and key not in came]
        database.arrange([*keys, *sorted((key for key in came if key in database.entries), key=lambda key: came[key])])
        wanted = self._wanted[database.index]
        if wanted is None:
            database.order = None
        else:
            scanned = self._scanned[wanted]
            database.order = _replayed(database, scanned, [record for index, record in events if index >= scanned.made])
            self._scanned[database.order] = scanned


def is_arrival(record: Record) -> bool:
    """Whether a record is of a key that was not there."""
    return record.undo == getattr(record.database, "restore_key", None) and record.arguments[1] is None


def _replayed(database: Database, scanned: _Scanned, records: Sequence[Record]) -> EntryOrder:
    """The places for SCAN after the changes of `records`."""
    there: dict[bytes, bool] = {}
    after: list[bool] = []
    for record in reversed(records):
        key = record.key or b""
        after.append(there.get(key, key in database.entries))
        there[key] = not is_arrival(record)
    entries = dict(scanned.copy.entries)
    order = scanned.copy.copy(entries)
    for record, is_there in zip(records, reversed(after), strict=True):
        key = record.key or b""
        if is_there and key not in entries:
            entries[key] = None
            order.add(key)
        elif not is_there and key in entries:
            del entries[key]
            order.discard(key)
    return order.copy(database.entries)
