"""The Python of a translated function as text, each line with the line of the script that it comes from.

Not Python's own `ast.unparse`: that is a module the page would have to carry, and it keeps no lines. Every operation
stands in brackets, so no precedence has to be known.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any, Final

from ferrous_vm.workbench.records.inside import InsideLine

_OPERATORS: Final[dict[type, str]] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.Pow: "**",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.Is: "is", ast.IsNot: "is not", ast.And: "and", ast.Or: "or", ast.Not: "not ", ast.USub: "-",
}  # fmt: skip


def python_lines(function: ast.stmt) -> Iterator[InsideLine]:
    """The lines of a function and all inside it."""
    return _statement(function, 0)


def _statement(node: Any, depth: int) -> Iterator[InsideLine]:
    blocks = _BLOCKS.get(type(node))
    if blocks is None:
        simple = _SIMPLE.get(type(node))
        yield InsideLine(node.lineno, depth, simple(node) if simple else ast.dump(node))
        return
    for head, body in blocks(node):
        if body:
            yield InsideLine(node.lineno, depth, head)
            for inner in body:
                yield from _statement(inner, depth + 1)


_Blocks = Iterator[tuple[str, list[Any]]]


def _function(node: Any) -> _Blocks:
    arguments = [argument.arg for argument in node.args.args]
    defaults = (
        [
            f"{name}={_expression(value)}"
            for name, value in zip(arguments[-len(node.args.defaults) :], node.args.defaults, strict=False)
        ]
        if node.args.defaults
        else []
    )
    shown = [*arguments[: len(arguments) - len(defaults)], *defaults]
    if node.args.vararg is not None:
        shown.append(f"*{node.args.vararg.arg}")
    yield f"def {node.name}({', '.join(shown)}):", node.body


def _if(node: Any) -> _Blocks:
    yield f"if {_expression(node.test)}:", node.body
    yield "else:", node.orelse


def _while(node: Any) -> _Blocks:
    yield f"while {_expression(node.test)}:", node.body
    yield "else:", node.orelse


def _for(node: Any) -> _Blocks:
    yield f"for {_expression(node.target)} in {_expression(node.iter)}:", node.body
    yield "else:", node.orelse


def _try(node: Any) -> _Blocks:
    yield "try:", node.body
    for handler in node.handlers:
        name = f" as {handler.name}" if handler.name else ""
        yield f"except {_expression(handler.type) if handler.type else ''}{name}:", handler.body
    yield "else:", node.orelse
    yield "finally:", node.finalbody


_BLOCKS: Final[dict[type, Callable[[Any], _Blocks]]] = {
    ast.FunctionDef: _function,
    ast.If: _if,
    ast.While: _while,
    ast.For: _for,
    ast.Try: _try,
}

_SIMPLE: Final[dict[type, Callable[[Any], str]]] = {
    ast.Assign: lambda node: " = ".join([*map(_expression, node.targets), _expression(node.value)]),
    ast.AugAssign: lambda node: f"{_expression(node.target)} {_OPERATORS[type(node.op)]}= {_expression(node.value)}",
    ast.Expr: lambda node: _expression(node.value),
    ast.Return: lambda node: f"return {_expression(node.value)}" if node.value else "return",
    ast.Raise: lambda node: f"raise {_expression(node.exc)}" if node.exc else "raise",
    ast.Nonlocal: lambda node: f"nonlocal {', '.join(node.names)}",
    ast.Global: lambda node: f"global {', '.join(node.names)}",
    ast.Delete: lambda node: f"del {_list(node.targets)}",
    ast.Break: lambda node: "break",
    ast.Continue: lambda node: "continue",
    ast.Pass: lambda node: "pass",
}


def _expression(node: Any) -> str:
    show = _EXPRESSIONS.get(type(node))
    return show(node) if show else ast.dump(node)


def _list(nodes: list[Any]) -> str:
    return ", ".join(map(_expression, nodes))


def _call(node: Any) -> str:
    named = [f"{keyword.arg}={_expression(keyword.value)}" for keyword in node.keywords]
    return f"{_expression(node.func)}({', '.join([*map(_expression, node.args), *named])})"


def _dict(node: Any) -> str:
    items = zip(node.keys, node.values, strict=True)
    return "{" + ", ".join(f"{_expression(key)}: {_expression(value)}" for key, value in items) + "}"


def _compare(node: Any) -> str:
    parts = [_expression(node.left)]
    for operator, value in zip(node.ops, node.comparators, strict=True):
        parts += [_OPERATORS[type(operator)], _expression(value)]
    return f"({' '.join(parts)})"


def _tuple(node: Any) -> str:
    return f"({_list(node.elts)}{',' if len(node.elts) == 1 else ''})"


def _slice(node: Any) -> str:
    return f"{_expression(node.lower) if node.lower else ''}:{_expression(node.upper) if node.upper else ''}"


_EXPRESSIONS: Final[dict[type, Callable[[Any], str]]] = {
    ast.Name: lambda node: node.id,
    ast.Constant: lambda node: repr(node.value),
    ast.Attribute: lambda node: f"{_expression(node.value)}.{node.attr}",
    ast.Subscript: lambda node: f"{_expression(node.value)}[{_expression(node.slice)}]",
    ast.Slice: _slice,
    ast.Call: _call,
    ast.Starred: lambda node: f"*{_expression(node.value)}",
    ast.Tuple: _tuple,
    ast.List: lambda node: f"[{_list(node.elts)}]",
    ast.Dict: _dict,
    ast.BinOp: lambda node: f"({_expression(node.left)} {_OPERATORS[type(node.op)]} {_expression(node.right)})",
    ast.UnaryOp: lambda node: f"({_OPERATORS[type(node.op)]}{_expression(node.operand)})",
    ast.BoolOp: lambda node: f"({f' {_OPERATORS[type(node.op)]} '.join(map(_expression, node.values))})",
    ast.Compare: _compare,
    ast.IfExp: lambda node: f"({_expression(node.body)} if {_expression(node.test)} else {_expression(node.orelse)})",
    ast.NamedExpr: lambda node: f"({_expression(node.target)} := {_expression(node.value)})",
    ast.Lambda: lambda node: f"(lambda: {_expression(node.body)})",
    ast.Yield: lambda node: f"(yield {_expression(node.value) if node.value else ''})",
    ast.YieldFrom: lambda node: f"(yield from {_expression(node.value)})",
}  # fmt: skip
