"""Lua statements as Python statements (Lua 5.1 manual section 2.4)."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ferrous_vm.syntax import tree
from ferrous_vm.translator.appending import append, is_append
from ferrous_vm.translator.emitter import Emitter
from ferrous_vm.translator.expressions import arguments, call_results, condition, results, single
from ferrous_vm.translator.functions import declare_function, define_function
from ferrous_vm.translator.levels import TAILS
from ferrous_vm.translator.numeric_loops import PIECE, whole_turns
from ferrous_vm.translator.python_tree import (
    IS,
    NONE,
    NOT,
    OR,
    STORE,
    Position,
    assign,
    call_primitive,
    compare,
    constant,
    load,
    pack,
    position,
    position_at,
    store,
    subscript,
)
from ferrous_vm.translator.shapes import MULTIPLE, fold, is_valid_key, local_of, python_name

_HIDDEN_LOCALS = 3
"""In which a `for` loop keeps its state."""


def block(emitter: Emitter, node: tree.Block) -> None:
    """Emits the statements of a block."""
    emitter.enter()
    for statement in node.statements:
        _STATEMENT[type(statement)](emitter, statement)
    emitter.leave()


def _loop(emitter: Emitter, node: tree.Block, *before: ast.stmt) -> list[ast.stmt]:
    """A block as the body of a Python loop."""
    emitter.hold(_HIDDEN_LOCALS)
    with emitter.loop():
        body = _body(emitter, node, *before)
    emitter.release(_HIDDEN_LOCALS)
    return body


def _body(emitter: Emitter, node: tree.Block, *before: ast.stmt) -> list[ast.stmt]:
    """A block as the body of a Python statement, which may not be empty."""
    with emitter.block() as body:
        emitter.statements.extend(before)
        block(emitter, node)
        if not body:
            body.append(ast.Pass(**position(node)))
    return body


# Variables


def _local(emitter: Emitter, node: tree.Local) -> None:
    at = position(node)
    names = [emitter.declared(name) for name in node.names]
    values = _adjusted(emitter, node.values, len(names), at)
    if len(values) == len(names) and not any(isinstance(value, ast.Starred) for value in values):
        # A new local is invisible to the values, so one assignment after another is right.
        for local, value in zip(names, values, strict=True):
            emitter.statements.append(emitter.declare(local, value, at))
        return
    temporaries = _unpack(emitter, values, len(names), at)
    for local, temporary in zip(names, temporaries, strict=True):
        emitter.statements.append(emitter.declare(local, load(temporary), at))


def _adjusted(emitter: Emitter, nodes: list[tree.Expression], wanted: int, at: Position) -> list[ast.expr]:
    """Values for `wanted` variables: too few are filled with nil. A starred last one means: adjust at run time.

    Superfluous values are evaluated and dropped.
    """
    registers = max(len(nodes), wanted)
    emitter.hold(registers)
    values = _adjusted_values(emitter, nodes, wanted, at)
    emitter.release(registers)
    return values


def _adjusted_values(emitter: Emitter, nodes: list[tree.Expression], wanted: int, at: Position) -> list[ast.expr]:
    if nodes and isinstance(nodes[-1], MULTIPLE) and len(nodes) <= wanted:
        if len(nodes) == wanted:
            return [single(emitter, node) for node in nodes]
        values = arguments(emitter, nodes)
        if isinstance(values[-1], ast.Starred):
            return values
        return values + [NONE for _ in range(wanted - len(values))]
    values = [single(emitter, node) for node in nodes[:wanted]]
    values += [NONE for _ in range(wanted - len(values))]
    if len(nodes) > wanted:
        dropped = [single(emitter, node) for node in nodes[wanted - 1 :]]
        values[-1] = subscript(pack(dropped, at), constant(0, at), at)
        if wanted > 1:  # everything before must be evaluated before what is dropped
            return _in_order(emitter, values, at)
    return values


def _in_order(emitter: Emitter, values: list[ast.expr], at: Position) -> list[ast.expr]:
    temporaries = [emitter.temporary() for _ in values]
    for temporary, value in zip(temporaries, values, strict=True):
        emitter.statements.append(assign(store(temporary, at), value, at))
    return [load(temporary) for temporary in temporaries]


def _unpack(emitter: Emitter, values: list[ast.expr], wanted: int, at: Position) -> list[str]:
    """Temporaries for values of which the last may be several or none."""
    temporaries = [emitter.temporary() for _ in range(wanted)]
    target = ast.Tuple([store(temporary, at) for temporary in temporaries], STORE, **at)
    adjusted = call_primitive("adjust", [pack(values, at), constant(wanted, at)], at)
    emitter.statements.append(assign(target, adjusted, at))
    return temporaries


def _assignment(emitter: Emitter, node: tree.Assignment) -> None:
    at = position(node)
    if len(node.targets) == 1 and len(node.values) == 1:
        _assign_one(emitter, node.targets[0], node.values[0])
        return
    registers = 2 * sum(isinstance(target, tree.Index) for target in node.targets)
    emitter.hold(registers)
    places = _places(emitter, node.targets)
    values = _adjusted(emitter, node.values, len(places), at)
    emitter.release(registers)
    if any(isinstance(value, ast.Starred) for value in values):
        temporaries = [load(name) for name in _unpack(emitter, values, len(places), at)]
    else:
        temporaries = [load(value.id) for value in _in_order(emitter, values, at) if isinstance(value, ast.Name)]
    for target, place, value in reversed(list(zip(node.targets, places, temporaries, strict=True))):
        _store(emitter, target, [part.read() for part in place], value, is_safe=False)


class _Part:
    """The table or the key of a target of several: evaluated in its turn, or to be read in its register."""

    __slots__ = ("emitter", "local", "node", "value")

    def __init__(self, emitter: Emitter, node: tree.Expression) -> None:
        self.emitter = emitter
        self.node = node
        self.local = emitter.shapes.register(node)
        """The local whose register is read when the store is made."""
        self.value: ast.expr | None = None
        if self.local is None and not emitter.shapes.is_steady(node):
            self.value = _in_order(emitter, [single(emitter, node)], position(node))[0]

    def read(self) -> ast.expr:
        """The value, where the store is made."""
        return single(self.emitter, self.node) if self.value is None else self.value


def _places(emitter: Emitter, targets: list[tree.Name | tree.Index]) -> list[list[_Part]]:
    """Table and key of each target, none of a name. A local that is also a target behind them is copied there, as
    Lua's compiler does (`check_conflict`, lparser.c): it is stored to before they are read."""
    places: list[list[_Part]] = []
    for target in targets:
        if isinstance(target, tree.Index):
            places.append([_Part(emitter, target.object), _Part(emitter, target.key)])
            continue
        variable = emitter.variable(target)
        parts = [part for place in places for part in place if part.local is variable is not None]
        if parts:
            copy = _in_order(emitter, [single(emitter, target)], position(target))[0]
            for part in parts:
                part.local, part.value = None, copy
        places.append([])
    return places


