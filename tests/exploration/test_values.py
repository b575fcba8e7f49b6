"""The values of a failure: as small as they can be, and never another failure."""

from __future__ import annotations

import pytest

from ferrous_vm.exploration.exploring import Failure, explore
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.scenarios.running import run_steps
from ferrous_vm.scenarios.sentences import text_of
from ferrous_vm.scenarios.writing import write_scenario


def failure_of(text: str) -> Failure:
    """What fails; it does so again when it is read and run."""
    failure = explore(read_scenario(f"-- scenario: x\n{text}".encode()), budget=20_000).failure
    assert failure is not None
    again = run_steps(read_scenario(write_scenario(failure.scenario)))
    assert [ran.broken for ran in again] == [*[""] * (len(again) - 1), failure.broken]
    assert not any(ran.passed_over for ran in again)
    return failure


def given_of(text: str) -> list[str]:
    return [text_of(given.words) for given in failure_of(text).scenario.given]


def times_of(text: str) -> list[int]:
    return [ran.step.amount for ran in failure_of(text).ran if ran.step.kind == "advance"]


LATE = """\
-- client A
local before = now()
redis("SET", "a", 1, "PX", 60000)
if now() > before + 17 then fail("late") end
"""


def test_times_are_as_short_as_they_can_be() -> None:
    assert times_of(f"-- may: time\n{LATE}") == [18]
    assert times_of(f"-- may: pause\n{LATE}") == [18]


def test_times_that_the_scenario_names_stay() -> None:
    assert times_of(f"-- may: advance 700 ms\n{LATE}") == [700]
    assert times_of('-- client A\nsleep(5000)\nif redis("INCR", "n") == 1 then fail("x") end') == [5000]


def test_times_that_can_pass_together_do() -> None:
    text = """\
-- may: time
-- always: holders("c") <= 1
-- client A
if redis("SET", "l", me, "NX", "PX", 60000) then enter("c") sleep(5) leave("c") end
-- client B
redis("SET", "other", me)
if redis("SET", "l", me, "NX", "PX", 60000) then enter("c") leave("c") end
"""
    assert times_of(text) == [60001]


LOST_UPDATE = """
-- always: repeated("^job") == 0
-- clients: 2 w
local job = redis("LINDEX", "jobs", 0)
note("job " .. job)
redis("LPOP", "jobs")
"""


def test_what_is_given_is_as_small_as_it_can_be() -> None:
    assert given_of(f"-- given: RPUSH jobs 17 25 17{LOST_UPDATE}") == ["RPUSH jobs 0 1 0"]
    long = "a-description-of-a-job"
    assert given_of(f"-- given: RPUSH jobs {long} short {long}{LOST_UPDATE}") == ["RPUSH jobs a short a"]


EXPIRED = '\n-- may: time\n-- client A\nif redis("EXISTS", "lock") == 0 then fail("gone") end\n'


@pytest.mark.parametrize(
    ("given", "shrunk"),
    [
        ("SET lock other PX 5000", "SET lock other PX 2"),
        ("SET lock other EX 60", "SET lock other EX 1"),
        ("SETEX lock 60 other", "SETEX lock 1 other"),
    ],
)
def test_times_to_live_that_are_given_are_as_short_as_they_can_be(given: str, shrunk: str) -> None:
    text = f"-- given: {given}{EXPIRED}"
    assert given_of(text) == [shrunk]
    assert times_of(text) == [3 if "PX" in given else 1001]
    assert given_of(f"{text}-- 5000 or 60, as the program says\n") == [given]


@pytest.mark.parametrize(
    ("given", "program"),
    [
        # with less in stock, one after the other would fail too
        (
            "SET stock 2",
            """\
-- always: tonumber(redis("GET", "stock")) >= 0
-- clients: 3 w
if tonumber(redis("GET", "stock")) > 0 then redis("DECR", "stock") end
""",
        ),
        # with less on the account nobody would have to hurry
        (
            "SET account 100",
            """\
-- at the end: tonumber(redis("GET", "account")) >= 98
-- clients: 2 w
if redis("GET", "held") == false then redis("SET", "held", me) redis("DECRBY", "account", 2) end
""",
        ),
        # the program knows the name
        (
            "RPUSH jobs a-description-of-a-job b",
            "-- client A\nif redis('LPOP', 'jobs') == 'a-description-of-a-job' then fail('x') end",
        ),
        # a key
        ("SET a-very-long-name-of-a-key x", "-- client A\nif redis('DBSIZE') == 1 then fail('x') end"),
        # options, and what scripts are given
        ("SET k v KEEPTTL", "-- client A\nif redis('DBSIZE') == 1 then fail('x') end"),
        (
            "EVAL \"redis.call('SET', KEYS[1], ARGV[1])\" 1 k 500",
            "-- client A\nif redis('DBSIZE') == 1 then fail('x') end",
        ),
    ],
)
def test_it_stays_the_same_failure(given: str, program: str) -> None:
    assert given_of(f"-- given: {given}\n{program}") == [given]


NEVER_BOTH = """\
-- always: not (redis("EXISTS", "a") == 1 and redis("EXISTS", "b") == 1) and (redis("GET", "c") or 0) + 0 < 5
-- client A
redis("SET", "a", 1) redis("DEL", "a") redis("SET", "c", "x")
-- client B
redis("SET", "b", 1)
"""


def test_what_cannot_be_asked_in_another_order_takes_no_failure_away() -> None:
    failure = failure_of(NEVER_BOTH)
    assert len(failure.ran) == 2
