"""What lint, test and explore have in common: files that were looked at, and findings at places of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.records import Record


class Place(Record):
    """A place in a file. Lines and columns count from 1, `column` in bytes and `character` in characters; `start` is
    the byte from 0."""

    line: int
    column: int
    character: int
    start: int


class Replacement(Record):
    """What a fix writes instead of what stands from `begin` to `end`, which is exclusive."""

    begin: Place
    end: Place
    text: str


class Finding(Record):
    """Something wrong in a file. `line` counts from 1 and is 0 for the file as a whole; `begin` and `end` are known
    where the finding is of a part of a line or of several."""

    path: str
    rule: str
    severity: Severity
    message: str
    line: int = 0
    begin: Place | None = None
    end: Place | None = None
    fix: str = ""
    replacements: tuple[Replacement, ...] = ()


class Case(Record):
    """What came of one file, or of one file on one server.

    `full` are the lines for a person. `data` is the same as objects of JSON: of linting one a finding, of the others
    one a file.
    """

    path: str
    name: str
    findings: tuple[Finding, ...]
    full: tuple[str, ...]
    data: tuple[dict[str, Any], ...]

    @property
    def is_failed(self) -> bool:
        """Whether it fails a build: what is only information does not."""
        return any(one.severity is not Severity.INFO for one in self.findings)


class Report(Record):
    """What a command tells: its cases as they come, what its rules are about, and a last sentence for a person, asked
    for once there are no more cases. An empty one is not said."""

    command: str
    rules: Mapping[str, str]
    cases: Iterable[Case]
    summary: Callable[[], str]
