"""The steps of a scenario, one by one and back; and that a plain server answers the same."""

from __future__ import annotations

import pytest

from ferrous_vm.scenarios.keyspaces import EPOCH
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.scenarios.running import Ran, Runner, run_steps
from ferrous_vm.scenarios.scenario import ScenarioError
from ferrous_vm.server import Server

LOCK = """\
-- scenario: a lock
-- given: SET stock 2
-- script acquire
if redis.call("SET", KEYS[1], ARGV[1], "NX", "PX", ARGV[2]) then return 1 end
return 0
-- client A
while call("acquire", {"lock"}, {me, 1000}) == 0 do sleep(100) end
enter("critical")
redis("DECR", "stock")
leave("critical")
local ok, failure = pcall(redis, "LPUSH", "stock", 1)
note(failure.err)
"""


def run(text: str) -> list[Ran]:
    return run_steps(read_scenario(text.encode()))


def told(ran: list[Ran]) -> list[tuple[str, str]]:
    return [(each.sentence, each.passed_over or each.reply) for each in ran]


def test_a_program_goes_on_from_call_to_call() -> None:
    ran = run(LOCK)
    assert told(ran) == [
        ("A calls acquire(lock; A, 1000)", "(integer) 1"),
        ("A goes on", ""),
        ("A: DECR stock", "(integer) 1"),
        (
            "A: LPUSH stock 1",
            "(error) WRONGTYPE Operation against a key holding the wrong kind of value",
        ),
    ]
    assert [each.effects for each in ran] == [
        ["enters critical"],
        [],
        ["leaves critical"],
        ["notes WRONGTYPE Operation against a key holding the wrong kind of value"],
    ]


def test_steps_of_others_stand_between_and_time_moves_as_told() -> None:
    ran = run(
        LOCK
        + """
-- steps
-- B calls acquire   keys: lock   argv: B 1000
-- expect reply: (integer) 1
-- A goes on
-- A goes on
-- advance 100 ms
-- A goes on ×2
-- advance to just before the next expiry
-- B: PTTL lock
-- expect reply: (integer) 1
-- advance to the next expiry
-- B: PTTL lock
-- expect reply: (integer) 0
-- advance to just after the next expiry
-- B: EXISTS lock
-- expect reply: (integer) 0
-- expect key stock: "2"
-- A goes on
-- lock is evicted
-- A is back
"""
    )
    assert not any(each.unmet for each in ran)
    assert [(each.passed_over, each.at) for each in ran if each.passed_over] == [
        ("A sleeps for 100 ms more", 0),
        ("there is no key lock", 1001),
        ("A is not away", 1001),
    ]


def test_what_is_expected_and_not_so_is_told() -> None:
    (ran,) = run('-- scenario: x\n-- steps\n-- A: INCR n ×3\n-- expect reply: (integer) 4\n-- expect key n: "3"\n')
    assert [(unmet.about, unmet.expected, unmet.got) for unmet in ran.unmet] == [
        ("reply", "(integer) 4", "(integer) 3")
    ]


def test_every_step_can_be_taken_back() -> None:
    runner = Runner(read_scenario(LOCK.encode()))
    first = runner.position
    scenario = read_scenario((LOCK + "-- steps\n-- A goes on\n-- advance 10 ms\n-- A dies\n").encode())
    for step in scenario.steps:
        runner.step(step)
    assert runner.at == 10
    for _ in scenario.steps:
        runner.back()
    runner.back()
    assert (runner.position, runner.at, runner.ran) == (first, 0, [])


def test_transactions_and_what_they_watch_belong_to_the_state() -> None:
    text = """\
-- scenario: optimistic
-- given: SET n 1
-- client A
redis("WATCH", "n")
local n = redis("GET", "n")
redis("MULTI")
redis("SET", "n", n + 1)
redis("EXEC")
-- client B
redis("INCR", "n")
-- steps
-- A goes on ×4
-- B goes on
-- A goes on
-- expect reply: (nil)
-- expect key n: "2"
"""
    runner = Runner(read_scenario(text.encode()))
    for step in runner.scenario.steps:
        assert not runner.step(step).unmet
    runner.back()
    runner.back()
    step = runner.scenario.steps[-1]
    assert runner.step(step).reply == "1) OK"


