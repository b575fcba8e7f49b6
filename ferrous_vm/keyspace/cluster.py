"""Cluster mode: a server that is one node among several, and serves some of the hash slots (cluster.c, script.c).

    Server(cluster=Cluster.of(3))              the first of three nodes
    Server(cluster=Cluster(nodes, myself=1))   the second of `nodes`

Which slots are whose never changes; there are no replicas, and no slot is on its way from one node to another. Nothing
here is loaded unless a server is given a cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from hashlib import sha1
from typing import TYPE_CHECKING, Final, NamedTuple

from ferrous_vm.errors import StateError
from ferrous_vm.keyspace.arguments.key_positions import words_with_slots
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.slots import SLOTS, slot_of
from ferrous_vm.records import Record

if TYPE_CHECKING:
    from ferrous_vm.keyspace.server.configuration import Configuration

NO_SLOT: Final = -1


class Problem(Enum):
    """Why a node does not serve the keys of a command (`CLUSTER_REDIR_...`, cluster.h)."""

    CROSS_SLOT = "cross slot"
    UNBOUND = "unbound"
    DOWN = "down"
    DOWN_FOR_WRITES = "down for writes"
    MOVED = "moved"


_SHARD_CHANNELS: Final = frozenset((b"ssubscribe", b"sunsubscribe", b"spublish"))


class Node(Record):
    """One node: its id of 40 characters, its address, and the slots it serves, as first and last of each range."""

    id: bytes
    host: bytes
    port: int
    slots: Sequence[tuple[int, int]] = ()


class Verdict(NamedTuple):
    """What becomes of a command: why this node does not serve it, None where it does, and the slot of its keys."""

    problem: Problem | None
    slot: int


class Cluster:
    """All nodes, and which of them this server is."""

    def __init__(self, nodes: Sequence[Node], myself: int = 0) -> None:
        """`myself` counts from 0. Raises StateError for a node that is not there, or slots of none or of two."""
        if not 0 <= myself < len(nodes):
            raise StateError(f"node {myself} of {len(nodes)}", "one of them")
        self.nodes: Final = tuple(nodes)
        self.myself: Final = nodes[myself]
        self.owners: Final[list[Node | None]] = [None] * SLOTS
        """The node of each slot."""
        for node in nodes:
            for first, last in node.slots:
                if not 0 <= first <= last < SLOTS or any(self.owners[first : last + 1]):
                    raise StateError(f"slots {first}-{last}", "slots from 0 to 16383 that no other node has")
                self.owners[first : last + 1] = [node] * (last + 1 - first)
        self.served: Final = sum(owner is not None for owner in self.owners)
        """How many slots have a node."""

    @classmethod
    def of(cls, count: int = 3, myself: int = 0, host: bytes = b"127.0.0.1", port: int = 7000) -> Cluster:
        """`count` nodes on `host`, at `port` and those after it, with the slots `redis-cli --cluster create` gives.

        Raises StateError for other than 1 to 1000 nodes.
        """
        if not 1 <= count <= 1000:
            raise StateError(f"{count} nodes", "1 to 1000")
        share, nodes, first = SLOTS / count, [], 0
        for number in range(count):
            last = SLOTS - 1 if number == count - 1 else int(number * share + share - 1 + 0.5)
            name = sha1(b"%b:%d" % (host, port + number)).hexdigest().encode()
            nodes.append(Node(name, host, port + number, ((first, last),)))
            first = last + 1
        return cls(nodes, myself)

    def epoch(self, node: Node) -> int:
        """The configuration epoch of a node: `redis-cli --cluster create` numbers them; one alone has none."""
        return 0 if len(self.nodes) == 1 else self.nodes.index(node) + 1

    def is_up(self, configuration: Configuration) -> bool:
        """Whether the cluster serves anything: all slots have nodes, or it is told to go on without."""
        return self.served == SLOTS or configuration.get(b"cluster-require-full-coverage") == b"no"

    def verdict(self, configuration: Configuration, commands: Iterable[tuple[Row, list[bytes]]]) -> Verdict:
        """Whether this node serves the keys of commands that are to be carried out together (`getNodeByQuery`)."""
        slot, writes, all_channels = NO_SLOT, False, True
        for row, argv in commands:
            writes = writes or row.write
            all_channels = all_channels and row.name in _SHARD_CHANNELS
            for word in words_with_slots(row, argv):
                one = slot_of(argv[word])
                if slot == NO_SLOT:
                    if self.owners[one] is None:
                        return Verdict(Problem.UNBOUND, one)
                    slot = one
                elif slot != one:
                    return Verdict(Problem.CROSS_SLOT, NO_SLOT)
        if slot == NO_SLOT:
            return Verdict(None, NO_SLOT)
        problem = None if self.is_up(configuration) else _when_down(configuration, writes, all_channels)
        if problem is None and self.owners[slot] is not self.myself:
            problem = Problem.MOVED
        return Verdict(problem, slot)


def _when_down(configuration: Configuration, writes: bool, all_channels: bool) -> Problem | None:
    """Why nothing is served while slots are missing; None where the configuration lets reads or messages through."""
    if all_channels:
        return None if configuration.get(b"cluster-allow-pubsubshard-when-down") == b"yes" else Problem.DOWN
    if configuration.get(b"cluster-allow-reads-when-down") == b"no":
        return Problem.DOWN
    return Problem.DOWN_FOR_WRITES if writes else None
