"""What Lua calls a value in an error message, from the expression that made it (`getobjname`, ldebug.c).

Lua 5.1 finds the name by reading its bytecode backwards from the failing instruction; here the expression is at hand,
so the rules are those of the expression, the surprising ones included.
"""

from __future__ import annotations

from ferrous_vm.analysis.scopes import LocalVariable, ResolvedChunk
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator

Described = tuple[str, bytes]
"""Kind and name: ``("local", b"x")``. The kinds are local, upvalue, global, field and method."""


def describe(resolved: ResolvedChunk, expression: tree.Expression) -> Described | None:
    """The name Lua gives to the value of `expression`, or None if it gives none.

    A MethodCall describes the method that it looks up, as the function it calls.
    """
    while True:
        if isinstance(expression, tree.Name):
            variable = resolved.variables[expression.number]
            if variable is None:
                return "global", expression.name
            return ("local" if isinstance(variable, LocalVariable) else "upvalue"), expression.name
        if isinstance(expression, tree.Index):
            key = expression.key
            # Only a constant string names a field; any other key shows as a question mark.
            while (inner := _folded(key)) is not None:
                key = inner
            return "field", key.value.partition(b"\0")[0] if isinstance(key, tree.String) else b"?"
        if isinstance(expression, tree.Parentheses):
            expression = expression.inner
        elif isinstance(expression, tree.Logical):
            operand = _last_loaded(expression)
            if not isinstance(operand, tree.Expression):
                return None
            expression = operand
        else:
            return None


def _folded(key: tree.Expression) -> tree.Expression | None:
    """What is left of a key once its brackets, and an `and` or `or` that a constant decides, are gone."""
    if isinstance(key, tree.Parentheses):
        return key.inner
    if isinstance(key, tree.Logical):
        truth = _truth_of_constant(key.left)
        if truth is (key.operator is BinaryOperator.AND):
            return key.right
    return None


def _truth_of_constant(operand: tree.Expression) -> bool | None:
    if isinstance(operand, tree.Nil):
        return False
    if isinstance(operand, tree.Boolean):
        return operand.value
    return True if isinstance(operand, (tree.Number, tree.String)) else None


def describe_function(resolved: ResolvedChunk, call: tree.Call | tree.MethodCall) -> Described | None:
    """The name of the function that `call` calls, as "attempt to call" and "bad argument to" give it."""
    if isinstance(call, tree.MethodCall):
        return "method", call.name.value
    return describe(resolved, call.function)


def _last_loaded(expression: tree.Expression) -> tree.Expression | bool:
    """Which operand of `and` and `or` Lua takes for the value: it reads the code as if every jump were taken.

    Returns that operand, or the truth with which the last jump leaves the expression: then Lua names nothing.
    """
    spine: list[tree.Logical] = []
    while isinstance(expression, (tree.Logical, tree.Parentheses)):
        if isinstance(expression, tree.Parentheses):
            expression = expression.inner
        else:
            spine.append(expression)
            expression = expression.left
    outcome: tree.Expression | bool = expression
    while spine:
        node = spine.pop()
        wanted = node.operator is BinaryOperator.AND
        if isinstance(outcome, tree.Expression):
            outcome = _truth_after_test(outcome, wanted)
        if outcome is wanted:
            outcome = _last_loaded(node.right)
    return outcome


def _truth_after_test(operand: tree.Expression, wanted: bool) -> bool:
    """The truth with which the code goes on after `operand`: its own if it is a constant, else that of the jump."""
    truth = _truth_of_constant(operand)
    return not wanted if truth is None else truth
