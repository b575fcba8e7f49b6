"""Sorted sets (t_zset.c): each member's score in a dictionary, and all pairs in order.

The order is by score, and by the member's bytes where scores are equal, in both of Redis's encodings. A few pairs stand
in a plain list, which is smaller and faster; more in a SortedList.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias, Union

from sortedcontainers import SortedList

from ferrous_vm.keyspace.interruption import changes_nothing
from ferrous_vm.keyspace.journal import ElementChange, Opposite, Recorder
from ferrous_vm.keyspace.server.thresholds import Thresholds
from ferrous_vm.keyspace.types.key_order import KeyOrder

Pair: TypeAlias = tuple[float, bytes]
"""A score and its member."""

Span: TypeAlias = tuple[int, int]
"""Ranks from the first up to but not including the second; empty when they are equal."""

EMPTY: Final[Span] = (0, 0)


class ShortRanks(list[Pair]):
    """Pairs in order, with the methods of SortedList that sorted sets use; each costs what a list's insertion costs."""

    __slots__ = ()

    def add(self, pair: Pair) -> None:
        """Put a pair where it belongs, behind its equals."""
        insort(self, pair)

    def remove(self, pair: Pair) -> None:
        """Take out a pair that is there."""
        del self[bisect_left(self, pair)]

    def bisect_left(self, pair: Pair) -> int:
        """How many pairs are less than this one."""
        return bisect_left(self, pair)

    def bisect_right(self, pair: Pair) -> int:
        """How many pairs are not greater than this one."""
        return bisect_right(self, pair)

    def copy(self) -> ShortRanks:
        """Another list with the same pairs."""
        return ShortRanks(self)


Ranks: TypeAlias = Union[ShortRanks, "SortedList[Pair]"]

_LONGEST_SHORT: Final = 512
"""So many pairs may stand in a plain list."""


@changes_nothing
def _ranks_of(pairs: Iterable[Pair], count: int) -> Ranks:
    return ShortRanks(sorted(pairs)) if count <= _LONGEST_SHORT else SortedList(pairs)


class ScoreRange(NamedTuple):
    """Scores from `low` to `high`; an open end does not belong to the range (`zrangespec`)."""

    low: float
    low_open: bool
    high: float
    high_open: bool


class LexBound(NamedTuple):
    """One end of a range of members, comparable with LexBound(0, member): `side` is -1 for ``-`` and 1 for ``+``."""

    side: int
    member: bytes


class LexRange(NamedTuple):
    """Members from `low` to `high`; an open end does not belong to the range (`zlexrangespec`)."""

    low: LexBound
    low_open: bool
    high: LexBound
    high_open: bool

    def above_low(self, member: bytes) -> bool:
        """Whether `member` is not before the range (`zslLexValueGteMin`)."""
        bound = LexBound(0, member)
        return bound > self.low if self.low_open else bound >= self.low

    def below_high(self, member: bytes) -> bool:
        """Whether `member` is not after the range (`zslLexValueLteMax`)."""
        bound = LexBound(0, member)
        return bound < self.high if self.high_open else bound <= self.high


