"""Scenarios as text: read, written, read again; and what is said of every mistake."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.scenarios.reading import LARGEST, read_scenario
from ferrous_vm.scenarios.scenario import Scenario, ScenarioError, Step
from ferrous_vm.scenarios.sentences import SENTENCES, read_step, write_step
from ferrous_vm.scenarios.writing import write_scenario

WHOLE = b"""\
-- scenario: A lock without a token
-- about: A slow client deletes the lock
-- about: that another one holds.
-- source: https://example.org/locks
-- given: SET "a key" 3
-- always: holders("critical") <= 1
-- always: count("granted") <= 5 in any 1000 ms
-- at the end: no key of lock* is left
-- sooner or later: count("done") == 2
-- chart: redis("GET", "stock")
-- chart: replies OK of A
-- may: time
-- may: death \xc3\x972
-- may: advance 400 ms
-- may: failover, losing 2 writes
-- at most: 40 events
-- at most: 2 preemptions

-- script acquire
-- takes it: if it can
return redis.call("SET", KEYS[1], ARGV[1], "NX", "PX", ARGV[2])

-- library inventory
#!lua name=inventory
redis.register_function("f", function() return 1 end)

-- client A   clock: -500 ms
call("acquire", {"lock"}, {me, 1000})

-- clients: 3 worker
note("done")

-- steps
-- A goes on
-- expect reply: OK
-- B calls acquire   keys: lock "a key"   argv: "" 1000   \xc3\x973
-- B: GET "a \\" key"
-- expect reply: (nil)
-- expect key "a key": "3"
-- A goes on, its reply is lost
-- A dies
-- worker2 pauses
-- worker2 is back
-- advance 500 ms
-- advance to just before the next expiry
-- advance to the next expiry
-- advance to just after the next expiry
-- the script cache is emptied
-- the server restarts
-- the server fails over, losing 2 writes
-- "a key" is evicted
"""


def test_what_is_written_is_what_was_read() -> None:
    scenario = read_scenario(WHOLE)
    text = write_scenario(scenario)
    assert write_scenario(read_scenario(text)) == text
    assert scenario.about == "A slow client deletes the lock that another one holds."
    assert scenario.client_names == ["A", "worker1", "worker2", "worker3"]
    assert scenario.scripts[0].source.startswith(b"-- takes it: if it can\nreturn")
    assert scenario.steps[1].keys == (b"lock", b"a key")
    assert scenario.steps[1].words == (b"acquire", b"", b"1000")
    assert scenario.steps[1].times == 3
    assert {step.kind for step in scenario.steps} == {sentence.kind for sentence in SENTENCES}


words = st.binary(max_size=12)


@given(st.lists(words, min_size=1, max_size=4), st.lists(words, max_size=3), st.integers(1, 9))
def test_steps_of_any_words_are_read_back(said: list[bytes], keys: list[bytes], times: int) -> None:
    for step in (
        Step("command", "A", tuple(said), times=times),
        Step("call", "A", (b"acquire", *said), tuple(keys), times=times),
        Step("eviction", words=(said[0],), times=times),
    ):
        assert read_step(0, write_step(step)) == step


@given(st.binary(max_size=80))
def test_any_bytes_are_a_scenario_or_a_sentence(data: bytes) -> None:
    for source in (data, b"-- scenario: x\n" + data, WHOLE[: len(data) * 12] + data):
        with suppress(ScenarioError):
            assert isinstance(read_scenario(source), Scenario)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("-- alwyas: true", "is `-- always:` meant?"),
        ("-- chrat: dead", "is `-- chart:` meant?"),
        ("-- chart:", "nothing stands behind `-- chart`"),
        ("-- may: sleep", "'sleep' is nothing that may happen"),
        ("-- may: death ×0", "it may happen 1 to"),
        ("-- at most: few events", "write `-- at most: 40 events`"),
        ("-- clients: many worker", "several clients of one program are written"),
        ("-- clients: 99 worker", "there are 1 to 10 clients"),
        ("-- client A B", "a client is named by letters and digits"),
        ("-- script two words", "has a name without blanks"),
        ("-- given: SET 'a", "unbalanced quotes"),
        ("-- given:", "nothing stands behind `-- given`"),
        ("return 1", "this is neither Lua of a script or client"),
        ("-- steps\n-- A jumps", "no step: 'A jumps'"),
        ("-- steps\n-- expect reply: 1", "an expectation comes behind its step"),
        ("-- steps\nA goes on", "a step is a line that begins with"),
        ("-- steps\n-- A goes on", "no client 'A' has a program here"),
        ("-- steps\n-- A calls f", "there is no script 'f' here"),
        ("-- client A\n-- client A", "there is a client 'A' above already"),
        ("-- script a\n-- script a", "there is a script 'a' above already"),
        ("-- scenario: y", "there is a line `-- scenario:` above already"),
        ("", "nothing happens here"),
    ],
)
def test_every_mistake_is_told_with_its_line(line: str, sentence: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        read_scenario(b"-- scenario: x\n" + line.encode())
    assert sentence in str(raised.value)
    last = 2 + line.count("\n")
    assert raised.value.line == (last if line else 1)


def test_what_is_none_and_what_is_too_large_is_told() -> None:
    for source, sentence in ((b"return 1", "a scenario begins with"), (b"x" * (LARGEST + 1), "at most 1,000,000")):
        with pytest.raises(ScenarioError, match=sentence):
            read_scenario(source)


def test_charts_are_kept_and_bounded() -> None:
    lines = [f'-- chart: redis("LLEN", "queue:{number}")' for number in range(8)]
    text = "\n".join(["-- scenario: x", *lines, "", "-- steps", "-- A: PING", ""]).encode()
    assert write_scenario(read_scenario(text)) == text
    with pytest.raises(ScenarioError, match="at most 8 charts") as raised:
        read_scenario(text.replace(b"\n\n", b"\n-- chart: dead\n\n", 1))
    assert raised.value.line == 10
