"""HGETEX, HSETEX and HGETDEL: fields read or written together with their end (t_hash.c of Redis 8.0, Valkey 9)."""

from __future__ import annotations

from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.field_times import database_of, rules_of, tell_deleted
from ferrous_vm.keyspace.commands.hashes import find_or_create
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.server.events import HASH
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.timed_fields import TimedDatabase
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.timed_hashes import TimedHash


def _delete_due(database: TimedDatabase, key: bytes, hash_: Hash, fields: list[bytes]) -> None:
    """Those of the fields that are due are deleted when they are read, under Redis's rules."""
    if isinstance(hash_, TimedHash) and hash_.timing.hidden:
        due = [field for field in dict.fromkeys(fields) if field in hash_.timing.hidden]
        if due:
            database.expire_fields(key, hash_, due)


@command("HGETEX")
def hgetex(session: Session, argv: list[bytes]) -> Reply:
    """HGETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST] FIELDS count field [field ...]"""
    database, key = database_of(session), argv[1]
    now = session.keyspace.expiry_now()
    options = rules_of(session).getting(argv, lambda: database.find(key, Hash), now)
    hash_ = database.find(key, Hash)
    session.keyspace.bounds.check_strings([None if hash_ is None else hash_.fields.get(name) for name in options.words])
    if hash_ is None:
        return [None] * len(options.words)
    if rules_of(session).sorts:
        _delete_due(database, key, hash_, options.words)
        if len(hash_) and (options.persist or options.when is not None):
            hash_ = database.timed_hash(key, hash_)
    values: list[Reply] = []
    changed = False
    for name in options.words:
        value = hash_.fields.get(name)
        values.append(value)
        if value is None:
            continue
        if options.persist and isinstance(hash_, TimedHash) and name in hash_.timing.ends:
            hash_.set_end(name, None)
            changed = True
        elif options.when is not None:
            changed = True
            if options.when <= now:
                hash_.remove(name)
            else:
                hash_ = database.timed_hash(key, hash_)
                hash_.set_end(name, options.when)
    if changed and options.when is not None and options.when <= now:
        tell_deleted(session, key, hash_)
    elif changed and database.thresholds.events:
        database.tell(HASH, b"hpersist" if options.persist else b"hexpire", key)
    return values


def _end(database: TimedDatabase, key: bytes, hash_: Hash, fields: list[bytes], when: int) -> None:
    timed = database.timed_hash(key, hash_)
    for field in fields:
        timed.set_end(field, when)
    if database.thresholds.events:
        database.tell(HASH, b"hexpire", key)


@command("HSETEX")
def hsetex(session: Session, argv: list[bytes]) -> Reply:
    """HSETEX key [FNX | FXX] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL] FIELDS count field value [field value ...]"""
    database, key, rules = database_of(session), argv[1], rules_of(session)
    now = session.keyspace.expiry_now()
    options = rules.setting(argv, lambda: database.find(key, Hash), now)
    hash_ = database.find(key, Hash)
    names = options.words[::2]
    if options.key_exists is not None and options.key_exists is not (hash_ is not None):
        return 0
    if options.fields_exist is not None:
        stored = {} if hash_ is None else hash_.fields
        if any((name in stored) is not options.fields_exist for name in names):
            return 0
    past = options.when is not None and options.when <= now
    if past and not rules.past_is_stored:
        return int(_delete(session, key, hash_, names) == len(names))
    hash_ = find_or_create(session, key)
    if options.when is not None and rules.sorts:
        hash_ = database.timed_hash(key, hash_)
    store = hash_.update if options.keep else hash_.set
    for name, value in zip(names, options.words[1::2], strict=True):
        store(name, value)
    if database.thresholds.events:
        database.tell(HASH, b"hset", key)
    if options.when is None:
        return 1
    if not past:
        _end(database, key, hash_, names, options.when)
        return 1
    if not rules.sorts and database.thresholds.events:
        database.tell(HASH, b"hexpire", key)
    return int(_delete(session, key, hash_, names) > 0)


def _delete(session: Session, key: bytes, hash_: Hash | None, names: list[bytes]) -> int:
    """Delete fields whose end is past; answers how many there were."""
    count = 0 if hash_ is None else sum([hash_.remove(name) for name in names])
    if hash_ is not None and count:
        tell_deleted(session, key, hash_)
    return count


@command("HGETDEL")
def hgetdel(session: Session, argv: list[bytes]) -> Reply:
    """HGETDEL key FIELDS count field [field ...]"""
    database, key = database_of(session), argv[1]
    fields = rules_of(session).persisting(argv, lambda: database.find(key, Hash))
    hash_ = database.find(key, Hash)
    if hash_ is not None and rules_of(session).sorts:
        _delete_due(database, key, hash_, fields)
    values: list[Reply] = []
    removed = False
    session.keyspace.bounds.check_strings([] if hash_ is None else [hash_.fields.get(field) for field in fields])
    for field in fields:
        value = None if hash_ is None else hash_.fields.get(field)
        values.append(value)
        if hash_ is not None and value is not None:
            removed = hash_.remove(field)
    if hash_ is not None and removed:
        if database.thresholds.events:
            database.tell(HASH, b"hdel", key)
        database.remove_if_empty(key, hash_)
    return values
