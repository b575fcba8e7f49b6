"""Lua functions as Python functions.

``function f(a, b) ... end`` becomes ``def f12(l3=None, l4=None, *_)``: missing arguments are nil, extra ones vanish. A
captured local is a variable of a Python closure. One declared in a loop is a new variable each turn, which Python's
closures do not give: a function that captures such a local is defined in a factory that takes it as a parameter, and
if it may change after that, it is kept in a list of one element, the box.
"""

from __future__ import annotations

import ast

from ferrous_vm.analysis.scopes import FunctionScope, LocalVariable, Upvalue
from ferrous_vm.errors import Untranslatable
from ferrous_vm.syntax import tree
from ferrous_vm.translator.emitter import Emitter, Pool
from ferrous_vm.translator.levels import TAILS
from ferrous_vm.translator.python_tree import (
    LOAD,
    NONE,
    Position,
    assign,
    call,
    call_primitive,
    constant,
    define,
    load,
    parameters,
    position,
    position_at,
    store,
)
from ferrous_vm.translator.shapes import local_of, python_name

_MOST_FUNCTIONS = 500
"""Functions directly within another: for each of them Python's compiler goes over all variables of the one around."""


def define_function(emitter: Emitter, node: tree.Function) -> ast.expr:
    """Puts the definition in front of the current statement; answers the expression that is the function."""
    identifier = f"f{node.number}"
    _define(emitter, node, identifier)
    return load(identifier)


def declare_function(emitter: Emitter, local: LocalVariable, node: tree.Function) -> None:
    """``local function name``: the variable exists before the function, which may call itself by it."""
    at = position(node)
    target = python_name(local)
    if local in emitter.shapes.boxed:
        emitter.statements.append(emitter.declare(local, ast.Constant(None, **at), at))
    value = define_function(emitter, node)
    if local in emitter.shapes.boxed:
        emitter.statements.append(assign(emitter.target(local, at), value, at))
    else:
        emitter.statements.append(assign(store(target, at), value, at))


def _define(emitter: Emitter, node: tree.Function, identifier: str) -> None:
    at = position(node)
    scope = emitter.resolved.scopes[node.number]
    assert scope is not None
    definition = function_definition(emitter.pool, scope, identifier, suspendable=False)
    fresh = sorted({python_name(local) for local in _captured_each_turn(emitter, scope)})
    if not fresh:
        emitter.statements.append(definition)
        _break_chain(emitter, scope, identifier, at)
        return
    body: list[ast.stmt] = [definition, ast.Return(load(identifier), **at)]
    factory = f"m{node.number}"
    emitter.statements.append(define(factory, parameters(fresh, "", False, at), body, at))
    made = call(load(factory), [load(name) for name in fresh], at)
    emitter.statements.append(assign(store(identifier, at), made, at))
    _break_chain(emitter, scope, identifier, at)


def _break_chain(emitter: Emitter, scope: FunctionScope, identifier: str, at: Position) -> None:
    """A function that captures more than numbers may be a link of a long chain (values/chains.py)."""
    numbers = emitter.shapes.numbers
    if not all(numbers.holds_number(local_of(upvalue)) for upvalue in scope.upvalues):
        give = ast.Expr(call_primitive("give_break", [load(identifier)], at), **at)
        due = call_primitive("next", [load("breaks_due")], at)
        emitter.statements.append(ast.If(due, [give], [], **at))


def _captured_each_turn(emitter: Emitter, scope: FunctionScope) -> list[LocalVariable]:
    """The locals of the function around that `scope` captures and that are new in each turn of a loop."""
    captured = [local_of(upvalue) for upvalue in scope.upvalues if not isinstance(upvalue.source, Upvalue)]
    return [local for local in captured if local.fresh_each_turn]


def function_definition(pool: Pool, scope: FunctionScope, identifier: str, suspendable: bool) -> ast.FunctionDef:
    """The Python function of a Lua function, in its plain or its suspendable form. Raises Untranslatable."""
    from ferrous_vm.translator.statements import block  # the two modules are mutually recursive

    if len(scope.children) > _MOST_FUNCTIONS:
        raise Untranslatable
    node = scope.function
    emitter = Emitter(pool, scope, suspendable)
    at = position_at(max(node.line, 1), node.number)
    rest = "rest" if node.is_vararg else "_"
    arguments = parameters([python_name(local) for local in scope.parameters], rest, True, at)
    with emitter.block() as body:
        _nonlocal(emitter, at)
        _box_parameters(emitter, at)
        if scope.arg is not None:
            table = call_primitive("argument_table", [load("rest")], at) if scope.needs_arg else NONE
            emitter.statements.append(emitter.declare(scope.arg, table, at))
        block(emitter, node.body)
        if emitter.repeats:
            _repeat_body(body, at)
        if suspendable:
            never = ast.Expr(ast.Yield(None, **at), **at)
            emitter.statements.append(ast.If(ast.Constant(False, **at), [never], [], **at))
        if not (body and isinstance(body[-1], ast.Return)):
            end = position_at(max(node.end_line, 1), node.number)
            emitter.statements.append(ast.Return(ast.Tuple([], LOAD, **end), **end))
    return define(identifier, arguments, body, at)


def _repeat_body(body: list[ast.stmt], at: Position) -> None:
    """Puts the body in a loop that `continue` starts again; every other way through ends in a return."""
    declarations = [statement for statement in body if isinstance(statement, ast.Nonlocal)]
    rest = [statement for statement in body if not isinstance(statement, ast.Nonlocal)]
    leave = ast.Return(ast.Tuple([], LOAD, **at), **at)
    loop = ast.While(ast.Constant(True, **at), [*rest, leave], [], **at)
    body[:] = [*declarations, assign(store(TAILS, at), constant(0, at), at), loop]


def _nonlocal(emitter: Emitter, at: Position) -> None:
    """Python must be told which captured variables the function assigns; telling it of all is right too."""
    shapes = emitter.shapes
    assigned = {
        python_name(local)
        for local in map(local_of, emitter.scope.upvalues)
        if local.assigned and local not in shapes.boxed
    }
    if assigned:
        emitter.statements.append(ast.Nonlocal(sorted(assigned), **at))


def _box_parameters(emitter: Emitter, at: Position) -> None:
    for local in emitter.scope.parameters:
        if local in emitter.shapes.boxed:
            name = python_name(local)
            emitter.statements.append(emitter.declare(local, load(name), at))
