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

from tests.keyspace.comparison import agree, differing_keys, exchange, is_comparable, is_exact
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

    @rule(chosen=st.lists(seeds, min_size=1, max_size=IN_TRANSACTION))
    def transaction(self, chosen: list[int]) -> None:
        """MULTI, a few commands, EXEC."""
        commands = [Grammar(Random(seed), self.names).command() for seed in chosen]
        commands = [argv for argv in commands if is_exact(argv)]
        for argv in ([b"MULTI"], *commands, [b"EXEC"]):
            note(b" ".join(argv).decode("latin-1"))
            real, ours = self.pair.both(argv)
            self.sent[argv[0].decode()] += 1
            assert real == ours, f"{argv}\n    redis   {real!r}\n    ferrous {ours!r}"

    @rule(seed=seeds, watched=seeds)
    def command_under_watch(self, seed: int, watched: int) -> None:
        """WATCH, a command of another client that may touch the keys, and whether EXEC goes through."""
        touching = Grammar(Random(seed), self.names).command()
        keys = [word for word in Grammar(Random(watched), self.names).command()[1:] if word[-1:] in b"012"]
        if not is_exact(touching):
            return
        note(f"watching {keys}: {touching}")
        self.pair.both([b"WATCH", *(keys or [b"string0"]), *touching[1:2]])
        self.pair.both(touching, "B")
        self.pair.both([b"MULTI"])
        real, ours = self.pair.both([b"EXEC"])
        self.sent["WATCH"] += 1
        assert real == ours, f"{keys} {touching}\n    redis   {real!r}\n    ferrous {ours!r}"

    def teardown(self) -> None:
        if self.pair.ours.sessions:
            differences = differing_keys(self.pair)
            assert not differences, "\n".join(differences)


def compare(port: int, commands: int) -> Counter[str]:
    """Run at least `commands` commands on Ferrous and on the server at `port`; how often each was sent.

    Hypothesis ends a sequence when it likes, and leaves out commands that cannot be compared: another round of
    sequences follows until enough were sent.
    """
    sent: Counter[str] = Counter()
    bound = {"pair": Pair(port), "names": offered(), "sent": sent}
    machine = type("BoundMachine", (KeyspaceBesideRedis,), bound)
    while sent.total() < commands:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=commands // STEPS + 1,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    return sent


@pytest.mark.oracle
def test_ferrous_answers_as_redis_does(redis_port: int) -> None:
    sent = compare(redis_port, COMMANDS)
    print(f"{sent.total()} commands of {len(sent)} kinds")
    assert sent.total() >= COMMANDS
