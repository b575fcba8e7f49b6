"""The keys a script names, found without running it: each once, declared or not, what it is made of, its slot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ferrous_vm.analysis.lint.kinds import may_have_place
from ferrous_vm.analysis.lint.rules import Model, plain
from ferrous_vm.analysis.lint.values import (
    COMPUTED,
    CONSTANT,
    DECODED,
    FROM_ARGV,
    FROM_KEYS,
    FROM_KEYSPACE,
    FROM_REPLY,
    FROM_TIME,
    MADE,
    UNKNOWN,
    CommandCall,
    Value,
)
from ferrous_vm.records import MutableRecord, field
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator

MOST_STEPS: Final = 50
"""Parts of a name, and variables, that are followed for one key."""

SOURCES: Final = {
    FROM_KEYS: "KEYS",
    FROM_ARGV: "ARGV",
    CONSTANT: "literal",
    FROM_REPLY: "stored",
    FROM_KEYSPACE: "stored",
    FROM_TIME: "time",
    DECODED: "decoded",
    MADE: "made",
    UNKNOWN: "unknown",
}
"""What a key may be made of, by the flag that says so."""


class NamedKey(MutableRecord):
    """A key as the script writes it, `text`. `means` is what the variable of that name is given, where that is one
    thing, "" otherwise. `declared`: it is one of KEYS; None where nobody knows. `sources`: what it is made of, of the
    values of SOURCES. `slot` is None where it hangs on what the script is given; `lines` are those of its commands.
    """

    text: str
    means: str
    declared: bool | None
    sources: list[str]
    slot: int | None
    commands: list[str] = field(factory=list)
    lines: list[int] = field(factory=list)


def named_keys(model: Model) -> list[NamedKey]:
    """The keys of a script's commands, in the order of the script."""
    found: dict[tuple[str, str, int, int | None], NamedKey] = {}
    calls = sorted(model.commands(), key=lambda call: call.node.first)
    for call in calls:
        if call.facts is None:
            continue
        for key in keys_of(call):
            value, text, means = model.value(key), model.text(plain(key)), _given(model, key)
            place = (text, means, value.origins, slot_known(model, key))
            one = found.get(place)
            if one is None:
                sources = list(dict.fromkeys(name for flag, name in SOURCES.items() if value.origins & flag))
                one = found[place] = NamedKey(text, means, _declared(value), sources, place[3])
            line = model.chunk.position(model.chunk.start(key))[0]
            if call.facts.name not in one.commands:
                one.commands.append(call.facts.name)
            if line not in one.lines:
                one.lines.append(line)
    return list(found.values())


def keys_of(call: CommandCall) -> Iterator[tree.Expression]:
    """The arguments of a command that are its keys, and the last one where that is several which are."""
    assert call.facts is not None
    for position in call.facts.key_positions(call.words, call.is_open):
        yield call.node.arguments[position]
    if call.is_open and call.facts.rest_is_keys(call.words):
        yield call.node.arguments[-1]


def _declared(value: Value) -> bool | None:
    parts = value.origins & ~COMPUTED
    if parts == FROM_KEYS and not value.origins & COMPUTED:
        return True
    if parts & UNKNOWN or (parts & FROM_KEYS and not value.origins & (COMPUTED | DECODED)):
        return None
    return False


def slot_known(model: Model, key: tree.Expression) -> int | None:
    """The slot of a key, where its name is known, or as much of it as has the hash tag; None otherwise."""
    text, is_whole = _beginning(model, key)
    if may_have_place(text):
        return None
    start = text.find(b"{")
    end = text.find(b"}", start + 1) if start >= 0 else -1
    return model.facts.slot_of(text) if is_whole or end > start + 1 else None


def _beginning(model: Model, key: tree.Expression) -> tuple[bytes, bool]:
    """What a name begins with in every run, and whether that is all of it."""
    text = b""
    for piece in _pieces(model, key):
        if not isinstance(piece, bytes):
            return text, False
        text += piece
    return text, True


def has_declared_tag(model: Model, key: tree.Expression) -> bool:
    """Whether a name's hash tag is a declared key, `'{' .. KEYS[1] .. '}:count'`: it lies where that key lies, unless
    that has braces of its own."""
    before, pieces = b"", _pieces(model, key)
    for piece in pieces:
        if not isinstance(piece, bytes):
            behind = next(pieces, None)
            is_tag = before.find(b"{") == len(before) - 1 >= 0 and isinstance(behind, bytes) and behind[:1] == b"}"
            return is_tag and _declared(model.value(piece)) is True
        before += piece
    return False


def _pieces(model: Model, key: tree.Expression) -> Iterator[bytes | tree.Expression]:
    """What a name is joined of: the bytes known, and the expressions that are not, the last one for what is too much to
    look at."""
    pending = [key]
    for _ in range(MOST_STEPS):
        if not pending:
            return
        node = plain(pending.pop())
        constant = model.value(node).constant
        if isinstance(constant, bytes):
            yield constant
        elif isinstance(node, tree.Binary) and node.operator is BinaryOperator.CONCATENATE:
            pending += [node.right, node.left]
        elif (stands_for := _definition(model, node)) is not None and _declared(model.value(node)) is not True:
            pending.append(stands_for)
        else:
            yield node
    if pending:
        yield pending[-1]


def _definition(model: Model, node: tree.Expression) -> tree.Expression | None:
    """What a variable is given, where that is one expression only."""
    variable = model.flow.variable(node)
    stored = model.flow.stored.get(variable, []) if variable is not None else []
    alone = stored[0] if len(stored) == 1 else None
    return alone if isinstance(alone, tree.Node) else None


def meaning(model: Model, key: tree.Expression) -> str:
    """A key as it is written, or what the variable of that name is given."""
    return _given(model, key) or model.text(plain(key))


def _given(model: Model, key: tree.Expression) -> str:
    node, told = plain(key), ""
    for _ in range(MOST_STEPS):
        stands_for = _definition(model, node)
        if stands_for is None:
            break
        node, told = plain(stands_for), model.text(plain(stands_for))
    return told
