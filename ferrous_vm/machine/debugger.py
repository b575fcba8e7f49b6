"""A recorded run that can be gone to at any moment: what a debugger looks at.

    debugger = Debugger(runtime)
    debugger.start(function, args, limits)
    debugger.record(10_000)
    debugger.go_to(debugger.destination("over")); debugger.frames()

A moment is a number of steps since the start: the first is the call of the function, each other one an instruction with
all that it needs. Where moves of a person lead is told by the index of stops (`stops.py`); what takes the machine to a
moment, and what is kept for that, stands in `history.py`. Between two calls nothing of the machine is installed
anywhere, so other engines may run.
"""

from __future__ import annotations

import gc
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from enum import Enum
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from ferrous_vm.errors import EvaluationFailed, HandleError, InvalidHandle, LimitExceeded, LuaError, StateError
from ferrous_vm.interrupts import Interrupts, anywhere
from ferrous_vm.limits import Limits
from ferrous_vm.machine import inspection, stops, writes
from ferrous_vm.machine.coroutines import Thread, status
from ferrous_vm.machine.evaluation import Evaluator
from ferrous_vm.machine.frames import Frame, LuaFrame, chain
from ferrous_vm.machine.garbage import Spared
from ferrous_vm.machine.history import History, Participant
from ferrous_vm.machine.inspection import FrameView, Level, Registers, ValueView, Variable
from ferrous_vm.machine.machine import Status
from ferrous_vm.machine.pending import Values
from ferrous_vm.machine.runtime import MachineRuntime
from ferrous_vm.machine.setting import Issue, Setting, Settings, Typed, assign
from ferrous_vm.machine.stack import trace
from ferrous_vm.machine.transaction import HeapTransaction
from ferrous_vm.values import addresses, functions, strings
from ferrous_vm.values.tables import Table

Value = Any
T = TypeVar("T")

BLOCK: Final = 1_000
"""Steps of a block of the history, at most: as many are executed to reach a moment within it."""

_LONG: Final = 0.005
"""Seconds after which a block ends early: its steps take as long when they are executed again."""

_FAR: Final = 10 * BLOCK
"""Steps of a way that makes much: the undo of as many is made anew."""


_EXPECTED: Final = (LimitExceeded, EvaluationFailed, HandleError)
"""What ends an act at a moment."""


class Ended(Enum):
    """Why a recording ended. Whatever it was, all of what was recorded can be gone to."""

    SCRIPT = "script"
    """The run itself ended: it returned, failed, or came to a limit of its own."""
    MOMENTS = "moments"
    TIME = "time"
    MEMORY = "memory"
    """The recording came to a limit of its own: so many moments, so many seconds, so many bytes kept."""
    INTERRUPT = "interrupt"
    """The host interrupted it."""
    PAUSE = "pause"
    """Somebody waits to see the beginning; it can be gone on with."""


class RaisedError(NamedTuple):
    """An error of a recorded run: the moment before the step that raised it, the line where the chunk that is debugged
    stood then, its value as it is shown, and whether somebody caught it."""

    moment: int
    line: int | None
    value: ValueView
    is_caught: bool


class Output:
    """What the run has printed, as a participant: going back takes output back."""

    def __init__(self) -> None:
        self.text = bytearray()

    def savepoint(self) -> int:
        """How much was printed."""
        return len(self.text)

    def rollback(self, mark: int) -> bytes:
        """Takes back what was printed later."""
        taken = bytes(self.text[mark:])
        del self.text[mark:]
        return taken

    def redo(self, taken: bytes) -> None:
        """Prints it again."""
        self.text += taken


