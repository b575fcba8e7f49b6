"""Replies taken for another structure: names in a list, an order that is none, a cursor that is no number."""

from __future__ import annotations

from typing import Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.facts import Reply
from ferrous_vm.analysis.lint.rules import Model, Rule, plain
from ferrous_vm.analysis.lint.values import CommandCall, Value
from ferrous_vm.analysis.scopes import LocalVariable
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator

LIST_BY_NAME: Final = Rule(
    name="list-by-name",
    severity=Severity.WARNING,
    reason="The reply is a list, 1, 2, 3 ...: it has no fields by name, so this is always nil.",
    fix="Ask for the one field (HGET), or make a table of the list first.",
    page="""\
HGETALL answers a flat list, {name, value, name, value}, and SMEMBERS a list of members; with RESP2 no reply is a table
by names. `for i = 1, #flat, 2 do map[flat[i]] = flat[i + 1] end` makes one.""",
    wrong="local user = redis.call('HGETALL', KEYS[1])\nreturn user.name",
    right="return redis.call('HGET', KEYS[1], 'name')",
)

PAIRS_OF_FLAT_LIST: Final = Rule(
    name="pairs-of-flat-list",
    severity=Severity.WARNING,
    reason="pairs of such a reply gives positions and, in turn, a name and a value: not names with their values.",
    fix="Go through it by twos: for i = 1, #flat, 2 do local name, value = flat[i], flat[i + 1] ... end.",
    page="HGETALL, and ZRANGE with WITHSCORES, answer a flat list: {name, value, name, value}.",
    wrong="""\
for field, value in pairs(redis.call('HGETALL', KEYS[1])) do
  redis.call('HSET', KEYS[2], field, value)
end""",
    right="""\
local flat = redis.call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do
  redis.call('HSET', KEYS[2], flat[i], flat[i + 1])
end""",
)

UNORDERED_REPLY: Final = Rule(
    name="unordered-reply",
    severity=Severity.INFO,
    reason="A set and a hash have no order: which member comes first, nobody knows.",
    fix="Sort the reply (table.sort), use a sorted set, or say that any will do: SRANDMEMBER.",
    page="The order may change with every write, and differs on a replica and after a restart.",
    wrong="local all = redis.call('SMEMBERS', KEYS[1])\nreturn all[1]",
    right="return redis.call('SRANDMEMBER', KEYS[1])",
)

SCAN_CURSOR: Final = Rule(
    name="scan-cursor",
    severity=Severity.WARNING,
    reason="The cursor that SCAN answers is a string and never equals a number: the loop does not end.",
    fix="Compare it with '0', or convert it.",
    page="SCAN, HSCAN, SSCAN and ZSCAN answer {cursor, elements}; at the end the cursor is the string '0'.",
    wrong="""\
local cursor = 0
repeat
  local page = redis.call('SSCAN', KEYS[1], cursor)
  cursor = page[1]
until cursor == 0
return 1""",
    right="""\
local cursor = '0'
repeat
  local page = redis.call('SSCAN', KEYS[1], cursor)
  cursor = page[1]
until cursor == '0'
return 1""",
)

INDEXED_NUMBER: Final = Rule(
    name="indexed-number",
    severity=Severity.WARNING,
    reason="The reply is a number where the command succeeds, and a number has no fields: the script stops.",
    fix="Ask first what it is: type(reply) == 'table' and reply.err.",
    page="""\
"attempt to index local 'reply' (a number value)". An error of redis.pcall is a table with the field err; what INCR, DEL
or EXPIRE answer is a number, into which nobody can look.""",
    wrong="local count = redis.pcall('INCR', KEYS[1])\nif count.err then return 0 end\nreturn count",
    right="""\
local count = redis.pcall('INCR', KEYS[1])
if type(count) == 'table' and count.err then return 0 end
return count""",
)

RULES: Final = (LIST_BY_NAME, PAIRS_OF_FLAT_LIST, UNORDERED_REPLY, SCAN_CURSOR, INDEXED_NUMBER)

_UNORDERED: Final = frozenset(["SMEMBERS", "SINTER", "SUNION", "SDIFF", "HKEYS", "HVALS", "HGETALL", "KEYS"])
_OF_ANY_REPLY: Final = (b"err", b"ok")
_EQUALITY: Final = (BinaryOperator.EQUAL, BinaryOperator.NOT_EQUAL)


