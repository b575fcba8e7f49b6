"""What the editor explains: findings of the linter, commands and rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace the text between two offsets; offsets count UTF-16 units, as JavaScript does."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something the linter found between two offsets of the script. `fix_title` is empty where it offers no fix."""

    rule: str
    severity: Literal["error", "warning", "info"]
    message: str
    start: int
    end: int
    line: int
    fix_title: str
    fix_edits: list[TextEdit]


@dataclass(frozen=True, slots=True)
class RuleReference:
    """A rule of the linter: why it speaks, and its page with an example."""

    name: str
    reason: str
    documentation: str


@dataclass(frozen=True, slots=True)
class CommandReference:
    """A Redis command as its documentation describes it; `allowed` says whether scripts may call it."""

    name: str
    syntax: str
    summary: str
    since: str
    group: str
    complexity: str
    allowed: bool
    writes: bool


@dataclass(frozen=True, slots=True)
class Lint:
    """What is wrong with a script, without running it."""

    script: str


@dataclass(frozen=True, slots=True)
class Linted:
    """Answers Lint, in the order of the script."""

    diagnostics: list[Diagnostic]


@dataclass(frozen=True, slots=True)
class Reference:
    """What the editor can explain: asked once."""


@dataclass(frozen=True, slots=True)
class ReferenceBook:
    """Answers Reference."""

    commands: list[CommandReference]
    rules: list[RuleReference]


ANSWERS: dict[type, type] = {Lint: Linted, Reference: ReferenceBook}
