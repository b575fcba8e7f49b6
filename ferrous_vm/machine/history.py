"""The recorded past of a run: one record a step, each undone exactly.

A record holds what the machine was at before the step (thread, top frame, pending operation), the frames the step
changed as they were, the undo of its heap transaction, and a mark of each participant. Participants are what a script
can change outside the heap: its output, the random numbers, a keyspace.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any, Final, Protocol

from ferrous_vm.machine.frames import Frame, LuaFrame, NativeFrame, chain
from ferrous_vm.machine.heap import Heap
from ferrous_vm.machine.machine import Machine, callee_at
from ferrous_vm.machine.pending import NativeCall
from ferrous_vm.machine.rewinding import remake
from ferrous_vm.machine.transaction import HeapTransaction, Inverse, undo
from ferrous_vm.records import MutableRecord
from ferrous_vm.values.natives import Settings

CHECK_INTERVAL: Final = 1_000
"""Steps between two looks at the memory."""


class Participant(Protocol):
    """Something outside the heap that is stepped back together with it."""

    def savepoint(self) -> Any:
        """A mark of the present state."""

    def rollback(self, mark: Any) -> None:
        """Returns to the state of a mark; later marks are void."""


class Record(MutableRecord):
    """What one step has to be taken back to."""

    state: tuple[Any, ...]
    restore: list[Callable[[], None]]
    inverses: list[Inverse]
    marks: list[Any] | None
    """None where no participant could change."""


class History:
    """Records steps and takes them back."""

    def __init__(self, machine: Machine, heap: Heap, transaction: HeapTransaction) -> None:
        self._machine = machine
        self._heap = heap
        self.transaction = transaction
        self.participants: list[Participant] = []
        self._records: list[Record] = []
        self._restore: list[Callable[[], None]] = []
        self._kept: set[int] = set()
        self.steps = 0
        """Steps taken since the run began; those taken back do not count."""

    def record_step(self) -> None:
        """Takes one step of the machine and records it. Interrupted within it, or over a limit, it has not happened.

        After so many of them it looks for garbage, as part of the step: a weak table loses entries by that.
        """
        machine = self._machine
        state = self._state()
        native = next_native(machine)
        # Only natives change participants: a step that calls none, and delivers nothing to one, needs no marks.
        marks = self._marks() if native is not None or machine.pending is not None else None
        self._restore = []
        self._kept.clear()
        self.transaction.begin()
        self.keep(machine.frame)
        if native is not None and native.__closure__:
            self._restore += cells_of(native)
        try:
            machine.step()
            if self.steps % CHECK_INTERVAL == 0:
                self.transaction.record(self._heap.restore_account, self._heap.account())
                machine.check_limits()
        except BaseException:
            self.transaction.abort()
            self.transaction.reset()
            self._put_back(state, self._restore, marks)
            raise
        self._records.append(Record(state, self._restore, self.transaction.commit(), marks))
        self.transaction.reset()
        self.steps += 1

    def take_back(self, count: int) -> int:
        """Takes back up to `count` steps; answers how many. Natives are not yet made again: see `remake_natives`."""
        taken = 0
        while taken < count and self._records:
            record = self._records.pop()
            undo(record.inverses)
            self._put_back(record.state, record.restore, record.marks)
            self.steps -= 1
            taken += 1
        return taken

    def remake_natives(self) -> None:
        """Makes the natives on the present stacks again that were stepped back over. Raises Diverged."""
        thread = self._machine.thread
        frame = self._machine.frame
        while True:
            for waiting in chain(frame):
                if isinstance(waiting, NativeFrame) and waiting.generator is None:
                    remake(self.transaction, waiting)
            if thread.resumer is None:
                return
            thread = thread.resumer
            frame = thread.frame

    def keep(self, frame: Frame | None) -> None:
        """The present step is about to change this frame."""
        if frame is None or id(frame) in self._kept:
            return
        self._kept.add(id(frame))
        self._restore.append(copy_of(frame))

    def _state(self) -> tuple[Any, ...]:
        machine = self._machine
        return (
            machine.thread,
            machine.frame,
            machine.pending,
            machine.results,
            machine.failure,
            machine.instructions,
        )

    def _marks(self) -> list[Any]:
        return [participant.savepoint() for participant in self.participants]

    def _put_back(self, state: tuple[Any, ...], restore: list[Callable[[], None]], marks: list[Any] | None) -> None:
        for action in reversed(restore):
            action()
        machine = self._machine
        machine.thread, machine.frame, machine.pending, machine.results, machine.failure, machine.instructions = state
        if marks is not None:
            for participant, mark in zip(reversed(self.participants), reversed(marks), strict=True):
                participant.rollback(mark)


def next_native(machine: Machine) -> FunctionType | None:
    """The native the next step of a machine calls, if it is one."""
    operation, frame = machine.pending, machine.frame
    if operation is not None:
        called = operation.function if isinstance(operation, NativeCall) else None
    elif isinstance(frame, LuaFrame):
        called = callee_at(frame, frame.pc)
    else:
        called = None
    return called if isinstance(called, FunctionType) else None


def cells_of(native: FunctionType) -> list[Callable[[], None]]:
    """What puts back what a native keeps of its own. One made by another keeps it in a cell, which calling it may
    change: the iterator of gmatch its place, the functions of cjson their settings."""
    found: list[Callable[[], None]] = []
    for cell in native.__closure__ or ():
        try:
            contents = cell.cell_contents
        except ValueError:  # not yet filled
            continue
        if isinstance(contents, int | float):
            found.append(partial(setattr, cell, "cell_contents", contents))
        elif isinstance(contents, Settings):
            found.append(partial(contents.rollback, contents.savepoint()))
    return found


def copy_of(frame: Frame) -> Callable[[], None]:
    """What puts a frame back as it is now."""
    if isinstance(frame, LuaFrame):
        return partial(
            _restore_lua_frame, frame, frame.pc, frame.registers.copy(), frame.open_values, frame.open_register
        )
    return partial(_restore_native_frame, frame, 0 if frame.memory is None else len(frame.memory.inputs))


def _restore_lua_frame(
    frame: LuaFrame, pc: int, registers: list[Any], open_values: tuple[Any, ...], open_register: int
) -> None:
    frame.pc = pc
    frame.registers[:] = registers
    frame.open_values = open_values
    frame.open_register = open_register


def _restore_native_frame(frame: NativeFrame, fed: int) -> None:
    memory = frame.memory
    assert memory is not None
    if len(memory.inputs) > fed:
        del memory.inputs[fed:]
        del memory.requests[fed:]
        frame.generator = None
