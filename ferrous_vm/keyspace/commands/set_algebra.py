"""Unions, intersections and differences of sets (`sinterGenericCommand`, `sunionDiffGenericCommand`, t_set.c)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import key_count, keyword, positive_integer
from ferrous_vm.keyspace.arguments.readings import KEY_COUNT, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.interruption import changes_nothing
from ferrous_vm.keyspace.replies import Reply, SetReply
from ferrous_vm.keyspace.server.events import SET
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.sets import Set

Operation: TypeAlias = Callable[[Session, list[bytes]], Set]

_TOO_FEW_KEYS: Final = b"ERR numkeys should be greater than 0"
_TOO_MANY_KEYS: Final = b"ERR Number of keys can't be greater than number of args"


def _find_all(session: Session, keys: list[bytes]) -> list[Set | None]:
    return [session.database.find(key, Set) for key in keys]


def _distinct(sets: Iterable[Set]) -> list[Set]:
    """Each set once, however many keys name it."""
    return list({id(members): members for members in sets}.values())


def _common(session: Session, keys: list[bytes]) -> list[bytes]:
    """The members that the sets at all of `keys` have, in the order of the smallest set."""
    found = _find_all(session, keys)
    sets = [members for members in found if members is not None]
    if len(sets) < len(found):
        return []
    first, *others = sorted(_distinct(sets), key=len)
    common = first.members()
    for other in others:
        held = other.lookup()
        common = [member for member in common if member in held]
    return common


@changes_nothing
def _intersection(session: Session, keys: list[bytes]) -> Set:
    return Set(session.keyspace.thresholds, _common(session, keys))


@changes_nothing
def _union(session: Session, keys: list[bytes]) -> Set:
    union: dict[bytes, None] = {}
    for members in _find_all(session, keys):
        if members is not None:
            union.update(dict.fromkeys(members.members()))
    return Set(session.keyspace.thresholds, union)


@changes_nothing
def _difference(session: Session, keys: list[bytes]) -> Set:
    first, *others = _find_all(session, keys)
    if first is None or any(other is first for other in others):
        return Set(session.keyspace.thresholds)
    rest = first.members()
    for other in _distinct(other for other in others if other is not None):
        gone = other.lookup()
        rest = [member for member in rest if member not in gone]
    return Set(session.keyspace.thresholds, rest)


def _store(session: Session, argv: list[bytes], operation: Operation, event: bytes) -> Reply:
    """The result of `operation` on argv[2:] becomes the value of argv[1], without expiry; empty, it removes the key."""
    database = session.database
    result = operation(session, argv[2:])
    if len(result):
        database.replace(argv[1], result)
        if database.thresholds.events:
            database.tell(SET, event, argv[1])
    else:
        database.delete(argv[1])
    return len(result)


@command("SINTER")
def sinter(session: Session, argv: list[bytes]) -> Reply:
    """SINTER key [key ...]"""
    return SetReply(_common(session, argv[1:]))


@command("SUNION")
def sunion(session: Session, argv: list[bytes]) -> Reply:
    """SUNION key [key ...]"""
    return SetReply(_union(session, argv[1:]).members())


@command("SDIFF")
def sdiff(session: Session, argv: list[bytes]) -> Reply:
    """SDIFF key [key ...]"""
    return SetReply(_difference(session, argv[1:]).members())


@command("SINTERSTORE")
def sinterstore(session: Session, argv: list[bytes]) -> Reply:
    """SINTERSTORE destination key [key ...]"""
    return _store(session, argv, _intersection, b"sinterstore")


@command("SUNIONSTORE")
def sunionstore(session: Session, argv: list[bytes]) -> Reply:
    """SUNIONSTORE destination key [key ...]"""
    return _store(session, argv, _union, b"sunionstore")


@command("SDIFFSTORE")
def sdiffstore(session: Session, argv: list[bytes]) -> Reply:
    """SDIFFSTORE destination key [key ...]"""
    return _store(session, argv, _difference, b"sdiffstore")


@command("SINTERCARD")
def sintercard(session: Session, argv: list[bytes]) -> Reply:
    """SINTERCARD numkeys key [key ...] [LIMIT limit]"""
    numkeys = key_count(argv[1], _TOO_FEW_KEYS)
    if numkeys > len(argv) - 2:
        raise CommandError(_TOO_MANY_KEYS, argv[1], KEY_COUNT)
    limit = 0
    words = iter(argv[2 + numkeys :])
    for word in words:
        value = next(words, None)
        if value is None or keyword(word) != b"limit":
            raise CommandError(messages.SYNTAX, word, OPTION)
        limit = positive_integer(value, b"ERR LIMIT can't be negative")
    common = len(_common(session, argv[2 : 2 + numkeys]))
    return min(common, limit) if limit else common
