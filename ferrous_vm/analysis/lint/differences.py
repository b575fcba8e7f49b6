"""What servers do otherwise with the same script: the clock, the texts of numbers, the order of tables, sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.rules import Model, Rule, plain
from ferrous_vm.analysis.lint.values import COMPUTED, CONSTANT, FROM_TIME
from ferrous_vm.printing import printed
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator

STANDING_CLOCK: Final = Rule(
    name="standing-clock",
    severity=Severity.WARNING,
    reason="From Redis 7.2 on, and in Valkey, time stands still while a script runs: TIME answers the same each time.",
    fix="Let the client measure, or count turns instead of time; os.clock (Redis 7.4, Valkey 8.0) goes on.",
    page="""\
Until Redis 7.0 a script could wait for TIME to change, or take the time of its parts. Since 7.2 all it does happens at
one moment (`commandTimeSnapshot`, server.c), expiry included: a difference is 0, and a loop that waits never ends.""",
    wrong="""\
-- server: redis>=7.2
local begin = redis.call('TIME')[1]
while redis.call('TIME')[1] == begin do end
return 1""",
    right="-- server: redis>=7.2\nreturn redis.call('TIME')[1]",
)

NUMBER_TEXT: Final = Rule(
    name="number-text",
    severity=Severity.INFO,
    reason="A number with a fraction is stored as another text on some of the servers.",
    fix="Make the text yourself: tostring(x), or string.format('%.17g', x).",
    page="""\
Until Redis 7.0 a number that a script gives to a command is written with 17 digits, 0.10000000000000001; from Redis 7.2
on, and in Valkey, with as many as it needs, 0.1 (`fpconv_dtoa`). What is stored, a member of a set for one, is then
another text. tostring writes 14 digits on all of them.""",
    wrong="-- server: redis-7.0 redis-7.2\nreturn redis.call('SADD', KEYS[1], ARGV[1] / 3)",
    right="-- server: redis-7.0 redis-7.2\nreturn redis.call('SADD', KEYS[1], tostring(ARGV[1] / 3))",
)

TABLE_ORDER: Final = Rule(
    name="table-order",
    severity=Severity.INFO,
    reason="`pairs` visits a table in another order on some of the servers.",
    fix="Collect the names, sort them, and go through the sorted list.",
    page="""\
Lua's order hangs on the hash of the names. Valkey 8.1 has another hash than Redis and Valkey 8.0 (MurmurHash3,
lstring.c), so commands in such a loop are called in another order, and lists made in it are other lists.""",
    wrong="""\
-- server: redis-8.0 valkey-8.1
local found = { a = 1, b = 2 }
for name, value in pairs(found) do redis.call('RPUSH', KEYS[1], name) end
return 1""",
    right="""\
-- server: redis-8.0 valkey-8.1
for _, name in ipairs({ 'a', 'b' }) do redis.call('RPUSH', KEYS[1], name) end
return 1""",
)

SERVER_SENTENCE: Final = Rule(
    name="server-sentence",
    severity=Severity.WARNING,
    reason="Not all of the servers word this error so: what is compared or searched is never there.",
    fix="Compare the code at its beginning, WRONGTYPE or NOSCRIPT, which all of them have.",
    page="""\
Redis 6.2, Redis 7.0 and Valkey word the errors of scripts differently: "Unknown Redis command called from script" is
"Unknown command called from script" in Valkey. Sentences are those that were recorded from each server.""",
    wrong="""\
-- server: redis>=7.0 valkey
local reply = redis.pcall(ARGV[1], KEYS[1])
if reply.err and string.find(reply.err, 'Unknown Redis command') then return 0 end
return 1""",
    right="""\
