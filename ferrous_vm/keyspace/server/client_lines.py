"""What CLIENT LIST and ACL LOG tell of a client (networking.c `catClientInfoString`)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.session import Session


def client_type(session: Session) -> bytes:
    """`normal` or `pubsub` (`getClientType`)."""
    return b"pubsub" if session.subscribed else b"normal"


def client_flags(session: Session) -> bytes:
    """What the client is, one letter each; `N` for nothing of note."""
    tracking = session.tracking
    states = (
        (b"O", session.monitors),
        (b"P", session.subscribed),
        (b"x", session.queue is not None),
        (b"b", session.waiting is not None),
        (b"t", tracking is not None),
        (b"R", tracking is not None and tracking.is_broken),
        (b"B", tracking is not None and tracking.bcast),
        (b"d", session.watch_failed),
        (b"c", session.closing),
        (b"r", session.reads_replicas),
        (b"e", session.no_evict),
    )
    return b"".join(letter for letter, holds in states if holds) or b"N"


_ALWAYS: Final = frozenset(
    b"id addr laddr fd name age idle flags db sub psub multi qbuf qbuf-free argv-mem obl oll omem tot-mem events cmd "
    b"user redir".split()
)
"""What every server tells; what else one does, its profile says (`client_fields`)."""


def request_size(argv: list[bytes]) -> int:
    """How many bytes a command has as clients write it."""
    return len(b"*%d\r\n" % len(argv)) + sum(len(b"$%d\r\n\r\n" % len(word)) + len(word) for word in argv)


def client_line(session: Session, query: int = 0) -> bytes:
    """One line of CLIENT LIST (`catClientInfoString`); memory and totals are those of an idle client.

    `query`: the bytes of the command that is carried out for it.
    """
    unsent = session.unsent()
    command, profile = session.last_command, session.keyspace.profile
    now = session.keyspace.milliseconds() // 1000
    channels, patterns, shards = session.subscription_counts
    if command is not None and command.container is not None and profile.subcommands_are_arguments:
        command = command.container
    facts: dict[bytes, bytes | int] = {
        b"id": session.client_id,
        b"addr": session.address,
        b"laddr": session.local_address,
        b"fd": 8,
        b"name": session.name,
        b"age": now - session.created // 1000,
        b"idle": now - session.last_interaction // 1000,
        b"flags": client_flags(session),
        b"capa": b"",
        b"db": session.database.index,
        b"sub": channels,
        b"psub": patterns,
        b"ssub": shards,
        b"multi": -1 if session.queue is None else len(session.queue),
        b"watch": len(session.watched),
        b"qbuf": query,
        **dict.fromkeys((b"qbuf-free", b"argv-mem", b"multi-mem"), 0),
        b"rbs": 1024,
        **dict.fromkeys((b"rbp", b"obl"), 0),
        b"oll": bool(unsent),
        b"omem": unsent,
        b"tot-mem": 1880 + unsent,
        b"events": b"r",
        b"cmd": b"NULL" if command is None else command.full_name,
        b"user": session.user.name,
        b"redir": -1 if session.tracking is None else session.tracking.redirect,
        b"resp": session.protocol,
        b"lib-name": session.library[0],
        b"lib-ver": session.library[1],
        **dict.fromkeys((b"io-thread", b"tot-net-in", b"tot-net-out", b"tot-cmds"), 0),
    }
    told = _ALWAYS | profile.client_fields
    pairs = ((name, fact if isinstance(fact, bytes) else b"%d" % fact) for name, fact in facts.items() if name in told)
    return b" ".join(b"%b=%b" % pair for pair in pairs)
