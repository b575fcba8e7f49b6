"""A cluster of three nodes on loopback, of the redis-server that is installed, as long as it is needed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from ferrous_vm.keyspace.slots import SLOTS
from ferrous_vm.on_servers.connections import Connection, Node, Unreachable, connections_to

NODES: Final = 3
SECONDS: Final = 30.0
"""In which the nodes must have found each other."""

_HIGHEST_PORT: Final = 55_000
"""Its port for the others is greater by 10,000 (cluster.h)."""


@contextmanager
def loopback_cluster(binary: str = "redis-server") -> Iterator[str]:
    """The address of a node. Raises Unreachable where there is no redis-server, or it does not come to a cluster."""
    found = shutil.which(binary)
    if found is None:
        raise Unreachable(f"there is no {binary} here that a cluster could be made of")
    with ExitStack() as stack:
        ports = _free_ports()
        for port in ports:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            settings = f"--port {port} --bind 127.0.0.1 --cluster-enabled yes --save".split()
            process = subprocess.Popen([found, *settings, ""], cwd=folder, stdout=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
        _join(ports, time.monotonic() + SECONDS)
        yield f"redis://127.0.0.1:{ports[0]}"


def _free_ports() -> list[int]:
    ports: list[int] = []
    while len(ports) < NODES:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port < _HIGHEST_PORT and port not in ports:
            ports.append(port)
    return ports


def _join(ports: list[int], end: float) -> None:
    """Divide the slots among the nodes, and wait until each of them knows it."""
    nodes = [_connected(Node(connections_to(f"redis://127.0.0.1:{port}")), end) for port in ports]
    try:
        share = -(-SLOTS // NODES)
        for number, node in enumerate(nodes):
            slots = range(number * share, min((number + 1) * share, SLOTS))
            node.ask(b"CLUSTER", b"ADDSLOTS", *(b"%d" % slot for slot in slots))
            node.ask(b"CLUSTER", b"MEET", b"127.0.0.1", b"%d" % ports[0])
        while not all(
            b"cluster_state:ok" in told and b"cluster_known_nodes:%d" % NODES in told
            for told in (node.ask(b"CLUSTER", b"INFO") for node in nodes)
        ):
            _wait(end)
    finally:
        for node in nodes:
            node.close()


def _connected(node: Node, end: float) -> Connection:
    while True:
        try:
            return node.connect()
        except Unreachable:
            _wait(end)


def _wait(end: float) -> None:
    if time.monotonic() > end:
        raise Unreachable(f"three redis-servers did not come to a cluster within {SECONDS:.0f} seconds")
    time.sleep(0.05)
