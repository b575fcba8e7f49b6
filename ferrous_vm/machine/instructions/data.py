"""Registers, constants, upvalues, globals, closures."""

from __future__ import annotations

from typing import Any

from ferrous_vm.bytecode.opcodes import Opcode
from ferrous_vm.machine.closures import Closure, LinkedPrototype, Upvalue
from ferrous_vm.machine.frames import LuaFrame
from ferrous_vm.machine.instructions.outcomes import store
from ferrous_vm.machine.instructions.registry import handles
from ferrous_vm.machine.pending import DISCARD, MetamethodCall, PendingOperation
from ferrous_vm.machine.writes import close_upvalue, open_upvalue, set_upvalue
from ferrous_vm.values import operations
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.natives import Call

Value = Any


@handles(Opcode.MOVE)
def move(frame: LuaFrame, a: int, b: int, c: int) -> None:
    """R[A] := R[B]"""
    registers = frame.registers
    registers[a] = registers[b]


@handles(Opcode.LOADK)
def load_constant(frame: LuaFrame, a: int, b: Value, c: int) -> None:
    """R[A] := K[B]"""
    frame.registers[a] = b


@handles(Opcode.LOADBOOL)
def load_boolean(frame: LuaFrame, a: int, b: int, c: int) -> None:
    """R[A] := B is 1"""
    frame.registers[a] = TRUE if b else FALSE


@handles(Opcode.LOADBOOL_JUMP)
def load_boolean_and_jump(frame: LuaFrame, a: int, b: int, c: int) -> int:
    """R[A] := B is 1; go to C"""
    frame.registers[a] = TRUE if b else FALSE
    return c


@handles(Opcode.LOADNIL)
def load_nil(frame: LuaFrame, a: int, b: int, c: int) -> None:
    """R[A], ..., R[B] := nil"""
    registers = frame.registers
    for register in range(a, b + 1):
        registers[register] = None


@handles(Opcode.GETUPVAL)
def get_upvalue(frame: LuaFrame, a: int, b: int, c: int) -> None:
    """R[A] := upvalue B"""
    upvalue = frame.closure.upvalues[b]
    frame.registers[a] = upvalue.slots[upvalue.index]


@handles(Opcode.SETUPVAL)
def set_upvalue_from_register(frame: LuaFrame, a: int, b: int, c: int) -> None:
    """upvalue A := R[B]"""
    set_upvalue(frame.closure.upvalues[a], frame.registers[b])


@handles(Opcode.GETGLOBAL)
def get_global(frame: LuaFrame, a: int, b: Value, c: int) -> PendingOperation | None:
    """R[A] := globals[K[B]]"""
    environment = frame.closure.environment
    value = environment.get(b)
    if value is None and environment.metatable is not None:
        return store(frame, a, operations.index(environment, b))
    frame.registers[a] = value
    return None


@handles(Opcode.SETGLOBAL)
def set_global(frame: LuaFrame, a: Value, b: int, c: int) -> PendingOperation | None:
    """globals[K[A]] := R[B]"""
    environment = frame.closure.environment
    if environment.metatable is None:
        environment.put(a, frame.registers[b])
        return None
    outcome = operations.set_index(environment, a, frame.registers[b])
    if outcome.__class__ is Call:
        return MetamethodCall(outcome.function, outcome.args, DISCARD)
    return None


@handles(Opcode.CLOSURE)
def closure(frame: LuaFrame, a: int, b: LinkedPrototype, c: int) -> None:
    """R[A] := a closure of prototype B, its upvalues found as its `upvalues` say"""
    upvalues = []
    for in_register, index in b.prototype.upvalues:
        if in_register:
            upvalues.append(_open_upvalue(frame, index))
        else:
            upvalues.append(frame.closure.upvalues[index])
    frame.registers[a] = Closure(b, upvalues, frame.closure.environment)


def _open_upvalue(frame: LuaFrame, register: int) -> Upvalue:
    """The upvalue for a register of a frame; all closures over one local share it (`luaF_findupval`)."""
    open_upvalues = frame.open_upvalues
    if open_upvalues is None:
        open_upvalues = frame.open_upvalues = {}
    found = open_upvalues.get(register)
    return open_upvalue(open_upvalues, register, frame.registers) if found is None else found


@handles(Opcode.CLOSE)
def close(frame: LuaFrame, a: int, b: int, c: int) -> None:
    """close every open upvalue of this frame at register A or above"""
    if frame.open_upvalues:
        close_upvalues(frame, a)


def close_upvalues(frame: LuaFrame, level: int) -> None:
    """Closes the frame's open upvalues at register `level` or above (`luaF_close`)."""
    open_upvalues = frame.open_upvalues
    if open_upvalues:
        for register in [register for register in open_upvalues if register >= level]:
            close_upvalue(open_upvalues, register)


@handles(Opcode.VARARG)
def vararg(frame: LuaFrame, a: int, b: int, c: int) -> None:
    """R[A], ... := the extra arguments, B values, filled up with nil"""
    varargs = frame.varargs
    if b < 0:
        frame.open_values = varargs
        frame.open_register = a
    else:
        registers = frame.registers
        count = len(varargs)
        for position in range(b):
            registers[a + position] = varargs[position] if position < count else None
