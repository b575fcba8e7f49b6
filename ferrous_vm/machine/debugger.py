"""A recorded run that can be walked forwards and backwards: what the page's debugger drives.

    debugger = Debugger(runtime)
    debugger.start(function, args, limits)
    debugger.step_line(); debugger.frames(); debugger.step_back(); debugger.run_to(12)

Every position is a number of steps since the start; a step is one instruction or one deferred pending operation.
Between two calls nothing of the machine is installed anywhere, so other engines may run.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any, Final, TypeVar

from ferrous_vm.errors import LimitExceeded, StateError
from ferrous_vm.limits import Limits
from ferrous_vm.machine import inspection, writes
from ferrous_vm.machine.frames import chain
from ferrous_vm.machine.history import History, Participant
from ferrous_vm.machine.inspection import FrameView, ValueView
from ferrous_vm.machine.machine import Status
from ferrous_vm.machine.rewinding import Diverged
from ferrous_vm.machine.runtime import MachineRuntime
from ferrous_vm.machine.stack import trace
from ferrous_vm.machine.transaction import HeapTransaction
from ferrous_vm.values import addresses, functions, strings

Value = Any
T = TypeVar("T")

HISTORY_LIMIT: Final = 200_000
"""Steps kept; each takes about a kilobyte."""

_CHECK_INTERVAL: Final = 1_000
"""Steps between two looks at clock and memory."""


class Output:
    """What the run has printed, as a participant: stepping back takes output back."""

    def __init__(self) -> None:
        self.text = bytearray()

    def savepoint(self) -> int:
        """How much was printed."""
        return len(self.text)

    def rollback(self, mark: int) -> None:
        """Takes back what was printed later."""
        del self.text[mark:]


class RandomState:
    """The source of random numbers, as a participant. Its state is all in its slots."""

    def __init__(self, random: Any) -> None:
        self._random = random

    def savepoint(self) -> tuple[tuple[str, Any], ...]:
        """The values of its slots."""
        slots: Any = getattr(type(self._random), "__slots__", ())
        return tuple((name, getattr(self._random, name)) for name in slots)

    def rollback(self, mark: tuple[tuple[str, Any], ...]) -> None:
        """Puts them back."""
        for name, value in mark:
            setattr(self._random, name, value)


class Debugger:
    """One recorded run of a runtime."""

    def __init__(self, runtime: MachineRuntime, history_limit: int = HISTORY_LIMIT) -> None:
        self._runtime = runtime
        self._machine = runtime.machine
        self._history = History(self._machine, HeapTransaction(runtime.heap.resolve), history_limit)
        self.output = Output()
        self._write = runtime.write
        self._is_recording = False
        self.horizon: int | None = None
        """A position beyond which no move goes; None while the end of the run is the end."""
        self._history.participants = [self.output, RandomState(runtime.random)]

    # The run

    def add_participant(self, participant: Participant) -> None:
        """Something else to step back with the run (a keyspace), before the run starts."""
        self._history.participants.append(participant)

    def start(self, function: Value, args: tuple[Value, ...] = (), limits: Limits | None = None) -> None:
        """Begins a run, at its first step. Raises StateError within a run."""
        limits = limits or Limits(seconds=None)
        self._machine.begin(function, args, limits)
        self._runtime.heap.begin_run(limits.memory)
        self._machine.history = self._history
        self._runtime.write = self.output.text.extend

    def stop(self) -> None:
        """Ends the run, wherever it is; the runtime is ready for another."""
        self._machine.reset()
        self._machine.history = None
        self._runtime.write = self._write

    def outcome(self) -> tuple[Value, ...]:
        """The results of the finished run; raises the LuaError it failed with, StateError while it goes on."""
        if self.running:
            raise StateError(self._machine.status.value, Status.FINISHED.value)
        if self._machine.failure is not None:
            raise self._machine.failure
        return self._machine.results or ()

    @property
    def running(self) -> bool:
        """Whether there are steps left to take."""
        return self._machine.status is Status.RUNNING

    @property
    def depth(self) -> int:
        """Levels of the stack, as `frames` lists them."""
        return sum(1 for _ in chain(self._machine.frame))

    @property
    def position(self) -> int:
        """Steps taken since the start."""
        return self._history.steps

    # Forwards

    def step(self, count: int = 1) -> None:
        """Takes up to `count` steps. Raises LimitExceeded."""
        target = self.position + count
        self._advance_until(lambda: self.position >= target)

    def step_line(self) -> None:
        """Goes on to another line, into called functions."""
        start = self._place()
        self._advance_until(lambda: self._place() != start and self._at_line_start())

    def step_over(self) -> None:
        """Goes on to another line of this function or of its callers."""
        start, depth = self._place(), self._depth()
        self._advance_until(lambda: self._depth() <= depth and self._place() != start and self._at_line_start())

    def step_out(self) -> None:
        """Goes on until this function has returned."""
        depth = self._depth()
        self._advance_until(lambda: self._depth() < depth and self._at_line_start())

    def run_to(self, line: int, chunk_name: bytes | None = None) -> None:
        """Goes on to the next time a line is reached, in any chunk or the one named; else to the end."""
        self._run_to_any(frozenset({line}), chunk_name)

    def run(self, breakpoints: frozenset[int] = frozenset()) -> None:
        """Goes on to the next time a line with a breakpoint is reached, or to the end."""
        self._run_to_any(breakpoints, None)

    def _run_to_any(self, lines: frozenset[int], chunk_name: bytes | None) -> None:
        start = self._place()
        left = False

        def reached() -> bool:
            nonlocal left
            left = left or self._place() != start
            place = self.line()
            return (
                left
                and self._at_line_start()
                and place is not None
                and place[1] in lines
                and chunk_name in (None, place[0])
            )

        self._advance_until(reached)

    def _advance_until(self, reached: Callable[[], bool]) -> None:
        self.recording(lambda: self._advance(reached))

    def _advance(self, reached: Callable[[], bool]) -> None:
        try:
            while self.running and self.position != self.horizon:
                self._history.record_step()
                if self.position % _CHECK_INTERVAL == 0:
                    self._machine.check_limits()
                if reached():
                    return
        except LimitExceeded as error:
            error.traceback = error.traceback or trace(self._machine.frame, raised_in_native=False)
            raise

    # Backwards

    def step_back(self, count: int = 1) -> None:
        """Takes back up to `count` steps, as far as the history reaches."""
        self._go_back(min(count, self._history.reach))

    def line_back(self) -> None:
        """Takes back steps to another line."""
        self.recording(self._line_back)

    def _line_back(self) -> None:
        start = self._place()
        while self._history.take_back(1) and (self._place() == start or not self._at_line_start()):
            pass
        self._remake(self.position)

    def go_to(self, position: int) -> None:
        """Goes to a position, forwards or backwards. Raises StateError if the history does not reach it."""
        if position < self.position:
            self._history.require_reach(self.position - position)
            self._go_back(self.position - position)
        elif position > self.position:
            self.step(position - self.position)

    def _go_back(self, count: int) -> None:
        target = self.position - count

        def go_back() -> None:
            self._history.take_back(count)
            self._remake(target)

        self.recording(go_back)

    def _remake(self, target: int) -> None:
        """Makes natives again; where one cannot be, the run is repeated up to the target."""
        try:
            self._history.remake_natives()
        except Diverged:
            self._history.require_reach(self.position)
            self._history.take_back(self.position)
            while self.position < target:
                self._history.record_step()

    # Looking

    def line(self) -> tuple[bytes, int] | None:
        """Chunk name and line of what comes next; None at the end."""
        return inspection.current_line(self._machine.frame)

    def frames(self, limit: int | None = None) -> list[FrameView]:
        """The stack of the running coroutine, innermost first; of a deep one the first `limit` levels."""
        return inspection.frames(self._runtime.heap, self._machine.frame, limit)

    def globals(self) -> ValueView:
        """The table of globals."""
        return inspection.view(self._runtime.heap, self._runtime.globals)

    def expand(self, token: str, start: int = 0, count: int = 100) -> list[tuple[ValueView, ValueView]]:
        """What is inside an object shown before. Raises InvalidHandle or StaleHandle."""
        return inspection.expand(self._runtime.heap, token, start, count)

    def pending(self) -> str | None:
        """The name of the pending operation, if the machine is between an instruction and its effect."""
        operation = self._machine.pending
        return None if operation is None else type(operation).__name__

    def recording(self, act: Callable[[], T]) -> T:
        """The result of `act`, which moves the run: meanwhile the machine's module state is installed, heap writes are
        recorded, and Python looks for no garbage (a recording makes little, and keeps much that would be searched).

        Within `act` it may be asked for again, and costs nothing then. Whatever ends `act`, be it an interrupt between
        any two instructions of Python, nothing stays behind: the way out begins with assignments, which cannot be
        interrupted, and what follows is done once more if it is.
        """
        if self._is_recording:
            return act()
        before = (strings.current_metatable, addresses.current, functions.invoke)
        collects = gc.isenabled()
        try:
            self._is_recording = True
            gc.disable()
            self._runtime.install()
            writes.attach(self._history.transaction)
            return act()
        finally:
            strings.current_metatable, addresses.current, functions.invoke = before
            self._is_recording = False
            try:
                _end_recording(collects)
            except BaseException:
                _end_recording(collects)
                raise

    def _place(self) -> tuple[Any, ...]:
        return (self._depth(), self.line())

    def _depth(self) -> int:
        frame = self._machine.frame
        return frame.depth if frame is not None else 0

    def _at_line_start(self) -> bool:
        """Whether the next step is an instruction, not what is left of the last one."""
        return self._machine.pending is None


def _end_recording(collects: bool) -> None:
    """Writes are no longer recorded; garbage is looked for again if it was before. May be done twice."""
    writes.detach()
    if collects:
        gc.enable()
