"""``t[#t + 1] = value``, by which scripts make their lists.

Lua takes the length before it computes the value. What computes without running other code may as well be computed
first: then one operation finds the length and stores.
"""

from __future__ import annotations

import ast

from ferrous_vm.syntax import tree
from ferrous_vm.translator.emitter import Emitter
from ferrous_vm.translator.expressions import single
from ferrous_vm.translator.python_tree import (
    AND,
    EQUAL,
    IS,
    LOAD,
    STORE,
    assign,
    call_primitive,
    class_of,
    compare,
    constant,
    load,
    named,
    position,
    store,
    subscript,
)


def is_append(emitter: Emitter, target: tree.Index) -> bool:
    """Whether a target is ``t[#t + 1]``, where t is the same local or upvalue twice: a global is read twice."""
    key = target.key
    return (
        isinstance(key, tree.Binary)
        and key.operator is tree.BinaryOperator.ADD
        and isinstance(key.right, tree.Number)
        and key.right.value == 1.0
        and isinstance(key.left, tree.Unary)
        and key.left.operator is tree.UnaryOperator.LENGTH
        and isinstance(key.left.operand, tree.Name)
        and isinstance(target.object, tree.Name)
        and key.left.operand.name == target.object.name
        and emitter.variable(target.object) is not None
    )


def append(emitter: Emitter, target: tree.Index, node: tree.Expression) -> None:
    """Emits the assignment to a target that `is_append`."""
    at = position(target)
    shapes = emitter.shapes
    if not shapes.is_still(node):
        assert isinstance(target.key, tree.Binary)
        table = single(emitter, target.object)
        if not (shapes.is_steady(target.object) or shapes.register(target.object)):
            held = emitter.temporary()
            emitter.statements.append(assign(store(held, at), table, at))
            table = load(held)
        parts = [single(emitter, target.key.left), single(emitter, node), table]
        emitter.statements.append(ast.Expr(call_primitive("append_after", parts, at), **at))
        return
    table = single(emitter, target.object)
    value = single(emitter, node)
    if not (emitter.loops and isinstance(table, ast.Name) and shapes.never_nil(node)):
        emitter.statements.append(ast.Expr(call_primitive("append", [table, value], at), **at))
        return
    if not isinstance(value, (ast.Name, ast.Constant)):
        temporary = emitter.temporary()
        emitter.statements.append(assign(store(temporary, at), value, at))
        value = load(temporary)
    emitter.statements.append(_inline(emitter, table, value, target))


def _inline(emitter: Emitter, table: ast.Name, value: ast.expr, target: tree.Index) -> ast.stmt:
    """What the primitive does for a sequence without metatable, as long as the shared numbers suffice for keys."""
    at = position(target)
    count = emitter.temporary()
    carefully = ast.Expr(call_primitive("append", [table, value], at), **at)
    counted = named(count, call_primitive("len", [table], at), at)
    is_plain = compare(class_of(table, at), IS, load("Table"), at)
    is_sequence = compare(ast.Attribute(table, "sequence", LOAD, **at), EQUAL, counted, at)
    following = ast.BinOp(load(count), ast.Add(), constant(1, at), **at)
    key = subscript(load("whole"), following, at)
    quickly: list[ast.stmt] = [
        assign(ast.Subscript(table, key, STORE, **at), value, at),
        assign(ast.Attribute(table, "sequence", STORE, **at), following, at),
    ]
    no_key = ast.ExceptHandler(load("IndexError"), None, [carefully], **at)
    attempt = ast.Try(quickly, [no_key], [], [], **at)
    return ast.If(ast.BoolOp(AND, [is_plain, is_sequence], **at), [attempt], [carefully], **at)
