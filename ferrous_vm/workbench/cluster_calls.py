"""A call of a script in a cluster: which node gets it, and whether that carries it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.keyspace.slots import slot_of
from ferrous_vm.server import Client
from ferrous_vm.workbench.calls import Call
from ferrous_vm.workbench.escapes import FieldError
from ferrous_vm.workbench.workbench import Workbench

if TYPE_CHECKING:  # clusters are imported when one is asked for
    from ferrous_vm.keyspace.cluster import Cluster

MOST_NODES: Final = 1_000
"""As Redis's cluster specification has it."""


def node_of(nodes: int, number: int, keys: Sequence[bytes]) -> Cluster | None:
    """The node that gets a call with `keys`: that of a number, from 1; for 0 the one that serves the first key, as
    cluster clients find it, or the first one where there is no key. None for 0 nodes. Raises FieldError."""
    if nodes == 0:
        return None
    if not 1 <= nodes <= MOST_NODES:
        raise FieldError(f"A cluster has 1 to {MOST_NODES:,} nodes, not {nodes}")
    if not 0 <= number <= nodes:
        raise FieldError(f"The cluster has the nodes 1 to {nodes}, and no node {number}")
    from ferrous_vm.keyspace.cluster import Cluster

    cluster = Cluster.of(nodes)
    if number == 0 and keys:
        owner = cluster.owners[slot_of(keys[0])]
        number = 1 + next(at for at, node in enumerate(cluster.nodes) if node is owner)
    return Cluster.of(nodes, max(number, 1) - 1)


@contextmanager
def in_cluster(workbench: Workbench, cluster: Cluster | None) -> Iterator[None]:
    """Meanwhile the workbench's server is that node of a cluster, if it is one."""
    try:
        if cluster is not None:
            workbench.keyspace.join(cluster)
        yield
    finally:
        leave_cluster(workbench)


def leave_cluster(workbench: Workbench) -> None:
    """From now on the workbench's server is alone."""
    if workbench.keyspace.cluster is not None:
        workbench.interrupts.hold(lambda: workbench.keyspace.join(None))


def refused_by_node(client: Client, call: Call) -> ErrorReply | None:
    """Why the server, as a node of a cluster, does not carry out a call at all; the slot of its keys is the client's
    from now on, as it is for who sends the call."""
    cluster = client.session.keyspace.cluster
    row = client.session.find_command(call.command)
    if cluster is None or row is None:
        return None
    from ferrous_vm.keyspace.cluster_refusals import refusal

    return refusal(cluster, client.session, row, call.command)
