"""Strings written or deleted if they hold what is expected: SET IFEQ and its kin, DELEX, DELIFEQ, DIGEST, MSETEX.

Redis 8.4 has them all but DELIFEQ; Valkey has SET IFEQ from 8.1, DELIFEQ from 9.0 and MSETEX from 9.1 on (t_string.c).
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import DATA, KEY, KEY_COUNT, OPTION
from ferrous_vm.keyspace.command import command, wrong_arity
from ferrous_vm.keyspace.commands.strings import TIMED, finish_set, parse_set_options, store_set, when_of
from ferrous_vm.keyspace.encodings.xxh3 import xxh3
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session

_EXISTENCE: Final = frozenset((b"nx", b"xx"))
_BAD_DIGEST: Final = b"ERR must be exactly 16 hexadecimal characters"
_DIGITS: Final = 16


def digest(text: bytes) -> bytes:
    """What DIGEST answers of a string."""
    return b"%016x" % xxh3(text)


def _holds(condition: bytes, text: bytes | None, expected: bytes) -> bool:
    """Whether a string, None for a key that is not there, meets IFEQ, IFNE, IFDEQ or IFDNE."""
    if text is None:
        return condition in (b"ifne", b"ifdne")
    if condition in (b"ifdeq", b"ifdne"):
        if len(expected) != _DIGITS:
            raise CommandError(_BAD_DIGEST, expected, DATA)
        return (digest(text) == expected.lower()) == (condition == b"ifdeq")
    return (text == expected) == (condition == b"ifeq")


def _taken_out(session: Session, argv: list[bytes]) -> tuple[bytes, bytes, list[bytes]]:
    """The condition, what is expected, and the words of SET without both.

    Redis takes NX and XX behind a condition, and the same condition again; Valkey neither.
    """
    profile = session.keyspace.profile
    strict = profile.set_conditions == {b"ifeq"}
    condition = expected = b""
    rest, place, existence = argv[:3], 3, False
    while place < len(argv):
        option = keyword(argv[place])
        if option in profile.set_conditions:
            again = condition not in (b"", option) or (strict and condition == option)
            if again or existence or place + 1 == len(argv):
                raise CommandError(messages.SYNTAX, argv[place], OPTION)
            condition, expected = option, argv[place + 1]
            place += 2
            continue
        if option in _EXISTENCE:
            if strict and condition:
                raise CommandError(messages.SYNTAX, argv[place], OPTION)
            existence = True
        width = 2 if option in TIMED else 1
        rest += argv[place : place + width]
        place += width
    return condition, expected, rest


def conditional_set(session: Session, argv: list[bytes]) -> Reply:
    """SET key value with IFEQ, IFNE, IFDEQ or IFDNE value among its options"""
    condition, expected, rest = _taken_out(session, argv)
    options = parse_set_options(rest, 3, getex=False)
    when = when_of(session, options, b"set")
    database, key = session.database, argv[1]
    old = database.find_string(key) if options.get else None
    wanted = not options.condition or (options.condition == b"xx") == database.exists(key)
    if not (wanted and _holds(condition, database.find_string(key), expected)):
        return old
    return finish_set(session, argv, options, when, old)


@command("DIGEST")
def digest_(session: Session, argv: list[bytes]) -> Reply:
    """DIGEST key"""
    text = session.database.find_string(argv[1])
    return None if text is None else digest(text)


@command("DELEX")
def delex(session: Session, argv: list[bytes]) -> Reply:
    """DELEX key [IFEQ value | IFNE value | IFDEQ digest | IFDNE digest]"""
    database, key = session.database, argv[1]
    if len(argv) == 2:
        return int(database.exists(key) and database.delete(key))
    if len(argv) != 4:
        raise wrong_arity(b"delex")
    value = database.lookup(key)
    if value is None:
        return 0
    if not isinstance(value, int | bytes | bytearray):
        raise CommandError(b"ERR Key should be of string type if conditions are specified", key, KEY)
    condition = keyword(argv[2])
    if condition not in session.keyspace.profile.set_conditions:
        raise CommandError(b"ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE", argv[2], OPTION)
    return int(_holds(condition, database.find_string(key), argv[3]) and database.delete(key))


@command("DELIFEQ")
def delifeq(session: Session, argv: list[bytes]) -> Reply:
    """DELIFEQ key value"""
    text = session.database.find_string(argv[1])
    return int(text == argv[2] and session.database.delete(argv[1]))


@command("MSETEX")
def msetex(session: Session, argv: list[bytes]) -> Reply:
    """MSETEX numkeys key value [key value ...] [NX | XX] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]"""
    profile = session.keyspace.profile
    count = to_integer(argv[1])
    if count is None or not 1 <= count < 2**31:
        raise CommandError(profile.msetex_count, argv[1], KEY_COUNT)
    end = 2 + 2 * count
    if end > len(argv):
        raise CommandError(profile.msetex_pairs, argv[1], KEY_COUNT)
    options = parse_set_options(argv, end, getex=False)
    if options.get:
        raise CommandError(messages.SYNTAX)
    when = when_of(session, options, b"msetex")
    database, keys = session.database, argv[2:end:2]
    if options.condition and any(database.exists(key) is (options.condition == b"nx") for key in keys):
        return 0
    for place in range(2, end, 2):
        pair = [b"msetex", *argv[place : place + 2]]
        store_set(session, pair, options, when, end_first=profile.msetex_tells_end_first)
    return 1
