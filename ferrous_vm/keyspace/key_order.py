"""An order of keys with positions, for what a dictionary cannot do: SCAN and a random member at constant cost.

Keys stand in a list; removing one moves the last into its place. A scan runs from the end of the list to its front, so
a key that moves can only move to where the scan has yet to come or has already met it: whatever is there from the
first call of a scan to its last is returned at least once, as Redis guarantees (https://redis.io/commands/scan).
The cursor is the position the scan has come down to, and nothing is stored between two calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable


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
