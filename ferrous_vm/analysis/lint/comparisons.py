"""Comparisons and conditions that come out the same whatever the data: a reply is not what it was taken for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.diagnostics import Edit, Severity
from ferrous_vm.analysis.lint.facts import Reply
from ferrous_vm.analysis.lint.rules import Change, Model, Rule, plain
from ferrous_vm.analysis.lint.values import FROM_ARGV, FROM_REPLY, Value
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator, UnaryOperator

NIL_REPLY: Final = Rule(
    name="nil-reply",
    severity=Severity.WARNING,
    reason="A reply is never nil: where Redis answers nil, the script gets false.",
    fix="Compare with false, or write `not reply`.",
    page="""\
Redis converts a null reply to the Lua value false, because nil could not stand in a table. So `reply == nil` is
never true and `reply ~= nil` always is. (After redis.setresp(3) nulls are nil; the rule is silent in such scripts.)""",
    wrong="local owner = redis.call('GET', KEYS[1])\nif owner == nil then return 'free' end\nreturn owner",
    right="local owner = redis.call('GET', KEYS[1])\nif owner == false then return 'free' end\nreturn owner",
)

TRUTHY_ZERO: Final = Rule(
    name="truthy-zero",
    severity=Severity.WARNING,
    reason="0 is true in Lua, so a number as a condition always holds.",
    fix="Compare the number: `== 1`, or `> 0`.",
    page="""\
Only nil and false are false. EXISTS, SISMEMBER, HEXISTS, SETNX, EXPIRE and their like answer the number 0 for no,
which is as true as 1.""",
    wrong="if redis.call('EXISTS', KEYS[1]) then return 'there' end\nreturn 'not there'",
    right="if redis.call('EXISTS', KEYS[1]) == 1 then return 'there' end\nreturn 'not there'",
)

TRUTHY_TABLE: Final = Rule(
    name="truthy-table",
    severity=Severity.WARNING,
    reason="A table is true even when it is empty, so an array reply as a condition always holds.",
    fix="Ask for its length, `#reply > 0`, or for an element.",
    page="""\
A command that answers an array answers an empty one when there is nothing, and HMGET one full of false. Where the
script also looks into the table, as `if reply then for ... ipairs(reply)` does, the rule is silent.""",
    wrong="if redis.call('SMEMBERS', KEYS[1]) then return 'some' end\nreturn 'none'",
    right="if #redis.call('SMEMBERS', KEYS[1]) > 0 then return 'some' end\nreturn 'none'",
)

UNORDERED: Final = Rule(
    name="unordered-comparison",
    severity=Severity.ERROR,
    reason="Lua does not order a string and a number: the comparison stops the script.",
    fix="Make a number of the string first: tonumber(...).",
    page="""\
ARGV and KEYS are strings, and so is what GET, HGET and ZSCORE answer. Arithmetic converts them, comparisons do not:
"attempt to compare number with string".""",
    wrong="if redis.call('LLEN', KEYS[1]) > ARGV[1] then return 0 end\nreturn 1",
    right="if redis.call('LLEN', KEYS[1]) > tonumber(ARGV[1]) then return 0 end\nreturn 1",
)

STRING_EQUALS_NUMBER: Final = Rule(
    name="string-number-equality",
    severity=Severity.WARNING,
    reason="A string never equals a number: '1' == 1 is false.",
    fix="Compare with tonumber(...) of the string, or with a string.",
    page="ARGV and KEYS are strings, and so is what GET, HGET and ZSCORE answer, whatever digits they hold.",
    wrong="if redis.call('GET', KEYS[1]) == 1 then return 'on' end\nreturn 'off'",
    right="if redis.call('GET', KEYS[1]) == '1' then return 'on' end\nreturn 'off'",
)

TEXT_ORDER: Final = Rule(
    name="text-order",
    severity=Severity.INFO,
    reason="Two strings are ordered as text: '10' comes before '9'.",
    fix="If they are numbers, compare tonumber(...) of both.",
    page="Right for names and dates; wrong for the counts, scores and times that ARGV and replies mostly hold.",
    wrong="return ARGV[1] < ARGV[2]",
    right="return tonumber(ARGV[1]) < tonumber(ARGV[2])",
)

STATUS_COMPARISON: Final = Rule(
    name="status-comparison",
    severity=Severity.WARNING,
    reason="A status reply is a table, {ok = 'OK'}, and never equals a string.",
    fix="Compare its field: reply.ok == 'OK'.",
    page="""\
