"""What the editor explains: findings of the linter, commands and rules."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record


class TextEdit(Record):
    """Replace the text between two offsets; offsets count UTF-16 units, as JavaScript does."""

    start: int
    end: int
    text: str


class Diagnostic(Record):
    """Something the linter found between two offsets of the script.

    `allowable` says whether a comment can silence it: what does not compile cannot be allowed. `fix_title` is empty
    where it offers no fix.
    """

    rule: str
    severity: Literal["error", "warning", "info"]
    allowable: bool
    message: str
    start: int
    end: int
    line: int
    fix_title: str
    fix_edits: list[TextEdit]


class RuleReference(Record):
    """A rule of the linter: why it speaks, and its page with an example."""

    name: str
    reason: str
    documentation: str


class CommandReference(Record):
    """A Redis command as its documentation describes it; `allowed` says whether scripts may call it."""

    name: str
    syntax: str
    summary: str
    since: str
    group: str
    complexity: str
    allowed: bool
    writes: bool


class Lint(Record):
    """What is wrong with a script, without running it, on the workbench's server or those that the script names.

    `at_rest`: nobody is typing, so there is time to try whether a command does all that the script does; without it,
    of what was tried before is told.
    """

    script: str
    at_rest: bool = False


class Linted(Record):
    """Answers Lint, in the order of the script."""

    diagnostics: list[Diagnostic]


class Reference(Record):
    """What the editor can explain: asked once."""


class ReferenceBook(Record):
    """Answers Reference."""

    commands: list[CommandReference]
    rules: list[RuleReference]


class CheckFixture(Record):
    """What is wrong with the lines of a fixture; `clock` holds the server's clock at so many seconds."""

    lines: str
    clock: float | None = None


class FixtureChecked(Record):
    """Answers CheckFixture: all that is wrong, in the order of the lines, and where it was not looked any further."""

    diagnostics: list[Diagnostic]


ANSWERS: dict[type, type] = {Lint: Linted, Reference: ReferenceBook, CheckFixture: FixtureChecked}
