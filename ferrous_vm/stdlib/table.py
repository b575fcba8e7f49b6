"""The table library (Lua 5.1 manual section 5.5, ltablib.c). All of it works raw, without metamethods but `__lt`."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import suppress
from itertools import count
from typing import Final

from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import LuaError
from ferrous_vm.stdlib.sorting import sort_by_calling, sorted_in_place
from ferrous_vm.values.arguments import (
    check_function,
    check_int,
    check_table,
    optional_int,
    optional_string,
    type_error,
)
from ferrous_vm.values.natives import MISSING, Call, Library, Results, Value, directly, library, native
from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table, raw_set
from ferrous_vm.values.types import FUNCTION_CLASSES, type_name

Steps = Generator[Call, tuple[Value, ...], Results]


def _length(value: Value) -> int:
    """The length of argument 1, which must be a table (`aux_getn`)."""
    return int(check_table(1, value).length())


@native("concat", single=True)
def concat(
    table: Value = MISSING, separator: Value = MISSING, first: Value = MISSING, last: Value = MISSING, *_: Value
) -> Results:
    """`table.concat (table [, sep [, i [, j]]])`."""
    between = optional_string(2, separator, b"")
    source = check_table(1, table)
    start = optional_int(3, first, 1)
    end = _length(table) if last is None or last is MISSING else check_int(4, last)
    if start == 1 and end == len(source) and source.is_sequence():
        pieces: Iterable[Value] = source.values()
        with suppress(TypeError):  # not all are strings
            return LuaString(PRESENT.join(source.values(), bytes(between)))
    else:
        pieces = map(source.get, map(float, range(start, end + 1)))
    return LuaString(PRESENT.join(list(map(_concatenated, pieces, count(start))), bytes(between)))


def _concatenated(piece: Value, index: int) -> bytes:
    if type(piece) is LuaString:
        return piece
    if type(piece) is float:
        return number_to_text(piece)
    message = b"invalid value (%s) at index %d in table for 'concat'" % (type_name(piece), index)
    raise LuaError(LuaString(message), level=1)


@native("foreach")
def foreach(table: Value = MISSING, function: Value = MISSING, *_: Value) -> Steps:
    """`table.foreach (table, f)`: ends at the first result that is not nil, and answers it."""
    source = check_table(1, table)
    check_function(2, function)
    entry = source.next(None)
    while entry is not None:
        results = yield Call(function, entry)
        if results and results[0] is not None:
            return results[0]
        entry = source.next(entry[0])
    return ()


@native("foreachi")
def foreachi(table: Value = MISSING, function: Value = MISSING, *_: Value) -> Steps:
    """`table.foreachi (table, f)`: as `foreach`, over 1 to the length."""
    last = _length(table)
    check_function(2, function)
    for index in range(1, last + 1):
        results = yield Call(function, (float(index), table.get(float(index))))
        if results and results[0] is not None:
            return results[0]
    return ()


@native("getn", single=True)
def getn(table: Value = MISSING, *_: Value) -> Results:
    """`table.getn (table)`."""
    return float(_length(table))


@native("maxn", single=True)
def maxn(table: Value = MISSING, *_: Value) -> Results:
    """`table.maxn (table)`: the largest positive number among the keys, or 0."""
    return max((key for key in check_table(1, table) if type(key) is float and key > 0.0), default=0.0)


@native("insert")
def insert(*args: Value) -> Results:
    """`table.insert (table, [pos,] value)`: a position beyond the end leaves a hole."""
    end = _length(args[0] if args else MISSING) + 1
    if len(args) == 2:
        raw_set(args[0], float(end), args[1])
        return ()
    if len(args) != 3:
        raise LuaError(LuaString(b"wrong number of arguments to 'insert'"), level=1)
    position = check_int(2, args[1])
    _shift_up(args[0], position, max(end, position))
    raw_set(args[0], float(position), args[2])
    return ()


def _shift_up(table: Table, position: int, end: int) -> None:
    """Moves what is at `position` to `end - 1` one up. Where the range is far wider than the table, by its keys."""
    if end - position <= 2 * len(table) + 100:
        for index in range(end, position, -1):
            raw_set(table, float(index), table.get(float(index - 1)))
        return
    for key in sorted((k for k in table if type(k) is float and position <= k < end and k.is_integer()), reverse=True):
        raw_set(table, key + 1.0, table[key])
        raw_set(table, key, None)


@native("remove")
def remove(table: Value = MISSING, position: Value = MISSING, *_: Value) -> Results:
    """`table.remove (table [, pos])`: nothing for a position outside 1 to the length."""
    end = _length(table)
    index = optional_int(2, position, end)
    if not 1 <= index <= end:
        return ()
    removed = table.get(float(index))
    for moved in range(index, end):
        raw_set(table, float(moved), table.get(float(moved + 1)))
    raw_set(table, float(end), None)
    return removed


@native("setn")
def setn(table: Value = MISSING, *_: Value) -> Results:
    """`table.setn`: gone since Lua 5.1."""
    check_table(1, table)
    raise LuaError(LuaString(b"'setn' is obsolete"), level=1)


@native("sort")
def sort(table: Value = MISSING, comparator: Value = MISSING, *_: Value) -> Steps:
    """`table.sort (table [, comp])`."""
    last = _length(table)
    if comparator is MISSING:
        comparator = None
    if comparator is not None and type(comparator) not in FUNCTION_CLASSES:
        raise type_error(2, b"function", comparator)
    yield from sorted_in_place(table, last, comparator)
    return ()


@directly(sort)
def sort_directly(table: Value = MISSING, comparator: Value = MISSING, *_: Value) -> Results:
    """`sort` by a comparator."""
    if type(comparator) not in FUNCTION_CLASSES:
        return NotImplemented
    sort_by_calling(table, _length(table), comparator)
    return ()


LIBRARY: Final[Library] = library("table", (concat, foreach, foreachi, getn, maxn, insert, remove, setn, sort))
