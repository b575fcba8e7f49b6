"""Reports as lines: for a person, for a terminal or an editor that reads places, for GitHub's log, and as TAP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.command_line.output.reports import Case, Finding, Report


def full(report: Report) -> Iterator[str]:
    """All that is known, as a person reads it."""
    for case in report.cases:
        yield from case.full
    yield from _last(report)


def concise(report: Report) -> Iterator[str]:
    """A line a finding: `script.lua:3:4: warning: What EXISTS answers is ... [truthy-zero]`."""
    for case in report.cases:
        yield from map(concisely, case.findings)
    yield from _last(report)


def _last(report: Report) -> Iterator[str]:
    sentence = report.summary()
    if sentence:
        yield sentence


def concisely(one: Finding) -> str:
    """A finding in one line, its place first."""
    place = f"{one.path}:{one.line}" if one.line else one.path
    column = f":{one.begin.column}" if one.begin is not None else ""
    return f"{place}{column}: {one.severity.value}: {_one_line(one.message)} [{one.rule}]"


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))


COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
"""GitHub's words for how grave it is (docs.github.com, "Workflow commands for GitHub Actions")."""


def github(report: Report) -> Iterator[str]:
    """A workflow command a finding, which GitHub shows at the line of a pull request."""
    for case in report.cases:
        for one in case.findings:
            where = {"title": f"ferrous {report.command} ({one.rule})", "file": one.path}
            if one.line:
                where["line"] = str(one.line)
            if one.begin is not None and one.end is not None:
                where["col"] = str(one.begin.character)
                where["endLine"] = str(one.end.line)
                where["endColumn"] = str(one.end.character)
            fields = ",".join(f"{name}={_property(value)}" for name, value in where.items())
            yield f"::{COMMANDS[one.severity]} {fields}::{_escaped(concisely(one))}"


def _escaped(text: str) -> str:
    """As GitHub's own toolkit writes a message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def tap(report: Report) -> Iterator[str]:
    """The Test Anything Protocol, version 14: a test point a case, with its findings as YAML below it."""
    yield "TAP version 14"
    number = 0
    for number, case in enumerate(report.cases, 1):
        yield f"{'not ok' if case.is_failed else 'ok'} {number} - {_description(case)}"
        if case.findings:
            yield "  ---"
            yield "  findings:"
            yield from (f"    - {_quoted(concisely(one))}" for one in case.findings)
            yield "  ..."
    yield f"1..{number}"


def _description(case: Case) -> str:
    """`#` begins a directive there, and a backslash takes that from it."""
    return _one_line(case.name).replace("\\", "\\\\").replace("#", "\\#")


def _quoted(text: str) -> str:
    """A double-quoted scalar of YAML."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'
