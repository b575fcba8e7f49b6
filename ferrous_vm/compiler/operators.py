"""Operators on operands: folding of constants, arithmetic, comparison, concatenation, `and`, `or`, `not` (lcode.c)."""

from __future__ import annotations

from collections.abc import Callable

from ferrous_vm.analysis.names import describe
from ferrous_vm.bytecode.opcodes import Opcode
from ferrous_vm.compiler import operands
from ferrous_vm.compiler.code import FunctionCode
from ferrous_vm.compiler.operands import Kind, Value
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator
from ferrous_vm.values.numbers import divide, modulo, power

_ARITHMETIC: dict[BinaryOperator, tuple[Opcode, Callable[[float, float], float]]] = {
    BinaryOperator.ADD: (Opcode.ADD, lambda a, b: a + b),
    BinaryOperator.SUBTRACT: (Opcode.SUB, lambda a, b: a - b),
    BinaryOperator.MULTIPLY: (Opcode.MUL, lambda a, b: a * b),
    BinaryOperator.DIVIDE: (Opcode.DIV, divide),
    BinaryOperator.MODULO: (Opcode.MOD, modulo),
    BinaryOperator.POWER: (Opcode.POW, power),
}
_DIVISIONS = frozenset((BinaryOperator.DIVIDE, BinaryOperator.MODULO))

# The instruction that jumps if the comparison holds, and whether it takes its operands the other way round.
_COMPARISONS: dict[BinaryOperator, tuple[Opcode, bool]] = {
    BinaryOperator.EQUAL: (Opcode.JUMP_EQ, False),
    BinaryOperator.NOT_EQUAL: (Opcode.JUMP_NOT_EQ, False),
    BinaryOperator.LESS: (Opcode.JUMP_LT, False),
    BinaryOperator.LESS_OR_EQUAL: (Opcode.JUMP_LE, False),
    BinaryOperator.GREATER: (Opcode.JUMP_LT, True),
    BinaryOperator.GREATER_OR_EQUAL: (Opcode.JUMP_LE, True),
}

_SETTLED_ELSEWHERE = {BinaryOperator.CONCATENATE, BinaryOperator.AND, BinaryOperator.OR}
assert set(_ARITHMETIC) | set(_COMPARISONS) | _SETTLED_ELSEWHERE == set(BinaryOperator)


def fold(operator: BinaryOperator, left: float, right: float) -> float | None:
    """The value Lua computes at compile time; None where it leaves it to run time: division by zero, and NaN."""
    if operator in _DIVISIONS and right == 0:
        return None
    result = _ARITHMETIC[operator][1](left, right)
    return result if result == result else None


def unary(code: FunctionCode, node: tree.Unary, value: Value) -> Value:
    """`node.operator` applied to `value` (`luaK_prefix`)."""
    if node.operator is UnaryOperator.NOT:
        _negate_truth(code, node, value)
        return value
    if node.operator is UnaryOperator.NEGATE and value.is_numeral:
        value.number = -value.number
        value.node = node
        return value
    register = operands.to_any_register(code, value)
    operands.release(code, value)
    opcode = Opcode.UNM if node.operator is UnaryOperator.NEGATE else Opcode.LEN
    names = (describe(code.resolved, node.operand),)
    return Value(Kind.RELOCATABLE, code.emit(opcode, 0, register, 0, node.number, names), node)


def _negate_truth(code: FunctionCode, node: tree.Unary, value: Value) -> None:
    operands.discharge(code, value)
    kind = value.kind
    if kind is Kind.NIL or kind is Kind.FALSE:
        value.kind = Kind.TRUE
    elif kind in (Kind.STRING, Kind.NUMBER, Kind.TRUE):
        value.kind = Kind.FALSE
    elif kind is Kind.JUMP:
        operands.invert(code, value)
    else:
        if kind is Kind.RELOCATABLE:
            register = code.reserve(1)
            code.code[value.info][1] = register
            value.become(Kind.REGISTER, register)
        operands.release(code, value)
        value.become(Kind.RELOCATABLE, code.emit(Opcode.NOT, 0, value.info, 0, node.number))
    value.node = node
    value.true_jumps, value.false_jumps = value.false_jumps, value.true_jumps
    code.drop_values(value.false_jumps)
    code.drop_values(value.true_jumps)


def begin_binary(code: FunctionCode, operator: BinaryOperator, left: Value) -> None:
    """Bring the left operand to where it must be before the right one is computed (`luaK_infix`)."""
    if operator is BinaryOperator.AND:
        operands.go_if_true(code, left)
    elif operator is BinaryOperator.OR:
        operands.go_if_false(code, left)
    elif operator is BinaryOperator.CONCATENATE:
        operands.to_next_register(code, left)
    elif operator not in _ARITHMETIC or not left.is_numeral:
        operands.to_operand(code, left)


def finish_logical(code: FunctionCode, node: tree.Logical, left: Value, right: Value) -> Value:
    """`left and right`, `left or right`: the right operand with the left one's jumps out."""
    operands.discharge(code, right)
    if node.operator is BinaryOperator.AND:
        left.false_jumps += right.false_jumps
        right.false_jumps = left.false_jumps
    else:
        left.true_jumps += right.true_jumps
        right.true_jumps = left.true_jumps
    right.node = node
    return right


def finish_binary(code: FunctionCode, node: tree.Binary, left: Value, right: Value) -> Value:
    """`left operator right`, computed (`luaK_posfix`)."""
    operator = node.operator
    if operator in _ARITHMETIC:
        return _arithmetic(code, node, left, right)
    if operator in _COMPARISONS:
        return _comparison(code, node, left, right)
    return _concatenation(code, node, left, right)


def _arithmetic(code: FunctionCode, node: tree.Binary, left: Value, right: Value) -> Value:
    if left.is_numeral and right.is_numeral:
        folded = fold(node.operator, left.number, right.number)
        if folded is not None:
            left.number = folded
            left.node = node
            return left
    second = operands.to_operand(code, right)
    first = operands.to_operand(code, left)
    operands.release(code, right)
    operands.release(code, left)
    names = (describe(code.resolved, node.left), describe(code.resolved, node.right))
    opcode, first, second = operands.variant(_ARITHMETIC[node.operator][0], first, second)
    return Value(Kind.RELOCATABLE, code.emit(opcode, 0, first, second, node.number, names), node)


def _comparison(code: FunctionCode, node: tree.Binary, left: Value, right: Value) -> Value:
    first = operands.to_operand(code, left)
    second = operands.to_operand(code, right)
    operands.release(code, right)
    operands.release(code, left)
    opcode, swapped = _COMPARISONS[node.operator]
    if swapped:
        first, second = second, first
    opcode, first, second = operands.variant(opcode, first, second)
    return Value(Kind.JUMP, code.emit(opcode, first, second, 0, node.number), node)


def _concatenation(code: FunctionCode, node: tree.Binary, left: Value, right: Value) -> Value:
    """A chain becomes one CONCAT over neighbouring registers: the right operand's takes the left one in."""
    operands.to_value(code, right)
    name = describe(code.resolved, node.left)
    if right.kind is Kind.RELOCATABLE and code.code[right.info][0] is Opcode.CONCAT:
        operands.release(code, left)
        index = right.info
        code.code[index][2] = left.info
        code.names[index] = (name, *code.names[index])
        code.nodes[index] = node.number
        right.node = node
        return right
    operands.to_next_register(code, right)
    operands.release(code, right)
    operands.release(code, left)
    names = (name, describe(code.resolved, node.right))
    return Value(Kind.RELOCATABLE, code.emit(Opcode.CONCAT, 0, left.info, right.info, node.number, names), node)
