"""A statement that fails has done what Redis's Lua does before it fails, and nothing more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ferrous_vm.server import Server

NewServer = Callable[..., Server]


@pytest.mark.parametrize(
    ("script", "written"),
    [
        (b"local t = {} t[missing] = redis.call('SET', 'k', 'v')", False),
        (b"missing.field = redis.call('SET', 'k', 'v')", False),
        (b"local t t.x.y = redis.call('SET', 'k', 'v')", False),
        (b"local t t.x = redis.call('SET', 'k', 'v')", True),
        (b"local t, u = {} t[1], u.x = missing, redis.call('SET', 'k', 'v')", False),
        (b"return missing > redis.call('INCR', 'k')", False),
        (b"return redis.call('INCR', 'k') > missing", True),
    ],
)
def test_a_failing_statement_writes_what_comes_before_the_failure(
    new_server: NewServer, script: bytes, written: bool
) -> None:
    client = new_server().connect()
    assert client.execute_resp(b"EVAL", script, b"0").startswith(b"-")
    assert client.execute(b"EXISTS", b"k") == int(written)
