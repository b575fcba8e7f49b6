"""Lists (t_list.c).

A list stands in two Python lists, the first half reversed, so that both ends push and pop at constant cost and an index
is found at once. When a pop finds its half empty, it takes over half of the other one: constant cost on the average.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

from ferrous_vm.keyspace.journal import ElementChange, Opposite, Recorder
from ferrous_vm.keyspace.types.list_changes import changed_elements

_SINGLY = 16
"""Up to so many elements are deleted one by one; more are deleted by copying what stays."""


class List:
    """Byte strings in order, head first. Every inverse is a splice: `_splice(index, count, values)`."""

    __slots__ = ("_head", "_tail", "recorder")
    type_name = b"list"

    def __init__(self, values: Iterable[bytes] = ()) -> None:
        self._head: list[bytes] = []
        """The front part, reversed: its last element is the list's first."""
        self._tail: list[bytes] = list(values)
        self.recorder: Recorder | None = None

    def __len__(self) -> int:
        return len(self._head) + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        return chain(reversed(self._head), self._tail)

    def __reversed__(self) -> Iterator[bytes]:
        return chain(reversed(self._tail), self._head)

    def __getitem__(self, index: int) -> bytes:
        """The element at `index`, which counts from 0 at the head and must be in the list."""
        head = self._head
        before = len(head)
        return head[before - 1 - index] if index < before else self._tail[index - before]

    def encoding(self) -> bytes:
        """What OBJECT ENCODING answers: in 7.0 every list is a quicklist."""
        return b"quicklist"

    def copy(self) -> List:
        """An independent list with the same elements."""
        twin = List(self._tail)
        twin._head = self._head.copy()
        return twin

    def range(self, start: int, stop: int) -> list[bytes]:
        """The elements from `start` up to but not including `stop`, both within 0 and the length."""
        head = self._head
        before = len(head)
        if start >= before:
            return self._tail[start - before : stop - before]
        if stop <= before:
            return head[before - stop : before - start][::-1]
        return head[: before - start][::-1] + self._tail[: stop - before]

    def halves(self) -> tuple[Sequence[bytes], Sequence[bytes]]:
        """The elements before the place where the list began to grow, the nearest to it first, and those after it.

        Pops move that place when one side of it has no elements left.
        """
        return self._head, self._tail

    # Primitives

    def push_head(self, values: Sequence[bytes]) -> None:
        """Put each of `values` in turn before the head, so that the last one becomes the head."""
        recorder = self.recorder
        if recorder is not None:
            recorder.record(List._splice, self, 0, len(values), ())
        self._head.extend(values)

    def push_tail(self, values: Sequence[bytes]) -> None:
        """Put `values` after the tail."""
        recorder = self.recorder
        if recorder is not None:
            recorder.record(List._splice, self, len(self), len(values), ())
        self._tail.extend(values)

    def pop_head(self) -> bytes:
        """Take the first element off; there must be one."""
        head = self._head
        if not head:
            half = (len(self._tail) + 1) // 2
            head.extend(reversed(self._tail[:half]))
            del self._tail[:half]
        recorder = self.recorder
        if recorder is not None:
            recorder.record(List._splice, self, 0, 0, (head[-1],))
        return head.pop()

    def pop_tail(self) -> bytes:
        """Take the last element off; there must be one."""
        tail = self._tail
        if not tail:
            half = (len(self._head) + 1) // 2
            tail.extend(reversed(self._head[:half]))
            del self._head[:half]
        recorder = self.recorder
        if recorder is not None:
            recorder.record(List._splice, self, len(self) - 1, 0, (tail[-1],))
        return tail.pop()

    def drop_head(self, count: int) -> None:
        """Take the first `count` elements off; there must be so many."""
        recorder = self.recorder
        if recorder is not None:
            recorder.record(List._splice, self, 0, 0, tuple(self.range(0, count)))
        self._cut_head(count)

    def drop_tail(self, count: int) -> None:
        """Take the last `count` elements off; there must be so many."""
        recorder = self.recorder
        if recorder is not None:
            rest = len(self) - count
            recorder.record(List._splice, self, rest, 0, tuple(self.range(rest, rest + count)))
        self._cut_tail(count)

    def set(self, index: int, value: bytes) -> None:
        """Put `value` in the place of the element at `index`."""
        recorder = self.recorder
        if recorder is not None:
            recorder.record(List._splice, self, index, 1, (self[index],))
        head = self._head
        before = len(head)
        if index < before:
            head[before - 1 - index] = value
        else:
            self._tail[index - before] = value

    def insert(self, index: int, value: bytes) -> None:
        """Put `value` before the element at `index`, or at the tail if `index` is the length."""
        recorder = self.recorder
        if recorder is not None:
            recorder.record(List._splice, self, index, 1, ())
        self._put(index, value)

    def delete(self, indexes: Sequence[int]) -> None:
        """Take out the elements at `indexes`, which must be ascending."""
        recorder = self.recorder
        if recorder is not None:
            for index in reversed(indexes):
                recorder.record(List._splice, self, index, 0, (self[index],))
        if len(indexes) <= _SINGLY:
            for index in reversed(indexes):
                self._cut(index)
        else:
            gone = set(indexes)
            self._tail = [value for index, value in enumerate(self) if index not in gone]
            self._head = []

    # Storage

    def _cut_head(self, count: int) -> None:
        head = self._head
        rest = len(head) - count
        if rest >= 0:
            del head[rest:]
        else:
            head.clear()
            del self._tail[:-rest]

    def _cut_tail(self, count: int) -> None:
        tail = self._tail
        rest = len(tail) - count
        if rest >= 0:
            del tail[rest:]
        else:
            tail.clear()
            del self._head[:-rest]

    def _put(self, index: int, value: bytes) -> None:
        before = len(self._head)
        if index <= before:
            self._head.insert(before - index, value)
        else:
            self._tail.insert(index - before, value)

    def _cut(self, index: int) -> None:
        before = len(self._head)
        if index < before:
            del self._head[before - 1 - index]
        else:
            del self._tail[index - before]

    # Inverses

    def _splice(self, index: int, count: int, values: tuple[bytes, ...]) -> Opposite:
        """Put `values` in the place of the `count` elements from `index` on."""
        gone = tuple(self.range(index, index + count))
        if index == 0:
            self._cut_head(count)
            self._head.extend(reversed(values))
        elif index + count == len(self):
            self._cut_tail(count)
            self._tail.extend(values)
        else:
            for _ in range(count):
                self._cut(index)
            for value in reversed(values):
                self._put(index, value)
        return partial(List._splice, self, index, len(values), gone)

    def element_changes(self, records: Sequence[tuple[Any, ...]]) -> list[ElementChange]:
        """The elements that `records` added, removed or replaced.

        An element is named by its index from the head: in the list as it was if it is gone, else in the list as it is.
        """
        return changed_elements(self, [(index, count, values) for _, index, count, values in records])
