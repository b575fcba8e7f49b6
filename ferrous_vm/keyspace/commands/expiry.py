"""Commands that give keys an end, and say when it comes (expire.c)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, INT64_MIN, integer, keyword
from ferrous_vm.keyspace.arguments.readings import OPTION, TIME
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.server.events import GENERIC
from ferrous_vm.keyspace.session import Session

_NX_EXCLUDES: Final = b"ERR NX and XX, GT or LT options at the same time are not compatible"
_GT_AND_LT: Final = b"ERR GT and LT options at the same time are not compatible"
_CONDITIONS: Final = frozenset({b"nx", b"xx", b"gt", b"lt"})


def _conditions(argv: list[bytes]) -> set[bytes]:
    """The options after the time (`parseExtendedExpireArgumentsOrReply`)."""
    found = set()
    for argument in argv[3:]:
        option = keyword(argument)
        if option not in _CONDITIONS:
            raise CommandError(b"ERR Unsupported option %b" % messages.shown(argument), argument, OPTION)
        found.add(option)
    if b"nx" in found and len(found) > 1:
        raise CommandError(_NX_EXCLUDES)
    if b"gt" in found and b"lt" in found:
        raise CommandError(_GT_AND_LT)
    return found


def allowed(conditions: AbstractSet[bytes], when: int, current: int | None) -> bool:
    """Whether a key whose expiry is `current` may now expire at `when`; no expiry counts as infinitely late."""
    if b"nx" in conditions and current is not None:
        return False
    if b"xx" in conditions and current is None:
        return False
    if b"gt" in conditions and (current is None or when <= current):
        return False
    return not (b"lt" in conditions and current is not None and when >= current)


def _expire(session: Session, argv: list[bytes], name: bytes, *, seconds: bool, relative: bool) -> Reply:
    """`expireGenericCommand`: 1 if the key has the expiry now, or is gone because the time is past."""
    database = session.database
    key = argv[1]
    conditions = _conditions(argv) if len(argv) > 3 else set()
    when = integer(argv[2])
    if seconds:
        if not INT64_MIN // 1000 + 1 <= when <= INT64_MAX // 1000:
            raise CommandError(messages.INVALID_EXPIRE_TIME % name, argv[2], TIME)
        when *= 1000
    now = session.keyspace.milliseconds()
    if relative:
        if when > INT64_MAX - now:
            raise CommandError(messages.INVALID_EXPIRE_TIME % name, argv[2], TIME)
        when += now
    if not database.exists(key) or (conditions and not allowed(conditions, when, database.expiries.get(key))):
        return 0
    if when <= now:
        database.delete(key, its_time_is_past=True)
        return 1
    database.set_expiry(key, when)
    if database.thresholds.events:
        database.tell(GENERIC, b"expire", key)
    return 1


@command("EXPIRE")
def expire(session: Session, argv: list[bytes]) -> Reply:
    """EXPIRE key seconds [NX | XX | GT | LT]"""
    return _expire(session, argv, b"expire", seconds=True, relative=True)


@command("PEXPIRE")
def pexpire(session: Session, argv: list[bytes]) -> Reply:
    """PEXPIRE key milliseconds [NX | XX | GT | LT]"""
    return _expire(session, argv, b"pexpire", seconds=False, relative=True)


@command("EXPIREAT")
def expireat(session: Session, argv: list[bytes]) -> Reply:
    """EXPIREAT key unix-time-seconds [NX | XX | GT | LT]"""
    return _expire(session, argv, b"expireat", seconds=True, relative=False)


@command("PEXPIREAT")
def pexpireat(session: Session, argv: list[bytes]) -> Reply:
    """PEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT]"""
    return _expire(session, argv, b"pexpireat", seconds=False, relative=False)


def _remaining(session: Session, key: bytes, *, absolute: bool) -> int:
    """Milliseconds to, or of, the expiry of `key`; -1 without one, -2 without a key (`ttlGenericCommand`)."""
    database = session.database
    if not database.exists(key):
        return -2
    when = database.expiries.get(key)
    if when is None:
        return -1
    return when if absolute else max(when - session.keyspace.milliseconds(), 0)


def _in_seconds(milliseconds: int) -> int:
    return milliseconds if milliseconds < 0 else (milliseconds + 500) // 1000


@command("TTL")
def ttl(session: Session, argv: list[bytes]) -> Reply:
    """TTL key"""
    return _in_seconds(_remaining(session, argv[1], absolute=False))


@command("PTTL")
def pttl(session: Session, argv: list[bytes]) -> Reply:
    """PTTL key"""
    return _remaining(session, argv[1], absolute=False)


@command("EXPIRETIME")
def expiretime(session: Session, argv: list[bytes]) -> Reply:
    """EXPIRETIME key"""
    return _in_seconds(_remaining(session, argv[1], absolute=True))


@command("PEXPIRETIME")
def pexpiretime(session: Session, argv: list[bytes]) -> Reply:
    """PEXPIRETIME key"""
    return _remaining(session, argv[1], absolute=True)


@command("PERSIST")
def persist(session: Session, argv: list[bytes]) -> Reply:
    """PERSIST key"""
    database = session.database
    if not database.exists(argv[1]) or argv[1] not in database.expiries:
        return 0
    database.set_expiry(argv[1], None)
    if database.thresholds.events:
        database.tell(GENERIC, b"persist", argv[1])
    return 1
