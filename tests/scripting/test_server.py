"""What a server is made with."""

from __future__ import annotations

import pytest

from ferrous_vm.errors import StateError
from ferrous_vm.scripting.host import Script, Scripting
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


def test_no_key_expires_while_the_script_is_compiled(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_700_000_000_000_000]
    client = Server(engine, clock=lambda: now[0]).connect()
    compiled = Scripting.script

    def compile_slowly(self: Scripting, source: bytes) -> Script:
        now[0] += 1_000_000
        return compiled(self, source)

    monkeypatch.setattr(Scripting, "script", compile_slowly)
    client.execute(b"SET", b"k", b"v", b"PX", b"10")
    assert client.execute(b"EVAL", b"return redis.call('GET', KEYS[1])", b"1", b"k") == b"v"
    assert client.execute(b"GET", b"k") is None
