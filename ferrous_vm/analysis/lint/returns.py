"""What a script returns and the client does not get: the conversion of Lua values to replies loses it."""

from __future__ import annotations

from typing import Final, TypeGuard

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.groups import counts_groups
from ferrous_vm.analysis.lint.rules import Change, Model, Rule, plain
from ferrous_vm.printing import printed
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator

FLOAT_REPLY: Final = Rule(
    name="float-reply",
    severity=Severity.INFO,
    reason="A number becomes an integer reply: its fraction is cut off.",
    fix="Return tostring(x) to keep the fraction, math.floor(x) to say that it goes.",
    page="3.99 arrives as 3, -0.5 as 0.",
    wrong="return tonumber(ARGV[1]) / 3",
    right="return tostring(tonumber(ARGV[1]) / 3)",
)

NIL_IN_REPLY: Final = Rule(
    name="nil-in-reply",
    severity=Severity.WARNING,
    reason="An array reply ends at the first nil: what follows is not sent.",
    fix="Put false in its place, which arrives as a null.",
    page="Redis sends the elements 1, 2, 3 ... of a table until one is nil.",
    wrong="return {1, nil, 3}",
    right="return {1, false, 3}",
)

ASSOCIATIVE_REPLY: Final = Rule(
    name="associative-reply",
    severity=Severity.WARNING,
    reason="Only elements 1, 2, 3 ... of a table are sent: its named fields are lost.",
    fix="Return a list of names and values, or cjson.encode(table).",
    page="""\
{name = 'x'} arrives as an empty array. The fields ok and err make a status or an error of the whole table; with
RESP3 also double, map, set, big_number and verbatim_string mean something.""",
    wrong="return {name = 'x', count = 3}",
    right="return {'name', 'x', 'count', 3}",
)

SECOND_RETURN: Final = Rule(
    name="second-return",
    severity=Severity.WARNING,
    reason="Only the first value a script returns is the reply.",
    fix="Return a table of both.",
    page="The other values are dropped without a word.",
    wrong="return redis.call('GET', KEYS[1]), redis.call('TTL', KEYS[1])",
    right="return {redis.call('GET', KEYS[1]), redis.call('TTL', KEYS[1])}",
)

BOOLEAN_REPLY: Final = Rule(
    name="boolean-reply",
    severity=Severity.INFO,
    reason="true arrives as 1, and false as a null, not as 0.",
    fix="Say which numbers are meant: condition and 1 or 0.",
    page="""\
A reply has no booleans in RESP2: a client sees 1, or nothing at all, which it takes for a key that is not there.""",
    wrong="return redis.call('GET', KEYS[1]) ~= false",
    right="return redis.call('GET', KEYS[1]) ~= false and 1 or 0",
)

RULES: Final = (FLOAT_REPLY, NIL_IN_REPLY, ASSOCIATIVE_REPLY, SECOND_RETURN, BOOLEAN_REPLY)

_MEANINGFUL: Final = frozenset(b"ok err double map set big_number verbatim_string".split())
"""Fields that make another reply of the table (`luaReplyToRedisReply`, script_lua.c)."""


def check(model: Model) -> None:
    """Look at what the script, or a function it registers, returns."""
    for node in model.all(tree.Return):
        if _is_reply(model, node) and node.values:
            if len(node.values) > 1:
                fix: Change = ("Return a table", model.before(node.values[0], b"{"), model.after(node.values[-1], b"}"))
                model.report(SECOND_RETURN, node.values[1], "Only the first value is the reply.", fix, certain=False)
            _returned(model, node.values[0])


def _is_reply(model: Model, node: tree.Return) -> bool:
    """Whether a return is that of the whole script, or of a function written where it is registered."""
    parent = model.parents[node.number]
    while parent is not None and not isinstance(parent, tree.Function):
        parent = model.parents[parent.number]
    if parent is None or parent is model.chunk.main:
        return not model.is_library
    user = model.parent(parent)
    if isinstance(user, tree.TableItem):
        table = model.parent(user)
        user = model.parent(table) if table is not None else None
    return isinstance(user, tree.Call) and model.value(user.function).member == b"redis.register_function"


