"""Jumps, truth tests, loops."""

from __future__ import annotations

from types import FunctionType, GeneratorType
from typing import Any

from ferrous_vm.bytecode.opcodes import Opcode
from ferrous_vm.errors import LuaError
from ferrous_vm.limits import C_CALL_DEPTH
from ferrous_vm.machine.closures import LinkedInstruction
from ferrous_vm.machine.frames import LuaFrame
from ferrous_vm.machine.instructions.registry import handles, links
from ferrous_vm.machine.pending import Iterate, IteratorCall, NativeStart, PendingOperation
from ferrous_vm.values import operations
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.boundaries import c_stack_overflow, too_many_c_calls
from ferrous_vm.values.operations import to_number
from ferrous_vm.values.strings import LuaString

Value = Any


@handles(Opcode.JUMP)
def jump(frame: LuaFrame, a: int, b: int, c: int) -> int:
    """go to A"""
    return a


@handles(Opcode.JUMP_IF)
def jump_if(frame: LuaFrame, a: int, b: int, c: int) -> int | None:
    """if R[A] then go to B"""
    value = frame.registers[a]
    return None if value is None or value is FALSE else b


@handles(Opcode.JUMP_IF_NOT)
def jump_if_not(frame: LuaFrame, a: int, b: int, c: int) -> int | None:
    """if not R[A] then go to B"""
    value = frame.registers[a]
    return b if value is None or value is FALSE else None


@handles(Opcode.SET_JUMP_IF)
def set_and_jump_if(frame: LuaFrame, a: int, b: int, c: int) -> int | None:
    """if R[B] then R[A] := R[B]; go to C"""
    value = frame.registers[b]
    if value is None or value is FALSE:
        return None
    frame.registers[a] = value
    return c


@handles(Opcode.SET_JUMP_IF_NOT)
def set_and_jump_if_not(frame: LuaFrame, a: int, b: int, c: int) -> int | None:
    """if not R[B] then R[A] := R[B]; go to C"""
    value = frame.registers[b]
    if value is None or value is FALSE:
        frame.registers[a] = value
        return c
    return None


@handles(Opcode.NOT)
def negation(frame: LuaFrame, a: int, b: int, c: int) -> None:
    """R[A] := not R[B]"""
    value = frame.registers[b]
    frame.registers[a] = TRUE if value is None or value is FALSE else FALSE


@handles(Opcode.FORPREP)
def prepare_for(frame: LuaFrame, a: int, b: int, c: int) -> int:
    """check that R[A], R[A+1], R[A+2] are numbers, or LuaError; R[A] := R[A] - R[A+2]; go to B"""
    registers = frame.registers
    for offset, role in enumerate((b"initial value", b"limit", b"step")):
        number = to_number(registers[a + offset])
        if number is None:
            raise LuaError(LuaString(b"'for' " + role + b" must be a number"), level=1)
        registers[a + offset] = number
    registers[a] = registers[a] - registers[a + 2]
    return b


@handles(Opcode.FORLOOP)
def loop_for(frame: LuaFrame, a: int, b: int, c: int) -> int | None:
    """R[A] := R[A] + R[A+2]; if R[A] has not passed R[A+1] then R[A+3] := R[A]; go to B"""
    registers = frame.registers
    step = registers[a + 2]
    index = registers[a] + step
    if index <= registers[a + 1] if step > 0.0 else registers[a + 1] <= index:
        registers[a] = registers[a + 3] = index
        return b
    return None


@links(Opcode.TFORLOOP)
def link_iterator(a: int, b: int, c: int, next_pc: int) -> LinkedInstruction:
    """The context says where the results of a turn go and where the body is; it is made once."""
    return (loop_iterator, a, b, Iterate(a + 3, b, c, next_pc))


def loop_iterator(frame: LuaFrame, a: int, b: int, c: Iterate) -> PendingOperation | int | None:
    """R[A+3], ... B results := R[A](R[A+1], R[A+2]); unless R[A+3] is nil: R[A+2] := R[A+3]; go to C"""
    registers = frame.registers
    function = registers[a]
    if frame.boundaries >= C_CALL_DEPTH - 1 and too_many_c_calls(frame.boundaries + 1):
        raise c_stack_overflow(frame.boundaries + 1)
    if function.__class__ is not FunctionType:
        function, prepend = operations.callee(function)
        args = (registers[a + 1], registers[a + 2])
        return IteratorCall(function, (registers[a], *args) if prepend else args, c)
    frame.pc = c.pc
    results = function(registers[a + 1], registers[a + 2])
    if results is None:
        return None
    if results.__class__ is GeneratorType:
        return NativeStart(function, (registers[a + 1], registers[a + 2]), results, c, 1)
    if results.__class__ is not tuple:
        results = (results,)
    if not results or results[0] is None:
        return None
    registers[a + 2] = results[0]
    registers[a + 3 : a + 3 + b] = padded(results, b)
    return c.body


def padded(results: tuple[Value, ...], count: int) -> tuple[Value, ...]:
    """Exactly `count` of the results, filled up with nil."""
    present = len(results)
    if present == count:
        return results
    return results[:count] if present > count else (*results, *(None,) * (count - present))
