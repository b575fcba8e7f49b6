"""Back to where a run began, to run its script once more as it ran: with its keyspace, time, chance and order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from ferrous_vm.records import Record

if TYPE_CHECKING:
    from ferrous_vm.workbench.workbench import Workbench


class Beginning(NamedTuple):
    """What a run of a script began with: a mark of the journal, the state of chance, the time in seconds, and the order
    of replies that Redis leaves open."""

    mark: int
    random: Any
    time: float
    order: int | None


class LastRun(Record):
    """The last run: what was asked for, and where it began."""

    request: Any
    begun: Beginning


@contextmanager
def back_at(workbench: Workbench, begun: Beginning) -> Iterator[None]:
    """Meanwhile all is as it was where a run began; afterwards it is as it is now. No interrupt comes between.

    Since then nothing may have changed the keyspace but that run, and keys that have expired.
    """
    server, journal, hold = workbench.server, workbench.journal, workbench.interrupts.hold
    chance, stopped = server.random_state, workbench.clock.stopped
    taken: list[Any] = []

    def leave() -> None:
        server.shuffle(None)
        workbench.clock.stopped = stopped
        if taken and taken[0] is not None:
            journal.put_back(taken[0])
        server.random_state = chance

    try:
        hold(lambda: taken.append(journal.take_back(begun.mark)))
        server.random_state = begun.random
        workbench.clock.stopped = begun.time
        server.shuffle(begun.order)
        yield
    finally:
        hold(leave)
