"""An endpoint for the tests of a module."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from ferrous_vm import Server
from ferrous_vm.endpoint import Endpoint
from ferrous_vm.limits import Limits


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with Endpoint(Server(limits=Limits(seconds=0.3))) as listening:
        yield listening


@pytest.fixture
def raw(endpoint: Endpoint) -> Iterator[socket.socket]:
    """A socket that leads there, on empty data."""
    with endpoint.hub.lock:
        endpoint.server.connect().execute(b"FLUSHALL")
    with socket.create_connection(endpoint.address, timeout=20) as connected:
        yield connected
