"""A generational arena: slots that are used again, and names that notice it.

A slot's generation rises each time what it held is removed, so a name made of (index, generation) finds its own object
or none: never the object that moved into the slot later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from ferrous_vm.errors import InvalidHandle, StaleHandle

T = TypeVar("T")


class Arena(Generic[T]):
    """Holds objects in slots. All operations but `sweep` and `clear` take constant time."""

    __slots__ = ("_free", "_generations", "_occupied", "_values")

    def __init__(self) -> None:
        self._values: list[T | None] = []
        self._occupied: list[bool] = []
        self._generations: list[int] = []
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._values) - len(self._free)

    def __iter__(self) -> Iterator[tuple[int, T]]:
        """The occupied slots in order: (index, object)."""
        for index, occupied in enumerate(self._occupied):
            if occupied:
                yield index, self._values[index]  # type: ignore[misc]

    def insert(self, value: T) -> tuple[int, int]:
        """Puts `value` into a free slot and answers its name: (index, generation)."""
        if self._free:
            index = self._free.pop()
            self._values[index] = value
            self._occupied[index] = True
        else:
            index = len(self._values)
            self._values.append(value)
            self._occupied.append(True)
            self._generations.append(0)
        return index, self._generations[index]

    def get(self, index: int, generation: int) -> T:
        """The object of that name.

        Raises InvalidHandle if no slot ever had that name, StaleHandle if what it named was removed.
        """
        if not 0 <= index < len(self._values) or not 0 <= generation <= self._generations[index]:
            raise InvalidHandle(f"slot {index}, generation {generation}")
        if generation != self._generations[index] or not self._occupied[index]:
            raise StaleHandle(f"slot {index}, generation {generation}")
        return self._values[index]  # type: ignore[return-value]

    def remove(self, index: int, generation: int) -> T:
        """Frees the slot and answers what it held. Raises as `get` does."""
        value = self.get(index, generation)
        self._release(index)
        return value

    def sweep(self, keep: Callable[[T], bool]) -> int:
        """Removes every object `keep` answers False for, and answers how many those were."""
        dead = [index for index, value in self if not keep(value)]
        for index in dead:
            self._release(index)
        return len(dead)

    def clear(self) -> None:
        """Removes everything; every name given so far is stale from now on."""
        for index, occupied in enumerate(self._occupied):
            if occupied:
                self._release(index)

    def _release(self, index: int) -> None:
        self._values[index] = None
        self._occupied[index] = False
        self._generations[index] += 1
        self._free.append(index)
