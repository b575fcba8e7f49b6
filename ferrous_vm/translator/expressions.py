"""Lua expressions as Python expressions.

`single` gives one Lua value, `results` whatever a call or `...` gives (a bare value for one, a tuple for none or
several), `condition` a Python truth. Evaluation order is Lua's, which is left to right but for one thing: an operand
that is a local of the function is read when the instruction runs, not when its turn comes (`Shapes.is_read_late`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator
from ferrous_vm.translator.emitter import Emitter
from ferrous_vm.translator.python_tree import (
    AND,
    EQUAL,
    IS,
    IS_NOT,
    LOAD,
    MINUS,
    NONE,
    NOT,
    OR,
    Position,
    call,
    call_primitive,
    choose,
    class_of,
    compare,
    constant,
    load,
    named,
    pack,
    position,
    subscript,
)
from ferrous_vm.translator.shapes import MULTIPLE, fold, is_boolean, links

EXACT = 2.0**53
"""Below it every integer is a double of its own."""

SHORT = 1e14
"""Below it the text of an integer is all its digits (`%.14g`)."""

Operands = tuple[ast.expr, ast.expr]

_PYTHON_ARITHMETIC = {
    BinaryOperator.ADD: ast.Add(),
    BinaryOperator.SUBTRACT: ast.Sub(),
    BinaryOperator.MULTIPLY: ast.Mult(),
}
"""The operators whose float form in Python is Lua's and never raises."""

_PYTHON_ORDER = {
    BinaryOperator.LESS: (ast.Lt(), False),
    BinaryOperator.LESS_OR_EQUAL: (ast.LtE(), False),
    BinaryOperator.GREATER: (ast.Lt(), True),
    BinaryOperator.GREATER_OR_EQUAL: (ast.LtE(), True),
}
"""Each order operator in Python, and whether its operands change places: Lua has no `>`."""


def single(emitter: Emitter, node: tree.Expression) -> ast.expr:
    """The one value of an expression: nil where a call gives none."""
    emitter.enter()
    value = _SINGLE[type(node)](emitter, node)
    emitter.leave()
    return value


def results(emitter: Emitter, node: tree.Expression) -> ast.expr:
    """What a call or `...` gives, as results; any other expression as its value."""
    if isinstance(node, tree.Vararg):
        return load("rest")
    if isinstance(node, (tree.Call, tree.MethodCall)):
        emitter.enter()
        value = call_results(emitter, node)
        emitter.leave()
        return value
    return single(emitter, node)


def spread(emitter: Emitter, node: tree.Expression) -> ast.expr:
    """What a call or `...` gives, as a tuple."""
    if isinstance(node, tree.Vararg):
        return load("rest")
    at = position(node)
    temporary = emitter.temporary()
    value = named(temporary, results(emitter, node), at)
    is_tuple = compare(class_of(value, at), IS, load("tuple"), at)
    return choose(is_tuple, load(temporary), pack([load(temporary)], at), at)


def arguments(emitter: Emitter, nodes: list[tree.Expression]) -> list[ast.expr]:
    """A list of expressions as Python arguments or tuple elements: the last one may give several."""
    if not nodes:
        return []
    values = [single(emitter, node) for node in nodes[:-1]]
    last = nodes[-1]
    if isinstance(last, MULTIPLE) and not emitter.gives_one(last):
        values.append(ast.Starred(spread(emitter, last), LOAD, **position(last)))
    else:
        values.append(single(emitter, last))
    return values


def condition(emitter: Emitter, node: tree.Expression) -> ast.expr:
    """Whether the value is neither nil nor false, as a Python truth."""
    emitter.enter()
    test = _condition(emitter, node)
    emitter.leave()
    return test


