"""A run traced: at every moment which instruction of which call was next, and what passed through tables and upvalues.

The trace holds no values but those written to tables: what was in a register is told by the instructions that wrote it
(`bytecode/effects.py`). Objects are named by when they were made, so that they are the same in every run of the same
script. Which questions it answers is said in `origins.py`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, Final, NamedTuple

from ferrous_vm.bytecode.module import Instruction, Prototype
from ferrous_vm.bytecode.opcodes import MULTIPLE, OPCODES, Opcode
from ferrous_vm.machine.frames import LuaFrame, chain
from ferrous_vm.machine.machine import Machine, Status
from ferrous_vm.machine.setting import Settings
from ferrous_vm.records import MutableRecord, field
from ferrous_vm.values.functions import DECLARED
from ferrous_vm.values.tables import Table

Value = Any

NOBODY: Final = -1
"""The call at a moment at which no instruction of Lua is next; the caller of what the host or a native called."""

_CHECK_INTERVAL: Final = 1_000
"""Instructions between two looks at the limits."""


class Activation(MutableRecord):
    """One call of a Lua function."""

    prototype: Prototype
    caller: int
    """The activation that called it; NOBODY for the host and for what natives call in between."""
    called_at: int
    """The moment of the call, by whomever."""
    within: int
    """The activation below it on the stack, also where a native stands between them."""
    arguments: int
    """How many it was given; for those of a vararg function, the extra ones included."""
    replaced: int
    """The activation whose place it took by a tail call; else NOBODY."""
    last_frame: Any = None
    """While it runs, its frame; of the one that ran last, the frame as it was left."""


class TableAccess(NamedTuple):
    """An instruction or a native read or wrote a field. `key` is None where a native may have written any."""

    moment: int
    table: int
    """The moment at which the table was made; a negative number of its own where nobody was seen to make it."""
    key: Value
    value: Value
    register: int
    """Where the value came from in the frame of the moment; -1 for a constant or unknown."""


class UpvalueAccess(NamedTuple):
    """An instruction read or wrote a captured variable, which `cell` names."""

    moment: int
    cell: int
    value: Value


class Home(NamedTuple):
    """The register that a captured variable is, and since when it is captured."""

    activation: int
    register: int
    moment: int


class Trace(MutableRecord):
    """What is known of a run. The index in `activations_at` and `pcs` is the moment."""

    activations: list[Activation] = field(factory=list)
    activations_at: array[int] = field(factory=lambda: array("q"))
    pcs: array[int] = field(factory=lambda: array("l"))
    reads: list[TableAccess] = field(factory=list)
    writes: list[TableAccess] = field(factory=list)
    upvalue_reads: list[UpvalueAccess] = field(factory=list)
    upvalue_writes: list[UpvalueAccess] = field(factory=list)
    homes: dict[int, Home] = field(factory=dict)
    entered_by: dict[int, int] = field(factory=dict)
    """By the moment of a call, the activation it began."""
    is_whole: bool = True
    """The run was traced to its end."""

    def instruction(self, moment: int) -> tuple[Activation, Instruction] | None:
        """What was next at a moment; None where it was no instruction."""
        at = self.activations_at[moment]
        if at == NOBODY:
            return None
        activation = self.activations[at]
        return activation, activation.prototype.code[self.pcs[moment]]

    def line(self, moment: int) -> int | None:
        """The line of the instruction at a moment."""
        at = self.activations_at[moment]
        return None if at == NOBODY else self.activations[at].prototype.lines[self.pcs[moment]]

    def stack(self, moment: int) -> Iterator[tuple[Activation, int]]:
        """The activations at a moment, innermost first, and the line each is at."""
        at, when = self.activations_at[moment], moment
        while at != NOBODY:
            activation = self.activations[at]
            yield activation, activation.prototype.lines[self.pcs[when]]
            at, when = activation.within, activation.called_at
            while at != NOBODY and self.activations_at[when] != at and when > 0:
                when -= 1


class Tracer:
    """Traces the run of a machine that has begun.

    `captured` is told at chosen moments: of each moment in `wanted` the value of a register of its frame.
    """

    def __init__(
        self, machine: Machine, wanted: dict[int, int] | None = None, settings: Settings | None = None
    ) -> None:
        """`settings` are set in the course of the run, as in its recording."""
        self._machine = machine
        self._settings = settings
        self.trace = Trace()
        self._wanted = wanted or {}
        self.captured: dict[int, Value] = {}
        self._made: dict[int, int] = {}
        """By the identity of a table, when it was made."""
        self._cells: dict[int, int] = {}
        """By the identity of a captured variable, its number."""
        self._alive: list[Value] = []
        """Objects whose identities are in use."""
        self._stacks: dict[int, list[int]] = {}
        self._known: dict[int, int] = {}
        """By the identity of a frame that has not ended, its activation."""
        self._moment = 0

    def run(self, most: int, may_go_on: Callable[[int], bool]) -> Trace:
        """The trace of at most so many moments. `may_go_on(moment)` is asked now and then. Raises LimitExceeded."""
        machine, trace, wanted = self._machine, self.trace, self._wanted
        trace.activations_at.append(NOBODY)
        trace.pcs.append(0)
        machine.advance(0)  # the first moment is the call of the script
        at, last = NOBODY, None
        while machine.status is Status.RUNNING:
            self._moment += 1
            frame = machine.frame
            if frame is not last:
                at, last = self._enter(frame), frame
            pc = frame.pc
            trace.activations_at.append(at)
            trace.pcs.append(pc)
            if self._moment in wanted:
                self.captured[self._moment] = frame.registers[wanted[self._moment]]
            if self._settings is not None:
                self._settings.carry_out(self._moment)
            instruction = trace.activations[at].prototype.code[pc]
            look = _LOOKS[instruction[0]]
            after = None if look is None else look(self, frame, instruction)
            machine.advance(1)
            if after is not None:
                after(self, frame, instruction)
            if self._moment % _CHECK_INTERVAL == 0:
                machine.check_limits()
                if self._moment >= most or not may_go_on(self._moment):
                    trace.is_whole = machine.status is not Status.RUNNING
                    break
        return trace

    # Calls

    def _enter(self, frame: LuaFrame) -> int:
        """The activation of a frame that is on top now, and was not at the last step."""
        known = self._known.get(id(frame))
        thread = self._stacks.setdefault(id(self._machine.thread), [])
        if known is not None:
            while thread and thread[-1] != known:
                self._leave(thread.pop())
            return known
        below = next((one for one in chain(frame.parent) if isinstance(one, LuaFrame)), None)
        within = NOBODY if below is None else self._known.get(id(below), NOBODY)
        left = NOBODY
        while thread and thread[-1] != within:
            left = thread.pop()
            self._leave(left)
        number = len(self.trace.activations)
        called_at = self._moment_of_call(within, left if frame.tail_calls else NOBODY)
        is_direct = below is not None and frame.parent is below
        activation = Activation(
            frame.closure.linked.prototype,
            within if is_direct else NOBODY,
            called_at,
            within,
            frame.closure.linked.parameter_count + len(frame.varargs),
            left if frame.tail_calls else NOBODY,
        )
        activation.last_frame = frame
        self.trace.activations.append(activation)
        if is_direct or frame.tail_calls:
            self.trace.entered_by[called_at] = number
        self._known[id(frame)] = number
        thread.append(number)
        return number

    def _moment_of_call(self, within: int, replaced: int) -> int:
        """When the caller called: its last moment."""
        caller = within if replaced == NOBODY else replaced
        moment = self._moment - 1
        at = self.trace.activations_at
        while moment >= 0 and at[moment] != caller:
            moment -= 1
        return max(moment, 0)

    def _leave(self, activation: int) -> None:
        frame = self.trace.activations[activation].last_frame
        self.trace.activations[activation].last_frame = None
        self._known.pop(id(frame), None)

    # Objects

    def table(self, table: Table) -> int:
        """When a table was made; a number of its own for one that nobody was seen to make."""
        made = self._made.get(id(table))
        if made is None:
            made = self._made[id(table)] = -1 - len(self._made)
            self._alive.append(table)
        return made

    def knows(self, table: Table) -> bool:
        """Whether it was seen before."""
        return id(table) in self._made

    def make(self, table: Table) -> None:
        """The present step has made a table."""
        self._made[id(table)] = self._moment
        self._alive.append(table)

    def cell(self, upvalue: Any) -> int:
        """The number of a captured variable."""
        found = self._cells.get(id(upvalue))
        if found is None:
            found = self._cells[id(upvalue)] = len(self._cells)
            self._alive.append(upvalue)
        return found

    def note_read(self, table: Value, key: Value) -> None:
        """A field is read."""
        if isinstance(table, Table):
            self.trace.reads.append(TableAccess(self._moment, self.table(table), key, None, -1))

    def note_write(self, table: Value, key: Value, value: Value, register: int) -> None:
        """A field is written."""
        if isinstance(table, Table):
            self.trace.writes.append(TableAccess(self._moment, self.table(table), key, value, register))

    def note_upvalue(self, accesses: list[UpvalueAccess], upvalue: Any, value: Value) -> None:
        """A captured variable is read or written."""
        accesses.append(UpvalueAccess(self._moment, self.cell(upvalue), value))

    def note_capture(self, upvalue: Any, activation: int, register: int) -> None:
        """A local variable is captured."""
        self.trace.homes.setdefault(self.cell(upvalue), Home(activation, register, self._moment))

    def activation_of(self, frame: LuaFrame) -> int:
        """That of a frame which has not ended."""
        return self._known.get(id(frame), NOBODY)


# What is looked at, by opcode: before the step, answering what is to be looked at after it.

_Look = Callable[[Tracer, LuaFrame, Instruction], Any]


def _operand(frame: LuaFrame, name: str, letter: int, operand: int) -> tuple[Value, int]:
    """The value of the operand B (1) or C (2), and its register or -1."""
    ending = name.rpartition("_")[2]
    is_constant = ending in ("RK", "KR", "KK") and ending[letter - 1] == "K"
    if is_constant:
        return frame.code[frame.pc][letter + 1], -1
    return frame.registers[operand], operand


def _getting(name: str) -> _Look:
    def look(tracer: Tracer, frame: LuaFrame, instruction: Instruction) -> None:
        key = frame.code[frame.pc][3] if name.endswith("_RK") else frame.registers[instruction[3]]
        tracer.note_read(frame.registers[instruction[2]], key)

    return look


def _setting(name: str) -> _Look:
    def look(tracer: Tracer, frame: LuaFrame, instruction: Instruction) -> None:
        _, a, b, c = instruction
        key, _ = _operand(frame, name, 1, b)
        value, register = _operand(frame, name, 2, c)
        tracer.note_write(frame.registers[a], key, value, register)

    return look


def _setting_list(tracer: Tracer, frame: LuaFrame, instruction: Instruction) -> None:
    _, a, b, c = instruction
    values = frame.registers[a + 1 : a + 1 + b] if b != MULTIPLE else [
        *frame.registers[a + 1 : frame.open_register],
        *frame.open_values,
    ]  # fmt: skip
    for offset, value in enumerate(values):
        tracer.note_write(frame.registers[a], float(c + offset), value, a + 1 + offset)


def _making_table(tracer: Tracer, frame: LuaFrame, instruction: Instruction) -> _Look:
    return _table_made


def _table_made(tracer: Tracer, frame: LuaFrame, instruction: Instruction) -> None:
    tracer.make(frame.registers[instruction[1]])


def _getting_upvalue(tracer: Tracer, frame: LuaFrame, instruction: Instruction) -> None:
    tracer.note_upvalue(tracer.trace.upvalue_reads, frame.closure.upvalues[instruction[2]], None)


def _setting_upvalue(tracer: Tracer, frame: LuaFrame, instruction: Instruction) -> None:
    upvalue = frame.closure.upvalues[instruction[1]]
    tracer.note_upvalue(tracer.trace.upvalue_writes, upvalue, frame.registers[instruction[2]])


def _making_closure(tracer: Tracer, frame: LuaFrame, instruction: Instruction) -> _Look:
    return _closure_made


def _closure_made(tracer: Tracer, frame: LuaFrame, instruction: Instruction) -> None:
    closure = frame.registers[instruction[1]]
    for source, upvalue in zip(closure.linked.prototype.upvalues, closure.upvalues, strict=True):
        if source.in_register:
            tracer.note_capture(upvalue, tracer.activation_of(frame), source.slot)


_WRITING_NATIVES: Final = frozenset({b"insert", b"remove", b"sort", b"rawset"})
"""The library functions that change a table they are given: their first argument."""


def _calling(tracer: Tracer, frame: LuaFrame, instruction: Instruction) -> _Look | None:
    _, a, b, _ = instruction
    function = frame.registers[a]
    if function.__class__ is not FunctionType:
        return None
    declared = function.__dict__.get(DECLARED)
    name = declared.name if declared is not None else b""
    if name in _WRITING_NATIVES:
        first = a + 1
        arguments = (
            frame.registers[first : first + b] if b != MULTIPLE else frame.registers[first : frame.open_register]
        )
        _note_native_write(tracer, name, arguments, first)
    return _native_called


def _note_native_write(tracer: Tracer, name: bytes, arguments: list[Value], first: int) -> None:
    if not arguments or not isinstance(arguments[0], Table):
        return
    table, count = arguments[0], len(arguments)
    if name == b"insert" and count == 2:
        tracer.note_write(table, table.length() + 1.0, arguments[1], first + 1)
    elif name == b"rawset" and count >= 3:
        tracer.note_write(table, arguments[1], arguments[2], first + 2)
    else:
        tracer.note_write(table, None, None, -1)


def _native_called(tracer: Tracer, frame: LuaFrame, instruction: Instruction) -> None:
    """What a native returned at once; a table that is new was made here."""
    _, a, _, c = instruction
    if c != 0 and (c != MULTIPLE or not frame.open_values):
        result = frame.registers[a]
    else:
        result = frame.open_values[0] if frame.open_values else None
    if isinstance(result, Table) and not tracer.knows(result):
        tracer.make(result)


_LOOKING: Final[dict[str, _Look]] = {
    **{name: _getting(name) for name in ("GETTABLE", "GETTABLE_RK", "SELF", "SELF_RK")},
    **{name: _setting(name) for name in ("SETTABLE", "SETTABLE_RK", "SETTABLE_KR", "SETTABLE_KK")},
    "SETLIST": _setting_list,
    "NEWTABLE": _making_table,
    "GETUPVAL": _getting_upvalue,
    "SETUPVAL": _setting_upvalue,
    "CLOSURE": _making_closure,
    "CALL": _calling,
}
_LOOKS: Final = tuple(_LOOKING.get(opcode.name) for opcode in OPCODES)
if not {opcode.name for opcode in Opcode} >= _LOOKING.keys():
    raise ValueError("a look is of no opcode")
