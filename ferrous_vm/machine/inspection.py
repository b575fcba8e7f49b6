"""What a stopped machine shows: frames, variables, values. Objects are named by handles and looked into on demand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from ferrous_vm.bytecode.effects import written
from ferrous_vm.bytecode.module import LocalName, Prototype
from ferrous_vm.machine.closures import Closure, Upvalue
from ferrous_vm.machine.coroutines import Thread
from ferrous_vm.machine.frames import Frame, LuaFrame, NativeFrame, chain
from ferrous_vm.machine.heap import Heap
from ferrous_vm.machine.marking import Marking
from ferrous_vm.machine.stack import called_as
from ferrous_vm.printing import printed
from ferrous_vm.records import Record, with_changes
from ferrous_vm.values.booleans import Boolean
from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.values.types import type_name

Value = Any

TEXT_LIMIT: Final = 200
"""Bytes of a string shown at once; the rest is read through its handle."""


class ValueView(Record):
    """A value as a page shows it: its Lua type, a text, and the handle's token if there is more to see."""

    type: str
    text: bytes
    token: str | None
    size: int | None
    """Bytes of a string, entries of a table."""


class Variable(Record):
    """A named value."""

    name: bytes
    value: ValueView


class FrameView(Record):
    """One level of the call stack."""

    function: str
    """What the caller calls it, or what it is."""
    chunk_name: bytes | None
    """None for a native."""
    line: int | None
    locals: tuple[Variable, ...]
    upvalues: tuple[Variable, ...]
    varargs: tuple[ValueView, ...]
    """What `...` stands for."""


class Level(NamedTuple):
    """A level of the call stack with its values."""

    name: bytes | None
    """What the caller calls the function, if it has a name for it."""
    chunk_name: bytes | None
    line: int | None
    replaced_its_caller: bool
    """It was called in the place of the function that called it."""
    variables: list[tuple[bytes, Value]]
    """The local variables, in the order of their declaration."""


def describe(value: Value) -> ValueView:
    """A value that cannot be looked into later."""
    kind = type_name(value).decode()
    if value is None:
        return ValueView(kind, b"nil", None, None)
    if isinstance(value, Boolean):
        return ValueView(kind, value.name.encode(), None, None)
    if isinstance(value, float):
        return ValueView(kind, number_to_text(value), None, None)
    if isinstance(value, LuaString):
        return ValueView(kind, bytes(value[:TEXT_LIMIT]), None, len(value))
    if isinstance(value, Table):
        return ValueView(kind, b"table", None, len(value))
    return ValueView(kind, _function_text(value) if isinstance(value, Closure) else kind.encode(), None, None)


def view(heap: Heap, value: Value) -> ValueView:
    """A value, without what is inside it."""
    described = describe(value)
    if value is None or isinstance(value, Boolean | float):
        return described
    return with_changes(described, token=heap.handle_of(value).token)


def _function_text(closure: Closure) -> bytes:
    prototype = closure.linked.prototype
    return b"function at line %d" % prototype.defined_line if prototype.defined_line else b"main function"


def expand(heap: Heap, token: str, start: int = 0, count: int = 100) -> list[tuple[ValueView, ValueView]]:
    """What is inside an object: the entries of a table in Lua's order, and its metatable; the bytes of a string.

    `start` and `count` choose a part. Raises InvalidHandle or StaleHandle.
    """
    value = heap.resolve_token(token)
    if isinstance(value, LuaString):
        return [(view(heap, float(start)), ValueView("string", bytes(value[start : start + count]), token, len(value)))]
    return [(view(heap, key), view(heap, item)) for key, item in entries(value)[start : start + count]]


def entries(value: Value) -> list[tuple[Value, Value]]:
    """What is inside a table, or the upvalues of a function, by their names; nothing in other values."""
    if isinstance(value, Table):
        return [*_entries(value), *([(LuaString(b"(metatable)"), value.metatable)] if value.metatable else [])]
    if isinstance(value, Closure):
        names = value.linked.prototype.upvalue_names
        return [
            (LuaString(name), upvalue.slots[upvalue.index]) for name, upvalue in zip(names, value.upvalues, strict=True)
        ]
    return []


def _entries(table: Table) -> Iterator[tuple[Value, Value]]:
    entry = table.next(None)
    while entry is not None:
        yield entry
        entry = table.next(entry[0])


def frames(heap: Heap, top: Frame | None, limit: int | None = None, suspended: bool = False) -> list[FrameView]:
    """The stack from `top` outwards, at most `limit` levels of it; that of a coroutine that is `suspended` waits."""
    return [_frame(heap, frame, waiting=suspended or frame is not top) for frame in islice(chain(top), limit)]


