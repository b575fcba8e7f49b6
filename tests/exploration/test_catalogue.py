"""The catalogue of known protocols: the broken ones are found, with the fewest events, and the mended ones hold."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from ferrous_vm.exploration.exploring import BROKEN, HOLDS, explore
from ferrous_vm.keyspace.replies import encode
from ferrous_vm.scenarios import scenario as kinds
from ferrous_vm.scenarios.keyspaces import EPOCH
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.scenarios.running import Runner
from ferrous_vm.scenarios.scenario import Scenario
from ferrous_vm.scenarios.writing import write_scenario
from ferrous_vm.server import Server
from ferrous_vm.workbench.printed_values import print_reply

CATALOGUE: Final = Path(__file__).parents[2] / "web/examples/scenarios"
NAMES: Final = sorted(path.name.removesuffix(".broken.scenario") for path in CATALOGUE.glob("*.broken.scenario"))

FEWEST: Final = {
    "01-lock-without-token": 4,  # A takes it, time passes, B takes it, A deletes it
    "02-lock-and-pause": 7,  # A takes it, pauses, time passes, B takes it, B writes, A is back, A writes
    "03-extend-after-expiry": 4,
    "04-semaphore-by-count": 6,  # three look, three count
    "05-limiter-at-pttl-zero": 3,
    "06-fixed-window": 6,  # the first begins a window, the second ends it, two are in the next
    "11-double-acknowledge": 2,
    "12-delayed-job-twice": 4,
    "13-idempotency-key-too-late": 4,
    "14-cache-stampede": 2,
    "17-ids-after-failover": 3,
    "21-lock-that-stays": 3,
}
"""The fewest events that each can fail with, found by thinking."""


def read(name: str) -> Scenario:
    return read_scenario((CATALOGUE / f"{name}.scenario").read_bytes())


def test_there_are_twenty_protocols_each_broken_and_mended() -> None:
    assert len(NAMES) >= 20
    assert len(list(CATALOGUE.iterdir())) == 2 * len(NAMES)
    assert set(FEWEST) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_broken_one_is_found_and_the_mended_one_holds(name: str) -> None:
    broken, mended = read(f"{name}.broken"), read(f"{name}.mended")
    for scenario in (broken, mended):
        assert len(scenario.about) > 60
        assert scenario.source.startswith("https://")
    assert mended.title == f"{broken.title}, mended"
    asked = [[(each.when, each.expression, each.window) for each in it.invariants] for it in (broken, mended)]
    assert asked[0] == asked[1]
    assert mended.may_happen == broken.may_happen
    found = explore(broken)
    assert (found.verdict, explore(mended).verdict) == (BROKEN, HOLDS)
    assert found.failure is not None
    assert len(found.failure.ran) <= 1.5 * FEWEST.get(name, len(found.failure.ran))
    assert found.failure.ran[-1].broken == found.failure.broken
    assert plain_replies(found.failure.scenario) == [ran.reply for ran in found.failure.ran]


def plain_replies(scenario: Scenario) -> list[str]:
    """What a server answers in these steps that knows nothing of scenarios, on connections of the clients."""
    runner = Runner(read_scenario(write_scenario(scenario)))
    now = EPOCH * 1000
    server = Server(clock=lambda: now, seed=0)
    setting_up = server.connect()
    for code in scenario.scripts:
        setting_up.execute(b"SCRIPT", b"LOAD", code.source)
    for given in scenario.given:
        setting_up.execute(*given.words)
    clients = [server.connect() for _ in runner.world.names]
    replies = []
    for step in scenario.steps:
        reply = b""
        if step.kind in (kinds.TURN, kinds.LOSE):
            client = runner.world.names.index(step.client)
            request = runner.position.nodes[client].request
            reply = encode(clients[client].execute(*request.argv), 2) if request.argv else b""
        elif step.kind == kinds.ADVANCE:
            now += step.amount * 1000
        elif step.kind == kinds.EMPTY:
            setting_up.execute(b"SCRIPT", b"FLUSH")
        elif step.kind == kinds.FAILOVER:  # the write that is lost here
            setting_up.execute(b"DEL", b"ids")
        runner.step(step)
        replies.append(print_reply(reply) if reply else "")
    return replies
