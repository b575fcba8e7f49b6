"""Commands of sorted sets that write or read members (t_zset.c).

Ranges are in `sorted_set_ranges.py`, popping in `sorted_set_pops.py`, unions and the like in `sorted_set_algebra.py`.
"""

from __future__ import annotations

import math
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import (
    FINITE_DIGITS,
    INT64_MAX,
    floating,
    integer_in_range,
    is_hexadecimal,
    keyword,
    to_float,
)
from ferrous_vm.keyspace.arguments.readings import INTEGER, OPTION, SURPLUS
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.sampling import random_positions
from ferrous_vm.keyspace.commands.scanning import parse_cursor, parse_options
from ferrous_vm.keyspace.replies import Reply, format_double
from ferrous_vm.keyspace.server.events import SORTED_SET
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.sorted_sets import Pair, SortedSet

_NAN_SCORE: Final = b"ERR resulting score is not a number (NaN)"
_XX_AND_NX: Final = b"ERR XX and NX options at the same time are not compatible"
_GT_LT_NX: Final = b"ERR GT, LT, and/or NX options at the same time are not compatible"
_ONE_PAIR: Final = b"ERR INCR option supports a single increment-element pair"
_ZADD_OPTIONS: Final = frozenset((b"nx", b"xx", b"ch", b"incr", b"gt", b"lt"))


# Adding


@command("ZADD")
def zadd(session: Session, argv: list[bytes]) -> Reply:
    """ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]"""
    if len(argv) == 4:
        text = argv[2]
        if text.isdigit() and len(text) < FINITE_DIGITS:
            return _add_one(session, argv[1], float(text), argv[3])
        score = to_float(text)
        if score is not None and not _is_foreign(session, text):
            return _add_one(session, argv[1], score, argv[3])
    return add_with_options(session, argv, increment=False)


@command("ZINCRBY")
def zincrby(session: Session, argv: list[bytes]) -> Reply:
    """ZINCRBY key increment member"""
    increment = to_float(argv[2])
    if increment is not None and not _is_foreign(session, argv[2]):
        return _increment(session, argv[1], argv[3], increment, frozenset())
    return add_with_options(session, argv, increment=True)


def _is_foreign(session: Session, text: bytes) -> bool:
    """Whether the server does not know this way of writing a number."""
    return not session.keyspace.profile.hexadecimal_floats and is_hexadecimal(text)


def _find_or_create(session: Session, key: bytes) -> SortedSet:
    database = session.database
    zset = database.find(key, SortedSet)
    if zset is None:
        zset = SortedSet(session.keyspace.thresholds)
        database.put(key, zset)
    return zset


def _add_one(session: Session, key: bytes, score: float, member: bytes) -> int:
    """ZADD of a single pair without options: the usual case."""
    zset = _find_or_create(session, key)
    before = zset.scores.get(member)
    if before != score:
        zset.set(member, score)
        if session.database.thresholds.events:
            session.database.tell(SORTED_SET, b"zadd", key)
    return 0 if before is not None else 1


def add_with_options(session: Session, argv: list[bytes], *, increment: bool) -> Reply:
    """ZADD and ZINCRBY, whose options ZINCRBY takes too (`zaddGenericCommand`); raises CommandError."""
    options, first = _zadd_options(argv)
    increment = increment or b"incr" in options
    _check_zadd(argv, options, first, increment)
    hexadecimal = session.keyspace.profile.hexadecimal_floats
    scores = [floating(text, hexadecimal=hexadecimal) for text in argv[first::2]]
    database = session.database
    zset = database.find(argv[1], SortedSet)
    if zset is None and b"xx" in options:
        return None if increment else 0
    crowd = _is_crowd(session, argv[first + 1 :: 2])
    if crowd and zset is not None:
        zset.become_skiplist()
    if increment:
        return _increment(session, argv[1], argv[first + 1], scores[0], options)
    zset = _find_or_create(session, argv[1])
    if crowd:
        zset.become_skiplist()
    added = updated = 0
    for score, member in zip(scores, argv[first + 1 :: 2], strict=True):
        before = zset.scores.get(member)
        if before is None:
            if b"xx" not in options:
                zset.set(member, score)
                added += 1
        elif score != before and not _keeps(options, before, score):
            zset.set(member, score)
            updated += 1
    if (added or updated) and database.thresholds.events:
        database.tell(SORTED_SET, b"zadd", argv[1])
    return added + updated if b"ch" in options else added


def _is_crowd(session: Session, members: list[bytes]) -> bool:
    """Whether members to add, be they different, and added, or not, are too many or too long for a listpack
    (`zsetTypeMaybeConvert`)."""
    thresholds = session.keyspace.thresholds
    profile = thresholds.profile
    if not profile.sizes_in_advance:
        return False
    too_long = profile.measures_in_advance and any(len(member) > thresholds.zset_value for member in members)
    return too_long or len(members) > thresholds.zset_entries


def _zadd_options(argv: list[bytes]) -> tuple[frozenset[bytes], int]:
    """The options, and the position of the first score."""
    first = 2
    while first < len(argv) and keyword(argv[first]) in _ZADD_OPTIONS:
        first += 1
    return frozenset(keyword(option) for option in argv[2:first]), first


def _check_zadd(argv: list[bytes], options: frozenset[bytes], first: int, increment: bool) -> None:
    words = len(argv) - first
    if words % 2 or not words:
        raise CommandError(messages.SYNTAX)
    if {b"nx", b"xx"} <= options:
        raise CommandError(_XX_AND_NX)
    if len(options & {b"gt", b"lt", b"nx"}) > 1:
        raise CommandError(_GT_LT_NX)
    if increment and words > 2:
        raise CommandError(_ONE_PAIR)


