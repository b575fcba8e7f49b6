"""Tables: making, reading, writing, and the length operator."""

from __future__ import annotations

from typing import Any

from ferrous_vm.bytecode.opcodes import Opcode
from ferrous_vm.machine.frames import LuaFrame
from ferrous_vm.machine.instructions.outcomes import store
from ferrous_vm.machine.instructions.registry import handles
from ferrous_vm.machine.pending import DISCARD, MetamethodCall, PendingOperation
from ferrous_vm.values import operations
from ferrous_vm.values.natives import Call
from ferrous_vm.values.tables import Table

Value = Any


@handles(Opcode.NEWTABLE)
def new_table(frame: LuaFrame, a: int, b: int, c: int) -> None:
    """R[A] := {} with room for B array slots and C hash slots"""
    frame.registers[a] = Table.sized(b, c) if b or c else Table()


@handles(Opcode.GETTABLE)
def get_table(frame: LuaFrame, a: int, b: int, c: int) -> PendingOperation | None:
    """R[A] := R[B][R[C]]"""
    registers = frame.registers
    table = registers[b]
    if table.__class__ is Table:
        registers[a] = table.get(registers[c])
        return None
    return store(frame, a, operations.index(table, registers[c]))


@handles(Opcode.GETTABLE_RK)
def get_table_constant(frame: LuaFrame, a: int, b: int, c: Value) -> PendingOperation | None:
    """R[A] := R[B][K[C]]"""
    registers = frame.registers
    table = registers[b]
    if table.__class__ is Table:
        registers[a] = table.get(c)
        return None
    return store(frame, a, operations.index(table, c))


@handles(Opcode.SETTABLE)
def set_table(frame: LuaFrame, a: int, b: int, c: int) -> PendingOperation | None:
    """R[A][R[B]] := R[C]"""
    registers = frame.registers
    return _set(registers[a], registers[b], registers[c])


@handles(Opcode.SETTABLE_RK)
def set_table_to_constant(frame: LuaFrame, a: int, b: int, c: Value) -> PendingOperation | None:
    """R[A][R[B]] := K[C]"""
    registers = frame.registers
    return _set(registers[a], registers[b], c)


@handles(Opcode.SETTABLE_KR)
def set_table_field(frame: LuaFrame, a: int, b: Value, c: int) -> PendingOperation | None:
    """R[A][K[B]] := R[C]"""
    registers = frame.registers
    table = registers[a]
    value = registers[c]
    if table.__class__ is Table and value is not None and b == b and b is not None:
        table[b] = value
        return None
    return _set(table, b, value)


@handles(Opcode.SETTABLE_KK)
def set_table_field_to_constant(frame: LuaFrame, a: int, b: Value, c: Value) -> PendingOperation | None:
    """R[A][K[B]] := K[C]"""
    return _set(frame.registers[a], b, c)


def _set(table: Value, key: Value, value: Value) -> PendingOperation | None:
    """``table[key] = value``"""
    if table.__class__ is Table:
        table.assign(key, value)
        return None
    outcome = operations.set_index(table, key, value)
    if outcome.__class__ is Call:
        return MetamethodCall(outcome.function, outcome.args, DISCARD)
    return None


@handles(Opcode.SELF)
def get_method(frame: LuaFrame, a: int, b: int, c: int) -> PendingOperation | None:
    """R[A+1] := R[B]; R[A] := R[B][R[C]]"""
    registers = frame.registers
    key = registers[c]
    receiver = registers[a + 1] = registers[b]
    return store(frame, a, operations.index(receiver, key))


@handles(Opcode.SELF_RK)
def get_method_constant(frame: LuaFrame, a: int, b: int, c: Value) -> PendingOperation | None:
    """R[A+1] := R[B]; R[A] := R[B][K[C]]"""
    registers = frame.registers
    receiver = registers[b]
    outcome = operations.index(receiver, c)
    registers[a + 1] = receiver
    if outcome.__class__ is Call:
        return store(frame, a, outcome)
    registers[a] = outcome
    return None


@handles(Opcode.LEN)
def length(frame: LuaFrame, a: int, b: int, c: int) -> PendingOperation | None:
    """R[A] := #R[B]"""
    registers = frame.registers
    value = registers[b]
    if value.__class__ is Table:
        registers[a] = value.length()
        return None
    return store(frame, a, operations.length(value))


@handles(Opcode.SETLIST)
def set_list(frame: LuaFrame, a: int, b: int, c: int) -> None:
    """R[A][C], R[A][C+1], ... := R[A+1], R[A+2], ... B values"""
    registers = frame.registers
    if b < 0:
        values = (*registers[a + 1 : frame.open_register], *frame.open_values)
        frame.open_values = ()
    else:
        values = tuple(registers[a + 1 : a + 1 + b])
    registers[a].set_list(c, values)
