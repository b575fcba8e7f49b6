"""What a node of a cluster refuses, and in which words: commands of clients, and those of their scripts.

Imported when there is a cluster. A profile whose server says something else has its sentences in the place of these.
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.cluster import NO_SLOT, Cluster, Problem
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.profiles.sentences import Sentences
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.keyspace.session import Session

SENTENCES: Final[dict[Problem, bytes]] = {
    Problem.CROSS_SLOT: b"CROSSSLOT Keys in request don't hash to the same slot",
    Problem.UNBOUND: b"CLUSTERDOWN Hash slot not served",
    Problem.DOWN: b"CLUSTERDOWN The cluster is down",
    Problem.DOWN_FOR_WRITES: b"CLUSTERDOWN The cluster is down and only accepts read commands",
    Problem.MOVED: b"MOVED %d %b:%d",
}
"""What a client is told."""

_NOT_LOCAL: Final = b"ERR Script attempted to access a non local key in a cluster node"
SCRIPT_SENTENCES: Final[dict[Problem, ErrorReply]] = {
    **{problem: ErrorReply(_NOT_LOCAL) for problem in (Problem.CROSS_SLOT, Problem.UNBOUND, Problem.MOVED)},
    Problem.DOWN: ErrorReply(b"ERR Script attempted to execute a command while the cluster is down"),
    Problem.DOWN_FOR_WRITES: ErrorReply(
        b"ERR Script attempted to execute a write command while the cluster is down and readonly"
    ),
}
"""What a script is told."""
OTHER_SLOT: Final = ErrorReply(b"ERR Script attempted to access keys that do not hash to the same slot")
"""What a script with a shebang is told that comes to a second slot."""


def refusal(cluster: Cluster, session: Session, row: Row, argv: list[bytes]) -> ErrorReply | None:
    """Why a client's command is not for this node; of EXEC, why none of its transaction is, which is gone then."""
    is_exec = row.name == b"exec"
    if is_exec and session.queue is None:
        return None
    commands = session.queue if is_exec and session.queue is not None else [(row, argv)]
    problem, session.slot = cluster.verdict(session.keyspace.configuration, commands)
    if problem is None:
        return None
    if is_exec:
        session.discard_transaction()
    sentence = SENTENCES[problem]
    if problem is Problem.MOVED:
        owner = cluster.owners[session.slot]
        assert owner is not None
        sentence %= (session.slot, owner.host, owner.port)
    return ErrorReply(sentence)


def script_refusal(
    cluster: Cluster, caller: Session, row: Row, argv: list[bytes], *, may_cross_slots: bool
) -> ErrorReply | None:
    """Why a script of `caller` may not carry out a command here (`scriptVerifyClusterState`, script.c).

    One that may not cross slots stays in the first it comes to: that of its declared keys, if it has any.
    """
    problem, slot = cluster.verdict(caller.keyspace.configuration, [(row, argv)])
    if problem is not None:
        return _script_sentence(caller.keyspace.profile.sentences, problem, row)
    if slot == NO_SLOT or may_cross_slots:
        return None
    if caller.slot == NO_SLOT:
        caller.slot = slot
    return None if caller.slot == slot else OTHER_SLOT


def _script_sentence(sentences: Sentences, problem: Problem, row: Row) -> ErrorReply:
    """What a script is told of the problem, as the server words it."""
    worded = {
        Problem.CROSS_SLOT: sentences.script_cross_slot,
        Problem.UNBOUND: sentences.script_not_served,
        Problem.MOVED: sentences.script_not_local,
    }.get(problem)
    if not worded:
        return SCRIPT_SENTENCES[problem]
    return ErrorReply(worded % row.full_name if b"%b" in worded else worded)


if SENTENCES.keys() != set(Problem) or SCRIPT_SENTENCES.keys() != set(Problem):
    raise ValueError("a problem has no sentence")
