"""Expressions of the tree to operands, in the order in which Lua 5.1's compiler reads them.

`code.at` follows the tokens: before each step it is set to the last token Lua would have consumed by then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ferrous_vm.analysis.names import describe, describe_function
from ferrous_vm.analysis.scopes import LocalVariable
from ferrous_vm.bytecode.opcodes import FIELDS_PER_FLUSH, MULTIPLE, Opcode
from ferrous_vm.compiler import operands, operators
from ferrous_vm.compiler.code import FunctionCode
from ferrous_vm.compiler.operands import Kind, Value
from ferrous_vm.syntax import tree

_MOST_FLUSHES = 511  # fit in operand C of Lua's SETLIST


def expression(code: FunctionCode, node: tree.Expression) -> Value:
    """The operand that `node` is. What leans left is compiled without recursion, however long it is."""
    leaf = _LEAVES.get(type(node))
    if leaf is not None:
        return leaf(code, node)
    spine: list[tree.Expression] = []
    while (leftmost := tree.LEFTMOST.get(type(node))) is not None:
        spine.append(node)
        node = leftmost(node)
    value = _LEAVES[type(node)](code, node)
    while spine:
        node = spine.pop()
        value = _STEPS[type(node)](code, node, value)
    return value


def to_next_register(code: FunctionCode, node: tree.Expression) -> None:
    """Compile `node` into the next free register."""
    value = expression(code, node)
    code.at = node.settled
    operands.to_next_register(code, value)


def expression_list(code: FunctionCode, nodes: list[tree.Expression]) -> Value:
    """All but the last of `nodes` into registers; the last as an operand still to be settled."""
    for node in nodes[:-1]:
        to_next_register(code, node)
    value = expression(code, nodes[-1])
    code.at = nodes[-1].settled
    return value


def condition(code: FunctionCode, node: tree.Expression) -> list[int]:
    """Compile `node` so that execution goes on if it is true; returns the jumps taken if it is false."""
    value = expression(code, node)
    code.at = node.settled
    if value.kind is Kind.NIL:
        value.kind = Kind.FALSE
    operands.go_if_true(code, value)
    return value.false_jumps


# Leaves


def _number(code: FunctionCode, node: tree.Number) -> Value:
    value = Value(Kind.NUMBER, 0, node)
    value.number = node.value
    return value


def _string(code: FunctionCode, node: tree.String) -> Value:
    return Value(Kind.STRING, code.string_constant(node.value), node)


def _boolean(code: FunctionCode, node: tree.Boolean) -> Value:
    return Value(Kind.TRUE if node.value else Kind.FALSE, 0, node)


def _vararg(code: FunctionCode, node: tree.Vararg) -> Value:
    code.at = node.first - 1
    return Value(Kind.VARARG, code.emit(Opcode.VARARG, 0, 1, 0, node.number), node)


def name(code: FunctionCode, node: tree.Name) -> Value:
    """The variable that a name means."""
    variable = code.resolved.variables[node.number]
    if variable is None:
        return Value(Kind.GLOBAL, code.string_constant(node.name), node)
    if isinstance(variable, LocalVariable):
        return Value(Kind.LOCAL, code.registers[variable], node)
    owner = code
    while owner.scope is not variable.local.function:
        assert owner.outer is not None
        owner = owner.outer
    owner.mark_captured(variable.local)
    return Value(Kind.UPVALUE, variable.index, node)


def _unary(code: FunctionCode, node: tree.Unary) -> Value:
    value = expression(code, node.operand)
    code.at = node.operand.settled
    return operators.unary(code, node, value)


def _parentheses(code: FunctionCode, node: tree.Parentheses) -> Value:
    value = expression(code, node.inner)
    code.at = node.inner.settled
    operands.discharge(code, value)
    return value


def function(code: FunctionCode, node: tree.Function) -> Value:
    """A closure of a function compiled apart."""
    code.prototypes.append(code.compile_function(code, node))
    code.at = node.last
    prototype = code.prototypes[-1]
    index = code.emit(Opcode.CLOSURE, 0, len(code.prototypes) - 1, 0, node.number)
    code.place += len(prototype.upvalues)  # Lua says behind the instruction where each is found
    return Value(Kind.RELOCATABLE, index, node)


def _table(code: FunctionCode, node: tree.Table) -> Value:
    code.at = node.first - 1
    index = code.emit(Opcode.NEWTABLE, 0, 0, 0, node.number)
    table = Value(Kind.RELOCATABLE, index, node)
    operands.to_next_register(code, table)
    hash_size = array_size = waiting = 0
    last = len(node.items) - 1
    for position, item in enumerate(node.items):
        if item.key is not None:
            _keyed_item(code, table.info, item, item.key)
            hash_size += 1
            continue
        value = expression(code, item.value)
        code.at = item.value.settled
        array_size += 1
        waiting += 1
        if value.is_open and position == last:
            operands.multiple(code, value)
            code.at = node.last
            _flush(code, node, table.info, array_size, waiting, MULTIPLE)
            array_size -= 1  # how many there are is not known
            waiting = 0
            continue
        operands.to_next_register(code, value)
        if waiting == FIELDS_PER_FLUSH and position < last:
            _flush(code, node, table.info, array_size, waiting, waiting)
            waiting = 0
    if waiting:
        code.at = node.last
        _flush(code, node, table.info, array_size, waiting, waiting)
    code.code[index][2] = _rounded_size(array_size)
    code.code[index][3] = _rounded_size(hash_size)
    return table


def _keyed_item(code: FunctionCode, table: int, item: tree.TableItem, key_node: tree.Expression) -> None:
    first_free = code.free_register
    key = expression(code, key_node)
    code.at = key_node.settled
    operands.to_value(code, key)
    code.at = item.value.first - 1
    key_operand = operands.to_operand(code, key)
    value = expression(code, item.value)
    code.at = item.value.settled
    opcode, key_operand, source = operands.variant(Opcode.SETTABLE, key_operand, operands.to_operand(code, value))
    code.emit(opcode, table, key_operand, source, item.number, (None,))
    code.free_register = first_free


def _flush(code: FunctionCode, node: tree.Table, table: int, stored: int, waiting: int, count: int) -> None:
    """Store the `waiting` values behind the table's register, `count` of them or MULTIPLE; `stored` includes them."""
    code.emit(Opcode.SETLIST, table, count, stored - waiting + 1, node.number)
    if stored > _MOST_FLUSHES * FIELDS_PER_FLUSH:
        code.place += 1  # Lua needs a second word for the number of the flush
    code.free_register = table + 1


