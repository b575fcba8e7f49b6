"""Every write to every table on record, whoever makes it: an instruction, a native or a metamethod.

While nobody records, a write costs nothing extra; while somebody does, the write methods of the table classes are
others. One recorder at a time, for the whole process: the one whose machine is running. An interrupt may come between
any two of the methods: `detach` brings all back from any state, and whoever attaches detaches on every way out.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, Final

from ferrous_vm.errors import StateError
from ferrous_vm.values import tables
from ferrous_vm.values.booleans import Boolean
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import HeirTable, MetaTable, OpenTable, Table, TrackedMetaTable, TrackedTable, check_key
from ferrous_vm.values.undo import Resized

Value = Any
_set: Final = dict.__setitem__
_pop: Final = dict.popitem
_update: Final[Any] = dict.update
_RELIED_ON: Final = tables.RELIED_ON
Record = Callable[..., object]
"""Called as ``record(inverse, *args)`` after each write; ``inverse(*args)`` takes it back, the latest first, and
answers an inverse of its own."""
Inverse = tuple[Callable[..., Any], tuple[Any, ...]]

_METHODS: Final = ("put", "assign", "reserve", "resize_array", "__setitem__", "current_layout")
"""The methods that differ while somebody records: those that write, and the one that may give keys their addresses."""

_ORIGINALS: Final[dict[type, dict[str, Any]]] = {
    kind: {name: kind.__dict__[name] for name in _METHODS if name in kind.__dict__}
    for kind in (Table, TrackedTable, MetaTable, OpenTable, TrackedMetaTable)
}
"""What they are while nobody does."""

_IN_ORDER: Final = frozenset({Table, MetaTable, OpenTable, HeirTable})
"""The classes of tables that never lost a key: what came last is last in them."""

_WITHOUT_ADDRESS: Final = frozenset({LuaString, float, Boolean})
"""The classes of keys whose place depends on their value alone."""

_recorded = False
"""Whether some of them may be other ones."""


def attach(record: Record, places: set[Any]) -> None:
    """From now on every write to a table is told to `record`. Not a value that takes the place of another, where
    `places` has its table and key; nor one under a new key, where `places` has the identity of the table: that it grew
    was told already, and nothing else since. Raises StateError if somebody records already."""
    global _recorded
    if _recorded:
        raise StateError("table writes are recorded", "nobody recording")
    _recorded = True

    def put(self: Table, key: Value, value: Value) -> None:
        table = id(self)
        if value is None or key in _RELIED_ON:
            record(undo, self, self.put_with_undo(key, value))
            places.discard((table, key))
            places.discard(table)
        elif key in self:
            place = (table, key)
            if place in places:
                _set(self, key, value)
            else:
                record(undo, self, self.put_with_undo(key, value))
                places.add(place)
        elif self.__class__ not in _IN_ORDER:
            record(undo, self, self.put_with_undo(key, value))
            places.add((table, key))
        else:
            if table not in places:
                record(cut, self, len(self), self.sequence)
                places.add(table)
            _set(self, key, value)

    def assign(self: Table, key: Value, value: Value) -> None:
        if key is None or key != key:
            check_key(key)
        put(self, key, value)

    def reserve(self: Table, key: Value) -> None:
        put(self, key, None)

    replaced = {"put": put, "assign": assign, "reserve": reserve, "__setitem__": assign}
    for kind in (Table, TrackedTable):
        resize_array = _recorded_resizing(_ORIGINALS[kind]["resize_array"], record, places)
        for name, method in {**replaced, "resize_array": resize_array}.items():
            setattr(kind, name, method)
    place = _ORIGINALS[Table]["current_layout"]

    def current_layout(self: Table) -> Value:
        placed = 0 if self.layout is None else self.layout.replayed
        if any(type(key) not in _WITHOUT_ADDRESS for key in islice(self, placed, None)):
            record(forget_layout, self)
        return place(self)

    Table.current_layout = current_layout  # type: ignore[method-assign]
    for kind in (MetaTable, OpenTable, TrackedMetaTable):
        for name in {"assign", "__setitem__"} & _ORIGINALS[kind].keys():
            setattr(kind, name, MetaTable.assign_slowly)
    OpenTable.put = put
    tables.metatable_changed = lambda table, old: record(_swap_metatable, table, old)


def _recorded_resizing(
    resize: Callable[[Table, int], Value], record: Record, places: set[Any]
) -> Callable[[Table, int], Value]:
    def resize_array(self: Table, size: int) -> Value:
        token = resize(self, size)
        record(undo, self, token)
        places.discard(id(self))
        return token

    return resize_array


def detach() -> None:
    """Nobody records any more. What is so already stays so."""
    global _recorded
    if not _recorded:
        return
    for kind, methods in _ORIGINALS.items():
        for name in _METHODS:
            if name in methods:
                setattr(kind, name, methods[name])
            elif name in kind.__dict__:  # dict's own
                delattr(kind, name)
    tables.metatable_changed = None
    _recorded = False


def forget_layout(table: Table) -> None:
    """Keys of an untracked table were placed by addresses that are taken back: they are placed again when asked for."""
    table.layout = None


def undo(table: Table, token: Value) -> Inverse | None:
    """Takes one recorded write back."""
    if token is None:
        return None
    again: Inverse
    if type(token) is tuple:
        again = _write, (table, token[0], table.get(token[0]))
    elif type(token) is Resized:
        again = _resize, (table, token.size)
    else:
        again = _write, (table, token.key, table.get(token.key))
    table.undo(token)
    return again


def cut(table: Table, count: int, sequence: int) -> Inverse:
    """Takes the keys back that came after so many of a table that keeps them in their order, and of which `sequence`
    was known."""
    taken = [_pop(table) for _ in range(len(table) - count)]
    table.forget_beyond(count)
    table.sequence = sequence
    return _grow, (table, taken)


def _grow(table: Table, taken: list[tuple[Value, Value]]) -> Inverse:
    if table.__class__ not in _IN_ORDER:  # what it lost before is lost again: of that less was known this time
        return _take_out, (table, [table.put_with_undo(*item) for item in reversed(taken)], taken)
    count, sequence = len(table), table.sequence
    _update(table, reversed(taken))
    return cut, (table, count, sequence)


def _take_out(table: Table, tokens: list[Value], taken: list[tuple[Value, Value]]) -> Inverse:
    for token in reversed(tokens):
        table.undo(token)
    return _grow, (table, taken)


def _write(table: Table, key: Value, value: Value) -> Inverse:
    return undo, (table, table.put_with_undo(key, value))


def _resize(table: Table, size: int) -> Inverse:
    return undo, (table, table.resize_array(size))


def _swap_metatable(table: Table, metatable: Table | None) -> Inverse:
    now = table.metatable
    tables.change_metatable(table, metatable)
    return _swap_metatable, (table, now)
