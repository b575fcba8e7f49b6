"""Reading commands of Redis 7.4 that delete fields which are due, where others leave them to the active cycle
(t_hash.c: `hashTypeGetValue`, `hrandfieldCommand`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from ferrous_vm.keyspace.command import Handler
from ferrous_vm.keyspace.commands import field_values, hashes
from ferrous_vm.keyspace.profiles.own_handlers import own
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.timed_fields import TimedDatabase
from ferrous_vm.keyspace.types.timed_hashes import TimedHash

_READERS: Final[dict[bytes, Handler]] = {
    b"hget": hashes.hget,
    b"hmget": hashes.hmget,
    b"hexists": hashes.hexists,
    b"hstrlen": hashes.hstrlen,
}


@own("HGET", "HMGET", "HEXISTS", "HSTRLEN")
def read(session: Session, argv: list[bytes]) -> Reply:
    """The command; fields that it names and that are due are gone then."""
    reply = _READERS[argv[0].lower()](session, argv)
    _delete_due(session, argv[1], argv[2:])
    return reply


@own("HRANDFIELD")
def hrandfield(session: Session, argv: list[bytes]) -> Reply:
    """HRANDFIELD key [count [WITHVALUES]]; all fields that are due are gone then."""
    reply = hashes.hrandfield(session, argv)
    _delete_due(session, argv[1], None)
    return reply


@own("HSETEX")
def hsetex(session: Session, argv: list[bytes]) -> Reply:
    """HSETEX; where its condition does not hold, what it looked at and is due is gone."""
    reply = field_values.hsetex(session, argv)
    if reply == 0:
        _delete_due(session, argv[1], argv[2:])
    return reply


def _delete_due(session: Session, key: bytes, fields: Collection[bytes] | None) -> None:
    """Delete those of the fields that are due; None: all that are."""
    database = session.database
    if not isinstance(database, TimedDatabase) or key not in database.timed:
        return
    hash_ = database.lookup(key)
    if type(hash_) is TimedHash:
        due = hash_.overdue(session.keyspace.expiry_now())
        wanted = due if fields is None else [field for field in due if field in fields]
        if wanted:
            database.expire_fields(key, hash_, wanted)
