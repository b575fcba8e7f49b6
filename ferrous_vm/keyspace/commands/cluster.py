"""CLUSTER and its companions (cluster.c). A server that is no node of a cluster refuses all of them alike.

A cluster is what its server was given (`ferrous_vm/keyspace/cluster.py`): it has no replicas, and does not change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.parsing import integer
from ferrous_vm.keyspace.arguments.readings import INTEGER, NAME
from ferrous_vm.keyspace.cluster import Cluster, Node
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.help import subcommand_help
from ferrous_vm.keyspace.replies import OK, MapReply, Reply, Verbatim
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.slots import SLOTS, slot_of

_DISABLED: Final = b"ERR This instance has cluster support disabled"
_UNKNOWN_NODE: Final = b"ERR Unknown node %b"
_FIXED: Final = b"ERR The cluster of a Ferrous server does not change: CLUSTER %b is not offered"
_BUS: Final = 10_000
"""What a node's port on the cluster bus is greater by."""


def the_cluster(session: Session) -> Cluster:
    """The cluster whose node the server is. Raises CommandError if it is none."""
    if session.keyspace.cluster is None:
        raise CommandError(_DISABLED)
    return session.keyspace.cluster


# What a key belongs to


@command("CLUSTER|KEYSLOT")
def keyslot(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER KEYSLOT key"""
    if not session.keyspace.profile.tells_slots_alone:
        the_cluster(session)
    return slot_of(argv[2])


@command("CLUSTER|COUNTKEYSINSLOT")
def countkeysinslot(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER COUNTKEYSINSLOT slot"""
    the_cluster(session)
    slot = integer(argv[2])
    if not 0 <= slot < SLOTS:
        raise CommandError(b"ERR Invalid slot", argv[2], INTEGER)
    return len(_keys_in(session, slot))


@command("CLUSTER|GETKEYSINSLOT")
def getkeysinslot(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER GETKEYSINSLOT slot count: those that came last are first"""
    the_cluster(session)
    slot, count = integer(argv[2]), integer(argv[3])
    for number, limit, word in ((slot, SLOTS - 1, argv[2]), (count, count, argv[3])):
        if not 0 <= number <= limit:
            raise CommandError(b"ERR Invalid slot or number of keys", word, INTEGER)
    return _keys_in(session, slot)[::-1][:count]


def _keys_in(session: Session, slot: int) -> list[bytes]:
    return [key for key in session.database.entries if slot_of(key) == slot]


# The nodes


@command("CLUSTER|MYID")
def myid(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER MYID"""
    return the_cluster(session).myself.id


@command("CLUSTER|NODES")
def nodes(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER NODES"""
    cluster = the_cluster(session)
    heard = session.keyspace.milliseconds()
    lines = []
    for node in cluster.nodes:
        flags = b"myself,master" if node is cluster.myself else b"master"
        address = b"%b:%d@%d" % (node.host, node.port, node.port + _BUS)
        ranges = b"".join(b" %d" % first if first == last else b" %d-%d" % (first, last) for first, last in node.slots)
        lines.append(
            b"%b %b %b - 0 %d %d connected%b\n" % (node.id, address, flags, heard, cluster.epoch(node), ranges)
        )
    return Verbatim(b"txt", b"".join(lines))


@command("CLUSTER|INFO")
def info(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER INFO: of messages between nodes there are none"""
    cluster = the_cluster(session)
    state = b"ok" if cluster.is_up(session.keyspace.configuration) else b"fail"
    fields = (
        (b"cluster_state", state),
        (b"cluster_slots_assigned", b"%d" % cluster.served),
        (b"cluster_slots_ok", b"%d" % cluster.served),
        (b"cluster_slots_pfail", b"0"),
        (b"cluster_slots_fail", b"0"),
        (b"cluster_known_nodes", b"%d" % len(cluster.nodes)),
        (b"cluster_size", b"%d" % max(1, sum(bool(node.slots) for node in cluster.nodes))),
        (b"cluster_current_epoch", b"%d" % cluster.epoch(cluster.nodes[-1])),
        (b"cluster_my_epoch", b"%d" % cluster.epoch(cluster.myself)),
        (b"cluster_stats_messages_sent", b"0"),
        (b"cluster_stats_messages_received", b"0"),
        (b"total_cluster_links_buffer_limit_exceeded", b"0"),
    )
    return Verbatim(b"txt", b"".join(b"%b:%b\r\n" % field for field in fields))


@command("CLUSTER|SLOTS")
def slots(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER SLOTS"""
    found = sorted(_ranges(the_cluster(session)), key=lambda one: one[0])
    return [[first, last, [node.host, node.port, node.id, MapReply()]] for (first, last), node in found]


def _ranges(cluster: Cluster) -> Iterator[tuple[tuple[int, int], Node]]:
    for node in cluster.nodes:
        for one in node.slots:
            yield one, node


@command("CLUSTER|SHARDS")
def shards(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER SHARDS"""
    return [
        MapReply([
            (b"slots", [end for one in sorted(node.slots) for end in one]),
            (b"nodes", [MapReply([
                (b"id", node.id),
                (b"port", node.port),
                (b"ip", node.host),
                (b"endpoint", node.host),
                (b"role", b"master"),
                (b"replication-offset", 0),
                (b"health", b"online"),
            ])]),
        ])
        for node in the_cluster(session).nodes
    ]  # fmt: skip


@command("CLUSTER|LINKS")
def links(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER LINKS: one to each other node, and one from it"""
    cluster = the_cluster(session)
    return [
        MapReply([
            (b"direction", direction),
            (b"node", node.id),
            (b"create-time", session.keyspace.created),
            (b"events", b"r"),
            (b"send-buffer-allocated", 0),
            (b"send-buffer-used", 0),
        ])
        for node in cluster.nodes
        if node is not cluster.myself
        for direction in (b"to", b"from")
    ]  # fmt: skip


@command("CLUSTER|REPLICAS", "CLUSTER|SLAVES")
def replicas(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER REPLICAS node-id: there are none"""
    _require_node(session, argv[2])
    return []


@command("CLUSTER|COUNT-FAILURE-REPORTS")
def count_failure_reports(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER COUNT-FAILURE-REPORTS node-id"""
    _require_node(session, argv[2])
    return 0


def _require_node(session: Session, name: bytes) -> None:
    if all(node.id != name for node in the_cluster(session).nodes):
        raise CommandError(_UNKNOWN_NODE % name, name, NAME)


# What would change the cluster


@command("CLUSTER|SAVECONFIG")
def saveconfig(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER SAVECONFIG: there is no disk"""
    the_cluster(session)
    return OK


@command("CLUSTER|FAILOVER")
def failover(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER FAILOVER [FORCE | TAKEOVER]: this node is no replica"""
    the_cluster(session)
    raise CommandError(b"ERR You should send CLUSTER FAILOVER to a replica")


@command(
    "CLUSTER|ADDSLOTS", "CLUSTER|ADDSLOTSRANGE", "CLUSTER|BUMPEPOCH", "CLUSTER|DELSLOTS", "CLUSTER|DELSLOTSRANGE",
    "CLUSTER|FLUSHSLOTS", "CLUSTER|FORGET", "CLUSTER|MEET", "CLUSTER|REPLICATE", "CLUSTER|RESET",
    "CLUSTER|SET-CONFIG-EPOCH", "CLUSTER|SETSLOT",
)  # fmt: skip
def change(session: Session, argv: list[bytes]) -> Reply:
    """Any of them"""
    the_cluster(session)
    raise CommandError(_FIXED % argv[1].upper())


# What a client says of itself


@command("READONLY")
def readonly(session: Session, argv: list[bytes]) -> Reply:
    """READONLY: replicas may answer this client, if there are any"""
    if session.keyspace.cluster is None and session.keyspace.profile.takes_readonly:
        return OK
    the_cluster(session)
    session.reads_replicas = True
    return OK


@command("READWRITE")
def readwrite(session: Session, argv: list[bytes]) -> Reply:
    """READWRITE"""
    if session.keyspace.cluster is None and session.keyspace.profile.takes_readonly:
        return OK
    the_cluster(session)
    session.reads_replicas = False
    return OK


@command("ASKING")
def asking(session: Session, argv: list[bytes]) -> Reply:
    """ASKING: no slot is on its way to this node"""
    the_cluster(session)
    return OK


@command("CLUSTER|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER HELP"""
    the_cluster(session)
    return subcommand_help(session, b"CLUSTER", _HELP)


_HELP: Final = (
    b"ADDSLOTS <slot> [<slot> ...]",
    b"    Assign slots to current node.",
    b"ADDSLOTSRANGE <start slot> <end slot> [<start slot> <end slot> ...]",
    b"    Assign slots which are between <start-slot> and <end-slot> to current node.",
    b"BUMPEPOCH",
    b"    Advance the cluster config epoch.",
    b"COUNT-FAILURE-REPORTS <node-id>",
    b"    Return number of failure reports for <node-id>.",
    b"COUNTKEYSINSLOT <slot>",
    b"    Return the number of keys in <slot>.",
    b"DELSLOTS <slot> [<slot> ...]",
    b"    Delete slots information from current node.",
    b"DELSLOTSRANGE <start slot> <end slot> [<start slot> <end slot> ...]",
    b"    Delete slots information which are between <start-slot> and <end-slot> from current node.",
    b"FAILOVER [FORCE|TAKEOVER]",
    b"    Promote current replica node to being a master.",
    b"FORGET <node-id>",
    b"    Remove a node from the cluster.",
    b"GETKEYSINSLOT <slot> <count>",
    b"    Return key names stored by current node in a slot.",
    b"FLUSHSLOTS",
    b"    Delete current node own slots information.",
    b"INFO",
    b"    Return information about the cluster.",
    b"KEYSLOT <key>",
    b"    Return the hash slot for <key>.",
    b"MEET <ip> <port> [<bus-port>]",
    b"    Connect nodes into a working cluster.",
    b"MYID",
    b"    Return the node id.",
    b"NODES",
    b"    Return cluster configuration seen by node. Output format:",
    b"    <id> <ip:port> <flags> <master> <pings> <pongs> <epoch> <link> <slot> ...",
    b"REPLICATE <node-id>",
    b"    Configure current node as replica to <node-id>.",
    b"RESET [HARD|SOFT]",
    b"    Reset current node (default: soft).",
    b"SET-CONFIG-EPOCH <epoch>",
    b"    Set config epoch of current node.",
    b"SETSLOT <slot> (IMPORTING <node-id>|MIGRATING <node-id>|STABLE|NODE <node-id>)",
    b"    Set slot state.",
    b"REPLICAS <node-id>",
    b"    Return <node-id> replicas.",
    b"SAVECONFIG",
    b"    Force saving cluster configuration on disk.",
    b"SLOTS",
    b"    Return information about slots range mappings. Each range is made of:",
    b"    start, end, master and replicas IP addresses, ports and ids",
    b"SHARDS",
    b"    Return information about slot range mappings and the nodes associated with them.",
    b"LINKS",
    b"    Return information about all network links between this node and its peers.",
    b"    Output format is an array where each array element is a map containing attributes of a link",
)
