"""The keys of commands: each should be one of KEYS, for a cluster and its clients to know where the script belongs."""

from __future__ import annotations

from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.rules import Model, Rule, plain
from ferrous_vm.analysis.lint.values import (
    COMPUTED,
    CONSTANT,
    DECODED,
    FROM_ARGV,
    FROM_KEYS,
    FROM_REPLY,
    MADE,
    UNKNOWN,
    CommandCall,
)
from ferrous_vm.syntax import tree

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
    reason="One command names keys that lie in different hash slots, which no cluster carries out.",
    fix="Give the names the same {hash tag}, and pass them as KEYS.",
    page="""\
A cluster keeps a key in the slot that its name decides, or the part of it in braces. A command on keys of several slots
is refused, in a script with "Script attempted to access a non local key in a cluster node", from a client with
CROSSSLOT, even where one node has all of these slots.""",
    wrong="return redis.call('MGET', 'user:1:name', 'user:1:age')",
    right="return redis.call('MGET', KEYS[1], KEYS[2])",
)

RULES: Final = (HARD_CODED_KEY, UNDECLARED_KEY, COMPUTED_KEY, SEVERAL_SLOTS)


def check(model: Model) -> None:
    """Look at the key arguments of every command, as its key specification tells them.

    A key that is named twice in the same way is spoken of once.
    """
    seen: set[str] = set()
    for call in model.commands():
        if call.facts is None:
            continue
        positions = call.facts.key_positions(call.words, call.is_open)
        _slots(model, call, [call.node.arguments[position] for position in positions])
        for position in positions:
            key = call.node.arguments[position]
            text = model.text(key)
            if text not in seen:
                seen.add(text)
                _key(model, call, key)


def _slots(model: Model, call: CommandCall, keys: list[tree.Expression]) -> None:
    """Where names that are known lie in several slots, the first one in another than the one before is spoken of."""
    before: bytes | None = None
    for key in keys:
        name = model.value(key).constant
        if not isinstance(name, bytes):
            continue
        if before is not None and model.facts.slot_of(name) != model.facts.slot_of(before):
            one, other = (f"{repr(each)[1:]} in slot {model.facts.slot_of(each)}" for each in (before, name))
            message = f"The keys of {call.name} lie in several hash slots, {one} and {other}: a cluster refuses it."
            model.report(SEVERAL_SLOTS, key, message)
            return
        before = name


def _key(model: Model, call: CommandCall, key: tree.Expression) -> None:
    value = model.value(key)
    origins = value.origins
    if origins & UNKNOWN:
        return
    parts = origins & ~COMPUTED
    if not parts & ~(CONSTANT | MADE) and parts & CONSTANT and (origins & COMPUTED or parts == CONSTANT):
        shown = model.text(plain(key)) if value.constant is None else repr(value.constant)[1:]
        message = f"The key {shown} of {call.name} stands in the script: pass it as one of KEYS."
        model.report(HARD_CODED_KEY, key, message)
    elif parts & DECODED and not parts & FROM_KEYS:
        message = f"The key of {call.name} comes from packed data: in a cluster it may live on another node."
        model.report(UNDECLARED_KEY, key, message)
    elif origins & COMPUTED:
        base = "from a declared key" if parts & FROM_KEYS else "in the script"
        message = f"The key of {call.name} is made {base}: in a cluster it may live on another node."
        model.report(COMPUTED_KEY, key, message)
    elif not parts & FROM_KEYS:
        source = "ARGV" if parts & FROM_ARGV else "a reply" if parts & FROM_REPLY else "the script"
        message = (
            f"The key of {call.name} comes from {source}, not from KEYS: in a cluster it may live on another node."
        )
        model.report(UNDECLARED_KEY, key, message)
