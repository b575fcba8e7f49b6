"""Commands of keys of any type, but expiry, SCAN, OBJECT and SORT (db.c)."""

from __future__ import annotations

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.glob import compile_glob, is_literal
from ferrous_vm.keyspace.arguments.parsing import c_int, integer, keyword
from ferrous_vm.keyspace.arguments.readings import INTEGER, KEY, OPTION, SURPLUS
from ferrous_vm.keyspace.arguments.timeouts import timeout_of
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.database import Database, Value
from ferrous_vm.keyspace.replies import OK, Reply, Status
from ferrous_vm.keyspace.server.events import GENERIC
from ferrous_vm.keyspace.session import Session


@command("DEL", "UNLINK")
def delete(session: Session, argv: list[bytes]) -> Reply:
    """DEL key [key ...]"""
    database = session.database
    deleted = 0
    for key in argv[1:]:
        if database.exists(key):
            database.delete(key)
            deleted += 1
    return deleted


@command("EXISTS", "TOUCH")
def exists(session: Session, argv: list[bytes]) -> Reply:
    """EXISTS key [key ...]: how many of the arguments name a key"""
    database = session.database
    if len(argv) == 2:
        return 1 if database.exists(argv[1]) else 0
    return sum([database.exists(key) for key in argv[1:]])


def type_name(value: Value) -> bytes:
    """What TYPE answers for a stored value."""
    return b"string" if isinstance(value, int | bytes) else value.type_name


@command("TYPE")
def type_(session: Session, argv: list[bytes]) -> Reply:
    """TYPE key"""
    value = session.database.lookup(argv[1])
    return Status(b"none" if value is None else type_name(value))


@command("KEYS")
def keys(session: Session, argv: list[bytes]) -> Reply:
    """KEYS pattern: oldest key first; Redis's order is that of its hash table"""
    pattern = argv[1]
    if is_literal(pattern):  # one look-up, however many keys there are
        return [pattern] if session.database.is_live(pattern) else []
    everything = session.database.keys()
    if pattern == b"*":
        return list(everything)
    matches = compile_glob(pattern)
    return [key for key in everything if matches(key)]


@command("RANDOMKEY")
def randomkey(session: Session, argv: list[bytes]) -> Reply:
    """RANDOMKEY"""
    database = session.database
    database.purge_expired()
    return database.ordered().random(session.keyspace.random.randrange) if database.entries else None


# Moving a value


def _take_over(source: Database, key: bytes, target: Database, new_key: bytes, value: Value, action: bytes) -> None:
    """Let `new_key` of `target` have the value and expiry of `key`, which is removed from `source`. `action` is the
    first word of the events."""
    expiry = source.expiries.get(key)
    source.remove(key)
    target.replace(new_key, value)
    if expiry is not None:
        target.set_expiry(new_key, expiry)
    if source.thresholds.events:
        source.tell(GENERIC, action + b"_from", key)
        target.tell(GENERIC, action + b"_to", new_key)


def _source(session: Session, key: bytes) -> Value:
    value = session.database.lookup(key)
    if value is None:
        raise CommandError(messages.NO_SUCH_KEY, key, KEY)
    return value


@command("RENAME")
def rename(session: Session, argv: list[bytes]) -> Reply:
    """RENAME key newkey"""
    database = session.database
    value = _source(session, argv[1])
    if argv[1] != argv[2]:
        database.exists(argv[2])
        if database.keyspace.tracking is not None:
            database.keyspace.tracking.invalidate(argv[1])  # who tracks both hears of this one first
        database.remove(argv[2])
        _take_over(database, argv[1], database, argv[2], value, b"rename")
    return OK


@command("RENAMENX")
def renamenx(session: Session, argv: list[bytes]) -> Reply:
    """RENAMENX key newkey"""
    database = session.database
    value = _source(session, argv[1])
    if argv[1] == argv[2] or database.exists(argv[2]):
        return 0
    _take_over(database, argv[1], database, argv[2], value, b"rename")
    return 1


def refuse_in_cluster(session: Session, sentence: bytes) -> None:
    """Raise CommandError on a node of a cluster, which has one database."""
    if session.keyspace.cluster is not None:
        raise CommandError(sentence)


def database_argument(session: Session, text: bytes) -> Database:
    """The database that an argument numbers, 0 to 15. Raises CommandError for another."""
    index = c_int(text)
    if not 0 <= index < len(session.keyspace.databases):
        raise CommandError(messages.DB_INDEX_OUT_OF_RANGE, text, INTEGER)
    return session.keyspace.databases[index]


