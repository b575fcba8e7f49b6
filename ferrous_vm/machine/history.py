"""The recorded past of a run: blocks of steps, each undone and done again as a whole, exactly.

A block holds the undo of its steps: of each table entry, captured local and frame that they changed what was there at
the block's beginning, once, however often it changed; and a mark of each participant. Participants are what a script
can change outside the heap: its output, the random numbers, a keyspace. What is undone answers what does it again, with
the same objects; so far ways cost what was changed, not what was executed. A moment within a block is reached from the
block's beginning, by executing: the machine is deterministic, and only what is undone has to be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, Protocol

from ferrous_vm.machine import writes
from ferrous_vm.machine.coroutines import Thread
from ferrous_vm.machine.frames import Frame, LuaFrame, NativeFrame, chain, release
from ferrous_vm.machine.heap import Heap
from ferrous_vm.machine.machine import CHECK_INTERVAL, Machine
from ferrous_vm.machine.rewinding import Diverged, remake
from ferrous_vm.machine.setting import Settings
from ferrous_vm.machine.transaction import HeapTransaction, Inverse, undo
from ferrous_vm.records import MutableRecord
from ferrous_vm.values.strings import LuaString

LARGE: Final = 64 * 1024
"""Bytes from which on a string counts as memory of its own."""

_ENTRY_BYTES: Final = 160
"""What the undo of one write takes, with the values it keeps: two tuples, a token, a number."""

_BLOCK_BYTES: Final = 2_000
"""What a block takes besides."""


class Restorable(Protocol):
    """Something whose state can be taken back."""

    def savepoint(self) -> Any:
        """A mark of the present state."""

    def rollback(self, mark: Any) -> Any:
        """Returns to the state of a mark; later marks are void. Of a Participant it answers what `redo` takes; None
        where it cannot be done again."""


class Participant(Restorable, Protocol):
    """Something outside the heap that is taken back, and done again, together with it."""

    def redo(self, taken: Any) -> Any:
        """Returns to the state before the last rollback, which answered `taken`."""


class Block(MutableRecord):
    """Steps from one moment to another. Behind the machine it holds their undo, and the participants' marks at its
    start; ahead of it, what does them again."""

    start: int
    end: int
    changes: list[Inverse]
    participants: list[Any]


class History:
    """Takes a machine to any moment of its run, and keeps what that needs."""

    def __init__(self, machine: Machine, heap: Heap, transaction: HeapTransaction) -> None:
        self._machine = machine
        self._heap = heap
        self.transaction = transaction
        self.participants: list[Participant] = []
        self.arrived: Callable[[], object] = _nothing
        """Called when all have been rolled back, or done again, before anything goes on."""
        self._blocks: list[Block] = []
        self._behind = 0
        """How many of the blocks lie behind the machine; the others can be done again."""
        self._open: Block | None = None
        """The block in which the machine is; its end is not known."""
        self._kept: dict[int, Frame] = {}
        """Frames of which the present execution has kept the undo."""
        self._large: set[int] = set()
        """Large strings that are counted."""
        self.bytes_kept = 0
        """What the blocks keep, estimated."""
        self.settings: Settings | None = None
        """What is set in the course of the run."""
        self.is_torn = False
        """Whether what ended the last execution came within a step, which has happened in part."""
        self.has_large_strings = False
        """Whether the run has made any."""

    @property
    def moment(self) -> int:
        """Steps taken since the run began, the present one included: its first is the call of its function, each other
        one an instruction with all it needs."""
        machine = self._machine
        return 0 if machine.pending is not None else 1 + machine.executed

    @property
    def block_length(self) -> int:
        """Steps taken in the open block."""
        return 0 if self._open is None else self.moment - self._open.start

    # Forwards

    def execute(self, moment: int) -> None:
        """Takes steps up to a moment, or to the end of the run, in the open block. The transaction must be attached.

        Raises LimitExceeded, or what else ends it; within a step it `is_torn` then, and must be taken back."""
        transaction = self.transaction
        self.is_torn = False
        self._begin_block()
        self._kept.clear()
        transaction.begin()
        try:
            self.keep(self._machine.frame)
            self._execute(moment)
        finally:
            assert self._open is not None
            self._open.changes += transaction.commit()
            transaction.reset()

    def _execute(self, moment: int) -> None:
        machine, settings = self._machine, self.settings
        if machine.pending is not None and moment > 0:
            self._advance(0)
        while machine.frame is not None and (left := moment - self.moment) > 0:
            until_check = CHECK_INTERVAL - machine.instructions % CHECK_INTERVAL
            if settings is not None:
                left = settings.steps_from(self.moment, left)
            if until_check == CHECK_INTERVAL and machine.instructions:
                self._check_limits()
            self._advance(min(left, until_check))

    def _advance(self, count: int) -> None:
        try:
            self._machine.advance(count)
            if self.settings is not None and self._machine.frame is not None:
                self.settings.carry_out(self.moment)
        except BaseException:
            self.is_torn = True
            raise

    def _check_limits(self) -> None:
        """As a run does after so many instructions. What the search for garbage changes is taken back with the steps
        that follow; if a limit is exceeded, at once."""
        savepoint = self.transaction.savepoint()
        try:
            self.transaction.record(self._heap.restore_account, self._heap.account())
            self._machine.check_limits()
        except BaseException:
            self.transaction.rollback(savepoint)
            raise

    def _begin_block(self) -> None:
        if self._open is None:
            machine = self._machine
            state = _state(machine)
            marks = [participant.savepoint() for participant in self.participants]
            self._open = Block(self.moment, -1, [(_swap_state, (machine, state))], marks)

    def close_block(self) -> None:
        """The present moment is the end of the open block, if it is the last one: what comes is of another."""
        block = self._open
        if block is not None and self._behind == len(self._blocks):
            self._open = None
            block.end = self.moment
            self.bytes_kept += _BLOCK_BYTES + _ENTRY_BYTES * len(block.changes)
            if self.has_large_strings:
                self._count_large_strings(block.changes)
            self._blocks.append(block)
            self._behind += 1

    def _count_large_strings(self, changes: list[Inverse]) -> None:
        for _, args in changes:
            for arg in args:
                for value in arg if arg.__class__ in (list, tuple) else (arg,):
                    if value.__class__ is LuaString and len(value) > LARGE and id(value) not in self._large:
                        self._large.add(id(value))
                        self.bytes_kept += len(value)

    def keep(self, frame: Frame | None) -> None:
        """The present step is about to change this frame."""
        if frame is None or id(frame) in self._kept:
            return
        self._kept[id(frame)] = frame
        if isinstance(frame, LuaFrame):
            self.transaction.record(_swap_lua_frame, frame, *_lua_frame_state(frame))
        elif frame.memory is not None:
            self.transaction.record(_cut_memory, frame, len(frame.memory.inputs))

    # Far

    def go_to_block(self, moment: int, may_go_on: Callable[[], bool]) -> None:
        """Without executing, as near before a moment as blocks lead. `may_go_on` is asked between two of them. No
        step can be taken before `arrive`."""
        opened = self._open
        if opened is not None:
            if opened.start <= self.moment <= moment and not self._is_ahead(moment):
                return
            self._roll_back()
        while may_go_on():
            if self._behind and self._blocks[self._behind - 1].end > moment:
                self._undo_block()
            elif self._is_ahead(moment):
                self._redo_block()
            else:
                return

    def _is_ahead(self, moment: int) -> bool:
        """Whether the block that comes, or in which the machine is, ends at that moment or before."""
        return self._behind < len(self._blocks) and self._blocks[self._behind].end <= moment

    def _roll_back(self) -> None:
        """To the beginning of the open block."""
        opened, self._open = self._open, None
        if opened is not None:
            undo(opened.changes)
            for participant, mark in zip(reversed(self.participants), reversed(opened.participants), strict=True):
                participant.rollback(mark)

    def _undo_block(self) -> None:
        block = self._blocks[self._behind - 1]
        self._behind -= 1
        block.changes = undo(block.changes)
        taken = [
            participant.rollback(mark)
            for participant, mark in zip(reversed(self.participants), reversed(block.participants), strict=True)
        ]
        if any(each is None for each in taken):
            self._forget_ahead()
        else:
            taken.reverse()
            block.participants = taken

    def _redo_block(self) -> None:
        block = self._blocks[self._behind]
        self._behind += 1
        block.changes = undo(block.changes)
        marks = []
        for participant, taken in zip(self.participants, block.participants, strict=True):
            marks.append(participant.savepoint())
            participant.redo(taken)
        block.participants = marks

    def _forget_ahead(self) -> None:
        """What lies ahead has to be executed again: it is no longer known as it was, or is made of other objects."""
        ahead = self._blocks[self._behind :]
        del self._blocks[self._behind :]
        _give_up(ahead)

    def clear(self) -> None:
        """Nothing can be gone to any more."""
        blocks = [*self._blocks, *([self._open] if self._open is not None else [])]
        self._blocks, self._behind, self._open = [], 0, None
        self._kept.clear()
        _give_up(blocks)

    def restart_block(self) -> None:
        """Back to the beginning of the open block."""
        self._roll_back()
        self.arrive()

    def arrive(self) -> None:
        """Makes the natives on the present stacks again that were gone back over, so that steps can be taken. Where one
        finds what it had read changed (`table.sort` does), back to a moment before it was called."""
        while True:
            self.arrived()
            try:
                self._remake_natives()
                return
            except Diverged:
                self._roll_back()
                self._undo_block()
                self._forget_ahead()

    def _remake_natives(self) -> None:
        """What they write as they are fed once more is on record already: it is recorded, and taken back."""
        lacking = [frame for frame in self._frames() if isinstance(frame, NativeFrame) and frame.generator is None]
        if not lacking:
            return
        writes.attach(self.transaction)
        try:
            for frame in lacking:
                remake(self.transaction, frame)
        finally:
            writes.detach()

    def _frames(self) -> Iterator[Frame]:
        """Those of the running thread and of the threads that wait for it."""
        thread, frame = self._machine.thread, self._machine.frame
        while True:
            yield from chain(frame)
            if thread.resumer is None:
                return
            thread = thread.resumer
            frame = thread.frame


def _give_up(blocks: list[Block]) -> None:
    """Frees blocks, and with them the stacks that only they know, frame by frame."""
    frames: dict[int, Frame] = {}
    waiting: list[Any] = [args for block in blocks for _, args in block.changes]
    while waiting:
        held = waiting.pop()
        if held.__class__ is tuple:
            waiting.extend(held)
        elif isinstance(held, Thread):
            waiting.append(held.frame)
        while isinstance(held, LuaFrame | NativeFrame) and id(held) not in frames:
            frames[id(held)] = held
            held = held.parent
    blocks.clear()
    found = list(frames.values())
    frames.clear()
    release(found)


def _nothing() -> None:
    """Nobody wants to know."""


def copy_of(frame: Frame) -> Callable[[], object]:
    """What puts a frame back as it is now."""
    if isinstance(frame, LuaFrame):
        return partial(_swap_lua_frame, frame, *_lua_frame_state(frame))
    return partial(_cut_memory, frame, 0 if frame.memory is None else len(frame.memory.inputs))


# Inverses


def _state(machine: Machine) -> tuple[Any, ...]:
    return machine.thread, machine.frame, machine.pending, machine.results, machine.failure, machine.instructions


def _swap_state(machine: Machine, state: tuple[Any, ...]) -> Inverse:
    now = _state(machine)
    machine.thread, machine.frame, machine.pending, machine.results, machine.failure, machine.instructions = state
    return _swap_state, (machine, now)


def _lua_frame_state(frame: LuaFrame) -> tuple[int, list[Any], tuple[Any, ...], int]:
    return frame.pc, frame.registers.copy(), frame.open_values, frame.open_register


def _swap_lua_frame(
    frame: LuaFrame, pc: int, registers: list[Any], open_values: tuple[Any, ...], open_register: int
) -> Inverse:
    now = _lua_frame_state(frame)
    frame.pc = pc
    frame.registers[:] = registers  # in place, for upvalues
    frame.open_values = open_values
    frame.open_register = open_register
    return _swap_lua_frame, (frame, *now)


def _cut_memory(frame: NativeFrame, fed: int) -> Inverse | None:
    memory = frame.memory
    assert memory is not None
    again = (memory.inputs[fed:], memory.requests[fed:])
    if not again[0]:
        return None
    del memory.inputs[fed:], memory.requests[fed:]
    frame.generator = None
    return _feed_memory, (frame, *again)


def _feed_memory(frame: NativeFrame, inputs: list[Any], requests: list[Any]) -> Inverse:
    memory = frame.memory
    assert memory is not None
    fed = len(memory.inputs)
    memory.inputs += inputs
    memory.requests += requests
    frame.generator = None
    return _cut_memory, (frame, fed)
