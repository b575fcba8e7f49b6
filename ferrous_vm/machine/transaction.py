"""The heap transaction: every heap write of a recorded run, undoable.

Writes go through at once and the transaction keeps the inverse, so reads see writes and nothing is lost between two
instructions. Tables, upvalues, metatables and environments have few write primitives; while a transaction is *attached*
those append their inverse to it, whoever writes: an instruction or a native. In a run that records nothing no
transaction is attached and a write costs nothing extra.

One transaction object serves a machine: begin, write, commit or abort, reset. Transactions are never nested; inside
one, a savepoint marks a place to roll back to. A *Lua* error does not abort: what a script wrote before it stays, as in
Lua.

An inverse answers its own inverse: so what was taken back can be done again, with the same objects.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Final, NamedTuple

from ferrous_vm.errors import TransactionError

Inverse = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function and its arguments: called, it takes one write back, and answers the Inverse of that; None where there is
nothing to do again."""


class TransactionState(Enum):
    """Where a transaction is in its life."""

    IDLE = "idle"
    ACTIVE = "active"
    COMMITTED = "committed"
    ABORTED = "aborted"

    __hash__ = object.__hash__  # a state is asked for three times a step: identity, in C


_AFTER: Final[dict[tuple[TransactionState, str], TransactionState]] = {
    (TransactionState.IDLE, "begin"): TransactionState.ACTIVE,
    (TransactionState.ACTIVE, "commit"): TransactionState.COMMITTED,
    (TransactionState.ACTIVE, "abort"): TransactionState.ABORTED,
    (TransactionState.COMMITTED, "reset"): TransactionState.IDLE,
    (TransactionState.ABORTED, "reset"): TransactionState.IDLE,
    (TransactionState.IDLE, "reset"): TransactionState.IDLE,
}
"""The legal transitions; every other one is a TransactionError."""


class Savepoint(NamedTuple):
    """A place inside the active transaction: `serial` tells which transaction, `length` how much was written."""

    serial: int
    length: int


class HeapTransaction:
    """The undo of some steps."""

    __slots__ = ("_inverses", "_serial", "places", "state")

    def __init__(self) -> None:
        self._inverses: list[Inverse] = []
        self._serial = 0
        self.state = TransactionState.IDLE
        self.places: set[Any] = set()
        """Of which the undo is kept already, and need not be kept again before the next savepoint: a writer asks, and
        adds to it. What names a place must be kept alive by the undo."""

    def begin(self) -> None:
        """From idle to active. Raises TransactionError if it is not idle: transactions do not nest."""
        self._move("begin")
        self._serial += 1
        self.places.clear()

    def record(self, inverse: Callable[..., Any], *args: Any) -> None:
        """A write happened; `inverse(*args)` would take it back. The write primitives call this."""
        if self.state is not TransactionState.ACTIVE:
            self._require_active("record")
        self._inverses.append((inverse, args))

    def record_once(self, place: Any, inverse: Callable[..., Any], *args: Any) -> None:
        """`record`, unless the undo of the same place is kept already."""
        if place not in self.places:
            self.record(inverse, *args)
            self.places.add(place)

    def savepoint(self) -> Savepoint:
        """A mark `rollback` can return to while this transaction is active."""
        self._require_active("savepoint")
        self.places.clear()
        return Savepoint(self._serial, len(self._inverses))

    def rollback(self, savepoint: Savepoint) -> None:
        """Takes back what was written since the savepoint; the transaction stays active.

        Raises TransactionError if the savepoint is of another transaction or was itself rolled back.
        """
        self._require_active("rollback")
        if savepoint.serial != self._serial or savepoint.length > len(self._inverses):
            raise TransactionError("the savepoint is not of this transaction")
        self.places.clear()
        undo(self._inverses[savepoint.length :])
        del self._inverses[savepoint.length :]

    def commit(self) -> list[Inverse]:
        """Ends the transaction and hands its undo, oldest first, to the caller. Does not consume the object."""
        self._move("commit")
        inverses, self._inverses = self._inverses, []
        return inverses

    def abort(self) -> None:
        """Ends the transaction and takes everything back."""
        self._move("abort")
        self.places.clear()
        undo(self._inverses)
        self._inverses.clear()

    def reset(self) -> None:
        """Back to idle, ready to begin. An active transaction must be committed or aborted first."""
        self._move("reset")

    @property
    def active(self) -> bool:
        """Whether writes are being recorded."""
        return self.state is TransactionState.ACTIVE

    def _move(self, event: str) -> None:
        after = _AFTER.get((self.state, event))
        if after is None:
            raise TransactionError(f"{event} of a transaction that is {self.state.value}")
        self.state = after

    def _require_active(self, event: str) -> None:
        if self.state is not TransactionState.ACTIVE:
            raise TransactionError(f"{event} in a transaction that is {self.state.value}")


def undo(inverses: list[Inverse]) -> list[Inverse]:
    """Takes writes back, newest first; answers the undo of that."""
    again: list[Inverse] = []
    for inverse, args in reversed(inverses):
        opposite = inverse(*args)
        if opposite is not None:
            again.append(opposite)
    return again