def _frame(heap: Heap, frame: Frame, waiting: bool) -> FrameView:
    description = called_as(frame.parent)
    name = printed(description.name) if description is not None else None
    if isinstance(frame, NativeFrame):
        return FrameView(name or "native", None, None, (), (), ())
    prototype = frame.closure.linked.prototype
    pc = frame.pc - 1 if waiting else frame.pc
    local_variables = tuple(
        Variable(local.name, view(heap, frame.registers[local.register])) for local in prototype.local_names(pc)
    )
    line = prototype.lines[min(max(pc, 0), len(prototype.lines) - 1)]
    text = name or ("main chunk" if not prototype.defined_line else f"function at line {prototype.defined_line}")
    varargs = tuple(view(heap, value) for value in frame.varargs)
    return FrameView(text, prototype.chunk_name, line, local_variables, tuple(_upvalues(heap, frame.closure)), varargs)


class Registers(NamedTuple):
    """Where a function stands: the instruction that comes next, and its registers with the names of variables."""

    prototype: Prototype
    pc: int
    values: list[tuple[bytes | None, ValueView]]


def registers(heap: Heap, frame: LuaFrame, waiting: bool) -> Registers:
    """Those of a frame."""
    prototype = frame.closure.linked.prototype
    pc = frame.pc - 1 if waiting else frame.pc
    names = {local.register: local.name for local in prototype.local_names(pc)}
    values = [(names.get(number), view(heap, value)) for number, value in enumerate(frame.registers)]
    return Registers(prototype, pc, values)


def levels(top: Frame | None) -> Iterator[Level]:
    """The stack from `top` outwards, with the values themselves."""
    for frame in chain(top):
        description = called_as(frame.parent)
        name = description.name if description is not None else None
        if isinstance(frame, NativeFrame):
            yield Level(name, None, None, False, [])
            continue
        prototype = frame.closure.linked.prototype
        pc = frame.pc if frame is top else frame.pc - 1
        held = [(local.name, frame.registers[local.register]) for local in prototype.local_names(pc)]
        yield Level(name, prototype.chunk_name, prototype.lines[pc], frame.tail_calls > 0, held)


def coroutines(heap: Heap, roots: list[Any]) -> list[Thread]:
    """The coroutines that can be reached from `roots` and have not ended."""
    marking = Marking()
    marking.mark(roots)
    return [thread for thread in marking.objects_of(Thread) if thread.body is not None or thread.frame is not None]


def line_values(heap: Heap, frame: LuaFrame, waiting: bool) -> list[tuple[int, list[Variable]]]:
    """What the local variables of a frame hold, by the lines on which the last instruction before its present one
    stands that gives it to them: in a loop an earlier turn may have given what another line gives."""
    prototype = frame.closure.linked.prototype
    pc = frame.pc - 1 if waiting else frame.pc
    found: dict[int, list[Variable]] = {}
    for local in prototype.local_names(pc):
        if not local.name.startswith(b"("):
            variable = Variable(local.name, view(heap, frame.registers[local.register]))
            found.setdefault(_line_of_value(prototype, local, pc), []).append(variable)
    return sorted(found.items())


def _line_of_value(prototype: Prototype, local: LocalName, pc: int) -> int:
    """Where a variable is given what it holds at `pc`: at its declaration, or by the last assignment before."""
    for at in range(min(pc, len(prototype.code)) - 1, local.start - 1, -1):
        if local.register in written(prototype.code[at]):
            return prototype.lines[at]
    return prototype.lines[local.start - 1] if local.start else prototype.defined_line


def scope(frame: LuaFrame, waiting: bool) -> dict[bytes, Upvalue]:
    """The variables of a frame by their names, the inner ones where names are the same."""
    prototype = frame.closure.linked.prototype
    found = dict(zip(prototype.upvalue_names, frame.closure.upvalues, strict=True))
    for local in prototype.local_names(frame.pc - 1 if waiting else frame.pc):
        found[local.name] = Upvalue(frame.registers, local.register)
    return found


def _upvalues(heap: Heap, closure: Closure) -> Iterator[Variable]:
    names = closure.linked.prototype.upvalue_names
    for name, upvalue in zip(names, closure.upvalues, strict=True):
        yield Variable(name, view(heap, upvalue.slots[upvalue.index]))


def current_line(frame: Frame | None, chunk_name: bytes | None = None) -> tuple[bytes, int] | None:
    """Chunk name and line of the next instruction of the innermost Lua function; or of the innermost of one chunk,
    which may stand in a call of another's."""
    for level, candidate in enumerate(chain(frame)):
        if isinstance(candidate, LuaFrame):
            prototype = candidate.closure.linked.prototype
            if chunk_name not in (None, prototype.chunk_name):
                continue
            pc = candidate.pc if level == 0 else candidate.pc - 1
            return prototype.chunk_name, prototype.lines[min(max(pc, 0), len(prototype.lines) - 1)]
    return None