def check(model: Model) -> None:
    """Look at what is read of replies, and at loops over them."""
    sorted_variables = {
        model.flow.variable(call.arguments[0]) for call, _ in model.calls_of(b"table.sort") if call.arguments
    }
    conditions = {condition.number for condition, _ in model.conditions()}
    looked_into: set[int] = set()
    unordered: set[int] = set()
    for node in model.all(tree.Index):
        value = model.value(node.object)
        if _is_number(value) and value.call is not None and value.call.node.number not in looked_into:
            looked_into.add(value.call.node.number)
            message = f"{value.call.name} answers a number where it succeeds, and looking into that stops the script."
            model.report(INDEXED_NUMBER, node, message)
        if value.call is None or value.is_element or not value.call.is_list:
            continue
        key = model.value(node.key)
        parent = model.parent(node)
        is_target = isinstance(parent, tree.Assignment) and any(target is node for target in parent.targets)
        if is_target:
            continue
        if key.types == lua_types.STRING and value.types == lua_types.TABLE:
            if key.constant in _OF_ANY_REPLY and _asks_only(model, node, conditions):
                continue  # asks of any reply whether it is an error
            shown = model.text(node)
            message = f"`{shown}` is nil: {value.call.name} answers {value.call.description}, which has no names."
            model.report(LIST_BY_NAME, node, message)
        elif isinstance(key.constant, float) and key.constant > 0 and _is_unordered(value.call):
            if value.call.node.number in unordered:
                continue
            variable = model.flow.variable(plain(node.object))
            if (
                variable not in sorted_variables
                and not _asks_only(model, node, conditions)
                and not _is_counted(model, variable)
            ):
                unordered.add(value.call.node.number)
                message = f"What {value.call.name} answers is in no order: `{model.text(node)}` is any of it."
                model.report(UNORDERED_REPLY, node, message)
    for loop in model.all(tree.GenericFor):
        _loop(model, loop)
    for comparison in model.all(tree.Binary):
        if comparison.operator in _EQUALITY:
            _cursor(model, comparison)


def _is_number(value: Value) -> bool:
    """Whether a value is the reply of a command that answers a number, or an error of its."""
    call = value.call
    if call is None or value.is_element:
        return False
    return value.types == lua_types.NUMBER | (lua_types.TABLE if call.protected else 0)


def _is_unordered(call: CommandCall) -> bool:
    return call.facts is not None and call.facts.name in _UNORDERED


def _is_counted(model: Model, variable: LocalVariable | None) -> bool:
    """Whether the script asks how long the list is: of one that has a single member, the first is that."""
    lengths = (model.parent(use) for use in model.uses(variable))
    return any(
        isinstance(length, tree.Unary)
        and isinstance(comparison := model.parent(length), tree.Binary)
        and comparison.operator in _EQUALITY
        for length in lengths
    )


def _asks_only(model: Model, node: tree.Expression, conditions: set[int]) -> bool:
    """Whether the element is only asked for being there, as `if all[1] then` does."""
    parent = model.parent(node)
    compares = isinstance(parent, tree.Binary) and parent.operator in _EQUALITY
    if compares:
        assert isinstance(parent, tree.Binary)
        other = parent.right if plain(parent.left) is node else parent.left
        return isinstance(plain(other), tree.Nil | tree.Boolean)
    return node.number in conditions


def _loop(model: Model, loop: tree.GenericFor) -> None:
    call = loop.values[0]
    if len(loop.names) != 2 or not isinstance(call, tree.Call) or model.value(call.function).member != b"pairs":
        return
    if len(call.arguments) != 1:
        return
    value = model.value(call.arguments[0])
    if value.call is None or value.is_element or not value.call.is_list or value.call.replies[0] is not Reply.PAIRS:
        return
    for use in model.uses(model.resolved.declared[loop.names[0].number]):
        parent = model.parent(use)
        named = False
        if isinstance(parent, tree.Call) and use is not parent.function:
            named = parent.number in model.flow.commands
        elif isinstance(parent, tree.Binary):
            other = parent.right if plain(parent.left) is use else parent.left
            compares = parent.operator in _EQUALITY and model.value(other).types == lua_types.STRING
            named = compares or parent.operator is BinaryOperator.CONCATENATE
        if named:
            name = loop.names[0].name.decode("latin-1")
            message = f"{value.call.name} answers {value.call.description}: `{name}` is a position here, no name."
            model.report(PAIRS_OF_FLAT_LIST, call, message)
            return


def _cursor(model: Model, node: tree.Binary) -> None:
    for one, other in ((node.left, node.right), (node.right, node.left)):
        one = plain(one)
        variable = model.flow.variable(one)
        if (
            variable is None
            or model.value(other).types != lua_types.NUMBER
            or not model.value(one).types & lua_types.NUMBER
        ):
            continue
        loop = _loop_around(model, node)
        if loop is None:
            continue
        stored = [place for place in model.flow.stored.get(variable, ()) if isinstance(place, tree.Expression)]
        inside = [place for place in stored if loop.first <= place.first <= loop.last]
        if inside and all(_is_cursor(model, place) for place in inside):
            literal = plain(other)
            text = b"'" + model.bytes_of(literal) + b"'"
            change = ("Compare with a string", model.instead(literal, text))
            message = f"`{model.text(one)}` is a string as soon as SCAN has answered: this never ends the loop."
            model.report(SCAN_CURSOR, node, message, change if isinstance(literal, tree.Number) else None)
            return


def _loop_around(model: Model, node: tree.Node) -> tree.Node | None:
    parent = model.parents[node.number]
    while parent is not None and not isinstance(parent, tree.While | tree.Repeat | tree.Function):
        parent = model.parents[parent.number]
    return None if isinstance(parent, tree.Function) else parent


def _is_cursor(model: Model, node: tree.Expression) -> bool:
    value = model.value(node)
    return value.types == lua_types.STRING and value.call is not None and Reply.PAGE in value.call.replies
