"""What was done to the keyspace, act by act: what Undo takes back, and what Redo does again.

An act that was taken back is done again exactly, whatever it did then and whatever time has passed: not by the commands
it consisted of, but by putting back what it had left of each key, value, encoding and expiry, and by the inverses of
what its other inverses took back: a SELECT, a setting, a user.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ferrous_vm.keyspace.database import Database, Value
from ferrous_vm.keyspace.journal import KeyChange, Opposite
from ferrous_vm.progress import Progress, unwatched


class Act(NamedTuple):
    """Something that changed the keyspace: its name, where it began in the journal, and its own number."""

    name: str
    mark: int
    number: int


class _KeyAfter(NamedTuple):
    """A key as an act had left it; without a value where there was none."""

    database: Database
    key: bytes
    value: Value | None
    expiry: int | None


class UndoneAct(NamedTuple):
    """An act that was taken back."""

    name: str
    number: int
    keys: list[_KeyAfter]
    others: list[Callable[[], Opposite]]

    def do_again(self, keyspace: Any, progress: Progress = unwatched) -> None:
        """Everything is as the act had left it; the open journal takes that back. `progress` counts the keys."""
        keyspace.journal.note(keyspace.refresh_gates)
        for do in self.others:
            opposite = do()
            if opposite is not None:
                keyspace.journal.note(opposite)
        for done, (database, key, value, expiry) in enumerate(self.keys):
            progress(done, len(self.keys))
            if value is None:
                database.remove(key)
            else:
                database.replace(key, value)
                database.set_expiry(key, expiry)
        keyspace.refresh_gates()


def keys_after(keyspace: Any, changed: Sequence[KeyChange]) -> list[_KeyAfter]:
    """The keys that `changed` names as they are now, each with a value of its own."""
    return [
        _KeyAfter(keyspace.databases[change.database], change.key, _own(change.after), change.expiry_after)
        for change in changed
    ]


def _own(value: Value | None) -> Value | None:
    return value if value is None or isinstance(value, int | bytes) else value.copy()
