"""Long chains of closures, freed in steps.

Python frees what a dying object held within its freeing, on the C stack. Chains of tables are safe, for freeing those
takes stack that Python measures; functions and cells take almost none of it, but much of the browser's own stack, which
some thousand closures, each of which captured the one before, would overflow. So one captured variable in `SPACING`
gets a break: an object that, dying, hands what it would let die on to be freed later, from the outside.

A break acts once, and Python's collector makes all of a chain act that it finds in garbage, before it frees the first
link. That brings the garbage back to life, held by what the breaks handed on; where that is much, the collector is made
to find it again, and to hand over instead of freeing it, and the links are taken apart one by one.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from itertools import cycle
from sys import getrefcount
from types import CellType
from typing import Any, Final

SPACING: Final = 61
"""Captures from one break to the next: a prime, so that a loop which makes a few closures a turn meets it in each."""

breaks_due: Final = cycle((*(False,) * (SPACING - 1), True))
"""Its next item is whether the captured variable made now gets a break."""

_postponed: list[Any] = []

postpone: Final = _postponed.append
"""Hands on what would be freed by many nested calls: `free_postponed` frees it."""


class Break:
    """Belongs to the holder of `held`, and must be freed before the holder lets go of it."""

    __slots__ = ("held",)

    def __init__(self, held: Any) -> None:
        self.held = held
        free_postponed()

    def __del__(self, postpone: Callable[[Any], None] = postpone) -> None:
        postpone(self.held)  # a parameter outlives the names of a module, when Python ends


class BreakingList(list[Any]):
    """A list that is a break itself: what is in it is freed later."""

    __slots__ = ()

    def __init__(self, held: Any) -> None:
        super().__init__((held,))
        free_postponed()

    def __del__(self, postpone: Callable[[Any], None] = postpone) -> None:
        postpone([self.pop()])


MOST_UNBROKEN: Final = 16
"""As many breaks as may have acted in a chain that is freed all at once."""


def free_postponed() -> None:
    """Frees what breaks have handed on; from time to time, and at the end of a run. What that frees in turn is handed
    on to this same loop, so it never nests."""
    collected = []
    while _postponed:
        held, references = _next_postponed()
        if references > _REFERENCES_IF_DEAD:
            collected.append(held)
    if len(collected) > MOST_UNBROKEN:
        collected.append(collected)  # garbage, as soon as nobody else knows it
        del held, collected
        _take_garbage_apart()


def _next_postponed() -> tuple[Any, int]:
    """What a break held, and the references to it: its holder's too, if the collector found the two together."""
    held = _postponed.pop()
    return held, getrefcount(held)


_postponed.append([])
_REFERENCES_IF_DEAD: Final = _next_postponed()[1]


def _take_garbage_apart() -> None:
    """Collects garbage, but first empties its cells, while all of it is still alive."""
    flags = gc.get_debug()
    known = len(gc.garbage)
    try:
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
    finally:
        gc.set_debug(flags)
    for thing in gc.garbage[known:]:
        if thing.__class__ is CellType:
            del thing.cell_contents
    del gc.garbage[known:]
