"""Scenarios as tests: `ferrous test lock.scenario` carries out its steps and holds what came of them against it.

ok    lock.scenario: 12 steps
FAIL  lock.scenario:31: A calls release(lock; A): broken
      always: holders("critical") <= 1
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.command_line.files import Refused, read
from ferrous_vm.command_line.output.reports import Case, Finding
from ferrous_vm.printing import counted, visible
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.scenarios.running import Ran, run_to_end
from ferrous_vm.scenarios.scenario import Scenario, ScenarioError

_INDENT = " " * 16


def load(path: Path, text: bytes | None = None, scripts: dict[str, bytes] | None = None) -> Scenario:
    """The scenario of a file, or the `text` of one in it that may use `scripts`. Raises Refused with the line of what
    is wrong in it."""
    try:
        return read_scenario(read(path) if text is None else text, scripts or {})
    except ScenarioError as error:
        raise Refused(f"{path}:{error.line}: {error}") from None


def check_scenario(path: Path, scenario: Scenario, seed: int = 0) -> tuple[Case, int, int]:
    """Carry out the steps of a scenario: what is told, how many steps there were, and how many went wrong; one where it
    went wrong before the first. Raises Refused."""
    try:
        runner = run_to_end(scenario, seed)
    except ScenarioError as error:
        raise Refused(f"{path}:{error.line}: {error}") from None
    ran = runner.ran
    broken = "" if ran else visible(runner.broken())
    failed = [each for each in ran if each.unmet or each.broken]
    passed_over = sum(1 for each in ran if each.passed_over)
    over = f", {passed_over} not possible any more" if passed_over else ""
    full = [line for each in failed for line in _in_full(path, each)]
    wrong = [(each.step.line, sentence) for each in failed for sentence in _sentences(each)]
    if broken:
        full += [f"FAIL  {path}: broken before the first step", f"      {broken}"]
        wrong.append((0, f"broken before the first step: {broken}"))
    data = {
        "file": str(path),
        "on": "",
        "status": "failed" if wrong else "passed",
        "failures": [{"line": line, "about": sentence} for line, sentence in wrong],
    }
    findings = tuple(Finding(str(path), "step", Severity.ERROR, sentence, line or 0) for line, sentence in wrong)
    done = (f"ok    {path}: {counted(len(ran), 'step')}{over}",)
    return Case(str(path), str(path), findings, tuple(full) or done, (data,)), len(ran), len(failed) + bool(broken)


def _sentences(ran: Ran) -> Iterator[str]:
    if ran.broken:
        yield visible(f"{ran.sentence}: broken: {ran.broken}")
    for unmet in ran.unmet:
        yield visible(f"{unmet.about}: expected {unmet.expected}, got {unmet.got}")


def _in_full(path: Path, ran: Ran) -> Iterator[str]:
    place = f"{path}:{ran.step.line}" if ran.step.line else str(path)
    if ran.broken:
        yield f"FAIL  {place}: {visible(ran.sentence)}: broken"
        yield f"      {visible(ran.broken)}"
    for unmet in ran.unmet:
        yield f"FAIL  {place}: {unmet.about}"
        for title, text in (("expected", unmet.expected), ("got", unmet.got)):
            yield f"      {title:9} {visible(text)}".replace("\n", f"\n{_INDENT}")