def _assign_one(emitter: Emitter, target: tree.Name | tree.Index, value: tree.Expression) -> None:
    if isinstance(target, tree.Name):
        _store(emitter, target, [], single(emitter, value), emitter.shapes.never_nil(value))
        return
    if is_append(emitter, target):
        append(emitter, target, value)
        return
    never_nil = emitter.shapes.never_nil(value)
    place, stored = _evaluated(emitter, target, value)
    _store(emitter, target, place, stored, never_nil)


def _evaluated(emitter: Emitter, target: tree.Index, value: tree.Expression) -> tuple[list[ast.expr], ast.expr]:
    """Table, key and value of a store in Lua's order. Python evaluates the value, the table, the key: that is as good
    if nothing runs other code, or only the table or the key does and the others are the same before and after."""
    shapes = emitter.shapes
    parts = [target.object, target.key]
    at = position(target)
    running = [node for node in (*parts, value) if not shapes.is_still(node)]
    changing = [node for node in (*parts, value) if not shapes.is_steady(node)]
    if not running or (running == changing and len(running) == 1 and value not in running):
        return [single(emitter, node) for node in parts], single(emitter, value)
    place = []
    for node in parts:
        part = single(emitter, node)
        is_kept = shapes.is_steady(node) or shapes.register(node) is not None
        place.append(part if is_kept else _in_order(emitter, [part], at)[0])
    return place, _in_order(emitter, [single(emitter, value)], at)[0]


def _store(
    emitter: Emitter, target: tree.Name | tree.Index, place: list[ast.expr], value: ast.expr, is_safe: bool
) -> None:
    """Emits the store, to the table and key of `place` if the target has them. `is_safe`: the value is not nil."""
    at = position(target)
    if isinstance(target, tree.Name):
        variable = emitter.variable(target)
        if variable is not None:
            emitter.statements.append(assign(emitter.target(variable, at), value, at))
            return
        place = [load("GLOBALS"), emitter.pool.string(target.name)]
        key_is_valid = True
        if not is_safe:
            value = _in_order(emitter, [value], at)[0]
    else:
        shapes = emitter.shapes
        key_is_valid = is_valid_key(target.key) or shapes.is_text(target.key) or _is_loop_variable(emitter, target.key)
    table, key = place
    _store_element(emitter, table, key, value, is_safe, key_is_valid, at)