class RandomState:
    """The source of random numbers, as a participant. Its state is all in its slots."""

    def __init__(self, random: Any) -> None:
        self._random = random

    def savepoint(self) -> tuple[tuple[str, Any], ...]:
        """The values of its slots."""
        slots: Any = getattr(type(self._random), "__slots__", ())
        return tuple((name, getattr(self._random, name)) for name in slots)

    def rollback(self, mark: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
        """Puts them back."""
        taken = self.savepoint()
        for name, value in mark:
            setattr(self._random, name, value)
        return taken

    redo = rollback


class Debugger:
    """One recorded run of a runtime."""

    def __init__(
        self, runtime: MachineRuntime, *, chunk_name: bytes | None = None, interrupts: Interrupts | None = None
    ) -> None:
        """Its stops are those of one chunk, or of all; the function to debug must be loaded later. Interrupts that are
        held end a recording, or a move, where it is."""
        self._runtime = runtime
        self._machine = runtime.machine
        self._history = History(self._machine, runtime.heap, HeapTransaction())
        self.stops = stops.Stops(chunk_name)
        runtime.loaded = self.stops.add
        self._interrupts = interrupts or Interrupts(anywhere)
        self._count_bytes = runtime.machine.count_bytes
        self._evaluator = Evaluator(runtime, self._history.transaction, self._interrupts)
        self.errors: list[RaisedError] = []
        """All errors of the recorded run, in their order."""
        self.is_broken = False
        """Something foreign ended what was done with the recording, half done perhaps: only `stop` is left."""
        self.output = Output()
        self._spared = Spared()
        self._word: tuple[int, int] | None = None
        """What the running frame had left for the stops when the recording paused."""
        self._write = runtime.write
        self._history.participants = [self.output, RandomState(runtime.random)]

    # The run

    def add_participant(self, participant: Participant) -> None:
        """Something else to take back with the run (a keyspace), before the run starts."""
        self._history.participants.append(participant)

    def call_on_arrival(self, arrived: Callable[[], object]) -> None:
        """To be called when all participants were taken back, or done again, before anything goes on."""
        self._history.arrived = arrived

    def start(self, function: Value, args: tuple[Value, ...] = (), limits: Limits | None = None) -> None:
        """Begins a run, at moment 0. Raises StateError within a run."""
        limits = limits or Limits(seconds=None)
        self._machine.begin(function, args, limits)
        self._runtime.heap.begin_run(limits.memory)
        self._machine.history = self._history
        self._machine.count_bytes = self._keep_bytes
        self._runtime.write = self.output.text.extend

    def set_variables(self, settings: tuple[Setting | Typed, ...], issue: Issue) -> None:
        """What is set, or issued, in the course of the run, before it is recorded."""
        if settings:
            self._history.settings = Settings(self._machine, self._evaluator.carry_out, issue, settings)

    def stop(self) -> None:
        """Ends the run, wherever it is; the runtime is ready for another."""
        self._machine.reset()
        self._machine.history = None
        self._history.clear()
        self._spared.end()
        self._machine.count_bytes = self._count_bytes
        self._runtime.write = self._write
        self._runtime.loaded = None

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
    def moment(self) -> int:
        """Steps taken since the start, the present one included."""
        return self._history.moment

    @property
    def bytes_kept(self) -> int:
        """What the recording keeps besides what the script holds, estimated."""
        return self._history.bytes_kept

    def record(
        self,
        moments: int,
        seconds: float | None = None,
        memory: int | None = None,
        patience: float | None = None,
    ) -> Ended:
        """Takes the run on to its end, noting its stops, or to one of the limits of the recording; or it pauses after
        `patience` seconds. Whoever goes on with it does so at the last moment recorded.

        Raises LimitExceeded at one of the run.
        """
        self._spared.prepare()
        return self._installed(lambda: self._record(moments, seconds, memory, patience))

    def _record(self, moments: int, seconds: float | None, memory: int | None, patience: float | None) -> Ended:
        history, interrupts, clock = self._history, self._interrupts, self._runtime.watchdog.now
        now = clock()
        deadline = None if seconds is None else now + seconds
        pause = None if patience is None else now + patience
        if self._word is not None:
            self._machine.frame.passed = self._word
        steps = 1
        try:
            self._machine.on_error = self._note_error
            self.stops.begin(self._machine)
            writes.attach(history.transaction)
            while self.running:
                began = clock()
                if not self._step(min(self.moment + steps, moments)) or (interrupts.due and self.running):
                    return Ended.INTERRUPT
                now = clock()
                is_long = now - began > _LONG
                if is_long or history.block_length >= BLOCK:
                    history.close_block()
                    self.stops.group()
                steps = max(steps // 8, 1) if is_long else min(steps * 2, BLOCK - history.block_length)
                if self.moment >= moments and self.running:
                    return Ended.MOMENTS
                if deadline is not None and now >= deadline:
                    return Ended.TIME
                if memory is not None and self.bytes_kept > memory:
                    return Ended.MEMORY
                if pause is not None and now >= pause and self.running:
                    return Ended.PAUSE
            return Ended.SCRIPT
        finally:
            writes.detach()
            self._machine.on_error = None
            self.stops.end()
            history.close_block()
            self._spared.spare()
            self._word = getattr(self._machine.frame, "passed", None)

    def _note_error(self, error: LuaError, is_caught: bool) -> None:
        chunk_name = self.stops.chunk_name
        line = next((point.line for point in error.traceback or () if point.chunk_name == chunk_name), None)
        self.errors.append(RaisedError(self._machine.executed, line, inspection.describe(error.value), is_caught))

    def _step(self, moment: int) -> bool:
        """Takes steps up to a moment, or to the end; answers whether that was not ended by an interrupt. What ends it
        within a step takes that step back. Raises LimitExceeded, with its traceback."""
        history = self._history
        try:
            self._interrupts.stepping = True
            history.execute(moment)
            return True
        except LimitExceeded as error:
            error.traceback = error.traceback or trace(self._machine.frame, raised_in_native=False)
            self._interrupts.stepping = False
            self._take_torn_step_back()
            raise
        except KeyboardInterrupt:
            if not self._interrupts.due:  # it is not from there: nobody knows what it has ended
                raise
            self._interrupts.stepping = False
            if history.is_torn:
                self.stops.forget(self.moment - 1)  # it is taken once more
            self._take_torn_step_back()
            return False
        finally:
            self._interrupts.stepping = False

    def _take_torn_step_back(self) -> None:
        history = self._history
        writes.detach()
        self.stops.end()
        self._machine.on_error = None
        if history.is_torn:
            reached = self.moment - 1
            history.restart_block()
            self._go_on(reached)

    def _go_on(self, moment: int) -> None:
        """Executes up to a moment, or to the end, block by block."""
        history = self._history
        writes.attach(history.transaction)
        try:
            while self.running and self.moment < moment:
                if not self._step(min(moment, self.moment + BLOCK - history.block_length)):
                    return
                if history.block_length >= BLOCK:
                    history.close_block()
        finally:
            writes.detach()

    def _keep_bytes(self, size: int) -> None:
        self._history.has_large_strings = True
        heap = self._runtime.heap
        self._history.transaction.record(heap.restore_account, heap.account())
        self._count_bytes(size)

    # Moves

    def destination(
        self,
        move: str,
        backwards: bool = False,
        breakpoints: frozenset[int] = frozenset(),
        hits: Sequence[int] = (),
    ) -> int | None:
        """The moment at which a move from here ends (see `stops.MOVES`), be it at a breakpoint on one of these lines,
        or at one of `hits`, which are moments in their order; None if it meets no stop."""
        here = self.moment
        found = self.stops.find(move, backwards, here, stops.place(self._machine), breakpoints)
        index = bisect_left(hits, here) - 1 if backwards else bisect_right(hits, here)
        if not 0 <= index < len(hits):
            return found
        hit = hits[index]
        return hit if found is None else max(found, hit) if backwards else min(found, hit)

    def go_to(self, moment: int) -> None:
        """To a moment, forwards or backwards, or to the end of the run. An interrupt that is due ends the move at a
        moment on the way. Raises LimitExceeded."""
        is_far = abs(moment - self.moment) >= _FAR
        if is_far:
            self._spared.prepare()
        self._installed(lambda: self._go_to(moment, is_far))

    def _go_to(self, moment: int, is_far: bool) -> None:
        history, interrupts = self._history, self._interrupts
        history.go_to_block(moment, lambda: not interrupts.due)
        if is_far:
            self._spared.spare()
        history.arrive()
        if not interrupts.due:
            self._go_on(moment)

    # Looking

    def line(self) -> tuple[bytes, int] | None:
        """Chunk name and line of what comes next in the chunk that is debugged; None at the end, and where the running
        coroutine has no function of it."""
        return inspection.current_line(self._machine.frame, self.stops.chunk_name)

    def function(self) -> tuple[int, bool]:
        """The line on which the function that goes on is defined, 0 for a main function, and whether it begins."""
        frame = self._machine.frame
        if not isinstance(frame, LuaFrame):
            return 0, False
        return frame.closure.linked.prototype.defined_line, frame.pc == 0

    def frames(self, limit: int | None = None, thread: str = "") -> list[FrameView]:
        """The stack of the running coroutine, or of the one that the token `thread` names, innermost first; of a deep
        one the first `limit` levels. Raises InvalidHandle or StaleHandle."""
        heap = self._runtime.heap
        top = self._top(thread)
        return self._look(lambda: inspection.frames(heap, top, limit, suspended=thread != ""))

    def _top(self, thread: str) -> Frame | None:
        if not thread:
            found: Frame | None = self._machine.frame
            return found
        coroutine = self._runtime.heap.resolve_token(thread)
        if not isinstance(coroutine, Thread):
            raise InvalidHandle(f"not a coroutine: {thread!r}")
        return coroutine.frame

    def coroutines(self) -> list[tuple[str, str]]:
        """Those beside the running one that have not ended: token and status of each."""
        heap, machine = self._runtime.heap, self._machine
        found = inspection.coroutines(heap, [self._runtime.globals, *machine.roots()])
        others = [thread for thread in found if thread is not machine.thread and thread is not machine.main]
        return [(heap.handle_of(thread).token, status(machine, thread).decode()) for thread in others]

    def view(self, value: Value) -> ValueView:
        """A value of this run, as it is shown."""
        return inspection.view(self._runtime.heap, value)

    def globals(self) -> ValueView:
        """The table of globals."""
        return self.view(self._runtime.globals)

    def expand(self, token: str, start: int = 0, count: int = 100) -> list[tuple[ValueView, ValueView]]:
        """What is inside an object shown before. Raises InvalidHandle or StaleHandle."""
        return self._look(lambda: inspection.expand(self._runtime.heap, token, start, count))

    def registers(self, level: int) -> Registers | None:
        """Where the frame `level` stands; None for a native, and beyond the last."""
        top = self._machine.frame
        frame = next(islice(chain(top), level, None), None)
        if not isinstance(frame, LuaFrame):
            return None
        return self._look(lambda: inspection.registers(self._runtime.heap, frame, frame is not top))

    def try_setting(self, setting: Setting) -> ValueView | None:
        """What a setting gives its variable at this moment, as it is shown; None if it does not find it. It is taken
        back. Raises EvaluationFailed."""

        def show(results: Values) -> ValueView | None:
            found = assign(self._machine, setting, results)
            return inspection.describe(results[0] if results else None) if found else None

        return self.evaluate(setting.expression, setting.level, show)

    def levels(self, show: Callable[[list[Level]], T]) -> T:
        """What `show` answers of the call stack, innermost first."""
        top = self._machine.frame
        return self._look(lambda: show(list(inspection.levels(top))))

    def glance(self, token: str, count: int) -> list[tuple[ValueView, ValueView]]:
        """The first entries of a table in no certain order, not named. Raises InvalidHandle or StaleHandle."""
        value = self._runtime.heap.resolve_token(token)
        if not isinstance(value, Table):
            return []
        first = islice(dict.items(value), count)
        return [(inspection.describe(key), inspection.describe(item)) for key, item in first]

    def line_values(self, level: int) -> list[tuple[int, list[Variable]]]:
        """What the local variables of the frame `level` hold, by the lines on which they got it."""
        top = self._machine.frame
        frame = next(islice(chain(top), level, None), None)
        if not isinstance(frame, LuaFrame):
            return []
        return self._look(lambda: inspection.line_values(self._runtime.heap, frame, frame is not top))

    def evaluate(self, source: bytes, level: int, show: Callable[[Values], T], thread: str = "") -> T:
        """What `show` answers of the results of an expression in the frame `level` of `frames`; see `evaluation.py`.

        Beyond the last there are globals alone. Raises EvaluationFailed, InvalidHandle or StaleHandle.
        """
        top = self._top(thread)
        frame = next(islice(chain(top), level, None), None)
        is_waiting = thread != "" or frame is not top
        return self._writing(lambda: self._evaluator.evaluate(source, frame, is_waiting, show))

    def _look(self, act: Callable[[], T]) -> T:
        """The result of `act`, which looks at values; what that changes (an address is given to what orders a table)
        is taken back."""

        def look() -> T:
            transaction = self._history.transaction
            transaction.begin()
            try:
                return act()
            finally:
                transaction.abort()
                transaction.reset()

        return self._writing(look)

    def _writing(self, act: Callable[[], T]) -> T:
        """The result of `act`, which writes, within the transaction."""

        def writing() -> T:
            writes.attach(self._history.transaction)
            return act()

        return self._installed(writing)

    def _installed(self, act: Callable[[], T]) -> T:
        """The result of `act`, which moves the run, or looks at it: meanwhile the machine's module state is installed,
        and Python looks for no garbage (a recording makes little, and keeps much that would be searched).

        Whatever ends `act`, be it an interrupt between any two instructions of Python, nothing stays behind: the way
        out begins with an assignment, which cannot be interrupted, and what follows is done once more if it is. And if
        it was nothing that `act` ends with on purpose, the recording `is_broken`: it may stand between two moments.
        """
        if self.is_broken:
            raise StateError("a recording that was interrupted", "one that stands at a moment")
        before = (strings.current_metatable, addresses.current, functions.invoke)
        collects, depth = gc.isenabled(), sys.getrecursionlimit()
        try:
            self.is_broken = True
            gc.disable()
            self._runtime.install()
            result = act()
            self.is_broken = False
            return result
        except _EXPECTED:
            self.is_broken = False
            raise
        finally:
            strings.current_metatable, addresses.current, functions.invoke = before
            try:
                _end_recording(collects, depth)
            except BaseException:
                _end_recording(collects, depth)
                raise


def _end_recording(collects: bool, depth: int) -> None:
    """Writes are no longer recorded; garbage is looked for again if it was before, and Python's limit of depth, which a
    command raises, is what it was. May be done twice."""
    writes.detach()
    sys.setrecursionlimit(depth)
    if collects:
        gc.enable()
