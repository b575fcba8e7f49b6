"""How long work says how far it is: it calls a `Progress` after each of its steps.

One that raises ends the work there, between two steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], object]
"""Called with how much is done, and how much there is to do."""


def unwatched(done: int, total: int) -> None:
    """Nobody wants to know."""
