"""Lua tables: dicts keyed by Lua values, in Lua 5.1's order, with readonly tables as Redis's Lua has them.

Reading is dict's own: ``table.get(key)`` is the raw read and ``table[key]`` follows `__index`; both run at C speed
where the key is present. What writing must do differs by state, so each state is a class, and tables change class:

    Table                 no metatable, nothing was ever removed: a write of a value is dict's own ``__setitem__``
    TrackedTable          something was removed; the layout is kept up to date from then on
    MetaTable             has a metatable, or is a table on which an OpenTable relies
    OpenTable             has a metatable that has no `__newindex`: a write of a value is dict's own again
    HeirTable             an OpenTable whose `__index` is a table without metatable, in which it looks at C speed
    TrackedMetaTable      has a metatable, and something was removed
    ReadonlyTable         refuses every write

A table that never lost a key needs no layout: Python's dict remembers the order in which keys came, and the layout is
replayed from it when somebody asks for the order. No dict here ever holds None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from ferrous_vm.errors import LuaError
from ferrous_vm.values.followers import Followers
from ferrous_vm.values.layout import Layout
from ferrous_vm.values.metamethods import INDEX, NEWINDEX, assignment_beyond, completed, index_beyond
from ferrous_vm.values.operators import with_metamethods
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.types import register_class
from ferrous_vm.values.undo import KeyClaimed, LastRemoved, Resized, TrackingBegun
from ferrous_vm.values.whole_numbers import counted

Value = Any

_NOT_A_SEQUENCE: Final = -1
RELIED_ON: Final = frozenset({INDEX, NEWINDEX})
"""The fields of a metatable that its followers rely on."""
_set: Final = dict.__setitem__
_delete: Final = dict.__delitem__


def check_key(key: Value, level: int = 1) -> None:
    """Refuses nil and NaN as a table key (`luaH_set`). `level` is the LuaError's: 0 inside a native."""
    if key is None:
        raise LuaError(LuaString(b"table index is nil"), level)
    if key != key:
        raise LuaError(LuaString(b"table index is NaN"), level)


def constructor_size(count: int) -> int:
    """A constructor's item count as it survives in OP_NEWTABLE: rounded up to 3 significant bits (`luaO_int2fb`)."""
    exponent = 0
    while count >= 16:
        count = (count + 1) >> 1
        exponent += 1
    return count << exponent


class Storage(dict[Value, Value]):
    """The slots of a table. `address`, `own_metatable`, `followers` and `inherited` may be unset.

    `sizes`: the array and hash size the table was made with, then ``(count, array_size)`` for each resizing of the
    array part after so many keys. `sequence`: how many leading keys are known to be 1, 2, 3, ... in this order; -1 if
    the whole is not a sequence. `layout`: replayed so far (untracked), or the truth (tracked). `followers`: the
    OpenTables whose metatable this is, and the HeirTables that look in it. `inherited`: where a HeirTable looks.
    """

    __slots__ = ("__weakref__", "address", "followers", "inherited", "layout", "own_metatable", "sequence", "sizes")

    address: int | None
    followers: Followers
    inherited: Callable[[Value], Value]
    layout: Any
    own_metatable: Value
    sequence: int
    sizes: tuple[Any, ...]

    def __init__(self, fields: Mapping[Value, Value] | None = None) -> None:
        if fields is not None:
            self.update(fields)
        self.sequence = 0
        self.layout = None
        self.sizes = (0, 0)


