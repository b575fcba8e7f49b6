"""A script that is run once more, for what was not seen of its run: from where that began, if it is still there.

Nothing of it stays, and nobody hears what it publishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, Final, TypeVar

from ferrous_vm.errors import CommandError
from ferrous_vm.printing import printed
from ferrous_vm.workbench.beginnings import Beginning, LastRun
from ferrous_vm.workbench.calls import order_of, seed_of
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.workbench import Workbench, guarded

T = TypeVar("T")

AS_IF_NOW: Final = "The keyspace has changed since: this is told of a run on it as it is now."
ANOTHER: Final = "This is told of a run of its own, with another time and other random choices than one before."
ANOTHER_CALL: Final = "This is not the run that was seen: the script, or how it is called, has changed since."
ANOTHER_KEYSPACE: Final = "This is not the run that was seen: the keyspace has changed since, and it begins with that."
ANOTHER_TIME: Final = "The clock is not held: where the script asks for TIME, the run had another answer than here."


class Which(Enum):
    """Which run it is that something is told of."""

    SEEN = "seen"
    """The last one, from where it began."""
    ALIKE = "alike"
    """From the fixture of the last one, with its time and its chance."""
    OTHER = "other"
    """One that began now."""


class WayBack:
    """All is as it was where a run began, until `end`.

    Since then nothing may have changed the keyspace but that run, and keys that have expired.
    """

    def __init__(self, workbench: Workbench, begun: Beginning) -> None:
        server = workbench.server
        self._workbench = workbench
        self._chance, self._stopped = server.random_state, workbench.clock.stopped
        self._acts = list(workbench.acts)
        self._taken: Any = None
        try:
            workbench.interrupts.hold(lambda: self._go(begun))
        except BaseException:
            self.end()
            raise

    def _go(self, begun: Beginning) -> None:
        workbench = self._workbench
        self._taken = workbench.journal.take_back(begun.mark)
        workbench.server.random_state = begun.random
        workbench.clock.stopped = begun.time
        workbench.server.shuffle(begun.order)

    @property
    def is_open(self) -> bool:
        """Whether all is as it was there: from when `end` has brought back the rest, nothing is to be taken back."""
        return self._taken is not None

    def end(self) -> None:
        """All is as it was before this. Where something foreign interrupts it, it is to be called again."""
        self._workbench.interrupts.hold(self._end)

    def _end(self) -> None:
        workbench = self._workbench
        workbench.server.shuffle(None)
        workbench.clock.stopped = self._stopped
        if self._taken is not None:
            workbench.acts = self._acts
            workbench.server.random_state = self._chance
            workbench.journal.put_back(self._taken)
            self._taken = None


@contextmanager
def back_at(workbench: Workbench, begun: Beginning) -> Iterator[None]:
    """Meanwhile all is as it was where a run began; see `WayBack`."""
    way = WayBack(workbench, begun)
    try:
        yield
    finally:
        try:
            way.end()
        except BaseException:
            way.end()
            raise


def run_meant(workbench: Workbench, request: Any) -> tuple[LastRun | None, Which]:
    """The last run, if it is that of the call of `request`, and what can be told of it."""
    last = workbench.last_run
    names = set(request.__match_args__).intersection(last.request.__match_args__) if last is not None else set()
    if last is None or any(getattr(request, name) != getattr(last.request, name) for name in names):
        return None, Which.OTHER
    is_changed = any(act.mark >= last.begun.mark and act.name != "run" for act in workbench.acts)
    if last.is_there and not is_changed:
        return last, Which.SEEN
    return last, Which.ALIKE if request.fresh else Which.OTHER


def once_more(workbench: Workbench, request: Any, look: Callable[[], T]) -> tuple[T, Which] | Failure:
    """What `look` answers, which runs the call of `request` where it stands; and of which run that is. An interrupt
    leaves the keyspace as it was."""
    mark = workbench.begin()
    return guarded(workbench, mark, lambda: _once_more(workbench, request, look, mark))


def _once_more(workbench: Workbench, request: Any, look: Callable[[], T], mark: int) -> tuple[T, Which] | Failure:
    publish, workbench.keyspace.publish = workbench.keyspace.publish, None
    try:
        last, which = run_meant(workbench, request)
        if last is not None and which is Which.SEEN:
            with back_at(workbench, last.begun):
                return look(), which
        found = _from_the_fixture(workbench, request, last if which is Which.ALIKE else None, look, mark)
        return found if isinstance(found, Failure) else (found, which)
    except CommandError as error:
        return Failure(printed(error.message))
    finally:
        workbench.keyspace.publish = publish


def _from_the_fixture(
    workbench: Workbench, request: Any, alike: LastRun | None, look: Callable[[], T], mark: int
) -> T | Failure:
    """The same of the call as it would run now, or as one did that began like it."""
    clock, chance = workbench.clock, workbench.server.random_state
    stopped, held = clock.stopped, clock.held
    try:
        clock.held = request.clock
        clock.stopped = clock() / 1_000_000 if alike is None else alike.begun.time
        seed = seed_of(workbench, request.seed)
        workbench.server.seed(seed)
        problem = workbench.carry_out(request.fixture, fresh=True) if request.fresh else None
        if problem is not None:
            return Failure(f"Fixture, line {problem.line}: {problem.message}")
        order = order_of(request.shuffle, seed)
        if alike is not None:
            workbench.server.random_state, order = alike.begun.random, alike.begun.order
        workbench.server.shuffle(order)
        return look()
    finally:
        workbench.server.shuffle(None)
        workbench.take_back(mark)
        clock.stopped, clock.held = stopped, held
        workbench.server.random_state = chance
