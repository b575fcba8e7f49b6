"""A scenario as the page shows it: checked, run up to a step, and one of its calls for the debugger.

A scenario has a server of its own; what it was run up to last stays with the workbench, so that a step forwards or
back costs that step. Whatever ends it half done, an interrupt or a mistake in it, it is forgotten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

from ferrous_vm import engines
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.keyspace import journal
from ferrous_vm.printing import printed, visible
from ferrous_vm.records import Record
from ferrous_vm.scenarios.keyspaces import EPOCH, State
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.scenarios.running import Ran, Runner, next_step
from ferrous_vm.scenarios.scenario import Scenario, ScenarioError
from ferrous_vm.scenarios.sentences import write_step
from ferrous_vm.scripting.host import SCRIPT_CHUNK
from ferrous_vm.scripting.shebang import body_of
from ferrous_vm.workbench import changes, content
from ferrous_vm.workbench.escapes import argument, encode
from ferrous_vm.workbench.printed_values import print_value
from ferrous_vm.workbench.records.problems import Failure, Problem
from ferrous_vm.workbench.records.scenarios import (
    CheckScenario,
    RunScenario,
    ScenarioCall,
    ScenarioCallShown,
    ScenarioChart,
    ScenarioChecked,
    ScenarioKey,
    ScenarioMoment,
    ScenarioMomentShown,
    ScenarioRan,
    ScenarioStep,
    ScenarioText,
    UnmetExpectation,
)
from ferrous_vm.workbench.workbench import Workbench

MOST_STEPS: Final = 300
"""Steps that are told, the last ones."""
MOST_CHANGES: Final = 20
"""Keys whose changes are told of one step."""
MOST_KEYS: Final = 200
"""Keys of a moment that are told."""
MOST_MOMENTS: Final = 10_000
"""Of which it is told when they were, and what the charts show; the last ones."""
LONGEST_TEXT: Final = 2_000
"""Characters of a reply or a value that are told."""


class _Moment(NamedTuple):
    """The server of a scenario at a moment."""

    state: State
    at: int
    """Milliseconds since the scenario began."""


class Shown(Record):
    """A scenario that is being looked at."""

    asked: tuple[Any, ...]
    """The text, the scripts beside it and the seed."""
    runner: Runner
    called: list[tuple[int, tuple[bytes, ...]] | None]
    """What each step has said to the server: the number of the connection, and the words."""

    @property
    def done(self) -> int:
        """Steps that were carried out whole."""
        return min(len(self.runner.ran), len(self.called))

    def moment(self, number: int) -> _Moment:
        """After so many steps."""
        runner = self.runner
        position, at = runner.positions[number] if number < len(runner.positions) else (runner.position, runner.at)
        return _Moment(position.state, at)


def read(request: ScenarioText) -> Scenario:
    """The scenario that is meant. Raises ScenarioError."""
    scripts = {script.name: encode(script.source) for script in request.scripts}
    return read_scenario(encode(request.scenario), scripts)


def problem_of(error: ScenarioError) -> Problem:
    """It as the page is told; what has no line stands on the first."""
    return Problem(max(error.line, 1), visible(str(error)))


# Checked


def check(_: Workbench, request: CheckScenario) -> ScenarioChecked:
    """What is wrong with the text, as far as that is seen without running anything."""
    try:
        scenario = read(request)
        for client in scenario.clients:
            _compile(client.source, client.line)
        for script in scenario.scripts:
            _compile(body_of(script.source), script.line)
    except ScenarioError as error:
        return ScenarioChecked(problem_of(error), 0, 0)
    return ScenarioChecked(None, len(scenario.client_names), len(scenario.steps))


def _compile(source: bytes, line: int) -> None:
    try:
        engines.resolve_source(b"\n" * line + source, SCRIPT_CHUNK)
    except LuaSyntaxError as error:
        raise ScenarioError(error.line, printed(error.message)) from None


# Run


def run(workbench: Workbench, request: RunScenario) -> ScenarioRan:
    """Carry out so many steps, or take back what was carried out beyond them."""
    try:
        return tell(_at(workbench, request, request.steps))
    except ScenarioError as error:
        shown, workbench.scenario = workbench.scenario, None
        return tell(shown, problem_of(error)) if _is_of(shown, request) else _nothing(problem_of(error))
    except KeyboardInterrupt:
        shown, workbench.scenario = workbench.scenario, None
        if not _is_of(shown, request):
            return _nothing(None, is_stopped=True)
        # The host may interrupt once more: it does not know that this is only told.
        told: ScenarioRan = workbench.interrupts.hold(partial(tell, shown, is_stopped=True))
        return told
    except BaseException:
        workbench.scenario = None
        raise


def _asked(request: ScenarioText) -> tuple[Any, ...]:
    return (request.scenario, [(script.name, script.source) for script in request.scripts], request.seed)


def _is_of(shown: Shown | None, request: ScenarioText) -> bool:
    return shown is not None and shown.asked == _asked(request)


def _at(workbench: Workbench, request: ScenarioText, steps: int | None) -> Shown:
    """The scenario of a request after so many of its steps. Raises ScenarioError."""
    if not _is_of(workbench.scenario, request):
        workbench.scenario = None
        runner = Runner(read(request), request.seed, draws=True)
        workbench.scenario = Shown(_asked(request), runner, [])
    shown: Shown = workbench.scenario
    runner = shown.runner
    while steps is not None and len(runner.ran) > max(steps, 0):
        runner.back()
        shown.called.pop()
    progress = workbench.progress("Step")
    while steps is None or len(runner.ran) < steps:
        step = next_step(runner)
        if step is None:
            break
        says = runner.about_to_say(step)
        runner.step(step)
        shown.called.append(says)
        progress(len(runner.ran), max(len(runner.scenario.steps), len(runner.ran)))
    return shown


def _reached(workbench: Workbench, request: ScenarioText, steps: int) -> Shown | Failure:
    """The same, or why that is not possible; whatever ends it, nothing half done stays."""
    try:
        return _at(workbench, request, steps)
    except ScenarioError as error:
        workbench.scenario = None
        return Failure(visible(str(error)))
    except BaseException:
        workbench.scenario = None
        raise


# Told


def _nothing(problem: Problem | None, *, is_stopped: bool = False) -> ScenarioRan:
    return ScenarioRan(problem, "", [], [], 0, 0, False, "", 0, [], 0, "", is_stopped, 0, [], [])


def tell(shown: Shown, problem: Problem | None = None, *, is_stopped: bool = False) -> ScenarioRan:
    """Where a scenario stands, with what led there. Where something has ended it, what comes next is not known."""
    runner = shown.runner
    omitted = max(0, shown.done - MOST_STEPS)
    is_whole = problem is None and not is_stopped
    following = next_step(runner) if is_whole else None
    state, at = shown.moment(shown.done)
    first_moment = max(0, shown.done + 1 - MOST_MOMENTS)
    return ScenarioRan(
        problem=problem,
        title=visible(runner.scenario.title),
        clients=list(runner.world.connections),
        steps=[_step(shown, number) for number in range(omitted, shown.done)],
        omitted=omitted,
        failed=sum(bool(ran.unmet or ran.broken) for ran in runner.ran[: shown.done]),
        is_expected=any(_is_expected(ran) for ran in runner.ran[: shown.done]),
        next="" if following is None else visible(write_step(following)),
        at=at,
        keys=_keys(runner, state) if is_whole else [],
        keys_omitted=max(0, len(state.entries) - MOST_KEYS) if is_whole else 0,
        broken=visible(runner.broken()) if is_whole and not shown.done else "",
        is_stopped=is_stopped,
        first_moment=first_moment,
        moments=[shown.moment(number).at for number in range(first_moment, shown.done + 1)],
        charts=list(_charts(shown, first_moment)),
    )


def _charts(shown: Shown, first: int) -> Iterator[ScenarioChart]:
    """What the charts show of each moment from one on."""
    runner = shown.runner
    moments = [runner.first_points, *(ran.points for ran in runner.ran[: shown.done])]
    for number, chart in enumerate(runner.scenario.charts[: len(runner.first_points)]):
        points = [moment[number] for moment in moments]
        problem = next((point.problem for point in points if point.problem), "")
        yield ScenarioChart(
            visible(chart.expression), chart.line, [point.value for point in points[first:]], _cut(problem)
        )


def moment(workbench: Workbench, request: ScenarioMoment) -> ScenarioMomentShown | Failure:
    """The keyspace after some of the steps that were carried out; those beyond stay so."""
    shown = workbench.scenario
    done = shown.done if _is_of(shown, request) else 0
    shown = _reached(workbench, request, max(request.steps, done))
    if isinstance(shown, Failure):
        return shown
    steps = min(max(request.steps, 0), shown.done)
    state, at = shown.moment(steps)
    return ScenarioMomentShown(steps, at, _keys(shown.runner, state), max(0, len(state.entries) - MOST_KEYS))


def _step(shown: Shown, number: int) -> ScenarioStep:
    ran: Ran = shown.runner.ran[number]
    found = list(_differences(shown.moment(number), shown.moment(number + 1)))
    says = shown.called[number]
    return ScenarioStep(
        text=visible(write_step(ran.step)),
        at=ran.at,
        client=ran.step.client,
        kind=ran.step.kind,
        line=ran.step.line,
        sentence=visible(ran.sentence),
        reply=_cut(ran.reply) if ran.reply else None,
        is_cut=len(ran.reply) > LONGEST_TEXT,
        told=[visible(text) for text in ran.effects],
        is_expected=_is_expected(ran),
        unmet=[UnmetExpectation(visible(one.about), _cut(one.expected), _cut(one.got)) for one in ran.unmet],
        passed_over=ran.passed_over,
        broken=visible(ran.broken),
        changes=[changes.view(change) for change in found[:MOST_CHANGES]],
        omitted=max(0, len(found) - MOST_CHANGES),
        calls=says is not None and _callee(shown.runner, says[1]) is not None,
    )


def _is_expected(ran: Ran) -> bool:
    return bool(ran.step.reply or ran.step.values)


def _cut(text: str) -> str:
    return visible(text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…")


def _differences(before: _Moment, after: _Moment) -> Iterator[journal.KeyChange]:
    """What a step has changed, key by key; time that passes changes no expiry."""
    was, now = before.state.entries, after.state.entries
    for place in sorted(was.keys() | now.keys()):
        old, new = was.get(place), now.get(place)
        ends = [
            None if entry is None or entry.ttl is None else EPOCH + at + entry.ttl
            for entry, at in ((old, before.at), (new, after.at))
        ]
        sides = [None if entry is None else entry.value for entry in (old, new)]
        if old is new or (ends[0] == ends[1] and sides[0] is sides[1]):
            continue
        yield journal.KeyChange(*place, sides[0], sides[1], ends[0], ends[1], [])


def _keys(runner: Runner, state: State) -> list[ScenarioKey]:
    ask = partial(runner.ask, state)
    return [_key(ask, place, state) for place in sorted(state.entries)[:MOST_KEYS]]


def _key(ask: Callable[[list[bytes]], bytes], place: tuple[int, bytes], state: State) -> ScenarioKey:
    entry = state.entries[place]
    database, key = place
    value = print_value(ask, key) if database == 0 else ""
    return ScenarioKey(database, argument(key), content.type_name(entry.value), _cut(value), entry.ttl)


# One of its calls


def call(workbench: Workbench, request: ScenarioCall) -> ScenarioCallShown | Failure:
    """The call of a step, as a run of its own."""
    shown = _reached(workbench, request, max(request.step, 1))
    if isinstance(shown, Failure):
        return shown
    number = request.step - 1
    says = shown.called[number] if 0 <= number < shown.done else None
    callee = None if says is None else _callee(shown.runner, says[1])
    if says is None or callee is None:
        return Failure("No script is called in this step.")
    mode, script, function = callee
    client, (_, _, count, *words) = says
    state, at = shown.moment(number)
    names = {code.source: code.name for code in (*shown.runner.scenario.scripts, *shown.runner.scenario.libraries)}
    return ScenarioCallShown(
        name=visible(names.get(script, "")),
        script=script.decode("utf-8", "replace"),
        keys=[argument(word) for word in words[: int(count)]],
        argv=[argument(word) for word in words[int(count) :]],
        mode=mode,
        function=printed(function),
        fixture="\n".join(_fixture(state, at)),
        clock=(EPOCH + at) / 1000,
        seed=shown.runner.world.keyspaces.seed_of(client, says[1]),
    )


_MODES: Final[dict[bytes, Any]] = {
    b"EVAL": "EVAL",
    b"EVAL_RO": "EVAL_RO",
    b"EVALSHA": "EVALSHA",
    b"EVALSHA_RO": "EVAL_RO",
    b"FCALL": "FCALL",
    b"FCALL_RO": "FCALL_RO",
}


def _callee(runner: Runner, argv: tuple[bytes, ...]) -> tuple[Any, bytes, bytes] | None:
    """How a script is called, its text and the function's name; None where none is, or none that is known."""
    mode = _MODES.get(argv[0].upper())
    if mode is None or len(argv) < 3 or not argv[2].isdigit() or int(argv[2]) > len(argv) - 3:
        return None
    scenario = runner.scenario
    if mode.startswith("FCALL"):
        function = runner.world.keyspaces.server.scripting.libraries.function(argv[1])
        return None if function is None else (mode, function.library.source, argv[1])
    if argv[0].upper().startswith(b"EVALSHA"):
        sources = {hashlib.sha1(code.source).hexdigest().encode(): code.source for code in scenario.scripts}
        source = sources.get(argv[1].lower())
        return None if source is None else (mode, source, b"")
    return mode, argv[1], b""


def _fixture(state: State, at: int) -> Iterator[str]:
    """Lines that make the keyspace of a state, so many milliseconds after the scenario began."""
    selected = 0
    for database, key in sorted(state.entries):
        entry = state.entries[database, key]
        if database != selected:
            yield f"SELECT {database}"
            selected = database
        yield from content.recreation(key, entry.value, None if entry.ttl is None else EPOCH + at + entry.ttl)