def _rounded_size(size: int) -> int:
    """The size that survives Lua's "floating point byte": three bits of mantissa, rounded up (`luaO_int2fb`)."""
    exponent = 0
    while size >= 16:
        size = (size + 1) >> 1
        exponent += 1
    return size << exponent


# Steps along the left spine


def _binary(code: FunctionCode, node: tree.Binary, left: Value) -> Value:
    code.at = node.left.settled
    operators.begin_binary(code, node.operator, left)
    right = expression(code, node.right)
    code.at = node.right.settled
    return operators.finish_binary(code, node, left, right)


def _logical(code: FunctionCode, node: tree.Logical, left: Value) -> Value:
    code.at = node.left.settled
    operators.begin_binary(code, node.operator, left)
    right = expression(code, node.right)
    code.at = node.right.settled
    return operators.finish_logical(code, node, left, right)


def _index(code: FunctionCode, node: tree.Index, value: Value) -> Value:
    code.at = node.object.settled
    table = operands.to_any_register(code, value)
    key = expression(code, node.key)
    code.at = node.key.settled
    operands.to_value(code, key)
    code.at = node.last
    result = Value(Kind.INDEXED, table, node)
    result.key = operands.to_operand(code, key)
    return result


def _call(code: FunctionCode, node: tree.Call, value: Value) -> Value:
    code.at = node.function.settled
    operands.to_next_register(code, value)
    return _finish_call(code, node, value.info)


def _method_call(code: FunctionCode, node: tree.MethodCall, value: Value) -> Value:
    method = code.string_constant(node.name.value)
    code.at = node.object.settled
    register = operands.to_any_register(code, value)
    operands.release(code, value)
    base = code.reserve(2)
    key = operands.to_operand(code, Value(Kind.STRING, method, node.name))
    names = (describe(code.resolved, node.object),)
    if key < 0:
        code.emit(Opcode.SELF_RK, base, register, ~key, node.name.number, names)
    else:
        code.emit(Opcode.SELF, base, register, key, node.name.number, names)
        code.release(key)
    return _finish_call(code, node, base)


def _finish_call(code: FunctionCode, node: tree.Call | tree.MethodCall, base: int) -> Value:
    """The arguments behind the function in register `base`, and the call (`funcargs`)."""
    count = 0
    if node.arguments:
        last = expression_list(code, node.arguments)
        if last.is_open:
            operands.multiple(code, last)
            count = MULTIPLE
        else:
            operands.to_next_register(code, last)
    if count != MULTIPLE:
        count = code.free_register - (base + 1)
    code.at = node.last
    names = (describe_function(code.resolved, node),)
    index = code.emit(Opcode.CALL, base, count, 1, node.number, names)
    code.lines[index] = node.line
    code.free_register = base + 1
    return Value(Kind.CALL, index, node)


_Leaf = Callable[[FunctionCode, Any], Value]
_Step = Callable[[FunctionCode, Any, Value], Value]

_LEAVES: dict[type[tree.Expression], _Leaf] = {
    tree.Name: name,
    tree.Number: _number,
    tree.String: _string,
    tree.Nil: lambda code, node: Value(Kind.NIL, 0, node),
    tree.Boolean: _boolean,
    tree.Vararg: _vararg,
    tree.Unary: _unary,
    tree.Parentheses: _parentheses,
    tree.Function: function,
    tree.Table: _table,
}

_STEPS: dict[type[tree.Expression], _Step] = {
    tree.Binary: _binary,
    tree.Logical: _logical,
    tree.Index: _index,
    tree.Call: _call,
    tree.MethodCall: _method_call,
}

assert set(_LEAVES) | set(_STEPS) == tree.EXPRESSION_FORMS, "every expression is compiled"
assert set(tree.LEFTMOST) == set(_STEPS)
