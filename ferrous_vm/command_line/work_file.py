"""Saved work of the page (`*.ferrous.json`) as tests: those of each of its scripts, and its scenario if that has steps.

The page writes such files, and links, in `web/src/share.js`; what a file leaves out is as in new work. A file is a
stranger's: each field is checked before anything runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.command_line.files import Refused, read
from ferrous_vm.command_line.output.reports import Case, Finding
from ferrous_vm.printing import visible
from ferrous_vm.records import Record, with_changes
from ferrous_vm.scripting.shebang import is_library
from ferrous_vm.server import DEFAULT_ENGINE
from ferrous_vm.workbench.records.testing import RunTest
from ferrous_vm.workbench.testing import report, run_test
from ferrous_vm.workbench.workbench import Workbench

NEWEST: Final = 2
"""The version of the files that the page writes now."""

MOST_BYTES: Final = 2_000_000


class WorkTest(Record):
    """One test: the name of its script and its own, and what the page would ask for it."""

    name: str
    request: RunTest


class Work(Record):
    """What can be tested of saved work: the server it is for, its tests, its scripts by name, and its scenario."""

    server: str
    tests: tuple[WorkTest, ...]
    scripts: dict[str, bytes]
    scenario: bytes


Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_fields(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 1000 and all(map(_is_text, value))


def _is_number(value: Any) -> bool:
    return value is None or (type(value) in (int, float) and 0 <= value < 1e11)


_CALL: Final[dict[str, tuple[Check, Any]]] = {
    "mode": (lambda value: value in ("EVAL", "EVAL_RO", "FCALL", "FCALL_RO"), "EVAL"),
    "function": (_is_text, ""),
    "protocol": (lambda value: value in (2, 3) and type(value) is int, 2),
}
"""How a script is called; what a test does not say of it is as the script has it."""

_TEST: Final[dict[str, tuple[Check, Any]]] = {
    "name": (_is_text, ""),
    "keys": (_are_fields, []),
    "argv": (_are_fields, []),
    "fixture": (_is_text, ""),
    "clock": (_is_number, None),
    "seed": (lambda value: value is None or type(value) is int, None),
    "reply": (_is_text, ""),
    "keyspace": (lambda value: value is None or _is_text(value), None),
}

_SCRIPT: Final[dict[str, tuple[Check, Any]]] = {
    "scriptName": (_is_text, "main"),
    "script": (_is_text, None),
    **_CALL,
    "tests": (lambda value: isinstance(value, list) and len(value) <= 1000, []),
}

_WORK: Final[dict[str, tuple[Check, Any]]] = {
    "server": (_is_text, ""),
    "scenario": (_is_text, ""),
    "others": (lambda value: isinstance(value, list) and len(value) < 100, []),
}


def read_work(path: Path) -> Work:
    """The work in a file. Raises Refused with what is wrong with it."""
    data = read(path)
    if len(data) > MOST_BYTES:
        raise Refused(f"{path}: it is larger than two megabytes")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise Refused(f"{path}: it is no JSON") from None
    if not isinstance(value, dict) or type(value.get("ferrous")) is not int:
        raise Refused(f"{path}: it holds no work of Ferrous")
    if value["ferrous"] > NEWEST:
        raise Refused(f"{path}: it was made by a newer Ferrous (version {value['ferrous']} of the file)")
    try:
        work = _fields(value, _WORK, "")
        scripts = [(_fields(value, _SCRIPT, ""), "")]
        for number, other in enumerate(work["others"], 1):
            place = f"others[{number}]."
            scripts.append((_fields(other, _SCRIPT, place), place))
        libraries = [script["script"] for script, _ in scripts if is_library(_bytes(script["script"]))]
        tests = tuple(test for script, place in scripts for test in _tests(script, place, libraries))
    except ValueError as error:
        raise Refused(f"{path}: its {error} is not what it should be") from None
    texts = {script["scriptName"]: _bytes(script["script"]) for script, _ in scripts}
    return Work(work["server"], tests, texts, _bytes(work["scenario"]))


def _fields(value: Any, checks: dict[str, tuple[Check, Any]], place: str) -> dict[str, Any]:
    """The fields that `checks` names, with what is usual where one is left out. Raises ValueError naming a bad one."""
    if not isinstance(value, dict):
        raise ValueError(f'"{place.removesuffix(".")}"')
    if "mode" not in value and is_library(_bytes(str(value.get("script", "")))):
        value = value | {"mode": "FCALL"}
    read = {}
    for name, (is_good, usual) in checks.items():
        read[name] = value.get(name, usual)
        if not is_good(read[name]):
            raise ValueError(f'"{place}{name}"')
    return read


def _tests(script: dict[str, Any], place: str, libraries: list[str]) -> Iterator[WorkTest]:
    called = {name: (is_good, script[name]) for name, (is_good, _) in _CALL.items()}
    for number, test in enumerate(script["tests"], 1):
        read = _fields(test, _TEST | called, f"{place}tests[{number}].")
        name = read.pop("name") or f"test {number}"
        yield WorkTest(f"{script['scriptName']}: {name}", RunTest(script["script"], **read, libraries=libraries))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def check_test(path: Path, test: WorkTest, server: str, on: str, engine: str = DEFAULT_ENGINE) -> Case:
    """What came of one test on a server; `on` names that where there are several."""
    request = with_changes(test.request, server=server)
    ran = run_test(Workbench(profile=server, engine=engine), request)
    is_passed = ran.outcome == "passed"
    lines = [] if is_passed else [visible(line) for line in report(request, ran)]
    name = visible(f"{path}: {test.name}{on}")
    data = {
        "file": str(path),
        "test": test.name,
        "on": on.removeprefix(" on "),
        "status": "passed" if is_passed else "failed",
        "failures": [] if is_passed else [{"line": 0, "about": "\n".join(lines)}],
    }
    finding = Finding(str(path), "expectation", Severity.ERROR, visible(f"{test.name}{on}: {' '.join(lines)}"))
    full = (f"ok    {name}",) if is_passed else (f"FAIL  {name}", *(f"      {line}" for line in lines))
    return Case(str(path), name, () if is_passed else (finding,), full, (data,))
