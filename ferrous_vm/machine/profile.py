"""Where a run spends its instructions and its time, and what it allocates.

A host sets `MachineRuntime.profile` and the runs that follow are measured, step by step; an ordinary run is not slowed
by it. Reading the clock costs more than most instructions, so times are for comparing with each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from ferrous_vm.bytecode.opcodes import Opcode
from ferrous_vm.machine.frames import LuaFrame
from ferrous_vm.machine.heap import Heap
from ferrous_vm.machine.machine import Machine, Status
from ferrous_vm.records import MutableRecord, field
from ferrous_vm.values.tables import Storage, Table

_CHECK_INTERVAL: Final = 1_000
"""Steps between two looks at the limits."""

_OPCODES: Final = tuple(Opcode)

_ALLOCATES: Final = {Opcode.CLOSURE: "function", Opcode.CONCAT: "string"}
"""What instructions allocate; tables are counted where they are made, by natives too."""


class Usage(MutableRecord):
    """How often, and for how many seconds in all."""

    count: int = 0
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.count += 1
        self.seconds += seconds


class Allocation(MutableRecord):
    """Objects of one type: made during the run, gone at its end, alive at its end."""

    allocated: int = 0
    freed: int = 0
    live: int = 0


class Profile(MutableRecord):
    """The measurements of one run or several."""

    clock: Callable[[], float]
    """A monotonic clock in seconds."""
    opcodes: dict[str, Usage] = field(factory=dict)
    """Instructions by name of the opcode; pending operations by theirs."""
    lines: dict[tuple[bytes, int], Usage] = field(factory=dict)
    """Instructions by chunk name and line."""
    allocations: dict[str, Allocation] = field(factory=dict)
    """Objects by Lua type."""
    memory_before: int = 0
    memory_after: int = 0
    """Bytes of live objects by the heap's accounting, before and after the last run."""

    def run(self, machine: Machine, heap: Heap) -> None:
        """Runs a machine that has begun, to its end. Raises LimitExceeded."""
        heap.collect()
        before = _live(heap)
        self.memory_before = heap.live_bytes
        made: Counter[str] = Counter()
        try:
            with counting_tables(made):
                self._steps(machine, made)
        finally:
            self.memory_after = heap.collect()
            after = _live(heap)
            for kind in sorted(before.keys() | after.keys() | made.keys()):
                entry = self.allocations.setdefault(kind, Allocation())
                allocated = max(made[kind], after[kind] - before[kind])
                entry.allocated += allocated
                entry.live = after[kind]
                entry.freed += before[kind] + allocated - after[kind]

    def _steps(self, machine: Machine, made: Counter[str]) -> None:
        clock = self.clock
        steps = 0
        while machine.status is Status.RUNNING:
            name, line = _next_step(machine, made)
            started = clock()
            machine.step()
            elapsed = clock() - started
            self.opcodes.setdefault(name, Usage()).add(elapsed)
            if line is not None:
                self.lines.setdefault(line, Usage()).add(elapsed)
            steps += 1
            if steps % _CHECK_INTERVAL == 0:
                machine.check_limits()


def _next_step(machine: Machine, made: Counter[str]) -> tuple[str, tuple[bytes, int] | None]:
    """What the next step is, and the line it belongs to if it is an instruction."""
    if machine.pending is not None:
        return type(machine.pending).__name__, None
    frame: LuaFrame = machine.frame
    prototype = frame.closure.linked.prototype
    opcode = _OPCODES[prototype.code[frame.pc][0]]
    kind = _ALLOCATES.get(opcode)
    if kind is not None:
        made[kind] += 1
    return opcode.name, (prototype.chunk_name, prototype.lines[frame.pc])


def _live(heap: Heap) -> Counter[str]:
    return Counter({kind.decode(): count for kind, count in heap.live_objects().items()})


@contextmanager
def counting_tables(made: Counter[str]) -> Iterator[None]:
    """Within the block every new table is counted, whoever makes it."""

    def initialize(table: Any, *args: Any) -> None:
        Storage.__init__(table, *args)
        made["table"] += 1

    try:
        type.__setattr__(Table, "__init__", initialize)
        yield
    finally:
        if "__init__" in Table.__dict__:
            type.__delattr__(Table, "__init__")