SET, TYPE, RENAME and other commands that answer a status give the script a table with the one field `ok`. SET with
NX or XX gives false when it did not set; then its truth is the answer.""",
    wrong="local kind = redis.call('TYPE', KEYS[1])\nif kind == 'hash' then return 1 end\nreturn 0",
    right="local kind = redis.call('TYPE', KEYS[1])\nif kind.ok == 'hash' then return 1 end\nreturn 0",
)

BOOLEAN_COMPARISON: Final = Rule(
    name="boolean-comparison",
    severity=Severity.WARNING,
    reason="Redis answers yes and no as 1 and 0, which equal neither true nor false.",
    fix="Compare with 1 or 0.",
    page="true and false are values of their own in Lua; 1 == true is false.",
    wrong="if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == true then return 1 end\nreturn 0",
    right="if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end\nreturn 0",
)

NEVER_EQUAL: Final = Rule(
    name="never-equal",
    severity=Severity.WARNING,
    reason="Values of different types are never equal.",
    fix="Compare values of one type.",
    page="Lua converts nothing for == and ~=. A table equals only itself, type(x) is a string such as 'nil'.",
    wrong="return type(ARGV[1]) == nil",
    right="return type(ARGV[1]) == 'nil'",
)

NEGATED_COMPARISON: Final = Rule(
    name="negated-comparison",
    severity=Severity.WARNING,
    reason="`not` binds more tightly than a comparison: `not a == b` is `(not a) == b`.",
    fix="Write `a ~= b`, or `not (a == b)`.",
    page="The left side is then true or false, and the comparison hardly ever what was meant.",
    wrong="if not redis.call('GET', KEYS[1]) == ARGV[1] then return 0 end\nreturn 1",
    right="if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end\nreturn 1",
)

RULES: Final = (
    NIL_REPLY,
    TRUTHY_ZERO,
    TRUTHY_TABLE,
    UNORDERED,
    STRING_EQUALS_NUMBER,
    TEXT_ORDER,
    STATUS_COMPARISON,
    BOOLEAN_COMPARISON,
    NEVER_EQUAL,
    NEGATED_COMPARISON,
)

_TEXT_NAMES: Final = re.compile(
    rb"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?i:iso_?(?:8601|date|time)|[a-z]*name|uuid|ulid|etag|date)s?(?![a-z])"
).search

MOST_PARTS: Final = 60
"""Parts of one condition that are looked at beside each other."""


def check(model: Model) -> None:
    """Look at every comparison and every condition."""
    for node in model.all(tree.Binary):
        if node.operator in tree.EQUALITY:
            _equality(model, node)
        elif node.operator in tree.ORDER:
            _order(model, node)
    for condition, negated in model.conditions():
        _condition(model, condition, negated)


# Equality


def _equality(model: Model, node: tree.Binary) -> None:
    if _is_belt(model, node):
        return
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if _negated(model, node, one, other):
            return
    for one, other in ((node.left, node.right), (node.right, node.left)):
        first, second = model.value(one), model.value(other)
        if not first.types or not second.types or first.types & second.types:
            return
        if model.flow.stored_types(plain(one)) & model.flow.stored_types(plain(other)):
            return  # a test before it has settled that: this one is idle, and no mistake
        if _known(first) and _unequal(model, node, one, other):
            return


def _is_belt(model: Model, node: tree.Binary) -> bool:
    """Whether another comparison of the same value in the same condition may come out either way: `x == nil or x ==
    false`. One of them is enough, and the other does no harm."""
    top = outer = model.parent(node)
    for _ in range(MOST_PARTS):
        if not isinstance(outer, tree.Logical):
            break
        top, outer = outer, model.parent(outer)
    subjects = {model.text(plain(side)) for side in (node.left, node.right) if not _is_literal(side)}
    pending: list[tree.Expression] = [top] if isinstance(top, tree.Logical) else []
    for _ in range(MOST_PARTS):
        if not pending:
            break
        part = plain(pending.pop())
        if isinstance(part, tree.Logical):
            pending += [part.left, part.right]
        elif isinstance(part, tree.Unary) and part.operator is UnaryOperator.NOT:
            pending.append(part.operand)
        elif isinstance(part, tree.Name | tree.Index):
            if model.text(part) in subjects and model.value(part).types & lua_types.FALSY:
                return True
        elif isinstance(part, tree.Binary) and part is not node and part.operator in tree.EQUALITY:
            sides = {model.text(plain(part.left)), model.text(plain(part.right))}
            may_hold = model.value(part.left).types & model.value(part.right).types
            if part.operator is not node.operator:
                if subjects & sides and may_hold and not _is_null_test(part):
                    return True  # `x == nil or x ~= 'a'`
            elif subjects & sides and (may_hold or (_is_null_test(part) and _is_null_test(node))):
                return True
    return False


def _is_null_test(node: tree.Binary) -> bool:
    return any(
        isinstance(literal, tree.Nil) or (isinstance(literal, tree.Boolean) and not literal.value)
        for literal in (plain(node.left), plain(node.right))
    )


def _is_literal(node: tree.Expression) -> bool:
    return isinstance(plain(node), tree.Nil | tree.Boolean | tree.Number | tree.String)


def _negated(model: Model, node: tree.Binary, one: tree.Expression, other: tree.Expression) -> bool:
    if not isinstance(one, tree.Unary) or one.operator is not UnaryOperator.NOT or one is node.right:
        return False
    if model.value(other).types & lua_types.BOOLEAN:
        return False
    title, sign = ("Compare with ~=", b"~=") if node.operator is BinaryOperator.EQUAL else ("Compare with ==", b"==")
    operand = one.operand
    edits = (Edit(model.chunk.start(one), model.chunk.start(operand), b""), _sign_edit(model, node, sign))
    message = f"`{model.text(node)}` compares true or false, the value of `{model.text(one)}`, with something else."
    model.report(NEGATED_COMPARISON, node, message, (title, *edits))
    return True


def _sign_edit(model: Model, node: tree.Binary, sign: bytes) -> Edit:
    token = node.right.first - 1
    while model.chunk.tokens.kinds[token] == "(":
        token -= 1
    return Edit(model.chunk.tokens.starts[token], model.chunk.tokens.ends[token], sign)


def _known(value: Value) -> bool:
    """Whether it is worth a word what the value is: it is a reply, an argument, or something a library made."""
    return value.call is not None or bool(value.origins & FROM_ARGV) or value.types == lua_types.STRING


def _unequal(model: Model, node: tree.Binary, one: tree.Expression, other: tree.Expression) -> bool:
    """Tell that `one`, of which something is known, never equals `other`. Whether there was something to tell."""
    value, against = model.value(one), model.value(other)
    outcome = "never" if node.operator is BinaryOperator.EQUAL else "always"
    literal = plain(other)
    if isinstance(literal, tree.Nil):
        _never_nil(model, node, one, literal, outcome)
    elif against.types == lua_types.NUMBER and value.types & lua_types.STRING:
        numbers = (
            "Convert to a number",
            model.before(one, b"tonumber("),
            model.after(one, b")"),
        )
        message = f"{_said(model, one)} is a string and never equals a number, so this {outcome} holds."
        model.report(STRING_EQUALS_NUMBER, node, message, numbers)
    elif isinstance(literal, tree.Boolean) and value.call is not None:
        message = f"{_said(model, one)} is {_what(value)}: it equals neither true nor false, so this {outcome} holds."
        fix = None
        if _is_flag(value):
            fix = ("Compare with 1 or 0", model.instead(literal, b"1" if literal.value else b"0"))
        model.report(BOOLEAN_COMPARISON, node, message, fix)
    elif value.types & lua_types.TABLE and against.types == lua_types.STRING and value.call is not None:
        _status(model, node, one, outcome)
    else:
        message = f"The two sides have different types, so this {outcome} holds."
        model.report(NEVER_EQUAL, node, message)
    return True


def _never_nil(model: Model, node: tree.Binary, one: tree.Expression, literal: tree.Nil, outcome: str) -> None:
    value = model.value(one)
    if not value.types & lua_types.FALSY and isinstance(model.parent(node), tree.Logical):
        return  # `x ~= nil and x > 0`: idle, and no mistake
    if not value.types & lua_types.FALSY and _asks_elements(model, node, one):
        return
    if value.types & lua_types.FALSE and _is_done_for_false(model, node, one):
        return
    if value.call is None:
        model.report(NEVER_EQUAL, node, f"`{model.text(one)}` is never nil, so this {outcome} holds.")
    elif value.types & lua_types.FALSE:
        message = f"{_said(model, one)} is false, not nil, where Redis answers nil, so this {outcome} holds."
        model.report(NIL_REPLY, node, message, ("Compare with false", model.instead(literal, b"false")))
    else:
        model.report(NIL_REPLY, node, f"{_said(model, one)} is {_what(value)}, never nil, so this {outcome} holds.")


def _is_done_for_false(model: Model, node: tree.Binary, one: tree.Expression) -> bool:
    """Whether the next clause, or the next statement, does for false what `if reply == nil then` does for nil."""
    clause = model.parent(node)
    branches = model.parent(clause) if isinstance(clause, tree.IfClause) else None
    if not isinstance(clause, tree.IfClause) or not isinstance(branches, tree.If):
        return False
    block = model.parents[branches.number]
    following = [one for one in branches.clauses if one.first > clause.first]
    if isinstance(block, tree.Block) and branches.otherwise is None:
        later = next((statement for statement in block.statements if statement.first > branches.last), None)
        following += later.clauses if isinstance(later, tree.If) else []
    return any(
        model.text(plain(asked)) == model.text(plain(one)) and model.bytes_of(other.body) == model.bytes_of(clause.body)
        for other in following[:MOST_PARTS]
        for asked in _asked_for_false(other.condition)
    )


def _asked_for_false(condition: tree.Expression) -> Iterator[tree.Expression]:
    """What is false where a condition holds that asks for nothing else: `not x`, `x == false`."""
    condition = plain(condition)
    if isinstance(condition, tree.Unary) and condition.operator is UnaryOperator.NOT:
        yield condition.operand
    elif isinstance(condition, tree.Binary) and condition.operator is BinaryOperator.EQUAL:
        for one, other in ((condition.left, condition.right), (condition.right, condition.left)):
            literal = plain(other)
            if isinstance(literal, tree.Boolean) and not literal.value:
                yield one


def _asks_elements(model: Model, node: tree.Binary, one: tree.Expression) -> bool:
    """Whether `if list ~= nil then` guards what does nothing with an empty list either, a loop over it or what asks
    whether an element is there; and nothing is done otherwise."""
    clause = model.parent(node)
    branches = model.parent(clause) if isinstance(clause, tree.IfClause) else None
    if node.operator is not BinaryOperator.NOT_EQUAL or not isinstance(branches, tree.If):
        return False
    if branches.otherwise is not None or len(branches.clauses) > 1:
        return False
    body = branches.clauses[0].body
    asked = [one for one, _ in model.conditions() if body.first <= one.first <= body.last]
    subjects = {model.text(plain(side)) for one in asked for side in _sides(one)}
    for use in model.uses(model.flow.variable(plain(one))):
        taken = model.parent(use)
        if not body.first <= use.first <= body.last or taken is None:
            continue
        if isinstance(taken, tree.Call) and model.value(taken.function).member in (b"ipairs", b"pairs"):
            return True
        stored = model.parent(taken)
        names: Sequence[tree.Node] = ()
        if isinstance(stored, tree.Local | tree.Assignment):
            names = stored.names if isinstance(stored, tree.Local) else stored.targets
        if not subjects.isdisjoint(map(model.text, names)) or any(one.first <= use.first <= one.last for one in asked):
            return True
    return False


def _sides(condition: tree.Expression) -> tuple[tree.Expression, ...]:
    return (condition.left, condition.right) if isinstance(condition, tree.Binary) else (condition,)


def _status(model: Model, node: tree.Binary, one: tree.Expression, outcome: str) -> None:
    value = model.value(one)
    call = value.call
    assert call is not None
    if not all(reply in (Reply.STATUS, Reply.STATUS_OR_FALSE) for reply in call.replies) or value.is_element:
        message = f"{_said(model, one)} is {_what(value)} and never equals a string, so this {outcome} holds."
        model.report(NEVER_EQUAL, node, message)
        return
    fix = None
    if not value.types & lua_types.FALSE:
        fix = ("Compare its field ok", model.after(one, b".ok"))
    elif node.operator is BinaryOperator.EQUAL:
        fix = ("Ask only whether it succeeded", model.instead(node, model.bytes_of(one)))
    message = f"{_said(model, one)} is {_what(value)} and never equals a string, so this {outcome} holds."
    model.report(STATUS_COMPARISON, node, message, fix)


# Order


def _order(model: Model, node: tree.Binary) -> None:
    left, right = model.value(node.left), model.value(node.right)
    common = left.types & right.types
    if not common & (lua_types.NUMBER | lua_types.STRING | lua_types.TABLE) and left.types and right.types:
        for one, value, against in ((node.left, left, right), (node.right, right, left)):
            if not _known(value) or against.types & ~lua_types.NIL != lua_types.NUMBER:
                continue
            fix: Change | None = None
            if value.types & lua_types.STRING:
                fix = ("Convert to a number", model.before(one, b"tonumber("), model.after(one, b")"))
            what = "a string" if value.call is None else _what(value)
            message = f"{_said(model, one)} is {what}: comparing it with a number stops the script."
            model.report(UNORDERED, node, message, fix)
            return
    elif _is_input(left) and _is_input(right) and not any(_is_called_text(side) for side in (node.left, node.right)):
        edits = [(model.before(one, b"tonumber("), model.after(one, b")")) for one in (node.left, node.right)]
        fix = ("Compare as numbers", *edits[0], *edits[1])
        message = "Both sides are strings, which are ordered as text: if they are numbers, '10' comes before '9'."
        model.report(TEXT_ORDER, node, message, fix, certain=False)


def _is_called_text(node: tree.Expression) -> bool:
    """Whether a value has a name that only text has: who orders names or dates means text."""
    named = plain(node)
    if isinstance(named, tree.Index):
        named = named.key
    name = named.name if isinstance(named, tree.Name) else named.value if isinstance(named, tree.String) else b""
    return _TEXT_NAMES(name) is not None


def _is_input(value: Value) -> bool:
    """Whether a value is text that came from outside."""
    maybe = lua_types.STRING | lua_types.FALSY
    return (
        bool(value.types & lua_types.STRING) and not value.types & ~maybe and value.origins in (FROM_ARGV, FROM_REPLY)
    )


# Conditions


def _condition(model: Model, node: tree.Expression, negated: bool) -> None:
    value = model.value(node)
    outcome = "never holds" if negated else "always holds"
    if isinstance(node, tree.Unary) and node.operator is UnaryOperator.LENGTH:
        if negated and isinstance(model.parent(model.parent(node) or node), tree.Binary):
            return  # `not #list == 2`, of which another rule speaks
        fix = _counted(model, node, negated, b" > 0")
        model.report(TRUTHY_ZERO, node, f"A length is a number, and 0 is true: the condition {outcome}.", fix)
    elif value.call is None or value.types not in (lua_types.NUMBER, lua_types.TABLE) or value.is_element:
        return
    elif value.types == lua_types.NUMBER:
        if _is_idle(model, node):
            return
        fix = _counted(model, node, negated, b" == 1" if _is_flag(value) else b" > 0")
        message = f"{_said(model, node)} is {_what(value)}, and 0 is true in Lua: the condition {outcome}."
        # Whether one who writes asks if something changed, or if all went well, only they know.
        certain = value.call.facts is not None and not value.call.facts.writes
        model.report(TRUTHY_ZERO, node, message, fix, certain=certain)
    elif not value.call.protected and Reply.STATUS not in value.call.replies and not _looked_into(model, node):
        fix = None
        if Reply.TEXTS_BY_WORD not in value.call.replies and isinstance(node, tree.Name | tree.Call):
            fix = _counted(model, node, negated, b" > 0", b"#")
        message = f"{_said(model, node)} is {_what(value)}, true even when it is empty: the condition {outcome}."
        model.report(TRUTHY_TABLE, node, message, fix)


def _is_idle(model: Model, node: tree.Expression) -> bool:
    """Whether nothing comes of it that a number as a condition always holds."""
    return _guards(model, node) or _is_compared_beside(model, node) or _only_gives_number(model, node)


def _guards(model: Model, node: tree.Expression) -> bool:
    """Whether a number is tested for nil only, in `n and n > 9`: what follows looks at it again."""
    parent = model.parent(node)
    if not isinstance(node, tree.Name) or not isinstance(parent, tree.Logical) or plain(parent.left) is not node:
        return False
    right = plain(parent.right)
    compares = isinstance(right, tree.Binary) and right.operator in (*tree.ORDER, *tree.EQUALITY)
    return compares and any(
        right.first <= use.first and use.last <= right.last for use in model.uses(model.flow.variable(node))
    )


def _is_compared_beside(model: Model, node: tree.Expression) -> bool:
    """Whether the same condition compares the number too, which does what this test was to do: `not n or n == 0`."""
    outer = model.parent(node)
    outer = model.parent(outer) if isinstance(outer, tree.Unary) else outer
    if not isinstance(node, tree.Name) or not isinstance(outer, tree.Logical):
        return False
    pending: list[tree.Expression] = [outer.left, outer.right]
    for _ in range(MOST_PARTS):
        if not pending:
            break
        part = plain(pending.pop())
        if isinstance(part, tree.Logical):
            pending += [part.left, part.right]
        elif (
            isinstance(part, tree.Binary)
            and part.operator in tree.COMPARISONS
            and node.name in (model.bytes_of(plain(part.left)), model.bytes_of(plain(part.right)))
        ):
            return True
    return False


def _only_gives_number(model: Model, node: tree.Expression) -> bool:
    """Whether the condition, which never holds, would give the variable a number: `if not n then n = 0 end`."""
    negation = model.parent(node)
    clause = model.parent(negation) if isinstance(negation, tree.Unary) else None
    if not isinstance(node, tree.Name) or not isinstance(clause, tree.IfClause):
        return False
    statements = clause.body.statements
    given = statements[0] if len(statements) == 1 else None
    return (
        isinstance(given, tree.Assignment)
        and len(given.targets) == len(given.values) == 1
        and model.bytes_of(given.targets[0]) == node.name
        and isinstance(plain(given.values[0]), tree.Number)
    )


def _looked_into(model: Model, node: tree.Expression) -> bool:
    """Whether the table is also looked into: then the condition only guards what would do nothing with an empty one."""
    if not isinstance(node, tree.Name):
        return False
    return any(_looks_into(model, use) for use in model.uses(model.flow.variable(node)))


def _looks_into(model: Model, use: tree.Name) -> bool:
    parent = model.parent(use)
    if isinstance(parent, tree.Index):
        return plain(parent.object) is use
    if isinstance(parent, tree.Call):
        member = model.value(parent.function).member
        is_own = not member and model.flow.variable(plain(parent.function)) is not None
        return is_own or _is_field(model, parent.function) or member in (b"ipairs", b"pairs", b"unpack", b"next")
    return isinstance(parent, tree.Unary) and parent.operator is UnaryOperator.LENGTH


def _is_field(model: Model, function: tree.Expression) -> bool:
    """Whether a function is one of a table of the script."""
    function = plain(function)
    return isinstance(function, tree.Index) and model.flow.variable(plain(function.object)) is not None


def _counted(model: Model, node: tree.Expression, negated: bool, test: bytes, prefix: bytes = b"") -> Change:
    """The change that makes a comparison of a number: behind it, or in place of `not`."""
    text = prefix + model.bytes_of(node)
    if not negated:
        return "Compare with a number", model.instead(node, text + test)
    negation = model.parent(node)
    assert negation is not None
    if isinstance(model.parent(negation), tree.Binary):
        return "Compare with a number", model.instead(negation, b"(" + text + b" == 0)")
    return "Compare with a number", model.instead(negation, text + b" == 0")


# In words


def _is_flag(value: Value) -> bool:
    return value.call is not None and not value.is_element and value.call.replies == (Reply.FLAG,)


def _said(model: Model, node: tree.Expression) -> str:
    """The subject of a sentence about a value."""
    value = model.value(node)
    node = plain(node)
    if value.call is None:
        return f"`{model.text(node)}`"
    if isinstance(node, tree.Name):
        what = "An element of the reply" if value.is_element else "The reply"
        return f"{what} of {value.call.name}, `{model.text(node)}`,"
    return f"An element of what {value.call.name} answers" if value.is_element else f"What {value.call.name} answers"


def _what(value: Value) -> str:
    """What a reply is, in words."""
    assert value.call is not None
    if value.is_element:
        return "a string"
    return value.call.description
