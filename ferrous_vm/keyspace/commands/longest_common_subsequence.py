"""LCS (t_string.c `lcsCommand`)."""

from __future__ import annotations

from array import array
from typing import Final, NamedTuple

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword
from ferrous_vm.keyspace.arguments.readings import KEY, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.replies import MapReply, Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.records import MutableRecord

_NOT_STRINGS: Final = b"ERR The specified keys must contain string values"
_LENGTH_AND_INDEXES: Final = b"ERR If you want both the length and indexes, please just use IDX."
_TOO_LONG: Final = b"ERR Insufficient memory, failed allocating transient memory for LCS"
_LARGEST_TABLE: Final = 2**28
"""Cells of the table of lengths; Redis stops where its allocation fails."""
_BYTES_OF_A_CELL: Final = 4


class Match(NamedTuple):
    """A stretch that both strings have: first and last index in each, from 0."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


class Wanted(MutableRecord):
    """What is to be told of the subsequence."""

    length: bool = False
    indexes: bool = False
    lengths: bool = False
    """Of each match its length too."""
    shortest: int = 0
    """Matches of fewer bytes are left out."""


def text_at(session: Session, key: bytes) -> bytes:
    """The string at `key`, an empty one where there is none; raises CommandError for another type."""
    try:
        return session.database.find_string(key) or b""
    except CommandError:
        raise CommandError(_NOT_STRINGS, key, KEY) from None


@command("LCS")
def lcs(session: Session, argv: list[bytes]) -> Reply:
    """LCS key1 key2 [LEN] [IDX] [MINMATCHLEN length] [WITHMATCHLEN]"""
    for key in argv[1:3]:  # both are looked up before either is refused
        session.database.exists(key)
    a, b = text_at(session, argv[1]), text_at(session, argv[2])
    wanted = Wanted()
    position = 3
    while position < len(argv):
        position = read_option(argv, position, wanted)
    return common_subsequence(session, a, b, wanted)


def read_option(argv: list[bytes], position: int, wanted: Wanted) -> int:
    """Note the option at `position` in `wanted`; the position behind it. Raises CommandError for what is none."""
    option = keyword(argv[position])
    if option == b"idx":
        wanted.indexes = True
    elif option == b"len":
        wanted.length = True
    elif option == b"withmatchlen":
        wanted.lengths = True
    elif option == b"minmatchlen" and position + 1 < len(argv):
        wanted.shortest = max(integer(argv[position + 1]), 0)
        return position + 2
    else:
        raise CommandError(messages.SYNTAX, argv[position], OPTION)
    return position + 1


def common_subsequence(session: Session, a: bytes, b: bytes, wanted: Wanted) -> Reply:
    """The longest common subsequence of two texts, or what is wanted of it. CommandError where they are too long."""
    if wanted.indexes and wanted.length:
        raise CommandError(_LENGTH_AND_INDEXES)
    cells = (len(a) + 1) * (len(b) + 1)
    if cells > _LARGEST_TABLE or cells * _BYTES_OF_A_CELL > session.keyspace.bounds.most_bytes:
        raise CommandError(_TOO_LONG)
    table = lengths(a, b)
    if wanted.length:
        return table[-1][-1]
    if not wanted.indexes:
        return b"".join(a[match.a_start : match.a_end + 1] for match in reversed(matches(a, b, table)))
    found = [_match_reply(match, wanted.lengths) for match in matches(a, b, table) if _length(match) >= wanted.shortest]
    return MapReply([(b"matches", found), (b"len", table[-1][-1])])


def _length(match: Match) -> int:
    return match.a_end - match.a_start + 1


def _match_reply(match: Match, with_lengths: bool) -> list[object]:
    reply: list[object] = [[match.a_start, match.a_end], [match.b_start, match.b_end]]
    return [*reply, _length(match)] if with_lengths else reply


def lengths(a: bytes, b: bytes) -> list[array[int]]:
    """table[i][j]: the length of the longest common subsequence of a[:i] and b[:j]."""
    table = [array("I", bytes(4 * (len(b) + 1)))]
    for byte in a:
        above = table[-1]
        row = array("I", [0])
        left = 0
        for j, other in enumerate(b):
            if byte == other:
                left = above[j] + 1
            elif above[j + 1] > left:
                left = above[j + 1]
            row.append(left)
        table.append(row)
    return table


def matches(a: bytes, b: bytes, table: list[array[int]]) -> list[Match]:
    """The stretches of the subsequence that Redis finds, last one first: it walks back, in `a` before in `b`."""
    found: list[Match] = []
    i, j = len(a), len(b)
    a_end = b_end = run = 0
    while i and j:
        if a[i - 1] == b[j - 1]:
            if not run:
                a_end, b_end = i - 1, j - 1
            run += 1
            i -= 1
            j -= 1
            continue
        if run:
            found.append(Match(a_end - run + 1, a_end, b_end - run + 1, b_end))
            run = 0
        if table[i - 1][j] > table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    if run:
        found.append(Match(a_end - run + 1, a_end, b_end - run + 1, b_end))
    return found
