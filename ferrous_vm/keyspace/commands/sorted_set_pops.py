"""Commands that pop the lowest or highest members of sorted sets, blocking or not (`genericZpopCommand`, t_zset.c)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import positive_integer
from ferrous_vm.keyspace.arguments.readings import SURPLUS
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.blocking import blocking_timeout, numbered_keys, wait
from ferrous_vm.keyspace.commands.sorted_sets import flat_or_nested
from ferrous_vm.keyspace.replies import NULL_ARRAY, Reply
from ferrous_vm.keyspace.server.events import SORTED_SET
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.sorted_sets import Pair, SortedSet
from ferrous_vm.keyspace.waiting import SORTED_SET as WAITED_FOR

_ENDS: Final = {b"min": True, b"max": False}
"""Whether the end that an argument names is the lowest."""


def _take(session: Session, key: bytes, zset: SortedSet, lowest: bool, count: int) -> list[Pair]:
    """Pop up to `count` pairs off one end, the outermost first."""
    size = len(zset)
    count = min(count, size)
    taken = zset.remove_span((0, count)) if lowest else zset.remove_span((size - count, size))[::-1]
    database = session.database
    if database.thresholds.events:
        database.tell(SORTED_SET, b"zpopmin" if lowest else b"zpopmax", key)
    database.remove_if_empty(key, zset)
    return taken


def _pop(session: Session, argv: list[bytes], lowest: bool) -> Reply:
    if len(argv) > 3:
        raise CommandError(messages.SYNTAX, argv[3], SURPLUS)
    count = positive_integer(argv[2]) if len(argv) == 3 else 1
    zset = session.database.find(argv[1], SortedSet)
    if zset is None or count == 0:
        return []
    nested = session.protocol == 3 and len(argv) == 3
    return flat_or_nested(_take(session, argv[1], zset, lowest, count), nested)


@command("ZPOPMIN")
def zpopmin(session: Session, argv: list[bytes]) -> Reply:
    """ZPOPMIN key [count]"""
    return _pop(session, argv, lowest=True)


@command("ZPOPMAX")
def zpopmax(session: Session, argv: list[bytes]) -> Reply:
    """ZPOPMAX key [count]"""
    return _pop(session, argv, lowest=False)


def _first_sorted_set(session: Session, keys: Iterable[bytes]) -> tuple[bytes, SortedSet] | None:
    """The first of `keys` that is there, which must be a sorted set."""
    for key in keys:
        zset = session.database.find(key, SortedSet)
        if zset is not None:
            return key, zset
    return None


def _blocking_pop(session: Session, argv: list[bytes], lowest: bool) -> Reply:
    timeout = blocking_timeout(session, argv[-1])

    def serve(*keys: bytes) -> Reply:
        found = _first_sorted_set(session, keys)
        if found is None:
            return None
        return [found[0], *flat_or_nested(_take(session, *found, lowest, 1), nested=False)]

    popped = serve(*argv[1:-1])
    return wait(session, argv, timeout, WAITED_FOR, argv[1:-1], serve) if popped is None else popped


@command("BZPOPMIN")
def bzpopmin(session: Session, argv: list[bytes]) -> Reply:
    """BZPOPMIN key [key ...] timeout"""
    return _blocking_pop(session, argv, lowest=True)


@command("BZPOPMAX")
def bzpopmax(session: Session, argv: list[bytes]) -> Reply:
    """BZPOPMAX key [key ...] timeout"""
    return _blocking_pop(session, argv, lowest=False)


def _pop_from_first(session: Session, keys: Iterable[bytes], lowest: bool, count: int) -> list[Reply] | None:
    found = _first_sorted_set(session, keys)
    if found is None:
        return None
    key, zset = found
    return [key, flat_or_nested(_take(session, key, zset, lowest, count), nested=True)]


@command("ZMPOP")
def zmpop(session: Session, argv: list[bytes]) -> Reply:
    """ZMPOP numkeys key [key ...] MIN | MAX [COUNT count]"""
    keys, lowest, count = numbered_keys(argv, 1, _ENDS)
    popped = _pop_from_first(session, keys, lowest, count)
    return NULL_ARRAY if popped is None else popped


@command("BZMPOP")
def bzmpop(session: Session, argv: list[bytes]) -> Reply:
    """BZMPOP timeout numkeys key [key ...] MIN | MAX [COUNT count]"""
    keys, lowest, count = numbered_keys(argv, 2, _ENDS)
    timeout = blocking_timeout(session, argv[1])

    def serve(*keys: bytes) -> Reply:
        return _pop_from_first(session, keys, lowest, count)

    popped = serve(*keys)
    return wait(session, argv, timeout, WAITED_FOR, keys, serve) if popped is None else popped
