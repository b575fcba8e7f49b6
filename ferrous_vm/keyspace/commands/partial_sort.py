"""The first elements of a sorted order, with ties where Redis leaves them (pqsort.c).

Redis sorts only as far as COUNT reaches, with the quicksort of Bentley and McIlroy ("Engineering a Sort Function"),
which is not stable: elements that compare equal come out in an order of its own, which a client can see.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_INSERTION = 7
"""Shorter stretches are sorted by insertion."""
_NINTHER = 40
"""Longer ones take their pivot from nine elements."""


def first_sorted(items: list[T], count: int, key: Callable[[T], float]) -> list[T]:
    """The `count` least of `items` by `key`, in order; `count` is less than their number."""
    keyed = [(key(item), item) for item in items]
    if len({value for value, _ in keyed}) == len(keyed):  # without ties every sort agrees
        return sorted(items, key=key)[:count]
    stretches = [(0, len(keyed))]
    while stretches:
        start, size = stretches.pop()
        if size < _INSERTION:
            _insert(keyed, start, size)
        else:
            stretches += [(left, n) for left, n in _partition(keyed, start, size) if n > 1 and left < count]
    return [item for _, item in keyed[:count]]


def _insert(keyed: list[tuple[float, T]], start: int, size: int) -> None:
    keyed[start : start + size] = sorted(keyed[start : start + size], key=lambda pair: pair[0])


def _partition(keyed: list[tuple[float, T]], start: int, size: int) -> list[tuple[int, int]]:
    """Put what is less than a pivot before it and what is greater after it; answer both stretches as start and size."""
    _swap(keyed, start, _pivot(keyed, start, size), 1)
    pivot = keyed[start][0]
    equal_left = left = start + 1
    equal_right = right = start + size - 1
    while True:
        while left <= right and keyed[left][0] <= pivot:
            if keyed[left][0] == pivot:
                _swap(keyed, equal_left, left, 1)
                equal_left += 1
            left += 1
        while left <= right and keyed[right][0] >= pivot:
            if keyed[right][0] == pivot:
                _swap(keyed, right, equal_right, 1)
                equal_right -= 1
            right -= 1
        if left > right:
            break
        _swap(keyed, left, right, 1)
        left += 1
        right -= 1
    stop = start + size
    moved = min(equal_left - start, left - equal_left)
    _swap(keyed, start, left - moved, moved)
    moved = min(equal_right - right, stop - equal_right - 1)
    _swap(keyed, left, stop - moved, moved)
    less, greater = left - equal_left, equal_right - right
    return [(start, less), (stop - greater, greater)]


def _swap(keyed: list[tuple[float, T]], one: int, other: int, count: int) -> None:
    """Exchange `count` elements from `one` on with those from `other` on, one after the other."""
    for offset in range(count):
        keyed[one + offset], keyed[other + offset] = keyed[other + offset], keyed[one + offset]


def _pivot(keyed: list[tuple[float, T]], start: int, size: int) -> int:
    """The middle element, or the median of three, or that of three medians."""
    middle = start + size // 2
    if size == _INSERTION:
        return middle
    first, last = start, start + size - 1
    if size > _NINTHER:
        step = size // 8
        first = _median(keyed, first, first + step, first + 2 * step)
        middle = _median(keyed, middle - step, middle, middle + step)
        last = _median(keyed, last - 2 * step, last - step, last)
    return _median(keyed, first, middle, last)


def _median(keyed: list[tuple[float, T]], a: int, b: int, c: int) -> int:
    one, two, three = keyed[a][0], keyed[b][0], keyed[c][0]
    if one < two:
        return b if two < three else (c if one < three else a)
    return b if two > three else (a if one < three else c)
