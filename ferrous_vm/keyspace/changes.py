"""From the records of a journal to what differs: one KeyChange a key, cost in proportion to the records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from ferrous_vm.keyspace.database import Database, Value
from ferrous_vm.keyspace.journal import ElementChange, KeyChange, Record


class _KeyHistory:
    """What the records tell of one key, gathered oldest first."""

    def __init__(self) -> None:
        self.replaced = False
        self.before: Value | None = None
        self.expiry_before: int | None = None
        self.records: list[Record] = []


Histories: TypeAlias = dict[tuple[Database, bytes], _KeyHistory]


def changes_of(records: Sequence[Record]) -> list[KeyChange]:
    """What `records` changed, in the order the keys were first touched; keys that end as they began are left out."""
    histories: Histories = {}
    for record in records:
        if record.database is None:
            continue
        if record.key is None:
            _gather_flush(histories, record)
        else:
            _gather(histories, record.database, record.key, record)
    changes = (_key_change(database, key, history) for (database, key), history in histories.items())
    return [change for change in changes if _differs(change)]


def _gather(histories: Histories, database: Database, key: bytes, record: Record) -> None:
    history = histories.setdefault((database, key), _KeyHistory())
    if record.undo == database.restore_key:
        if not history.replaced:
            history.replaced = True
            _, history.before, history.expiry_before = record.arguments
    elif not history.replaced or record.arguments[0] is history.before:
        history.records.append(record)


def _gather_flush(histories: Histories, record: Record) -> None:
    database = record.database
    assert database is not None
    entries, expiries = record.arguments
    for key, value in entries.items():
        history = histories.setdefault((database, key), _KeyHistory())
        if not history.replaced:
            history.replaced, history.before, history.expiry_before = True, value, expiries.get(key)


def _key_change(database: Database, key: bytes, history: _KeyHistory) -> KeyChange:
    after = database.entries.get(key)
    expiry_after = database.expiries.get(key)
    before, expiry_before = (history.before, history.expiry_before) if history.replaced else (after, expiry_after)
    elements: list[ElementChange] = []
    if history.records and before is not None:
        collection: Any = before
        elements = collection.element_changes([record.arguments for record in history.records])
    return KeyChange(database.index, key, before, after, expiry_before, expiry_after, elements)


def _differs(change: KeyChange) -> bool:
    if change.expiry_before != change.expiry_after or change.elements:
        return True
    if change.before is change.after:
        return False
    same_plain_type = type(change.before) is type(change.after) and isinstance(change.before, (int, bytes))
    return not (same_plain_type and change.before == change.after)
