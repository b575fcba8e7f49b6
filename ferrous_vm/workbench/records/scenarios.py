"""Scenarios: several clients over time, run step by step, and explored in every order."""

from __future__ import annotations

from typing import Literal

from ferrous_vm.records import Record
from ferrous_vm.workbench.records.calling import Mode
from ferrous_vm.workbench.records.keyspace import KeyChange
from ferrous_vm.workbench.records.problems import Problem


class ScenarioScript(Record):
    """A script of the work: a scenario may speak of it by its name."""

    name: str
    source: str


class ScenarioText(Record):
    """A scenario as text (`ferrous_vm/scenarios/reading.py`), beside the scripts of the work; `seed` feeds chance."""

    scenario: str
    scripts: list[ScenarioScript]
    seed: int = 0


class CheckScenario(ScenarioText):
    """What is wrong with the text?"""


class ScenarioChecked(Record):
    """Answers CheckScenario: the first mistake, if there is one, and how many clients and steps there are."""

    problem: Problem | None
    clients: int
    steps: int


class RunScenario(ScenarioText):
    """Carry out the first `steps` of a scenario on a server of its own; null is all. Without steps of its own its
    clients go on in turn. Nothing of the page's keyspace is touched."""

    steps: int | None = None


class UnmetExpectation(Record):
    """What was expected of a reply or a key, and came otherwise, as redis-cli prints it."""

    about: str
    expected: str
    got: str


class ScenarioStep(Record):
    """A step, and what came of it.

    `text` is the step as the text of a scenario says it, `at` is in milliseconds since the scenario began, `line`
    that of the step in the text, 0 where it has none there; `kind` is what `ferrous_vm/scenarios/scenario.py`
    calls it. `reply` is what redis-cli prints, null where there is none; it `is_cut` where that is longer. `told`
    is what the client told of itself. `is_expected`: something is expected of it, and `unmet` is what does not
    hold of that. `passed_over` says why it was not possible, `broken` what should not be, and is since. `changes`
    are those of the keyspace, `omitted` of which more keys. `calls`: a script is called, which can be debugged.
    """

    text: str
    at: int
    client: str
    kind: str
    line: int
    sentence: str
    reply: str | None
    is_cut: bool
    told: list[str]
    is_expected: bool
    unmet: list[UnmetExpectation]
    passed_over: str
    broken: str
    changes: list[KeyChange]
    omitted: int
    calls: bool


class ScenarioChart(Record):
    """What a line of the scenario wants drawn: a number at each moment, null where there is none. `problem` is the
    first that came of it."""

    expression: str
    line: int
    values: list[float | None]
    problem: str


class ScenarioKey(Record):
    """A key at the moment shown; `left` are the milliseconds after which it expires."""

    database: int
    key: str
    kind: str
    value: str
    left: int | None


class ScenarioRan(Record):
    """Answers RunScenario. `problem` is what is wrong in the text, or could not be gone on with; the steps up to
    there are told. `omitted` steps came before the `steps`; of all of them `failed` were not as expected or broke
    something, and `is_expected` says whether anything is expected of one. `next` is the step that comes, "" after
    the last one. The keys are those of the moment, `at` so many milliseconds; `keys_omitted` more there are.
    `broken` is what should not be before the first step. It `is_stopped` where Stop or a limit has ended it.
    `moments` are those before, between and after the steps, in milliseconds since the scenario began; the first of
    them comes after `first_moment` steps, and the charts have a value for each."""

    problem: Problem | None
    title: str
    clients: list[str]
    steps: list[ScenarioStep]
    omitted: int
    failed: int
    is_expected: bool
    next: str
    at: int
    keys: list[ScenarioKey]
    keys_omitted: int
    broken: str
    is_stopped: bool
    first_moment: int
    moments: list[int]
    charts: list[ScenarioChart]


class ScenarioMoment(ScenarioText):
    """What are the keys after so many `steps`? They were carried out before, so nothing comes of it that was not seen;
    what came after them stays carried out."""

    steps: int = 0


class ScenarioMomentShown(Record):
    """Answers ScenarioMoment, after `steps` steps."""

    steps: int
    at: int
    keys: list[ScenarioKey]
    keys_omitted: int


class ExploreScenario(ScenarioText):
    """Try every order of what its clients do and of what may happen, up to `budget` events."""

    budget: int = 200_000


class ScenarioFailure(Record):
    """An order that fails, shrunk. `scenario` is the text that replays it: with the scripts it calls, and its steps."""

    broken: str
    scenario: str
    ran: ScenarioRan


class ScenarioExplored(Record):
    """Answers ExploreScenario. `statement` says what was found and what was covered, and no more than that.

    `problem` is why there was nothing to explore, with an empty verdict. It `is_stopped` where Stop or a limit has
    ended it.
    """

    problem: Problem | None
    title: str
    verdict: Literal["", "holds", "broken", "undecided"]
    statement: str
    events: int
    positions: int
    depth: int
    seconds: float
    failure: ScenarioFailure | None
    is_stopped: bool


class ScenarioCall(ScenarioText):
    """What does step number `step`, from 1, call, and with what keyspace?"""

    step: int = 1


class ScenarioCallShown(Record):
    """Answers ScenarioCall: all that a run of this one call needs, as fields and lines of the page. `name` is what the
    scenario calls the script, "" where it has no name."""

    name: str
    script: str
    keys: list[str]
    argv: list[str]
    mode: Mode
    function: str
    fixture: str
    clock: float
    seed: int


ANSWERS: dict[type, type] = {
    CheckScenario: ScenarioChecked,
    RunScenario: ScenarioRan,
    ScenarioMoment: ScenarioMomentShown,
    ExploreScenario: ScenarioExplored,
    ScenarioCall: ScenarioCallShown,
}
