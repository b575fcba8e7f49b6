"""Reports as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), which GitHub's code scanning reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from ferrous_vm import __version__
from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.command_line.output.data import findings, fingerprints
from ferrous_vm.command_line.output.reports import Finding, Place, Replacement, Report

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(report: Report) -> Iterator[str]:
    """One run, with the rules that something was found of."""
    found = findings(report)
    rules = sorted({one.rule for one in found})
    driver = {
        "name": f"ferrous {report.command}",
        "version": __version__,
        "rules": [{"id": rule, "shortDescription": {"text": report.rules[rule]}} for rule in rules],
    }
    results = [_result(one, rules.index(one.rule), mark) for one, mark in zip(found, fingerprints(found), strict=True)]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    yield json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(one: Finding, rule: int, fingerprint: str) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _file(one.path)}
    if one.begin is not None and one.end is not None:
        place["region"] = _region(one.begin, one.end)
    elif one.line:
        place["region"] = {"startLine": one.line}
    result = {
        "ruleId": one.rule,
        "ruleIndex": rule,
        "level": LEVELS[one.severity],
        "message": {"text": one.message},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"ferrous/v1": fingerprint},
    }
    if one.replacements:
        change = {
            "artifactLocation": _file(one.path),
            "replacements": [_replacement(each) for each in one.replacements],
        }
        result["fixes"] = [{"description": {"text": one.fix}, "artifactChanges": [change]}]
    return result


def _file(path: str) -> dict[str, str]:
    """A path as an address: relative as it is, absolute with its scheme."""
    address = quote(path.replace("\\", "/").encode("utf-8", "surrogateescape"))
    return {"uri": f"file://{address}" if address.startswith("/") else address}


def _region(begin: Place, end: Place) -> dict[str, int]:
    return {
        "startLine": begin.line,
        "startColumn": begin.character,
        "endLine": end.line,
        "endColumn": end.character,
        "byteOffset": begin.start,
        "byteLength": end.start - begin.start,
    }


def _replacement(one: Replacement) -> dict[str, Any]:
    return {"deletedRegion": _region(one.begin, one.end), "insertedContent": {"text": one.text}}
