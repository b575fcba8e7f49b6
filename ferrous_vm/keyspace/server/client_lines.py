"""What CLIENT LIST and ACL LOG tell of a client (networking.c `catClientInfoString`)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.session import Session

_FIRST_PORT: Final = 50_000
"""Clients have addresses in name only: 127.0.0.1 and this port plus their id."""


def address(session: Session) -> bytes:
    """The address under which CLIENT LIST shows the session."""
    return address_of(session.client_id)


def address_of(client_id: int) -> bytes:
    """The address of the client with this id; that of a script's client, whose id is 0, is unknown."""
    return b"127.0.0.1:%d" % (_FIRST_PORT + client_id) if client_id else b"?:0"


def server_address(session: Session) -> bytes:
    """The server's end of the session: it listens in name only."""
    return b"127.0.0.1:6379"


def client_type(session: Session) -> bytes:
    """`normal` or `pubsub` (`getClientType`)."""
    return b"pubsub" if session.subscribed else b"normal"


def client_line(session: Session, command_name: bytes) -> bytes:
    """One line of CLIENT LIST (`catClientInfoString`); memory and buffers are those of an idle client."""
    flags = b"".join([
        b"P" if session.subscribed else b"",
        b"x" if session.queue is not None else b"",
        b"t" if session.tracking is not None else b"",
        b"d" if session.watch_failed else b"",
    ])  # fmt: skip
    channels, patterns, shards = session.subscription_counts
    return (
        b"id=%d addr=%b laddr=%b fd=8 name=%b age=%d idle=0 flags=%b db=%d sub=%d psub=%d ssub=%d multi=%d "
        b"qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=1024 rbp=0 obl=0 oll=0 omem=0 tot-mem=1880 events=r cmd=%b "
        b"user=%b redir=%d resp=%d"
    ) % (
        session.client_id, address(session), server_address(session), session.name,
        (session.keyspace.milliseconds() - session.created) // 1000, flags or b"N", session.database.index,
        channels, patterns, shards, -1 if session.queue is None else len(session.queue), command_name,
        session.user.name, -1 if session.tracking is None else session.tracking.redirect, session.protocol,
    )  # fmt: skip
