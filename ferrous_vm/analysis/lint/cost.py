"""Work and memory that grow with the data: nothing else runs while a script does."""

from __future__ import annotations

from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.facts import Cost, Reply, option
from ferrous_vm.analysis.lint.rules import Model, Rule, plain
from ferrous_vm.analysis.lint.values import CommandCall, Value
from ferrous_vm.analysis.scopes import LocalVariable
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import UnaryOperator

UNBOUNDED_UNPACK: Final = Rule(
    name="unbounded-unpack",
    severity=Severity.WARNING,
    reason='unpack of a table with about 8,000 elements fails: "too many results to unpack".',
    fix="Unpack it in pieces: unpack(table, first, last).",
    page="""\
Every unpacked element needs a place on Lua's stack, which is limited. A reply that grows with the data works in
every test and fails on the day it has grown too large.""",
    wrong="local old = redis.call('SMEMBERS', KEYS[1])\nreturn redis.call('SREM', KEYS[2], unpack(old))",
    right="""\
local old = redis.call('SMEMBERS', KEYS[1])
for first = 1, #old, 1000 do
  redis.call('SREM', KEYS[2], unpack(old, first, math.min(first + 999, #old)))
end
return #old""",
)

LINEAR_IN_LOOP: Final = Rule(
    name="linear-command-in-loop",
    severity=Severity.INFO,
    reason="The command reads all of the same collection in each turn of the loop.",
    fix="Read it once before the loop, or ask for the one element: SISMEMBER, HGET, ZSCORE.",
    page="The server does nothing else while a script runs: its time is everybody's.",
    wrong="for _, name in ipairs(ARGV) do\n  if #redis.call('SMEMBERS', KEYS[1]) > 3 then return name end\nend",
    right="for _, name in ipairs(ARGV) do\n  if redis.call('SCARD', KEYS[1]) > 3 then return name end\nend",
)

KEYSPACE_COMMAND: Final = Rule(
    name="keyspace-command",
    severity=Severity.WARNING,
    reason="The command looks at every key of the database while the server waits.",
    fix="Keep the names in a set, or let the client go through them with SCAN.",
    page="KEYS takes time in proportion to the number of keys, and what it finds are keys nobody declared.",
    wrong="return #redis.call('KEYS', 'session:*')",
    right="return redis.call('SCARD', KEYS[1])",
)

UNPACKED_ARGUMENTS: Final = Rule(
    name="unpacked-arguments",
    severity=Severity.INFO,
    reason='unpack of ARGV fails at about 8,000 arguments: "too many results to unpack".',
    fix="Take them in pieces, unpack(ARGV, first, last), or refuse more than a number of them.",
    page="""\
The client decides how many arguments there are. A script that asks for their number, `#ARGV > 1000`, is taken to know
what it does.""",
    wrong="return redis.call('SADD', KEYS[1], unpack(ARGV))",
    right="""\
for first = 1, #ARGV, 1000 do
  redis.call('SADD', KEYS[1], unpack(ARGV, first, math.min(first + 999, #ARGV)))
end
return #ARGV""",
)

RULES: Final = (UNBOUNDED_UNPACK, UNPACKED_ARGUMENTS, LINEAR_IN_LOOP, KEYSPACE_COMMAND)

_OF_ONE_RECORD: Final = frozenset(("HSET", "HMSET", "XADD"))
"""Commands whose words are the fields of one thing: a program knows how many it has."""

_BY_RANK: Final = frozenset(("LRANGE", "ZRANGE", "ZREVRANGE"))
_BY_VALUE: Final = frozenset(("ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZRANGEBYLEX", "ZREVRANGEBYLEX"))
_GROWING: Final = frozenset((Reply.TEXTS, Reply.TABLE, Reply.MEMBERS, Reply.PAIRS, Reply.ENTRIES))
_STREAMS: Final = frozenset(("XRANGE", "XREVRANGE"))


def check(model: Model) -> None:
    """Look at commands in loops, at KEYS, and at unpack."""
    for call in model.commands():
        if call.facts is None:
            continue
        if call.facts.cost is Cost.KEYSPACE:
            message = f"{call.name} looks at every key of the database: {call.facts.complexity}"
            model.report(KEYSPACE_COMMAND, call.node, message)
        elif _is_repeated(model, call):
            message = f"{call.name} reads the same in each turn of the loop: {call.facts.complexity}"
            model.report(LINEAR_IN_LOOP, call.node, message)
    exact = {
        call.node.number
        for call in model.commands()
        if call.facts is not None and (call.facts.arity > 0 or not call.facts.keys)
    }
    takes_arguments = _takes_as_many_as_come(model)
    for unpack, _ in model.calls_of(b"unpack"):
        if len(unpack.arguments) > 2 or not unpack.arguments:
            continue
        parent = model.parent(unpack)
        if parent is not None and parent.number in exact:
            continue  # SETEX takes so many words and no more, whoever gives them; INFO has a handful to give
        if takes_arguments and model.value(unpack.arguments[0]).member == b"ARGV":
            takes_arguments = not _arguments(model, unpack)
        if len(unpack.arguments) != 1:
            continue
        value = model.value(unpack.arguments[0])
        if value.call is not None and not value.is_element and _is_unbounded(value.call):
            message = f"What {value.call.name} answers grows with the data: unpack fails at about 8,000 elements."
            model.report(UNBOUNDED_UNPACK, unpack, message)
        elif (source := _filled_from(model, unpack.arguments[0])) is not None:
            message = f"`{model.text(unpack.arguments[0])}` grows with {source}: unpack fails at about 8,000 elements."
            model.report(UNBOUNDED_UNPACK, unpack, message)


