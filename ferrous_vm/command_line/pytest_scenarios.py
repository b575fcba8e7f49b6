"""A plugin for pytest: scenarios are tests, beside those in Python.

    pytest locks/                                  every *.scenario there is collected
    pytest --ferrous-budget 50000 --ferrous-seed 7

One with steps is carried out; one without is explored, and what its budget does not reach fails too: a test that was
not carried out to its end has proved nothing. It is found by pytest where Ferrous is installed (`pytest11`), and
imports of Ferrous what it needs when there is a scenario.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SCENARIO = ".scenario"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Seed and budget of what is explored."""
    group = parser.getgroup("ferrous")
    group.addoption("--ferrous-budget", type=int, default=None, metavar="EVENTS", help="of each scenario explored")
    group.addoption("--ferrous-seed", type=int, default=0, metavar="SEED", help="of chance in scenarios")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """Scenarios are collected by the end of their names."""
    if file_path.suffix != SCENARIO:
        return None
    collected: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path)
    return collected


class ScenarioFile(pytest.File):
    """A file with one scenario."""

    def collect(self) -> Iterator[ScenarioTest]:
        """Its one test, called by the scenario's title."""
        from ferrous_vm.scenarios.reading import read_scenario
        from ferrous_vm.scenarios.scenario import ScenarioError

        try:
            scenario = read_scenario(self.path.read_bytes())
        except ScenarioError as error:
            raise self.CollectError(f"{self.path}:{error.line}: {error}") from None
        yield ScenarioTest.from_parent(self, name=scenario.title, scenario=scenario)


class _Failed(Exception):
    """What is told of a scenario that fails."""


class ScenarioTest(pytest.Item):
    """A scenario as a test."""

    def __init__(self, *, scenario: Any, **named: Any) -> None:
        super().__init__(**named)
        self._scenario = scenario

    def runtest(self) -> None:
        """Raises _Failed with what is wrong, in words."""
        from ferrous_vm.exploration.exploring import BUDGET, HOLDS, explore
        from ferrous_vm.exploration.telling import event_in_words, words
        from ferrous_vm.scenarios.running import run_steps
        from ferrous_vm.scenarios.scenario import ScenarioError

        seed, budget = self.config.getoption("--ferrous-seed"), self.config.getoption("--ferrous-budget")
        try:
            if self._scenario.steps:
                ran = run_steps(self._scenario, seed)
                lines = [event_in_words(each) for each in ran]
                lines += [
                    f"line {each.step.line}, {unmet.about}: expected {unmet.expected}, got {unmet.got}"
                    for each in ran
                    for unmet in each.unmet
                ]
                if any(each.broken or each.unmet for each in ran):
                    raise _Failed("\n".join(lines))
                return
            exploration = explore(self._scenario, seed, budget or BUDGET)
        except ScenarioError as error:
            raise _Failed(f"{self.path}:{error.line}: {error}") from None
        if exploration.verdict != HOLDS:
            raise _Failed("\n".join(words(exploration)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The words alone, where the scenario failed; a traceback for what should not be."""
        return str(excinfo.value) if excinfo.errisinstance(_Failed) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, and the title."""
        return self.path, 0, self.name
