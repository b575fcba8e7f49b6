"""Replies that may be null, where a value is needed: the script stops on the first day that the key is not there."""

from __future__ import annotations

from typing import Final, NamedTuple

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.facts import Reply, option
from ferrous_vm.analysis.lint.narrowing import conjuncts, leaves
from ferrous_vm.analysis.lint.rules import Change, Model, Rule, plain
from ferrous_vm.analysis.lint.values import FROM_KEYSPACE, FROM_REPLY, CommandCall, Value
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator

MAYBE_FALSE: Final = Rule(
    name="maybe-false",
    severity=Severity.WARNING,
    reason="The reply may be false, or nil behind tonumber, and Lua neither calculates with that nor joins it to text.",
    fix="Say what stands for a missing value: `reply or 0`, or test it before.",
    page="""\
Where Redis answers nil the script gets false, and tonumber(false) is nil: "attempt to perform arithmetic on a boolean
value", "attempt to concatenate", "attempt to compare nil with number". Its length and its fields stop it too,
reply.err behind redis.pcall among them: type(reply) == 'table' and reply.err. ipairs and cjson.decode refuse it. The
rule follows a reply through variables, functions and tonumber; it is silent behind a test of the value, and where the
script asked for the key before, with EXISTS or a command that writes it.""",
    wrong="local count = tonumber(redis.call('GET', KEYS[1]))\nreturn count + 1",
    right="local count = tonumber(redis.call('GET', KEYS[1]) or 0)\nreturn count + 1",
)

MIXED_NUMBER: Final = Rule(
    name="mixed-number",
    severity=Severity.WARNING,
    reason="The value is a number only where the key is missing; otherwise it is a string, which Lua does not order.",
    fix="Convert it: tonumber(reply or 0).",
    page="""\
`redis.call('GET', key) or 0` is 0 when there is no key and a string when there is one. Arithmetic converts strings, so
`+ 1` works; `> 5` stops the script: "attempt to compare number with string", and `== 5` is never true of a string.""",
    wrong="local count = redis.call('GET', KEYS[1]) or 0\nif count > 5 then return 0 end\nreturn 1",
    right="local count = tonumber(redis.call('GET', KEYS[1]) or 0)\nif count > 5 then return 0 end\nreturn 1",
)

RULES: Final = (MAYBE_FALSE, MIXED_NUMBER)

_REFUSE_FALSE: Final = frozenset(
    b"ipairs pairs next unpack table.concat table.sort table.insert table.remove cjson.decode cmsgpack.unpack "
    b"string.len string.sub string.byte string.rep string.reverse string.lower string.upper string.find string.match "
    b"string.gmatch string.gsub".split()
)
"""Functions whose first argument may not be false or nil."""

_COMPARING: Final = "comparing it"
_CALCULATING: Final = "calculating with it"

_ARITHMETIC: Final = frozenset(
    (
        *(BinaryOperator.ADD, BinaryOperator.SUBTRACT, BinaryOperator.MULTIPLY, BinaryOperator.DIVIDE),
        *(BinaryOperator.MODULO, BinaryOperator.POWER, BinaryOperator.CONCATENATE),
    )
)


def check(model: Model) -> None:
    """Look at every operand."""
    told: set[int] = set()
    for node in model.all(tree.Binary):
        if node.operator in tree.COMPARISONS:
            _mixed(model, node)
        if node.operator in _ARITHMETIC or node.operator in tree.ORDER:
            if node.operator in tree.ORDER and not _is_ordered(model, node):
                continue  # it stops the script in any case, of which another rule speaks
            for operand in (node.left, node.right):
                _operand(model, node, operand, told)
    for unary in model.all(tree.Unary):
        if unary.operator is UnaryOperator.NEGATE or (
            unary.operator is UnaryOperator.LENGTH and _needs_something(model, unary.operand)
        ):
            _operand(model, unary, unary.operand, told)
    looking: list[tree.Index | tree.MethodCall] = [*model.all(tree.Index), *model.all(tree.MethodCall)]
    for into in looking:
        if _needs_something(model, into.object):
            _operand(model, into, into.object, told)
    for call in model.all(tree.Call):
        refuses = call.arguments and model.value(call.function).member in _REFUSE_FALSE
        if refuses and _needs_something(model, call.arguments[0]):
            _operand(model, call, call.arguments[0], told)


def _needs_something(model: Model, node: tree.Expression) -> bool:
    """Whether a value is the reply itself of a command that is known to answer nil for what is not there."""
    value = model.value(node)
    call = value.absent
    if call is None or value.is_element or Reply.VARYING in call.replies or call.name in ("XRANGE", "XREVRANGE"):
        return False  # those answer nil only to COUNT 0, for which nobody asks
    return call.name != "XREADGROUP" or _asks_for_new_entries(call)


