"""ROLE, REPLICAOF and FAILOVER (replication.c): this server is a master without replicas, and stays one."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import CHOICE, INTEGER, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.replies import OK, Reply
from ferrous_vm.keyspace.session import Session

_BAD_PORT: Final = b"ERR Invalid master port"
_NOT_IN_CLUSTER: Final = b"ERR REPLICAOF not allowed in cluster mode."
_NO_NETWORK: Final = b"ERR Ferrous has no network and cannot be a replica"
_NO_FAILOVER: Final = b"ERR No failover in progress."
_BAD_TIMEOUT: Final = b"ERR FAILOVER timeout must be greater than 0"
_NO_REPLICAS: Final = b"ERR FAILOVER requires connected replicas."


@command("ROLE")
def role(session: Session, argv: list[bytes]) -> Reply:
    """ROLE"""
    return [b"master", 0, []]


@command("REPLICAOF", "SLAVEOF")
def replicaof(session: Session, argv: list[bytes]) -> Reply:
    """REPLICAOF NO ONE; a host and port are checked and refused"""
    if session.keyspace.cluster is not None:
        raise CommandError(_NOT_IN_CLUSTER)
    if keyword(argv[1]) == b"no" and keyword(argv[2]) == b"one":
        return OK
    port = to_integer(argv[2])
    if port is None or not 0 <= port <= 65535:
        refused = (argv[1], CHOICE) if keyword(argv[2]) == b"one" else (argv[2], INTEGER)
        raise CommandError(_BAD_PORT, *refused)
    raise CommandError(_NO_NETWORK)


@command("FAILOVER")
def failover(session: Session, argv: list[bytes]) -> Reply:
    """FAILOVER [TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]: always refused"""
    if len(argv) == 2 and keyword(argv[1]) == b"abort":
        raise CommandError(_NO_FAILOVER)
    seen: set[bytes] = set()
    position = 1
    while position < len(argv):
        option, left = keyword(argv[position]), len(argv) - position - 1
        if option in seen or left < {b"timeout": 1, b"to": 2, b"force": 0}.get(option, len(argv)):
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        seen.add(option)
        if option == b"timeout":
            position += 1
            if integer(argv[position]) <= 0:
                raise CommandError(_BAD_TIMEOUT, argv[position], INTEGER)
        elif option == b"to":
            position += 2
            integer(argv[position])
        position += 1
    raise CommandError(_NO_REPLICAS)
