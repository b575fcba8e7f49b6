"""Fixtures: a server on every engine, and a real redis-server to compare with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ferrous_vm import engines
from ferrous_vm.server import Server
from tests.keyspace.conftest import redis_port

__all__ = ["redis_port"]


@pytest.fixture(params=sorted(engines.ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each engine in turn."""
    name: str = request.param
    return name


@pytest.fixture
def new_server(engine: str) -> Callable[..., Server]:
    """Makes a server on the engine under test."""
    return lambda **options: Server(engine, **options)
