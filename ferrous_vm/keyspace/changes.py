"""From the records of a journal to what differs: one KeyChange a key, cost in proportion to what was touched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from ferrous_vm.keyspace.database import Database, Value
from ferrous_vm.keyspace.journal import ElementChange, KeyChange, Record
from ferrous_vm.progress import Progress, unwatched

Before: TypeAlias = tuple[Value | None, int | None]
"""Value and expiry of a key when the records begin."""


class _Histories:
    """What the records tell, gathered oldest first."""

    def __init__(self) -> None:
        self.before: dict[tuple[Database, bytes], Before | None] = {}
        """Every key touched; None while only elements of its value were."""
        self.of_object: dict[int, list[tuple[Any, ...]]] = {}
        """The records of each collection by its id, whatever key it stood at."""
        self.exchanged: dict[Database, None] = {}
        """Databases whose whole content was replaced."""

    def gather(self, record: Record) -> None:
        database, key = record.database, record.key
        if database is None:
            return
        if key is None:
            self.exchanged[database] = None
            entries, expiries = record.arguments
            for name, value in entries.items():
                self._note(database, name, (value, expiries.get(name)))
        elif record.undo == database.restore_key:
            _, value, expiry = record.arguments
            self._note(database, key, (value, expiry))
        else:
            self.before.setdefault((database, key), None)
            self.of_object.setdefault(id(record.arguments[0]), []).append(record.arguments)

    def finish(self) -> None:
        """A key that came with a whole new content was not there before."""
        for database in self.exchanged:
            for key in database.entries:
                self._note(database, key, (None, None))

    def _note(self, database: Database, key: bytes, before: Before) -> None:
        place = (database, key)
        if self.before.get(place) is None:
            self.before[place] = before

    def elements(self, value: Any) -> list[ElementChange]:
        records = self.of_object.get(id(value))
        return value.element_changes(records) if records else []


def changes_of(records: Iterable[Record], progress: Progress = unwatched) -> list[KeyChange]:
    """What `records` changed, in the order the keys were first touched; keys that end as they began are left out.

    `progress` counts the keys.
    """
    histories = _Histories()
    for record in records:
        histories.gather(record)
    histories.finish()
    changes = []
    for done, ((database, key), before) in enumerate(histories.before.items()):
        progress(done, len(histories.before))
        after = (database.entries.get(key), database.expiries.get(key))
        value, expiry = after if before is None else before
        change = KeyChange(database.index, key, value, after[0], expiry, after[1], histories.elements(value))
        if differs(change):
            changes.append(change)
    return changes


def has_changes(records: Sequence[Record]) -> bool:
    """Whether `changes_of` answers any. As a rule the first record tells: its key is not what it was."""
    seen: set[tuple[Database | None, bytes | None]] = set()
    for database, key, undo, arguments in records:
        if key is None and database is not None and arguments[0]:
            if any(name not in database.entries for name in arguments[0] if (database, name) not in seen):
                return True
            break  # what the records that follow say of a key is not how it was before all
        if database is None or key is None or (database, key) in seen:
            continue
        seen.add((database, key))
        if undo == database.restore_key:
            after = (database.entries.get(key), database.expiries.get(key))
            if differs(KeyChange(database.index, key, arguments[1], after[0], arguments[2], after[1], [])):
                return True
    return bool(changes_of(records))


def differs(change: KeyChange) -> bool:
    """Whether a key is not what it was."""
    if change.expiry_before != change.expiry_after or change.elements:
        return True
    if change.before is change.after:
        return False
    same_plain_type = type(change.before) is type(change.after) and isinstance(change.before, int | bytes)
    return not (same_plain_type and change.before == change.after)
