"""Commands of strings (t_string.c), but LCS and those that see bits."""

from __future__ import annotations

from typing import Final, NamedTuple

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.expiry import expiry_time
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, INT64_MIN, integer, keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import INTEGER, LENGTH, OPTION
from ferrous_vm.keyspace.command import command, wrong_arity
from ferrous_vm.keyspace.commands.lookups import looked_up
from ferrous_vm.keyspace.replies import OK, Reply
from ferrous_vm.keyspace.server.events import GENERIC, STRING
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.strings import LONGEST, RawString, modifiable

# SET and its relatives


class SetOptions(NamedTuple):
    """What follows the value of SET or the key of GETEX (`parseExtendedStringArgumentsOrReply`)."""

    condition: bytes
    """b"nx", b"xx" or b""."""
    get: bool
    lifetime: bytes
    """b"keepttl", b"persist", b"ex", b"px", b"exat", b"pxat", or b"" for none."""
    amount: bytes
    """The argument of ex, px, exat or pxat."""


TIMED: Final = frozenset({b"ex", b"px", b"exat", b"pxat"})
_LIFETIMES_OF_SET: Final = TIMED | {b"keepttl"}
_LIFETIMES_OF_GETEX: Final = TIMED | {b"persist"}


def parse_set_options(argv: list[bytes], first: int, *, getex: bool) -> SetOptions:
    """Read the options from argv[first]; each excludes its rivals, but may be given again. CommandError for others."""
    condition, get, lifetime, amount = b"", False, b"", b""
    lifetimes = _LIFETIMES_OF_GETEX if getex else _LIFETIMES_OF_SET
    position = first
    while position < len(argv):
        option = keyword(argv[position])
        if option in lifetimes and lifetime in (b"", option):
            lifetime = option
            if option in TIMED:
                position += 1
                if position == len(argv):
                    raise CommandError(messages.SYNTAX, argv[-1], OPTION)
                amount = argv[position]
        elif not getex and option in (b"nx", b"xx") and condition in (b"", option):
            condition = option
        elif not getex and option == b"get":
            get = True
        else:
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        position += 1
    return SetOptions(condition, get, lifetime, amount)


def when_of(session: Session, options: SetOptions, name: bytes) -> int | None:
    """The expiry that the options ask for, in Unix milliseconds."""
    lifetime = options.lifetime
    if lifetime not in TIMED:
        return None
    now = 0 if lifetime.endswith(b"at") else session.keyspace.milliseconds()
    return expiry_time(options.amount, seconds=lifetime[:1] == b"e", now=now, command=name)


@command("SET")
def set_(session: Session, argv: list[bytes]) -> Reply:
    """SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT seconds | PXAT milliseconds | KEEPTTL]"""
    database = session.database
    key = argv[1]
    if len(argv) == 3:
        database.replace(key, session.encoded(argv[2]))
        if database.thresholds.events:
            database.tell(STRING, b"set", key)
        return OK
    profile = session.keyspace.profile
    if profile.conditional_set is not None and any(keyword(word) in profile.set_conditions for word in argv[3:]):
        return profile.conditional_set(session, argv)
    options = parse_set_options(argv, 3, getex=False)
    if options.get and options.condition == b"nx" and "set nx get" not in profile.options:
        raise CommandError(messages.SYNTAX)
    when = when_of(session, options, b"set")
    old = _old_value(session, key) if options.get else None
    if options.condition and (options.condition == b"nx") == database.exists(key):
        return old
    return finish_set(session, argv, options, when, old)


def finish_set(session: Session, argv: list[bytes], options: SetOptions, when: int | None, old: bytes | None) -> Reply:
    """Store what SET was given, for nothing speaks against it; `old` is what the key held."""
    if when is not None and session.keyspace.profile.set_ends_keys and when <= session.keyspace.milliseconds():
        session.database.delete(argv[1], its_time_is_past=True)
    else:
        store_set(session, argv, options, when)
    return old if options.get else OK


def store_set(
    session: Session, argv: list[bytes], options: SetOptions, when: int | None, *, end_first: bool = False
) -> None:
    """Store the value of argv[2] at argv[1], and tell of it, or first of its end."""
    database, key = session.database, argv[1]
    if options.lifetime == b"keepttl":
        database.exists(key)
        database.put(key, session.encoded(argv[2]))
    else:
        database.replace(key, session.encoded(argv[2]))
        if when is not None:
            database.set_expiry(key, when)
    if database.thresholds.events:
        if end_first and when is not None:
            database.tell(GENERIC, b"expire", key)
        database.tell(STRING, b"set", key)
        if not end_first and when is not None:
            database.tell(GENERIC, b"expire", key)


