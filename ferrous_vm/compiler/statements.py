"""Statements of the tree to instructions (the second half of lparser.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ferrous_vm.bytecode.opcodes import MULTIPLE, Opcode
from ferrous_vm.compiler import operands
from ferrous_vm.compiler.code import FunctionCode
from ferrous_vm.compiler.expressions import condition, expression, expression_list, function, to_next_register
from ferrous_vm.compiler.operands import Kind, Value
from ferrous_vm.syntax import tree


def statements(code: FunctionCode, block: tree.Block) -> None:
    """The statements of a block whose scope is already open."""
    for statement in block.statements:
        _STATEMENTS[type(statement)](code, statement)
        code.free_register = len(code.active)
    code.at = block.last


def _scope(code: FunctionCode, block: tree.Block) -> None:
    code.enter_block(False)
    statements(code, block)
    code.leave_block()


def _adjust(code: FunctionCode, wanted: int, values: list[tree.Expression], last: Value | None) -> None:
    """Make `wanted` values of the list whose last operand is `last`: cut off, or fill up with nil."""
    missing = wanted - len(values)
    if last is not None and last.is_open:
        results = max(missing + 1, 0)
        operands.set_result_count(code, last, results)
        if results > 1:
            code.reserve(results - 1)
        return
    if last is not None:
        operands.to_next_register(code, last)
    if missing > 0:
        code.emit_nil(code.reserve(missing), missing)


def _local(code: FunctionCode, node: tree.Local) -> None:
    code.at = node.last
    last = expression_list(code, node.values) if node.values else None
    _adjust(code, len(node.names), node.values, last)
    for declaration in node.names:
        code.activate_local(declaration.name, code.resolved.declared[declaration.number])


def _local_function(code: FunctionCode, node: tree.LocalFunction) -> None:
    code.at = node.name.last
    register = code.reserve(1)
    code.activate_local(node.name.name, code.resolved.declared[node.name.number])
    operands.to_register(code, function(code, node.function), register)
    # A debugger sees the variable only from here on.
    index = code.active[-1]
    code.debug_locals[index] = code.debug_locals[index]._replace(start=len(code.code))


def _function_statement(code: FunctionCode, node: tree.FunctionStatement) -> None:
    target = expression(code, node.target)
    value = function(code, node.function)
    operands.store(code, target, value)
    code.lines[-1] = node.line


def _assignment(code: FunctionCode, node: tree.Assignment) -> None:
    targets: list[Value] = []
    for target_node in node.targets:
        target = expression(code, target_node)
        if target.kind is Kind.LOCAL and targets:
            code.at = target_node.last
            _save_from_conflict(code, targets, target)
        targets.append(target)
    last = expression_list(code, node.values)
    count = len(node.values)
    if count == len(targets):
        operands.close(code, last)
        operands.store(code, targets.pop(), last)
    else:
        _adjust(code, len(targets), node.values, last)
        if count > len(targets):
            code.free_register -= count - len(targets)
    while targets:
        target = targets.pop()
        operands.store(code, target, Value(Kind.REGISTER, code.free_register - 1, target.node))


def _save_from_conflict(code: FunctionCode, targets: list[Value], local: Value) -> None:
    """A local about to be assigned may be the table or key of a target before it: let that one use a copy."""
    copy = code.free_register
    conflict = False
    for target in targets:
        if target.kind is Kind.INDEXED:
            if target.info == local.info:
                conflict = True
                target.info = copy
            if target.key == local.info:
                conflict = True
                target.key = copy
    if conflict:
        code.emit(Opcode.MOVE, copy, local.info, 0, local.node.number)
        code.reserve(1)


def _call_statement(code: FunctionCode, node: tree.CallStatement) -> None:
    call = expression(code, node.call)
    code.code[call.info][3] = 0


def _if(code: FunctionCode, node: tree.If) -> None:
    escapes: list[int] = []
    last = len(node.clauses) - 1
    for position, clause in enumerate(node.clauses):
        otherwise = condition(code, clause.condition)
        _scope(code, clause.body)
        if position < last or node.otherwise is not None:
            escapes += code.emit_jump()
            code.patch_here(otherwise)
        else:
            escapes += otherwise
    if node.otherwise is not None:
        _scope(code, node.otherwise)
    code.patch_here(escapes)


def _while(code: FunctionCode, node: tree.While) -> None:
    start = code.mark_target()
    leave = condition(code, node.condition)
    code.enter_block(True)
    _scope(code, node.body)
    code.patch_to(code.emit_jump(), start)
    code.leave_block()
    code.patch_here(leave)


def _repeat(code: FunctionCode, node: tree.Repeat) -> None:
    start = code.mark_target()
    code.enter_block(True)
    scope = code.enter_block(False)
    statements(code, node.body)
    again = condition(code, node.condition)
    if not scope.has_upvalue:
        code.leave_block()
        code.patch_to(again, start)
    else:  # leaving by the condition closes the upvalues, and so does going round again
        _break_loop(code)
        code.patch_here(again)
        code.leave_block()
        code.patch_to(code.emit_jump(), start)
    code.leave_block()


def _break(code: FunctionCode, node: tree.Break) -> None:
    code.at = node.last
    _break_loop(code)


def _break_loop(code: FunctionCode) -> None:
    block = code.block
    has_upvalue = False
    while block is not None and not block.is_loop:
        has_upvalue = has_upvalue or block.has_upvalue
        block = block.outer
    assert block is not None
    if has_upvalue:
        code.emit(Opcode.CLOSE, block.active_count)
    block.breaks += code.emit_jump()


def _numeric_for(code: FunctionCode, node: tree.NumericFor) -> None:
    code.enter_block(True)
    base = code.free_register
    to_next_register(code, node.start)
    to_next_register(code, node.limit)
    if node.step is not None:
        to_next_register(code, node.step)
    else:
        code.emit(Opcode.LOADK, code.free_register, code.number_constant(1.0), 0, node.number)
        code.reserve(1)
    for hidden in (b"(for index)", b"(for limit)", b"(for step)"):
        code.activate_local(hidden, None)
    code.at = node.body.first - 1
    prepare = code.emit(Opcode.FORPREP, base, 0, 0, node.number)
    _for_body(code, [node.variable], node.body)
    code.patch_here([prepare])
    loop = code.emit(Opcode.FORLOOP, base, 0, 0, node.number)
    code.lines[loop] = node.line
    code.patch([loop], prepare + 1)
    code.leave_block()


def _generic_for(code: FunctionCode, node: tree.GenericFor) -> None:
    code.enter_block(True)
    base = code.free_register
    _adjust(code, 3, node.values, expression_list(code, node.values))
    code.check_registers(3)  # room to call the iterator
    for hidden in (b"(for generator)", b"(for state)", b"(for control)"):
        code.activate_local(hidden, None)
    code.at = node.body.first - 1
    prepare = code.emit_jump()
    start = len(code.code)
    _for_body(code, node.names, node.body)
    code.patch_here(prepare)
    loop = code.emit(Opcode.TFORLOOP, base, len(node.names), 0, node.number)
    code.lines[loop] = node.iterator_line
    code.patch([loop], start)
    code.leave_block()


def _for_body(code: FunctionCode, names: list[tree.Declaration], body: tree.Block) -> None:
    code.enter_block(False)
    for declaration in names:
        code.activate_local(declaration.name, code.resolved.declared[declaration.number])
    code.reserve(len(names))
    _scope(code, body)
    code.leave_block()


def _return(code: FunctionCode, node: tree.Return) -> None:
    first = count = 0
    code.at = node.last
    if node.values:
        first, count = _returned(code, node)
    code.emit(Opcode.RETURN, first, count, 0, node.number)


def _returned(code: FunctionCode, node: tree.Return) -> tuple[int, int]:
    """The first register and the number of the values a return statement returns."""
    last = expression_list(code, node.values)
    if last.is_open:
        operands.multiple(code, last)
        if last.kind is Kind.CALL and len(node.values) == 1:
            call = code.code[last.info]
            call[0] = Opcode.TAILCALL
            call[3] = 0
        return len(code.active), MULTIPLE
    if len(node.values) == 1:
        return operands.to_any_register(code, last), 1
    operands.to_next_register(code, last)
    return len(code.active), len(node.values)


_STATEMENTS: dict[type[tree.Statement], Callable[[FunctionCode, Any], None]] = {
    tree.Local: _local,
    tree.LocalFunction: _local_function,
    tree.FunctionStatement: _function_statement,
    tree.Assignment: _assignment,
    tree.CallStatement: _call_statement,
    tree.Do: lambda code, node: _scope(code, node.body),
    tree.If: _if,
    tree.While: _while,
    tree.Repeat: _repeat,
    tree.Break: _break,
    tree.NumericFor: _numeric_for,
    tree.GenericFor: _generic_for,
    tree.Return: _return,
}

assert set(_STATEMENTS) == tree.STATEMENT_FORMS, "every statement is compiled"
