"""Ranges of sorted sets by rank, by score and by member (`zrangeGenericCommand`, t_zset.c)."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, is_hexadecimal, keyword, to_range_bound
from ferrous_vm.keyspace.arguments.readings import BOUND, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.lists import clip
from ferrous_vm.keyspace.commands.sorted_sets import flat_or_nested
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.server.events import SORTED_SET
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.sorted_sets import LexBound, LexRange, Pair, ScoreRange, SortedSet, Span

_NOT_A_SCORE_RANGE: Final = b"ERR min or max is not a float"
_NOT_A_LEX_RANGE: Final = b"ERR min or max not valid string range item"
_LIMIT_BY_RANK: Final = b"ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"
_SCORES_BY_LEX: Final = b"ERR syntax error, WITHSCORES not supported in combination with BYLEX"


class By(Enum):
    """What the two ends of a range are."""

    RANK = "rank"
    SCORE = "score"
    LEX = "lex"


# The ends of a range


def score_range(session: Session, low: bytes, high: bytes) -> ScoreRange:
    """A range of scores, `(` before an end that does not belong to it (`zslParseRange`); raises CommandError."""
    low_open, high_open = low[:1] == b"(", high[:1] == b"("
    low_score = to_range_bound(low[low_open:])
    high_score = to_range_bound(high[high_open:])
    if not session.keyspace.profile.hexadecimal_bounds:
        low_score = None if is_foreign(low[low_open:]) else low_score
        high_score = None if is_foreign(high[high_open:]) else high_score
    if low_score is None or high_score is None:
        raise CommandError(_NOT_A_SCORE_RANGE, low if low_score is None else high, BOUND)
    return ScoreRange(low_score, low_open, high_score, high_open)


def is_foreign(text: bytes) -> bool:
    """Whether the newer readers of numbers (fast_float) do not take what `strtod` does: 0x10, or space in front."""
    return is_hexadecimal(text) or text[:1].isspace()


def lex_range(low: bytes, high: bytes) -> LexRange:
    """A range of members: `[`, `(`, `-` or `+` (`zslParseLexRange`); raises CommandError."""
    low_bound, low_open = _lex_bound(low)
    high_bound, high_open = _lex_bound(high)
    return LexRange(low_bound, low_open, high_bound, high_open)


def _lex_bound(text: bytes) -> tuple[LexBound, bool]:
    kind = text[:1]
    if kind in (b"[", b"("):
        return LexBound(0, text[1:]), kind == b"("
    if kind in (b"-", b"+") and text[1:2] in (b"", b"\0"):
        return LexBound(-1 if kind == b"-" else 1, b""), True
    raise CommandError(_NOT_A_LEX_RANGE, text, BOUND)


# ZRANGE in all its forms


class RangeQuery(NamedTuple):
    """A range of a sorted set as the arguments give it."""

    by: By
    reverse: bool
    with_scores: bool
    offset: int
    limit: int
    """Negative: no limit."""
    ends: tuple[int, int] | ScoreRange | LexRange


def _parse(
    session: Session, argv: list[bytes], first: int, *, by: By | None, reverse: bool | None, store: bool = False
) -> RangeQuery:
    """The query in argv[first:], which begins with the two ends; `by` and `reverse` None leave it to the options."""
    with_scores, offset, limit = False, 0, -1
    free_direction, free_kind = reverse is None, by is None
    position = first + 2
    while position < len(argv):
        option = keyword(argv[position])
        if option == b"withscores" and not store:
            with_scores = True
        elif option == b"limit" and position + 2 < len(argv):
            offset, limit = integer(argv[position + 1]), integer(argv[position + 2])
            position += 2
        elif option == b"rev" and free_direction:
            reverse = True
            free_direction = False
        elif option in (b"bylex", b"byscore") and free_kind:
            by, free_kind = (By.LEX if option == b"bylex" else By.SCORE), False
        else:
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        position += 1
    by = by or By.RANK
    if limit != -1 and by is By.RANK:
        raise CommandError(_LIMIT_BY_RANK)
    if with_scores and by is By.LEX:
        raise CommandError(_SCORES_BY_LEX)
    ends = _ends(session, by, bool(reverse), argv[first], argv[first + 1])
    return RangeQuery(by, bool(reverse), with_scores, offset, limit, ends)


def _ends(session: Session, by: By, reverse: bool, low: bytes, high: bytes) -> tuple[int, int] | ScoreRange | LexRange:
    if by is By.RANK:
        return integer(low), integer(high)
    if reverse:
        low, high = high, low
    return score_range(session, low, high) if by is By.SCORE else lex_range(low, high)


def _find(zset: SortedSet, query: RangeQuery) -> list[Pair]:
    """The pairs of the range, in the order of the reply."""
    size = len(zset)
    ends, reverse = query.ends, query.reverse
    if query.by is By.RANK:
        assert not isinstance(ends, ScoreRange | LexRange)
        start, stop = clip(*ends, size)
        return zset.pairs((size - stop, size - start) if reverse else (start, stop), reverse)
    if query.offset < 0:
        return []
    if isinstance(ends, ScoreRange):
        start, stop = zset.score_span(ends)
    else:
        assert isinstance(ends, LexRange)
        start, stop = zset.lex_span(ends, reverse)
    count = stop - start - query.offset
    if query.limit >= 0:
        count = min(count, query.limit)
    if count <= 0:
        return []
    if reverse:
        top = stop - query.offset
        return zset.pairs((top - count, top), reverse=True)
    return zset.pairs((start + query.offset, start + query.offset + count))


def _reply(session: Session, key: bytes, query: RangeQuery) -> Reply:
    zset = session.database.find(key, SortedSet)
    if zset is None:
        return []
    pairs = _find(zset, query)
    return flat_or_nested(pairs, session.protocol == 3) if query.with_scores else [member for _, member in pairs]


@command("ZRANGE")
def zrange(session: Session, argv: list[bytes]) -> Reply:
    """ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]"""
    if len(argv) == 4:
        start, stop = integer(argv[2]), integer(argv[3])
        zset = session.database.find(argv[1], SortedSet)
        return [] if zset is None else [member for _, member in zset.pairs(clip(start, stop, len(zset)))]
    return _reply(session, argv[1], _parse(session, argv, 2, by=None, reverse=None))


@command("ZREVRANGE")
def zrevrange(session: Session, argv: list[bytes]) -> Reply:
    """ZREVRANGE key start stop [WITHSCORES]"""
    return _reply(session, argv[1], _parse(session, argv, 2, by=By.RANK, reverse=True))


@command("ZRANGEBYSCORE")
def zrangebyscore(session: Session, argv: list[bytes]) -> Reply:
    """ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]"""
    return _reply(session, argv[1], _parse(session, argv, 2, by=By.SCORE, reverse=False))


@command("ZREVRANGEBYSCORE")
def zrevrangebyscore(session: Session, argv: list[bytes]) -> Reply:
    """ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]"""
    return _reply(session, argv[1], _parse(session, argv, 2, by=By.SCORE, reverse=True))


@command("ZRANGEBYLEX")
def zrangebylex(session: Session, argv: list[bytes]) -> Reply:
    """ZRANGEBYLEX key min max [LIMIT offset count]"""
    return _reply(session, argv[1], _parse(session, argv, 2, by=By.LEX, reverse=False))


@command("ZREVRANGEBYLEX")
def zrevrangebylex(session: Session, argv: list[bytes]) -> Reply:
    """ZREVRANGEBYLEX key max min [LIMIT offset count]"""
    return _reply(session, argv[1], _parse(session, argv, 2, by=By.LEX, reverse=True))


@command("ZRANGESTORE")
def zrangestore(session: Session, argv: list[bytes]) -> Reply:
    """ZRANGESTORE dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]"""
    query = _parse(session, argv, 3, by=None, reverse=None, store=True)
    database = session.database
    zset = database.find(argv[2], SortedSet)
    scores = {} if zset is None else {member: score for score, member in _find(zset, query)}
    count = store(session, argv[1], scores, b"zrangestore")
    if count and query.by is not By.RANK and session.keyspace.profile.stored_ranges_are_large:
        stored = database.find(argv[1], SortedSet)
        assert stored is not None
        stored.become_skiplist()
    return count


def store(session: Session, key: bytes, scores: dict[bytes, float], event: bytes) -> int:
    """A result becomes the value of `key`, without expiry; an empty one removes the key. Answers its size."""
    database = session.database
    if scores:
        database.replace(key, SortedSet.of(session.keyspace.thresholds, scores))
        if database.thresholds.events:
            database.tell(SORTED_SET, event, key)
    else:
        database.delete(key)
    return len(scores)


# Counting and removing


def _span(session: Session, key: bytes, ends: ScoreRange | LexRange) -> tuple[SortedSet | None, Span]:
    zset = session.database.find(key, SortedSet)
    if zset is None:
        return None, (0, 0)
    return zset, zset.score_span(ends) if isinstance(ends, ScoreRange) else zset.lex_span(ends)


@command("ZCOUNT")
def zcount(session: Session, argv: list[bytes]) -> Reply:
    """ZCOUNT key min max"""
    _, (start, stop) = _span(session, argv[1], score_range(session, argv[2], argv[3]))
    return stop - start


@command("ZLEXCOUNT")
def zlexcount(session: Session, argv: list[bytes]) -> Reply:
    """ZLEXCOUNT key min max"""
    _, (start, stop) = _span(session, argv[1], lex_range(argv[2], argv[3]))
    return stop - start


def _remove(session: Session, argv: list[bytes], zset: SortedSet | None, span: Span) -> int:
    if zset is None or span[0] == span[1]:
        return 0
    database, key = session.database, argv[1]
    removed = len(zset.remove_span(span))
    if database.thresholds.events:
        database.tell(SORTED_SET, argv[0].lower(), key)
    database.remove_if_empty(key, zset)
    return removed


@command("ZREMRANGEBYRANK")
def zremrangebyrank(session: Session, argv: list[bytes]) -> Reply:
    """ZREMRANGEBYRANK key start stop"""
    start, stop = integer(argv[2]), integer(argv[3])
    zset = session.database.find(argv[1], SortedSet)
    return 0 if zset is None else _remove(session, argv, zset, clip(start, stop, len(zset)))


@command("ZREMRANGEBYSCORE")
def zremrangebyscore(session: Session, argv: list[bytes]) -> Reply:
    """ZREMRANGEBYSCORE key min max"""
    return _remove(session, argv, *_span(session, argv[1], score_range(session, argv[2], argv[3])))


@command("ZREMRANGEBYLEX")
def zremrangebylex(session: Session, argv: list[bytes]) -> Reply:
    """ZREMRANGEBYLEX key min max"""
    return _remove(session, argv, *_span(session, argv[1], lex_range(argv[2], argv[3])))
