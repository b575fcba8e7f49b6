"""Whether a command may run now: by permissions, inside MULTI, on this node of a cluster, subscribed under RESP2 or
silenced, short of memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ferrous_vm.keyspace.access import access_log
from ferrous_vm.keyspace.access.denials import Reason
from ferrous_vm.keyspace.access.permissions import denial
from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.profiles.profile import Profile
from ferrous_vm.keyspace.replies import NO_REPLY, QUEUED, ErrorReply, Push, Reply, Several
from ferrous_vm.keyspace.server import memory_limit
from ferrous_vm.keyspace.session import Session

RUN_INSIDE_MULTI: Final = frozenset({b"exec", b"discard", b"multi", b"watch", b"quit", b"reset"})
"""Commands that run at once although a transaction is being queued (`processCommand`)."""

ALWAYS_END_MULTI: Final = frozenset({b"exec", b"discard", b"quit", b"reset"})
"""Commands that a transaction may be ended with when memory is short, while all others would grow it."""

RUN_WHILE_SUBSCRIBED: Final = frozenset(
    b"ping subscribe ssubscribe sunsubscribe unsubscribe psubscribe punsubscribe quit reset".split()
)
"""Commands a RESP2 client may send while it is subscribed (`processCommand`)."""

NO_LOGIN: Final = ErrorReply(b"NOAUTH Authentication required.")

Call = Callable[[Session, Row, list[bytes]], Reply]


def admit(session: Session, row: Row, argv: list[bytes], call: Call) -> Reply:
    """Run, queue or refuse the command."""
    mode, keyspace = session.reply_mode, session.keyspace
    before, keyspace.current = keyspace.current, session
    try:
        try:
            reply = _admit(session, row, argv, call)
        finally:  # an interrupt, too, leaves nobody else what this client is owed
            if keyspace.tracking is not None and keyspace.busy is None:
                keyspace.tracking.settle()
        waiters = keyspace.waiters
        if waiters is not None:
            if keyspace.busy is None:
                waiters.serve()
            if session.waiting is not None:
                return NO_REPLY
    finally:
        keyspace.current = before
    forget_caching(session, row)
    return audible(session, mode, reply)


def forget_caching(session: Session, row: Row | None) -> None:
    """CLIENT CACHING holds for one command or transaction, which has ended (`resetClient`)."""
    state = session.tracking
    if state is not None and state.caching and session.queue is None and not _is_of_client(row):
        state.caching = False


def _is_of_client(row: Row | None) -> bool:
    return row is not None and row.command_name == b"client"


def _called(session: Session, row: Row) -> bytes:
    """What a command is called in a refusal."""
    former = session.keyspace.profile.subcommands_are_arguments
    return row.command_name if former else row.full_name


def audible(session: Session, mode: bytes, reply: Reply) -> Reply:
    """What the client gets of the reply to a command before which CLIENT REPLY had said `mode` (`resetClient`).

    A session is on, off, to have its next reply skipped, or, once that is due, the one after it too (`skip_next`).
    """
    if mode == b"skip" and session.reply_mode in _AFTER_SKIPPING:
        session.reply_mode = _AFTER_SKIPPING[session.reply_mode]
        session.refresh_gate()
    elif session.reply_mode == b"off":
        pass
    else:
        return reply
    return Several(_confirmations(reply))


_AFTER_SKIPPING: Final = {b"skip": b"on", b"skip_next": b"skip"}


def _confirmations(reply: Reply) -> list[Push]:
    """What no silence holds back: confirmations of subscriptions (`addReplyPubsubSubscribed`), in EXEC's reply too."""
    several = reply if isinstance(reply, list) else [reply]
    pushes = [push for item in several if isinstance(item, Several) for push in item if isinstance(push, Push)]
    return [push for push in pushes if push[0] in _CONFIRMATIONS]


_CONFIRMATIONS: Final = frozenset(b"subscribe unsubscribe psubscribe punsubscribe ssubscribe sunsubscribe".split())


