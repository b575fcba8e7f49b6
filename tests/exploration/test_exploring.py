"""Exploring: each thing that may happen, what must hold, what is said of it, and hostile scenarios."""

from __future__ import annotations

import itertools
import sys
from functools import partial
from types import FrameType
from typing import Any

import pytest

from ferrous_vm.exploration.exploring import BROKEN, HOLDS, UNDECIDED, Exploration, explore
from ferrous_vm.exploration.schedules import try_chunk
from ferrous_vm.exploration.search import Searched, Stopped
from ferrous_vm.exploration.telling import words
from ferrous_vm.scenarios.keyspaces import EPOCH
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.scenarios.running import run_steps
from ferrous_vm.scenarios.scenario import ScenarioError
from ferrous_vm.scenarios.writing import write_scenario


def explored(text: str, budget: int = 20_000) -> Exploration:
    return explore(read_scenario(f"-- scenario: x\n{text}".encode()), budget=budget)


def steps_of(exploration: Exploration) -> list[str]:
    assert exploration.failure is not None
    return [ran.sentence for ran in exploration.failure.ran]


EVENTS = {
    "time": ('redis("SET", "k", 1, "PX", 500)\nassert(redis("GET", "k"), "gone")', "501 ms pass"),
    "advance 700 ms": ('redis("SET", "k", 1, "PX", 500)\nassert(redis("GET", "k"), "gone")', "700 ms pass"),
    "pause": ('redis("SET", "k", 1, "PX", 500)\nassert(redis("GET", "k"), "gone")', "A pauses"),
    "death": ('redis("SET", "k", 1)\nredis("DEL", "k")', "A dies"),
    "lost reply": ('redis("INCR", "n")\nif redis("GET", "n") ~= "1" then fail("twice") end', "its reply is lost"),
    "empty script cache": ('now()\nredis("EVALSHA", sha("s"), 0)', "the script cache is emptied"),
    "restart": ('redis("MULTI")\nredis("PING")\nredis("EXEC")', "the server restarts"),
    "failover": ('redis("SET", "k", 1)\nassert(redis("GET", "k"), "lost")', "the server fails over, losing 1 write"),
    "eviction": ('redis("SET", "k", 1, "EX", 9)\nassert(redis("GET", "k"), "gone")', "k is evicted"),
}
"""What may happen; a program that it breaks; and the step of the failure."""


@pytest.mark.parametrize("event", EVENTS)
def test_what_may_happen_happens_only_where_it_is_switched_on(event: str) -> None:
    program, step = EVENTS[event]
    text = f"-- at the end: no key of k is left\n-- script s\nreturn 1\n-- client A\n{program}"
    quiet = text.replace("-- at the end: no key of k is left\n", "") if "fail" in event or "assert" in program else text
    assert explored(quiet).verdict == HOLDS
    exploration = explored(f"-- may: {event}\n{quiet}")
    assert exploration.verdict == BROKEN
    if event == "lost reply":
        assert any(sentence.endswith("the reply is lost") for sentence in steps_of(exploration))
    else:
        assert step in steps_of(exploration)


@pytest.mark.parametrize("event", EVENTS)
def test_a_failure_is_a_scenario_that_fails_again(event: str) -> None:
    failure = explored(f"-- may: {event}\n-- script s\nreturn 1\n-- client A\n{EVENTS[event][0]}\nfail('here')").failure
    assert failure is not None
    again = run_steps(read_scenario(write_scenario(failure.scenario)))
    assert again[-1].broken == failure.broken
    assert [(ran.sentence, ran.reply, ran.at) for ran in again] == [
        (ran.sentence, ran.reply, ran.at) for ran in failure.ran
    ]


LIMITER = """\
-- always: granted <= 2 in any 1000 ms
-- script limit
local n = redis.call("INCR", KEYS[1])
if n == 1 then redis.call("PEXPIRE", KEYS[1], 1000) end
return n <= 2 and 1 or 0
-- clients: 3 w
sleep({pause})
if call("limit", {{"rate:x"}}) == 1 then note("granted") end
if call("limit", {{"rate:x"}}) == 1 then note("granted") end
"""


def test_notes_are_counted_within_windows() -> None:
    assert explored(LIMITER.format(pause=0)).verdict == HOLDS
    exploration = explored("-- may: time\n" + LIMITER.format(pause=0))
    assert exploration.failure is not None
    assert exploration.failure.broken == "always: granted <= 2 in any 1000 ms"


COUNTED = {
    'replies("SET", "OK") == 1 and replies("SET") == 1 and replies("GET", false) == 1': True,
    'replies("GET", nil, "A") == 2 and replies("GET", nil, "B") == 0': True,
    'replies("LPUSH", function(it) return it.err end) == 1': True,
    "replies('twice', 2) == 1 and replies ( 'twice' ) == 3 and replies('tw' .. 'ice') == 3": True,
    "(function() local all = replies return all('twice') end)() == 3": True,
    'called == "MGET" and client == "A" and reply[1] == "1" and reply[2] == false': True,
    'replies("MGET", function(reply) return reply[1] == "1" end) == 1': True,
    'replies("GET", 1) == 1': False,  # it is a text
}
"""Expressions over what A is replied in the test below, and whether they hold at its end."""