def _condition(emitter: Emitter, node: tree.Expression) -> ast.expr:
    at = position(node)
    if isinstance(node, tree.Parentheses):
        return condition(emitter, node.inner)
    if isinstance(node, tree.String) or fold(node) is not None:
        return constant(True, at)  # and the number does not become a constant of the function
    if isinstance(node, tree.Boolean):
        return constant(node.value, at)
    if isinstance(node, tree.Nil):
        return constant(False, at)
    if isinstance(node, tree.Unary) and node.operator is UnaryOperator.NOT:
        return ast.UnaryOp(NOT, condition(emitter, node.operand), **at)
    if isinstance(node, tree.Logical):
        operator: ast.boolop = AND
        if node.operator is BinaryOperator.OR:
            operator = OR
            _remember_constant(emitter, node.left)
        return ast.BoolOp(operator, [condition(emitter, node.left), condition(emitter, node.right)], **at)
    if isinstance(node, tree.Binary) and node.operator in tree.COMPARISONS:
        return _comparison(emitter, node)
    return _truth(emitter, single(emitter, node), at)


def _remember_constant(emitter: Emitter, node: tree.Expression) -> None:
    """A number on the left of `or` becomes a constant of the function, as no other number in a condition does."""
    folded = fold(node)
    if folded is not None:
        emitter.number(folded)


def _truth(emitter: Emitter, value: ast.expr, at: Position) -> ast.expr:
    first, again = _twice(emitter, value, at)
    not_nil = compare(first, IS_NOT, NONE, at)
    not_false = compare(again, IS_NOT, load("FALSE"), at)
    return ast.BoolOp(AND, [not_nil, not_false], **at)


def _twice(emitter: Emitter, value: ast.expr, at: Position) -> Operands:
    """An expression to evaluate first, and one for the same value again."""
    if isinstance(value, ast.Name):
        return value, load(value.id)
    temporary = emitter.temporary()
    return named(temporary, value, at), load(temporary)


def after(emitter: Emitter, node: tree.Expression, build: Callable[[ast.expr], ast.expr], at: Position) -> ast.expr:
    """An expression that evaluates `node`, then what `build` makes of its value."""
    temporary = emitter.temporary()
    first = named(temporary, single(emitter, node), at)
    return subscript(pack([first, build(load(temporary))], at), constant(1, at), at)


# Values and variables


def _nil(emitter: Emitter, node: tree.Nil) -> ast.expr:
    return constant(None, position(node))


def _boolean(emitter: Emitter, node: tree.Boolean) -> ast.expr:
    return load("TRUE" if node.value else "FALSE")


def _number(emitter: Emitter, node: tree.Number) -> ast.expr:
    return constant(emitter.number(node.value), position(node))


def _string(emitter: Emitter, node: tree.String) -> ast.expr:
    return emitter.string(node)


def _name(emitter: Emitter, node: tree.Name) -> ast.expr:
    variable = emitter.variable(node)
    return emitter.read_global(node) if variable is None else emitter.read(variable, position(node))


def _index(emitter: Emitter, node: tree.Index) -> ast.expr:
    fixed = emitter.fixed_field(node)
    if fixed is not None:
        return fixed
    at = position(node)
    if emitter.shapes.is_read_late(node.object) and not emitter.shapes.is_still(node.key):
        return after(emitter, node.key, lambda key: subscript(single(emitter, node.object), key, at), at)
    return subscript(single(emitter, node.object), single(emitter, node.key), at)


def _parentheses(emitter: Emitter, node: tree.Parentheses) -> ast.expr:
    return single(emitter, node.inner)


def _vararg(emitter: Emitter, node: tree.Vararg) -> ast.expr:
    at = position(node)
    return choose(load("rest"), subscript(load("rest"), constant(0, at), at), NONE, at)


def _function(emitter: Emitter, node: tree.Function) -> ast.expr:
    from ferrous_vm.translator.functions import define_function  # the two modules are mutually recursive

    return define_function(emitter, node)


# Calls


