"""Numbers that a script cannot hold, or not as it means them: beyond 2^53, beyond the 32 bits of the library bit, and
lists that JSON shows as objects."""

from __future__ import annotations

import re
from typing import Final

from ferrous_vm.analysis.lint.definitions import Contents
from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.rules import Model, Rule, plain
from ferrous_vm.analysis.scopes import LocalVariable
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator

IMPRECISE_INTEGER: Final = Rule(
    name="imprecise-integer",
    severity=Severity.WARNING,
    reason="Numbers are doubles: whole ones are exact only up to 2^53 (9007199254740992).",
    fix="Keep it as a string; commands such as INCRBY take strings.",
    page="A larger integer is rounded when it is read, and again when a command or the reply gets it.",
    wrong="return redis.call('SET', KEYS[1], 9007199254740993)",
    right="return redis.call('SET', KEYS[1], '9007199254740993')",
)

WIDE_BITS: Final = Rule(
    name="wide-bits",
    severity=Severity.WARNING,
    reason="The library bit works on 32 bits: what lies above is cut off, and a shift by 32 is one by 0.",
    fix="Divide or multiply by a power of two: math.floor(x / 2^32), x % 2^32.",
    page="""\
bit.band, bit.rshift and their like take the lowest 32 bits of a number and answer a signed number of 32 bits; the count
of a shift is taken modulo 32.""",
    wrong="return bit.rshift(tonumber(ARGV[1]), 32)",
    right="return math.floor(tonumber(ARGV[1]) / 4294967296)",
)

EMPTY_JSON_ARRAY: Final = Rule(
    name="empty-json-array",
    severity=Severity.INFO,
    reason="cjson writes an empty table as {}: a list that may be empty arrives as an object.",
    fix="Write '[]' where it is empty: #list == 0 and '[]' or cjson.encode(list).",
    page="""\
Lua has one empty table for lists and for objects. cjson of Redis 7.0 always writes it as {}, which a client that
expects an array refuses on the first day that there is nothing in it.""",
    wrong="""\
local names = {}
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  table.insert(names, name)
end
return cjson.encode(names)""",
    right="""\
local names = {}
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  table.insert(names, name)
end
return #names == 0 and '[]' or cjson.encode(names)""",
)

RULES: Final = (IMPRECISE_INTEGER, WIDE_BITS, EMPTY_JSON_ARRAY)

_DIGITS: Final = re.compile(rb"[0-9]{16,}").fullmatch

_FARTHEST: Final = b"9223372036854775807"
"""The largest integer of 64 bits; people write it, or the beginning of it, for a time that never comes."""

_SHIFTS: Final = (b"bit.lshift", b"bit.rshift", b"bit.arshift", b"bit.rol", b"bit.ror")
_MASKS: Final = (b"bit.band", b"bit.bor", b"bit.bxor", b"bit.bnot")


def check(model: Model) -> None:
    """Look at numerals, at the library bit, and at what becomes JSON."""
    for number in model.all(tree.Number):
        text = model.bytes_of(number)
        if _DIGITS(text) and int(number.value) != int(text[:400]) and not _is_bound(model, number):
            message = f"{text.decode()} is no exact number in Lua: it becomes {int(number.value)}."
            fix = ("Write it as a string", model.instead(number, b"'" + text + b"'"))
            model.report(IMPRECISE_INTEGER, number, message, fix, certain=False)
    for call, name in model.calls_of(*_SHIFTS, *_MASKS):
        _bits(model, call, name)
    for call, _ in model.calls_of(b"cjson.encode"):
        if call.arguments:
            _json(model, call)


def _is_bound(model: Model, number: tree.Number) -> bool:
    """Whether a number only says that something is far away: what it is compared with, or the default of a score."""
    if _FARTHEST.startswith(model.bytes_of(number)):
        return True
    parent = model.parent(number)
    if isinstance(parent, tree.Binary):
        return parent.operator in tree.ORDER
    if isinstance(parent, tree.Local | tree.Assignment):
        return True
    if isinstance(parent, tree.Logical):
        return parent.operator is BinaryOperator.OR
    if isinstance(parent, tree.Call):
        return model.value(parent.function).member in (b"math.min", b"math.max")
    return False


