"""Times to live that are lost, and counters that nothing ever resets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.facts import option
from ferrous_vm.analysis.lint.rules import Model, Rule, plain
from ferrous_vm.analysis.lint.values import CommandCall
from ferrous_vm.syntax import tree

DROPPED_TTL: Final = Rule(
    name="dropped-ttl",
    severity=Severity.INFO,
    reason="SET takes a key's time to live away, and the script gives this key one elsewhere.",
    fix="SET with KEEPTTL keeps it; with EX or PX it gets a new one.",
    page="SET stores a new value without a time to live; INCR, APPEND and SETRANGE keep the one that is there.",
    wrong="""\
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('SET', KEYS[1], ARGV[1], 'EX', 60)
else
  redis.call('SET', KEYS[1], ARGV[1])
end
return 1""",
    right="""\
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('SET', KEYS[1], ARGV[1], 'EX', 60)
else
  redis.call('SET', KEYS[1], ARGV[1], 'KEEPTTL')
end
return 1""",
)

COUNTER_WITHOUT_TTL: Final = Rule(
    name="counter-without-ttl",
    severity=Severity.INFO,
    reason="The script counts up to a limit, and nothing in it ever resets the counter.",
    fix="Give the key a time to live when it is new: if count == 1 then redis.call('EXPIRE', ...) end.",
    page="""\
Without a time to live the limit is reached once and for all. Where another program resets the counter, allow it with
a comment.""",
    wrong="local count = redis.call('INCR', KEYS[1])\nif count > tonumber(ARGV[1]) then return 0 end\nreturn 1",
    right="""\
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
if count > tonumber(ARGV[1]) then return 0 end
return 1""",
)

RULES: Final = (DROPPED_TTL, COUNTER_WITHOUT_TTL)

_GIVES_TTL: Final = frozenset(["EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT", "SETEX", "PSETEX", "GETEX"])
_ASKS_TTL: Final = frozenset(["TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"])
_TTL_OPTIONS: Final = frozenset((b"EX", b"PX", b"EXAT", b"PXAT"))
_COUNTERS: Final = frozenset(("INCR", "INCRBY"))
_RESETS: Final = frozenset(["DEL", "UNLINK", "SET", "DECR", "DECRBY", "GETDEL", "RENAME", "RESTORE"]) | _GIVES_TTL
MOST_OTHERS: Final = 100
"""Commands on one key that are looked at beside each other."""


def check(model: Model) -> None:
    """Look at every SET and every INCR, and at what else is done with their keys."""
    limited = _limited(model) - _handed_on(model)
    for call in model.commands():
        if call.facts is None or len(call.words) < 2:
            continue
        if call.name == "SET" and not call.is_open and len(call.words) == 3:
            _set(model, call)
        elif call.name in _COUNTERS and call.node.number in limited and not _is_reset(model, call):
            key = model.text(plain(call.node.arguments[1]))
            message = f"{call.name} counts up to a limit, and nothing here resets `{key}` or lets it expire."
            model.report(COUNTER_WITHOUT_TTL, call.node, message)


def _same_key(model: Model, call: CommandCall) -> Iterator[CommandCall]:
    """The other commands that name the key of `call` in the same way."""
    return (other for other in model.naming(call.node.arguments[1]) if other is not call)


def _is_reset(model: Model, call: CommandCall) -> bool:
    """Whether some command resets a counter or lets it expire, or may: it is given keys nobody knows."""
    if len(model.naming(call.node.arguments[1])) > MOST_OTHERS:
        return True
    others = _same_key(model, call)
    return any(other.name in _RESETS for other in others) or any(
        other.is_open and other.name in _RESETS for other in model.commands()
    )


def _gives_ttl(call: CommandCall) -> bool:
    words = {option(word) for word in call.words[3:]}
    return call.name in _GIVES_TTL or (call.name == "SET" and bool(_TTL_OPTIONS & words))


def _set(model: Model, call: CommandCall) -> None:
    if len(model.naming(call.node.arguments[1])) > MOST_OTHERS:
        return
    others = list(_same_key(model, call))
    gives = [other for other in others if _gives_ttl(other)]
    known = gives or [other for other in others if other.name in _ASKS_TTL]
    if not known or any(other.node.first > call.node.last and other.name != "SET" for other in gives):
        return  # its time to live comes behind it
    if any(_decided_otherwise(model, call, other) for other in gives):
        return
    if any(other.name in ("DEL", "UNLINK", "PERSIST") for other in others):
        return
    last = call.node.arguments[-1]
    change = ("Keep the time to live", model.after(last, b", 'KEEPTTL'"))
    key = model.text(plain(call.node.arguments[1]))
    message = f"This SET takes the time to live of `{key}` away, which the script gives or asks for elsewhere."
    model.report(DROPPED_TTL, call.node, message, change, certain=False)


def _decided_otherwise(model: Model, call: CommandCall, other: CommandCall) -> bool:
    """Whether the two stand in different branches of one `if` that asks for the time which `other` gives, in either:
    then who writes both decides whether there is one."""
    given = [plain(word) for word in other.node.arguments[2:]]
    texts = [model.text(word) for word in given if isinstance(word, tree.Name | tree.Index)]
    if not given:
        return False  # a command that lacks its words, of which the arity tells
    first, last = given[0].first, given[-1].last
    texts += [name.name.decode("latin-1") for name in _variables(model) if first <= name.first and name.last <= last]
    node = model.parent(call.node)
    while node is not None:
        if isinstance(node, tree.If):
            asked = any(text in model.text(clause.condition) for clause in node.clauses for text in texts)
            branches = [clause.body for clause in node.clauses] + ([node.otherwise] if node.otherwise else [])
            if asked and any(_holds(one, other.node) and not _holds(one, call.node) for one in branches):
                return True
        node = model.parent(node)
    return False


def _variables(model: Model) -> list[tree.Name]:
    """The names that mean local variables."""
    return [name for name in model.all(tree.Name) if model.flow.variable(name) is not None]


def _holds(block: tree.Block, node: tree.Node) -> bool:
    return block.first <= node.first and node.last <= block.last


def _handed_on(model: Model) -> set[int]:
    """The calls whose reply is a word of another command, as the number of a message is: it is no count of attempts."""
    words = (model.value(word) for call in model.commands() for word in call.node.arguments[1:])
    return {word.call.node.number for word in words if word.call is not None and not word.is_element}


def _limited(model: Model) -> set[int]:
    """The calls whose reply is compared with a limit that is not 1, by the numbers of their nodes."""
    found: set[int] = set()
    for node in model.all(tree.Binary):
        if node.operator in tree.ORDER:
            for one, other in ((node.left, node.right), (node.right, node.left)):
                value = model.value(one)
                if value.call is not None and not value.is_element and model.value(other).constant not in (0.0, 1.0):
                    found.add(value.call.node.number)
    return found