def _call(emitter: Emitter, node: tree.Call | tree.MethodCall) -> ast.expr:
    value = call_results(emitter, node)
    if emitter.gives_one(node) and not emitter.suspendable:
        return value
    at = position(node)
    temporary = emitter.temporary()
    kind = class_of(named(temporary, value, at), at)
    is_one = compare(kind, IS_NOT, load("tuple"), at)
    return choose(is_one, load(temporary), call_primitive("first", [load(temporary)], at), at)


def call_results(emitter: Emitter, node: tree.Call | tree.MethodCall) -> ast.expr:
    """A call, giving its results. The suspendable form yields ``(function, argument, ...)`` to its coroutine."""
    at = position(node)
    registers = len(node.arguments) + 2
    emitter.hold(registers)
    if isinstance(node, tree.MethodCall):
        receiver, again = _receiver(emitter, node.object, at)
        function: ast.expr = subscript(receiver, emitter.string(node.name), at)
        values = [again, *arguments(emitter, node.arguments)]
    else:
        function = single(emitter, node.function)
        values = arguments(emitter, node.arguments)
    emitter.release(registers)
    if emitter.suspendable:
        return ast.Yield(pack([function, *values], at), **at)
    return call(function, values, at)


def _receiver(emitter: Emitter, node: tree.Expression, at: Position) -> Operands:
    """The object of a method call and, to pass it, the same again, even if looking for the method changes the name."""
    value = single(emitter, node)
    if isinstance(value, ast.Name) and not emitter.shapes.is_steady(node):
        temporary = emitter.temporary()
        return named(temporary, value, at), load(temporary)
    return _twice(emitter, value, at)


# Operators


def _binary(emitter: Emitter, node: tree.Binary) -> ast.expr:
    operator = node.operator
    at = position(node)
    folded = fold(node)
    if folded is not None:
        return constant(emitter.number(folded), at)
    if operator in tree.COMPARISONS:
        return choose(_comparison(emitter, node), load("TRUE"), load("FALSE"), at)
    if operator is BinaryOperator.CONCATENATE:
        return _concatenation(emitter, node)
    return _binary_operands(emitter, node, lambda left, right: _arithmetic(emitter, node, left, right))


def _arithmetic(emitter: Emitter, node: tree.Binary, left: ast.expr, right: ast.expr) -> ast.expr:
    at = position(node)
    python = _PYTHON_ARITHMETIC.get(node.operator)
    if python is not None:
        return ast.BinOp(left, python, right, **at)
    if node.operator is BinaryOperator.DIVIDE:
        if isinstance(right, ast.Constant) and right.value:
            return ast.BinOp(left, ast.Div(), right, **at)
        if isinstance(left, (ast.Name, ast.Constant)) and isinstance(right, ast.Name):
            divided = ast.BinOp(left, ast.Div(), right, **at)
            slowly = call_primitive("divide", [left, right], at)
            return choose(load(right.id), divided, slowly, at)
        return call_primitive("divide", [left, right], at)
    if node.operator is BinaryOperator.MODULO:
        return _modulo(emitter, node, left, right)
    return call_primitive("power", [left, right], at)


def _modulo(emitter: Emitter, node: tree.Binary, left: ast.expr, right: ast.expr) -> ast.expr:
    """Python's `%` is Lua's between integers that are exact doubles; only a constant divisor is worth the test."""
    at = position(node)
    if not (isinstance(right, ast.Constant) and _is_exact_integer(right.value)):
        return call_primitive("modulo", [left, right], at)
    numbers = emitter.shapes.numbers
    if not (numbers.is_number(node.left) or isinstance(left, ast.Name)):
        return call_primitive("modulo", [left, right], at)
    first, again = _twice(emitter, left, at)
    if numbers.is_number(node.left):
        tests = [_in_range(emitter, node.left, first, EXACT)]
    else:
        tests = [_is_float(first, at), _in_range(emitter, node.left, again, EXACT)]
    if not numbers.is_whole(node.left):
        tests.append(call(ast.Attribute(again, "is_integer", LOAD, **at), [], at))
    test = tests[0] if len(tests) == 1 else ast.BoolOp(AND, tests, **at)
    return choose(test, ast.BinOp(again, ast.Mod(), right, **at), call_primitive("modulo", [again, right], at), at)