@pytest.mark.parametrize("expression", COUNTED)
def test_replies_are_counted(expression: str) -> None:
    text = f"""\
-- at the end: {expression}
-- script twice
return ARGV[1] * 2
-- client A
redis("GET", "k")
redis("set", "k", 1)
redis("GET", "k")
pcall(redis, "LPUSH", "k", 1)
call("twice", {{}}, {{1}})
redis("EVALSHA", sha("twice"), 0, 2)
redis("EVAL", source("twice"), 0, 3)
redis("MGET", "k", "l")
"""
    assert explored(text).verdict == (HOLDS if COUNTED[expression] else BROKEN)


def test_who_tries_again_until_a_reply_comes_back_to_where_it_was() -> None:
    text = '-- always: replies("GET", "1") == 0\n-- client A\nwhile redis("GET", "k") == false do sleep(10) end'
    exploration = explored(text)
    assert exploration.verdict == HOLDS
    assert exploration.positions < 10


def test_a_note_that_is_called_as_a_word_of_invariants_is_a_note() -> None:
    assert (
        explored('-- at the end: reply == 2\n-- client A\nnote("reply") redis("PING") note("reply")').verdict == HOLDS
    )


def test_steps_of_their_own_have_replies() -> None:
    text = b'-- scenario: x\n-- always: reply ~= 2 or client ~= "B"\n-- steps\n-- A: INCR n\n-- A: INCR n\n'
    assert [ran.broken for ran in run_steps(read_scenario(text))] == ["", ""]
    broken = 'always: reply ~= 2 or client ~= "B"'
    ran = run_steps(read_scenario(text.replace(b"A: INCR n\n-- A", b"A: INCR n\n-- B")))
    assert [each.broken for each in ran] == ["", broken]


def test_sooner_or_later_is_asked_at_every_moment_of_a_run() -> None:
    text = '-- sooner or later: redis("GET", "k") == "1"\n-- client A\nredis("SET", "k", {})\nredis("SET", "k", 3)'
    assert explored(text.format(1)).verdict == HOLDS
    assert explored(text.format(2)).verdict == BROKEN


def test_clocks_of_clients_may_be_ahead() -> None:
    text = '-- client A{}\nif now() ~= 1767225600000 + {} then fail("wrong") end'
    assert explored(text.format("", 0)).verdict == HOLDS
    assert explored(text.format("   clock: +500 ms", 500)).verdict == HOLDS
    assert explored(text.format("   clock: +500 ms", 0)).verdict == BROKEN


def test_time_that_scripts_see_is_a_part_of_the_state() -> None:
    text = """\
-- script now
return redis.call("TIME")[1]
-- client A
local first = call("now")
sleep(3000)
if call("now") - first ~= 3 then fail("time stood") end
"""
    assert explored(text).verdict == HOLDS


def test_a_bound_on_preemptions_leaves_out_what_needs_more() -> None:
    text = '-- at the end: redis("GET", "n") == "2"\n-- clients: 2 w\nlocal n = redis("GET", "n") or 0\n'
    text += 'redis("SET", "n", n + 1)'
    assert explored(text).verdict == BROKEN
    assert explored("-- at most: 0 preemptions\n" + text).verdict == HOLDS
    assert explored("-- at most: 1 preemption\n" + text).verdict == BROKEN


def test_a_bound_on_events_is_said() -> None:
    exploration = explored('-- at most: 3 events\n-- clients: 2 w\nwhile true do redis("INCR", "n") end')
    assert exploration.verdict == HOLDS
    assert "Every order of up to 3 events holds" in exploration.statement
    assert "Longer ones were not tried" in exploration.statement


def test_who_tries_again_for_ever_comes_back_to_where_it_was() -> None:
    exploration = explored('-- client A\nwhile redis("GET", "k") == false do sleep(10) end')
    assert exploration.verdict == HOLDS
    assert exploration.positions < 10


DEEP = """\
-- always: count("met") == 0
-- clients: 3 w
for i = 1, 20 do
  redis("SET", me, i)
end
if redis("INCR", "met") == 3 then note("met") end
"""


def test_where_there_are_too_many_orders_chance_finds_what_lies_deep() -> None:
    exploration = explored(DEEP, budget=1600)
    assert exploration.verdict == BROKEN
    assert exploration.schedules > 0
    assert exploration == explored(DEEP, budget=1600)
    scenario = read_scenario(f"-- scenario: x\n{DEEP}".encode())
    assert exploration == explore(scenario, budget=1600, on_cores=partial(map, try_chunk))


def test_what_was_not_tried_is_said() -> None:
    exploration = explored('-- clients: 4 w\nfor i = 1, 1000 do redis("RPUSH", "l", me) end', budget=800)
    assert exploration.verdict == UNDECIDED
    assert "chosen by chance from seed 0. The others were not tried." in exploration.statement