class SortedSet:
    """Members with scores. A rank counts from 0 at the lowest score."""

    __slots__ = ("_order", "is_skiplist", "ranks", "recorder", "scores", "thresholds")
    type_name = b"zset"

    def __init__(self, thresholds: Thresholds) -> None:
        self.scores: dict[bytes, float] = {}
        """Read freely; written by the primitives only."""
        self.ranks: Ranks = ShortRanks()
        """Read freely; written by the primitives only."""
        self.is_skiplist = False
        """Encoding skiplist rather than listpack; there is no way back."""
        self.thresholds = thresholds
        self.recorder: Recorder | None = None
        self._order: KeyOrder | None = None

    @classmethod
    @changes_nothing
    def of(cls, thresholds: Thresholds, scores: Mapping[bytes, float]) -> SortedSet:
        """A new sorted set of `scores`, encoded as a command that stores a result does it."""
        made = cls(thresholds)
        longest = thresholds.zset_value
        made.is_skiplist = len(scores) > thresholds.zset_entries or any(len(member) > longest for member in scores)
        keeps = made.is_skiplist or thresholds.profile.packs_in_ziplists
        made.scores = dict(scores) if keeps else {member: score + 0.0 for member, score in scores.items()}
        made.ranks = _ranks_of(((score, member) for member, score in made.scores.items()), len(scores))
        return made

    @classmethod
    def restored(cls, thresholds: Thresholds, scores: Mapping[bytes, float], is_skiplist: bool) -> SortedSet:
        """A sorted set that was stored with these scores and this encoding."""
        made = cls.of(thresholds, scores)
        made.is_skiplist = is_skiplist
        return made

    def __len__(self) -> int:
        return len(self.scores)

    def encoding(self) -> bytes:
        """What OBJECT ENCODING answers."""
        return b"skiplist" if self.is_skiplist else b"listpack"

    def copy(self) -> SortedSet:
        """An independent sorted set with the same content and encoding."""
        twin = SortedSet(self.thresholds)
        twin.scores, twin.ranks, twin.is_skiplist = self.scores.copy(), self.ranks.copy(), self.is_skiplist
        return twin

    # Reading

    def rank(self, member: bytes) -> int | None:
        """The rank of `member`, or None (`zsetRank`)."""
        score = self.scores.get(member)
        return None if score is None else self.ranks.bisect_left((score, member))

    def pairs(self, span: Span, reverse: bool = False) -> list[Pair]:
        """The pairs of the ranks in `span`, lowest first unless `reverse`."""
        found: list[Pair] = self.ranks[span[0] : span[1]]
        return found[::-1] if reverse else found

    def scored(self) -> Iterator[tuple[bytes, bytes]]:
        """The members, lowest first, each with its score as the server writes it."""
        text = self.thresholds.profile.double_text
        return ((member, text(score)) for score, member in self.ranks)

    def score_span(self, scores: ScoreRange) -> Span:
        """The ranks of the members within `scores` (`zslFirstInRange`, `zslLastInRange`)."""
        low, low_open, high, high_open = scores
        start = self._first_above(low) if low_open else self.ranks.bisect_left((low, b""))
        stop = self.ranks.bisect_left((high, b"")) if high_open else self._first_above(high)
        return (start, stop) if start < stop else EMPTY

    def _first_above(self, score: float) -> int:
        if score == math.inf:
            return len(self.ranks)
        return self.ranks.bisect_left((math.nextafter(score, math.inf), b""))

    def lex_span(self, members: LexRange, reverse: bool = False) -> Span:
        """The ranks of the members within `members`, which is meant for equal scores (`zslFirstInLexRange`).

        With different scores Redis leaves the result open; here, as in its listpacks, the range begins at the first
        member within it, seen from the end that a `reverse` range begins at, and ends at the first one without.
        """
        ranks = self.ranks
        if not ranks:
            return EMPTY
        if ranks[0][0] != ranks[-1][0]:
            return self._lex_span_by_walking(members, reverse)
        score = ranks[0][0]
        start = self._lex_position(score, members.low, after_equal=members.low_open)
        stop = self._lex_position(score, members.high, after_equal=not members.high_open)
        return (start, stop) if start < stop else EMPTY

    def _lex_position(self, score: float, bound: LexBound, after_equal: bool) -> int:
        if bound.side:
            return 0 if bound.side < 0 else len(self.ranks)
        pair = (score, bound.member)
        return self.ranks.bisect_right(pair) if after_equal else self.ranks.bisect_left(pair)

    def _lex_span_by_walking(self, members: LexRange, reverse: bool) -> Span:
        ranks, size = self.ranks, len(self.ranks)
        low, high = members.low, members.high
        if low > high or (low == high and (members.low_open or members.high_open)):
            return EMPTY
        if not members.above_low(ranks[-1][1]) or not members.below_high(ranks[0][1]):
            return EMPTY
        if reverse:
            last = next((rank for rank in range(size - 1, -1, -1) if members.below_high(ranks[rank][1])), -1)
            first = next((rank for rank in range(last, -1, -1) if not members.above_low(ranks[rank][1])), -1)
            return first + 1, last + 1
        first = next((rank for rank in range(size) if members.above_low(ranks[rank][1])), size)
        stop = next((rank for rank in range(first, size) if not members.below_high(ranks[rank][1])), size)
        return first, stop

    def scan(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        """One step of ZSCAN: the next cursor and about `count` members; a listpack is answered whole."""
        if not self.is_skiplist:
            return 0, [member for _, member in self.ranks]
        if self._order is None:
            self._order = KeyOrder(member for _, member in self.ranks)
        return self._order.scan(cursor, count)

    # Primitives

    def set(self, member: bytes, score: float) -> None:
        """Give `member`, new or not, the `score`, which is a number (`zsetAdd`)."""
        scores = self.scores
        before = scores.get(member)
        recorder = self.recorder
        if recorder is not None:
            recorder.record(SortedSet._restore, self, member, before, self.is_skiplist)
        if before is not None:
            self.ranks.remove((before, member))
        else:
            if not self.is_skiplist:
                thresholds = self.thresholds
                self.is_skiplist = len(scores) >= thresholds.zset_entries or len(member) > thresholds.zset_value
            if self._order is not None:
                self._order.add(member)
        if not score and not self.is_skiplist and not self.thresholds.profile.packs_in_ziplists:
            score = 0.0  # a listpack keeps -0 as 0 (`zzlInsertAt`), a ziplist as it is
        scores[member] = score
        self.ranks.add((score, member))
        if len(scores) > _LONGEST_SHORT and type(self.ranks) is ShortRanks:
            self.ranks = SortedList(self.ranks)

    def remove(self, member: bytes) -> bool:
        """Take `member` out; False if it is not there (`zsetDel`)."""
        score = self.scores.get(member)
        if score is None:
            return False
        recorder = self.recorder
        if recorder is not None:
            recorder.record(SortedSet._restore, self, member, score, self.is_skiplist)
        self.ranks.remove((score, member))
        self._forget(member)
        return True

    def remove_span(self, span: Span) -> list[Pair]:
        """Take out the members of the ranks in `span`, and answer them, lowest first."""
        gone = self.pairs(span)
        recorder = self.recorder
        if recorder is not None:
            for score, member in gone:
                recorder.record(SortedSet._restore, self, member, score, self.is_skiplist)
        del self.ranks[span[0] : span[1]]
        for _, member in gone:
            self._forget(member)
        return gone

    def become_skiplist(self) -> None:
        """Take the general encoding before its time, as SORT leaves a sorted set (`zsetConvert`)."""
        if not self.is_skiplist:
            recorder = self.recorder
            if recorder is not None:
                recorder.record_unseen(SortedSet._become_listpack, self)
            self.is_skiplist = True

    def _forget(self, member: bytes) -> None:
        del self.scores[member]
        if self._order is not None:
            self._order.discard(member)

    # Inverses

    def _restore(self, member: bytes, score: float | None, is_skiplist: bool) -> Opposite:
        now = self.scores.get(member)
        again = partial(SortedSet._restore, self, member, now, self.is_skiplist)
        if now is not None:
            self.ranks.remove((now, member))
        if score is None:
            self._forget(member)
        else:
            self.scores[member] = score
            self.ranks.add((score, member))
            if self._order is not None:
                self._order.add(member)
        self.is_skiplist = is_skiplist
        return again

    def _become_listpack(self) -> Opposite:
        self.is_skiplist = False
        return partial(setattr, self, "is_skiplist", True)

    def element_changes(self, records: Sequence[tuple[Any, ...]]) -> list[ElementChange]:
        """Each member whose score differs from before the first of `records`; the values are scores."""
        before: dict[bytes, float | None] = {}
        for _, *change in records:
            if change:  # nothing is told of a new encoding
                before.setdefault(change[0], change[1])
        changes: Iterable[ElementChange] = (
            ElementChange(member, score, self.scores.get(member)) for member, score in before.items()
        )
        return [change for change in changes if change.before != change.after]
