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
_TYPES: Final = (b"string", b"list", b"set", b"zset", b"hash", b"stream")
_BARE: Final = {b"novalues": b"hscan", b"noscores": b"zscan"}
"""Options that have names alone told, and the commands that have them, on servers that know them."""


class ScanOptions(Record):
    """What follows the cursor."""

    count: int
    matches: Matcher | None
    """None when every key is wanted."""
    type_name: bytes | None
    """Lower case; for SCAN only."""
    bare: bool
    """Without values, or scores."""


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


def parse_options(session: Session, argv: list[bytes], first: int) -> ScanOptions:
    """COUNT, MATCH and what the command has besides, from argv[first] on; the last of each counts. CommandError for
    another."""
    name = keyword(argv[0])
    count, matcher, type_name, bare = _DEFAULT_COUNT, None, None, False
    position = first
    while position < len(argv):
        word = argv[position]
        option = keyword(word)
        owner = _BARE.get(option)
        if owner is not None and (owner + b" " + option).decode() in session.keyspace.profile.options:
            if owner != name:
                sentence = b"ERR %b option can only be used in %b" % (option.upper(), owner.upper())
                raise CommandError(sentence, word, OPTION)
            bare = True
            position += 1
            continue
        if position + 1 == len(argv):
            raise CommandError(messages.SYNTAX, word, OPTION)
        argument = argv[position + 1]
        if option == b"count":
            count = integer(argument)
            if count < 1:
                raise CommandError(messages.SYNTAX, argument, INTEGER)
        elif option == b"match":
            matcher = None if argument == b"*" else compile_glob(argument)
        elif option == b"type" and name == b"scan":
            type_name = keyword(argument)
            if session.keyspace.profile.scans_known_types_only and type_name not in _TYPES:
                raise CommandError(b"ERR unknown type name '%b'" % messages.shown(type_name), argument, OPTION)
        else:
            raise CommandError(messages.SYNTAX, word, OPTION)
        position += 2
    return ScanOptions(count, matcher, type_name, bare)


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
