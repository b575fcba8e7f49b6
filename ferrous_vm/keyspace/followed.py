"""How a command is carried out while somebody follows them all: by MONITOR, or with keys tracked (server.c `call`).

Imported when somebody does; `Keyspace.follow` is None before, and nobody pays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ferrous_vm.keyspace.execute import carried_out
from ferrous_vm.keyspace.server.monitors import Monitors, is_told
from ferrous_vm.keyspace.server.tracking import TrackingTable, reads_what_may_be_cached

if TYPE_CHECKING:
    from ferrous_vm.keyspace.command_table import Row
    from ferrous_vm.keyspace.keyspace import Keyspace
    from ferrous_vm.keyspace.replies import Reply
    from ferrous_vm.keyspace.session import Session

_TOLD_FIRST: Final = frozenset(b"eval eval_ro evalsha evalsha_ro fcall fcall_ro".split())
"""Commands that are told of before those that they bring about."""


def tracking_of(keyspace: Keyspace) -> TrackingTable:
    """The table of `keyspace`, made now if there is none."""
    if keyspace.tracking is None:
        keyspace.tracking = TrackingTable(keyspace, _refresh)
    table: TrackingTable = keyspace.tracking
    return table


def monitors_of(keyspace: Keyspace) -> Monitors:
    """The monitors of `keyspace`; from now on it knows them."""
    if keyspace.monitors is None:
        keyspace.monitors = Monitors(keyspace, _refresh)
    monitors: Monitors = keyspace.monitors
    return monitors


def _refresh(keyspace: Keyspace) -> None:
    """Follow commands if somebody wants it."""
    monitors, tracking = keyspace.monitors, keyspace.tracking
    is_wanted = (monitors is not None and bool(monitors.clients)) or (tracking is not None and bool(tracking.clients))
    if is_wanted is (keyspace.follow is None):
        keyspace.follow = follow if is_wanted else None
        keyspace.refresh_gates()


def follow(session: Session, row: Row, argv: list[bytes]) -> Reply:
    """Carry out a command of a client or of a script, and tell of it."""
    keyspace = session.keyspace
    tracking = keyspace.tracking
    if row.full_name in _TOLD_FIRST and keyspace.monitors is not None:
        keyspace.monitors.tell(session, row, argv)
    if tracking is None:
        reply = carried_out(session, row, argv)
    else:
        author = tracking.begin(session)
        try:
            reply = carried_out(session, row, argv)
        finally:
            tracking.author = author
    if keyspace.monitors is not None and is_told(row) and not _was_told(session):
        keyspace.monitors.tell(session, row, argv)
    if tracking is not None and reads_what_may_be_cached(row):
        _remember(session, row, argv)
    return reply


def _was_told(session: Session) -> bool:
    """Whether what is carried out has waited, and was told of when it began."""
    waiters = session.keyspace.waiters
    return waiters is not None and waiters.resumed is not None and waiters.resumed.session is session


def _remember(session: Session, row: Row, argv: list[bytes]) -> None:
    """Who asked has what was read: the client, or that of the script; of a script some servers remember what it read,
    others the keys it was given."""
    keyspace = session.keyspace
    reader = session if session.script is None else keyspace.current
    if reader is None or reader.tracking is None:
        return
    if session.script is not None and not keyspace.profile.tracks_reads_of_scripts and reader.command is not None:
        row, argv = reader.command
    keyspace.tracking.remember(reader, row, argv)
