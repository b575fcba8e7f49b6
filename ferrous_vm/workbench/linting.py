"""The linter as the command line and the page use it: with the facts of the servers, with the limits that only the
compiler knows, and with what commands do the work of a script.
"""

from __future__ import annotations

from ferrous_vm.analysis.lint import Diagnostic, Linter, NamedKey, named_keys
from ferrous_vm.analysis.lint.replaced import Replacement
from ferrous_vm.analysis.lint.rules import Model
from ferrous_vm.compiler import compile_chunk
from ferrous_vm.keyspace.profiles.profile import PROFILES
from ferrous_vm.scripting.lint_facts import DEFAULT, script_facts
from ferrous_vm.workbench import replacements


def new_linter(servers: tuple[str, ...] = DEFAULT) -> Linter:
    """A linter for one script for EVAL, or function library, as it is written, for the servers of these profiles."""
    return Linter(script_facts(servers), compile_chunk, PROFILES, script_facts, _replacements)


def lint_script(source: bytes, servers: tuple[str, ...] = DEFAULT) -> list[Diagnostic]:
    """Everything the linter finds in a script for EVAL, or in a function library. Never raises."""
    return new_linter(servers).lint(source)


def _replacements(model: Model, may_try: bool) -> dict[str, Replacement]:
    names = frozenset(call.name for call in model.commands())
    return replacements.find(model.resolved, model.written, names, model.facts.servers.names, may_try=may_try)


def keys_named(source: bytes) -> list[NamedKey]:
    """The keys that a script for EVAL, or a function library, names. Raises LuaSyntaxError."""
    return named_keys(script_facts(), source)
