"""Scenarios that nobody wrote: the search finds what all orders find, and what it finds fails again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ferrous_vm.exploration.exploring import BROKEN, explore, unwatched
from ferrous_vm.exploration.search import search
from ferrous_vm.scenarios.keyspaces import TimeSeen
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.scenarios.running import run_steps
from ferrous_vm.scenarios.scenario import Scenario
from ferrous_vm.scenarios.world import World
from ferrous_vm.scenarios.writing import write_scenario
from tests.exploration.test_search import LARGE, BruteForce

KEYS = ("a", "b")
CALLS = (
    'redis("INCR", "{key}")',
    'redis("SET", "{key}", me)',
    'redis("SET", "{key}", 5, "PX", 20)',
    'seen = redis("GET", "{key}")',
    'redis("DEL", "{key}")',
    'redis("EXPIRE", "{key}", 1)',
    'if redis("EXISTS", "{key}") == 1 then note("seen") end',
    'redis("RPUSH", "l{key}", me)',
    'redis("LPOP", "l{key}")',
    'redis("HSET", "h{key}", me, 1)',
    'redis("HDEL", "h{key}", me)',
    'redis("SADD", "s{key}", me)',
    'redis("SPOP", "s{key}")',
    'redis("MULTI") redis("INCR", "{key}") redis("EXEC")',
    'redis("WATCH", "{key}")',
    'redis("FLUSHALL")',
    'redis("KEYS", "*")',
    'call("twice", {{"{key}"}})',
    "sleep(10)",
    "sleep(math.random(1, 3))",
    'enter("s") leave("s")',
    'pcall(redis, "LPUSH", "h{key}", 1)',
)
EVENTS = (
    "time",
    "pause",
    "death",
    "lost reply",
    "empty script cache",
    "restart",
    "failover",
    "eviction",
    "advance 5 ms",
)
GIVEN = (
    "SET a 5",
    "SET b 9 PX 30",
    "RPUSH la 7 3 7",
    "HSET ha a-field-with-a-long-name 12",
    "ZADD zb 1.5 a-member-of-a-set",
)
INVARIANTS = (
    'always: redis("EXISTS", "a") + redis("EXISTS", "b") < 2',
    'always: (tonumber(redis("GET", "a") or 0) or 0) < 3',
    'always: holders("s") < 2',
    "always: count('seen') < 2 in any 10 ms",
    'at the end: redis("DBSIZE") < 3',
    'always: called ~= "GET" or not reply or reply == client',
    'always: replies("INCR", 2) < 2',
    'always: replies("LPOP", false) + replies("SET", "OK") < 2 in any 10 ms',
    'at the end: replies("twice", function(n) return n > 2 end) == replies("twice", nil, "A")',
    'at the end: called == "GET"',
    "sooner or later: reply == 2",
    'sooner or later: redis("EXISTS", "b") == 1',
)

calls = st.builds(lambda call, key: call.format(key=key), st.sampled_from(CALLS), st.sampled_from(KEYS))
programs = st.lists(calls, min_size=1, max_size=3)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Two clients, often of other programs, one or two things that may happen, and an invariant."""
    lines = ["-- scenario: random", f"-- {draw(st.sampled_from(INVARIANTS))}"]
    lines += [f"-- given: {given}" for given in draw(st.lists(st.sampled_from(GIVEN), max_size=2, unique=True))]
    lines += [f"-- may: {event}" for event in draw(st.lists(st.sampled_from(EVENTS), max_size=2, unique=True))]
    lines += ["-- script twice", 'redis.call("INCR", KEYS[1])', 'return redis.call("INCR", KEYS[1])']
    for name in ("A", "B"):
        lines += [f"-- client {name}", *draw(programs)]
    return read_scenario("\n".join(lines).encode())


def world_of(scenario: Scenario) -> World:
    try:
        return World(scenario)
    except TimeSeen:
        return World(scenario, absolute=True)


@settings(max_examples=25)
@given(scenarios())
def test_what_is_left_out_changes_nothing(scenario: Scenario) -> None:
    world = world_of(scenario)
    all_orders = BruteForce(world, most_events=20_000)
    if not all_orders.is_whole:
        return
    searched = search(world_of(scenario), LARGE, unwatched)
    if all_orders.broken:
        assert searched.found is not None
        assert searched.found.broken.text in all_orders.broken
        assert len(searched.found.actions) == all_orders.shortest
    else:
        assert searched.found is None
        assert searched.positions == len(all_orders.positions)


@settings(max_examples=20)
@given(scenarios())
def test_what_is_found_fails_again(scenario: Scenario) -> None:
    exploration = explore(scenario, budget=5_000)
    assert (exploration.verdict == BROKEN) == (exploration.failure is not None)
    if exploration.failure is not None:
        assert exploration.failure.ran[-1].broken == exploration.failure.broken
        assert exploration.failure.broken
        again = run_steps(read_scenario(write_scenario(exploration.failure.scenario)))
        assert [ran.broken for ran in again] == [*[""] * (len(again) - 1), exploration.failure.broken]
        assert not any(ran.passed_over for ran in again)
