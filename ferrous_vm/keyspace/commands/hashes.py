"""Commands of hashes (t_hash.c), and the example of how commands are written: see `keyspace/command.py`."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, INT64_MIN, integer, integer_in_range, keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import INTEGER, OPTION, SURPLUS
from ferrous_vm.keyspace.command import command, wrong_arity
from ferrous_vm.keyspace.commands.sampling import random_positions
from ferrous_vm.keyspace.commands.scanning import parse_cursor, parse_options, scan_members
from ferrous_vm.keyspace.replies import OK, MapReply, Reply
from ferrous_vm.keyspace.server.events import HASH
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.hashes import Hash

_NOT_INTEGER: Final = b"ERR hash value is not an integer"


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
        added = 1 if hash_.set(argv[2], argv[3]) else 0
    else:
        thresholds = session.keyspace.thresholds
        if len(argv) // 2 - 1 > thresholds.hash_entries and thresholds.profile.sizes_in_advance:
            hash_.become_table()
        added = sum([hash_.set(argv[i], argv[i + 1]) for i in range(2, len(argv), 2)])
    if session.database.thresholds.events:
        session.database.tell(HASH, b"hset", argv[1])
    return added


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


@command("HSETNX")
def hsetnx(session: Session, argv: list[bytes]) -> Reply:
    """HSETNX key field value"""
    hash_ = session.database.find(argv[1], Hash)
    if hash_ is not None and argv[2] in hash_.fields:
        return 0
    find_or_create(session, argv[1]).set(argv[2], argv[3])
    if session.database.thresholds.events:
        session.database.tell(HASH, b"hset", argv[1])
    return 1


@command("HMGET")
def hmget(session: Session, argv: list[bytes]) -> Reply:
    """HMGET key field [field ...]"""
    hash_ = session.database.find(argv[1], Hash)
    if hash_ is None:
        return [None] * (len(argv) - 2)
    value_of = hash_.fields.get
    values = [value_of(field) for field in argv[2:]]
    session.keyspace.bounds.check_strings(values)
    return values


@command("HDEL")
def hdel(session: Session, argv: list[bytes]) -> Reply:
    """HDEL key field [field ...]"""
    database = session.database
    hash_ = database.find(argv[1], Hash)
    if hash_ is None:
        return 0
    removed = sum([hash_.remove(field) for field in argv[2:]])
    if removed:
        if database.thresholds.events:
            database.tell(HASH, b"hdel", argv[1])
        database.remove_if_empty(argv[1], hash_)
    return removed


@command("HEXISTS")
def hexists(session: Session, argv: list[bytes]) -> Reply:
    """HEXISTS key field"""
    hash_ = session.database.find(argv[1], Hash)
    return 1 if hash_ is not None and argv[2] in hash_.fields else 0


@command("HLEN")
def hlen(session: Session, argv: list[bytes]) -> Reply:
    """HLEN key"""
    hash_ = session.database.find(argv[1], Hash)
    return 0 if hash_ is None else len(hash_)


@command("HSTRLEN")
def hstrlen(session: Session, argv: list[bytes]) -> Reply:
    """HSTRLEN key field"""
    hash_ = session.database.find(argv[1], Hash)
    return 0 if hash_ is None else len(hash_.fields.get(argv[2], b""))


@command("HGETALL")
def hgetall(session: Session, argv: list[bytes]) -> Reply:
    """HGETALL key"""
    hash_ = session.database.find(argv[1], Hash)
    return MapReply() if hash_ is None else MapReply(hash_.fields.items())


@command("HKEYS")
def hkeys(session: Session, argv: list[bytes]) -> Reply:
    """HKEYS key"""
    hash_ = session.database.find(argv[1], Hash)
    return [] if hash_ is None else list(hash_.fields)


@command("HVALS")
def hvals(session: Session, argv: list[bytes]) -> Reply:
    """HVALS key"""
    hash_ = session.database.find(argv[1], Hash)
    return [] if hash_ is None else list(hash_.fields.values())


@command("HINCRBY")
def hincrby(session: Session, argv: list[bytes]) -> Reply:
    """HINCRBY key field increment"""
    increment = integer(argv[3])
    hash_ = session.database.find(argv[1], Hash)
    text = None if hash_ is None else hash_.fields.get(argv[2])
    number = 0 if text is None else to_integer(text)
    if number is None:
        raise CommandError(_NOT_INTEGER)
    total = number + increment
    if not INT64_MIN <= total <= INT64_MAX:
        raise CommandError(messages.INCREMENT_OVERFLOW)
    find_or_create(session, argv[1]).update(argv[2], b"%d" % total)
    if session.database.thresholds.events:
        session.database.tell(HASH, b"hincrby", argv[1])
    return total


@command("HSCAN")
def hscan(session: Session, argv: list[bytes]) -> Reply:
    """HSCAN key cursor [MATCH pattern] [COUNT count] [NOVALUES]"""
    cursor = parse_cursor(session, argv[2])
    hash_ = session.database.find(argv[1], Hash)
    if hash_ is None:
        return [b"0", []]
    options = parse_options(session, argv, 3)
    order = hash_.order if hash_.is_table else None
    following, fields = scan_members(order, list(hash_.fields), cursor, options)
    return [following, fields if options.bare else [side for field in fields for side in (field, hash_.fields[field])]]


@command("HRANDFIELD")
def hrandfield(session: Session, argv: list[bytes]) -> Reply:
    """HRANDFIELD key [count [WITHVALUES]]"""
    if len(argv) == 2:
        hash_ = session.database.find(argv[1], Hash)
        order = None if hash_ is None else hash_.order()
        if order is None or not order.keys:  # fields may be there that are due
            return None
        return order.random(session.keyspace.random.randrange)
    count = integer_in_range(argv[2], -INT64_MAX, INT64_MAX)
    if len(argv) > 4:
        raise CommandError(messages.SYNTAX, argv[4], SURPLUS)
    if len(argv) == 4 and keyword(argv[3]) != b"withvalues":
        raise CommandError(messages.SYNTAX, argv[3], OPTION)
    with_values = len(argv) == 4
    if with_values and not -INT64_MAX // 2 <= count <= INT64_MAX // 2:
        raise CommandError(messages.OUT_OF_RANGE, argv[2], INTEGER)
    hash_ = session.database.find(argv[1], Hash)
    if hash_ is None:
        return []
    keys = hash_.order().keys
    chosen = [keys[position] for position in random_positions(session, len(keys), count)]
    session.keyspace.bounds.check_strings(chosen)
    if not with_values:
        return chosen
    session.keyspace.bounds.check_strings([hash_.fields[field] for field in chosen])
    if session.protocol == 3:
        return [[field, hash_.fields[field]] for field in chosen]
    return [side for field in chosen for side in (field, hash_.fields[field])]
