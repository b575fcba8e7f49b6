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
from ferrous_vm.values.tables import MetaTable, OpenTable, Table, TrackedMetaTable, TrackedTable, check_key
from ferrous_vm.values.undo import Resized

Value = Any
_set: Final = dict.__setitem__
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

_WITHOUT_ADDRESS: Final = frozenset({LuaString, float, Boolean})
"""The classes of keys whose place depends on their value alone."""

_recorded = False
"""Whether some of them may be other ones."""


def attach(record: Record, places: set[Any]) -> None:
    """From now on every write to a table is told to `record`; a value that takes the place of another, only if `places`
    does not have its table and key. Raises StateError if somebody records already."""
    global _recorded
    if _recorded:
        raise StateError("table writes are recorded", "nobody recording")
    _recorded = True

    def put(self: Table, key: Value, value: Value) -> None:
        place = (id(self), key)
        if value is not None:
            if place in places and key in self:
                _set(self, key, value)
                return
            record(undo, self, self.put_with_undo(key, value))
            if key not in _RELIED_ON:
                places.add(place)
        else:
            record(undo, self, self.put_with_undo(key, value))
            places.discard(place)

    def assign(self: Table, key: Value, value: Value) -> None:
        check_key(key)
        put(self, key, value)

    def reserve(self: Table, key: Value) -> None:
        put(self, key, None)

    replaced = {"put": put, "assign": assign, "reserve": reserve, "__setitem__": assign}
    for kind in (Table, TrackedTable):
        resize_array = _recorded_resizing(_ORIGINALS[kind]["resize_array"], record)
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


def _recorded_resizing(resize: Callable[[Table, int], Value], record: Record) -> Callable[[Table, int], Value]:
    def resize_array(self: Table, size: int) -> Value:
        token = resize(self, size)
        record(undo, self, token)
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


def _write(table: Table, key: Value, value: Value) -> Inverse:
    return undo, (table, table.put_with_undo(key, value))


def _resize(table: Table, size: int) -> Inverse:
    return undo, (table, table.resize_array(size))


def _swap_metatable(table: Table, metatable: Table | None) -> Inverse:
    now = table.metatable
    tables.change_metatable(table, metatable)
    return _swap_metatable, (table, now)
