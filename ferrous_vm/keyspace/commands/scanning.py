"""What SCAN, HSCAN, SSCAN and ZSCAN have in common: the cursor and the options (db.c `scanGenericCommand`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.glob import Matcher, compile_glob
from ferrous_vm.keyspace.arguments.parsing import integer, keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import CURSOR, INTEGER, OPTION
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.key_order import KeyOrder
from ferrous_vm.records import Record

_LARGEST_CURSOR: Final = 2**64 - 1
_CURSOR: Final = re.compile(rb"([+-]?)(?=[0-9])0*([0-9]{0,20})").fullmatch
_DEFAULT_COUNT: Final = 10


class ScanOptions(Record):
    """What follows the cursor."""

    count: int
    matches: Matcher | None
    """None when every key is wanted."""
    type_name: bytes | None
    """Lower case; for SCAN only."""


def parse_cursor(session: Session, text: bytes) -> int:
    """The cursor, as `strtoul` reads it up to a NUL: signs and leading zeros pass, a negative one wraps round.

    Raises CommandError for what is no number.
    """
    digits = text.partition(b"\0")[0]
    if session.keyspace.profile.cursors_are_unsigned:
        if not digits or (to_integer(text) or 0) < 0:
            raise CommandError(messages.INVALID_CURSOR, text, CURSOR)
        digits = digits.lstrip(b" \t\n\v\f\r") or b"0"
    elif not digits:
        return 0
    match = _CURSOR(digits)
    if match is None or (number := int(match[2] or b"0")) > _LARGEST_CURSOR:
        raise CommandError(messages.INVALID_CURSOR, text, CURSOR)
    return number if match[1] != b"-" else -number % (_LARGEST_CURSOR + 1)


def parse_options(argv: list[bytes], first: int, *, with_type: bool = False) -> ScanOptions:
    """COUNT, MATCH and, for SCAN, TYPE, from argv[first] on; the last of each counts. CommandError for another."""
    count, matcher, type_name = _DEFAULT_COUNT, None, None
    for position in range(first, len(argv), 2):
        option = keyword(argv[position])
        if position + 1 == len(argv):
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        argument = argv[position + 1]
        if option == b"count":
            count = integer(argument)
            if count < 1:
                raise CommandError(messages.SYNTAX, argument, INTEGER)
        elif option == b"match":
            matcher = None if argument == b"*" else compile_glob(argument)
        elif option == b"type" and with_type:
            type_name = keyword(argument)
        else:
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
    return ScanOptions(count, matcher, type_name)


def without_flag(argv: list[bytes], first: int, flag: bytes) -> list[bytes]:
    """The words without an option that has no argument, among those in pairs from argv[first] on."""
    kept, place = argv[:first], first
    while place < len(argv):
        width = 1 if keyword(argv[place]) == flag else 2
        kept += argv[place : place + width] if width == 2 else []
        place += width
    return kept


def scan_members(
    members: Callable[[], KeyOrder] | None, everything: list[bytes], cursor: int, options: ScanOptions
) -> tuple[bytes, list[bytes]]:
    """One step through a collection: the next cursor as text, and the members that match.

    A small collection (`members` is None) answers `everything` at once whatever the count, as Redis does for a listpack
    or intset. A large one goes through its KeyOrder.
    """
    if members is None:
        following, batch = 0, everything
    else:
        following, batch = members().scan(cursor, options.count)
    if options.matches is not None:
        batch = [member for member in batch if options.matches(member)]
    return b"%d" % following, batch
