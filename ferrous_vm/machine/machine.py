"""The machine: one loop over linked instructions and pending operations.

It holds the running thread, its top frame and what is pending; everything else is in frames and contexts. `advance` is
the only place where instructions run, and it is never on the Python stack twice: whatever an instruction or a native
needs done comes back to it as a pending operation.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from itertools import repeat
from operator import length_hint
from types import FunctionType
from typing import Any, Final, Protocol

from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import LimitExceeded, LuaError, StateError
from ferrous_vm.limits import Limits
from ferrous_vm.machine.coroutines import Thread
from ferrous_vm.machine.frames import Frame, LuaFrame
from ferrous_vm.machine.instructions import calls, control
from ferrous_vm.machine.pending import FINISH_RUN, FunctionCall, PendingOperation, Priority, Values
from ferrous_vm.machine.performing import PERFORMERS
from ferrous_vm.machine.stack import trace
from ferrous_vm.machine.transaction import HeapTransaction
from ferrous_vm.machine.unwinding import fail
from ferrous_vm.values.boundaries import BELOW_MAIN
from ferrous_vm.values.tables import Table
from ferrous_vm.watchdog import LimitReached

Value = Any

CHECK_INTERVAL: Final = 10_007
"""Instructions between two looks at the clock and the memory: about 2 ms. A prime, so that collections do not find a
loop at the same instruction, and the same garbage in its registers, every time."""

_CALLING: Final = frozenset({calls.call, calls.call_open, calls.tail_call, calls.tail_call_open, control.loop_iterator})
"""The handlers that call natives; what they let out is the native's error if their callee was one."""


class Status(Enum):
    """What the machine is doing; derived from its frames."""

    READY = "ready"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class Keeper(Protocol):
    """Who is told of a frame before a step changes it; `history.py` has the one there is."""

    transaction: HeapTransaction
    """That of the present step."""

    def keep(self, frame: Frame | None) -> None:
        """The present step is about to change this frame."""


