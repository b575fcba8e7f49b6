"""What a server is made with."""

from __future__ import annotations

import pytest

from ferrous_vm.errors import StateError
from ferrous_vm.server import Server


def test_an_engine_that_is_not_there_is_refused_at_once() -> None:
    with pytest.raises(StateError, match="engine 'fast'"):
        Server("fast")


def test_the_same_seed_makes_the_same_choices(engine: str) -> None:
    def choices(seed: int) -> object:
        script = (
            b"redis.call('SADD', 's', 1, 2, 3, 4, 5, 6, 7, 8) return {math.random(1e9), redis.call('SPOP', 's', 4)}"
        )
        return Server(engine, seed=seed).connect().execute(b"EVAL", script, b"0")

    assert choices(-7) == choices(-7) != choices(7)
