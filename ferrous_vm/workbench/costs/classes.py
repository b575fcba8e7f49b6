"""Classes of growth, and which of them fits what was counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log2
from typing import Final

LEVEL: Final = 2
"""What grows by no more over these sizes does not grow: a branch more or less."""

LEVEL_SHARE: Final = 0.01
"""The same, as a part of the largest."""

CLASSES: Final[dict[str, Callable[[float], float]]] = {
    "O(1)": lambda n: 0.0,
    "O(log n)": log2,
    "O(n)": lambda n: n,
    "O(n log n)": lambda n: n * log2(n),
    "O(n²)": lambda n: n * n,
}
"""From the lowest to the highest."""

ORDER: Final = {name: rank for rank, name in enumerate(CLASSES)}


def class_of(sizes: Sequence[int], values: Sequence[float]) -> str:
    """The class that fits best to what was counted at the sizes, by relative error."""
    if max(values) - values[0] <= max(LEVEL, LEVEL_SHARE * max(values)):
        return "O(1)"
    return min(list(CLASSES)[1:], key=lambda name: _error(CLASSES[name], sizes, values))


def _error(growth: Callable[[float], float], sizes: Sequence[int], values: Sequence[float]) -> float:
    """The sum of squared relative errors of the best `constant + factor * growth(n)`, its factor not negative."""
    weights = [1 / max(value, 1) ** 2 for value in values]
    grown = [growth(size) for size in sizes]
    total = sum(weights)
    middle = sum(w * x for w, x in zip(weights, grown, strict=True)) / total
    mean = sum(w * y for w, y in zip(weights, values, strict=True)) / total
    spread = sum(w * (x - middle) ** 2 for w, x in zip(weights, grown, strict=True))
    joint = sum(w * (x - middle) * (y - mean) for w, x, y in zip(weights, grown, values, strict=True))
    factor = max(joint / spread, 0)
    differences = (y - mean - factor * (x - middle) for x, y in zip(grown, values, strict=True))
    return sum(w * difference**2 for w, difference in zip(weights, differences, strict=True))
