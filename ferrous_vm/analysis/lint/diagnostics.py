"""What the linter says: where, how bad, by which rule, and how it is put right."""

from __future__ import annotations

from enum import Enum, unique

from ferrous_vm.records import Record


@unique
class Severity(Enum):
    """How bad a finding is, worst first."""

    ERROR = "error"
    """The script does not compile, or stops here."""
    WARNING = "warning"
    """It runs, and most likely does not do what was meant."""
    INFO = "info"
    """It works, and there are servers or loads where it would not."""


class Edit(Record):
    """Replace the bytes from `start` to `end` of the source by `text`."""

    start: int
    end: int
    text: bytes


class Fix(Record):
    """A change that a click applies: what it does in a few words, and its edits, which do not overlap.

    A `certain` one can be made unasked: what stands there never did what it says. Others guess what was meant.
    """

    title: str
    edits: tuple[Edit, ...]
    certain: bool = True


class Diagnostic(Record):
    """One finding.

    `rule` names a row of the table of rules. Lines and columns count from 1, columns in bytes; the end is exclusive.
    `start` and `end` are the same place as byte offsets. `named` are the lines that the message names, "line 3", in its
    order.
    """

    rule: str
    severity: Severity
    message: str
    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int
    fix: Fix | None = None
    named: tuple[int, ...] = ()


def apply(source: bytes, fix: Fix) -> bytes:
    """`source` with the edits of `fix` made."""
    for edit in sorted(fix.edits, key=lambda edit: edit.start, reverse=True):
        source = source[: edit.start] + edit.text + source[edit.end :]
    return source
