"""Commands of lists (t_list.c). Those that move elements or may block are in `list_moves.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.counting import at_most
from ferrous_vm.keyspace.arguments.parsing import (
    INT64_MAX,
    INT64_MIN,
    integer,
    integer_in_range,
    keyword,
    positive_integer,
)
from ferrous_vm.keyspace.arguments.readings import CHOICE, INTEGER, KEY, OPTION
from ferrous_vm.keyspace.command import command, wrong_arity
from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.interruption import changes_nothing
from ferrous_vm.keyspace.replies import NULL_ARRAY, OK, Reply
from ferrous_vm.keyspace.server.events import LIST
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.lists import List

_RANK_IS_ZERO: Final = (
    b"ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... "
    b"or use negative to start from the end of the list"
)


def clip(start: int, stop: int, length: int) -> tuple[int, int]:
    """The elements from index `start` to index `stop`, negative ones counting from the end, as a half-open range.

    It lies within 0 and `length`, and is (0, 0) when empty.
    """
    if start < 0:
        start = max(start + length, 0)
    if stop < 0:
        stop += length
    if start > stop or start >= length:
        return 0, 0
    return start, min(stop, length - 1) + 1


# Pushing


@command("LPUSH")
def lpush(session: Session, argv: list[bytes]) -> Reply:
    """LPUSH key element [element ...]"""
    database = session.database
    values = database.find(argv[1], List)
    if values is None:
        values = List()
        database.put(argv[1], values)
    values.push_head(argv[2:])
    if database.thresholds.events:
        database.tell(LIST, b"lpush", argv[1])
    return len(values)


@command("RPUSH")
def rpush(session: Session, argv: list[bytes]) -> Reply:
    """RPUSH key element [element ...]"""
    database = session.database
    values = database.find(argv[1], List)
    if values is None:
        values = List()
        database.put(argv[1], values)
    values.push_tail(argv[2:])
    if database.thresholds.events:
        database.tell(LIST, b"rpush", argv[1])
    return len(values)


@command("LPUSHX")
def lpushx(session: Session, argv: list[bytes]) -> Reply:
    """LPUSHX key element [element ...]"""
    values = session.database.find(argv[1], List)
    if values is None:
        return 0
    values.push_head(argv[2:])
    if session.database.thresholds.events:
        session.database.tell(LIST, b"lpush", argv[1])
    return len(values)


@command("RPUSHX")
def rpushx(session: Session, argv: list[bytes]) -> Reply:
    """RPUSHX key element [element ...]"""
    values = session.database.find(argv[1], List)
    if values is None:
        return 0
    values.push_tail(argv[2:])
    if session.database.thresholds.events:
        session.database.tell(LIST, b"rpush", argv[1])
    return len(values)


@command("LINSERT")
def linsert(session: Session, argv: list[bytes]) -> Reply:
    """LINSERT key BEFORE | AFTER pivot element"""
    where = keyword(argv[2])
    if where not in (b"before", b"after"):
        raise CommandError(messages.SYNTAX, argv[2], CHOICE)
    values = session.database.find(argv[1], List)
    if values is None:
        return 0
    found = _found(values, argv[3], 1)
    if not found:
        return -1
    values.insert(found[0] + (where == b"after"), argv[4])
    if session.database.thresholds.events:
        session.database.tell(LIST, b"linsert", argv[1])
    return len(values)


# Popping


POPPED: Final = {True: b"lpop", False: b"rpop"}
"""The event of popping off the head, and off the tail."""


def take(database: Database, key: bytes, values: List, from_head: bool, count: int) -> list[bytes]:
    """Pop up to `count` elements off one end, the outermost first; with the last the key goes."""
    length = len(values)
    count = min(count, length)
    if from_head:
        taken = values.range(0, count)
        values.drop_head(count)
    else:
        taken = values.range(length - count, length)[::-1]
        values.drop_tail(count)
    if database.thresholds.events:
        database.tell(LIST, POPPED[from_head], key)
    database.remove_if_empty(key, values)
    return taken


def _pop(session: Session, argv: list[bytes], from_head: bool) -> Reply:
    database = session.database
    key = argv[1]
    if len(argv) > 2:
        return _pop_several(session, argv, from_head)
    values = database.find(key, List)
    if values is None:
        return None
    value = values.pop_head() if from_head else values.pop_tail()
    if database.thresholds.events:
        database.tell(LIST, POPPED[from_head], key)
    if not len(values):
        database.delete(key)
    return value


def _pop_several(session: Session, argv: list[bytes], from_head: bool) -> Reply:
    if len(argv) > 3:
        raise wrong_arity(argv[0].lower())
    count = positive_integer(argv[2])
    values = session.database.find(argv[1], List)
    if values is None:
        return NULL_ARRAY
    if count == 0:
        return []
    taken: Reply = list(take(session.database, argv[1], values, from_head, count))
    return taken


@command("LPOP")
def lpop(session: Session, argv: list[bytes]) -> Reply:
    """LPOP key [count]"""
    return _pop(session, argv, from_head=True)


@command("RPOP")
def rpop(session: Session, argv: list[bytes]) -> Reply:
    """RPOP key [count]"""
    return _pop(session, argv, from_head=False)


@command("LTRIM")
def ltrim(session: Session, argv: list[bytes]) -> Reply:
    """LTRIM key start stop"""
    start, stop = integer(argv[2]), integer(argv[3])
    database = session.database
    values = database.find(argv[1], List)
    if values is None:
        return OK
    start, stop = clip(start, stop, len(values))
    if database.thresholds.events:
        database.tell(LIST, b"ltrim", argv[1])
    if start == stop:
        database.delete(argv[1])
        return OK
    values.drop_tail(len(values) - stop)  # recorded even when nothing goes: LTRIM always touches a watched key
    values.drop_head(start)
    return OK


@command("LREM")
def lrem(session: Session, argv: list[bytes]) -> Reply:
    """LREM key count element"""
    limit = integer(argv[2])
    if limit == INT64_MIN and not session.keyspace.profile.least_count_is_taken:
        integer_in_range(argv[2], -INT64_MAX, INT64_MAX)
    database = session.database
    values = database.find(argv[1], List)
    if values is None:
        return 0
    indexes = _found(values, argv[3], limit)
    if indexes:
        values.delete(sorted(indexes))
        if database.thresholds.events:
            database.tell(LIST, b"lrem", argv[1])
        database.remove_if_empty(argv[1], values)
    return len(indexes)


# Reading


def _matches(values: List, value: bytes, from_tail: bool = False) -> Iterator[int]:
    """The indexes of the elements equal to `value`, seen from the head or from the tail."""
    if from_tail:
        last = len(values) - 1
        return (last - index for index, element in enumerate(reversed(values)) if element == value)
    return (index for index, element in enumerate(values) if element == value)


@changes_nothing
def _found(values: List, value: bytes, limit: int) -> list[int]:
    """The first `limit` of the indexes that `_matches` answers, from the tail if it is negative; 0 for all."""
    return list(at_most(_matches(values, value, from_tail=limit < 0), abs(limit) or None))


@command("LLEN")
def llen(session: Session, argv: list[bytes]) -> Reply:
    """LLEN key"""
    values = session.database.find(argv[1], List)
    return 0 if values is None else len(values)


@command("LINDEX")
def lindex(session: Session, argv: list[bytes]) -> Reply:
    """LINDEX key index"""
    values = session.database.find(argv[1], List)
    if values is None:
        return None
    index = integer(argv[2])
    length = len(values)
    if index < 0:
        index += length
    return values[index] if 0 <= index < length else None


@command("LSET")
def lset(session: Session, argv: list[bytes]) -> Reply:
    """LSET key index element"""
    values = session.database.find(argv[1], List)
    if values is None:
        raise CommandError(messages.NO_SUCH_KEY, argv[1], KEY)
    index = integer(argv[2])
    if session.keyspace.profile.cuts_index_of_lset:
        index = (index + 2**31) % 2**32 - 2**31
    length = len(values)
    if index < 0:
        index += length
    if not 0 <= index < length:
        raise CommandError(messages.INDEX_OUT_OF_RANGE, argv[2], INTEGER)
    values.set(index, argv[3])
    if session.database.thresholds.events:
        session.database.tell(LIST, b"lset", argv[1])
    return OK


@command("LRANGE")
def lrange(session: Session, argv: list[bytes]) -> Reply:
    """LRANGE key start stop"""
    start, stop = integer(argv[2]), integer(argv[3])
    values = session.database.find(argv[1], List)
    if values is None:
        return []
    found: Reply = list(values.range(*clip(start, stop, len(values))))
    return found


@command("LPOS")
def lpos(session: Session, argv: list[bytes]) -> Reply:
    """LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]"""
    rank, count, longest = _lpos_options(session, argv)
    values = session.database.find(argv[1], List)
    found: list[Reply] = []
    if values is not None:
        wanted = 1 if count is None else count
        length = len(values)
        from_tail = rank < 0
        if rank == INT64_MIN:  # C cannot negate it: every match counts, and COUNT ends nothing
            rank, wanted = 1, 1 if count is None else 0
        for number, index in enumerate(_matches(values, argv[2], from_tail), start=1):
            if longest and (length - 1 - index if from_tail else index) >= longest:
                break
            if number >= abs(rank):
                found.append(index)
                if len(found) == wanted:
                    break
    if count is None:
        return found[0] if found else None
    return found


def _lpos_options(session: Session, argv: list[bytes]) -> tuple[int, int | None, int]:
    """RANK, COUNT (None if not given, 0 for all) and MAXLEN (0 for all) of LPOS."""
    rank, count, longest = 1, None, 0
    words = iter(argv[3:])
    for word in words:
        option, value = keyword(word), next(words, None)
        if value is None or option not in (b"rank", b"count", b"maxlen"):
            raise CommandError(messages.SYNTAX, word, OPTION)
        if option == b"rank":
            least = -INT64_MAX if session.keyspace.profile.ranks_can_be_negated else INT64_MIN
            rank = integer_in_range(value, least, INT64_MAX)
            if rank == 0:
                raise CommandError(_RANK_IS_ZERO, value, INTEGER)
        elif option == b"count":
            count = positive_integer(value, b"ERR COUNT can't be negative")
        else:
            longest = positive_integer(value, b"ERR MAXLEN can't be negative")
    return rank, count, longest
