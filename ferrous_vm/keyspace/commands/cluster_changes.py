"""What later servers added to CLUSTER: statistics and migration of slots. A cluster of Ferrous does not change."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.cluster import the_cluster
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session

_FIXED: Final = b"ERR The cluster of a Ferrous server does not change, and counts nothing: %b is not offered"


@command(
    "CLUSTER|CANCELSLOTMIGRATIONS",
    "CLUSTER|FLUSHSLOT",
    "CLUSTER|GETSLOTMIGRATIONS",
    "CLUSTER|MIGRATESLOTS",
    "CLUSTER|MIGRATION",
    "CLUSTER|MYSHARDID",
    "CLUSTER|SLOT-STATS",
    "CLUSTER|SYNCSLOTS",
    "CLUSTERSCAN",
    "TRIMSLOTS",
)
def refused(session: Session, argv: list[bytes]) -> Reply:
    """CLUSTER MYSHARDID, SLOT-STATS and its like: a server that is no node of a cluster refuses all of them alike"""
    the_cluster(session)
    raise CommandError(_FIXED % b" ".join(argv[: 1 if argv[0].lower() != b"cluster" else 2]).upper())
