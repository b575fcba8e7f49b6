"""The keys a script names, without running it, for a page and for files: also those of the scripts in a program."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final, Literal

from ferrous_vm.analysis.lint import NamedKey
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.printing import printed
from ferrous_vm.records import with_changes
from ferrous_vm.workbench.embedded_scripts import GRAMMARS, EmbeddedScript, embedded_scripts
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
    return _of_script(encode(request.script))


def _of_script(source: bytes) -> ScriptKeysShown:
    try:
        return _shown(keys_named(source))
    except LuaSyntaxError as error:
        return ScriptKeysShown([], 0, 0, printed(error.message))


def in_file(name: str, source: bytes) -> Iterator[ScriptKeysShown]:
    """The keys of each script in a file, at lines of the file. What does not compile is left out."""
    if PurePath(name).suffix not in GRAMMARS:
        yield _of_script(source)
        return
    for script in embedded_scripts(name, source):
        try:
            found = keys_named(script.text)
        except LuaSyntaxError:
            continue
        if found:
            yield _moved(_shown(found), script, source)


def _shown(found: list[NamedKey]) -> ScriptKeysShown:
    undeclared = sum(one.declared is False for one in found)
    return ScriptKeysShown([_told(one) for one in found[:MOST_KEYS]], len(found), undeclared, "")


def _told(one: NamedKey) -> ScriptKey:
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


def _moved(shown: ScriptKeysShown, script: EmbeddedScript, source: bytes) -> ScriptKeysShown:
    """Told with the lines of the program that the script stands in."""
    ends = [at for at, byte in enumerate(source) if byte == ord("\n")]
    starts = [0, *(at + 1 for at, byte in enumerate(script.text) if byte == ord("\n"))]
    lines = [bisect_right(ends, script.origins[start]) + 1 for start in starts]
    keys = [with_changes(one, lines=[lines[line - 1] for line in one.lines]) for one in shown.keys]
    return with_changes(shown, keys=keys)
