"""Explore a scenario: try all there is to try within a budget, and say what was found, and no more than was covered."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final, Literal, TypeAlias

from ferrous_vm.exploration.schedules import TryChunks, chunks_of, try_orders
from ferrous_vm.exploration.search import Found, Searched, Stopped, search
from ferrous_vm.exploration.shrinking import follow, shrink
from ferrous_vm.printing import counted
from ferrous_vm.records import Record, with_changes
from ferrous_vm.scenarios.keyspaces import TimeSeen, TooMuch
from ferrous_vm.scenarios.running import Ran, run_to_end, step_of
from ferrous_vm.scenarios.scenario import SOONER_OR_LATER, Scenario, ScenarioError
from ferrous_vm.scenarios.sentences import write_may_happen
from ferrous_vm.scenarios.world import World

BUDGET: Final = 200_000
"""Events in all, where nobody says how many."""

Verdict: TypeAlias = Literal["holds", "broken", "undecided"]
HOLDS: Final = "holds"
BROKEN: Final = "broken"
UNDECIDED: Final = "undecided"

Watch = Callable[[Searched], object]
"""Told now and then how far it is. One that raises `Stopped` ends the exploration, which tells what it has."""


def unwatched(searched: Searched) -> None:
    """Nobody wants to know."""


class Failure(Record):
    """An order that fails, with as few events as could be found."""

    broken: str
    """What should not be: an invariant as it is written, or a client and what it says."""
    scenario: Scenario
    """The scenario with this order as its steps: run, it fails again."""
    ran: list[Ran]
    """What came of each step; the last one tells what is broken."""


class Exploration(Record):
    """What came of exploring a scenario."""

    title: str
    verdict: Verdict
    """HOLDS, BROKEN or UNDECIDED: nothing failed, and not everything was tried."""
    statement: str
    """What was covered, in words."""
    events: int
    positions: int
    depth: int
    """All orders of so many events were tried."""
    ends: int
    schedules: int
    """Orders that were chosen by chance."""
    failure: Failure | None = None
    is_stopped: bool = False
    """It was ended before its time."""


def explore(
    scenario: Scenario,
    seed: int = 0,
    budget: int = BUDGET,
    watch: Watch = unwatched,
    on_cores: TryChunks | None = None,
    ends_by: type[BaseException] = Stopped,
) -> Exploration:
    """Try every order; where that takes more than three quarters of the budget, orders by chance besides, `on_cores` if
    there are several: what comes out is the same. What is raised of the kind `ends_by` ends it with what it has.

    Steps of the scenario are left aside. Raises ScenarioError for a scenario that cannot be set up or asked about.
    """
    scenario = with_changes(scenario, steps=[])
    if not scenario.clients:
        raise ScenarioError(1, "nobody can go on in any order here: write a client's program")
    try:
        return _explore(scenario, seed, budget, watch, on_cores, ends_by, absolute=False)
    except TimeSeen:
        return _explore(scenario, seed, budget, watch, on_cores, ends_by, absolute=True)


def _explore(
    scenario: Scenario,
    seed: int,
    budget: int,
    watch: Watch,
    on_cores: TryChunks | None,
    ends_by: type[BaseException],
    *,
    absolute: bool,
) -> Exploration:
    searched = Searched()
    world = World(with_changes(scenario, charts=[]), seed, absolute)
    is_fewest = False
    try:
        search(world, budget * 3 // 4, watch, searched=searched)
        is_fewest = searched.found is not None
        if not searched.is_whole and searched.found is None and not searched.is_out_of_memory:
            _by_chance(world, budget - searched.events, searched, watch, on_cores)
    except TooMuch:
        searched.is_out_of_memory = True
    except ends_by:
        searched.is_stopped = True
    failure = None
    if searched.found is not None:
        failure = _failure(scenario, world, searched.found, is_fewest)
    return Exploration(
        scenario.title,
        BROKEN if failure else HOLDS if searched.is_whole else UNDECIDED,
        _broken_statement(failure, searched) if failure else statement(scenario, searched, seed),
        searched.events,
        searched.positions,
        searched.depth,
        searched.ends,
        searched.schedules,
        failure,
        searched.is_stopped,
    )


def _by_chance(world: World, budget: int, searched: Searched, watch: Watch, on_cores: TryChunks | None) -> None:
    """Orders by chance, chunk after chunk, up to the first with one that fails."""
    chunks = chunks_of(world, budget)
    if on_cores is None:
        for chunk in chunks:
            try_orders(world, chunk, searched, watch)
            if searched.found is not None:
                return
        return
    for tried in on_cores(chunks):
        searched.events += tried.events
        searched.schedules += tried.schedules
        watch(searched)
        if tried.actions is not None:
            searched.found = follow(world, tried.actions)
            return


def _failure(scenario: Scenario, world: World, found: Found, is_fewest: bool) -> Failure:
    """The failure as a scenario, shrunk."""
    with suppress(ScenarioError):  # what was found stays found
        world, found = shrink(world, found, is_fewest)
    steps = [step_of(world, action) for action in found.actions]
    scenario = with_changes(world.scenario, steps=steps, charts=scenario.charts)
    runner = run_to_end(scenario, world.seed)
    return Failure(runner.ran[-1].broken if runner.ran else runner.broken(), scenario, runner.ran)


def _broken_statement(failure: Failure, searched: Searched) -> str:
    steps = len(failure.scenario.steps)
    tried = counted_thousands(searched.events, "event")
    fails = f"fails after {counted(steps, 'event')}" if steps else "fails before anything happens"
    return f"It {fails}: {failure.broken}. Found after {tried} in all orders tried."


def counted_thousands(number: int, one: str) -> str:
    """`1 event`, `12,345 events`."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def statement(scenario: Scenario, searched: Searched, seed: int) -> str:
    """What was covered, where nothing failed."""
    events, positions = counted_thousands(searched.events, "event"), counted_thousands(searched.positions, "position")
    if searched.is_whole and not searched.is_cut:
        said = f"Every order holds: {events}, {positions}, {counted_thousands(searched.ends, 'end')}."
    elif searched.is_whole:
        said = f"Every order of up to {counted(scenario.most_events or 0, 'event')} holds: {events}, {positions}."
        said += " Longer ones were not tried."
    else:
        said = f"No order that was tried fails: all of up to {counted(searched.depth, 'event')} ({events}, {positions})"
        if searched.schedules:
            said += f", and {counted_thousands(searched.schedules, 'order')} chosen by chance from seed {seed}"
        said += f". The others were not tried{_why(searched)}."
    return " ".join([said, *_bounds(scenario)])


def _why(searched: Searched) -> str:
    if searched.is_out_of_memory:
        return ": the states would need more memory than there is for them"
    return ": it was stopped" if searched.is_stopped else ""


def _bounds(scenario: Scenario) -> list[str]:
    """What is taken for granted."""
    said = []
    happens = ", ".join(write_may_happen(event) for event in scenario.may_happen)
    said.append(f"What may happen besides turns: {happens}." if happens else "Nothing happens but turns and sleeps.")
    if scenario.most_preemptions is not None:
        said.append(f"At most {counted(scenario.most_preemptions, 'preemption')} in a run.")
    if any(invariant.when == SOONER_OR_LATER for invariant in scenario.invariants):
        said.append("Runs that never end are not asked whether something comes sooner or later.")
    return said