class Table(Storage):
    """A Lua table (manual section 2.2)."""

    __slots__ = ()

    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__  # type: ignore[assignment]

    metatable: Value = None
    readonly = False
    untracked: type[Table]
    """The class of the same state that keeps no layout."""

    @staticmethod
    def allocated(array_size: int, hash_size: int) -> Table:
        """A table with room for so many keys, exactly (`lua_createtable`)."""
        table = Table()
        if array_size or hash_size:
            table.sizes = (array_size, hash_size)
            if hash_size:
                table.sequence = _NOT_A_SEQUENCE
        return table

    @staticmethod
    def of_items(values: Sequence[Value]) -> Table:
        """A new table of values, none of them nil, at 1, 2, 3, ..."""
        table = Table()
        table.update(zip(counted(1, len(values)), values, strict=True))
        table.sequence = len(values)
        return table

    @staticmethod
    def sized(array_size: int, hash_size: int) -> Table:
        """A table for a constructor of so many list and record items: sizes are rounded as OP_NEWTABLE rounds them."""
        return Table.allocated(constructor_size(array_size), constructor_size(hash_size))

    def __missing__(self, key: Value) -> Value:
        return None

    # Writing

    def put(self, key: Value, value: Value) -> None:
        """Raw write; nil removes. The key must have passed `check_key`."""
        if value is not None:
            _set(self, key, value)
        else:
            self._remove(key)

    def assign(self, key: Value, value: Value) -> None:
        """``table[key] = value`` with all of Lua's rules."""
        if value is not None and key == key and key is not None:
            _set(self, key, value)
        else:
            check_key(key)
            self.put(key, value)

    def reserve(self, key: Value) -> None:
        """Makes room for an absent key, as Lua does before it looks for a `__newindex`."""
        self._remove(key)

    def put_with_undo(self, key: Value, value: Value) -> Value:
        """`put` that answers a token for `undo`."""
        if value is None:
            return self._remove(key)
        token = (key, self.get(key))
        _set(self, key, value)
        return token

    def undo(self, token: Value) -> None:
        """Takes back the `put_with_undo` that answered the token; the latest first."""
        if type(token) is tuple:
            key, old = token
            if old is not None:
                _set(self, key, old)
            else:
                _delete(self, key)
                self.forget_beyond(len(self))
        elif token is not None:
            token.restore(self)

    def forget_beyond(self, count: int) -> None:
        """Only the first `count` keys are there: what is known about later ones is void."""
        if self.sequence > count:
            self.sequence = count
        if self.layout is not None and self.layout.replayed > count:
            self.layout = None

    def _remove(self, key: Value) -> Value:
        """Nil for a key: a sequence can lose its last, everything else makes the table tracked. Answers the undo."""
        if self.is_sequence():
            count = len(self)
            capacity = self._array_capacity(count)
            if type(key) is float and 1.0 <= key <= capacity and key.is_integer():
                if key > count:
                    return None
                if key == count:
                    undo = LastRemoved(key, self[key], self.sizes)
                    _delete(self, key)
                    self.sizes = (capacity, 0)
                    self.sequence = count - 1
                    self.layout = None
                    return undo
        begun = TrackingBegun(list(self), key, self.get(key), self.sizes, self.sequence)
        self.current_layout()
        self.__class__ = _TRACKED[type(self)]
        self.sequence = _NOT_A_SEQUENCE
        self._store(key, None)
        return begun

    def _store(self, key: Value, value: Value) -> None:
        """The raw write of a tracked table."""
        raise NotImplementedError

    # List items of a constructor

    def set_list(self, start: int, values: Sequence[Value]) -> None:
        """Stores the values of a constructor's list items from index `start` on (OP_SETLIST)."""
        last = start + len(values) - 1
        if last > self._array_size():
            self.resize_array(last)
        for key, value in zip(counted(start, last), values, strict=True):
            if value is not None or key in self:
                self.put(key, value)

    def _array_size(self) -> int:
        if self.is_sequence():
            return self._array_capacity(len(self))
        size: int = self.current_layout().array_size
        return size

    def resize_array(self, size: int) -> Value:
        """Makes the array part `size` slots long (`luaH_resizearray`); answers a token for `undo`."""
        undo = Resized(size, self.sizes, self.sequence, None)
        if self.is_sequence():
            self.sizes = (size, self.sizes[1])
        elif len(self) == 0:
            self.sizes = (size, self.sizes[1])
            self.layout = None
        else:
            self.current_layout().resize_array(self, size)
            self.sizes = (*self.sizes, (len(self), size))
        return undo

    def capacity(self) -> tuple[int, int]:
        """Slots of the array part and nodes: exact where cheap, else as many as the keys need."""
        count = len(self)
        if self.is_sequence():
            return self._array_capacity(count), 0
        layout: Layout | None = self.layout
        if layout is not None and layout.replayed == count:
            return layout.array_size, len(layout.keys)
        array_size, hash_size = self.sizes[:2]
        return array_size, max(hash_size, 1 << (max(count - array_size, 1) - 1).bit_length())

    # Reading in order

    def is_sequence(self) -> bool:
        """Whether the keys are exactly 1, 2, 3, ..., came in this order, and so are all in the array part."""
        count = len(self)
        sequence: int = self.sequence
        if sequence == count:
            return True
        if sequence < 0:
            return False
        if count == sequence + 1:
            holds: bool = next(reversed(self)) == count
        else:
            keys = list(islice(reversed(self), count - sequence))
            keys.reverse()
            holds = keys == list(range(sequence + 1, count + 1))
        self.sequence = count if holds else _NOT_A_SEQUENCE
        return holds

    def _array_capacity(self, count: int) -> int:
        """The size of the array part of a sequence: its first size, or the next power of two."""
        first: int = self.sizes[0]
        return first if count <= first else 1 << (count - 1).bit_length()

    def current_layout(self) -> Layout:
        """The layout, with every key placed."""
        layout: Layout | None = self.layout
        count = len(self)
        if layout is None:
            sizes = self.sizes
            self.layout = layout = Layout(sizes[0], sizes[1])
            for replayed, size in sizes[2:]:
                for key in islice(self, layout.replayed, replayed):
                    layout.replay(self, key)
                layout.resize_array(self, size)
        missing = count - layout.replayed
        if missing == 1:
            layout.replay(self, next(reversed(self)))
        elif missing:
            for key in reversed(list(islice(reversed(self), missing))):
                layout.replay(self, key)
        return layout

    def length(self) -> float:
        """The length as `#` gives it, borders of tables with holes included (`luaH_getn`)."""
        count = len(self)
        if self.sequence == count or self.is_sequence():
            return float(count)
        return float(self.current_layout().border(self))

    def next(self, key: Value) -> tuple[Value, Value] | None:
        """The entry after `key` in Lua's order (nil: the first), None at the end (manual section 5.1, `next`).

        Raises LuaError for a key that has no place in the table.
        """
        if self.is_sequence():
            following = 1.0 if key is None else key + 1.0 if type(key) is float and key >= 1.0 else None
            value = self.get(following)
            if value is not None:
                return following, value
            if key is None or (following is not None and key <= self._array_size() and key.is_integer()):
                return None
        try:
            return self.current_layout().following(self, key)
        except KeyError:
            raise LuaError(LuaString(b"invalid key to 'next'")) from None


