"""What the editor explains: findings of the linter, commands and rules (contract.Lint, contract.Reference)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ferrous_vm.analysis import lint
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.server.documents import documents_of
from ferrous_vm.printing import printed
from ferrous_vm.workbench.escapes import encode
from ferrous_vm.workbench.linting import new_linter
from ferrous_vm.workbench.records.editing import (
    CommandReference,
    Diagnostic,
    Lint,
    Linted,
    Reference,
    ReferenceBook,
    RuleReference,
    TextEdit,
)
from ferrous_vm.workbench.workbench import Workbench


def lint_request(workbench: Workbench, request: Lint) -> Linted:
    """The linter's findings for the server of the workbench, with offsets as JavaScript counts them."""
    source = encode(request.script)
    offset = text_offsets(source)
    servers = (workbench.profile.name,)
    if workbench.linter is None or workbench.linter.facts.servers.names != servers:
        workbench.linter = new_linter(servers)
    return Linted([_diagnostic(found, offset) for found in workbench.linter.lint(source, may_try=request.at_rest)])


def _diagnostic(found: lint.Diagnostic, offset: Callable[[int], int]) -> Diagnostic:
    fix = found.fix
    edits = fix.edits if fix else ()
    return Diagnostic(
        rule=found.rule,
        severity=found.severity.value,
        allowable=found.rule not in lint.SYNTAX_RULES,
        message=found.message,
        start=offset(found.start),
        end=offset(found.end),
        line=found.line,
        fix_title=fix.title if fix else "",
        fix_edits=[TextEdit(offset(edit.start), offset(edit.end), edit.text.decode()) for edit in edits],
    )


def text_offsets(source: bytes) -> Callable[[int], int]:
    """From a byte offset in UTF-8 to the number of UTF-16 units before it.

    An offset within a character is that of the next one: Lua reads bytes, and may blame one of several.
    """
    if source.isascii():
        return lambda position: position

    def offset(position: int) -> int:
        while position < len(source) and source[position] & 0xC0 == 0x80:
            position += 1
        text = source[:position].decode("utf-8", "surrogatepass")
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    return offset


def reference(workbench: Workbench, request: Reference) -> ReferenceBook:
    """Every command of the server that scripts and clients can name, and every rule of the linter."""
    profile = workbench.profile
    commands = [_command(row, document_of(row, profile)) for row in profile.commands.rows()]
    rules = [RuleReference(rule.name, rule.reason, rule.documentation()) for rule in lint.RULES.values()]
    return ReferenceBook(commands, rules)


def document_of(row: Row, profile: Profile) -> dict[str, Any]:
    """What a server documents of a command; a subcommand's stands within its container's."""
    name = row.full_name.decode()
    document: dict[str, Any] = documents_of(profile).get(name.partition("|")[0], {})
    return document.get("subcommands", {}).get(name, {}) if row.container else document


def syntax_of(words: list[bytes], profile: Profile) -> str:
    """How the command of `words` is called, in the notation of redis.io; its name where nothing is known."""
    row = profile.commands.find(words)
    if row is None:
        return printed(words[0])
    return _command(row, document_of(row, profile)).syntax


def _command(row: Row, document: dict[str, Any]) -> CommandReference:
    name = row.full_name.decode().replace("|", " ").upper()
    words = [name, *(_syntax(argument) for argument in document.get("arguments", []))]
    return CommandReference(
        name=name,
        syntax=" ".join(words),
        summary=document.get("summary", ""),
        since=row.since,
        group=row.group,
        complexity=document.get("complexity", ""),
        allowed=not row.noscript,
        writes=row.write,
    )


def _syntax(argument: dict[str, Any]) -> str:
    """One argument of a command in the notation of redis.io: optional in brackets, a choice with bars."""
    kind, flags, token = argument["type"], argument.get("flags", []), argument.get("token", "")
    inner = argument.get("arguments", [])
    if kind == "oneof":
        text = " | ".join(map(_syntax, inner))
    elif kind == "block":
        text = " ".join(map(_syntax, inner))
    else:
        text = "" if kind == "pure-token" else argument["name"]
    if "multiple" in flags:
        again = f"{token} {text}".strip() if "multiple_token" in flags else text
        text = f"{text} [{again} ...]"
    text = f"{token} {text}".strip()
    if "optional" in flags:
        return f"[{text}]"
    return f"<{text}>" if kind == "oneof" else text
