"""Small makers of Python `ast` nodes that carry a Lua position.

`lineno` is the line Lua would name and `col_offset` the number of the tree node, so that `co_positions()` of a failing
instruction leads back to the node (see `sentences.py`). Every identifier and constant that gets here is ours: no name
and no text of a script ever does.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any, TypeAlias

from ferrous_vm.syntax.tree import Node

LOAD, STORE = ast.Load(), ast.Store()
IS, IS_NOT, EQUAL = ast.Is(), ast.IsNot(), ast.Eq()
AND, OR, NOT, MINUS = ast.And(), ast.Or(), ast.Not(), ast.USub()

Position: TypeAlias = dict[str, Any]


def position(node: Node) -> Position:
    """The position of a tree node, as the keyword arguments of an `ast` node."""
    return position_at(node.line, node.number)


def position_at(line: int, number: int) -> Position:
    """A position that names a line other than the node's own; where no end is given Python takes the start."""
    return {"lineno": line, "col_offset": number}


NONE = ast.Constant(None, **position_at(1, 0))
"""None; like reading a variable it cannot fail, so one node serves everywhere."""


@lru_cache(maxsize=1024)
def load(identifier: str) -> ast.Name:
    """The value of a Python variable. Every variable read was assigned, so its position is never asked for."""
    return ast.Name(identifier, LOAD, **position_at(1, 0))


def store(identifier: str, at: Position) -> ast.Name:
    """A Python variable as a target."""
    return ast.Name(identifier, STORE, **at)


def constant(value: Any, at: Position) -> ast.Constant:
    """A bool, an int or a float."""
    return ast.Constant(value, **at)


def call(function: ast.expr, arguments: list[ast.expr], at: Position) -> ast.Call:
    """A call with positional arguments."""
    return ast.Call(function, arguments, [], **at)


def call_primitive(identifier: str, arguments: list[ast.expr], at: Position) -> ast.Call:
    """A call of one of the functions in `primitives.py`."""
    return ast.Call(load(identifier), arguments, [], **at)


def subscript(value: ast.expr, key: ast.expr, at: Position) -> ast.Subscript:
    """``value[key]``."""
    return ast.Subscript(value, key, LOAD, **at)


def class_of(value: ast.expr, at: Position) -> ast.Attribute:
    """``value.__class__``."""
    return ast.Attribute(value, "__class__", LOAD, **at)


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr, at: Position) -> ast.Compare:
    """``left operator right``."""
    return ast.Compare(left, [operator], [right], **at)


def named(identifier: str, value: ast.expr, at: Position) -> ast.NamedExpr:
    """``(identifier := value)``."""
    return ast.NamedExpr(store(identifier, at), value, **at)


def choose(condition: ast.expr, then: ast.expr, otherwise: ast.expr, at: Position) -> ast.IfExp:
    """``then if condition else otherwise``."""
    return ast.IfExp(condition, then, otherwise, **at)


def pack(elements: list[ast.expr], at: Position) -> ast.Tuple:
    """``(element, ...)``."""
    return ast.Tuple(elements, LOAD, **at)


def assign(target: ast.expr, value: ast.expr, at: Position) -> ast.Assign:
    """``target = value``."""
    return ast.Assign([target], value, None, **at)


def define(identifier: str, arguments: ast.arguments, body: list[ast.stmt], at: Position) -> ast.FunctionDef:
    """``def identifier(arguments): body``."""
    return ast.FunctionDef(name=identifier, args=arguments, body=body, decorator_list=[], **at)


def parameters(names: list[str], rest: str, optional: bool, at: Position) -> ast.arguments:
    """``name=None, ..., *rest``; without the defaults if not `optional`, without `*rest` if it is empty."""
    return ast.arguments(
        posonlyargs=[],
        args=[ast.arg(name, None, **at) for name in names],
        vararg=ast.arg(rest, None, **at) if rest else None,
        kwonlyargs=[],
        kw_defaults=[],
        kwarg=None,
        defaults=[NONE for _ in names] if optional else [],
    )
