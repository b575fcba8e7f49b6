"""Clusters of redis-servers on this machine, to compare with: three nodes, or one that has a third of the slots."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.cluster import Cluster, Node
from tests.keyspace.conftest import free_port, serving
from tests.record.resp import Connection

FIRST_OF_THREE: Final = (0, 5460)
RANGES: Final = (FIRST_OF_THREE, (5461, 10922), (10923, 16383))
"""What `redis-cli --cluster create` gives three nodes."""

Ask = Callable[[str, list[bytes]], bytes]
"""Sends a command on the connection called so, and answers the bytes of its reply."""


class Place(NamedTuple):
    """A real node, as our cluster is told of it."""

    id: str
    host: str
    port: int


def ours(places: Sequence[Place]) -> list[Cluster]:
    """The same cluster as each of its nodes sees it."""
    nodes = [
        Node(place.id.encode(), place.host.encode(), place.port, (slots,))
        for place, slots in zip(places, RANGES[: len(places)], strict=True)
    ]
    return [Cluster(nodes, number) for number in range(len(nodes))]


@contextmanager
def running(directory: Path, count: int = 3) -> Iterator[list[Place]]:
    """A cluster of three nodes that is up; or, where `count` is 1, a node that knows no other and is not."""
    with ExitStack() as stack:
        ports = []
        for number in range(count):
            folder = directory / f"node{number}"
            folder.mkdir()
            options = ("--cluster-enabled", "yes", "--cluster-port", str(free_port()), "--bind", "127.0.0.1")
            ports.append(stack.enter_context(serving(folder, *options)))
        if count == 1:
            _ask(ports[0], "CLUSTER ADDSLOTSRANGE 0 5460")
        else:
            addresses = [f"127.0.0.1:{port}" for port in ports]
            _create(addresses)
            for port in ports:
                _wait_until_up(port)
        host = "" if count == 1 else "127.0.0.1"
        yield [Place(_ask(port, "CLUSTER MYID"), host, port) for port in ports]


def _create(addresses: list[str]) -> None:
    command = ["redis-cli", "--cluster", "create", *addresses, "--cluster-yes"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)


def _ask(port: int, line: str) -> str:
    connection = Connection(port)
    answer = str(connection.ask_parsed(*(split_words(line.encode()) or [])))
    connection.close()
    return answer


def _wait_until_up(port: int) -> None:
    deadline = time.monotonic() + 30
    while "cluster_state:ok" not in _ask(port, "CLUSTER INFO"):
        assert time.monotonic() < deadline, "the cluster does not come up"
        time.sleep(0.05)


NODE_OF: Final = {"T": 1, "U": 2}
"""Connections of a dialogue that are not to the first node."""


@contextmanager
def asking(places: Sequence[Place]) -> Iterator[Ask]:
    """Connections to real nodes, by name, made when first used; the first node is empty, and has no libraries."""
    connections: dict[str, Connection] = {}

    def ask(name: str, argv: list[bytes]) -> bytes:
        if name not in connections:
            connections[name] = Connection(places[NODE_OF.get(name, 0)].port)
        return connections[name].ask(*argv)

    try:
        yield ask
    finally:
        for connection in connections.values():
            connection.close()
