"""What a stopped machine shows: frames, variables, values. Objects are named by handles and looked into on demand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from ferrous_vm.machine.closures import Closure, Upvalue
from ferrous_vm.machine.frames import Frame, LuaFrame, NativeFrame, chain
from ferrous_vm.machine.heap import Heap
from ferrous_vm.machine.stack import called_as
from ferrous_vm.printing import printed
from ferrous_vm.records import Record
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


def view(heap: Heap, value: Value) -> ValueView:
    """A value, without what is inside it."""
    kind = type_name(value).decode()
    if value is None:
        return ValueView(kind, b"nil", None, None)
    if isinstance(value, Boolean):
        return ValueView(kind, value.name.encode(), None, None)
    if isinstance(value, float):
        return ValueView(kind, number_to_text(value), None, None)
    token = heap.handle_of(value).token
    if isinstance(value, LuaString):
        return ValueView(kind, bytes(value[:TEXT_LIMIT]), token, len(value))
    if isinstance(value, Table):
        return ValueView(kind, b"table", token, len(value))
    return ValueView(kind, _function_text(value) if isinstance(value, Closure) else kind.encode(), token, None)


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
    if isinstance(value, Table):
        entries = [*_entries(value), *([(LuaString(b"(metatable)"), value.metatable)] if value.metatable else [])]
        return [(view(heap, key), view(heap, item)) for key, item in entries[start : start + count]]
    if isinstance(value, Closure):
        return [(view(heap, LuaString(variable.name)), variable.value) for variable in _upvalues(heap, value)]
    return []


def _entries(table: Table) -> Iterator[tuple[Value, Value]]:
    entry = table.next(None)
    while entry is not None:
        yield entry
        entry = table.next(entry[0])


def frames(heap: Heap, top: Frame | None, limit: int | None = None) -> list[FrameView]:
    """The stack from `top` outwards, at most `limit` levels of it."""
    return [_frame(heap, frame, waiting=frame is not top) for frame in islice(chain(top), limit)]


def _frame(heap: Heap, frame: Frame, waiting: bool) -> FrameView:
    description = called_as(frame.parent)
    name = printed(description.name) if description is not None else None
    if isinstance(frame, NativeFrame):
        return FrameView(name or "native", None, None, (), ())
    prototype = frame.closure.linked.prototype
    pc = frame.pc - 1 if waiting else frame.pc
    local_variables = tuple(
        Variable(local.name, view(heap, frame.registers[local.register])) for local in prototype.local_names(pc)
    )
    line = prototype.lines[min(max(pc, 0), len(prototype.lines) - 1)]
    text = name or ("main chunk" if not prototype.defined_line else f"function at line {prototype.defined_line}")
    return FrameView(text, prototype.chunk_name, line, local_variables, tuple(_upvalues(heap, frame.closure)))


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


def current_line(frame: Frame | None) -> tuple[bytes, int] | None:
    """Chunk name and line of the next instruction of the innermost Lua function."""
    for level, candidate in enumerate(chain(frame)):
        if isinstance(candidate, LuaFrame):
            prototype = candidate.closure.linked.prototype
            pc = candidate.pc if level == 0 else candidate.pc - 1
            return prototype.chunk_name, prototype.lines[min(max(pc, 0), len(prototype.lines) - 1)]
    return None
