"""Looking at a stack: levels, positions, names of functions; and completing errors with them (lauxlib.c, ldebug.c)."""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.bytecode.module import Description
from ferrous_vm.bytecode.opcodes import Opcode
from ferrous_vm.errors import LONGEST_TRACE, ArgumentError, LuaError, TracePoint
from ferrous_vm.machine.frames import Frame, LuaFrame
from ferrous_vm.syntax.chunk_name import short_source
from ferrous_vm.values.metamethods import OperandError
from ferrous_vm.values.strings import LuaString

NATIVE: Final = TracePoint(b"=[C]", -1)
TAIL_CALL: Final = TracePoint(b"=(tail call)", -1)
"""The trace of a call whose frame a tail call took over."""


TAIL_CALLS_SHOWN: Final = 22
"""A loop of tail calls would make an endless trace; this many are what `debug.traceback` shows of any stack."""


_FOR_GENERATOR: Final = Description("local", b"(for generator)")
"""The hidden variable that holds the iterator of a generic `for` (lparser.c: forlist)."""


class TailCallLevel:
    """What a level of the stack is where a tail call left no frame."""


TAIL_CALL_LEVEL: Final = TailCallLevel()


def at_level(caller: Frame | None, level: int) -> Frame | TailCallLevel | None:
    """The frame at a level, 1 being `caller`; None beyond the base (`lua_getstack`)."""
    frame = caller
    while frame is not None:
        level -= 1
        if level == 0:
            return frame
        if isinstance(frame, LuaFrame) and frame.tail_calls:
            if level <= frame.tail_calls:
                return TAIL_CALL_LEVEL
            level -= frame.tail_calls
        frame = frame.parent
    return None


def position(frame: Frame | TailCallLevel | None) -> bytes:
    """``chunk:line: `` of a Lua frame, empty for anything else (`luaL_where`)."""
    if not isinstance(frame, LuaFrame):
        return b""
    return b"%s:%d: " % (short_source(frame.closure.linked.prototype.chunk_name), frame.line)


def trace(frame: Frame | None, raised_in_native: bool) -> list[TracePoint]:
    """The innermost LONGEST_TRACE levels of the stack as trace points, innermost first."""
    points = [NATIVE] if raised_in_native else []
    while frame is not None and len(points) < LONGEST_TRACE:
        if isinstance(frame, LuaFrame):
            points.append(TracePoint(frame.closure.linked.prototype.chunk_name, frame.line))
            points.extend([TAIL_CALL] * min(frame.tail_calls, TAIL_CALLS_SHOWN))
        else:
            points.append(NATIVE)
        frame = frame.parent
    return points[:LONGEST_TRACE]


def called_as(caller: Frame | None) -> Description | None:
    """What the Lua function `caller` calls the function it is calling, if it has a name for it."""
    if not isinstance(caller, LuaFrame):
        return None
    if caller.closure.linked.prototype.code[caller.pc - 1][0] == Opcode.TFORLOOP:
        return _FOR_GENERATOR
    descriptions = _descriptions(caller)
    return descriptions[0] if descriptions else None


def _descriptions(frame: LuaFrame) -> tuple[Description | None, ...]:
    return frame.closure.linked.prototype.descriptions[frame.pc - 1]


def complete(error: LuaError, caller: Frame | None, raised_in_native: bool) -> None:
    """Gives an error what only the stack knows: the name of the variable or the function, and the position.

    `caller` is the frame that counts as level 1: the one in whose instruction the error was raised, or which called the
    native that raised it.
    """
    if isinstance(error, ArgumentError):
        error.value = LuaString(_argument_sentence(error, caller))
    elif isinstance(error, OperandError) and isinstance(caller, LuaFrame) and not raised_in_native:
        descriptions = _descriptions(caller)
        if error.operand < len(descriptions):
            description = descriptions[error.operand]
            if description is not None:
                error.value = error.named(description.kind.encode(), description.name)
    if error.level:
        value: Any = error.value
        if isinstance(value, bytes):
            error.value = LuaString(position(at_level(caller, error.level)) + value)
        error.level = 0


def _argument_sentence(error: ArgumentError, caller: Frame | None) -> bytes:
    """``bad argument #1 to 'insert' (table expected, got nil)`` (`luaL_argerror`)."""
    description = called_as(caller)
    number = error.position
    if description is None:
        name = b"?"
    else:
        name = description.name
        if description.kind == "method":
            number -= 1
            if number == 0:
                return b"calling '%s' on bad self (%s)" % (name, error.reason)
    return b"bad argument #%d to '%s' (%s)" % (number, name, error.reason)
