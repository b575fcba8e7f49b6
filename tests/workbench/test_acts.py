"""What Undo takes back Redo does again, exactly; and what time does to the keyspace is nobody's act."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from ferrous_vm.keyspace import Keyspace
from ferrous_vm.workbench.records.keyspace import Recreation
from tests.keyspace.grammar import Grammar
from tests.keyspace.snapshots import snapshot
from tests.keyspace.test_journal import NAMES
from tests.pyodide_bridge.test_bridge import Visitor

NOON = 1_700_000_000


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def names(acts: list[dict[str, Any]]) -> list[str]:
    return [act["name"] for act in acts]


def all_of(visitor: Visitor) -> Any:
    keyspace: Keyspace = visitor.bridge.workbench.keyspace
    keys = sorted(visitor.bridge.workbench.console.client.execute(b"KEYS", b"*"))
    return snapshot(keyspace), keys, visitor.console("CONFIG GET *"), visitor.console("ACL LIST")


@pytest.mark.parametrize("seed", range(25))
def test_every_act_is_taken_back_and_done_again(seed: int, visitor: Visitor) -> None:
    grammar = Grammar(Random(seed), NAMES)
    workbench = visitor.bridge.workbench
    workbench.clock.held = NOON
    client = workbench.server.connect()
    states = [snapshot(workbench.keyspace)]
    while len(states) < 12:
        mark = workbench.begin()
        for _ in range(6):
            client.execute(*grammar.command())
        if workbench.end("some commands", mark) is not None:
            states.append(snapshot(workbench.keyspace))
    for walk in (slice(None), slice(4, None), slice(7, None)):
        for state in states[walk][-2::-1]:
            assert visitor.ask("Undo")["what"] == "some commands"
            assert snapshot(workbench.keyspace) == state
        for state in states[walk][1:]:
            assert visitor.ask("Redo")["what"] == "some commands"
            assert snapshot(workbench.keyspace) == state


def test_what_is_not_of_a_key_is_done_again_too(visitor: Visitor) -> None:
    lines = [
        "SELECT 1", "SET elsewhere 1 PX 100000000", "CONFIG SET hash-max-listpack-entries 1", "HSET h a 1 b 2",
        "ACL SETUSER ada on +@all", "ACL SETUSER ada ~keys:*", "ACL DELUSER ada", "SWAPDB 0 1", "FLUSHALL",
    ]  # fmt: skip
    visitor.console("SET before 1 EX 1000")
    states = [all_of(visitor)]
    for line in lines:
        visitor.console(line)
        states.append(all_of(visitor))
    for _ in range(2):
        for state in states[-2::-1]:
            visitor.ask("Undo")
            assert all_of(visitor) == state
        for state in states[1:]:
            visitor.ask("Redo")
            assert all_of(visitor) == state


def test_a_new_act_forgets_what_could_be_done_again(visitor: Visitor) -> None:
    visitor.console("SET n 1")
    visitor.console("SET n 2")
    undone = visitor.ask("Undo")
    assert names(undone["keyspace"]["redoable"]) == ["SET"]
    looked = visitor.ask("Console", line="GET n")
    assert (looked["text"], names(looked["keyspace"]["redoable"])) == ('"1"', ["SET"])
    dry = visitor.run("redis.call('SET', 'n', 9)", dry=True, fresh=False)
    assert names(dry["keyspace"]["redoable"]) == ["SET"]
    assert names(visitor.ask("Console", line="INCR n")["keyspace"]["redoable"]) == []
    redone = visitor.ask("Redo")
    assert (redone["what"], visitor.console("GET n")) == ("", '"2"')


def test_an_act_keeps_its_number_and_a_run_knows_its_own(visitor: Visitor) -> None:
    ran = visitor.run("redis.call('SET', 'n', 1)")
    done = ran["keyspace"]["undoable"][-1]
    assert done == {"number": ran["act"], "name": "run"}
    assert visitor.ask("Undo")["keyspace"]["redoable"] == [done]
    assert visitor.ask("Redo")["keyspace"]["undoable"][-1] == done
    again = visitor.run("redis.call('SET', 'n', 2)", fresh=False)
    assert again["act"] > ran["act"]
    assert visitor.run("redis.call('SET', 'n', 3)", fresh=False, dry=True)["act"] is None


@pytest.mark.parametrize("script", ["return 1", "redis.call('SET', 'n', 1) redis.call('DEL', 'n')"])
def test_what_changed_nothing_is_no_act(script: str, visitor: Visitor) -> None:
    ran = visitor.run(script, fixture="# nothing")
    assert ran["act"] is None
    assert ran["keyspace"]["undoable"] == []
    assert visitor.ask("Undo")["what"] == ""


def test_the_clock_moves_the_server_and_that_can_be_taken_back(visitor: Visitor) -> None:
    held = visitor.ask("SetClock", clock=NOON)
    assert held["keyspace"]["clock"] == NOON
    assert held["keyspace"]["undoable"] == []
    visitor.console("SET short 1 EX 50")
    visitor.console("SET long 1 EX 5000")
    moved = visitor.ask("SetClock", clock=NOON + 20)["keyspace"]
    assert (names(moved["undoable"]), moved["keys"], moved["now"]) == (["SET", "SET"], 2, (NOON + 20) * 1000)
    assert moved["next_expiry"] == (NOON + 50) * 1000
    assert visitor.console("TTL short") == "(integer) 30"
    moved = visitor.ask("SetClock", clock=NOON + 80)["keyspace"]
    assert visitor.page.told == [Recreation(0, "short", [])]
    assert (names(moved["undoable"]), moved["keys"]) == (["SET", "SET", "clock"], 1)
    undone = visitor.ask("Undo")
    assert (undone["what"], undone["keyspace"]["clock"], undone["keyspace"]["keys"]) == ("clock", NOON + 20, 2)
    assert visitor.console("TTL short") == "(integer) 30"
    redone = visitor.ask("Redo")
    assert (redone["what"], redone["keyspace"]["clock"], redone["keyspace"]["keys"]) == ("clock", NOON + 80, 1)
    assert visitor.console("GET short") == "(nil)"


def test_what_expires_by_itself_is_no_act_and_stays_gone(visitor: Visitor) -> None:
    """Undo and Redo go round what time did meanwhile."""
    visitor.ask("SetClock", clock=NOON)
    visitor.console("SET short 1 EX 50")
    visitor.console("SET n 1")
    workbench = visitor.bridge.workbench
    workbench.clock.held = NOON + 60  # as time goes by
    ran = visitor.run("return redis.call('GET', 'short')", fresh=False, clock=NOON + 60)
    assert (ran["act"], ran["changes"], names(ran["keyspace"]["undoable"])) == (None, [], ["SET", "SET"])
    assert visitor.ask("Undo")["keyspace"]["keys"] == 0
    assert visitor.ask("Redo")["keyspace"]["keys"] == 1
    assert visitor.console("KEYS *") == '1) "n"'
    for _ in range(2):
        undone = visitor.ask("Undo")
    assert (undone["keyspace"]["keys"], undone["keyspace"]["next_expiry"]) == (0, None)
    for _ in range(2):
        redone = visitor.ask("Redo")
    assert (redone["keyspace"]["keys"], visitor.console("KEYS *")) == (1, '1) "n"')