def _store_element(
    emitter: Emitter, table: ast.expr, key: ast.expr, value: ast.expr, is_safe: bool, key_is_valid: bool, at: Position
) -> None:
    """``table[key] = value`` at full speed where neither nil nor NaN can be involved, decided at run time if needed."""
    plainly = assign(ast.Subscript(table, key, STORE, **at), value, at)
    if is_safe and key_is_valid:
        emitter.statements.append(plainly)
        return
    carefully = _statement(call_primitive("assign", [table, key, value], at), at)
    if not all(isinstance(part, (ast.Name, ast.Constant)) for part in (table, key, value)):
        emitter.statements.append(carefully)
        return
    doubts: list[ast.expr] = []
    if not is_safe:
        doubts.append(compare(value, IS, NONE, at))
    if not key_is_valid:
        doubts.append(compare(key, IS, NONE, at))
        doubts.append(compare(key, ast.NotEq(), key, at))
    test = doubts[0] if len(doubts) == 1 else ast.BoolOp(OR, doubts, **at)
    emitter.statements.append(ast.If(test, [carefully], [plainly], **at))


def _is_loop_variable(emitter: Emitter, node: tree.Expression) -> bool:
    """Whether the name is a numeric loop's variable that nobody assigns: a number, and not NaN."""
    if not isinstance(node, tree.Name):
        return False
    variable = emitter.variable(node)
    return variable is not None and local_of(variable) in emitter.shapes.counters


def _statement(value: ast.expr, at: Position) -> ast.stmt:
    return ast.Expr(value, **at)


def _function_statement(emitter: Emitter, node: tree.FunctionStatement) -> None:
    target = node.target
    place = []
    if isinstance(target, tree.Index):
        place = [single(emitter, target.object), single(emitter, target.key)]
    _store(emitter, target, place, define_function(emitter, node.function), is_safe=True)


def _local_function(emitter: Emitter, node: tree.LocalFunction) -> None:
    declare_function(emitter, emitter.declared(node.name), node.function)


# Calls and returns


def _call_statement(emitter: Emitter, node: tree.CallStatement) -> None:
    emitter.statements.append(_statement(call_results(emitter, node.call), position(node.call)))


def _return(emitter: Emitter, node: tree.Return) -> None:
    at = position(node)
    emitter.returns = True
    values = node.values
    call = values[0] if len(values) == 1 else None
    if isinstance(call, tree.Call) and not emitter.loops and emitter.shapes.calls_itself(call, emitter.scope):
        _start_again(emitter, call)
        return
    if not values:
        value: ast.expr = pack([], at)
    elif len(values) == 1:
        value = results(emitter, values[0])
    else:
        emitter.hold(len(values))
        value = pack(arguments(emitter, values), at)
        emitter.release(len(values))
    emitter.statements.append(ast.Return(value, **at))


def _start_again(emitter: Emitter, node: tree.Call) -> None:
    """A tail call of a function to itself: new arguments and a jump to the start, however often."""
    at = position(node)
    parameters = emitter.scope.parameters
    if node.arguments and parameters:
        values = _adjusted(emitter, node.arguments, len(parameters), at)
        if any(isinstance(value, ast.Starred) for value in values):
            names = _unpack(emitter, values, len(parameters), at)
            values = [load(name) for name in names]
        target = ast.Tuple([emitter.target(local, at) for local in parameters], STORE, **at)
        emitter.statements.append(assign(target, pack(values, at), at))
    else:
        emitter.statements.extend(_statement(single(emitter, value), at) for value in node.arguments)
        emitter.statements.extend(assign(emitter.target(local, at), NONE, at) for local in parameters)
    emitter.statements.append(ast.AugAssign(store(TAILS, at), ast.Add(), constant(1, at), **at))
    emitter.statements.append(ast.Continue(**at))
    emitter.repeats = True


# Control


def _do(emitter: Emitter, node: tree.Do) -> None:
    block(emitter, node.body)


def _if(emitter: Emitter, node: tree.If) -> None:
    outermost = emitter.statements
    for clause in node.clauses:
        emitter.enter()  # an `elseif` is a Python block deeper
        at = position(clause)
        test = condition(emitter, clause.condition)
        statement = ast.If(test, _body(emitter, clause.body), [], **at)
        emitter.statements.append(statement)
        emitter.statements = statement.orelse
    if node.otherwise is not None:
        block(emitter, node.otherwise)
    emitter.leave(len(node.clauses))
    emitter.statements = outermost


