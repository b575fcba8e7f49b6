"""Long chains of closures, freed in steps.

Python frees what a dying object held within its freeing, on the C stack. Chains of tables are safe, for freeing those
takes stack that Python measures; functions and cells take almost none of it, but much of the browser's own stack, which
some thousand closures, each of which captured the one before, would overflow. So one captured variable in `SPACING`
gets a break: an object that, dying, hands what it would let die on to be freed later, from the outside.
"""

from __future__ import annotations

from itertools import cycle
from typing import Any, Final

SPACING: Final = 61
"""Captures from one break to the next: a prime, so that a loop which makes a few closures a turn meets it in each."""

break_is_due: Final = cycle((*(False,) * (SPACING - 1), True)).__next__
"""Whether the captured variable made now gets a break."""

_postponed: list[Any] = []


class Break:
    """Belongs to the holder of `held`, and must be freed before the holder lets go of it."""

    __slots__ = ("held",)

    def __init__(self, held: Any) -> None:
        self.held = held
        free_postponed()

    def __del__(self) -> None:
        _postponed.append(self.held)


class BreakingList(list[Any]):
    """A list that is a break itself: what is in it is freed later."""

    __slots__ = ()

    def __init__(self, held: Any) -> None:
        super().__init__((held,))
        free_postponed()

    def __del__(self) -> None:
        _postponed.append(self.pop())


def free_postponed() -> None:
    """Frees what breaks have handed on; from time to time, and at the end of a run. What that frees in turn is handed
    on to this same loop, so it never nests."""
    while _postponed:
        _postponed.pop()
