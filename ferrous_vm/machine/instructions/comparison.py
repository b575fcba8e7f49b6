"""Comparisons that jump: == < <= and their opposites, on registers and constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ferrous_vm.bytecode.opcodes import Opcode
from ferrous_vm.machine.closures import Handler
from ferrous_vm.machine.frames import LuaFrame
from ferrous_vm.machine.instructions.registry import handles
from ferrous_vm.machine.pending import Branch, MetamethodCall
from ferrous_vm.values import operations
from ferrous_vm.values.operations import TruthCall

Value = Any
Outcome = int | MetamethodCall | None
Comparison = Callable[[Value, Value], bool | TruthCall]


def _jump(outcome: Any, wanted: bool, target: int) -> Outcome:
    """Jumps if the comparison came out as wanted, or answers the metamethod call that decides."""
    if outcome.__class__ is TruthCall:
        truth = wanted is not outcome.negated
        return MetamethodCall(outcome.function, outcome.args, Branch(truth, target))
    return target if outcome is wanted else None


@handles(Opcode.JUMP_LT)
def jump_if_less(frame: LuaFrame, a: int, b: int, c: int) -> Outcome:
    """if R[A] < R[B] then go to C"""
    registers = frame.registers
    left = registers[a]
    right = registers[b]
    if left.__class__ is float and right.__class__ is float:
        return c if left < right else None
    return _jump(operations.less_than(left, right), True, c)


@handles(Opcode.JUMP_NOT_LT)
def jump_if_not_less(frame: LuaFrame, a: int, b: int, c: int) -> Outcome:
    """if not (R[A] < R[B]) then go to C"""
    registers = frame.registers
    left = registers[a]
    right = registers[b]
    if left.__class__ is float and right.__class__ is float:
        return None if left < right else c
    return _jump(operations.less_than(left, right), False, c)


@handles(Opcode.JUMP_NOT_LT_RK)
def jump_if_not_less_than_constant(frame: LuaFrame, a: int, b: Value, c: int) -> Outcome:
    """if not (R[A] < K[B]) then go to C"""
    left = frame.registers[a]
    if left.__class__ is float and b.__class__ is float:
        return None if left < b else c
    return _jump(operations.less_than(left, b), False, c)


@handles(Opcode.JUMP_NOT_LE)
def jump_if_not_less_or_equal(frame: LuaFrame, a: int, b: int, c: int) -> Outcome:
    """if not (R[A] <= R[B]) then go to C"""
    registers = frame.registers
    left = registers[a]
    right = registers[b]
    if left.__class__ is float and right.__class__ is float:
        return None if left <= right else c
    return _jump(operations.less_equal(left, right), False, c)


@handles(Opcode.JUMP_NOT_EQ_RK)
def jump_if_not_equal_to_constant(frame: LuaFrame, a: int, b: Value, c: int) -> Outcome:
    """if not (R[A] == K[B]) then go to C. A constant has no metamethod for equality."""
    left = frame.registers[a]
    return None if left.__class__ is b.__class__ and left == b else c


@handles(Opcode.JUMP_EQ_RK)
def jump_if_equal_to_constant(frame: LuaFrame, a: int, b: Value, c: int) -> Outcome:
    """if R[A] == K[B] then go to C. A constant has no metamethod for equality."""
    left = frame.registers[a]
    return c if left.__class__ is b.__class__ and left == b else None


def _registers(compare: Comparison, wanted: bool) -> Handler:
    def handler(frame: LuaFrame, a: int, b: int, c: int) -> Outcome:
        return _jump(compare(frame.registers[a], frame.registers[b]), wanted, c)

    return handler


def _register_and_constant(compare: Comparison, wanted: bool) -> Handler:
    def handler(frame: LuaFrame, a: int, b: Value, c: int) -> Outcome:
        return _jump(compare(frame.registers[a], b), wanted, c)

    return handler


def _constant_and_register(compare: Comparison, wanted: bool) -> Handler:
    def handler(frame: LuaFrame, a: Value, b: int, c: int) -> Outcome:
        return _jump(compare(a, frame.registers[b]), wanted, c)

    return handler


def _constants(compare: Comparison, wanted: bool) -> Handler:
    def handler(frame: LuaFrame, a: Value, b: Value, c: int) -> Outcome:
        return _jump(compare(a, b), wanted, c)

    return handler


handles(Opcode.JUMP_EQ)(_registers(operations.equal, True))
handles(Opcode.JUMP_EQ_KR)(_constant_and_register(operations.equal, True))
handles(Opcode.JUMP_EQ_KK)(_constants(operations.equal, True))
handles(Opcode.JUMP_NOT_EQ)(_registers(operations.equal, False))
handles(Opcode.JUMP_NOT_EQ_KR)(_constant_and_register(operations.equal, False))
handles(Opcode.JUMP_NOT_EQ_KK)(_constants(operations.equal, False))
handles(Opcode.JUMP_LT_RK)(_register_and_constant(operations.less_than, True))
handles(Opcode.JUMP_LT_KR)(_constant_and_register(operations.less_than, True))
handles(Opcode.JUMP_LT_KK)(_constants(operations.less_than, True))
handles(Opcode.JUMP_NOT_LT_KR)(_constant_and_register(operations.less_than, False))
handles(Opcode.JUMP_NOT_LT_KK)(_constants(operations.less_than, False))
handles(Opcode.JUMP_LE)(_registers(operations.less_equal, True))
handles(Opcode.JUMP_LE_RK)(_register_and_constant(operations.less_equal, True))
handles(Opcode.JUMP_LE_KR)(_constant_and_register(operations.less_equal, True))
handles(Opcode.JUMP_LE_KK)(_constants(operations.less_equal, True))
handles(Opcode.JUMP_NOT_LE_RK)(_register_and_constant(operations.less_equal, False))
handles(Opcode.JUMP_NOT_LE_KR)(_constant_and_register(operations.less_equal, False))
handles(Opcode.JUMP_NOT_LE_KK)(_constants(operations.less_equal, False))
