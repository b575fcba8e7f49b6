"""Commands of values that took other arguments before Redis 7.0 (t_string.c and t_zset.c of 6.2)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, INT64_MIN, integer, keyword
from ferrous_vm.keyspace.arguments.readings import COMMAND, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands import float_increments, hashes, sorted_set_pops, strings
from ferrous_vm.keyspace.commands.longest_common_subsequence import Wanted, common_subsequence, read_option, text_at
from ferrous_vm.keyspace.profiles.own_handlers import own
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.hashes import Hash

_EITHER: Final = b"ERR Either use STRINGS or KEYS"
_MANDATORY: Final = b"ERR Please specify two strings: STRINGS or KEYS options are mandatory"


@own("DECRBY")
def decrby(session: Session, argv: list[bytes]) -> Reply:
    """DECRBY key decrement: the least integer is its own opposite."""
    if integer(argv[2]) == INT64_MIN:
        return strings.add(session, argv[1], INT64_MIN)
    return strings.decrby(session, argv)


@own("ZPOPMIN", "ZPOPMAX")
def zpop(session: Session, argv: list[bytes]) -> Reply:
    """ZPOPMIN key [count], and ZPOPMAX: a negative count is none, and nobody looks at the key for none."""
    if len(argv) == 3 and integer(argv[2]) <= 0:
        return []
    pop = sorted_set_pops.zpopmin if argv[0].lower() == b"zpopmin" else sorted_set_pops.zpopmax
    return pop(session, argv)


@own("HINCRBY", "HINCRBYFLOAT")
def increment(session: Session, argv: list[bytes]) -> Reply:
    """HINCRBY key field increment, and HINCRBYFLOAT: a small hash stays a ziplist, however long the field is
    (`hashTypeSet`, to which only 7.0 gave the check)."""
    thresholds = session.keyspace.thresholds
    longest, thresholds.hash_value = thresholds.hash_value, INT64_MAX
    try:
        return (hashes.hincrby if argv[0].lower() == b"hincrby" else float_increments.hincrbyfloat)(session, argv)
    finally:
        thresholds.hash_value = longest


@own("HSETNX")
def hsetnx(session: Session, argv: list[bytes]) -> Reply:
    """HSETNX key field value: what is too long for a ziplist makes a table even if the field is there."""
    added, thresholds = hashes.hsetnx(session, argv), session.keyspace.thresholds
    hash_ = session.database.find(argv[1], Hash)
    if hash_ is not None and max(map(len, argv[2:])) > thresholds.hash_value:
        hash_.become_table()
    return added


@command("STRALGO")
def stralgo(session: Session, argv: list[bytes]) -> Reply:
    """STRALGO LCS KEYS key1 key2 | STRINGS text1 text2 [LEN] [IDX] [MINMATCHLEN length] [WITHMATCHLEN]"""
    if keyword(argv[1]) != b"lcs":
        raise CommandError(messages.SYNTAX, argv[1], COMMAND)
    pair: tuple[bytes, bytes] | None = None
    wanted = Wanted()
    position = 2
    while position < len(argv):
        option = keyword(argv[position])
        if option in (b"keys", b"strings") and position + 2 < len(argv):
            if pair is not None:
                raise CommandError(_EITHER)
            first, second = argv[position + 1 : position + 3]
            pair = (text_at(session, first), text_at(session, second)) if option == b"keys" else (first, second)
            position += 3
        else:
            position = read_option(argv, position, wanted)
    if pair is None:
        raise CommandError(_MANDATORY, argv[1], OPTION)
    return common_subsequence(session, *pair, wanted)
