"""Commands of sets (t_set.c). Those that combine sets are in `set_algebra.py`."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, integer_in_range, positive_integer
from ferrous_vm.keyspace.arguments.readings import SURPLUS
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.sampling import random_positions, sample
from ferrous_vm.keyspace.commands.scanning import parse_cursor, parse_options
from ferrous_vm.keyspace.replies import Reply, SetReply
from ferrous_vm.keyspace.server.events import SET
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.sets import Set

_MOVE_STRATEGY: Final = 5
"""SPOP keeps the rest as a new set when it takes this many times what it leaves (`SPOP_MOVE_STRATEGY_MUL`)."""


@command("SADD")
def sadd(session: Session, argv: list[bytes]) -> Reply:
    """SADD key member [member ...]"""
    database = session.database
    members = database.find(argv[1], Set)
    if members is None:
        members = Set(session.keyspace.thresholds)
        database.put(argv[1], members)
    if len(argv) == 3:
        added = 1 if members.add(argv[2]) else 0
    else:
        thresholds = session.keyspace.thresholds
        if thresholds.profile.sizes_in_advance and _is_crowd(members, len(argv) - 2):
            members.become_table()
        added = sum([members.add(member) for member in argv[2:]])
    if added and database.thresholds.events:
        database.tell(SET, b"sadd", argv[1])
    return added


def _is_crowd(members: Set, count: int) -> bool:
    """Whether so many members to add, be they different or not, are too many for the encoding that the set has
    (`setTypeMaybeConvert`)."""
    thresholds = members.thresholds
    is_intset = bool(members) and members.encoding() == b"intset"
    return count > (thresholds.set_intset_entries if is_intset else thresholds.set_entries)


@command("SREM")
def srem(session: Session, argv: list[bytes]) -> Reply:
    """SREM key member [member ...]"""
    database = session.database
    members = database.find(argv[1], Set)
    if members is None:
        return 0
    removed = sum([members.remove(member) for member in argv[2:]])
    if removed and database.thresholds.events:
        database.tell(SET, b"srem", argv[1])
    database.remove_if_empty(argv[1], members)
    return removed


@command("SMOVE")
def smove(session: Session, argv: list[bytes]) -> Reply:
    """SMOVE source destination member"""
    database = session.database
    source = database.find(argv[1], Set)
    if source is None:
        return 0
    target = database.find(argv[2], Set)
    if source is target:
        return 1 if argv[3] in source else 0
    if not source.remove(argv[3]):
        return 0
    if database.thresholds.events:
        database.tell(SET, b"srem", argv[1])
    database.remove_if_empty(argv[1], source)
    if target is None:
        target = Set(session.keyspace.thresholds)
        database.put(argv[2], target)
    if target.add(argv[3]) and database.thresholds.events:
        database.tell(SET, b"sadd", argv[2])
    return 1


@command("SISMEMBER")
def sismember(session: Session, argv: list[bytes]) -> Reply:
    """SISMEMBER key member"""
    members = session.database.find(argv[1], Set)
    return 1 if members is not None and argv[2] in members else 0


@command("SMISMEMBER")
def smismember(session: Session, argv: list[bytes]) -> Reply:
    """SMISMEMBER key member [member ...]"""
    members = session.database.find(argv[1], Set)
    return [1 if members is not None and member in members else 0 for member in argv[2:]]


@command("SCARD")
def scard(session: Session, argv: list[bytes]) -> Reply:
    """SCARD key"""
    members = session.database.find(argv[1], Set)
    return 0 if members is None else len(members)


@command("SMEMBERS")
def smembers(session: Session, argv: list[bytes]) -> Reply:
    """SMEMBERS key"""
    members = session.database.find(argv[1], Set)
    return SetReply(() if members is None else members.members())


@command("SSCAN")
def sscan(session: Session, argv: list[bytes]) -> Reply:
    """SSCAN key cursor [MATCH pattern] [COUNT count]"""
    cursor = parse_cursor(session, argv[2])
    members = session.database.find(argv[1], Set)
    if members is None:
        return [b"0", []]
    options = parse_options(session, argv, 3)
    cursor, step = members.scan(cursor, options.count)
    matches = options.matches
    return [b"%d" % cursor, [member for member in step if matches is None or matches(member)]]


# Random members


@command("SPOP")
def spop(session: Session, argv: list[bytes]) -> Reply:
    """SPOP key [count]"""
    if len(argv) > 2:
        return _pop_several(session, argv)
    database = session.database
    members = database.find(argv[1], Set)
    if members is None:
        return None
    member = members.member_at(session.keyspace.random.randrange(len(members)))
    members.remove(member)
    if database.thresholds.events:
        database.tell(SET, b"spop", argv[1])
    database.remove_if_empty(argv[1], members)
    return member


def _pop_several(session: Session, argv: list[bytes]) -> Reply:
    if len(argv) > 3:
        raise CommandError(messages.SYNTAX, argv[3], SURPLUS)
    count = positive_integer(argv[2])
    database = session.database
    members = database.find(argv[1], Set)
    if members is None or count == 0:
        return SetReply()
    size = len(members)
    if database.thresholds.events:
        database.tell(SET, b"spop", argv[1])
    if count >= size:
        database.delete(argv[1])
        return SetReply(members.members())
    randrange = session.keyspace.random.randrange
    if (size - count) * _MOVE_STRATEGY <= count:
        return _pop_most(session, argv[1], members, count)
    popped = SetReply()
    for _ in range(count):
        member = members.member_at(randrange(len(members)))
        members.remove(member)
        popped.append(member)
    return popped


def _pop_most(session: Session, key: bytes, members: Set, count: int) -> Reply:
    """Leave a few members as a new set, which chooses its encoding anew, and answer the others."""
    keyspace = session.keyspace
    everything = members.members()
    kept = set(sample(len(everything), len(everything) - count, keyspace.random.randrange))
    rest = Set(keyspace.thresholds, [everything[position] for position in sorted(kept)])
    session.database.put(key, rest)
    return SetReply([member for position, member in enumerate(everything) if position not in kept])


@command("SRANDMEMBER")
def srandmember(session: Session, argv: list[bytes]) -> Reply:
    """SRANDMEMBER key [count]"""
    if len(argv) > 3:
        raise CommandError(messages.SYNTAX, argv[3], SURPLUS)
    count = integer_in_range(argv[2], -INT64_MAX, INT64_MAX) if len(argv) == 3 else None
    members = session.database.find(argv[1], Set)
    if members is None:
        return None if count is None else []
    randrange = session.keyspace.random.randrange
    size = len(members)
    if count is None:
        return members.member_at(randrange(size))
    chosen = [members.member_at(position) for position in random_positions(session, size, count)]
    session.keyspace.bounds.check_strings(chosen)
    return chosen
