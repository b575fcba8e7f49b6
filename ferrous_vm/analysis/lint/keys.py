"""The keys of commands: each should be one of KEYS, for a cluster and its clients to know where the script belongs."""

from __future__ import annotations

import re
from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.key_table import has_declared_tag, keys_of, meaning, slot_known
from ferrous_vm.analysis.lint.protected import SPEAKS_OF_PCALL
from ferrous_vm.analysis.lint.rules import Model, Rule, plain
from ferrous_vm.analysis.lint.values import (
    COMPUTED,
    CONSTANT,
    DECODED,
    FROM_ARGV,
    FROM_KEYS,
    FROM_KEYSPACE,
    FROM_REPLY,
    MADE,
    UNKNOWN,
    CommandCall,
)
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.tree import BinaryOperator

HARD_CODED_KEY: Final = Rule(
    name="hard-coded-key",
    severity=Severity.WARNING,
    reason="The name of a key stands in the script; Redis wants every key a script touches in KEYS.",
    fix="Pass the key as one of KEYS.",
    page="""\
"All keys that the script accesses must be explicitly provided as input key arguments" (Redis documentation, EVAL).
A cluster looks only at KEYS to find the node that runs the script; a key that is not there may live on another.""",
    wrong="return redis.call('INCR', 'counter')",
    right="return redis.call('INCR', KEYS[1])",
)

UNDECLARED_KEY: Final = Rule(
    name="undeclared-key",
    severity=Severity.WARNING,
    reason="The name of a key comes from ARGV or from data; Redis wants every key a script touches in KEYS.",
    fix="Pass the key as one of KEYS.",
    page="""\
It works on a single server. In a cluster the key may live on another node, and then the script fails: "Script
attempted to access a non local key in a cluster node".""",
    wrong="return redis.call('GET', ARGV[1])",
    right="return redis.call('GET', KEYS[1])",
)

COMPUTED_KEY: Final = Rule(
    name="computed-key",
    severity=Severity.INFO,
    reason="The script makes the name of a key from parts; Redis wants every key a script touches in KEYS.",
    fix="Pass the finished key as one of KEYS, or put a {hash tag} into the common part.",
    page="""\
It works on a single server. In a cluster two names lie on one node only if their {hash tags} are equal, or if the
part of one is a hash tag itself: KEYS[1] = '{jobs}' and KEYS[1] .. ':done'.""",
    wrong="return redis.call('GET', KEYS[1] .. ':' .. ARGV[1])",
    right="return redis.call('GET', KEYS[2])",
)

SEVERAL_SLOTS: Final = Rule(
    name="keys-in-several-slots",
    severity=Severity.WARNING,
    reason="The script names keys that lie in different hash slots: a cluster keeps them on different nodes.",
    fix="Give the names the same {hash tag}, and pass them as KEYS.",
    page="""\
A cluster keeps a key in the slot that its name decides, or the part of it in braces. One command on keys of several
slots is refused, in a script with "Script attempted to access a non local key in a cluster node", from a client with
CROSSSLOT, even where one node has all of these slots. Two commands of one script come to two slots where one node has
both, unless the script has a shebang or is a function.""",
    wrong="return redis.call('MGET', 'user:1:name', 'user:1:age')",
    right="return redis.call('MGET', KEYS[1], KEYS[2])",
)

RULES: Final = (HARD_CODED_KEY, UNDECLARED_KEY, COMPUTED_KEY, SEVERAL_SLOTS)


def check(model: Model) -> None:
    """Look at the key arguments of every command, as its key specification tells them.

    A key that is named twice in the same way is spoken of once. Keys that are made, or come from elsewhere, are spoken
    of at the first: who has one has many, on purpose, and what else is found would drown in them. What stands where a
    key should, in a call that lacks arguments, may be something else. Of clusters nothing is said to a script that is
    not for them, and of keys that are made nothing to one that speaks of hash tags.
    """
    known = (call for call in model.commands() if call.facts is not None and not call.lacks_arguments)
    calls = sorted(known, key=lambda call: call.node.first)
    for_clusters = not is_kept_from_clusters(model)
    if for_clusters:
        _slots(model, calls)
    knows_tags = _SPEAKS_OF_TAGS(model.written) is not None or _MAKES_TAGS(model.source) is not None
    lets_pass = SPEAKS_OF_PCALL(model.written) is not None
    seen: set[str] = set()
    found: dict[Rule, list[_Found]] = {UNDECLARED_KEY: [], COMPUTED_KEY: []}
    for call in calls:
        if call.protected and lets_pass:
            continue  # of what comes of a key elsewhere the script says that it may fail
        for key in keys_of(call):
            text = model.text(key)
            if text not in seen:
                seen.add(text)
                one = _key(model, call, key, for_clusters=for_clusters)
                if one is not None and model.is_heard(one[0], key) and not (knows_tags and one[0] is COMPUTED_KEY):
                    found[one[0]].append((call, key, one[1]))
    for rule, keys in found.items():
        if keys:
            call, key, whence = keys[0]
            are = "may" if rule is UNDECLARED_KEY else "is" if len(keys) == 2 else "are"
            others = "one" if len(keys) == 2 else f"{len(keys) - 1:,}"
            more = f" So {are} {others} more of its keys." if keys[1:] else ""
            message = f"The key of {call.name} {whence}: in a cluster it may live on another node.{more}"
            model.report(rule, key, message)


