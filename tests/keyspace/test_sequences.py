"""A short run of the state machine; `make state-machine` makes a long one."""

from __future__ import annotations

import pytest

from tests.keyspace.state_machine import compare


@pytest.mark.oracle
def test_short_sequences_get_the_replies_of_redis(redis_port: int) -> None:
    assert compare(redis_port, 3000).total() >= 3000
