"""Fixtures: each server that is installed, with things in it that are somebody's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.on_servers.somebody import Somebody
from tests.record.servers import BINARIES, is_there, running

INSTALLED = [name for name in BINARIES if is_there(name)]

SOME = [name for name in ("redis-6.2", "redis-7.0", "redis-8.2", "valkey-8.1", "valkey-9.1") if name in INSTALLED]
"""One of each kind."""


@pytest.fixture(scope="module", params=SOME or [pytest.param("none", marks=pytest.mark.skip("no server is installed"))])
def somebody(request: pytest.FixtureRequest) -> Iterator[Somebody]:
    """A server in use."""
    with running(request.param) as port:
        yield Somebody(request.param, port)


@pytest.fixture(scope="module")
def redis_7() -> Iterator[Somebody]:
    """Redis 7.0.15 in use."""
    if not is_there("redis-7.0"):
        pytest.skip("no redis-server is installed")
    with running("redis-7.0") as port:
        yield Somebody("redis-7.0", port)