-- server: redis>=7.0
local reply = redis.pcall(ARGV[1], KEYS[1])
if reply.err and string.find(reply.err, 'Unknown Redis command') then return 0 end
return 1""",
)

RULES: Final = (STANDING_CLOCK, NUMBER_TEXT, TABLE_ORDER, SERVER_SENTENCE)

_WAITING: Final = (tree.While, tree.Repeat)
_STORING: Final = frozenset(
    ("SET", "SETNX", "GETSET", "APPEND", "HSET", "HMSET", "HSETNX", "LPUSH", "RPUSH", "LREM", "SADD", "SREM", "XADD")
)
"""Commands that keep what they are given as it is written."""
_SEARCHES: Final = (b"string.find", b"string.match", b"string.gmatch")
LEAST: Final = 8
"""Bytes of a text that is taken for part of a sentence, several words."""


def check(model: Model) -> None:
    """Look at what the servers of the script do otherwise; of one alone only what it never does is told."""
    servers = model.facts.servers
    if servers.traits["time_stands"]:
        _clock(model)
    if 0 < len(servers.traits["short_numbers"]) < len(servers.names):
        _numbers(model)
    if 0 < len(servers.traits["murmur"]) < len(servers.names):
        _order(model)
    if model.all(tree.String):
        _sentences(model)


def _clock(model: Model) -> None:
    shown = model.facts.servers.shown(model.facts.servers.traits["time_stands"])
    calls = [call for call in model.commands() if call.name == "TIME"]
    for call in calls:
        if _waits(model, call.node):
            message = f"In scripts of {shown} TIME stands still: a loop that waits for it never ends."
            model.report(STANDING_CLOCK, call.node, message)
    if len(calls) < 2:
        return
    for node in model.all(tree.Binary):
        if node.operator is BinaryOperator.SUBTRACT and _is_time(model, node.left) and _is_time(model, node.right):
            model.report(STANDING_CLOCK, node, f"In scripts of {shown} TIME stands still: this difference is 0.")


def _waits(model: Model, node: tree.Node) -> bool:
    """Whether a node is done again until a condition that hangs on time."""
    inner: tree.Node | None = node
    while inner is not None and not isinstance(inner, tree.Function):
        if isinstance(inner, _WAITING) and _holds_time(model, inner.condition):
            return True
        inner = model.parent(inner)
    return False


def _holds_time(model: Model, condition: tree.Expression) -> bool:
    return any(
        isinstance(node, tree.Expression) and model.value(node).origins & FROM_TIME
        for node in model.chunk.nodes
        if condition.first <= node.first and node.last <= condition.last
    )


def _is_time(model: Model, node: tree.Expression) -> bool:
    origins = model.value(node).origins
    return bool(origins & FROM_TIME) and not origins & ~(FROM_TIME | COMPUTED | CONSTANT)


def _numbers(model: Model) -> None:
    servers = model.facts.servers
    long, short = servers.shown(servers.without("short_numbers")), servers.shown(servers.traits["short_numbers"])
    for call in model.commands():
        if call.name not in _STORING:
            continue
        for argument in call.node.arguments[2:]:
            value = model.value(argument)
            if value.fractional and value.types == lua_types.NUMBER:
                message = f"A fraction is stored with 17 digits by {long}, and with as many as it needs by {short}."
                change = "Write tostring", model.before(argument, b"tostring("), model.after(argument, b")")
                model.report(NUMBER_TEXT, argument, message, change, certain=False)


def _order(model: Model) -> None:
    servers = model.facts.servers
    one, other = servers.shown(servers.without("murmur")), servers.shown(servers.traits["murmur"])
    for loop in model.all(tree.GenericFor):
        call = loop.values[0]
        if not isinstance(call, tree.Call) or model.value(call.function).member != b"pairs" or not call.arguments:
            continue
        table = model.value(call.arguments[0])
        if table.member or table.call is not None or not _does_in_order(model, loop.body):
            continue
        message = f"pairs visits names in one order on {one}, and in another on {other}: what is done here follows it."
        model.report(TABLE_ORDER, call, message)


def _does_in_order(model: Model, body: tree.Block) -> bool:
    """Whether something is written or put into a list, turn by turn."""
    writes = [call.node for call in model.commands() if call.facts is None or call.facts.writes]
    inserts = [call for call, _ in model.calls_of(b"table.insert")]
    return any(body.first <= node.first and node.last <= body.last for node in (*writes, *inserts))


def _sentences(model: Model) -> None:
    servers = model.facts.servers
    for node in _compared(model):
        if len(node.value) < LEAST or b" " not in node.value.strip():
            continue
        speaking = servers.saying(node.value)
        lacking = [name for name in servers.names if name not in speaking]
        if speaking and lacking:
            message = f"No sentence of {servers.shown(lacking)} has `{printed(node.value)}` in it."
            model.report(SERVER_SENTENCE, node, message)


def _compared(model: Model) -> Iterator[tree.String]:
    """Every text that is compared, or searched in another."""
    for node in model.all(tree.Binary):
        if node.operator in tree.EQUALITY:
            yield from (side for side in map(plain, (node.left, node.right)) if isinstance(side, tree.String))
    for call, _ in model.calls_of(*_SEARCHES):
        yield from (one for one in map(plain, call.arguments[1:2]) if isinstance(one, tree.String))
    for method in model.all(tree.MethodCall):
        if method.name.value in (b"find", b"match", b"gmatch"):
            yield from (one for one in map(plain, method.arguments[:1]) if isinstance(one, tree.String))