def _old_value(session: Session, key: bytes) -> bytes | None:
    """What SET with GET answers; INFO counts it as a look-up, unlike those of SET alone."""
    looked_up(session.database, key)
    return session.database.find_string(key)


@command("SETNX")
def setnx(session: Session, argv: list[bytes]) -> Reply:
    """SETNX key value"""
    if session.database.exists(argv[1]):
        return 0
    _replace(session, argv[1], argv[2])
    return 1


def _replace(session: Session, key: bytes, text: bytes) -> None:
    """Store a string without expiry, and tell of it."""
    database = session.database
    database.replace(key, session.encoded(text))
    if database.thresholds.events:
        database.tell(STRING, b"set", key)


def _set_expiring(session: Session, argv: list[bytes], name: bytes, *, seconds: bool) -> Reply:
    when = expiry_time(argv[2], seconds=seconds, now=session.keyspace.milliseconds(), command=name)
    database = session.database
    _replace(session, argv[1], argv[3])
    database.set_expiry(argv[1], when)
    if database.thresholds.events:
        database.tell(GENERIC, b"expire", argv[1])
    return OK


@command("SETEX")
def setex(session: Session, argv: list[bytes]) -> Reply:
    """SETEX key seconds value"""
    return _set_expiring(session, argv, b"setex", seconds=True)


@command("PSETEX")
def psetex(session: Session, argv: list[bytes]) -> Reply:
    """PSETEX key milliseconds value"""
    return _set_expiring(session, argv, b"psetex", seconds=False)


@command("GET")
def get(session: Session, argv: list[bytes]) -> Reply:
    """GET key"""
    return session.database.find_string(argv[1])


@command("GETSET")
def getset(session: Session, argv: list[bytes]) -> Reply:
    """GETSET key value"""
    old = session.database.find_string(argv[1])
    _replace(session, argv[1], argv[2])
    return old


@command("GETDEL")
def getdel(session: Session, argv: list[bytes]) -> Reply:
    """GETDEL key"""
    old = session.database.find_string(argv[1])
    session.database.delete(argv[1])
    return old


@command("GETEX")
def getex(session: Session, argv: list[bytes]) -> Reply:
    """GETEX key [EX seconds | PX milliseconds | EXAT seconds | PXAT milliseconds | PERSIST]"""
    database = session.database
    key = argv[1]
    options = parse_set_options(argv, 2, getex=True)
    reads_first = session.keyspace.profile.getex_reads_time_first
    when = when_of(session, options, b"getex") if reads_first else None
    text = database.find_string(key)
    if text is None:
        return None
    if not reads_first:
        when = when_of(session, options, b"getex")
    if options.lifetime == b"persist":
        if key in database.expiries:
            database.set_expiry(key, None)
            if database.thresholds.events:
                database.tell(GENERIC, b"persist", key)
    elif when is not None:
        if options.lifetime.endswith(b"at") and when <= session.keyspace.milliseconds():
            database.delete(key, its_time_is_past=True)
        else:
            database.set_expiry(key, when)
            if database.thresholds.events:
                database.tell(GENERIC, b"expire", key)
    return text


# Several keys


@command("MGET")
def mget(session: Session, argv: list[bytes]) -> Reply:
    """MGET key [key ...]"""
    replies: list[bytes | None] = []
    size = 0
    lookup, bounds = session.database.lookup, session.keyspace.bounds
    for key in argv[1:]:
        value = lookup(key)
        if type(value) is int:
            replies.append(b"%d" % value)
        elif type(value) is RawString:
            size += len(value)
            bounds.check_reply(size)
            replies.append(bytes(value))
        else:
            replies.append(value if type(value) is bytes else None)
    bounds.check_strings(replies)
    return replies


@command("MSET")
def mset(session: Session, argv: list[bytes]) -> Reply:
    """MSET key value [key value ...]"""
    if len(argv) % 2 == 0:
        raise wrong_arity(b"mset")
    for position in range(1, len(argv), 2):
        _replace(session, argv[position], argv[position + 1])
    return OK


