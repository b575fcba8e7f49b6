"""Reports as JUnit's XML, as most servers of continuous integration read it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.command_line.output.reports import Case, Finding, Report
from ferrous_vm.command_line.output.text import concisely


def junit(report: Report) -> Iterator[str]:
    """A test case a finding, and one for each file where there is none that fails a build."""
    root = Element("testsuites")
    suite = SubElement(root, "testsuite", name=f"ferrous {report.command}")
    for case in report.cases:
        _add(suite, case)
    failures = len(suite.findall("testcase/failure"))
    for element in (root, suite):
        element.attrib |= {"tests": str(len(suite)), "failures": str(failures), "errors": "0"}
    indent(root)
    yield tostring(root, "unicode", xml_declaration=True)


def _add(suite: Element, case: Case) -> None:
    failing = [one for one in case.findings if one.severity is not Severity.INFO]
    for one in failing:
        element = SubElement(suite, "testcase", _attributes(case, one))
        failure = SubElement(element, "failure", message=_printable(one.message), type=one.rule)
        failure.text = _printable(concisely(one) if len(failing) > 1 else "\n".join(case.full))
    if not failing:
        element = SubElement(suite, "testcase", _attributes(case, None))
        if case.findings:
            SubElement(element, "system-out").text = _printable("\n".join(map(concisely, case.findings)))


def _attributes(case: Case, one: Finding | None) -> dict[str, str]:
    attributes = {"classname": _printable(case.path), "name": _printable(case.name), "file": _printable(case.path)}
    if one is not None and one.line:
        attributes |= {"name": f"{attributes['name']}:{one.line}: {one.rule}", "line": str(one.line)}
    return attributes


def _printable(text: str) -> str:
    """XML has no way to write most control characters, and none for half a surrogate."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
