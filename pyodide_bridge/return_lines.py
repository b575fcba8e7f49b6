"""Where a script returns: the line of what it returned is not known to the engine that ran it."""

from __future__ import annotations

from ferrous_vm.analysis.lint.rules import children
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.parser import parse


def return_line(source: bytes) -> int | None:
    """The line of the only return of a script's main part; None where there are more, or it does not parse."""
    try:
        waiting: list[tree.Node] = list(parse(source, b"@script").main.body.statements)
    except LuaSyntaxError:
        return None
    lines = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, tree.Return):
            lines.add(node.line)
        elif not isinstance(node, tree.Function):
            waiting.extend(children(node))
    return lines.pop() if len(lines) == 1 else None
