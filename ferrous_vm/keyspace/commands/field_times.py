"""Commands that give fields of hashes an end, and say when it comes (t_hash.c of Redis 7.4 and Valkey 9.0)."""

from __future__ import annotations

from ferrous_vm.keyspace.arguments.field_rules import FieldRules
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.expiry import allowed
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.server.events import HASH
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.timed_fields import TimedDatabase
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.timed_hashes import TimedHash

_ABSENT, _REFUSED, _DONE, _DELETED = -2, 0, 1, 2
_ENDLESS = -1


def rules_of(session: Session) -> FieldRules:
    """How the server at hand reads and does it; it has such commands."""
    rules = session.keyspace.profile.field_rules
    assert rules is not None
    return rules


def database_of(session: Session) -> TimedDatabase:
    """The selected database of a server whose fields may have ends."""
    database = session.database
    assert isinstance(database, TimedDatabase)
    return database


def tell_deleted(session: Session, key: bytes, hash_: Hash) -> None:
    """Fields of `hash_` were given an end in the past, and are deleted."""
    database = session.database
    if database.thresholds.events:
        database.tell(HASH, rules_of(session).deleted_event, key)
    database.remove_if_empty(key, hash_)


def _expire(session: Session, argv: list[bytes], *, seconds: bool, relative: bool) -> Reply:
    """`hexpireGenericCommand`: for each field whether it has the end now, or is deleted because the time is past."""
    database, key, rules = database_of(session), argv[1], rules_of(session)
    now = session.keyspace.expiry_now()
    asked = rules.expiring(argv, lambda: database.find(key, Hash), now if relative else 0, seconds=seconds)
    found = database.find(key, Hash)
    if found is None:
        return [_ABSENT] * len(asked.fields)
    hash_: Hash | TimedHash = database.timed_hash(key, found) if rules.sorts else found
    results: list[Reply] = []
    for field in asked.fields:
        hidden = hash_.timing.hidden if rules.sorts and isinstance(hash_, TimedHash) else ()
        if field not in hash_.fields and field not in hidden:
            results.append(_ABSENT)
            continue
        past = asked.when <= now
        end = hash_.timing.ends.get(field) if isinstance(hash_, TimedHash) else None
        if (rules.past_needs_condition or not past) and not allowed(asked.conditions, asked.when, end):
            results.append(_REFUSED)
        elif past:
            hash_.remove(field)
            results.append(_DELETED)
        else:
            hash_ = database.timed_hash(key, hash_)
            hash_.set_end(field, asked.when)
            results.append(_DONE)
    if _DONE in results and database.thresholds.events:
        database.tell(HASH, b"hexpire", key)
    if _DELETED in results:
        tell_deleted(session, key, hash_)
    return results


@command("HEXPIRE")
def hexpire(session: Session, argv: list[bytes]) -> Reply:
    """HEXPIRE key seconds [NX | XX | GT | LT] FIELDS count field [field ...]"""
    return _expire(session, argv, seconds=True, relative=True)


@command("HPEXPIRE")
def hpexpire(session: Session, argv: list[bytes]) -> Reply:
    """HPEXPIRE key milliseconds [NX | XX | GT | LT] FIELDS count field [field ...]"""
    return _expire(session, argv, seconds=False, relative=True)


@command("HEXPIREAT")
def hexpireat(session: Session, argv: list[bytes]) -> Reply:
    """HEXPIREAT key unix-time-seconds [NX | XX | GT | LT] FIELDS count field [field ...]"""
    return _expire(session, argv, seconds=True, relative=False)


@command("HPEXPIREAT")
def hpexpireat(session: Session, argv: list[bytes]) -> Reply:
    """HPEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT] FIELDS count field [field ...]"""
    return _expire(session, argv, seconds=False, relative=False)


def _times(session: Session, argv: list[bytes], *, absolute: bool) -> list[int]:
    """Milliseconds to, or of, the end of each field; -1 without one, -2 for a field that is not there."""
    database, key = session.database, argv[1]
    fields = rules_of(session).fields(argv, lambda: database.find(key, Hash))
    hash_ = database.find(key, Hash)
    stored = {} if hash_ is None else hash_.fields
    ends = hash_.timing.ends if isinstance(hash_, TimedHash) else {}
    start = 0 if absolute else session.keyspace.expiry_now()
    return [
        _ABSENT if field not in stored else _ENDLESS if field not in ends else max(ends[field] - start, 0)
        for field in fields
    ]


@command("HTTL")
def httl(session: Session, argv: list[bytes]) -> Reply:
    """HTTL key FIELDS count field [field ...]"""
    return [_left_in_seconds(session, time) for time in _times(session, argv, absolute=False)]


def _left_in_seconds(session: Session, time: int) -> int:
    return time if time < 0 else (time + (999 if rules_of(session).sorts else 500)) // 1000


@command("HPTTL")
def hpttl(session: Session, argv: list[bytes]) -> Reply:
    """HPTTL key FIELDS count field [field ...]"""
    return list(_times(session, argv, absolute=False))


@command("HEXPIRETIME")
def hexpiretime(session: Session, argv: list[bytes]) -> Reply:
    """HEXPIRETIME key FIELDS count field [field ...]"""
    return [_left_in_seconds(session, time) for time in _times(session, argv, absolute=True)]


@command("HPEXPIRETIME")
def hpexpiretime(session: Session, argv: list[bytes]) -> Reply:
    """HPEXPIRETIME key FIELDS count field [field ...]"""
    return list(_times(session, argv, absolute=True))


@command("HPERSIST")
def hpersist(session: Session, argv: list[bytes]) -> Reply:
    """HPERSIST key FIELDS count field [field ...]"""
    database, key = session.database, argv[1]
    fields = rules_of(session).persisting(argv, lambda: database.find(key, Hash))
    hash_ = database.find(key, Hash)
    results: list[Reply] = [_persist(hash_, field) for field in fields]
    if _DONE in results and database.thresholds.events:
        database.tell(HASH, b"hpersist", key)
    return results


def _persist(hash_: Hash | None, field: bytes) -> int:
    if hash_ is None or field not in hash_.fields:
        return _ABSENT
    if not isinstance(hash_, TimedHash) or field not in hash_.timing.ends:
        return _ENDLESS
    hash_.set_end(field, None)
    return _DONE