def _in_range(emitter: Emitter, node: tree.Expression, value: ast.expr, bound: float) -> ast.expr:
    """Whether a number, the value of `node`, is nearer to 0 than the bound."""
    at = position(node)
    if emitter.shapes.numbers.is_not_negative(node):
        return compare(value, ast.Lt(), constant(bound, at), at)
    return ast.Compare(constant(-bound, at), [ast.Lt(), ast.Lt()], [value, constant(bound, at)], **at)


def _is_float(value: ast.expr, at: Position) -> ast.expr:
    return compare(class_of(value, at), IS, load("float"), at)


def _is_exact_integer(value: object) -> bool:
    return isinstance(value, float) and 1.0 <= value < EXACT and value.is_integer()


def _comparison(emitter: Emitter, node: tree.Binary) -> ast.expr:
    """A comparison as a Python truth."""
    operator = node.operator
    if operator in (BinaryOperator.EQUAL, BinaryOperator.NOT_EQUAL):
        equal = _binary_operands(emitter, node, lambda left, right: _equality(emitter, node, left, right))
        return equal if operator is BinaryOperator.EQUAL else ast.UnaryOp(NOT, equal, **position(node))
    python, swapped = _PYTHON_ORDER[operator]

    def build(left: ast.expr, right: ast.expr) -> ast.expr:
        at = position(node)
        if not swapped:
            return compare(left, python, right, at)
        if _any_order(emitter, node.left, node.right):
            return compare(right, python, left, at)
        temporary = emitter.temporary()  # the left operand is evaluated first all the same
        pair = pack([named(temporary, left, at), compare(right, python, load(temporary), at)], at)
        return subscript(pair, constant(1, at), at)

    return _binary_operands(emitter, node, build)


def _any_order(emitter: Emitter, left: tree.Expression, right: tree.Expression) -> bool:
    """Whether it makes no difference which operand is evaluated first."""
    shapes = emitter.shapes
    if shapes.is_still(left):
        return shapes.is_still(right) or shapes.is_steady(left)
    return shapes.is_steady(right)


def _equality(emitter: Emitter, node: tree.Binary, left: ast.expr, right: ast.expr) -> ast.expr:
    at = position(node)
    for one, other in ((node.left, right), (node.right, left)):
        if isinstance(one, tree.Nil):
            return compare(other, IS, NONE, at)
        if isinstance(one, tree.Boolean):
            return compare(other, IS, load("TRUE" if one.value else "FALSE"), at)
        if isinstance(one, tree.String) or emitter.shapes.numbers.is_number(one):
            return compare(left, EQUAL, right, at)
    return call_primitive("equal", [left, right], at)


def _binary_operands(emitter: Emitter, node: tree.Binary, build: Callable[[ast.expr, ast.expr], ast.expr]) -> ast.expr:
    """Both operands, in order. A left operand that is a local is read after the right operand has run."""
    if emitter.shapes.is_read_late(node.left) and not emitter.shapes.is_still(node.right):
        return after(emitter, node.right, lambda right: build(single(emitter, node.left), right), position(node))
    if fold(node.left) is not None and node.operator not in tree.COMPARISONS:  # then the right constant comes first
        constant_right = single(emitter, node.right)
        return build(single(emitter, node.left), constant_right)
    left = single(emitter, node.left)
    return build(left, single(emitter, node.right))


