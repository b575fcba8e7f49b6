"""A quick part of the fuzzing; `python -m tests.scripting.fuzzing --minutes 60` does more."""

from __future__ import annotations

from random import Random

import pytest

from tests.keyspace.conftest import redis_port
from tests.scripting.fuzzing import RealServer, fuzz
from tests.scripting.mutations import Mutator, examples

__all__ = ["redis_port"]

SCRIPTS = 200


@pytest.mark.oracle
@pytest.mark.host
def test_mutated_examples_do_what_they_do_on_redis(redis_port: int) -> None:
    assert redis_port, "there is a redis-server of the right version"
    server = RealServer()
    try:
        differences, counts = fuzz(server, 0, SCRIPTS, None)
    finally:
        server.stop()
    assert not differences, "\n\n".join(differences)
    assert counts["reply"] > SCRIPTS / 5


def test_a_seed_gives_one_mutation() -> None:
    originals = examples()
    one, other = (Mutator(Random(seed), originals).case() for seed in (3, 3))
    assert one == other
    assert Mutator(Random(4), originals).case() != one
