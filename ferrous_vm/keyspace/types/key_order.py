"""An order of keys with positions, for what a dictionary cannot do: SCAN and a random member at constant cost.

Keys stand in a list; removing one moves the last into its place. A scan runs from the end of the list to its front, so
a key that moves can only move to where the scan has yet to come or has already met it: whatever is there from the
first call of a scan to its last is returned at least once, as Redis guarantees (https://redis.io/commands/scan).
The cursor is the position the scan has come down to, and nothing is stored between two calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final


class KeyOrder:
    """A set of byte strings with positions; each method but the first costs the same at any size."""

    __slots__ = ("keys", "positions")

    def __init__(self, keys: Iterable[bytes]) -> None:
        self.keys = list(keys)
        self.positions = {key: position for position, key in enumerate(self.keys)}

    def __len__(self) -> int:
        return len(self.keys)

    def add(self, key: bytes) -> None:
        """Put `key` at the end, unless it is there already."""
        if key not in self.positions:
            self.positions[key] = len(self.keys)
            self.keys.append(key)

    def discard(self, key: bytes) -> None:
        """Take `key` out, if it is there."""
        position = self.positions.pop(key, None)
        if position is None:
            return
        last = self.keys.pop()
        if last != key:
            self.keys[position] = last
            self.positions[last] = position

    def put_back(self, key: bytes, position: int) -> None:
        """Undo the `discard` of `key` that stood at `position`: whatever took its place returns to the end."""
        keys, positions = self.keys, self.positions
        if position < len(keys):
            last = keys[position]
            positions[last] = len(keys)
            keys.append(last)
            keys[position] = key
        else:
            keys.append(key)
        positions[key] = position

    def random(self, randrange: Callable[[int], int]) -> bytes:
        """One of the keys, each as likely; there must be one."""
        return self.keys[randrange(len(self.keys))]

    def scan(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        """The next `count` keys of a scan and the cursor for the call after it; 0 begins a scan, and 0 ends it."""
        top = min(cursor, len(self.keys)) if cursor else len(self.keys)
        bottom = max(top - count, 0)
        return bottom, self.keys[bottom:top][::-1]


_STALE: Final = 64
"""Places without a key that an EntryOrder bears, beyond one for each key, before it closes up."""


class EntryOrder:
    """An order of the keys of a dictionary kept elsewhere, made at the cost of a list of them.

    Whoever keeps the dictionary tells of each key that came and each that went. A key that goes leaves a stale place
    behind; when half the places are stale, the others close up, downwards, which a scan from the end survives as it
    does a move.
    """

    __slots__ = ("_entries", "_moved", "_places", "_stale")

    def __init__(self, entries: Mapping[bytes, object]) -> None:
        self._entries = entries
        self._places = list(entries)
        self._moved: dict[bytes, int] = {}
        """The place of each key that came after this order was made, or last closed up."""
        self._stale = 0

    @property
    def entries(self) -> Mapping[bytes, object]:
        """The dictionary."""
        return self._entries

    def copy(self, entries: Mapping[bytes, object]) -> EntryOrder:
        """The same order, of a dictionary with the same keys."""
        twin = EntryOrder({})
        twin._entries = entries
        twin._places, twin._moved, twin._stale = self._places.copy(), self._moved.copy(), self._stale
        return twin

    def add(self, key: bytes) -> None:
        """`key` has just come into the dictionary."""
        self._moved[key] = len(self._places)
        self._places.append(key)

    def discard(self, key: bytes) -> None:
        """`key` has just left the dictionary."""
        self._stale += 1
        if self._stale > len(self._entries) + _STALE:
            self._places = self._living(0, len(self._places))
            self._moved.clear()
            self._stale = 0

    def _living(self, start: int, stop: int) -> list[bytes]:
        """The keys of these places, without those that have left or stand elsewhere now."""
        entries, place_of = self._entries, self._moved.get
        places = enumerate(self._places[start:stop], start)
        return [key for place, key in places if key in entries and place_of(key, place) == place]

    def random(self, randrange: Callable[[int], int]) -> bytes:
        """One of the keys, each as likely; there must be one."""
        while True:
            place = randrange(len(self._places))
            key = self._places[place]
            if key in self._entries and self._moved.get(key, place) == place:
                return key

    def scan(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        """The keys at the next `count` places of a scan and the cursor after them; 0 begins a scan, and 0 ends it."""
        top = min(cursor, len(self._places)) if cursor else len(self._places)
        bottom = max(top - count, 0)
        return bottom, self._living(bottom, top)[::-1]
