"""Commands of lists that look at several keys, or that block (t_list.c)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.arguments.readings import CHOICE
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.blocking import blocking_timeout, numbered_keys, wait
from ferrous_vm.keyspace.commands.lists import POPPED, take
from ferrous_vm.keyspace.replies import NULL_ARRAY, Reply
from ferrous_vm.keyspace.server.events import LIST as LIST_EVENT
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.lists import List
from ferrous_vm.keyspace.waiting import LIST

_ENDS: Final = {b"left": True, b"right": False}
"""Whether the end of a list that an argument names is its head."""


def _is_head(word: bytes) -> bool:
    end = _ENDS.get(keyword(word))
    if end is None:
        raise CommandError(messages.SYNTAX, word, CHOICE)
    return end


def _move(session: Session, source_key: bytes, target_key: bytes, from_head: bool, to_head: bool) -> bytes | None:
    """Take one element off a list and push it to another, which may be the same (`lmoveGenericCommand`)."""
    database = session.database
    source = database.find(source_key, List)
    if source is None:
        return None
    target = database.find(target_key, List)
    value = source.pop_head() if from_head else source.pop_tail()
    if target is None:
        target = List()
        database.put(target_key, target)
    if to_head:
        target.push_head((value,))
    else:
        target.push_tail((value,))
    if database.thresholds.events:
        database.tell(LIST_EVENT, b"lpush" if to_head else b"rpush", target_key)
        database.tell(LIST_EVENT, POPPED[from_head], source_key)
    database.remove_if_empty(source_key, source)
    return value


@command("LMOVE")
def lmove(session: Session, argv: list[bytes]) -> Reply:
    """LMOVE source destination LEFT | RIGHT LEFT | RIGHT"""
    from_head, to_head = _is_head(argv[3]), _is_head(argv[4])
    return _move(session, argv[1], argv[2], from_head, to_head)


@command("RPOPLPUSH")
def rpoplpush(session: Session, argv: list[bytes]) -> Reply:
    """RPOPLPUSH source destination"""
    return _move(session, argv[1], argv[2], from_head=False, to_head=True)


def _blocking_move(session: Session, argv: list[bytes], from_head: bool, to_head: bool) -> Reply:
    timeout = blocking_timeout(session, argv[-1])

    def serve(key: bytes) -> Reply:
        return _move(session, key, argv[2], from_head, to_head)

    moved = serve(argv[1])
    return wait(session, argv, timeout, LIST, [argv[1]], serve, at_once=None) if moved is None else moved


@command("BLMOVE")
def blmove(session: Session, argv: list[bytes]) -> Reply:
    """BLMOVE source destination LEFT | RIGHT LEFT | RIGHT timeout"""
    from_head, to_head = _is_head(argv[3]), _is_head(argv[4])
    return _blocking_move(session, argv, from_head, to_head)


@command("BRPOPLPUSH")
def brpoplpush(session: Session, argv: list[bytes]) -> Reply:
    """BRPOPLPUSH source destination timeout"""
    return _blocking_move(session, argv, from_head=False, to_head=True)


def _first_list(session: Session, keys: Iterable[bytes]) -> tuple[bytes, List] | None:
    """The first of `keys` that is there, which must be a list."""
    for key in keys:
        values = session.database.find(key, List)
        if values is not None:
            return key, values
    return None


def _blocking_pop(session: Session, argv: list[bytes], from_head: bool) -> Reply:
    timeout = blocking_timeout(session, argv[-1])

    def serve(*keys: bytes) -> Reply:
        found = _first_list(session, keys)
        return None if found is None else [found[0], *take(session.database, *found, from_head, 1)]

    popped = serve(*argv[1:-1])
    return wait(session, argv, timeout, LIST, argv[1:-1], serve) if popped is None else popped


@command("BLPOP")
def blpop(session: Session, argv: list[bytes]) -> Reply:
    """BLPOP key [key ...] timeout"""
    return _blocking_pop(session, argv, from_head=True)


@command("BRPOP")
def brpop(session: Session, argv: list[bytes]) -> Reply:
    """BRPOP key [key ...] timeout"""
    return _blocking_pop(session, argv, from_head=False)


def _pop_from_first(session: Session, keys: Iterable[bytes], from_head: bool, count: int) -> list[Reply] | None:
    found = _first_list(session, keys)
    if found is None:
        return None
    key, values = found
    taken: list[Reply] = list(take(session.database, key, values, from_head, count))
    return [key, taken]


@command("LMPOP")
def lmpop(session: Session, argv: list[bytes]) -> Reply:
    """LMPOP numkeys key [key ...] LEFT | RIGHT [COUNT count]"""
    keys, from_head, count = numbered_keys(argv, 1, _ENDS)
    popped = _pop_from_first(session, keys, from_head, count)
    return NULL_ARRAY if popped is None else popped


@command("BLMPOP")
def blmpop(session: Session, argv: list[bytes]) -> Reply:
    """BLMPOP timeout numkeys key [key ...] LEFT | RIGHT [COUNT count]"""
    keys, from_head, count = numbered_keys(argv, 2, _ENDS)
    timeout = blocking_timeout(session, argv[1])

    def serve(*keys: bytes) -> Reply:
        return _pop_from_first(session, keys, from_head, count)

    popped = serve(*keys)
    return wait(session, argv, timeout, LIST, keys, serve) if popped is None else popped
