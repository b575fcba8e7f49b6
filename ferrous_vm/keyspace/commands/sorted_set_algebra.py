"""Unions, intersections and differences of sorted sets and sets (`zunionInterDiffGenericCommand`, t_zset.c)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Container, Mapping
from typing import Final, NamedTuple

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import floating, integer, keyword, positive_integer
from ferrous_vm.keyspace.arguments.readings import CHOICE, KEY, KEY_COUNT, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.sorted_set_ranges import store
from ferrous_vm.keyspace.commands.sorted_sets import flat_or_nested
from ferrous_vm.keyspace.interruption import changes_nothing
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.sets import Set
from ferrous_vm.keyspace.types.sorted_sets import SortedSet

_NO_KEYS: Final = b"ERR at least 1 input key is needed for '%b' command"
_NOT_A_WEIGHT: Final = b"ERR weight value is not a float"
_NEGATIVE_LIMIT: Final = b"ERR LIMIT can't be negative"


def _sum(left: float, right: float) -> float:
    """Infinities of opposite sign add up to 0."""
    total = left + right
    return 0.0 if math.isnan(total) else total


def _least(left: float, right: float) -> float:
    return right if right < left else left


def _greatest(left: float, right: float) -> float:
    return right if right > left else left


_AGGREGATES: Final[dict[bytes, Callable[[float, float], float]]] = {b"sum": _sum, b"min": _least, b"max": _greatest}


class _Source(NamedTuple):
    """One input: the value at a key, with its weight."""

    value: SortedSet | Set | None
    weight: float

    def size(self) -> int:
        return 0 if self.value is None else len(self.value)

    def scores(self) -> Mapping[bytes, float]:
        """Each member's score; those of a set are all 1."""
        if isinstance(self.value, SortedSet):
            return self.value.scores
        return {} if self.value is None else dict.fromkeys(self.value.members(), 1.0)

    def members(self) -> Container[bytes]:
        """The members as something that tests membership."""
        if isinstance(self.value, SortedSet):
            return self.value.scores
        return () if self.value is None else self.value.lookup()


class _Query(NamedTuple):
    sources: list[_Source]
    aggregate: Callable[[float, float], float]
    with_scores: bool
    limit: int
    """For ZINTERCARD: stop counting there; 0 means no limit."""


def _weighted(score: float, weight: float) -> float:
    """Zero times infinity is 0 here."""
    product = score * weight
    return 0.0 if math.isnan(product) else product


# Arguments


def _parse(session: Session, argv: list[bytes], position: int, name: bytes, options: frozenset[bytes]) -> _Query:
    """``numkeys key [key ...]`` from `position` on, and those of `options` that the command `name` takes."""
    numkeys = integer(argv[position])
    if numkeys < 1:
        raise CommandError(_NO_KEYS % name, argv[position], KEY_COUNT)
    first = position + 1
    if numkeys > len(argv) - first:
        raise CommandError(messages.SYNTAX, argv[position], KEY_COUNT)
    values = [_find(session, key) for key in argv[first : first + numkeys]]
    words = deque(argv[first + numkeys :])
    weights, with_scores, limit = [1.0] * numkeys, False, 0
    aggregate = _AGGREGATES[b"sum"]
    while words:
        word = words.popleft()
        option = keyword(word)
        if option not in options:
            raise CommandError(messages.SYNTAX, word, OPTION)
        if option == b"weights" and len(words) >= numkeys:
            hexadecimal = session.keyspace.profile.hexadecimal_floats
            weights = [floating(words.popleft(), _NOT_A_WEIGHT, hexadecimal=hexadecimal) for _ in range(numkeys)]
        elif option == b"aggregate" and words:
            aggregate = _aggregate(words.popleft())
        elif option == b"limit" and words:
            limit = positive_integer(words.popleft(), _NEGATIVE_LIMIT)
        elif option == b"withscores":
            with_scores = True
        else:
            raise CommandError(messages.SYNTAX, word, OPTION)
    sources = [_Source(value, weight) for value, weight in zip(values, weights, strict=True)]
    return _Query(sources, aggregate, with_scores, limit)


def _find(session: Session, key: bytes) -> SortedSet | Set | None:
    value = session.database.lookup(key)
    if value is None or isinstance(value, SortedSet | Set):
        return value
    raise CommandError(messages.WRONG_TYPE, key, KEY)