@command("MOVE")
def move(session: Session, argv: list[bytes]) -> Reply:
    """MOVE key db"""
    refuse_in_cluster(session, messages.NOT_IN_CLUSTER % b"MOVE")
    source = session.database
    target = database_argument(session, argv[2])
    if target is source:
        raise CommandError(messages.SAME_OBJECT, argv[2], INTEGER)
    value = source.lookup(argv[1])
    if value is None or target.exists(argv[1]):
        return 0
    _take_over(source, argv[1], target, argv[1], value, b"move")
    return 1


@command("COPY")
def copy(session: Session, argv: list[bytes]) -> Reply:
    """COPY source destination [DB destination-db] [REPLACE]"""
    source, key, new_key = session.database, argv[1], argv[2]
    target, replace = source, False
    position = 3
    while position < len(argv):
        option = keyword(argv[position])
        if option == b"replace":
            replace = True
        elif option == b"db" and position + 1 < len(argv):
            position += 1
            target = database_argument(session, argv[position])
        else:
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        position += 1
    if target is not source:
        refuse_in_cluster(session, b"ERR Copying to another database is not allowed in cluster mode")
    if target is source and key == new_key:
        raise CommandError(messages.SAME_OBJECT, new_key, KEY)
    value = source.lookup(key)
    if value is None or (target.exists(new_key) and not replace):
        return 0
    expiry = source.expiries.get(key)
    twin = value if isinstance(value, int | bytes) else value.copy()
    target.remove(new_key)
    target.replace(new_key, twin)
    if expiry is not None:
        target.set_expiry(new_key, expiry)
    if target.thresholds.events:
        target.tell(GENERIC, b"copy_to", new_key)
    return 1


# Whole databases


@command("DBSIZE")
def dbsize(session: Session, argv: list[bytes]) -> Reply:
    """DBSIZE"""
    session.database.purge_expired()
    return len(session.database)


def check_flush_mode(argv: list[bytes]) -> None:
    """FLUSHDB and FLUSHALL take nothing, SYNC or ASYNC; all are the same here (`getFlushCommandFlags`).

    Raises CommandError for anything else.
    """
    if len(argv) > 2:
        raise CommandError(messages.SYNTAX, argv[2], SURPLUS)
    if len(argv) == 2 and keyword(argv[1]) not in (b"sync", b"async"):
        raise CommandError(messages.SYNTAX, argv[1], OPTION)


@command("FLUSHDB")
def flushdb(session: Session, argv: list[bytes]) -> Reply:
    """FLUSHDB [ASYNC | SYNC]"""
    check_flush_mode(argv)
    session.database.clear()
    _tell_of_flush(session, argv)
    return OK


@command("FLUSHALL")
def flushall(session: Session, argv: list[bytes]) -> Reply:
    """FLUSHALL [ASYNC | SYNC]"""
    check_flush_mode(argv)
    for database in session.keyspace.databases:
        database.clear()
    _tell_of_flush(session, argv)
    return OK


def _tell_of_flush(session: Session, argv: list[bytes]) -> None:
    """Who tracks keys is told that all are gone: before the reply, where that waits until they are freed."""
    keyspace = session.keyspace
    if keyspace.tracking is not None:
        is_awaited = keyspace.profile.flushes_wait and session.may_block and keyword(argv[-1]) != b"async"
        keyspace.executes = keyspace.executes and not is_awaited
        keyspace.tracking.invalidate_all(at_once=is_awaited)


@command("SWAPDB")
def swapdb(session: Session, argv: list[bytes]) -> Reply:
    """SWAPDB index1 index2"""
    refuse_in_cluster(session, messages.NOT_IN_CLUSTER % b"SWAPDB")
    first = c_int(argv[1], b"ERR invalid first DB index")
    second = c_int(argv[2], b"ERR invalid second DB index")
    databases = session.keyspace.databases
    for index, word in ((first, argv[1]), (second, argv[2])):
        if not 0 <= index < len(databases):
            raise CommandError(messages.DB_INDEX_OUT_OF_RANGE, word, INTEGER)
    if first != second:
        databases[first].swap(databases[second])
    return OK


@command("WAIT")
def wait(session: Session, argv: list[bytes]) -> Reply:
    """WAIT numreplicas timeout: there are no replicas, so none has acknowledged"""
    replicas = integer(argv[1])
    timeout = timeout_of(session.keyspace, argv[2])
    if replicas <= 0:
        return 0
    from ferrous_vm.keyspace.commands.blocking import wait_for_replicas

    return wait_for_replicas(session, argv, timeout, 0)