def _admit(session: Session, row: Row, argv: list[bytes], call: Call) -> Reply:
    """In the order of `processCommand`."""
    profile = session.keyspace.profile
    session.keyspace.expire_due()
    in_transaction = session.queue is not None and "no_multi" in row.flags
    if in_transaction and profile.no_multi_comes_first and not session.must_log_in:
        return refuse(session, row, no_multi(profile, row))
    if session.is_checked:
        refusal = _refusal_of_user(session, row, argv)
        if refusal is not None:
            return reject(session, row, argv, refusal)
    if in_transaction:
        return refuse(session, row, no_multi(profile, row))
    if session.keyspace.cluster is not None:
        from ferrous_vm.keyspace.cluster_refusals import refusal as refusal_of_node

        elsewhere = refusal_of_node(session.keyspace.cluster, session, row, argv)
        if elsewhere is not None:
            return refuse(session, row, elsewhere)
    if session.keyspace.thresholds.memory and _lacks_memory(session, row, argv):
        return reject(session, row, argv, memory_limit.REFUSAL)
    if session.keyspace.tracking is not None:
        session.keyspace.tracking.limit()
    if session.subscribed and session.protocol == 2 and row.name not in RUN_WHILE_SUBSCRIBED:
        return reject(session, row, argv, ErrorReply(profile.sentences.subscribed % _called(session, row)))
    if session.monitors and _touches_keys(session, row, argv):
        return reject(session, row, argv, ErrorReply(profile.sentences.only_watches))
    if session.keyspace.busy is not None:
        from ferrous_vm.keyspace.server.busy import may_run_meanwhile

        if not may_run_meanwhile(session, row, argv):
            return reject(session, row, argv, session.keyspace.busy)
    waiters = session.keyspace.waiters
    if waiters is not None and waiters.holds_back(session, row, argv):
        waiters.hold_back(session, row, argv)
        return NO_REPLY
    if session.queue is None or row.full_name in RUN_INSIDE_MULTI:
        return _carry_out(session, row, argv, call)
    session.queue.append((row, argv))
    return QUEUED


def _carry_out(session: Session, row: Row, argv: list[bytes], call: Call) -> Reply:
    keyspace = session.keyspace
    before, keyspace.executes = keyspace.executes, True
    try:
        return call(session, row, argv)
    finally:
        keyspace.executes = before


def _touches_keys(session: Session, row: Row, argv: list[bytes]) -> bool:
    """Whether a command, or one that it brings about, reads or may write keys."""
    queued = session.queue if row.name == b"exec" else None
    return any(
        "readonly" in each.flags or memory_limit.may_write(session, each, words)
        for each, words in [(row, argv), *(queued or ())]
    )


def no_multi(profile: Profile, row: Row) -> ErrorReply:
    """What a command is told that no transaction may hold."""
    return ErrorReply(with_names(profile.sentences.no_multi, row.full_name))


def _refusal_of_user(session: Session, row: Row, argv: list[bytes]) -> ErrorReply | None:
    """Why the session's user may not carry out the command."""
    if session.must_log_in and "no_auth" not in row.flags:
        return NO_LOGIN
    denied = denial(session.user, row, argv, session.database)
    if denied is None:
        return None
    access_log.note(session, row, denied.reason, denied.object(row, argv))
    sentences = session.keyspace.profile.sentences
    if denied.reason is Reason.DATABASE:
        return ErrorReply(sentences.denied_database)
    if denied.reason is Reason.COMMAND:
        return ErrorReply(with_names(sentences.denied_command, session.user.name, _called(session, row)))
    return ErrorReply(sentences.denied_key if denied.reason is Reason.KEY else sentences.denied_channel)


def with_names(sentence: bytes, *names: bytes) -> bytes:
    """A sentence whose gaps are filled with the last of `names`; what it has no gap for is not said."""
    gaps = sentence.count(b"%b")
    return sentence % names[len(names) - gaps :] if gaps else sentence


def _lacks_memory(session: Session, row: Row, argv: list[bytes]) -> bool:
    """Whether the memory limit refuses the command: one that may need more, or nearly any in a transaction."""
    if not memory_limit.check(session.keyspace):
        return False
    queue = session.queue
    if queue is not None and row.name == b"exec":
        return any(memory_limit.needs_memory(session, queued, words) for queued, words in queue)
    refuses_queueing = not session.keyspace.profile.queues_when_full
    grows_queue = queue is not None and row.name not in ALWAYS_END_MULTI and refuses_queueing
    return grows_queue or memory_limit.needs_memory(session, row, argv)


def reject(session: Session, row: Row, argv: list[bytes], error: ErrorReply) -> ErrorReply:
    """`refuse`; but if it is EXEC that may not begin, the transaction is gone (`execCommandAbort`)."""
    if row.name != b"exec":
        return refuse(session, row, error)
    session.discard_transaction()
    if session.keyspace.monitors is not None:
        session.keyspace.monitors.tell(session, row, argv)
    reason = error.message.removeprefix(b"ERR ")
    return refuse(session, row, ErrorReply(b"EXECABORT Transaction discarded because of: %b" % reason))


def refuse(session: Session, row: Row | None, error: ErrorReply) -> ErrorReply:
    """The command does not even begin: a transaction that is being queued has failed (`rejectCommand`)."""
    session.keyspace.statistics.reject(row, error)
    if session.queue is not None:
        session.queue_failed = True
    return error
