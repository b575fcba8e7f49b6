"""Scenarios as tests: `ferrous test lock.scenario` carries out its steps and holds what came of them against it.

ok    lock.scenario: 12 steps
FAIL  lock.scenario:31: A calls release(lock; A): broken
      always: holders("critical") <= 1
"""

from __future__ import annotations

from pathlib import Path

from ferrous_vm.command_line.files import Refused, read
from ferrous_vm.printing import counted, visible
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.scenarios.running import Ran, run_steps
from ferrous_vm.scenarios.scenario import Scenario, ScenarioError

_INDENT = " " * 16


def load(path: Path) -> Scenario:
    """The scenario of a file. Raises Refused with the line of what is wrong in it."""
    try:
        return read_scenario(read(path))
    except ScenarioError as error:
        raise Refused(f"{path}:{error.line}: {error}") from None


def check_scenario(path: Path) -> tuple[int, int]:
    """Carry out the steps of a scenario and tell what is wrong: how many steps, and how many were. Raises Refused."""
    try:
        ran = run_steps(load(path))
    except ScenarioError as error:
        raise Refused(f"{path}:{error.line}: {error}") from None
    failed = [each for each in ran if each.unmet or each.broken]
    for each in failed:
        _tell(path, each)
    passed_over = sum(1 for each in ran if each.passed_over)
    if not failed:
        over = f", {passed_over} not possible any more" if passed_over else ""
        print(f"ok    {path}: {counted(len(ran), 'step')}{over}")
    return len(ran), len(failed)


def _tell(path: Path, ran: Ran) -> None:
    place = f"{path}:{ran.step.line}" if ran.step.line else str(path)
    if ran.broken:
        print(f"FAIL  {place}: {visible(ran.sentence)}: broken")
        print(f"      {visible(ran.broken)}")
    for unmet in ran.unmet:
        print(f"FAIL  {place}: {unmet.about}")
        for title, text in (("expected", unmet.expected), ("got", unmet.got)):
            print(f"      {title:9} {visible(text)}".replace("\n", f"\n{_INDENT}"))
