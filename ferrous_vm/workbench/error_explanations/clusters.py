"""Errors of a server that is one node of a cluster: what a call is refused for, and what its script is."""

from __future__ import annotations

import re

from ferrous_vm.keyspace.arguments.key_positions import key_positions
from ferrous_vm.keyspace.slots import slot_of
from ferrous_vm.workbench.error_explanations.clues import Clues, Explanation, plain, row, shown

_TAG = "A hash tag in common puts names into one slot: {user:1}:name and {user:1}:age."


def _with_slot(key: bytes) -> str:
    return f"{shown(key)} in slot {slot_of(key):,}"


def _keys_of(clues: Clues) -> list[bytes]:
    """The keys of the command that failed, or else those of the call."""
    if clues.command is None or clues.row is None:
        return clues.keys
    return [clues.words[position.word] for position in key_positions(clues.row, clues.words)]


@row("cross-slot", r"CROSSSLOT Keys in request don't hash to the same slot")
def _cross_slot(clues: Clues, found: re.Match[str]) -> Explanation:
    keys = _keys_of(clues)
    other = next((key for key in keys if slot_of(key) != slot_of(keys[0])), None)
    which = "" if other is None else f": {_with_slot(keys[0])}, {_with_slot(other)}"
    what = f"In a cluster all keys of a call must lie in one hash slot, and these do not{which}. Nothing ran."
    return Explanation(what, _TAG)


@row("moved", r"MOVED (\d+) (\S+)")
def _moved(clues: Clues, found: re.Match[str]) -> Explanation:
    what = f"This node does not serve slot {int(found[1]):,} of the keys: the node at {found[2]} does."
    return Explanation(what, "Cluster clients go there by themselves; redis-cli does with -c.")


@row("non-local-key", r"Script attempted to access a non local key in a cluster node")
def _non_local(clues: Clues, found: re.Match[str]) -> Explanation:
    keys, declared = _keys_of(clues), {slot_of(key) for key in clues.keys}
    advice = f"Declare every key in KEYS. {_TAG}"
    if len({slot_of(key) for key in keys}) > 1:
        names = " and ".join(_with_slot(key) for key in keys[:2])
        return Explanation(f"{clues.name} names keys of several slots, {names}: no node carries that out.", advice)
    other = next((key for key in keys if slot_of(key) not in declared), None)
    if other is None:
        return Explanation("The script came to a key that another node of the cluster has.", advice)
    what = f"Another node of the cluster has the key {_with_slot(other)}, to which the script came with {clues.name}."
    return Explanation(what, advice)


@row("other-slot", r"Script attempted to access keys that do not hash to the same slot")
def _other_slot(clues: Clues, found: re.Match[str]) -> Explanation:
    keys = _keys_of(clues)
    names = f" {_with_slot(keys[0])}, with {clues.name}" if clues.command and keys else " another key"
    what = f"A script with a shebang, and a function, stays in one hash slot, and this one came to{names}."
    return Explanation(what, f"{_TAG} The flag allow-cross-slot-keys allows several slots of this node.")


ROWS = (
    _cross_slot,
    _moved,
    _non_local,
    _other_slot,
    plain(
        "no-cluster",
        r"Can not run script on cluster, 'no-cluster' flag is set\.",
        "The shebang of the script says no-cluster, and the server is a node of a cluster.",
        "Run it on a server alone; or take the flag away where all its keys are in KEYS, in one slot.",
    ),
    plain(
        "one-database",
        r"(\S+) is not allowed in cluster mode|Copying to another database is not allowed in cluster mode",
        "A cluster has the database 0 only.",
        "Give the keys names that tell them apart, in the place of databases.",
    ),
)
"""Every row of this family."""
