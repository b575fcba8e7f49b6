"""The journal: what every mutation appends its inverse to while someone wants to know, or to undo.

The protocol of a primitive
    A *primitive* is the smallest mutation of a data type (`Hash.set`, `Database.put`). It belongs to the type, and it
    is the only code that touches the type's storage. It does two things:

        recorder = self.recorder
        if recorder is not None:
            recorder.record(Hash.restore, self, field, self.fields.get(field))
        self.fields[field] = value

    `record(undo, *arguments)` is given a function and the arguments that put things back; the arguments must be
    immutable, or owned by the record. Calling `undo(*arguments)` for the records of a journal, latest first, restores
    every value exactly. The inverse itself never records; it answers what makes the change again, in the same objects,
    to be called before that of any later change. When nobody listens, `recorder` is None and the cost is one
    attribute.

Where recorders come from
    `Database` attaches a Recorder to each value it hands out while it is *attentive* (a journal is open, or a key is
    watched), and to each value put into it. A command therefore cannot forget: it gets its values from the database,
    and their primitives record. A Recorder knows its database and key, so each record does.

What it gives
    `Journal.undo(mark)` takes the keyspace back to a savepoint, `take_back(mark)` so that `put_back` can do it all
    again; `changes()` says what differs, per key and element.
    Both cost what was changed, not what is stored. SELECT, SWAPDB and FLUSHALL are records too (a flush keeps the old
    dictionaries).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from ferrous_vm.progress import Progress, unwatched

if TYPE_CHECKING:
    from ferrous_vm.keyspace.database import Database, Value


Opposite: TypeAlias = Callable[[], Any] | None
"""What an inverse answers: what takes it back in its turn; of something that is not of one database, that answers the
same. None where it cannot be done again."""


class Record(NamedTuple):
    """One inverse: what was touched, and the call that puts it back."""

    database: Database | None
    """None for what is not of one database: SELECT."""
    key: bytes | None
    """None for the content of a whole database: FLUSHDB, SWAPDB."""
    undo: Callable[..., Opposite]
    arguments: tuple[Any, ...]


Taken: TypeAlias = list[tuple[Record, Opposite]]
"""What was taken back, and what makes each of it again, latest first."""


class Recorder:
    """Listens to the primitives of one value, for the journal and for transactions that watch the key."""

    __slots__ = ("database", "key", "value")

    def __init__(self, database: Database, key: bytes, value: Any) -> None:
        self.database = database
        self.key = key
        self.value = value

    def record(self, undo: Callable[..., Opposite], *arguments: Any) -> None:
        """Called by a primitive before it changes `value`; `undo(*arguments)` must put the change back."""
        self.database.record(self.key, undo, *arguments)

    def record_unseen(self, undo: Callable[..., Opposite], *arguments: Any) -> None:
        """The same for a change that is none to who watches the key, such as one of encoding alone."""
        journal = self.database.keyspace.journal
        if journal is not None:
            journal.records.append(Record(self.database, self.key, undo, arguments))


class ElementChange(NamedTuple):
    """An element of a collection before and after; None means it was, or is, not there."""

    element: Hashable
    before: Any
    after: Any


class KeyChange(NamedTuple):
    """What happened to one key. `before` and `after` are the stored values, None where the key did not exist.

    When both are the same object, a collection was changed in place and `elements` tells how. When they differ, the
    value was replaced. `elements` always relate `before` as it is now to how it was at the beginning (an object may
    have been changed before it was deleted, or live on under another key).
    Expiries are Unix milliseconds, None for a key that does not expire.
    """

    database: int
    key: bytes
    before: Value | None
    after: Value | None
    expiry_before: int | None
    expiry_after: int | None
    elements: list[ElementChange]


class Journal:
    """The records since it was opened, oldest first. Made by `Keyspace.open_journal`."""

    def __init__(self) -> None:
        self.records: Final[list[Record]] = []

    def savepoint(self) -> int:
        """A mark that `undo` and `changes` take."""
        return len(self.records)

    def note(self, undo: Callable[..., Opposite], *arguments: Any) -> None:
        """Record a change of something that is not of one database: SELECT. Its inverse answers its own inverse."""
        self.records.append(Record(None, None, undo, arguments))

    def undo(self, mark: int = 0, progress: Progress = unwatched) -> list[Callable[[], Opposite]]:
        """Take back every change since `mark`, latest first. `progress`, which must not raise, counts the changes.

        Answers what makes the changes again that are not of one database, in the order in which they were made.
        """
        records = self.records
        total = len(records) - mark
        again: list[Callable[[], Opposite]] = []
        while len(records) > mark:
            progress(total - len(records) + mark, total)
            record = records.pop()
            opposite = record.undo(*record.arguments)
            if opposite is not None and record.database is None:
                again.append(opposite)
        again.reverse()
        return again

    def take_back(self, mark: int) -> Taken:
        """Take back every change since `mark`, latest first. Answers what `put_back` takes."""
        records = self.records
        taken: Taken = []
        while len(records) > mark:
            record = records.pop()
            taken.append((record, record.undo(*record.arguments)))
        return taken

    def put_back(self, taken: Taken) -> None:
        """Make the changes again that the last `take_back` took back, but those that cannot be. Nothing may have
        changed since."""
        for record, opposite in reversed(taken):
            if opposite is not None:
                opposite()
            self.records.append(record)


def is_whole(taken: Taken) -> bool:
    """Whether all that was taken back can be made again."""
    return all(opposite is not None for _, opposite in taken)
