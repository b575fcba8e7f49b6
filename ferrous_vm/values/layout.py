"""Where Lua 5.1 keeps each key of a table: the array part, the nodes, and when both are sized anew (ltable.c).

The values live in the Table; a Layout knows keys only, and asks the Table which of them have a value: a node whose key
has none is *dead*, it keeps its place until a new key takes it or the table is rehashed. Order of `next`, and `#` of a
table with holes, follow from the layout alone.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from itertools import islice
from typing import Any, Final

from ferrous_vm.values.hashes import PRESENT, main_position

Value = Any
Claim = tuple[int, int, Value, int, int] | tuple["Layout"]
"""How to take a claimed key back: the touched nodes before, or after a rehash the whole layout before."""

_MAX_BITS: Final = 26
_MAX_ARRAY: Final = 1 << _MAX_BITS
"""The largest array part (`MAXASIZE`)."""
_MAX_INT: Final = 2**31 - 1


def array_index(key: Value) -> int:
    """The key as an index of a possible array part, 1 to 2^26; 0 for any other key."""
    if type(key) is float and 1.0 <= key <= _MAX_ARRAY:
        index = int(key)
        if index == key:
            return index
    return 0


class Layout:
    """The array part and the nodes of one table.

    `array_size`: slots of the array part. `keys`: the key of each node, None if it never had one. `hashes`: of those
    keys. `positions`: the node of each key. `free`: all free nodes are below it. `counts[i]`: keys with a value in
    (2^(i-1), 2^i]; `live`: all keys with a value; `integers`: those that are positive and count toward a length;
    `dense`: 1 to this have values. `replayed`: how many of the table's keys, in their order of
    insertion, have been placed so far.
    """

    __slots__ = (
        "array_size",
        "counts",
        "dense",
        "free",
        "hash_key",
        "hashes",
        "integers",
        "keys",
        "live",
        "positions",
        "replayed",
    )

    def __init__(self, array_size: int = 0, hash_size: int = 0) -> None:
        self.array_size = array_size
        self.hash_key = PRESENT.hash_key
        self.counts = [0] * (_MAX_BITS + 1)
        self.live = 0
        self.integers = 0
        self.dense = 0
        self.replayed = 0
        self._set_nodes(hash_size)

    def _set_nodes(self, hash_size: int) -> None:
        size = 1 << (hash_size - 1).bit_length() if hash_size else 0
        self.keys: list[Value] = [None] * size
        self.hashes = [0] * size
        self.positions: dict[Value, int] = {}
        self.free = size

    # Keys gain and lose a value

    def count(self, key: Value) -> None:
        """A key of the table now has a value."""
        self.live += 1
        if type(key) is float and key >= 1.0:
            index = array_index(key)
            if index:
                self.integers += 1
                self.counts[(index - 1).bit_length()] += 1
                if index == self.dense + 1:
                    self.dense = index
            elif key > _MAX_ARRAY:
                self.integers += 1

    def uncount(self, key: Value) -> None:
        """A key of the table lost its value."""
        self.live -= 1
        if type(key) is float and key >= 1.0:
            index = array_index(key)
            if index:
                self.integers -= 1
                self.counts[(index - 1).bit_length()] -= 1
                if index <= self.dense:
                    self.dense = index - 1
            elif key > _MAX_ARRAY:
                self.integers -= 1

    def replay(self, table: Mapping[Value, Value], key: Value) -> None:
        """Places and counts the next key in the table's order of insertion."""
        if not (type(key) is float and 1.0 <= key <= self.array_size and key.is_integer()):
            self.claim(table, key)
        self.count(key)
        self.replayed += 1

    # A key gets a place

    def claim(self, table: Mapping[Value, Value], key: Value) -> Claim | None:
        """Makes room for a key without a value (`luaH_set`); None if it has its place already."""
        if key in self.positions or (type(key) is float and 1.0 <= key <= self.array_size and key.is_integer()):
            return None
        keys = self.keys
        size = len(keys)
        if size == 0:
            return self._rehash(table, key)
        hashed = self.hash_key(key)
        main = hashed & (size - 1) if hashed >= 0 else ~hashed % ((size - 1) | 1)
        occupant = keys[main]
        before = (self.free, main, occupant, self.hashes[main], -1)
        positions = self.positions
        if occupant is None:
            place = main
        elif occupant not in table:
            del positions[occupant]
            place = main
        else:
            place = self._free_node()
            if place < 0:
                self.free = before[0]
                return self._rehash(table, key)
            before = (*before[:4], place)
            occupant_hash = self.hashes[main]
            if main_position(occupant_hash, size) != main:  # the occupant is out of its place: it moves
                keys[place] = occupant
                self.hashes[place] = occupant_hash
                positions[occupant] = place
                place = main
        keys[place] = key
        self.hashes[place] = hashed
        positions[key] = place
        return before

    def _free_node(self) -> int:
        """The highest node below the last one given out that never had a key (`getfreepos`); -1 if there is none."""
        keys = self.keys
        for position in range(self.free - 1, -1, -1):
            if keys[position] is None:
                self.free = position
                return position
        self.free = 0
        return -1

    def unclaim(self, key: Value, claim: Claim) -> None:
        """Takes back what `claim` did for the key; the latest claim first."""
        if len(claim) == 1:
            before = claim[0]
            for name in Layout.__slots__:
                setattr(self, name, getattr(before, name))
            return
        free, main, occupant, occupant_hash, moved_to = claim
        del self.positions[key]
        if moved_to >= 0:
            self.keys[moved_to] = None
        self.free = free
        self.keys[main] = occupant
        self.hashes[main] = occupant_hash
        if occupant is not None:
            self.positions[occupant] = main

    # Both parts are sized anew

    def _rehash(self, table: Mapping[Value, Value], key: Value) -> Claim:
        """Sizes both parts for the present keys and one more, and places that (`rehash`)."""
        before = self._copy()
        counts = self.counts.copy()
        total = self.live + 1
        index = array_index(key)
        if index:
            counts[(index - 1).bit_length()] += 1
        array_size, in_array = _array_size_for(counts)
        self._resize(table, array_size, total - in_array)
        self.claim(table, key)
        return (before,)

    def _copy(self) -> Layout:
        """This layout as it is: `_resize` makes new lists, so only the counts, which change in place, are copied."""
        copy = Layout.__new__(Layout)
        for name in Layout.__slots__:
            setattr(copy, name, getattr(self, name))
        copy.counts = self.counts.copy()
        return copy

    def resize_array(self, table: Mapping[Value, Value], array_size: int) -> Claim:
        """Sizes the array part, keeping the number of nodes (`luaH_resizearray`)."""
        before = self._copy()
        self._resize(table, array_size, len(self.keys))
        return (before,)

    def _resize(self, table: Mapping[Value, Value], array_size: int, hash_size: int) -> None:
        old_keys, old_hashes = self.keys, self.hashes
        old_array_size = self.array_size
        self.array_size = array_size
        self._set_nodes(hash_size)
        if array_size < old_array_size:
            present: Container[Value] = table if self.replayed == len(table) else set(islice(table, self.replayed))
            for index in range(array_size + 1, old_array_size + 1):
                if float(index) in present:
                    self.claim(table, float(index))
        self._place_again(table, old_keys, old_hashes)

    def _place_again(self, table: Container[Value], old_keys: list[Value], old_hashes: list[int]) -> None:
        """Places the keys of the old nodes that have values in the new ones, from the last to the first."""
        keys, hashes, positions, array_size = self.keys, self.hashes, self.positions, self.array_size
        size, free = len(keys), self.free
        for position in range(len(old_keys) - 1, -1, -1):
            key = old_keys[position]
            if key is None or key not in table:
                continue
            if type(key) is float and 1.0 <= key <= array_size and key.is_integer():
                continue
            hashed = old_hashes[position]
            place = hashed & (size - 1) if hashed >= 0 else ~hashed % ((size - 1) | 1)
            occupant = keys[place]
            if occupant is not None:
                free -= 1
                while keys[free] is not None:
                    free -= 1
                if main_position(hashes[place], size) == place:
                    place = free
                else:  # the occupant is out of its place: it moves
                    keys[free] = occupant
                    hashes[free] = hashes[place]
                    positions[occupant] = free
            keys[place] = key
            hashes[place] = hashed
            positions[key] = place
        self.free = free

    # Reading the layout

    def following(self, table: Mapping[Value, Value], key: Value) -> tuple[Value, Value] | None:
        """The entry after `key` (None: the first), None at the end (`luaH_next`). KeyError if it has no place."""
        index = 0
        if key is not None:
            if type(key) is float and 1.0 <= key <= self.array_size and key.is_integer():
                index = int(key)
            else:
                index = self.array_size + self.positions[key] + 1
        get = table.get
        array_size = self.array_size
        while index < array_size:
            index += 1
            value = get(float(index))
            if value is not None:
                return float(index), value
        keys = self.keys
        for position in range(index - array_size, len(keys)):
            key = keys[position]
            if key is not None:
                value = get(key)
                if value is not None:
                    return key, value
        return None

    def border(self, table: Container[Value]) -> int:
        """The length of the table (`luaH_getn`); where there are no holes every way of searching finds the same."""
        dense = self.dense
        while float(dense + 1) in table:
            dense += 1
        self.dense = dense
        if dense == self.integers:
            return dense
        upper = self.array_size
        if upper > 0 and float(upper) not in table:
            return _search(table, 0, upper)
        if not self.keys:
            return upper
        lower, upper = upper, upper + 1
        while float(upper) in table:
            lower, upper = upper, upper * 2
            if upper > _MAX_INT:
                lower = 1
                while float(lower) in table:
                    lower += 1
                return lower - 1
        return _search(table, lower, upper)


def _search(table: Container[Value], lower: int, upper: int) -> int:
    """A border between a present (or zero) index and an absent one, by halving."""
    while upper - lower > 1:
        middle = (lower + upper) // 2
        if float(middle) in table:
            lower = middle
        else:
            upper = middle
    return lower


def _array_size_for(counts: list[int]) -> tuple[int, int]:
    """The largest array part of which more than half is used, and how many keys it holds (`computesizes`)."""
    total = sum(counts)
    below = size = held = 0
    power = 1
    for count in counts:
        if power // 2 >= total:
            break
        if count:
            below += count
            if below > power // 2:
                size = power
                held = below
        if below == total:
            break
        power *= 2
    return size, held
