"""Arguments that come in groups: how many groups there are is a whole number, whatever a division could give."""

from __future__ import annotations

from ferrous_vm.analysis.lint.facts import Reply
from ferrous_vm.analysis.lint.rules import Model, plain
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator


def counts_groups(model: Model, node: tree.Expression) -> bool:
    """Whether a number of keys or arguments is divided by the step in which the script goes through them, as
    `(#ARGV - 2) / 3` beside `ARGV[i * 3]` or a loop with step 3; or a variable is that. So is one more or less."""
    node = _meant(model, node)
    if isinstance(node, tree.Binary) and node.operator in (BinaryOperator.SUBTRACT, BinaryOperator.ADD):
        by = model.value(node.right).constant
        node = _meant(model, node.left) if isinstance(by, float) and by.is_integer() else node
    if not isinstance(node, tree.Binary) or node.operator is not BinaryOperator.DIVIDE:
        return False
    size, count = model.value(node.right).constant, _meant(model, node.left)
    if not isinstance(size, float) or size < 2:
        return False  # of two sizes that nobody knows it is not known that they are one
    if isinstance(count, tree.Binary) and count.operator is BinaryOperator.SUBTRACT:
        count = plain(count.left)
    if not isinstance(count, tree.Unary) or count.operator is not UnaryOperator.LENGTH:
        return False
    reply = model.value(count.operand)
    if reply.call is not None and not reply.is_element and size == 2:  # name, value, name, value
        return all(shape is Reply.PAIRS for shape in reply.call.replies)
    listed = reply.member
    if not listed:
        return _is_filled_by(model, count.operand, size) or _steps(model, size)
    return listed in (b"KEYS", b"ARGV") and (_steps(model, size) or _multiplies(model, listed, size))


def _meant(model: Model, node: tree.Expression) -> tree.Expression:
    """An expression, or what a variable is given where that is one."""
    node = plain(node)
    variable = model.flow.variable(node)
    stored = model.flow.stored.get(variable, ()) if variable is not None else ()
    alone = stored[0] if len(stored) == 1 else None
    return plain(alone) if isinstance(alone, tree.Expression) else node


def _is_filled_by(model: Model, table: tree.Expression, size: float) -> bool:
    """Whether so many elements at a time are put into a table of the script."""
    variable = model.flow.variable(plain(table))
    if variable is None:
        return False
    places = [call for call, _ in model.calls_of(b"table.insert") if call.arguments]
    blocks = [model.block(call) for call in places if model.flow.variable(plain(call.arguments[0])) is variable]
    return bool(blocks) and all(blocks.count(block) % size == 0 for block in blocks)


def _steps(model: Model, size: float) -> bool:
    """Whether a loop goes by steps of this size."""
    return any(loop.step is not None and model.value(loop.step).constant == size for loop in model.all(tree.NumericFor))


def _multiplies(model: Model, listed: bytes, size: float) -> bool:
    """Whether an index of KEYS or ARGV is made by multiplying with this size."""
    inside = [one.key for one in model.all(tree.Index) if model.value(one.object).member == listed]
    return any(
        node.operator is BinaryOperator.MULTIPLY
        and size in (model.value(node.left).constant, model.value(node.right).constant)
        and any(key.first <= node.first and node.last <= key.last for key in inside)
        for node in model.all(tree.Binary)
    )
