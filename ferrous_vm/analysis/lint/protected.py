"""redis.pcall: an error comes back as a value, and somebody has to look at it."""

from __future__ import annotations

import re
from typing import Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.rules import Change, Model, Rule, plain
from ferrous_vm.analysis.lint.values import CommandCall
from ferrous_vm.syntax import tree

UNCHECKED_PCALL: Final = Rule(
    name="unchecked-pcall",
    severity=Severity.WARNING,
    reason="redis.pcall gives an error as a table with the field err, and nobody looks at it.",
    fix="Look at reply.err, or use redis.call, which stops the script.",
    page="""\
After a failing redis.pcall the script goes on as if nothing had happened. `if type(reply) == 'table' and reply.err
then` tells an error from a reply; returning the reply passes the error on to the client.""",
    wrong="local old = redis.pcall('INCR', KEYS[1])\nreturn old + 1",
    right="local old = redis.call('INCR', KEYS[1])\nreturn old + 1",
)

ASSERTED_PCALL: Final = Rule(
    name="asserted-pcall",
    severity=Severity.WARNING,
    reason="assert lets the error of redis.pcall pass: it is a table, and every table is true.",
    fix="Use redis.call, which stops the script.",
    page="assert stops at nil and false: so it lets errors pass, and stops at a key that is not there.",
    wrong="local value = assert(redis.pcall('INCR', KEYS[1]))\nreturn value",
    right="local value = redis.call('INCR', KEYS[1])\nreturn value",
)

RULES: Final = (UNCHECKED_PCALL, ASSERTED_PCALL)

_USERS: Final = frozenset(
    b"tonumber tostring redis.call redis.pcall ipairs pairs unpack next table.concat table.insert string.format "
    b"math.max math.min math.floor math.ceil math.abs".split()
)
"""Functions that use a reply for what it is, and do not ask whether it is an error."""

SPEAKS_OF_PCALL: Final = re.compile(rb"--[^\n]*(?<![.:\w])pcall\b(?!\s*\()").search
"""Who says in a comment what pcall is there for lets errors pass on purpose. A call of it is code that is put by."""


def check(model: Model) -> None:
    """Look at what becomes of every redis.pcall."""
    for call in model.commands():
        if call.protected:
            _call(model, call)


def _call(model: Model, call: CommandCall) -> None:
    parent = model.parent(call.node)
    if isinstance(parent, tree.Call) and model.value(parent.function).member == b"assert":
        message = f"assert does not see an error of {call.name}: redis.pcall gives it as a table, which is true."
        model.report(ASSERTED_PCALL, parent, message, _call_instead(model, call), certain=False)
        return
    if _may_be_checked(model, call.node):
        return
    if isinstance(parent, tree.CallStatement):
        if SPEAKS_OF_PCALL(model.written) is not None:
            return
        message = f"An error of {call.name} is passed over in silence."
    else:
        message = f"An error of {call.name} is taken for a reply: nobody looks at its field err."
    model.report(UNCHECKED_PCALL, call.node, message, _call_instead(model, call), certain=False)


def _call_instead(model: Model, call: CommandCall) -> Change | None:
    function = call.node.function
    if isinstance(function, tree.Index) and model.bytes_of(function.key) == b"pcall":
        return "Use redis.call", model.instead(function.key, b"call")
    return None


def _may_be_checked(model: Model, node: tree.Expression) -> bool:
    """Whether somebody may look at the error: any use but those that take it for a reply counts."""
    parent = model.parent(node)
    if isinstance(parent, tree.Binary) and _tells_apart(model, parent, node):
        return True
    if isinstance(parent, tree.CallStatement | tree.Binary | tree.Unary | tree.IfClause | tree.While):
        return False
    if isinstance(parent, tree.Index) and node is not parent.key:
        return isinstance(parent.key, tree.String)
    if isinstance(parent, tree.Call):
        return node is parent.function or model.value(parent.function).member not in _USERS
    if isinstance(parent, tree.Local):
        return _variable_may_be_checked(model, parent, node)
    return True


def _tells_apart(model: Model, comparison: tree.Binary, reply: tree.Expression) -> bool:
    """Whether a condition compares a reply with a text or a number, which no error equals: `if reply ~= 1 then`."""
    if comparison.operator not in tree.EQUALITY:
        return False
    other = comparison.right if plain(comparison.left) is plain(reply) else comparison.left
    types = model.value(other).types
    if types & lua_types.TABLE or not types & (lua_types.STRING | lua_types.NUMBER):
        return False
    holder = model.parent(comparison)
    while isinstance(holder, tree.Logical | tree.Unary):
        holder = model.parent(holder)
    return isinstance(holder, tree.IfClause | tree.While | tree.Repeat)


def _variable_may_be_checked(model: Model, statement: tree.Local, value: tree.Expression) -> bool:
    position = next((at for at, one in enumerate(statement.values) if one is value), None)
    if position is None or position >= len(statement.names):
        return True
    variable = model.resolved.declared[statement.names[position].number]
    return any(_may_be_checked(model, use) for use in model.uses(variable))