class TrackedTable(Table):
    """A table that lost a key at some time; its layout is the truth about its order."""

    __slots__ = ()

    def _store(self, key: Value, value: Value) -> None:
        if key in self:
            if value is not None:
                _set(self, key, value)
            else:
                _delete(self, key)
                self.layout.uncount(key)
        else:
            layout = self.current_layout()
            layout.claim(self, key)
            if value is not None:
                _set(self, key, value)
                layout.count(key)

    put = _store

    def assign(self, key: Value, value: Value) -> None:
        """``table[key] = value`` with all of Lua's rules."""
        if key is None or key != key:
            check_key(key)
        self.put(key, value)

    __setitem__ = assign

    def reserve(self, key: Value) -> None:
        """Makes room for an absent key, as Lua does before it looks for a `__newindex`."""
        self.current_layout().claim(self, key)

    def put_with_undo(self, key: Value, value: Value) -> Value:
        """`put` that answers a token for `undo`."""
        old = self.get(key)
        if old is not None:
            self._store(key, value)
            return (key, old)
        layout = self.current_layout()
        claim = layout.claim(self, key)
        if value is not None:
            _set(self, key, value)
            layout.count(key)
        return KeyClaimed(key, claim)

    def undo(self, token: Value) -> None:
        """Takes back the `put_with_undo` that answered the token; the latest first."""
        if type(token) is tuple:
            key, old = token
            if key not in self:
                self.layout.count(key)
            _set(self, key, old)
        elif token is not None:
            token.restore(self)

    def is_sequence(self) -> bool:
        """False: what its keys are is known of the layout alone."""
        return False

    def resize_array(self, size: int) -> Value:
        """Makes the array part `size` slots long (`luaH_resizearray`); answers a token for `undo`."""
        return Resized(size, self.sizes, self.sequence, self.current_layout().resize_array(self, size))

    def current_layout(self) -> Layout:
        """The layout, which a tracked table always has."""
        layout: Layout = self.layout
        layout.replayed = len(self)
        return layout


