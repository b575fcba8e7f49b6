"""Work and memory that grow with the data: nothing else runs while a script does."""

from __future__ import annotations

from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.facts import Cost, Reply, option
from ferrous_vm.analysis.lint.rules import Model, Rule, plain
from ferrous_vm.analysis.lint.values import CommandCall
from ferrous_vm.analysis.scopes import LocalVariable
from ferrous_vm.syntax import tree

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

RULES: Final = (UNBOUNDED_UNPACK, LINEAR_IN_LOOP, KEYSPACE_COMMAND)

_BY_RANK: Final = frozenset(("LRANGE", "ZRANGE", "ZREVRANGE"))
_BY_VALUE: Final = frozenset(("ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZRANGEBYLEX", "ZREVRANGEBYLEX"))
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
    for unpack, _ in model.calls_of(b"unpack"):
        if len(unpack.arguments) != 1:
            continue
        value = model.value(unpack.arguments[0])
        if value.call is not None and not value.is_element and _is_unbounded(value.call):
            message = f"What {value.call.name} answers grows with the data: unpack fails at about 8,000 elements."
            model.report(UNBOUNDED_UNPACK, unpack, message)


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
    if call.facts is None or call.is_open or not set(call.replies) & {Reply.TEXTS, Reply.TABLE}:
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
