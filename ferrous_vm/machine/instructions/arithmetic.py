"""Arithmetic and concatenation."""

from __future__ import annotations

from typing import Any

from ferrous_vm.bounds import PRESENT
from ferrous_vm.bytecode.opcodes import Opcode
from ferrous_vm.machine.closures import Handler
from ferrous_vm.machine.frames import LuaFrame
from ferrous_vm.machine.instructions.calls import LARGE_STRING
from ferrous_vm.machine.instructions.outcomes import store
from ferrous_vm.machine.instructions.registry import handles
from ferrous_vm.machine.pending import Concatenation, PendingOperation, Store
from ferrous_vm.values import operations
from ferrous_vm.values.operations import ARITHMETIC
from ferrous_vm.values.strings import LuaString

Value = Any
Outcome = PendingOperation | None


@handles(Opcode.ADD)
def add(frame: LuaFrame, a: int, b: int, c: int) -> Outcome:
    """R[A] := R[B] + R[C]"""
    registers = frame.registers
    left = registers[b]
    right = registers[c]
    if left.__class__ is float and right.__class__ is float:
        registers[a] = left + right
        return None
    return store(frame, a, operations.arithmetic(b"+", left, right))


@handles(Opcode.ADD_RK)
def add_constant(frame: LuaFrame, a: int, b: int, c: Value) -> Outcome:
    """R[A] := R[B] + K[C]"""
    registers = frame.registers
    left = registers[b]
    if left.__class__ is float and c.__class__ is float:
        registers[a] = left + c
        return None
    return store(frame, a, operations.arithmetic(b"+", left, c))


@handles(Opcode.SUB)
def subtract(frame: LuaFrame, a: int, b: int, c: int) -> Outcome:
    """R[A] := R[B] - R[C]"""
    registers = frame.registers
    left = registers[b]
    right = registers[c]
    if left.__class__ is float and right.__class__ is float:
        registers[a] = left - right
        return None
    return store(frame, a, operations.arithmetic(b"-", left, right))


@handles(Opcode.SUB_RK)
def subtract_constant(frame: LuaFrame, a: int, b: int, c: Value) -> Outcome:
    """R[A] := R[B] - K[C]"""
    registers = frame.registers
    left = registers[b]
    if left.__class__ is float and c.__class__ is float:
        registers[a] = left - c
        return None
    return store(frame, a, operations.arithmetic(b"-", left, c))


@handles(Opcode.MUL)
def multiply(frame: LuaFrame, a: int, b: int, c: int) -> Outcome:
    """R[A] := R[B] * R[C]"""
    registers = frame.registers
    left = registers[b]
    right = registers[c]
    if left.__class__ is float and right.__class__ is float:
        registers[a] = left * right
        return None
    return store(frame, a, operations.arithmetic(b"*", left, right))


@handles(Opcode.MUL_RK)
def multiply_constant(frame: LuaFrame, a: int, b: int, c: Value) -> Outcome:
    """R[A] := R[B] * K[C]"""
    registers = frame.registers
    left = registers[b]
    if left.__class__ is float and c.__class__ is float:
        registers[a] = left * c
        return None
    return store(frame, a, operations.arithmetic(b"*", left, c))


def _registers(operator: bytes) -> Handler:
    _, compute = ARITHMETIC[operator]

    def handler(frame: LuaFrame, a: int, b: int, c: int) -> Outcome:
        registers = frame.registers
        left = registers[b]
        right = registers[c]
        if left.__class__ is float and right.__class__ is float:
            registers[a] = compute(left, right)
            return None
        return store(frame, a, operations.arithmetic(operator, left, right))

    return handler


def _register_and_constant(operator: bytes) -> Handler:
    _, compute = ARITHMETIC[operator]

    def handler(frame: LuaFrame, a: int, b: int, c: Value) -> Outcome:
        registers = frame.registers
        left = registers[b]
        if left.__class__ is float and c.__class__ is float:
            registers[a] = compute(left, c)
            return None
        return store(frame, a, operations.arithmetic(operator, left, c))

    return handler


def _constant_and_register(operator: bytes) -> Handler:
    _, compute = ARITHMETIC[operator]

    def handler(frame: LuaFrame, a: int, b: Value, c: int) -> Outcome:
        registers = frame.registers
        right = registers[c]
        if b.__class__ is float and right.__class__ is float:
            registers[a] = compute(b, right)
            return None
        return store(frame, a, operations.arithmetic(operator, b, right))

    return handler


def _constants(operator: bytes) -> Handler:
    def handler(frame: LuaFrame, a: int, b: Value, c: Value) -> Outcome:
        return store(frame, a, operations.arithmetic(operator, b, c))

    return handler


handles(Opcode.ADD_KR)(_constant_and_register(b"+"))
handles(Opcode.ADD_KK)(_constants(b"+"))
handles(Opcode.SUB_KR)(_constant_and_register(b"-"))
handles(Opcode.SUB_KK)(_constants(b"-"))
handles(Opcode.MUL_KR)(_constant_and_register(b"*"))
handles(Opcode.MUL_KK)(_constants(b"*"))
handles(Opcode.DIV)(_registers(b"/"))
handles(Opcode.DIV_RK)(_register_and_constant(b"/"))
handles(Opcode.DIV_KR)(_constant_and_register(b"/"))
handles(Opcode.DIV_KK)(_constants(b"/"))
handles(Opcode.MOD)(_registers(b"%"))
handles(Opcode.MOD_RK)(_register_and_constant(b"%"))
handles(Opcode.MOD_KR)(_constant_and_register(b"%"))
handles(Opcode.MOD_KK)(_constants(b"%"))
handles(Opcode.POW)(_registers(b"^"))
handles(Opcode.POW_RK)(_register_and_constant(b"^"))
handles(Opcode.POW_KR)(_constant_and_register(b"^"))
handles(Opcode.POW_KK)(_constants(b"^"))


@handles(Opcode.UNM)
def negate(frame: LuaFrame, a: int, b: int, c: int) -> Outcome:
    """R[A] := -R[B]"""
    registers = frame.registers
    value = registers[b]
    if value.__class__ is float:
        registers[a] = -value
        return None
    return store(frame, a, operations.negate(value))


@handles(Opcode.CONCAT)
def concatenate(frame: LuaFrame, a: int, b: int, c: int) -> Outcome:
    """R[A] := R[B] .. ... .. R[C], from the right. Where strings are joined that need no more than that, at once."""
    values = frame.registers[b : c + 1]
    size = 0
    for value in values:
        if value.__class__ is not LuaString:
            return Concatenation(values, Store(a, 1))
        size += len(value)
    if size > LARGE_STRING or size > PRESENT.longest_string:
        return Concatenation(values, Store(a, 1))
    frame.registers[a] = LuaString(b"".join(values))
    return None
