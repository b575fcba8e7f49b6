"""What is drawn of a run: a number at each moment, however it was reached; what fails is told and ends nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ferrous_vm.scenarios import showing
from ferrous_vm.watchdog import HAS_THREADS
from ferrous_vm.workbench.records.scenarios import (
    RunScenario,
    ScenarioChart,
    ScenarioMoment,
    ScenarioMomentShown,
    ScenarioRan,
)
from ferrous_vm.workbench.workbench import Workbench

QUEUE = """-- scenario: A queue and a lease
-- given: SET tokens 2.5
-- chart: redis("LLEN", "queue")
-- chart: redis("GET", "tokens")
-- chart: redis("PTTL", "lease")
-- chart: redis("EXISTS", "lease") == 1
-- chart: count("taken")
-- chart: replies 1
-- chart: replies OK of B
-- chart: reply of worker

-- client worker
redis("LPUSH", "queue", "a")
redis("RPOP", "queue")
note("taken")
redis("INCR", "n")

-- steps
-- worker goes on
-- B: SET lease x PX 100
-- worker goes on
-- advance 60 ms
-- worker goes on
-- advance 60 ms
-- B: EXISTS n   ×2
-- worker goes on
"""


def ran(text: str, steps: int | None = None, workbench: Workbench | None = None) -> ScenarioRan:
    return showing.run(workbench or Workbench(), RunScenario(text, [], steps=steps))


def drawn(expression: str, steps: str = "-- A: PING") -> ScenarioChart:
    (chart,) = ran(f"-- scenario: x\n-- chart: {expression}\n-- steps\n{steps}\n").charts
    return chart


def test_a_chart_has_a_number_at_each_moment() -> None:
    whole = ran(QUEUE)
    assert whole.moments == [0, 0, 0, 0, 60, 60, 120, 120, 120]
    assert [(chart.line, chart.problem) for chart in whole.charts] == [(number, "") for number in range(3, 11)]
    assert [chart.values for chart in whole.charts] == [
        [0, 1, 1, 0, 0, 0, 0, 0, 0],
        [2.5] * 9,
        [-2, -2, 100, 100, 40, 40, -2, -2, -2],
        [None, None, 1, 1, 1, 1, None, None, None],
        [0, 0, 0, 1, 1, 1, 1, 1, 1],
        [0, 1, 1, 1, 1, 2, 2, 4, 4],
        [0, 0, 1, 1, 1, 1, 1, 1, 1],
        [None, 1, 1, None, None, 1, 1, 1, 1],
    ]


def test_replies_are_counted_in_a_chart_as_in_an_invariant() -> None:
    assert drawn('replies("INCR", function(n) return n > 1 end)', "-- A: INCR n   ×3\n-- B: INCR n").values == [0, 2, 3]
    assert drawn("tonumber(reply)", "-- A: INCR n\n-- advance 5 ms").values == [None, 1, None]


def test_what_is_drawn_is_the_same_after_steps_back_and_where_time_is_seen() -> None:
    workbench = Workbench()
    whole = ran(QUEUE, None, workbench)
    for steps in (8, 3, 0, 5):
        charts = ran(QUEUE, steps, workbench).charts
        assert [chart.values for chart in charts] == [chart.values[: steps + 1] for chart in whole.charts]
    assert ran(QUEUE, None, workbench) == whole
    timed = ran(
        QUEUE.replace("-- chart: count", '-- chart: redis("TIME")[1] - 1767225600\n-- chart: count', 1).replace(
            '-- chart: redis("GET", "tokens")\n', ""
        )
    )
    assert timed.charts[3].values == [0] * 9
    assert [chart.values for chart in timed.charts[4:]] == [chart.values for chart in whole.charts[4:]]


def test_the_keys_of_each_moment_are_shown_and_nothing_is_taken_back() -> None:
    workbench = Workbench()
    whole = ran(QUEUE, None, workbench)
    runner = workbench.scenario.runner
    before = [ran(QUEUE, steps) for steps in range(9)]
    for steps in (0, 8, 2, 5, 4, -1, 99):
        shown = showing.moment(workbench, ScenarioMoment(QUEUE, [], steps=steps))
        assert isinstance(shown, ScenarioMomentShown)
        assert shown.steps == min(max(steps, 0), 8)
        assert (shown.at, shown.keys) == (before[shown.steps].at, before[shown.steps].keys)
        assert len(runner.ran) == 8
    assert ran(QUEUE, None, workbench) == whole
    again = showing.moment(Workbench(), ScenarioMoment(QUEUE, [], steps=2))
    assert isinstance(again, ScenarioMomentShown)
    assert again.keys == before[2].keys
    assert not isinstance(showing.moment(Workbench(), ScenarioMoment("x", [], steps=2)), ScenarioMomentShown)


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ('redis("SET", "k", 1)', "Write commands are not allowed"),
        ('redis("GET", "k") +', "unexpected symbol"),
        ('redis("GET", "k") + 1', "arithmetic on"),
        ("{}", "a number is drawn, and this is a table"),
        ('"text"', "a number is drawn, and this is text"),
        ("unknown_name", "Script attempted to access nonexistent global variable"),
        ("1) return 2 --", "expected near"),
        ("reply of", "expected"),
    ],
)
def test_a_chart_that_cannot_be_drawn_is_told_and_the_run_goes_on(expression: str, sentence: str) -> None:
    chart = drawn(expression)
    assert (chart.line, chart.values) == (2, [None, None])
    assert sentence in chart.problem


def test_what_is_no_number_is_a_gap() -> None:
    assert drawn("nil").values == [None, None]
    assert drawn("1/0").values == [None, None]
    assert drawn("0/0").values == [None, None]
    assert drawn('redis("GET", "k") -- a remark', "-- A: SET k 7").values == [None, 7]
    assert drawn("reply of nobody").values == [None, None]
    failing = drawn('redis("GET", "k") * 2', "-- A: SET k 7")
    assert failing.values == [None, 14]
    assert "arithmetic" in failing.problem


def test_the_last_moments_are_told_of_many() -> None:
    text = "-- scenario: x\n-- chart: redis('GET', 'n')\n-- steps\n" + "-- A: INCR n\n" * (showing.MOST_MOMENTS + 20)
    many = ran(text)
    assert many.first_moment == 21
    assert len(many.moments) == len(many.charts[0].values) == showing.MOST_MOMENTS
    assert all(after - before == 1 for before, after in pairwise(v for v in many.charts[0].values if v))
    assert many.charts[0].values[-1] == showing.MOST_MOMENTS + 20


@pytest.mark.skipif(not HAS_THREADS, reason="the browser's page limits what a script takes")
def test_an_expression_without_end_is_ended_once() -> None:
    chart = drawn("(function() while true do end end)()", "-- A: PING\n" * 30)
    assert "Script killed" in chart.problem
    assert chart.values == [None] * 31
