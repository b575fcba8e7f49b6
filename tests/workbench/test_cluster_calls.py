"""A run in a cluster: the node that gets the call, what that refuses, and a server that is alone again afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workbench.test_debugging import Visitor

TWO = "redis.call('SET', KEYS[1], 1) return redis.call('SET', 'other', 1)"
NOT_LOCAL = "ERR Script attempted to access a non local key in a cluster node"
NO_CLUSTER = "ERR Can not run script on cluster, 'no-cluster' flag is set."
OTHER_SLOT = "ERR Script attempted to access keys that do not hash to the same slot"
ON_NODE_1, ON_NODE_3, TOO = "b", "a", "other"
"""Keys by the node of three that serves them; TOO is of the third."""


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def message(visitor: Visitor, kind: str = "Run", **fields: Any) -> str:
    """What a call is refused with, by Run or by a recording that is walked to its end; "" where it is not."""
    told = visitor.ask(kind, **{"argv": [], "fixture": "SET x 1\nSET y 1", "cluster": 3, **fields})
    if kind == "Debug" and told["outcome"] == "open":
        told = visitor.ask("DebugMove", how="continue", backwards=False, moment=0, breakpoints={"lines": []}, known=0)
    return told["problem"]["message"].partition(" script:")[0] if told["problem"] else ""


CASES: list[tuple[dict[str, Any], str]] = [
    ({"script": TWO, "keys": [ON_NODE_3]}, ""),
    ({"script": TWO, "keys": [ON_NODE_1]}, NOT_LOCAL),
    ({"script": TWO, "keys": [ON_NODE_1, ON_NODE_3]}, "CROSSSLOT Keys in request don't hash to the same slot"),
    ({"script": TWO, "keys": [ON_NODE_3], "node": 1}, "MOVED 15495 127.0.0.1:7002"),
    ({"script": TWO, "keys": [ON_NODE_3], "node": 3}, ""),
    ({"script": f"#!lua\n{TWO}", "keys": [ON_NODE_3]}, OTHER_SLOT),
    ({"script": f"#!lua flags=allow-cross-slot-keys\n{TWO}", "keys": [ON_NODE_3]}, ""),
    ({"script": "#!lua flags=no-cluster\nreturn 1", "keys": []}, NO_CLUSTER),
    ({"script": "return redis.call('SELECT', 1)", "keys": []}, "ERR SELECT is not allowed in cluster mode"),
    ({"script": "return redis.call('MGET', 'x', 'y')", "keys": []}, NOT_LOCAL),
    ({"script": TWO, "keys": [ON_NODE_1], "cluster": 1}, ""),
    ({"script": TWO, "keys": [ON_NODE_1], "cluster": 0}, ""),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["Run", "Debug"])
@pytest.mark.parametrize(("fields", "expected"), CASES)
def test_the_node_refuses_what_is_not_its_own(
    visitor: Visitor, kind: str, fields: dict[str, Any], expected: str
) -> None:
    assert message(visitor, kind, **fields) == expected
    visitor.ask("DebugEnd")
    assert message(visitor, **{**fields, "cluster": 0}) in ("", "ERR Can not run script on cluster")
    assert visitor.ask("Console", line="CONFIG GET cluster-enabled")["text"].endswith('"no"')


def test_a_function_stays_in_its_slot(visitor: Visitor) -> None:
    library = "#!lua name=l\nredis.register_function('f', function(keys) return redis.call('GET', 'other') end)"
    call = {"script": library, "mode": "FCALL", "function": "f", "keys": [ON_NODE_3]}
    assert message(visitor, **call) == message(visitor, "Debug", **call) == OTHER_SLOT


def test_a_setting_of_the_debugger_begins_in_the_slot_of_the_keys(visitor: Visitor) -> None:
    script = "#!lua\nlocal k = 'a'\nredis.call('GET', k)\nreturn redis.call('GET', k)"
    opened = visitor.ask("Debug", script=script, keys=[], argv=[], cluster=3, node=3)
    assert opened["outcome"] == "open"
    visitor.move("into")
    was_set = visitor.ask("DebugSet", level=0, name="k", path=[], expression="'other'")
    assert (was_set["problem"], was_set["now"]) == ("", "(nil)")


def test_nodes_that_there_are_not_are_refused(visitor: Visitor) -> None:
    for fields in ({"cluster": 1_001}, {"cluster": -1}, {"cluster": 3, "node": 4}, {"cluster": 3, "node": -1}):
        answer = visitor.ask("Run", script="return 1", keys=[], argv=[], **fields)
        assert answer["type"] == "Failure", answer
