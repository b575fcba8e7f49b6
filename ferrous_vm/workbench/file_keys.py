"""The keys that the scripts of a file name, without running them: also of those that stand in a program."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import PurePath

from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.records import with_changes
from ferrous_vm.workbench.embedded_scripts import GRAMMARS, EmbeddedScript, embedded_scripts
from ferrous_vm.workbench.file_lint import belongs_elsewhere
from ferrous_vm.workbench.linting import keys_named
from ferrous_vm.workbench.lua_strings import scripts_of_lua
from ferrous_vm.workbench.records.keys import ScriptKeysShown
from ferrous_vm.workbench.script_keys import of_script, told


def in_file(name: str, source: bytes) -> Iterator[ScriptKeysShown]:
    """The keys of each script in a file, at lines of the file. What does not compile is left out."""
    is_program = PurePath(name).suffix in GRAMMARS
    scripts = embedded_scripts(name, source) if is_program else list(scripts_of_lua(source))
    if not is_program and not (scripts and belongs_elsewhere(source)):
        yield of_script(source)
        return
    for script in scripts:
        try:
            found = keys_named(script.text)
        except LuaSyntaxError:
            continue
        if found:
            yield _moved(told(found), script, source)


def _moved(shown: ScriptKeysShown, script: EmbeddedScript, source: bytes) -> ScriptKeysShown:
    """Told with the lines of the program that the script stands in."""
    ends = [at for at, byte in enumerate(source) if byte == ord("\n")]
    starts = [0, *(at + 1 for at, byte in enumerate(script.text) if byte == ord("\n"))]
    lines = [bisect_right(ends, script.origins[start]) + 1 for start in starts]
    keys = [with_changes(one, lines=[lines[line - 1] for line in one.lines]) for one in shown.keys]
    return with_changes(shown, keys=keys)