def _keeps(options: frozenset[bytes], before: float, score: float) -> bool:
    """Whether the options forbid to change a member's score from `before` to `score`."""
    return b"nx" in options or (b"gt" in options and score <= before) or (b"lt" in options and score >= before)


def _increment(session: Session, key: bytes, member: bytes, increment: float, options: frozenset[bytes]) -> Reply:
    """Add to a score: the new score, or None when the options keep the member as it is."""
    zset = session.database.find(key, SortedSet)
    before = None if zset is None else zset.scores.get(member)
    score = increment
    if before is not None:
        if b"nx" in options:
            return None
        score += before
        if math.isnan(score):
            raise CommandError(_NAN_SCORE)
        if _keeps(options, before, score):
            return None
    elif b"xx" in options:
        return None
    if score != before:
        _find_or_create(session, key).set(member, score)
        if session.database.thresholds.events:
            session.database.tell(SORTED_SET, b"zincr", key)
    return score


# Removing


@command("ZREM")
def zrem(session: Session, argv: list[bytes]) -> Reply:
    """ZREM key member [member ...]"""
    database = session.database
    zset = database.find(argv[1], SortedSet)
    if zset is None:
        return 0
    removed = sum([zset.remove(member) for member in argv[2:]])
    if removed and database.thresholds.events:
        database.tell(SORTED_SET, b"zrem", argv[1])
    database.remove_if_empty(argv[1], zset)
    return removed


# Reading


@command("ZCARD")
def zcard(session: Session, argv: list[bytes]) -> Reply:
    """ZCARD key"""
    zset = session.database.find(argv[1], SortedSet)
    return 0 if zset is None else len(zset)


@command("ZSCORE")
def zscore(session: Session, argv: list[bytes]) -> Reply:
    """ZSCORE key member"""
    zset = session.database.find(argv[1], SortedSet)
    return None if zset is None else zset.scores.get(argv[2])


@command("ZMSCORE")
def zmscore(session: Session, argv: list[bytes]) -> Reply:
    """ZMSCORE key member [member ...]"""
    zset = session.database.find(argv[1], SortedSet)
    return [None if zset is None else zset.scores.get(member) for member in argv[2:]]


@command("ZRANK")
def zrank(session: Session, argv: list[bytes]) -> Reply:
    """ZRANK key member [WITHSCORE]"""
    if len(argv) > 3:  # since Redis 7.2
        from ferrous_vm.keyspace.commands.ranks_with_scores import rank_with_score

        return rank_with_score(session, argv, reverse=False)
    zset = session.database.find(argv[1], SortedSet)
    return None if zset is None else zset.rank(argv[2])


@command("ZREVRANK")
def zrevrank(session: Session, argv: list[bytes]) -> Reply:
    """ZREVRANK key member [WITHSCORE]"""
    if len(argv) > 3:  # since Redis 7.2
        from ferrous_vm.keyspace.commands.ranks_with_scores import rank_with_score

        return rank_with_score(session, argv, reverse=True)
    zset = session.database.find(argv[1], SortedSet)
    rank = None if zset is None else zset.rank(argv[2])
    return None if zset is None or rank is None else len(zset) - 1 - rank


@command("ZSCAN")
def zscan(session: Session, argv: list[bytes]) -> Reply:
    """ZSCAN key cursor [MATCH pattern] [COUNT count] [NOSCORES]"""
    cursor = parse_cursor(session, argv[2])
    zset = session.database.find(argv[1], SortedSet)
    if zset is None:
        return [b"0", []]
    options = parse_options(session, argv, 3)
    cursor, step = zset.scan(cursor, options.count)
    double_text = format_double if zset.is_skiplist else session.keyspace.profile.double_text  # `ld2string`
    found: list[Reply] = []
    for member in step:
        if options.matches is None or options.matches(member):
            found += (member,) if options.bare else (member, double_text(zset.scores[member]))
    return [b"%d" % cursor, found]


def flat_or_nested(pairs: list[Pair], nested: bool) -> list[Reply]:
    """Members with their scores: one array, or an array of pairs, which RESP3 clients get."""
    if nested:
        return [[member, score] for score, member in pairs]
    flat: list[Reply] = []
    for score, member in pairs:
        flat += (member, score)
    return flat


@command("ZRANDMEMBER")
def zrandmember(session: Session, argv: list[bytes]) -> Reply:
    """ZRANDMEMBER key [count [WITHSCORES]]"""
    count = integer_in_range(argv[2], -INT64_MAX, INT64_MAX) if len(argv) > 2 else None
    if len(argv) > 4:
        raise CommandError(messages.SYNTAX, argv[4], SURPLUS)
    if len(argv) == 4 and keyword(argv[3]) != b"withscores":
        raise CommandError(messages.SYNTAX, argv[3], OPTION)
    with_scores = len(argv) == 4
    if with_scores and count is not None and not -(INT64_MAX // 2) <= count <= INT64_MAX // 2:
        raise CommandError(messages.OUT_OF_RANGE, argv[2], INTEGER)
    zset = session.database.find(argv[1], SortedSet)
    if zset is None:
        return None if count is None else []
    randrange = session.keyspace.random.randrange
    ranks = zset.ranks
    if count is None:
        return ranks[randrange(len(zset))][1]
    positions = random_positions(session, len(zset), count)
    pairs = [ranks[position] for position in positions]
    session.keyspace.bounds.check_strings([member for _, member in pairs])
    if count >= len(zset) and count != 1:
        pairs.reverse()
    return flat_or_nested(pairs, session.protocol == 3) if with_scores else [member for _, member in pairs]
