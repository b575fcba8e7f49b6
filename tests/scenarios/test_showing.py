"""What the page is told of a scenario: a mistake with its line, steps both ways, the keyspace of each moment."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from ferrous_vm.exploration import showing as exploration_showing
from ferrous_vm.scenarios import showing
from ferrous_vm.watchdog import HAS_THREADS
from ferrous_vm.workbench.debugging import answer
from ferrous_vm.workbench.host import Host
from ferrous_vm.workbench.records.debugging import Debug
from ferrous_vm.workbench.records.scenarios import (
    CheckScenario,
    ExploreScenario,
    RunScenario,
    ScenarioCall,
    ScenarioCallShown,
    ScenarioRan,
    ScenarioScript,
)
from ferrous_vm.workbench.workbench import Workbench

CATALOGUE = Path(__file__).parents[2] / "web" / "examples" / "scenarios"
BROKEN = (CATALOGUE / "01-lock-without-token.broken.scenario").read_text("utf-8")

STEPS = """-- scenario: Steps
-- given: SET stock 3
-- script take
return redis.call('DECRBY', KEYS[1], ARGV[1])
-- steps
-- A calls take   keys: stock   argv: 2
-- expect reply: (integer) 1
-- A: SET gone 1 PX 100
-- advance to just after the next expiry
-- A: GET stock
-- expect reply: "3"
"""


def ran(text: str, steps: int | None = None, workbench: Workbench | None = None, **more: Any) -> ScenarioRan:
    return showing.run(workbench or Workbench(), RunScenario(text, more.pop("scripts", []), steps=steps, **more))


def test_steps_are_carried_out_and_taken_back_one_by_one() -> None:
    workbench = Workbench()
    first = ran(STEPS, 1, workbench)
    assert [step.reply for step in first.steps] == ["(integer) 1"]
    assert [(key.key, key.value, key.left) for key in first.keys] == [("stock", '"1"', None)]
    assert first.next == "A: SET gone 1 PX 100"
    runner = workbench.scenario.runner
    whole = ran(STEPS, None, workbench)
    assert workbench.scenario.runner is runner
    assert [(step.line, step.unmet[0].got if step.unmet else "") for step in whole.steps][-1] == (10, '"1"')
    assert [[change.key for change in step.changes] for step in whole.steps] == [["stock"], ["gone"], ["gone"], []]
    assert (whole.at, whole.next) == (101, "")
    assert ran(STEPS, 1, workbench) == first
    assert ran(STEPS, 0, workbench).steps == []
    assert workbench.count_keys() == 0


def test_what_failed_is_counted_among_the_steps_that_are_not_told_too() -> None:
    lines = ["-- A: INCR n", "-- expect reply: (integer) 7"] * 2 + ["-- A: INCR n"] * showing.MOST_STEPS
    whole = ran("\n".join(["-- scenario: Long", "-- steps", *lines, ""]))
    assert (whole.omitted, len(whole.steps)) == (2, showing.MOST_STEPS)
    assert (whole.failed, whole.is_expected) == (2, True)
    assert not any(step.is_expected or step.unmet for step in whole.steps)


def test_a_long_reply_is_cut_and_said_to_be() -> None:
    text = f"-- scenario: Long\n-- steps\n-- A: SET k {'x' * showing.LONGEST_TEXT}\n-- A: GET k\n"
    short, long = ran(text).steps
    assert (short.reply, short.is_cut) == ("OK", False)
    assert long.reply is not None
    assert (long.reply[-1], long.is_cut) == ("…", True)


def test_time_that_is_seen_on_the_way_changes_nothing_of_what_was_told() -> None:
    text = "-- scenario: Time\n-- steps\n-- A: SET k v PX 5000\n-- advance 10 ms\n-- A: TIME\n-- A: GET k\n"
    workbench = Workbench()
    before = ran(text, 2, workbench)
    assert [len(step.changes) for step in before.steps] == [1, 0]
    whole = ran(text, None, workbench)
    assert whole.steps[:2] == before.steps
    assert [step.changes for step in whole.steps[1:]] == [[], [], []]


def test_a_mistake_is_told_with_its_line() -> None:
    for line, text in (
        (1, "no scenario"),
        (3, "-- scenario: x\n-- client A\nredis('GET'\n"),
        (3, "-- scenario: x\n-- script a\nreturn )\n-- client A\ncall('a')\n"),
        (3, "-- scenario: x\n-- steps\n-- B goes on\n"),
    ):
        checked = showing.check(Workbench(), CheckScenario(text, []))
        assert checked.problem is not None, text
        assert checked.problem.line == line
    refused = ran("-- scenario: x\n-- given: SET k\n-- steps\n-- A: PING\n")
    assert refused.problem is not None
    assert (refused.problem.line, refused.steps) == (2, [])
    asked = ran("-- scenario: x\n-- always: redis.call('SET', 'k', 1)\n-- steps\n-- A: PING\n")
    assert asked.problem is not None
    assert "Write commands are not allowed" in asked.problem.message


def test_scripts_of_the_work_are_there_by_name() -> None:
    text = "-- scenario: x\n-- steps\n-- A calls add-one   keys: n\n-- A calls plus\n-- A calls peek   keys: n\n"
    scripts = [
        ScenarioScript("peek", "#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])"),
        ScenarioScript("add-one", "return redis.call('INCR', KEYS[1])"),
        ScenarioScript("broken and not spoken of", "return )"),
        ScenarioScript("lib", "#!lua name=lib\nredis.register_function('plus', function() return 7 end)"),
    ]
    whole = ran(text, scripts=scripts)
    assert [step.reply for step in whole.steps] == ["(integer) 1", "(integer) 7", '"1"']
    assert [step.calls for step in whole.steps] == [True, True, True]
    assert ran("-- scenario: x\n-- steps\n-- A calls add-one\n").problem is not None


def test_each_call_opens_in_the_debugger_as_it_was() -> None:
    workbench = Workbench()
    explored = exploration_showing.explore_scenario(workbench, ExploreScenario(BROKEN, []))
    assert explored.failure is not None
    steps = explored.failure.ran.steps
    assert steps[-1].broken == "client1: deleted the lock of client2"
    for number, step in enumerate(steps, 1):
        shown = showing.call(workbench, ScenarioCall(explored.failure.scenario, [], step=number))
        assert isinstance(shown, ScenarioCallShown) == step.calls
    assert isinstance(shown, ScenarioCallShown)
    opened = answer(
        workbench,
        Debug(shown.script, shown.keys, shown.argv, fixture=shown.fixture, clock=shown.clock, seed=shown.seed),
    )
    assert opened.outcome == "open"
    assert opened.now == shown.clock * 1000
    assert workbench.keyspace.databases[0].entries[b"lock"] == b"client2"


def test_a_failure_replays_from_its_text_alone_scripts_of_the_work_included() -> None:
    head, _, rest = BROKEN.partition("-- script acquire\n")
    acquire, _, rest = rest.partition("\n-- script release")
    scripts = [ScenarioScript("acquire", acquire)]
    explored = exploration_showing.explore_scenario(
        Workbench(), ExploreScenario(head + "-- script release" + rest, scripts)
    )
    assert explored.failure is not None
    assert ran(explored.failure.scenario).steps[-1].broken == explored.failure.broken


class _Impatient(Host):
    """Presses Stop when it first hears how far the work is."""

    reports = 0

    def report(self, doing: str, done: int, total: int) -> None:
        self.reports += 1
        signal.raise_signal(signal.SIGINT)


@pytest.fixture
def _stoppable() -> Any:
    former = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, former)


ENDLESS = """-- scenario: Endless
-- may: time
-- clients: 4 worker
while true do redis("INCR", "n:" .. me) sleep(7) redis("INCR", "m") end
"""


@pytest.mark.usefixtures("_stoppable")
def test_stop_ends_an_exploration_with_what_it_has() -> None:
    host = _Impatient()
    workbench = Workbench(host)
    workbench.interrupts.listen()
    workbench.interrupts.begin()
    explored = exploration_showing.explore_scenario(workbench, ExploreScenario(ENDLESS, [], budget=10_000_000))
    assert (explored.verdict, explored.is_stopped, host.reports) == ("undecided", True, 1)
    assert "The others were not tried: it was stopped." in explored.statement
    assert explored.events > 0
    workbench.interrupts.begin()
    stopped = showing.run(workbench, RunScenario(ENDLESS.replace("sleep(7)", ""), []))
    assert stopped.is_stopped
    assert stopped.steps
    assert workbench.scenario is None
    assert ran(STEPS, 1, workbench).problem is None


@pytest.mark.usefixtures("_stoppable")
def test_an_interrupt_that_comes_once_more_while_the_steps_are_told_takes_none_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = _Impatient()
    workbench = Workbench(host)
    workbench.interrupts.listen()
    workbench.interrupts.begin()
    again = 0

    def interrupted(*asked: Any) -> Any:
        nonlocal again
        again += 1
        signal.raise_signal(signal.SIGINT)
        return step(*asked)

    step = showing._step
    monkeypatch.setattr(showing, "_step", interrupted)
    stopped = ran(ENDLESS.replace("sleep(7)", ""), None, workbench)
    assert stopped.is_stopped
    assert 0 < again == len(stopped.steps)


def test_stop_before_the_first_step_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = Workbench()

    def stopped(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(showing, "Runner", stopped)
        assert ran(STEPS, None, workbench).is_stopped
    assert workbench.scenario is None
    assert len(ran(STEPS, None, workbench).steps) == 4


def test_what_has_no_end_or_is_no_text_is_told() -> None:
    workbench = Workbench()
    program = "-- scenario: x\n-- client A\nwhile true do end\n"
    assert "without a call" in ran(program, None, workbench).broken
    large = ran("-- scenario: x\n" + "-- about: y\n" * 200_000)
    assert large.problem is not None
    assert "1,000,000 bytes" in large.problem.message
    many = ran("-- scenario: x\n-- clients: 11 A\nredis('PING')\n")
    assert many.problem is not None
    odd = ran('-- scenario: \ud800\u202e\0\n-- steps\n-- A: SET k "\\xff"\n-- A: GET k\n')
    assert odd.problem is None
    assert odd.steps[-1].reply == '"\\xff"'


@pytest.mark.skipif(not HAS_THREADS, reason="the browser's page limits what a script takes")
def test_a_script_without_end_is_told() -> None:
    ended = ran("-- scenario: x\n-- script s\nwhile true do end\n-- client A\ncall('s')\n")
    assert ended.problem is not None
    assert "does not end" in ended.problem.message
