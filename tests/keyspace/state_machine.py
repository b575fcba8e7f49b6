"""Random command sequences on Ferrous and on a real redis-server 7.0.15, compared reply by reply and key by key.

Not part of the ordinary tests: `make state-machine` runs it, at least 100,000 commands a run (COMMANDS=n for another
number). Hypothesis shortens a sequence that fails; each step is the seed of one command of `grammar.py`.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.keyspace.comparison import agree, differing_keys, exchange, is_comparable
from tests.keyspace.differential import Pair
from tests.keyspace.grammar import Grammar, offered

COMMANDS = int(os.environ.get("COMMANDS", "100000"))
STEPS = 100
"""Steps of one sequence."""
IN_TRANSACTION = 4
"""Commands of one transaction."""

seeds = st.integers(0, 2**32 - 1)


class KeyspaceBesideRedis(RuleBasedStateMachine):
    """One connection to each of the two servers; they begin empty."""

    pair: Pair
    names: list[str]
    sent: Counter[str]

    @initialize(protocol=st.sampled_from((2, 3)))
    def begin(self, protocol: int) -> None:
        self.pair.begin(protocol)

    @rule(seed=seeds)
    def command(self, seed: int) -> None:
        argv = Grammar(Random(seed), self.names).command()
        if not is_comparable(self.pair, argv):
            return
        note(b" ".join(argv).decode("latin-1"))
        real, ours = exchange(self.pair, argv)
        self.sent[argv[0].decode()] += 1
        assert agree(argv, real, ours), f"{argv}\n    redis   {real!r}\n    ferrous {ours!r}"

    def teardown(self) -> None:
        if self.pair.ours:
            differences = differing_keys(self.pair)
            assert not differences, "\n".join(differences)


@pytest.mark.oracle
def test_ferrous_answers_as_redis_does(redis_port: int) -> None:
    machine = type("BoundMachine", (KeyspaceBesideRedis,), {
        "pair": Pair(redis_port), "names": offered(), "sent": Counter(),
    })  # fmt: skip
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=COMMANDS // STEPS + COMMANDS // STEPS // 10,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    sent: Counter[str] = machine.sent  # type: ignore[attr-defined]
    print(f"{sent.total()} commands of {len(sent)} kinds")
    assert sent.total() >= COMMANDS