def _while(emitter: Emitter, node: tree.While) -> None:
    at = position(node)
    with emitter.block() as before:
        test = condition(emitter, node.condition)
    if not before:
        emitter.statements.append(ast.While(test, _loop(emitter, node.body), [], **at))
        return
    leave = ast.If(ast.UnaryOp(NOT, test, **at), [ast.Break(**at)], [], **at)
    body = _loop(emitter, node.body, *before, leave)
    emitter.statements.append(ast.While(constant(True, at), body, [], **at))


def _repeat(emitter: Emitter, node: tree.Repeat) -> None:
    at = position(node)
    with emitter.block() as body:
        with emitter.loop():
            block(emitter, node.body)
        test = condition(emitter, node.condition)
        body.append(ast.If(test, [ast.Break(**at)], [], **at))
    emitter.statements.append(ast.While(constant(True, at), body, [], **at))


def _numeric_for(emitter: Emitter, node: tree.NumericFor) -> None:
    at = position(node)
    nodes = [node.start, node.limit] if node.step is None else [node.start, node.limit, node.step]
    bounds = [single(emitter, bound) for bound in nodes]
    loop = _for(emitter, [emitter.declared(node.variable)], node.body, at)
    may_be_left = constant(emitter.leaves, at)
    turns = _few_turns(node)
    if turns is not None:
        numbers = ast.Slice(constant(turns.start, at), constant(turns.stop, at), constant(turns.step, at), **at)
        loop.iter = subscript(load("whole"), numbers, at)
        return
    check = position_at(node.check_line, node.number)
    first = fold(node.start)
    if node.step is not None:
        loop.iter = call_primitive("numeric_for", [*bounds, may_be_left], check)
    elif first is not None and 0.0 <= first <= PIECE and first.is_integer():
        loop.iter = call_primitive("count_up", [constant(int(first), check), bounds[1], may_be_left], check)
    else:
        loop.iter = call_primitive("numeric_for", [*bounds, constant(1.0, check), may_be_left], check)


def _few_turns(node: tree.NumericFor) -> range | None:
    """The turns of a loop between small whole constants, upwards."""
    start, limit = fold(node.start), fold(node.limit)
    step = 1.0 if node.step is None else fold(node.step)
    if start is None or limit is None or step is None or not (0.0 <= start <= PIECE and 0.0 <= limit <= PIECE):
        return None
    if not (start.is_integer() and step.is_integer() and 0.0 < step <= PIECE):
        return None
    return whole_turns(start, limit, step)


def _generic_for(emitter: Emitter, node: tree.GenericFor) -> None:
    at = position_at(node.iterator_line, node.number)
    emitter.hold(len(node.values))
    if len(node.values) == 1 and isinstance(node.values[0], MULTIPLE):
        triple = results(emitter, node.values[0])
    else:
        triple = pack(arguments(emitter, node.values), at)
    emitter.release(len(node.values))
    names = [emitter.declared(name) for name in node.names]
    loop = _for(emitter, names, node.body, at)
    if len(names) == 2:
        loop.iter = call_primitive("pairwise", [triple], at)
    else:
        loop.iter = call_primitive("generic_for", [triple, constant(len(names), at)], at)


def _for(emitter: Emitter, names: list[Any], body: tree.Block, at: Position) -> ast.For:
    """A Python loop with these variables, one a turn or a tuple; what it loops over is to be filled in."""
    identifiers = [python_name(local) for local in names]
    begin = [
        emitter.declare(local, load(identifier), at)
        for local, identifier in zip(names, identifiers, strict=True)
        if local in emitter.shapes.boxed
    ]
    targets: list[ast.expr] = [store(identifier, at) for identifier in identifiers]
    target = targets[0] if len(targets) == 1 else ast.Tuple(targets, STORE, **at)
    loop = ast.For(target, NONE, _loop(emitter, body, *begin), [], None, **at)
    emitter.statements.append(loop)
    return loop


def _break(emitter: Emitter, node: tree.Break) -> None:
    emitter.breaks = True
    emitter.statements.append(ast.Break(**position(node)))


_STATEMENT: dict[type, Callable[[Emitter, Any], None]] = {
    tree.Local: _local,
    tree.Assignment: _assignment,
    tree.CallStatement: _call_statement,
    tree.Do: _do,
    tree.While: _while,
    tree.Repeat: _repeat,
    tree.If: _if,
    tree.NumericFor: _numeric_for,
    tree.GenericFor: _generic_for,
    tree.FunctionStatement: _function_statement,
    tree.LocalFunction: _local_function,
    tree.Return: _return,
    tree.Break: _break,
}