def test_whoever_watches_may_stop_it() -> None:
    told: list[int] = []

    def watch(searched: Searched) -> None:
        told.append(searched.events)
        if len(told) == 3:
            raise Stopped

    scenario = read_scenario(b'-- scenario: x\n-- clients: 4 w\nfor i = 1, 1000 do redis("RPUSH", "l", me) end')
    exploration = explore(scenario, watch=watch)
    assert exploration.verdict == UNDECIDED
    assert exploration.events == told[-1]
    assert "it was stopped" in exploration.statement


@pytest.mark.parametrize(
    "program",
    [
        'while true do redis("APPEND", "k", ("x"):rep(1000000)) end',
        'local t = {} for i = 1, 1e9 do t[i] = redis("INCR", "n") end',
        'for i = 1, 1e9 do note(i) redis("INCR", "n") end',
        "for i = 1, 1e9 do now() sleep(1) end",
        "while true do end",
    ],
)
def test_hostile_programs_end_and_are_told_of(program: str) -> None:
    exploration = explored(f"-- may: time\n-- clients: 2 w\n{program}", budget=160)
    assert exploration.verdict in (BROKEN, UNDECIDED)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-- given: SETRANGE k 300000000 x\n-- client A\nnow()", "memory limit of 268435456 bytes exceeded"),
        pytest.param(
            "-- script s\nwhile true do end\n-- client A\ncall('s')",
            "a script does not end within a second",
            marks=pytest.mark.host,
        ),
    ],
)
def test_what_takes_too_much_is_told(text: str, sentence: str) -> None:
    with pytest.raises(ScenarioError, match=sentence):
        explored(text)


@pytest.mark.host
@pytest.mark.parametrize("instant", [3_000, 10_000, 30_000, 60_000])
def test_an_interrupt_at_any_instant_leaves_what_comes_next_as_it_was(instant: int) -> None:
    text = "-- may: time\n" + LIMITER.format(pause=0)
    expected = explored(text)
    lines = itertools.count()

    def interrupt(frame: FrameType, event: str, argument: object) -> Any:
        if next(lines) == instant:
            raise KeyboardInterrupt
        return interrupt

    before = sys.gettrace()
    sys.settrace(interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            explored(text)
    finally:
        sys.settrace(before)
    assert explored(text) == expected


def test_an_invariant_that_cannot_be_asked_is_told_with_its_line() -> None:
    for expression, sentence in (
        ('redis("SET", "a", 1)', "Write commands are not allowed"),
        ("granded <= 5", "nonexistent global variable 'granded'"),
        ("while true", "Error compiling script"),
        ('replies("limt") <= 1', "nothing is called 'limt' here"),
        ('called ~= "get" or reply', "nothing is called 'get' here"),
    ):
        with pytest.raises(ScenarioError, match=sentence) as raised:
            explored(f'-- always: {expression}\n-- client A\nredis("PING")')
        assert raised.value.line == 2


def test_what_is_broken_before_anything_happens_fails_again() -> None:
    exploration = explored('-- always: holders("s") < 2\n-- clients: 2 w\nenter("s") leave("s")')
    assert exploration.statement.startswith('It fails before anything happens: always: holders("s") < 2.')
    assert exploration.failure is not None
    assert [ran.broken for ran in run_steps(exploration.failure.scenario)] == ['always: holders("s") < 2']


@pytest.mark.parametrize(
    ("may", "found"), [("-- may: time\n", {99, 100, 101}), ("", set()), ("-- may: pause\n", {99, 100, 101})]
)
def test_time_passes_to_just_before_the_end_of_a_sleep_and_just_after(may: str, found: set[int]) -> None:
    text = (
        may + "-- client A\nsleep(100)\n-- client B\nredis('PING')\nif now() == {} then fail('seen') end\nsleep(1000)\n"
    )
    verdicts = {at: explored(text.format(EPOCH + at)).verdict for at in (98, 99, 100, 101, 102)}
    assert {at for at, verdict in verdicts.items() if verdict == BROKEN} == found


def test_a_failure_is_told_in_words() -> None:
    lines = words(explored('-- client A\nif redis("INCR", "n") == 1 then fail("first") end'))
    assert lines[0].startswith("It fails after 1 event: A: first. Found after 1 event")
    assert lines[1] == "1. at 0 ms: A: INCR n → (integer) 1. Broken: A: first"


def test_a_chart_changes_nothing_of_what_is_tried() -> None:
    text = '-- always: redis("GET", "n") ~= "2"\n-- clients: 2 w\nredis("INCR", "n")'
    drawn = explored(f'-- chart: replies("INCR", 1)\n-- chart: reply\n{text}')
    plain = explored(text)
    assert (drawn.events, drawn.positions, drawn.statement) == (plain.events, plain.positions, plain.statement)
    assert drawn.failure is not None
    assert len(drawn.failure.scenario.charts) == 2


TWICE = """\
-- scenario: x
-- at the end: replies("twice", 2) == 0
-- library lib
#!lua name=lib
redis.register_function('twice', function() return 2 end)
-- client A
redis("FCALL", "TWICE", 0)
"""


def test_a_function_is_counted_however_its_name_is_written() -> None:
    assert explore(read_scenario(TWICE.encode())).verdict == BROKEN
