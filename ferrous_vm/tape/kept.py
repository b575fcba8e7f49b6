"""The last calls, as many as there is room for."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import Final

from ferrous_vm.tape.taped import Taped

MOST_CALLS: Final = 1000
"""Calls that are kept: the last ones."""

MOST_CHARACTERS: Final = 16_000_000
"""Of the lines and words of all of them."""


class Kept:
    """Calls in their order. One thread may add while others look."""

    def __init__(self) -> None:
        self._calls: Final[deque[Taped]] = deque()
        self._size = 0
        self._lock: Final = Lock()

    def add(self, call: Taped) -> None:
        """Keep a call, and as many of those before it as there is room for."""
        with self._lock:
            self._calls.append(call)
            self._size += call.size
            while len(self._calls) > MOST_CALLS or self._size > MOST_CHARACTERS:
                self._size -= self._calls.popleft().size

    def forget(self) -> None:
        """Keep none of those that are there."""
        with self._lock:
            self._calls.clear()
            self._size = 0

    def all(self) -> list[Taped]:
        """Those that are there, the oldest first."""
        with self._lock:
            return list(self._calls)

    def since(self, number: int, most: int) -> list[Taped]:
        """The newest of those after `number`, at most so many."""
        found: list[Taped] = []
        with self._lock:
            for call in reversed(self._calls):
                if call.number <= number or len(found) == most:
                    break
                found.append(call)
        return found[::-1]

    def call(self, number: int) -> Taped | None:
        """The call of a number, None if it is not there (any more)."""
        return next((one for one in self.all() if one.number == number), None)