@with_metamethods
class MetaTable(Table):
    """A table with a metatable: Python's operators on it follow the metamethods (manual section 2.8)."""

    __slots__ = ()

    metatable = Storage.own_metatable

    def __missing__(self, key: Value) -> Value:
        metatable = self.own_metatable
        if metatable is not None:
            handler = metatable.get(INDEX)
            if handler is None:
                return None
            if isinstance(handler, dict):  # the commonest by far: a field of the object's class
                found = handler.get(key)
                if found is not None:
                    return found
        return completed(index_beyond(self, key))

    def put(self, key: Value, value: Value) -> None:
        """Raw write; nil removes. The key must have passed `check_key`."""
        if key in RELIED_ON:
            release_followers(self)
        super().put(key, value)

    def assign(self, key: Value, value: Value) -> None:
        """``table[key] = value`` with all of Lua's rules, `__newindex` included."""
        if value is not None and key in self and key not in RELIED_ON:
            _set(self, key, value)
        else:
            self.assign_slowly(key, value)

    def __setitem__(self, key: Value, value: Value) -> None:
        if value is not None and key in self and key not in RELIED_ON:
            _set(self, key, value)
        else:
            self.assign_slowly(key, value)
        _open(self)

    def assign_slowly(self, key: Value, value: Value) -> None:
        """`assign` of nil, or to an absent key; right for every other too."""
        if key in self:
            self.put(key, value)
        else:
            check_key(key)
            completed(assignment_beyond(self, key, value))


class OpenTable(MetaTable):
    """A table whose metatable has no `__newindex`, and will tell when it gets one."""

    __slots__ = ()

    put = Table.put
    assign = Table.assign
    __setitem__ = dict.__setitem__


class HeirTable(OpenTable):
    """An OpenTable that looks for what it lacks in one table without metatable, which will tell when it gets one.

    Python finds `__missing__` in the class and, as it is a slot, takes from the table the function that it calls.
    """

    __slots__ = ()

    __missing__ = Storage.inherited  # type: ignore[assignment]


def _open(table: MetaTable) -> None:
    """Makes the table an OpenTable or a HeirTable, if its metatable allows that."""
    metatable = table.own_metatable
    if metatable is None or NEWINDEX in metatable or metatable is table or hasattr(table, "followers"):
        return
    if type(table) is not MetaTable:  # the write has changed it
        return
    _follow(table, metatable)
    ancestor = metatable.get(INDEX)
    if not isinstance(ancestor, Table) or ancestor.metatable is not None or metatable.readonly:
        table.__class__ = OpenTable  # a readonly metatable is Redis's own, which may put another `__index` there
        return
    if ancestor is not metatable:
        _follow(table, ancestor)
    table.inherited = ancestor.__getitem__
    table.__class__ = HeirTable


