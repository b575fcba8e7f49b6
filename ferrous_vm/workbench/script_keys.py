"""The keys a script names, without running it."""

from __future__ import annotations

from typing import Final, Literal

from ferrous_vm.analysis.lint import NamedKey
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.printing import printed
from ferrous_vm.workbench.escapes import encode
from ferrous_vm.workbench.linting import keys_named
from ferrous_vm.workbench.records.keys import ScriptKey, ScriptKeys, ScriptKeysShown
from ferrous_vm.workbench.workbench import Workbench

MOST_KEYS: Final = 1_000
"""Keys of a script that are told of."""

MOST_PLACES: Final = 20
"""Commands, and lines, that are told of one key."""


def show(_: Workbench, request: ScriptKeys) -> ScriptKeysShown:
    """The keys that the script of the page names."""
    return of_script(encode(request.script))


def of_script(source: bytes) -> ScriptKeysShown:
    """The keys of a script, or why it does not compile."""
    try:
        return told(keys_named(source))
    except LuaSyntaxError as error:
        return ScriptKeysShown([], 0, 0, printed(error.message))


def told(found: list[NamedKey]) -> ScriptKeysShown:
    """What was found, as it is shown: the first keys, and how many there are."""
    undeclared = sum(one.declared is False for one in found)
    return ScriptKeysShown([_key(one) for one in found[:MOST_KEYS]], len(found), undeclared, "")


def _key(one: NamedKey) -> ScriptKey:
    declared: Literal["yes", "no", "unknown"] = "unknown" if one.declared is None else "yes" if one.declared else "no"
    return ScriptKey(
        text=one.text,
        means=one.means,
        declared=declared,
        sources=one.sources,
        slot=one.slot,
        commands=one.commands[:MOST_PLACES],
        lines=one.lines[:MOST_PLACES],
    )
