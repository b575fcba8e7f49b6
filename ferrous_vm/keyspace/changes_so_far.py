"""What a journal has recorded since a mark, key by key, kept up to date at the cost of the records that came and went.

Asked again after a step, `found` looks at the keys that the step touched, not at all that were changed before it. It
answers what `changes.changes_of` does. Where a value lives under several keys, or a whole database was exchanged, keys
hang together: then that is asked.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, TypeAlias

from ferrous_vm.keyspace.changes import changes_of, differs
from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.journal import KeyChange, Record

Place: TypeAlias = tuple[Database, bytes]


class ChangesSoFar:
    """The changes since the journal had `start` records. `records` are those of the open journal, as they grow and
    shrink; one that was taken back may come again, in its order."""

    def __init__(self, records: list[Record], start: int) -> None:
        self._records = records
        self._start = start
        self._seen: list[Record] = []
        self._of_place: dict[Place, list[Record]] = {}
        """In the order in which keys were first touched."""
        self._of_object: dict[int, list[tuple[Any, ...]]] = {}
        self._home: dict[int, Place] = {}
        """By its id, under which key a collection was met first."""
        self._entangled: set[int] = set()
        """The places, among those seen, of records that make keys hang together."""
        self._changes: dict[Place, KeyChange | None] = {}
        self._touched: set[Place] = set()

    def found(self) -> list[KeyChange]:
        """The changes, in the order the keys were first touched; those that are as they were are the same objects."""
        self._catch_up()
        if self._entangled:
            return changes_of(self._records[self._start :])
        for place in self._touched:
            if place in self._of_place:
                self._changes[place] = self._change(place)
            else:
                self._changes.pop(place, None)
        self._touched.clear()
        found = (self._changes[place] for place in self._of_place)
        return [change for change in found if change is not None]

    def _catch_up(self) -> None:
        seen, records, start = self._seen, self._records, self._start
        count = min(len(seen), len(records) - start)
        kept = bisect_left(range(count), True, key=lambda index: seen[index] is not records[start + index])
        while len(seen) > kept:
            record = seen.pop()
            self._entangled.discard(len(seen))
            self._forget(record)
        for record in records[start + kept :]:
            self._note(record)
            seen.append(record)

    def _note(self, record: Record) -> None:
        database, key, undo, arguments = record
        if database is None:
            return
        if key is None:
            self._entangled.add(len(self._seen))
            return
        place = (database, key)
        self._touched.add(place)
        self._of_place.setdefault(place, []).append(record)
        is_whole = undo == database.restore_key
        value = arguments[1 if is_whole else 0]
        if not is_whole:
            self._of_object.setdefault(id(value), []).append(arguments)
        if (
            value is not None
            and not isinstance(value, int | bytes)
            and self._home.setdefault(id(value), place) != place
        ):
            self._entangled.add(len(self._seen))

    def _forget(self, record: Record) -> None:
        database, key, undo, arguments = record
        if database is None or key is None:
            return
        place = (database, key)
        self._touched.add(place)
        records = self._of_place[place]
        records.pop()
        if not records:
            del self._of_place[place]
        if undo != database.restore_key:
            self._of_object[id(arguments[0])].pop()

    def _change(self, place: Place) -> KeyChange | None:
        database, key = place
        value, expiry = database.entries.get(key), database.expiries.get(key)
        whole = next((record for record in self._of_place[place] if record.undo == database.restore_key), None)
        before, expiry_before = (value, expiry) if whole is None else whole.arguments[1:]
        records = self._of_object.get(id(before))
        elements = before.element_changes(records) if records else []
        change = KeyChange(database.index, key, before, value, expiry_before, expiry, elements)
        return change if differs(change) else None
