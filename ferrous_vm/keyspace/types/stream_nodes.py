"""Macro nodes: the listpacks of up to 100 entries that a stream consists of, and the radix tree that holds them.

Nodes show through commands: `MAXLEN ~` removes whole nodes only, XINFO STREAM counts them, DUMP writes them with the
entries that were deleted but still stand there (tombstones). So their borders are exactly Redis's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from typing import Final, TypeAlias

from ferrous_vm.keyspace.arguments.counting import at_most
from ferrous_vm.keyspace.encodings.listpack import HEADER_SIZE, element_size, integer_size
from ferrous_vm.keyspace.types.stream_ids import SEQUENCE_BITS, StreamID, signed

Words: TypeAlias = tuple[bytes, ...]
"""What an entry holds: field, value, field, value ..."""

Entry: TypeAlias = tuple[StreamID, Words]

_FLAGS: Final = 2
"""Bytes of the flags of an entry, whatever they are."""
_LARGEST_INTEGER: Final = 10
"""Bytes of the largest integer element."""
_NEAR: Final = 4095 << SEQUENCE_BITS
"""Ids nearer than this differ by milliseconds that take at most 3 bytes."""
_SHORT: Final = 64
"""Elements shorter than this have an overhead of at most 2 bytes, others one of at most 10."""
_KEY_BYTES: Final = 16


class MacroNode:
    """Entries in the order they were added, tombstones included. Written by the primitives of Stream only."""

    __slots__ = (
        "_estimate", "_fields_length", "_size", "_weighed", "contents", "dead", "fields", "first", "identifiers", "key",
        "live",
    )  # fmt: skip

    def __init__(self, key: StreamID, fields: Words) -> None:
        self.key = key
        """The id of its first entry ever: the others are stored as differences from it."""
        self.fields = fields
        """The fields of its first entry ever: entries with the same ones do not store them again."""
        self.identifiers: list[StreamID] = []
        self.contents: list[Words] = []
        self.dead: set[int] = set()
        """The places of tombstones."""
        self.first = 0
        """No entry before this place is alive."""
        self.live = 0
        self._fields_length = sum(map(len, self.fields))
        self._size = HEADER_SIZE + integer_size(len(self.fields)) + sum(map(element_size, self.fields)) + 3
        """Bytes of the listpack but for the two counts it begins with and the entries that were not weighed yet."""
        self._weighed = 0
        """How many entries were weighed. Most nodes fill up with their 100 entries long before their weight matters."""
        self._estimate = 0
        """Bytes that the entries not weighed yet do not exceed."""

    def copy(self) -> MacroNode:
        """An independent node with the same entries and tombstones."""
        twin = MacroNode.__new__(MacroNode)
        twin.key, twin.fields, twin._fields_length = self.key, self.fields, self._fields_length
        twin.first, twin.live = self.first, self.live
        twin._size, twin._weighed, twin._estimate = self._size, self._weighed, self._estimate
        twin.identifiers, twin.contents, twin.dead = self.identifiers.copy(), self.contents.copy(), self.dead.copy()
        return twin

    def listpack_size(self) -> int:
        """Bytes of the listpack (`lpBytes`)."""
        for place in range(self._weighed, len(self.identifiers)):
            self._size += self.entry_size(self.identifiers[place], self.contents[place])
        self._weighed, self._estimate = len(self.identifiers), 0
        return self._size + integer_size(self.live) + integer_size(len(self.dead))

    def accepts(self, size: int, node_bytes: int, node_entries: int) -> bool:
        """Whether an entry of `size` bytes of fields and values still belongs here (`streamAppendItem`)."""
        if node_entries and len(self.identifiers) >= node_entries:
            return False
        most = self._size + self._estimate + 2 * _LARGEST_INTEGER + size
        return most < node_bytes or self.listpack_size() + size < node_bytes

    def entry_size(self, identifier: StreamID, words: Words) -> int:
        """Bytes of an entry in this node's listpack."""
        milliseconds = (identifier >> SEQUENCE_BITS) - (self.key >> SEQUENCE_BITS)
        size = _FLAGS + integer_size(signed(milliseconds)) + integer_size(signed(identifier - self.key))
        count = len(words) // 2
        if words[::2] == self.fields:
            return size + sum(map(element_size, words[1::2])) + integer_size(count + 3)
        return size + integer_size(count) + sum(map(element_size, words)) + integer_size(2 * count + 4)

    def append(self, identifier: StreamID, words: list[bytes], size: int) -> None:
        """Put an entry with `size` bytes of fields and values at the end; fields that it shares are kept once."""
        fields = self.fields
        overhead = 2 if size < _SHORT else _LARGEST_INTEGER
        if tuple(words[::2]) == fields:
            words[::2] = fields
            size += len(fields) * overhead - self._fields_length
        else:
            size += len(words) * overhead + _LARGEST_INTEGER
        difference = identifier - self.key
        time_size = 3 if 0 <= difference < _NEAR else _LARGEST_INTEGER
        self._estimate += size + time_size + 2 * _LARGEST_INTEGER
        self.identifiers.append(identifier)
        self.contents.append(tuple(words))
        self.live += 1

    def pop(self) -> None:
        """Undo `append`: take off the last entry, which is alive."""
        self.listpack_size()
        self.live -= 1
        self._weighed -= 1
        self._size -= self.entry_size(self.identifiers.pop(), self.contents.pop())
        self.first = min(self.first, len(self.identifiers))

    def kill(self, places: Iterable[int]) -> None:
        """Make tombstones of the entries at `places`, which are alive."""
        dead = self.dead
        before = len(dead)
        dead.update(places)
        self.live -= len(dead) - before
        while self.first in dead:
            self.first += 1

    def revive(self, places: Iterable[int]) -> None:
        """Undo `kill`."""
        before = len(self.dead)
        self.dead.difference_update(places)
        self.live += before - len(self.dead)
        self.first = min((self.first, *places))

    def place_of(self, identifier: StreamID, is_ordered: bool) -> int | None:
        """The place of the live entry `identifier`, or None."""
        identifiers = self.identifiers
        if not is_ordered:
            places = (place for place, other in enumerate(identifiers) if other == identifier)
            return next((place for place in places if place not in self.dead), None)
        place = bisect_left(identifiers, identifier)
        if place < len(identifiers) and identifiers[place] == identifier and place not in self.dead:
            return place
        return None

    def leading(self, count: int) -> list[int]:
        """The places of the first `count` live entries."""
        dead = self.dead
        return list(at_most((place for place in range(self.first, len(self.identifiers)) if place not in dead), count))

    def last_live(self) -> StreamID | None:
        """The id of the last live entry."""
        places = range(len(self.identifiers) - 1, self.first - 1, -1)
        return next((self.identifiers[place] for place in places if place not in self.dead), None)

    def live_places(self, start: int = 0, stop: int | None = None) -> list[int]:
        """The places of live entries from `start` up to `stop`."""
        if stop is None:
            stop = len(self.identifiers)
        start = max(start, self.first)
        dead = self.dead
        return [place for place in range(start, stop) if place not in dead] if dead else list(range(start, stop))

    def entries(self, places: Iterable[int]) -> list[Entry]:
        """The entries at `places`."""
        identifiers, contents = self.identifiers, self.contents
        return [(identifiers[place], contents[place]) for place in places]


def radix_tree_nodes(keys: list[StreamID]) -> int:
    """How many nodes Redis's radix tree of these ascending ids has (rax.c, `numnodes`).

    A key ends in an empty node; a node with several children branches; a run of bytes without a branch is one
    compressed node; and there is always a root.
    """
    if not keys:
        return 1
    count = 0
    branches: list[int] = []
    """The depths, in bytes, of the branching nodes above the current key."""
    depths = [_common_bytes(one, other) for one, other in pairwise(keys)] + [-1]
    before = -1
    for depth in depths:
        below = max(before, depth) + 1
        count += 1 + (below < _KEY_BYTES)
        while branches and branches[-1] > depth:
            branch = branches.pop()
            parent = max(branches[-1] if branches else -1, depth)
            count += 1 + (branch > parent + 1)
        if depth >= 0 and (not branches or branches[-1] < depth):
            branches.append(depth)
        before = depth
    return count


def _common_bytes(one: StreamID, other: StreamID) -> int:
    """How many bytes two keys begin with alike."""
    return _KEY_BYTES - ((one ^ other).bit_length() + 7) // 8