def _takes_as_many_as_come(model: Model) -> bool:
    """Whether a script unpacks ARGV and never asks how many there are."""
    if not any(
        call.arguments and model.value(call.arguments[0]).member == b"ARGV" for call, _ in model.calls_of(b"unpack")
    ):
        return False
    return not any(
        model.value(length.operand).member == b"ARGV" and isinstance(model.parent(length), tree.Binary)
        for length in model.all(tree.Unary)
    )


def _arguments(model: Model, unpack: tree.Call) -> bool:
    """Tell of ARGV as the rest of a command's words, once. Whether there was something to tell: names and functions of
    the script take as many as they are written for, and all of ARGV is no list where the script names its places."""
    parent = model.parent(unpack)
    if isinstance(parent, tree.Local | tree.Assignment):
        return False
    call = model.flow.commands.get(parent.number) if parent is not None else None
    if isinstance(parent, tree.Call) and (call is None or call.name in _OF_ONE_RECORD):
        return False
    if len(unpack.arguments) == 1 and any(
        isinstance(place.key, tree.Number) and model.value(place.object).member == b"ARGV"
        for place in model.all(tree.Index)
    ):
        return False
    message = "unpack fails at about 8,000 arguments, and the client decides how many there are."
    model.report(UNPACKED_ARGUMENTS, unpack, message)
    return True


def _filled_from(model: Model, node: tree.Expression) -> str | None:
    """What a local table takes all elements of, in words: a reply that grows with the data; None if no such is seen."""
    variable = model.flow.variable(plain(node))
    if variable is None:
        return None
    found = None
    for use in model.uses(variable):
        parent = model.parent(use)
        if isinstance(parent, tree.Unary) and isinstance(model.parent(parent), tree.Binary):
            outer = model.parent(parent)
            if isinstance(outer, tree.Binary) and outer.operator in tree.ORDER:
                return None  # its length is compared: the script takes pieces
        is_put = isinstance(parent, tree.Index) and isinstance(model.parent(parent), tree.Assignment)
        if isinstance(parent, tree.Call):
            is_put = model.value(parent.function).member == b"table.insert"
        source = _loop_source(model, use) if is_put else None
        if source is not None and (source.call is None or source.is_element or not _is_unbounded(source.call)):
            continue
        if source is not None and source.call is not None:
            found = f"what {source.call.name} answers"
    return found


def _loop_source(model: Model, node: tree.Node) -> Value | None:
    """What the loop around a node goes through: the table of ipairs or pairs, or that of `for i = 1, #table`."""
    parent = model.parents[node.number]
    while parent is not None and not isinstance(parent, tree.GenericFor | tree.NumericFor | tree.Function):
        parent = model.parents[parent.number]
    if isinstance(parent, tree.GenericFor):
        call = parent.values[0]
        if (
            isinstance(call, tree.Call)
            and call.arguments
            and model.value(call.function).member in (b"ipairs", b"pairs")
        ):
            return model.value(call.arguments[0])
    elif isinstance(parent, tree.NumericFor):
        limit = plain(parent.limit)
        if isinstance(limit, tree.Unary) and limit.operator is UnaryOperator.LENGTH:
            return model.value(limit.operand)
    return None


def _is_repeated(model: Model, call: CommandCall) -> bool:
    """Whether a command reads all of the same collection in each turn of a loop."""
    facts = call.facts
    if facts is None or facts.cost is not Cost.COLLECTION or not model.looped[call.node.number]:
        return False
    keys = facts.key_positions(call.words, call.is_open)
    return all(_is_same(model, call.node.arguments[position]) for position in keys)


def _is_same(model: Model, key: tree.Expression) -> bool:
    """Whether a key in a loop is surely the same in each turn: a constant, KEYS[1], or a variable from outside."""
    key = plain(key)
    if isinstance(key, tree.Index):
        return model.value(key.object).member == b"KEYS" and isinstance(key.key, tree.Number)
    if isinstance(key, tree.Name):
        variable = model.resolved.variables[key.number]
        return isinstance(variable, LocalVariable) and variable.loop_depth == 0 and not variable.assigned
    return isinstance(key, tree.String)


def _is_unbounded(call: CommandCall) -> bool:
    """Whether the reply has as many elements as the collection; false where its arguments may bound it."""
    if call.facts is None or call.is_open or not _GROWING.intersection(call.replies):
        return False
    words = [option(word) for word in call.words]
    name = call.facts.name
    if name in _BY_RANK and not {b"BYSCORE", b"BYLEX"}.intersection(words):
        return len(words) > 3 and call.words[2] == b"0" and call.words[3] == b"-1"
    if name in _BY_RANK or name in _BY_VALUE:
        return b"LIMIT" not in words and None not in words[4:]
    if name in _STREAMS:
        return b"COUNT" not in words and None not in words[4:]
    return call.facts.cost is not Cost.BOUNDED
