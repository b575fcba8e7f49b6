"""An exploration as the page shows it: how far it is while it goes on, and the failure with all its steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from ferrous_vm.exploration.exploring import Exploration, explore
from ferrous_vm.exploration.search import Searched
from ferrous_vm.printing import visible
from ferrous_vm.scenarios import showing
from ferrous_vm.scenarios.scenario import ScenarioError
from ferrous_vm.scenarios.writing import write_scenario
from ferrous_vm.workbench.host import INTERVAL, PATIENCE
from ferrous_vm.workbench.records.scenarios import (
    ExploreScenario,
    RunScenario,
    ScenarioExplored,
    ScenarioFailure,
)
from ferrous_vm.workbench.workbench import Workbench

MOST_EVENTS: Final = 100_000_000
"""Of a budget."""


def explore_scenario(workbench: Workbench, request: ExploreScenario) -> ScenarioExplored:
    """Try every order. An interrupt ends it with what was found by then."""
    began = time.perf_counter()
    budget = min(max(request.budget, 1), MOST_EVENTS)
    try:
        watch = _watch(workbench, budget, began)
        explored = explore(showing.read(request), request.seed, budget, watch, ends_by=KeyboardInterrupt)
        failure = _failure(workbench, explored, request.seed)
    except ScenarioError as error:
        return ScenarioExplored(showing.problem_of(error), "", "", "", 0, 0, 0, 0.0, None, is_stopped=False)
    return ScenarioExplored(
        problem=None,
        title=visible(explored.title),
        verdict=explored.verdict,
        statement=visible(explored.statement),
        events=explored.events,
        positions=explored.positions,
        depth=explored.depth,
        seconds=time.perf_counter() - began,
        failure=failure,
        is_stopped=explored.is_stopped,
    )


def _watch(workbench: Workbench, budget: int, began: float) -> Callable[[Searched], None]:
    """Tells the host now and then how far it is."""
    last = began + PATIENCE - INTERVAL

    def watch(searched: Searched) -> None:
        nonlocal last
        now = time.perf_counter()
        if now - last > INTERVAL:
            last = now
            rate = round(searched.events / (now - began))
            orders = f", {searched.schedules:,} orders by chance" if searched.schedules else ""
            doing = f"{searched.positions:,} positions, {searched.depth} deep{orders}, {rate:,} events a second. Event"
            workbench.host.report(doing, min(searched.events, budget), budget)

    return watch


def _failure(workbench: Workbench, explored: Exploration, seed: int) -> ScenarioFailure | None:
    """What fails, carried out once more as the scenario that it is."""
    failure = explored.failure
    if failure is None:
        return None
    text = write_scenario(failure.scenario).decode("utf-8", "replace")
    return ScenarioFailure(
        broken=visible(failure.broken),
        scenario=text,
        ran=showing.run(workbench, RunScenario(text, [], seed)),
    )