@command("MSETNX")
def msetnx(session: Session, argv: list[bytes]) -> Reply:
    """MSETNX key value [key value ...]"""
    if len(argv) % 2 == 0:
        raise wrong_arity(b"msetnx")
    if any(session.database.exists(argv[position]) for position in range(1, len(argv), 2)):
        return 0
    mset(session, [b"mset", *argv[1:]])
    return 1


# Parts of a string


@command("STRLEN")
def strlen(session: Session, argv: list[bytes]) -> Reply:
    """STRLEN key"""
    return _length(session, argv[1])


def _length(session: Session, key: bytes) -> int:
    value = session.database.lookup(key)
    if type(value) is RawString:
        return len(value)
    text = session.database.find_string(key)
    return 0 if text is None else len(text)


def check_length(session: Session, length: int, word: bytes) -> None:
    """Raise CommandError for a string of more than 512 MB (`checkStringLength`), which `word` would make, LimitExceeded
    beyond one of ours."""
    if length > LONGEST:
        raise CommandError(messages.STRING_TOO_LONG, word, LENGTH)
    session.keyspace.bounds.check_string(length)


@command("APPEND")
def append(session: Session, argv: list[bytes]) -> Reply:
    """APPEND key value"""
    database = session.database
    length = 0
    if database.lookup(argv[1]) is None:
        database.put(argv[1], session.encoded(argv[2]))
    else:
        length = _length(session, argv[1])
        check_length(session, length + len(argv[2]), argv[2])
        raw = modifiable(database, argv[1])
        assert raw is not None
        raw.write(length, argv[2])
    if database.thresholds.events:
        database.tell(STRING, b"append", argv[1])
    return length + len(argv[2])


@command("SETRANGE")
def setrange(session: Session, argv: list[bytes]) -> Reply:
    """SETRANGE key offset value"""
    database = session.database
    offset = integer(argv[2])
    if offset < 0:
        raise CommandError(messages.OFFSET_OUT_OF_RANGE, argv[2], INTEGER)
    text = argv[3]
    length = _length(session, argv[1])
    if not text:
        return length
    check_length(session, offset + len(text), argv[2])
    raw = modifiable(database, argv[1])
    if raw is None:
        raw = RawString(0)
        raw.write(offset, text)
        database.put(argv[1], raw)
    else:
        raw.write(offset, text)
    if database.thresholds.events:
        database.tell(STRING, b"setrange", argv[1])
    return len(raw)


@command("GETRANGE", "SUBSTR")
def getrange(session: Session, argv: list[bytes]) -> Reply:
    """GETRANGE key start end"""
    start, end = integer(argv[2]), integer(argv[3])
    value = session.database.lookup(argv[1])
    text = value if type(value) is RawString else session.database.find_string(argv[1])
    if not text or (start < 0 and end < 0 and start > end):
        return b""
    length = len(text)
    first = start if start >= 0 else max(start + length, 0)
    last = end if end >= 0 else max(end + length, 0)
    return bytes(text[first : last + 1])


# Counting


def add(session: Session, key: bytes, increment: int) -> int:
    """Add `increment` to the integer at `key` (`incrDecrCommand`); raises CommandError where that cannot be done."""
    database = session.database
    value = database.lookup(key)
    if type(value) is not int:
        text = database.find_string(key)
        number = 0 if text is None else to_integer(text)
        if number is None:
            raise CommandError(messages.NOT_INTEGER)
        value = number
    total = value + increment
    if not INT64_MIN <= total <= INT64_MAX:
        raise CommandError(messages.INCREMENT_OVERFLOW)
    database.put(key, total)
    if database.thresholds.events:
        database.tell(STRING, b"incrby", key)
    return total


@command("INCR")
def incr(session: Session, argv: list[bytes]) -> Reply:
    """INCR key"""
    return add(session, argv[1], 1)


@command("DECR")
def decr(session: Session, argv: list[bytes]) -> Reply:
    """DECR key"""
    return add(session, argv[1], -1)


@command("INCRBY")
def incrby(session: Session, argv: list[bytes]) -> Reply:
    """INCRBY key increment"""
    return add(session, argv[1], integer(argv[2]))


@command("DECRBY")
def decrby(session: Session, argv: list[bytes]) -> Reply:
    """DECRBY key decrement"""
    decrement = integer(argv[2])
    if decrement == INT64_MIN:
        raise CommandError(b"ERR decrement would overflow", argv[2], INTEGER)
    return add(session, argv[1], -decrement)
