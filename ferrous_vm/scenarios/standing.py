"""Where a program stands, as one value: two that are equal do the same from here on, whatever came before.

It is all that the program can reach: its frames with their registers, closures, upvalues, tables in the order in which
they were filled, globals, and the state of its random numbers. Objects are numbered as they are met, so that two runs
with other objects but the same shape are equal. What cannot be told, a library function at work that calls Lua, answers
None: then nobody may take this state for another.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

from ferrous_vm.machine.closures import Closure, LinkedPrototype, Upvalue
from ferrous_vm.machine.coroutines import Thread
from ferrous_vm.machine.frames import NativeFrame, chain
from ferrous_vm.machine.machine import Machine
from ferrous_vm.values import strings
from ferrous_vm.values.booleans import Boolean
from ferrous_vm.values.functions import DECLARED
from ferrous_vm.values.natives import Native
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table, TrackedMetaTable, TrackedTable

_TRANSPARENT: Final = frozenset((b"pcall", b"xpcall"))
"""Natives that wait in one way only for what they call: their arguments tell all."""

MOST_OBJECTS: Final = 20_000
"""A program that holds more is never taken for another."""


class _Unknown(Exception):
    """Something whose state cannot be told."""


def prototypes_of(main: LinkedPrototype) -> dict[int, int]:
    """The functions of a program by identity, numbered from its outermost on."""
    found: dict[int, int] = {}
    waiting = [main]
    while waiting:
        linked = waiting.pop()
        if id(linked) not in found:
            found[id(linked)] = len(found)
            for instruction in linked.instructions:
                waiting.extend(operand for operand in instruction[1:] if isinstance(operand, LinkedPrototype))
    return found


class Standing:
    """Tells where the programs of one machine stand."""

    def __init__(self, prototypes: dict[int, int], random_state: Callable[[], object]) -> None:
        self._prototypes = prototypes
        self._random_state = random_state

    def __call__(self, machine: Machine, globals_: Table) -> tuple[Any, ...] | None:
        """All that the running program can reach; None if that cannot be told."""
        telling = _Telling(self._prototypes)
        try:
            telling.add(machine.thread)
            telling.frames(machine.frame)
            telling.add(globals_)
            telling.add(machine.main)
            telling.add(strings.current_metatable)
            telling.drain()
        except _Unknown:
            return None
        return (self._random_state(), *telling.told)


class _Telling:
    """One look at a program."""

    def __init__(self, prototypes: dict[int, int]) -> None:
        self.told: list[Any] = []
        self._prototypes = prototypes
        self._numbers: dict[int, int] = {}
        self._waiting: list[Any] = []
        self._kept: list[Any] = []
        """Keeps alive what was numbered by its identity."""

    def drain(self) -> None:
        """Tell of everything that was numbered, and of what that leads to."""
        position = 0
        while position < len(self._waiting):
            reached = self._waiting[position]
            position += 1
            tell = _TELL.get(type(reached))
            if tell is None:
                if not isinstance(reached, Table):
                    raise _Unknown
                tell = _tell_table
            tell(self, reached)

    def add(self, value: Any) -> None:
        """Tell of a value; of an object its number, and of what is in it later."""
        kind = type(value)
        if kind is float or kind is LuaString:
            self.told.append(value if value else (kind is float, str(value)))  # -0 equals 0, and "" is falsy too
        elif value is None or kind is Boolean:  # told as themselves: neither equals a number
            self.told.append(value)
        elif kind is FunctionType:
            self.told.append(self._name_of(value))
        else:
            number = self._numbers.get(id(value))
            if number is None:
                number = self._numbers[id(value)] = len(self._numbers)
                if number >= MOST_OBJECTS:
                    raise _Unknown
                self._waiting.append(value)
            self.told.append(number)

    def _name_of(self, function: Any) -> tuple[str, Any]:
        declared = function.__dict__.get(DECLARED)
        if not isinstance(declared, Native):
            raise _Unknown
        return ("native", id(declared.function))

    def closure(self, closure: Closure) -> None:
        """Its code, and the variables it has captured."""
        prototype = self._prototypes.get(id(closure.linked))
        if prototype is None:  # code that the program itself has loaded
            raise _Unknown
        self.told.append(prototype)
        self.add(closure.environment)
        for upvalue in closure.upvalues:
            self.add(upvalue)

    def frames(self, top: Any) -> None:
        """A stack, from its top outwards."""
        for frame in chain(top):
            if isinstance(frame, NativeFrame):
                name = frame.function.__dict__.get(DECLARED)
                if name is None or name.name not in _TRANSPARENT:
                    raise _Unknown
                self.told.append(name.name)
                self._values(frame.args)
                continue
            self._numbers.setdefault(id(frame.registers), -1 - len(self._numbers))
            self.add(frame.closure)
            self.told += (frame.pc, frame.open_register, len(frame.varargs), self._numbers[id(frame.registers)])
            self._values(frame.registers)
            self._values(frame.varargs)
            self._values(frame.open_values)
            for captured in (frame.open_upvalues or {}).values():
                self.add(captured)
        self.told.append("base")

    def _values(self, values: Any) -> None:
        self.told.append(len(values))
        for value in values:
            self.add(value)

    def upvalue(self, upvalue: Upvalue) -> None:
        """An open one is a place in a frame, another has its value."""
        place = self._numbers.get(id(upvalue.slots))
        if place is not None:
            self.told.append(("open", place, upvalue.index))
        elif len(upvalue.slots) != 1:  # of a coroutine that has not been met yet
            raise _Unknown
        else:
            self.add(upvalue.slots[upvalue.index])

    def thread(self, thread: Thread) -> None:
        """A coroutine: what it is to run, or where it waits, and for whom."""
        self.add(thread.body)
        self.add(thread.resumer)
        self.frames(thread.frame)


def _tell_table(telling: _Telling, table: Any) -> None:
    telling.told.append((type(table), len(table), table.sizes))
    if table.metatable is not None:
        telling.add(table.metatable)
    for key, value in table.items():
        telling.add(key)
        telling.add(value)
    if isinstance(table, TrackedTable | TrackedMetaTable):  # what was removed has left its mark on the order
        layout = table.current_layout()
        telling.told.append(layout.array_size)
        for key in layout.keys:
            telling.add(key)


_TELL: Final[dict[type, Callable[[_Telling, Any], None]]] = {
    Closure: _Telling.closure,
    Upvalue: _Telling.upvalue,
    Thread: _Telling.thread,
}