def _follow(table: MetaTable, relied_on: Table) -> None:
    kind = _WITH_METATABLE.get(type(relied_on))
    if kind is not None:  # its writes must be looked at from now on
        if relied_on.metatable is None:
            relied_on.own_metatable = None
        relied_on.__class__ = kind
    if not hasattr(relied_on, "followers"):
        relied_on.followers = Followers()
    relied_on.followers.add(table)


def release_followers(table: Table) -> None:
    """Whoever relies on this table asks its own metatable again, for `__index` and for `__newindex`."""
    if hasattr(table, "followers"):
        for follower in table.followers.release():
            follower.__class__ = _CLOSED.get(type(follower), type(follower))


class TrackedMetaTable(MetaTable, TrackedTable):
    """A table with a metatable that lost a key at some time."""

    __slots__ = ()

    __setitem__ = MetaTable.assign


class ReadonlyTable(MetaTable):
    """A table that refuses every write, raw or not (`lua_enablereadonlytable` of Redis's Lua)."""

    __slots__ = ()
    readonly = True

    def _refuse(self, *_: Value) -> Value:
        """Raises LuaError."""
        raise readonly_error()

    put = assign = reserve = put_with_undo = __setitem__ = _refuse  # type: ignore[assignment]


def readonly_error(level: int = 1) -> LuaError:
    """The refusal of a readonly table; `level` is the LuaError's: 0 inside a native."""
    return LuaError(LuaString(b"Attempt to modify a readonly table"), level)


_TRACKED: Final[dict[type[Table], type[Table]]] = {
    Table: TrackedTable,
    MetaTable: TrackedMetaTable,
    OpenTable: TrackedMetaTable,
    HeirTable: TrackedMetaTable,
}
_WITH_METATABLE: Final[dict[type[Table], type[Table]]] = {
    Table: MetaTable,
    TrackedTable: TrackedMetaTable,
    OpenTable: MetaTable,
    HeirTable: MetaTable,
}
_WITHOUT_METATABLE: Final[dict[type[Table], type[Table]]] = {
    MetaTable: Table,
    TrackedMetaTable: TrackedTable,
    OpenTable: Table,
    HeirTable: Table,
}
_CLOSED: Final[dict[type[Table], type[Table]]] = {OpenTable: MetaTable, HeirTable: MetaTable}

Table.untracked = TrackedTable.untracked = Table
MetaTable.untracked = TrackedMetaTable.untracked = MetaTable

TABLE_CLASSES: Final[frozenset[type[Table]]] = frozenset(
    {Table, TrackedTable, MetaTable, OpenTable, HeirTable, TrackedMetaTable, ReadonlyTable}
)
for _kind in TABLE_CLASSES:
    register_class(_kind, b"table")


def raw_set(table: Table, key: Value, value: Value) -> None:
    """The raw write of a native (`lua_rawset`): its errors have no position. The key must be valid."""
    try:
        table.put(key, value)
    except LuaError as error:
        error.level = 0
        raise


metatable_changed: Callable[[Table, Table | None], object] | None = None
"""Told of every change of a metatable, with the old one, while somebody records (`recording`)."""


def set_metatable(table: Table, metatable: Table | None) -> None:
    """Gives a table its metatable, or takes it away (`lua_setmetatable`). Raises LuaError if the table is readonly."""
    if table.readonly:
        raise readonly_error(level=0)
    old = table.metatable
    change_metatable(table, metatable)
    if metatable_changed is not None:
        metatable_changed(table, old)


def change_metatable(table: Table, metatable: Table | None) -> None:
    """`set_metatable` without check and record."""
    kind = type(table)
    if kind is not Table:
        release_followers(table)
    if metatable is None:
        table.__class__ = _WITHOUT_METATABLE.get(kind, kind)
    else:
        table.__class__ = _WITH_METATABLE.get(kind, kind)
        table.own_metatable = metatable


def make_readonly(table: Table) -> None:
    """The table refuses every write from now on."""
    if table.readonly:
        return
    table.own_metatable = table.metatable
    if isinstance(table, TrackedTable):
        table.current_layout()
    table.__class__ = ReadonlyTable