def _returned(model: Model, returned: tree.Expression) -> None:
    pending = [returned]
    while pending:
        node = plain(pending.pop())
        if isinstance(node, tree.Table):
            pending += _table(model, node)
        elif isinstance(node, tree.Logical):
            pending += [node.right] if node.operator is BinaryOperator.AND else [node.left, node.right]
        elif isinstance(node, tree.Name):
            _variable(model, node)
        elif isinstance(node, tree.Binary) and node.operator is BinaryOperator.NOT_EQUAL and model.flow.protocol == 2:
            _truth(model, node)
        value = model.value(node)
        may_have_one = value.fractional and value.types == lua_types.NUMBER and not isinstance(node, tree.Logical)
        if may_have_one and not counts_groups(model, node):
            fix = ("Keep the fraction", model.before(node, b"tostring("), model.after(node, b")"))
            model.report(
                FLOAT_REPLY,
                node,
                f"`{model.text(node)}` may have a fraction, and the reply cuts it off.",
                fix,
                certain=False,
            )


def _truth(model: Model, node: tree.Binary) -> None:
    """Tell of `return x ~= false`, which asks whether there is something."""
    for one, other in ((node.left, node.right), (node.right, node.left)):
        literal = plain(other)
        is_null = isinstance(literal, tree.Nil) or (isinstance(literal, tree.Boolean) and not literal.value)
        if is_null and model.value(one).types & model.value(other).types:
            message = f"`{model.text(node)}` is true or false: the client gets 1, or a null in place of false."
            model.report(
                BOOLEAN_REPLY, node, message, ("Return 1 or 0", model.after(node, b" and 1 or 0")), certain=False
            )
            return


def _table(model: Model, table: tree.Table) -> list[tree.Expression]:
    """Tell what a table of the reply loses; answers the elements to look at."""
    named = [item.key.value for item in table.items if isinstance(item.key, tree.String)]
    if _MEANINGFUL.intersection(named):
        return []
    if named:
        _tell_fields(model, table, named)
    elements = [item.value for item in table.items if item.key is None]
    sent = max((at for at, one in enumerate(elements) if model.value(one).types != lua_types.NIL), default=0)
    for node in elements[:sent]:
        if model.value(node).types == lua_types.NIL:
            fix = ("Write false", model.instead(node, b"false")) if isinstance(plain(node), tree.Nil) else None
            model.report(NIL_IN_REPLY, node, "The reply ends here: what follows a nil is not sent.", fix, certain=False)
            break
    if any(
        _is_text_of_number(model, one) for one in elements
    ):  # who sends one number with its fraction cuts off the others
        return [one for one in elements if not model.value(one).fractional]
    return elements


def _is_text_of_number(model: Model, node: tree.Expression) -> bool:
    node = plain(node)
    return isinstance(node, tree.Call) and model.value(node.function).member == b"tostring"


def _tell_fields(model: Model, node: tree.Expression, names: list[bytes]) -> None:
    shown = ", ".join(f"`{printed(name)}`" for name in dict.fromkeys(names))
    plural = len(set(names)) > 1
    subject = f"The fields {shown} are" if plural else f"The field {shown} is"
    message = f"{subject} not in the reply, only elements 1, 2, 3 ..."
    fix = ("Send it as JSON", model.before(node, b"cjson.encode("), model.after(node, b")"))
    model.report(ASSOCIATIVE_REPLY, node, message, fix, certain=False)


def _variable(model: Model, name: tree.Name) -> None:
    """Tell of named fields that are put into a local table which is then returned."""
    variable = model.flow.variable(name)
    definitions = model.flow.stored.get(variable, ()) if variable is not None else ()
    if len(definitions) != 1 or not isinstance(definitions[0], tree.Table):
        return
    table = definitions[0]
    named = [item.key.value for item in table.items if isinstance(item.key, tree.String)]
    for use in model.uses(variable):
        parent = model.parent(use)
        if isinstance(parent, tree.Call) and use is not parent.function:
            if model.value(parent.function).member not in (b"cjson.encode", b"cmsgpack.pack", b"table.insert"):
                return  # somebody else may put elements into it
        elif _is_target(parent, use, model) and isinstance(parent.key, tree.String):
            named.append(parent.key.value)
    if named and not _MEANINGFUL.intersection(named):
        _tell_fields(model, name, named)


def _is_target(node: tree.Node | None, table: tree.Name, model: Model) -> TypeGuard[tree.Index]:
    """Whether a field of `table` is assigned here."""
    return isinstance(node, tree.Index) and node.object is table and isinstance(model.parent(node), tree.Assignment)
