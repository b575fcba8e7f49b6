"""Fixtures of pytest like those of the plugin, under names and with options of one's own:

    from ferrous_vm.command_line import pytest_factories as factories

    sessions = factories.server(seed=7)
    sessions_redis = factories.redis("sessions", decode_responses=True)

A server is empty for each test, of the test's profile unless one is named here, and has the test's clock. Each fixture
here names the profile, so that pytest knows that its tests run on each server that is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ferrous_vm.command_line.pytest_plugin import clients_of


def server(**options: Any) -> Any:
    """A fixture that is a server; `options` are those of `ferrous_vm.Server`."""

    @pytest.fixture
    def ferrous_server(ferrous_server_factory: Any) -> Any:
        return ferrous_server_factory(**options)

    return ferrous_server


def client(server: str = "ferrous_server") -> Any:
    """A fixture that is a connection to the server of the fixture named."""

    @pytest.fixture
    def ferrous_client(request: pytest.FixtureRequest, ferrous_profile: str) -> Any:
        return request.getfixturevalue(server).connect()

    return ferrous_client


def redis(server: str = "ferrous_server", **options: Any) -> Any:
    """A fixture that is a client of redis-py, without a socket, of the server of the fixture named; `options` are those
    of its connections, as `decode_responses=True`."""

    @pytest.fixture
    def ferrous_redis(request: pytest.FixtureRequest, ferrous_profile: str) -> Iterator[Any]:
        yield from clients_of(request.getfixturevalue(server), **options)

    return ferrous_redis