def _asks_for_new_entries(call: CommandCall) -> bool:
    """Whether XREADGROUP asks for nothing else: of entries that were given out it answers a list, maybe empty."""
    words = [option(word) for word in call.words]
    if b"STREAMS" not in words:
        return False
    named = words[words.index(b"STREAMS") + 1 :]
    return all(word == b">" for word in named[len(named) // 2 :])


def _operand(model: Model, node: tree.Expression, operand: tree.Expression, told: set[int]) -> None:
    value = model.value(operand)
    call = value.absent
    if call is None or not value.types & lua_types.FALSY or call.facts is None or not model.flow.plain_operators:
        return
    if not value.types & lua_types.TRUTHY or call.node.number in told or _is_vouched_for(model, call, operand, told):
        return
    if (call.by_word and _is_asked_about(model, call, operand)) or _is_field_tested(model, operand):
        return
    if _is_one_of_several(model, operand) or _is_tested_beside(model, node, operand):
        return
    told.add(call.node.number)
    null = "nil" if value.types & lua_types.NIL and not value.types & lua_types.FALSE else "false"
    what = f"giving it to {model.text(node.function)}" if isinstance(node, tree.Call) else _use(node)
    name = f"`{model.text(operand)}`"
    message = f"{name} is {null} where {call.name} answers nil, and {what} stops the script."
    model.report(MAYBE_FALSE, operand, message, _default(model, operand, value, node), certain=False)


def _is_tested_beside(model: Model, node: tree.Expression, operand: tree.Expression) -> bool:
    """Whether a test to the left of an `and` asks for the same expression: `tonumber(v) ~= nil and tonumber(v) > 0`."""
    text = model.text(plain(operand))
    part: tree.Node | None = node
    while part is not None and isinstance(outer := model.parent(part), tree.Logical):
        left = plain(outer.left)
        if outer.operator is BinaryOperator.AND and not left.first <= operand.first <= left.last:
            is_test = isinstance(left, tree.Binary) and left.operator is BinaryOperator.NOT_EQUAL
            sides = (left.left, left.right) if isinstance(left, tree.Binary) and is_test else (left,)
            if any(model.text(plain(side)) == text for side in sides):
                return True
        part = outer
    return False


def _is_field_tested(model: Model, operand: tree.Expression) -> bool:
    """Whether a field of a table that changes was tested before: `if t.n == false then t.n = 0 end`."""
    asked = _unconverted(model, operand)
    if not isinstance(asked, tree.Index):
        return False
    first = _tested(model).by_text.get(model.text(asked))
    return first is not None and first < operand.first


def _unconverted(model: Model, node: tree.Expression) -> tree.Expression:
    """An expression, or what tonumber is given there."""
    node = plain(node)
    if isinstance(node, tree.Call) and model.value(node.function).member == b"tonumber" and node.arguments:
        return plain(node.arguments[0])
    return node


def _use(node: tree.Expression) -> str:
    """What is done to an operand that may be null."""
    if isinstance(node, tree.Index | tree.MethodCall):
        return "looking into it"
    if isinstance(node, tree.Unary) and node.operator is UnaryOperator.LENGTH:
        return "asking for its length"
    return "joining it to text" if _joins(node) else _COMPARING if _compares(node) else _CALCULATING


def _is_one_of_several(model: Model, node: tree.Expression) -> bool:
    """Whether a variable may hold what several statements stored: which of them, its tests may know."""
    node = plain(node)
    variable = model.flow.variable(node)
    if variable is None:
        return False
    _, stored = model.flow.stretches.known(variable, node.first, model.flow.types)
    return stored is None and len(model.flow.stored.get(variable, ())) > 1


def _is_ordered(model: Model, node: tree.Binary) -> bool:
    both = model.value(node.left).types & model.value(node.right).types
    return bool(both & (lua_types.NUMBER | lua_types.STRING))


def _joins(node: tree.Expression) -> bool:
    return isinstance(node, tree.Binary) and node.operator is BinaryOperator.CONCATENATE


def _compares(node: tree.Expression) -> bool:
    return isinstance(node, tree.Binary) and node.operator in tree.ORDER


def _default(model: Model, operand: tree.Expression, value: Value, node: tree.Expression) -> Change | None:
    """No change is safe: what a missing value stands for, only its author knows; 0 is offered for a count."""
    if (
        isinstance(node, tree.Call)
        or _use(node) not in (_COMPARING, _CALCULATING)
        or value.types & ~(lua_types.NUMBER | lua_types.STRING | lua_types.FALSY)
    ):
        return None
    if isinstance(plain(operand), tree.Name | tree.Call | tree.Index):
        return "Take 0 for a missing value", model.before(operand, b"("), model.after(operand, b" or 0)")
    return None


MOST_OTHERS: Final = 100
"""Calls that name the same key that are looked at for one operand, so that time stays in proportion."""

_TELLS_OF_KEY: Final = frozenset(
    [
        "EXISTS",
        "TYPE",
        "TTL",
        "PTTL",
        "STRLEN",
        "HEXISTS",
        "HLEN",
        "SISMEMBER",
        "ZRANK",
        "ZCARD",
        "LLEN",
        "SCARD",
        "ZCOUNT",
        "SET",
        "SETNX",
        "MSET",
        "HSET",
        "HSETNX",
        "HMSET",
        "HINCRBY",
        "INCR",
        "INCRBY",
        "DECR",
        "DECRBY",
        "ZADD",
        "SADD",
        "LPUSH",
        "RPUSH",
        "ZINCRBY",
        "HKEYS",
        "HGETALL",
        "KEYS",
        "ZRANGE",
        "SMEMBERS",
        "LRANGE",
        "ZRANGEBYSCORE",
        "ZREVRANGE",
        "ZREM",
        "SREM",
        "EXPIRE",
        "PEXPIRE",
        "RENAME",
        "HMGET",
        "MGET",
        "SCAN",
        "HSCAN",
        "SSCAN",
        "ZSCAN",
        "XINFO",
    ]
)
"""Commands by which a script may know that a key, or what is in it, is there."""


def _is_vouched_for(model: Model, call: CommandCall, operand: tree.Expression, told: set[int]) -> bool:
    """Whether the script may know that the value is there: it asked for it, wrote it, or took its name from data. Of
    several values that were asked for at once, the others tell."""
    for argument in call.node.arguments[1:3]:
        for other in model.naming(argument)[:MOST_OTHERS]:
            if other is call:
                continue
            is_same = other.node.first < call.node.first and model.text(other.node) == model.text(call.node)
            if is_same and (other.node.number in told or _is_asked_about(model, other, operand)):
                return True  # the same was asked for before, and what came of it is looked at there
            if argument is call.node.arguments[1] and _shows_key(model, other, call, operand):
                return True
            if other.name not in _TELLS_OF_KEY:
                continue
            if call.by_word or _may_come_before(model, other.node, operand):
                return True
    if any(_is_from_elsewhere(model, name) for name in call.node.arguments[1:2]):
        return True
    return any(model.value(name).origins & (FROM_REPLY | FROM_KEYSPACE) for name in call.node.arguments[1:])


def _is_from_elsewhere(model: Model, name: tree.Expression) -> bool:
    """Whether a key has a name that the script does not declare: what stands before this part of one may have asked
    for it."""
    name = plain(name)
    is_global = isinstance(name, tree.Name) and model.resolved.variables[name.number] is None
    return is_global and isinstance(name, tree.Name) and name.name not in model.flow.globals


def _shows_key(model: Model, other: CommandCall, call: CommandCall, operand: tree.Expression) -> bool:
    """Whether another reply of the same key is surely there where an operand is looked at, and nothing removed the key
    between: what is stored together is there together."""
    key = other.node.arguments[1]
    if other.node.first > call.node.first or model.text(plain(key)) != model.text(plain(call.node.arguments[1])):
        return False
    if model.value(other.node).absent is not other or not _is_there(model, other.node, operand):
        return False
    between = range(other.node.first, call.node.first)
    return not any(one.name in _REMOVE and one.node.first in between for one in model.naming(key))


_REMOVE: Final = frozenset(("DEL", "UNLINK", "HDEL", "GETDEL", "RENAME"))


def _is_there(model: Model, reply: tree.Expression, place: tree.Node) -> bool:
    """Whether a reply is neither false nor nil wherever a place is reached: the variable that holds it is not, or a
    condition that it stands in says so."""
    holder: tree.Node | None = model.parent(reply)
    if isinstance(holder, tree.Call) and model.value(holder.function).member == b"tonumber":
        reply, holder = holder, model.parent(holder)
    if isinstance(holder, tree.Local):
        position = next((at for at, one in enumerate(holder.values) if plain(one) is reply), len(holder.names))
        if position >= len(holder.names):
            return False
        variable = model.resolved.declared[holder.names[position].number]
        if variable is None or variable.assigned:
            return False
        types, _ = model.flow.stretches.known(variable, place.first, model.flow.types)
        return not types & model.value(reply).types & lua_types.FALSY
    while isinstance(holder, tree.Binary | tree.Logical | tree.Unary):
        holder = model.parent(holder)
    branches = model.parent(holder) if isinstance(holder, tree.IfClause) else None
    if not isinstance(holder, tree.IfClause) or not isinstance(branches, tree.If):
        return False
    if holder.body.first <= place.first <= holder.body.last:
        return _says(holder.condition, True, reply)
    block = model.parents[branches.number]
    if block is None or not branches.last < place.first <= block.last or not leaves(model.resolved, holder.body):
        return False
    return holder is branches.clauses[0] and _says(holder.condition, False, reply)


def _says(condition: tree.Expression, outcome: bool, reply: tree.Expression) -> bool:
    """Whether a condition that came out so says that a reply in it is there."""
    for node, holds in conjuncts(condition, outcome):
        if node is reply and holds:
            return True
        if not isinstance(node, tree.Binary) or node.operator not in tree.EQUALITY:
            continue
        equal = holds == (node.operator is BinaryOperator.EQUAL)
        for one, other in ((node.left, node.right), (node.right, node.left)):
            is_null = isinstance(plain(other), tree.Nil | tree.Boolean)
            if plain(one) is reply and equal != is_null:
                return True
    return False


def _is_asked_about(model: Model, call: CommandCall, operand: tree.Expression) -> bool:
    """Whether one of several values that were asked for at once is tested before an operand: what was written together
    is there together."""
    first = _tested(model).by_call.get(call.node.number)
    return first is not None and first < operand.first


class _Tested(NamedTuple):
    """What conditions and comparisons ask about, each with the token where it is first asked."""

    by_call: dict[int, int]
    """The calls of commands whose null it may be, by their numbers."""
    by_text: dict[str, int]
    """What is written there."""


def _tested(model: Model) -> _Tested:
    """What is asked about in a chunk; made once."""
    found = model.kept.get(_Tested)
    if isinstance(found, _Tested):
        return found
    asked = [condition for condition, _ in model.conditions()]
    for node in model.all(tree.Binary):
        if node.operator in tree.EQUALITY:
            asked += [node.left, node.right]
    tested = model.kept[_Tested] = _Tested({}, {})
    for one in asked:
        absent = model.value(one).absent
        if absent is not None:
            number = absent.node.number
            tested.by_call[number] = min(one.first, tested.by_call.get(number, one.first))
        text = model.text(_unconverted(model, one))
        tested.by_text[text] = min(one.first, tested.by_text.get(text, one.first))
    return tested


def _may_come_before(model: Model, one: tree.Node, other: tree.Node) -> bool:
    """Whether one node may be done before another: it stands before it, or both are done again and again."""
    return one.first < other.first or (model.looped[one.number] and model.looped[other.number]) or model.is_called(one)


def _mixed(model: Model, node: tree.Binary) -> None:
    for one, other in ((node.left, node.right), (node.right, node.left)):
        against = model.value(other)
        if against.types != lua_types.NUMBER:
            continue
        source = _default_of(model, one)
        if source is None:
            continue
        reply = model.value(source.left)
        call = reply.call
        if call is None or reply.types & lua_types.NUMBER or not reply.types & lua_types.STRING:
            continue
        if node.operator in tree.EQUALITY and against.constant == model.value(source.right).constant:
            continue  # asks whether the default was taken
        outcome = "comparing it stops the script" if node.operator in tree.ORDER else "it never equals a number"
        message = f"`{model.text(one)}` is a string where {call.name} finds something: {outcome}."
        change = ("Convert to a number", model.before(one, b"tonumber("), model.after(one, b")"))
        model.report(MIXED_NUMBER, node, message, change)
        return


def _default_of(model: Model, node: tree.Expression) -> tree.Logical | None:
    """`reply or 0`, as it stands here or as the one thing a variable holds."""
    node = plain(node)
    if isinstance(node, tree.Name):
        variable = model.flow.variable(node)
        if variable is None:
            return None
        _, stored = model.flow.stretches.known(variable, node.first, model.flow.types)
        places = [stored] if stored is not None else model.flow.stored.get(variable, ())
        if len(places) != 1 or not isinstance(places[0], tree.Expression):
            return None
        node = plain(places[0])
    if isinstance(node, tree.Logical) and node.operator is BinaryOperator.OR:
        return node if model.value(node.right).types == lua_types.NUMBER else None
    return None