_Found = tuple[CommandCall, tree.Expression, str]
"""A key that is spoken of with others, of what command, and where it is from."""

_SPEAKS_OF_TAGS: Final = re.compile(rb"(?i)hash[ _-]?tag|same (?:hash |cluster )?slot").search
"""Who writes so of keys puts a {hash tag} into them, wherever that is done."""


_MAKES_TAGS: Final = re.compile(rb"{[^{}\s'\"]*%[sd][^{}\s'\"]*}").search
"""So does a script that writes names with one: `('{channel:%s}:messages'):format(id)`."""


def _slots(model: Model, calls: list[CommandCall]) -> None:
    """Where slots are known, each command that names two is spoken of, and else the first key in a second one."""
    first: tuple[CommandCall, tree.Expression, int] | None = None
    told = False
    for call in calls:
        known = [(key, slot) for key in keys_of(call) if (slot := slot_known(model, key)) is not None]
        other = next((one for one in known if one[1] != known[0][1]), None)
        if other is not None:
            names = f"{_placed(model, *known[0])} and {_placed(model, *other)}"
            message = f"{call.name} names keys of several hash slots, {names}: a cluster refuses it."
            model.report(SEVERAL_SLOTS, other[0], message)
            told = True
        for key, slot in known:
            if first is None:
                first = call, key, slot
            elif slot != first[2] and not told:
                line = model.chunk.position(model.chunk.start(first[1]))[0]
                before = f"{first[0].name} in line {line} names {_placed(model, first[1], first[2])}"
                apart = "a cluster may keep them on different nodes."
                message = f"This is {_placed(model, key, slot)}, and {before}: {apart}"
                model.report(SEVERAL_SLOTS, key, message, named=(line,))
                told = True


def _placed(model: Model, key: tree.Expression, slot: int) -> str:
    """A key with its slot: `'a' in slot 15495`."""
    name = model.value(key).constant
    return f"{repr(name)[1:] if isinstance(name, bytes) else model.text(plain(key))} in slot {slot}"


def is_kept_from_clusters(model: Model) -> bool:
    """Whether a flag says that the script, or a function of the library, is not for clusters."""
    line = model.written.partition(b"\n")[0]
    if line.startswith(b"#!") and b"no-cluster" in line:
        return True
    return model.is_library and any(node.value == b"no-cluster" for node in model.all(tree.String))


def _key(model: Model, call: CommandCall, key: tree.Expression, *, for_clusters: bool) -> tuple[Rule, str] | None:
    """Tell of a key that stands in the script; of others it is answered what there is to tell, and by which rule."""
    value = model.value(key)
    origins = value.origins
    if origins & UNKNOWN:
        return None
    parts = origins & ~COMPUTED
    if not parts & ~(CONSTANT | MADE) and parts & CONSTANT and (origins & COMPUTED or parts == CONSTANT):
        shown = repr(value.constant)[1:] if isinstance(value.constant, bytes) else meaning(model, key)
        message = f"The key {shown} of {call.name} stands in the script: pass it as one of KEYS."
        model.report(HARD_CODED_KEY, key, message)
    elif not for_clusters or _equals_declared(model, key):
        return None
    elif parts & DECODED and not parts & FROM_KEYS:
        return UNDECLARED_KEY, "comes from packed data" if parts != DECODED | CONSTANT else "stands in the script"
    elif origins & COMPUTED:
        if not has_declared_tag(model, key):
            return COMPUTED_KEY, "is made from a declared key" if parts & FROM_KEYS else "is made in the script"
    elif not parts & (FROM_KEYS | FROM_KEYSPACE):
        source = "ARGV" if parts & FROM_ARGV else "a reply" if parts & FROM_REPLY else "the script"
        return UNDECLARED_KEY, f"comes from {source}, not from KEYS"
    return None


def _equals_declared(model: Model, key: tree.Expression) -> bool:
    """Whether a key was found equal to one of KEYS: `for _, one in ipairs(KEYS) do if one == key then`."""
    for use in model.uses(model.flow.variable(plain(key))):
        comparison = model.parent(use)
        if not isinstance(comparison, tree.Binary) or comparison.operator is not BinaryOperator.EQUAL:
            continue
        other = comparison.right if plain(comparison.left) is use else comparison.left
        clause = model.parent(comparison)
        while isinstance(clause, tree.Logical) and clause.operator is BinaryOperator.AND:
            clause = model.parent(clause)
        is_held = isinstance(clause, tree.IfClause) and clause.body.first <= key.first <= clause.body.last
        if is_held and model.value(other).origins == FROM_KEYS:
            return True
    return False