def _concatenation(emitter: Emitter, node: tree.Binary) -> ast.expr:
    """A chain of `..` is one operation on all its operands, as OP_CONCAT is."""
    at = position(node)
    operands = links(node)
    if emitter.shapes.is_text(node):
        return call_primitive("LuaString", [_text(emitter, operands, at)], at)
    emitter.hold(len(operands))
    values = [single(emitter, operand) for operand in operands]
    emitter.release(len(operands))
    return call_primitive(_CONCATENATIONS.get(len(values), "concatenate"), values, at)


def _text(emitter: Emitter, operands: list[tree.Expression], at: Position) -> ast.expr:
    """The bytes of a chain of constants and numbers. A format is quicker, if the numbers are one that is whole."""
    emitter.hold(len(operands))
    values = [single(emitter, operand) for operand in operands]
    emitter.release(len(operands))
    numbers = [index for index, operand in enumerate(operands) if not isinstance(operand, tree.String)]
    formatted = None
    if emitter.loops and len(numbers) == 1 and emitter.shapes.numbers.is_whole(operands[numbers[0]]):
        number, again = _twice(emitter, values[numbers[0]], at)
        values[numbers[0]] = again
        is_near = _in_range(emitter, operands[numbers[0]], number, SHORT)
        is_short = ast.BoolOp(AND, [is_near, again], **at)  # 0 may be -0
        formatted = ast.BinOp(emitter.pool.format(operands), ast.Mod(), again, **at)
    for index in numbers:
        values[index] = call_primitive("number_to_text", [values[index]], at)
    joined = call_primitive("join", [pack(values, at)], at)
    return joined if formatted is None else choose(is_short, formatted, joined, at)


_CONCATENATIONS = {2: "concatenate_two", 3: "concatenate_three"}
"""The primitives for the commonest numbers of operands."""


def _logical(emitter: Emitter, node: tree.Logical) -> ast.expr:
    at = position(node)
    is_and = node.operator is BinaryOperator.AND
    if is_and and fold(node.left) is not None:
        return single(emitter, node.right)
    if is_boolean(node.left):
        test = condition(emitter, node.left)
        right = single(emitter, node.right)
        return choose(test, right, load("FALSE"), at) if is_and else choose(test, load("TRUE"), right, at)
    temporary = emitter.temporary()
    test = _truth_of(named(temporary, single(emitter, node.left), at), temporary, at)
    right = single(emitter, node.right)
    kept = load(temporary)
    return choose(test, right, kept, at) if is_and else choose(test, kept, right, at)


def _truth_of(first: ast.expr, temporary: str, at: Position) -> ast.expr:
    not_nil = compare(first, IS_NOT, NONE, at)
    not_false = compare(load(temporary), IS_NOT, load("FALSE"), at)
    return ast.BoolOp(AND, [not_nil, not_false], **at)


def _unary(emitter: Emitter, node: tree.Unary) -> ast.expr:
    at = position(node)
    if node.operator is UnaryOperator.NOT:
        return choose(condition(emitter, node.operand), load("FALSE"), load("TRUE"), at)
    folded = fold(node)
    if folded is not None:
        return constant(emitter.number(folded), at)
    operand = single(emitter, node.operand)
    if node.operator is UnaryOperator.NEGATE:
        return ast.UnaryOp(MINUS, operand, **at)
    return call_primitive("length", [operand], at)


def _table(emitter: Emitter, node: tree.Table) -> ast.expr:
    from ferrous_vm.translator.constructors import construct  # the two modules are mutually recursive

    return construct(emitter, node)


_SINGLE: dict[type, Callable[[Emitter, Any], ast.expr]] = {
    tree.Nil: _nil,
    tree.Boolean: _boolean,
    tree.Number: _number,
    tree.String: _string,
    tree.Vararg: _vararg,
    tree.Name: _name,
    tree.Index: _index,
    tree.Call: _call,
    tree.MethodCall: _call,
    tree.Binary: _binary,
    tree.Logical: _logical,
    tree.Unary: _unary,
    tree.Parentheses: _parentheses,
    tree.Function: _function,
    tree.Table: _table,
}
