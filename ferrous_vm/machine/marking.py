"""Marking: everything a program can still reach, found without recursion (lgc.c).

Weak tables (manual section 2.10.2) are remembered on the way: their weak keys and values do not keep anything alive,
and entries whose object was not reached otherwise are removed. Strings count as values, so they are never removed. A
userdata whose finalizer is due is kept alive for it, but a weak value no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from inspect import getgeneratorlocals
from types import FunctionType
from typing import Any, Final, TypeVar

from ferrous_vm.machine import pending
from ferrous_vm.machine.closures import Closure, LinkedPrototype
from ferrous_vm.machine.coroutines import Thread
from ferrous_vm.machine.frames import LuaFrame, NativeFrame, chain
from ferrous_vm.machine.instructions import calls, control
from ferrous_vm.values.booleans import Boolean
from ferrous_vm.values.functions import Coroutine, Proxy, Userdata
from ferrous_vm.values.metamethods import MODE
from ferrous_vm.values.sizes import size_of
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import TABLE_CLASSES, Table
from ferrous_vm.values.types import type_name

Value = Any
T = TypeVar("T")

UPVALUE_SIZE: Final = 48
"""An upvalue with its slot in the closure (sizeof(UpVal) and a pointer)."""


_CALLEE_REGISTERS: Final = {
    calls.call: 0,
    calls.call_open: 0,
    calls.tail_call: 0,
    calls.tail_call_open: 0,
    control.loop_iterator: 3,
}
"""Where an instruction that calls puts the callee: so many registers beyond its operand A."""


class Marking:
    """What one mark reached."""

    __slots__ = ("_reached", "_seen_frames", "_weak", "bytes", "objects")

    def __init__(self) -> None:
        self._reached: dict[int, Value] = {}
        self._seen_frames: set[int] = set()
        self._weak: list[tuple[Table, bool, bool]] = []
        self.bytes = 0
        """What everything reached weighs (`values.sizes`)."""
        self.objects: Counter[bytes] = Counter()
        """Objects reached, by Lua's type."""

    def reached(self, value: Value) -> bool:
        """Whether a program can still get at the object."""
        return id(value) in self._reached

    def has(self, key: int) -> bool:
        """Whether the object of that `id()` was reached."""
        return key in self._reached

    def objects_of(self, kind: type[T]) -> list[T]:
        """The objects of one class that were reached."""
        return [value for value in self._reached.values() if isinstance(value, kind)]

    def add(self, value: Value) -> None:
        """Counts an object that is met for the first time."""
        self._reached[id(value)] = value
        self.bytes += size_of(value)
        self.objects[type_name(value)] += 1
        if isinstance(value, Closure):
            self.bytes += UPVALUE_SIZE * len(value.upvalues)

    def table_children(self, table: Table) -> Iterable[Value]:
        """What a table keeps alive."""
        metatable = table.metatable
        if metatable is None:
            yield from table
            yield from table.values()
            return
        yield metatable
        mode = metatable.get(MODE)
        weak_keys = isinstance(mode, LuaString) and mode.find(b"k") >= 0
        weak_values = isinstance(mode, LuaString) and mode.find(b"v") >= 0
        if weak_keys or weak_values:
            self._weak.append((table, weak_keys, weak_values))
        for key, value in table.items():
            if not weak_keys or isinstance(key, LuaString):
                yield key
            if not weak_values or isinstance(value, LuaString):
                yield value

    def clear_weak_tables(self) -> int:
        """Removes the entries of weak tables whose weak key or value was not reached. Answers how many."""
        removed = 0
        for table, weak_keys, weak_values in self._weak:
            for key, value in list(table.items()):
                if (weak_keys and self._dead(key)) or (weak_values and (self._dead(value) or _finalized(value))):
                    table.put(key, None)
                    removed += 1
        return removed

    def _dead(self, value: Value) -> bool:
        return not isinstance(value, float | LuaString | Boolean) and id(value) not in self._reached

    def mark(self, roots: Iterable[Value]) -> None:
        """Reaches everything from the roots, which may be Lua values, frames, contexts and operations."""
        waiting: list[Value] = list(roots)
        while waiting:
            value = waiting.pop()
            kind = value.__class__
            if kind is float or value is None or kind is Boolean:
                continue
            find = _CHILDREN.get(kind)
            if find is not None:
                if id(value) not in self._seen_frames:
                    self._seen_frames.add(id(value))
                    waiting.extend(find(value))
            elif id(value) not in self._reached:
                if kind in TABLE_CLASSES:
                    self.add(value)
                    waiting.extend(self.table_children(value))
                elif kind is LuaString:
                    self.add(value)
                else:
                    waiting.extend(_mark_object(self, value))


def _mark_object(marking: Marking, value: Value) -> Iterable[Value]:
    """A function, coroutine or userdata; anything else is of no interest."""
    if isinstance(value, Closure):
        marking.add(value)
        return [value.environment, value.linked, *(upvalue.slots[upvalue.index] for upvalue in value.upvalues)]
    if isinstance(value, FunctionType):
        marking.add(value)
        return _cells(value)
    if isinstance(value, Thread):
        marking.add(value)
        return [value.body, value.frame, value.globals, value.resumer]
    if isinstance(value, Userdata | Coroutine):
        marking.add(value)
        return [getattr(value, "metatable", None)]
    return []


def _cells(function: FunctionType) -> list[Value]:
    """What a native made by another native (an iterator, a wrapped coroutine) holds."""
    found: list[Value] = []
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not yet filled
            continue
    return found


def _finalized(value: Value) -> bool:
    return value.__class__ is Proxy and value.finalized


def _of_stack(top: LuaFrame | NativeFrame) -> Iterable[Value]:
    """What the frames of a thread hold; they are only met from the one on top. A frame that waits for the one above it
    holds nothing where that stands: Lua's stack has the callee there (`traversestack`)."""
    for frame in chain(top):
        if isinstance(frame, NativeFrame):
            yield from (frame.function, frame.context, *frame.args)
            if frame.generator is not None:
                yield from getgeneratorlocals(frame.generator).values()
        else:
            yield from (frame.closure, frame.context, *frame.varargs)
            if frame is top:
                yield from (*frame.registers, *frame.open_values)
            else:
                yield from frame.registers[: _first_of_callee(frame)]


def _first_of_callee(frame: LuaFrame) -> int | None:
    """The register in which a waiting frame has what it called; None if it waits for a metamethod, above them all."""
    handler, operand = frame.closure.linked.instructions[frame.pc - 1][:2]
    offset = _CALLEE_REGISTERS.get(handler)
    return None if offset is None else operand + offset


def _of_sequence(values: Iterable[Value]) -> Iterable[Value]:
    return values


def _of_operation(operation: Any) -> Iterable[Value]:
    """The fields of a pending operation or a return context."""
    return [getattr(operation, name) for name in operation.__slots__]


def _of_linked(linked: LinkedPrototype) -> Iterable[Value]:
    """Constants are operands of the code, inner prototypes too."""
    return [
        operand for instruction in linked.instructions for operand in instruction[1:] if not isinstance(operand, int)
    ]


_CHILDREN: Final[dict[type, Callable[[Any], Iterable[Value]]]] = {
    LuaFrame: _of_stack,
    NativeFrame: _of_stack,
    LinkedPrototype: _of_linked,
    tuple: _of_sequence,
    list: _of_sequence,
    **dict.fromkeys((*pending.OPERATIONS, *pending.CONTEXTS), _of_operation),
}
"""What is met on the way without being a Lua value."""
