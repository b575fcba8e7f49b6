"""Commands of hashes (t_hash.c), and the example of how commands are written: see `keyspace/command.py`."""

from __future__ import annotations

from ferrous_vm.keyspace.command import command, wrong_arity
from ferrous_vm.keyspace.replies import OK, Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.hashes import Hash


def find_or_create(session: Session, key: bytes) -> Hash:
    """The hash at `key`, made when there is none (`hashTypeLookupWriteOrCreate`)."""
    database = session.database
    hash_ = database.find(key, Hash)
    if hash_ is None:
        hash_ = Hash(session.keyspace.thresholds)
        database.put(key, hash_)
    return hash_


@command("HSET")
def hset(session: Session, argv: list[bytes]) -> Reply:
    """HSET key field value [field value ...]"""
    if len(argv) % 2:
        raise wrong_arity(b"hset")
    hash_ = find_or_create(session, argv[1])
    if len(argv) == 4:
        return 1 if hash_.set(argv[2], argv[3]) else 0
    return sum([hash_.set(argv[i], argv[i + 1]) for i in range(2, len(argv), 2)])


@command("HMSET")
def hmset(session: Session, argv: list[bytes]) -> Reply:
    """HMSET key field value [field value ...]"""
    if len(argv) % 2:
        raise wrong_arity(b"hmset")
    hset(session, argv)
    return OK


@command("HGET")
def hget(session: Session, argv: list[bytes]) -> Reply:
    """HGET key field"""
    hash_ = session.database.find(argv[1], Hash)
    return None if hash_ is None else hash_.fields.get(argv[2])


@command("HDEL")
def hdel(session: Session, argv: list[bytes]) -> Reply:
    """HDEL key field [field ...]"""
    database = session.database
    hash_ = database.find(argv[1], Hash)
    if hash_ is None:
        return 0
    removed = sum([hash_.remove(field) for field in argv[2:]])
    database.remove_if_empty(argv[1], hash_)
    return removed