def _aggregate(word: bytes) -> Callable[[float, float], float]:
    aggregate = _AGGREGATES.get(keyword(word))
    if aggregate is None:
        raise CommandError(messages.SYNTAX, word, CHOICE)
    return aggregate


# Operations


@changes_nothing
def _union(query: _Query) -> dict[bytes, float]:
    union: dict[bytes, float] = {}
    aggregate = query.aggregate
    for source in sorted(query.sources, key=_Source.size):
        weight = source.weight
        for member, score in source.scores().items():
            weighted = _weighted(score, weight)
            before = union.get(member)
            union[member] = weighted if before is None else aggregate(before, weighted)
    return union


def _common(sources: list[_Source]) -> list[bytes]:
    """The members in all of `sources`, of which the first is the smallest; each value is asked once."""
    common = list(sources[0].scores())
    for source in {id(source.value): source for source in sources}.values():
        held = source.members()
        common = [member for member in common if member in held]
    return common


@changes_nothing
def _intersection(query: _Query) -> dict[bytes, float]:
    sources = sorted(query.sources, key=_Source.size)
    common = _common(sources)
    scores = [(source.scores(), source.weight) for source in sources]
    return {member: _combined(member, scores, query.aggregate) for member in common}


def _combined(
    member: bytes, scores: list[tuple[Mapping[bytes, float], float]], aggregate: Callable[[float, float], float]
) -> float:
    first, weight = scores[0]
    combined = _weighted(first[member], weight)
    for others, weight in scores[1:]:
        combined = aggregate(combined, others[member] * weight)
    return combined


@changes_nothing
def _difference(query: _Query) -> dict[bytes, float]:
    first, *others = query.sources
    rest = dict(first.scores())
    for other in others:
        if other.value is first.value:
            return {}
        gone = other.members()
        rest = {member: score for member, score in rest.items() if member not in gone}
    return rest


def _reply(session: Session, scores: dict[bytes, float], with_scores: bool) -> Reply:
    pairs = sorted((score, member) for member, score in scores.items())
    return flat_or_nested(pairs, session.protocol == 3) if with_scores else [member for _, member in pairs]


_COMBINING: Final = frozenset((b"weights", b"aggregate"))
_SHOWING: Final = frozenset((b"withscores",))


@command("ZUNION")
def zunion(session: Session, argv: list[bytes]) -> Reply:
    """ZUNION numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]"""
    query = _parse(session, argv, 1, b"zunion", _COMBINING | _SHOWING)
    return _reply(session, _union(query), query.with_scores)


@command("ZINTER")
def zinter(session: Session, argv: list[bytes]) -> Reply:
    """ZINTER numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]"""
    query = _parse(session, argv, 1, b"zinter", _COMBINING | _SHOWING)
    return _reply(session, _intersection(query), query.with_scores)


@command("ZDIFF")
def zdiff(session: Session, argv: list[bytes]) -> Reply:
    """ZDIFF numkeys key [key ...] [WITHSCORES]"""
    query = _parse(session, argv, 1, b"zdiff", _SHOWING)
    return _reply(session, _difference(query), query.with_scores)


@command("ZUNIONSTORE")
def zunionstore(session: Session, argv: list[bytes]) -> Reply:
    """ZUNIONSTORE destination numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM | MIN | MAX]"""
    query = _parse(session, argv, 2, b"zunionstore", _COMBINING)
    return store(session, argv[1], _union(query), b"zunionstore")


@command("ZINTERSTORE")
def zinterstore(session: Session, argv: list[bytes]) -> Reply:
    """ZINTERSTORE destination numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM | MIN | MAX]"""
    query = _parse(session, argv, 2, b"zinterstore", _COMBINING)
    return store(session, argv[1], _intersection(query), b"zinterstore")


@command("ZDIFFSTORE")
def zdiffstore(session: Session, argv: list[bytes]) -> Reply:
    """ZDIFFSTORE destination numkeys key [key ...]"""
    query = _parse(session, argv, 2, b"zdiffstore", frozenset())
    return store(session, argv[1], _difference(query), b"zdiffstore")


@command("ZINTERCARD")
def zintercard(session: Session, argv: list[bytes]) -> Reply:
    """ZINTERCARD numkeys key [key ...] [LIMIT limit]"""
    query = _parse(session, argv, 1, b"zintercard", frozenset((b"limit",)))
    common = len(_common(sorted(query.sources, key=_Source.size)))
    return min(common, query.limit) if query.limit else common