class Machine:
    """Runs one function at a time, with its coroutines."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` is a monotonic clock in seconds; only the time limit reads it."""
        self._clock = clock
        self.main = Thread(None, Table())
        self.thread = self.main
        self.frame: Any = None
        """The top frame of the running thread (a Frame, or None at its base)."""
        self.boundaries_below_main = BELOW_MAIN
        """C boundaries that are open around the function of a run."""
        self.boundary = 0
        """Those open around the native at work besides its caller's: 1 if a native called it, as `pcall` does."""
        self.pending: PendingOperation | None = None
        self.results: Values | None = None
        self.failure: LuaError | None = None
        """The error nothing caught."""
        self.history: Keeper | None = None
        """Of a recorded run."""
        self.on_error: Callable[[LuaError, bool], object] | None = None
        """Told of each error that is raised, and whether somebody catches it."""
        self.instructions = 0
        """Instructions executed in this run."""
        self._advancing = False
        self._deadline = 0.0
        self._limits = Limits()
        self.check_memory: Callable[[], None] = _no_check
        self.count_bytes: Callable[[int], None] = _no_count
        self.ticks: Any = repeat(None, 0)
        """The instructions left of the present slice."""
        self.horizon = 0
        """Instructions of this run at the end of the slice: who looks on asks how far it is."""

    @property
    def status(self) -> Status:
        """Ready for a run, in one, or at its end with the outcome not yet taken."""
        if self.failure is not None:
            return Status.FAILED
        if self.results is not None:
            return Status.FINISHED
        if self.frame is None and self.pending is None:
            return Status.READY
        return Status.RUNNING

    def begin(self, function: Value, args: Values, limits: Limits) -> None:
        """Makes a run ready: its first pending operation is the call of `function`. Raises StateError within a run."""
        self.require_ready()
        self._limits = limits
        self._deadline = 0.0 if limits.seconds is None else self._clock() + limits.seconds
        PRESENT.use(limits)
        self.instructions = 0
        self.pending = FunctionCall(function, args, FINISH_RUN)

    def require_ready(self) -> None:
        """Raises StateError within a run."""
        if self.status is not Status.READY:
            raise StateError(self.status.value, Status.READY.value)

    def take_outcome(self) -> Values:
        """Ends a run that is over: answers its results, or raises the LuaError nothing caught.

        Raises StateError if it is not over.
        """
        results, failure, found = self.results, self.failure, self.status.value
        if failure is None and results is None:
            raise StateError(found, Status.FINISHED.value)
        self.reset()
        if failure is not None:
            raise failure
        return results  # type: ignore[return-value]

    def reset(self) -> None:
        """Drops whatever is running. The machine is ready for the next run."""
        while self.frame is not None:  # one by one: Python would free the whole stack by nested calls
            self.frame = self.frame.parent
        self.main = self.thread = Thread(None, self.main.globals)
        self.pending = None
        self.results = None
        self.failure = None
        self._advancing = False

    def run(self) -> None:
        """Runs to the end, whatever it is. Raises LimitExceeded, with its traceback."""
        try:
            while self.status is Status.RUNNING:
                self.advance(self._next_slice())
                if self.status is Status.RUNNING:  # what has ended on its own is not ended by a limit
                    self.check_limits()
        except LimitExceeded as error:
            error.traceback = error.traceback or trace(self.frame, raised_in_native=False)
            raise

    @property
    def limits(self) -> Limits:
        """Those of this run."""
        return self._limits

    @property
    def executed(self) -> int:
        """Instructions executed in this run, those of the present slice included."""
        return self.horizon - length_hint(self.ticks) if self._advancing else self.instructions

    def roots(self) -> list[Any]:
        """What the stacks and the pending operation keep alive."""
        return [self.thread, self.main, self.frame, self.pending, self.results]

    def step(self) -> None:
        """One instruction, or one deferred pending operation with what it needs at once."""
        self.advance(1, stepping=True)

    def _next_slice(self) -> int:
        budget = self._limits.instructions
        return CHECK_INTERVAL if budget is None else min(CHECK_INTERVAL, max(budget - self.instructions, 0))

    def check_limits(self) -> None:
        """Raises LimitExceeded if the run has used up its instructions, its seconds or its memory."""
        budget, seconds = self._limits.instructions, self._limits.seconds
        if budget is not None and self.instructions >= budget and self.status is Status.RUNNING:
            raise LimitExceeded("instructions", b"instruction limit of %d exceeded" % budget)
        if seconds is not None and self._clock() > self._deadline:
            raise LimitExceeded("seconds", b"time limit of %.14g seconds exceeded" % seconds)
        self.check_memory()

    def advance(self, count: int, stepping: bool = False) -> None:
        """Performs what is pending, then runs `count` instructions, or fewer if the run ends.

        Stepping, a deferred operation ends the step and is left pending for the next. Raises LimitExceeded
        when Python has no more memory.
        """
        assert not self._advancing, "the machine was re-entered"
        self._advancing = True
        ticks = self.ticks = repeat(None, count)
        self.horizon = self.instructions + count
        try:
            operation, self.pending = self.pending, None
            if operation is not None:
                self._settle(self._perform(operation), stepping)
                if stepping:
                    return
            while self.frame is not None and self._run_frames(ticks, stepping):
                pass
        except MemoryError:
            raise LimitExceeded("memory", b"not enough memory") from None
        finally:
            self.instructions += count - length_hint(ticks)
            self._advancing = False

    def _run_frames(self, ticks: Any, stepping: bool) -> bool:
        """The loop. False when the ticks are used up or the run is over; True after an error was caught."""
        frame: LuaFrame = self.frame
        code = frame.code
        pc = frame.pc
        performing: PendingOperation | None = None
        try:
            for _ in ticks:
                handler, a, b, c = code[pc]
                pc += 1
                outcome: Any = handler(frame, a, b, c)
                if outcome is None:
                    continue
                if outcome.__class__ is int:
                    pc = outcome
                    continue
                frame.pc = pc
                performing = outcome
                while performing is not None:
                    if stepping and performing.priority is Priority.DEFERRED:
                        self.pending = performing
                        return False
                    performing = PERFORMERS[performing.__class__](self, performing)
                frame = self.frame
                if frame is None:
                    return False
                code = frame.code
                pc = frame.pc
        except LuaError as raised:
            error = raised
        except (LimitExceeded, KeyboardInterrupt, LimitReached):
            if performing is None:
                frame.pc = pc
            raise
        else:
            frame.pc = pc
            return False
        if performing is None:
            raised_in_native = callee_at(frame, pc - 1).__class__ is FunctionType
            frame.pc = pc
            self._settle(fail(self, error, frame, raised_in_native), stepping)
        else:
            self._settle(fail(self, error, self.frame, raised_in_native=False), stepping)
        return self.pending is None

    def _settle(self, operation: PendingOperation | None, stepping: bool) -> None:
        """Performs an operation and those it leads to, until a Lua function can go on or the run is over.

        Stepping, one that is deferred is left pending for the next step.
        """
        while operation is not None:
            if stepping and operation.priority is Priority.DEFERRED:
                self.pending = operation
                return
            operation = self._perform(operation)

    def _perform(self, operation: PendingOperation) -> PendingOperation | None:
        """Performs one operation, and answers what follows from it or from the error it raised."""
        try:
            return PERFORMERS[operation.__class__](self, operation)
        except LuaError as raised:
            error = raised
        return fail(self, error, self.frame, raised_in_native=False)

    def switch_to(self, thread: Thread) -> None:
        """Makes another thread the running one; the present one keeps its top frame."""
        self.thread.frame = self.frame
        self.thread = thread
        self.frame = thread.frame
        thread.frame = None


def callee_at(frame: LuaFrame, pc: int) -> Value:
    """What an instruction of the frame calls; None if it is no call."""
    handler, a, _, _ = frame.closure.linked.instructions[pc]
    return frame.registers[a] if handler in _CALLING else None


def _no_check() -> None:
    """Nothing limits memory."""


def _no_count(size: int) -> None:
    """Nothing counts memory."""
