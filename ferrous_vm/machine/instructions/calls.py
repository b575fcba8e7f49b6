"""Calls and returns. Lua functions become pending operations; a native that needs nothing from Lua answers at once."""

from __future__ import annotations

from types import FunctionType, GeneratorType
from typing import Any, Final

from ferrous_vm.bytecode.opcodes import MULTIPLE, Opcode
from ferrous_vm.errors import LuaError
from ferrous_vm.limits import LUA_CALL_DEPTH
from ferrous_vm.machine.closures import Closure, LinkedInstruction
from ferrous_vm.machine.frames import LuaFrame
from ferrous_vm.machine.instructions.control import padded
from ferrous_vm.machine.instructions.registry import links
from ferrous_vm.machine.pending import (
    RETURN_ONWARD,
    Delivery,
    FunctionCall,
    NativeStart,
    PendingOperation,
    Return,
    Store,
    StoreOpen,
    TailCall,
)
from ferrous_vm.values import operations
from ferrous_vm.values.strings import LuaString

Value = Any

CallContext = Store | StoreOpen

LARGE_STRING: Final = 64 * 1024
"""Bytes from which on the result of a native or a concatenation is counted against the memory limit at once."""


@links(Opcode.CALL)
def link_call(a: int, b: int, c: int, next_pc: int) -> LinkedInstruction:
    """The context is made once; an argument count becomes the register after the last argument."""
    context: CallContext = StoreOpen(a, next_pc) if c == MULTIPLE else Store(a, c, next_pc)
    return (call_open, a, 0, context) if b == MULTIPLE else (call, a, a + 1 + b, context)


@links(Opcode.TAILCALL)
def link_tail_call(a: int, b: int, c: int, next_pc: int) -> LinkedInstruction:
    """As CALL, without a context: results go where those of the frame go."""
    return (tail_call_open, a, 0, next_pc) if b == MULTIPLE else (tail_call, a, a + 1 + b, next_pc)


@links(Opcode.RETURN)
def link_return(a: int, b: int, c: int, next_pc: int) -> LinkedInstruction:
    """One function for each frequent number of values."""
    if b == MULTIPLE:
        return (return_open, a, 0, 0)
    if b == 1:
        return (return_one, a, 0, 0)
    return (return_values, a, a + b, 0)


def call(frame: LuaFrame, a: int, b: int, c: CallContext) -> PendingOperation | None:
    """R[A], ... := R[A](R[A+1], ... R[B-1])"""
    registers = frame.registers
    function = registers[a]
    if function.__class__ is Closure:
        return FunctionCall(function, registers[a + 1 : b], c)
    return _call_value(frame, function, registers[a + 1 : b], c)


def call_open(frame: LuaFrame, a: int, b: int, c: CallContext) -> PendingOperation | None:
    """R[A], ... := R[A](R[A+1], ... to the last open value)"""
    function = frame.registers[a]
    args = [*frame.registers[a + 1 : frame.open_register], *frame.open_values]
    frame.open_values = ()
    if function.__class__ is Closure:
        return FunctionCall(function, args, c)
    return _call_value(frame, function, args, c)


def _call_value(frame: LuaFrame, function: Value, args: list[Value], context: CallContext) -> PendingOperation | None:
    """Calls a native, or what `__call` says."""
    if function.__class__ is not FunctionType:
        function, prepend = operations.callee(function)
        if prepend:
            args = [frame.registers[context.register], *args]
        if function.__class__ is not FunctionType:
            return FunctionCall(function, args, context)
    frame.pc = context.pc
    if frame.depth == LUA_CALL_DEPTH:
        raise _overflow()
    results = function(*args)
    kind = results.__class__
    if kind is GeneratorType:
        return NativeStart(function, tuple(args), results, context, 0)
    if kind is LuaString and len(results) > LARGE_STRING:
        return Delivery((results,), context)
    if context.__class__ is Store:
        count = context.count
        register = context.register
        if kind is not tuple:
            if count == 1:
                frame.registers[register] = results
                return None
            results = (results,)
        if count:
            frame.registers[register : register + count] = padded(results, count)
        return None
    frame.open_values = results if kind is tuple else (results,)
    frame.open_register = context.register
    return None


def _overflow() -> LuaError:
    """The error in the last frame that there may be: a native that it calls takes a level too."""
    return LuaError(LuaString(b"stack overflow"), level=1)


def tail_call(frame: LuaFrame, a: int, b: int, c: int) -> PendingOperation:
    """return R[A](R[A+1], ... R[B-1]), in the place of this frame"""
    registers = frame.registers
    frame.pc = c
    return _tail_call_value(frame, registers[a], registers[a + 1 : b])


def tail_call_open(frame: LuaFrame, a: int, b: int, c: int) -> PendingOperation:
    """return R[A](R[A+1], ... to the last open value), in the place of this frame"""
    args = [*frame.registers[a + 1 : frame.open_register], *frame.open_values]
    frame.open_values = ()
    frame.pc = c
    return _tail_call_value(frame, frame.registers[a], args)


def _tail_call_value(frame: LuaFrame, function: Value, args: list[Value]) -> PendingOperation:
    """A native does not replace the frame: it is called from it, and its results are returned."""
    if function.__class__ is Closure:
        return TailCall(function, args)
    callable_value = function
    function, prepend = operations.callee(function)
    if prepend:
        args = [callable_value, *args]
    if function.__class__ is not FunctionType:
        return TailCall(function, args)
    if frame.depth == LUA_CALL_DEPTH:
        raise _overflow()
    results = function(*args)
    if results.__class__ is GeneratorType:
        return NativeStart(function, tuple(args), results, RETURN_ONWARD, 0)
    return Delivery(results if results.__class__ is tuple else (results,), RETURN_ONWARD)


def return_open(frame: LuaFrame, a: int, b: int, c: int) -> Return:
    """return R[A], ... to the last open value"""
    return Return((*frame.registers[a : frame.open_register], *frame.open_values))


def return_one(frame: LuaFrame, a: int, b: int, c: int) -> Return:
    """return R[A]"""
    return Return((frame.registers[a],))


def return_values(frame: LuaFrame, a: int, b: int, c: int) -> Return:
    """return R[A], ... R[B-1]"""
    return Return(tuple(frame.registers[a:b]))
