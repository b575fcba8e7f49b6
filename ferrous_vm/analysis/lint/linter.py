"""lint(source, facts) -> diagnostics. What Redis is like comes in as facts; this knows Lua only."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ferrous_vm.analysis.lint import syntax_errors
from ferrous_vm.analysis.lint.diagnostics import Diagnostic
from ferrous_vm.analysis.lint.facts import ScriptFacts
from ferrous_vm.analysis.lint.rules import Model
from ferrous_vm.analysis.lint.table import CHECKS
from ferrous_vm.analysis.scopes import ResolvedChunk, resolve
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.syntax.lexer import tokenize
from ferrous_vm.syntax.parser import parse

CHUNK_NAME: Final = b"@user_script"

_SHEBANG: Final = re.compile(rb"#![^\n]*")
_LIBRARY: Final = re.compile(rb"#!lua[^\n]*\sname=").match
_ALLOWED: Final = re.compile(rb"--\s*ferrous:\s*allow\s+([a-z0-9, -]+)")


def lint(
    source: bytes, facts: ScriptFacts, compile_chunk: Callable[[ResolvedChunk], object] | None = None
) -> list[Diagnostic]:
    """Everything the rules find in a script or function library, in the order of the source.

    `compile_chunk` compiles what may be too large, for the limits that only a compiler knows.

    A line with the comment ``-- ferrous: allow RULE, RULE``, and the line after a comment that stands alone, is not
    spoken of by these rules. Never raises, whatever the bytes.
    """
    body = _SHEBANG.sub(lambda match: b" " * len(match.group()), source, count=1) if source[:2] == b"#!" else source
    try:
        resolved = resolve(parse(body, CHUNK_NAME))
        model = Model(resolved, facts, _LIBRARY(source) is not None)
        if compile_chunk is not None and model.may_need_too_much():
            compile_chunk(resolved)
    except LuaSyntaxError as error:
        return [syntax_errors.diagnose(body, error, tokenize(body, CHUNK_NAME))]
    for check in CHECKS:
        check(model)
    allowed = _allowed(source)
    found = [one for one in model.diagnostics if one.rule not in allowed.get(one.line, ())]
    return sorted(dict.fromkeys(found), key=lambda one: (one.start, -one.end, one.rule))


def _allowed(source: bytes) -> dict[int, frozenset[str]]:
    """The rules that comments allow to be broken, by line."""
    allowed: dict[int, frozenset[str]] = {}
    if b"ferrous:" not in source:
        return allowed
    for number, line in enumerate(source.split(b"\n"), 1):
        match = _ALLOWED.search(line)
        if match is not None:
            names = frozenset(match[1].decode().replace(",", " ").split())
            alone = not line[: match.start()].strip()
            allowed[number + alone] = allowed.get(number + alone, frozenset()) | names
    return allowed
