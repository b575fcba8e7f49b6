"""Scripts that would take for ever, or all memory there is, end at a limit, and the next command is fine."""

from __future__ import annotations

import pytest

from ferrous_vm.engines import ENGINES
from ferrous_vm.limits import Limits
from tests.scripting.bombs import BOMBS, ENDED, filled

LIMITS = Limits(seconds=0.05, memory=1 << 26)


@pytest.mark.host
@pytest.mark.parametrize("engine", ENGINES)
def test_a_bomb_ends_at_a_limit(engine: str) -> None:
    client = filled(engine, LIMITS)
    members = client.execute(b"ZCARD", b"z")
    for name, script in BOMBS.items():
        reply = client.execute_resp(b"EVAL", script.encode(), b"0")
        assert ENDED.match(reply), (name, reply[:200])
        assert client.execute(b"EVAL", b"return redis.call('ECHO', 'well')", b"0") == b"well", name
        assert client.execute(b"ZCARD", b"z") == members, name
        client.execute(b"EVAL", b"for _, k in ipairs(redis.call('KEYS', 'copy*')) do redis.call('DEL', k) end", b"0")
