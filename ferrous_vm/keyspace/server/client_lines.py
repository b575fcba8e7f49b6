"""What CLIENT LIST and ACL LOG tell of a client (networking.c `catClientInfoString`)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.session import Session

SERVER_ADDRESS: Final = b"127.0.0.1:6379"
"""The server's end of every connection: it listens in name only."""


def client_type(session: Session) -> bytes:
    """`normal` or `pubsub` (`getClientType`)."""
    return b"pubsub" if session.subscribed else b"normal"


def client_flags(session: Session) -> bytes:
    """What the client is, one letter each; `N` for nothing of note."""
    tracking = session.tracking
    states = (
        (b"P", session.subscribed),
        (b"x", session.queue is not None),
        (b"b", session.waiting is not None),
        (b"t", tracking is not None),
        (b"R", tracking is not None and tracking.redirect and tracking.redirect not in session.keyspace.clients),
        (b"B", tracking is not None and tracking.bcast),
        (b"d", session.watch_failed),
        (b"c", session.closing),
        (b"r", session.reads_replicas),
        (b"e", session.no_evict),
    )
    return b"".join(letter for letter, holds in states if holds) or b"N"


def client_line(session: Session) -> bytes:
    """One line of CLIENT LIST (`catClientInfoString`); memory and buffers are those of an idle client."""
    command = session.last_command
    now = session.keyspace.milliseconds() // 1000
    channels, patterns, shards = session.subscription_counts
    line = (
        b"id=%d addr=%b laddr=%b fd=8 name=%b age=%d idle=%d flags=%b db=%d sub=%d psub=%d ssub=%d multi=%d "
        b"qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=1024 rbp=0 obl=0 oll=0 omem=0 tot-mem=1880 events=r cmd=%b "
        b"user=%b redir=%d resp=%d"
    ) % (
        session.client_id, session.address, SERVER_ADDRESS, session.name, now - session.created // 1000,
        now - session.last_interaction // 1000, client_flags(session), session.database.index,
        channels, patterns, shards, -1 if session.queue is None else len(session.queue),
        b"NULL" if command is None else command.full_name,
        session.user.name, -1 if session.tracking is None else session.tracking.redirect, session.protocol,
    )  # fmt: skip
    return line if session.keyspace.profile.predecessor is None else line + b" lib-name=%b lib-ver=%b" % session.library
