"""Linter(facts).lint(source) -> diagnostics. What Redis is like comes in as facts; this knows Lua only."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from ferrous_vm.analysis.lint import replaced, server_comments, syntax_errors
from ferrous_vm.analysis.lint.diagnostics import Diagnostic
from ferrous_vm.analysis.lint.facts import ScriptFacts
from ferrous_vm.analysis.lint.flow import Flow
from ferrous_vm.analysis.lint.key_table import NamedKey
from ferrous_vm.analysis.lint.key_table import named_keys as keys_in
from ferrous_vm.analysis.lint.remembering import Remembered, take_over
from ferrous_vm.analysis.lint.rules import Model
from ferrous_vm.analysis.lint.table import CHECKS
from ferrous_vm.analysis.scopes import ResolvedChunk, resolve
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.syntax.parser import parse
from ferrous_vm.syntax.reparsing import Refused, Reparser

CHUNK_NAME: Final = b"@user_script"

MOST_REMEMBERED: Final = 100_000
"""Nodes of a chunk that is kept for the next time: some 10,000 lines, and 50 MB."""

_SHEBANG: Final = re.compile(rb"#![^\n]*")
_LIBRARY: Final = re.compile(rb"#!lua[^\n]*\sname=", re.IGNORECASE).match
_ALLOWED: Final = re.compile(rb"--\s*ferrous:\s*allow\s+([a-z0-9, -]+)")


class Linter:
    """Finds what is wrong with one script while it is written: of the script before, it keeps what still holds.

    `facts` are those of the servers that scripts are for, unless they name theirs themselves: of the servers `known`,
    whose facts `facts_of` answers. `compile_chunk` compiles what may be too large, for the limits that only a compiler
    knows. `find_replacement` tells of commands that do a script's work.
    """

    def __init__(
        self,
        facts: ScriptFacts,
        compile_chunk: Callable[[ResolvedChunk], object] | None = None,
        known: Sequence[str] = (),
        facts_of: Callable[[tuple[str, ...]], ScriptFacts] | None = None,
        find_replacement: replaced.Find | None = None,
    ) -> None:
        self.facts = facts
        self.compile_chunk = compile_chunk
        self.known = known
        self.facts_of = facts_of
        self.find_replacement = find_replacement
        self.reparser = Reparser(CHUNK_NAME)
        self.before: Remembered | None = None

    def lint(self, source: bytes, *, may_try: bool = True) -> list[Diagnostic]:
        """Everything the rules find in a script or function library, in the order of the source.

        Unless it `may_try`, no script is carried out to know what does its work: while one types there is no time.

        A line with the comment ``-- ferrous: allow RULE, RULE``, and the line after a comment that stands alone, is not
        spoken of by these rules. Never raises, whatever the bytes.
        """
        body = _body(source)
        before, self.before = self.before, None  # its nodes are about to move: an interrupt leaves nothing of it
        try:
            parsed = self.reparser.parse(body)
        except Refused as refused:
            self.before = before
            return [syntax_errors.diagnose(body, refused.error, refused.tokens)]
        try:
            resolved = resolve(parsed.chunk)
            flow = Flow(resolved, self._facts(source), _LIBRARY(source) is not None)
            if before is not None:
                take_over(flow, parsed, before)
            flow.run()
            allowed = _allowed(source)
            model = Model(flow, source, allowed)
            if self.compile_chunk is not None and model.may_need_too_much():
                self.compile_chunk(resolved)
        except LuaSyntaxError as error:
            self.reparser.forget()
            return [syntax_errors.diagnose(body, error, parsed.chunk.tokens)]
        if len(flow.nodes) > MOST_REMEMBERED:
            self.reparser.forget()
        else:
            self.before = Remembered(flow, parsed.ranges())
        for check in CHECKS:
            check(model)
        server_comments.check(model, self.known)
        if self.find_replacement is not None and not flow.is_filled_in:
            replaced.check(model, self.find_replacement, may_try)
        found = [one for one in model.diagnostics if one.rule not in allowed.get(one.line, ())]
        return sorted(dict.fromkeys(found), key=lambda one: (one.start, -one.end, one.rule))

    def _facts(self, source: bytes) -> ScriptFacts:
        """Those of the servers that the script names, or else of those it was said to be for."""
        named = server_comments.named(source, self.known)
        return self.facts_of(named) if named and self.facts_of is not None else self.facts


def named_keys(facts: ScriptFacts, source: bytes) -> list[NamedKey]:
    """The keys that a script or a function library names. Raises LuaSyntaxError."""
    flow = Flow(resolve(parse(_body(source), CHUNK_NAME)), facts, _LIBRARY(source) is not None)
    flow.run()
    return keys_in(Model(flow, source))


def _body(source: bytes) -> bytes:
    """What Lua sees: of a shebang nothing."""
    return _SHEBANG.sub(lambda match: b" " * len(match.group()), source, count=1) if source[:2] == b"#!" else source


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