def test_a_server_that_restarts_forgets_scripts_and_transactions() -> None:
    ran = run(
        """\
-- scenario: restart
-- script one
return 1
-- client A
redis("MULTI")
redis("EXEC")
-- client B
redis("EVALSHA", sha("one"), 0)
redis("EVALSHA", sha("one"), 0)
-- steps
-- A goes on
-- B goes on
-- expect reply: (integer) 1
-- the server restarts
-- B goes on
-- expect reply: (error) NOSCRIPT No matching script. Please use EVAL.
-- A goes on
-- expect reply: (error) ERR EXEC without MULTI
"""
    )
    assert not any(each.unmet for each in ran)
    assert ran[3].broken == "B: error: NOSCRIPT No matching script. Please use EVAL."


def test_a_failover_loses_the_last_writes() -> None:
    ran = run(
        """\
-- scenario: failover
-- steps
-- A: INCR n ×5
-- A: GET n
-- the server fails over, losing 2 writes
-- A: GET n
-- expect reply: "3"
"""
    )
    assert not any(each.unmet for each in ran)


CALLS = (
    b"SET a 1 PX 500",
    b"INCRBY a 41",
    b"HSET h f 1 g 2",
    b"HGETALL h",
    b"ZADD z 2 x 1 y",
    b"ZRANGE z 0 -1 WITHSCORES",
    b"SADD s 3 1 2",
    b"SMEMBERS s",
    b"LPUSH l a b",
    b"LRANGE l 0 -1",
    b"XADD x * f v",
    b"XLEN x",
    b"PTTL a",
    b"APPEND r raw",
    b"SETRANGE r 1 u",
    b"GET r",
    b"COPY h h2",
    b"DEL h",
    b"TIME",
    b"FLUSHALL",
    b"DBSIZE",
)


def test_a_plain_server_answers_the_same() -> None:
    steps = "".join(f"-- A: {call.decode()}\n-- advance 30 ms\n" for call in CALLS)
    ran = run(f"-- scenario: beside\n-- steps\n{steps}")
    now = EPOCH
    server = Server(clock=lambda: now * 1000)
    client = server.connect()
    from ferrous_vm.workbench.printed_values import print_reply

    for call, each in zip(CALLS, ran[::2], strict=True):
        assert each.reply == print_reply(client.execute_resp(*call.split())), call
        now += 30


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("-- given: SET a\n-- client A\nx()", 2, "refused: ERR wrong number of arguments for 'set' command"),
        ("-- script s\nreturn +\n-- client A\nx()", 2, "script s: ERR Error compiling script"),
        ("-- client A\n\nreturn +", 4, "A:4: unexpected symbol near '+'"),
    ],
)
def test_what_cannot_be_set_up_is_told(text: str, line: int, sentence: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        run("-- scenario: x\n" + text)
    assert raised.value.line == line
    assert sentence in str(raised.value)


HOSTILE = {
    "while true do end": "instruction limit of 1000000 exceeded, without a call",
    "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end": "exceeded",
    "string.rep('x', 1e9)": "",
    "for i = 1, 1000 do note(i) end": "more than 100 notes and sections without a call",
    "local function f() return f() + 1 end f()": "stack overflow",
    "sleep(-1)": "sleep needs milliseconds, 0 or more",
    "redis({})": "the words of a command are strings and numbers",
    "redis()": "redis needs a command",
    "call('nothing')": "there is no script 'nothing' in this scenario",
    "leave('x')": "leave('x') without enter",
    "fail('so it is')": "so it is",
    "error({})": "(error object is not a string)",
    "dofile('/etc/passwd')": "attempt to call global 'dofile' (a nil value)",
    "redis('SUBSCRIBE', 'x')": "ERR 'subscribe' is not offered to clients of a scenario",
    "redis('CONFIG', 'SET', 'maxmemory', 1)": "ERR 'config' is not offered to clients of a scenario",
}


@pytest.mark.parametrize("program", HOSTILE)
def test_a_program_that_goes_wrong_is_told_of(program: str) -> None:
    ran = run(f"-- scenario: x\n-- client A\nnow()\n{program}\n")
    assert HOSTILE[program] in ran[-1].broken
    assert ran[-1].broken
