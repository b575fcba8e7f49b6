"""What is told when something is wrong."""

from __future__ import annotations

from ferrous_vm.records import Record


class Failure(Record):
    """The request could not be understood or carried out; `message` is for the person at the page."""

    message: str


class Problem(Record):
    """Something wrong in a text, and on which of its lines (from 1); `line` is null where there is none."""

    line: int | None
    message: str
