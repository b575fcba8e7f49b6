"""Reports as JSON: our own, GitLab's code quality reports, and reviewdog's diagnostics."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.command_line.output.reports import Finding, Place, Replacement, Report


def json_list(report: Report) -> Iterator[str]:
    """One list with all objects."""
    yield json.dumps([one for case in report.cases for one in case.data], indent=2)


def json_lines(report: Report) -> Iterator[str]:
    """An object a line, as soon as it is known."""
    for case in report.cases:
        yield from map(json.dumps, case.data)


def findings(report: Report) -> list[Finding]:
    """Those of all cases."""
    return [one for case in report.cases for one in case.findings]


def fingerprints(found: list[Finding]) -> list[str]:
    """Of each finding, in hexadecimal, what stays the same when lines are put in or taken away above it."""
    seen: Counter[tuple[str, str, str]] = Counter()
    marks = []
    for one in found:
        what = (one.path, one.rule, one.message)
        marks.append(sha256("\0".join([*what, str(seen[what])]).encode("utf-8", "surrogatepass")).hexdigest())
        seen[what] += 1
    return marks


GITLAB_SEVERITIES: Final = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}
"""GitLab's words for how grave it is (docs.gitlab.com, "Code Quality", the report's format)."""


def gitlab(report: Report) -> Iterator[str]:
    """GitLab's code quality report."""
    found = findings(report)
    quality = [
        {
            "description": one.message,
            "check_name": one.rule,
            "fingerprint": fingerprint,
            "severity": GITLAB_SEVERITIES[one.severity],
            "location": {"path": one.path, "lines": {"begin": max(one.line, 1)}},
        }
        for one, fingerprint in zip(found, fingerprints(found), strict=True)
    ]
    yield json.dumps(quality, indent=2)


def rdjson(report: Report) -> Iterator[str]:
    """reviewdog's diagnostics, with what fixes would write (its repository, proto/rdf). Columns are bytes there too."""
    yield json.dumps(
        {
            "source": {"name": f"ferrous {report.command}"},
            "diagnostics": [_diagnostic(one) for one in findings(report)],
        },
        indent=2,
    )


def _diagnostic(one: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"path": one.path}
    if one.begin is not None and one.end is not None:
        location["range"] = _range(one.begin, one.end)
    elif one.line:
        location["range"] = {"start": {"line": one.line}}
    diagnostic: dict[str, Any] = {
        "message": one.message,
        "location": location,
        "severity": one.severity.name,
        "code": {"value": one.rule},
    }
    if one.replacements:
        diagnostic["suggestions"] = [_suggestion(each) for each in one.replacements]
    return diagnostic


def _suggestion(replacement: Replacement) -> dict[str, Any]:
    return {"range": _range(replacement.begin, replacement.end), "text": replacement.text}


def _range(begin: Place, end: Place) -> dict[str, Any]:
    return {
        "start": {"line": begin.line, "column": begin.column},
        "end": {"line": end.line, "column": end.column},
    }