def _bits(model: Model, call: tree.Call, name: bytes) -> None:
    for at, argument in enumerate(call.arguments):
        constant = model.value(argument).constant
        if not isinstance(constant, float):
            continue
        if name in _SHIFTS and at == 1 and constant >= 32:
            message = f"{name.decode()} counts modulo 32: a shift by {constant:.0f} is one by {constant % 32:.0f}."
            model.report(WIDE_BITS, call, message)
        elif (name in _MASKS or at == 0) and abs(constant) >= 2**32:
            message = f"{model.text(argument)} has more than 32 bits: {name.decode()} takes the lowest 32."
            model.report(WIDE_BITS, argument, message)


def _json(model: Model, call: tree.Call) -> None:
    node = plain(call.arguments[0])
    contents = model.flow.definitions.contents_of(node)
    if not isinstance(node, tree.Name) or contents is None or not _is_filled_list(model, node, contents):
        return
    variable = model.flow.variable(node)
    if any(_asks_length(model, use) for use in model.uses(variable)):
        return  # its length is asked for: the script may know of the empty one
    filled_from = [_looped_over(model, use) for use in model.uses(variable) if _puts(model, use)]
    if any(_compares_length(model, use) for source in filled_from for use in model.uses(source)):
        return  # or that of the list whose elements it takes
    message = f"`{model.text(node)}` may be empty, and cjson then writes {{}}, an object."
    text = model.bytes_of(node)
    change = (
        "Write [] where it is empty",
        model.instead(call, b"(#" + text + b" == 0 and '[]' or " + model.bytes_of(call) + b")"),
    )
    model.report(EMPTY_JSON_ARRAY, call, message, change, certain=False)


def _asks_length(model: Model, use: tree.Name) -> bool:
    """Whether the length of a table is asked for, other than to put an element behind its last."""
    length = model.parent(use)
    if not isinstance(length, tree.Unary):
        return False
    plus = model.parent(length)
    return not (isinstance(plus, tree.Binary) and isinstance(model.parent(plus), tree.Index))


def _looped_over(model: Model, node: tree.Node) -> LocalVariable | None:
    """The list over which the loop around a node goes: `for _, v in ipairs(list)`, `for i = 1, #list`."""
    loop = model.parents[node.number]
    while loop is not None and not isinstance(loop, tree.NumericFor | tree.GenericFor | tree.Function):
        loop = model.parents[loop.number]
    source: tree.Expression | None = None
    if isinstance(loop, tree.NumericFor) and isinstance(loop.limit, tree.Unary):
        source = loop.limit.operand
    elif isinstance(loop, tree.GenericFor) and isinstance(loop.values[0], tree.Call) and loop.values[0].arguments:
        source = loop.values[0].arguments[0]
    return None if source is None else model.flow.variable(plain(source))


def _compares_length(model: Model, use: tree.Name) -> bool:
    """Whether the length of a table is compared."""
    length = model.parent(use)
    if not isinstance(length, tree.Unary) or length.operator is not UnaryOperator.LENGTH:
        return False
    comparison = model.parent(length)
    return isinstance(comparison, tree.Binary) and comparison.operator in tree.COMPARISONS


def _is_filled_list(model: Model, table: tree.Name, contents: Contents) -> bool:
    """Whether a table is a list that only loops and conditions fill."""
    variable = model.flow.variable(table)
    places = model.flow.stored.get(variable, ()) if variable is not None else ()
    if (
        contents.fields
        or not contents.elements
        or not all(isinstance(place, tree.Table) and not place.items for place in places)
    ):
        return False
    inserts = [use for use in model.uses(variable) if _puts(model, use)]
    return len(inserts) == len(contents.elements) and all(model.looped[use.number] for use in inserts)


def _puts(model: Model, use: tree.Name) -> bool:
    """Whether an element is put behind the last one here: table.insert(t, v), t[#t + 1] = v."""
    parent = model.parent(use)
    if isinstance(parent, tree.Call):
        return model.value(parent.function).member == b"table.insert" and len(parent.arguments) == 2
    if not isinstance(parent, tree.Index) or parent.object is not use:
        return False
    key = plain(parent.key)
    return isinstance(key, tree.Binary) and key.operator is BinaryOperator.ADD and model.text(key.left).startswith("#")
