"""How the counts of a call grow with the data: measured from 10 to 10,000 elements, and which class of growth fits.

Each count is fitted by itself, to a constant and a multiple of one of the classes, over the larger half of the sizes:
a script that takes at most a hundred elements of what is there is O(1). What fits best is its class; the class of the
script is the highest of its counts'.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.printing import printed
from ferrous_vm.progress import Progress, unwatched
from ferrous_vm.records import MutableRecord
from ferrous_vm.workbench.costs.classes import ORDER, class_of
from ferrous_vm.workbench.costs.counts import Counts
from ferrous_vm.workbench.costs.growing import add_keys, grow, matching, passing, size
from ferrous_vm.workbench.costs.measuring import Measuring

SIZES: Final = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
"""Elements that the keys are grown to."""

FEWEST: Final = 4
"""Sizes without which no class is told."""

FITTED: Final = 6
"""The largest sizes, to which classes are fitted."""

GROWING: Final = ("instructions", "library", "commands", "words", "elements", "carried")
"""The counts that are fitted: those that say how much was done."""


class Point(MutableRecord):
    """The counts of a call where the keys had `size` elements."""

    size: int
    counts: Counts


class Growth(MutableRecord):
    """What was measured. `classes` by the name of the count; none where there are too few sizes, which `note` says."""

    keys: list[bytes]
    points: list[Point]
    classes: dict[str, str]
    note: str = ""

    @property
    def whole(self) -> str:
        """The class of the script; "" if it is not known."""
        return max(self.classes.values(), key=ORDER.__getitem__, default="")


Preparation = Callable[[], tuple[Measuring, list[bytes]]]
"""Answers a server that is filled, and the call that is measured on it."""

Making = Callable[[Measuring, list[bytes], int], list[bytes] | str]
"""Makes there be so many of what grows; answers the call that is measured then, or why there cannot be so many."""

NOTHING_TO_GROW: Final = "The fixture has no list, set, hash, sorted set or stream that could be made larger."
CANNOT_GROW: Final = "{} cannot be made larger: it is a number, JSON that is no array, or empty."
REFUSED: Final = "With {:,} elements the script ends with an error: {}"
EXHAUSTED: Final = "With {:,} elements it takes too long: larger ones were not measured."
TOO_FEW: Final = "{} Too few sizes were measured to tell how it grows."
NO_KEYS_LIKE: Final = "There cannot be more keys like {}: none matches it, or a number in the place of * makes no name."


def measure_growth_of_number(prepare: Preparation, pattern: bytes, progress: Progress = unwatched) -> Growth:
    """The counts of a call where ever more keys match a pattern. `progress` hears of the sizes, and may end it."""

    def more(measuring: Measuring, argv: list[bytes], count: int) -> list[bytes] | str:
        added = add_keys(measuring.client, pattern, count)
        return NO_KEYS_LIKE.format(printed(pattern)) if added is None else passing(argv, pattern, added)

    least = len(matching(prepare()[0].client.session.database, pattern))
    return _measure(prepare, [pattern], least, more, progress)


def measure_growth(prepare: Preparation, keys: list[bytes], progress: Progress = unwatched) -> Growth:
    """The counts of a call, on ever larger `keys`. `progress` hears of the sizes, and may end it by raising."""
    if not keys:
        return Growth([], [], {}, NOTHING_TO_GROW)
    client = prepare()[0].client
    least = max(size(client, key) for key in keys)

    def larger(measuring: Measuring, argv: list[bytes], count: int) -> list[bytes] | str:
        unable = next((key for key in keys if not grow(measuring.client, key, count)), None)
        return argv if unable is None else CANNOT_GROW.format(printed(unable))

    return _measure(prepare, keys, least, larger, progress)


def _measure(prepare: Preparation, keys: list[bytes], least: int, make: Making, progress: Progress) -> Growth:
    """The counts of a call on ever more data, of which there are `least` now."""
    points: list[Point] = []
    note = ""
    for done, count in enumerate(SIZES):
        progress(done, len(SIZES))
        if count < least:
            continue
        measuring, before = prepare()
        argv = make(measuring, before, count)
        if isinstance(argv, str):
            return Growth(keys, [], {}, argv)
        reply, counts = measuring.call(argv)
        if measuring.was_ended(reply, counts):
            note = EXHAUSTED.format(count)
            break
        if isinstance(reply, ErrorReply) and not note:
            note = REFUSED.format(count, printed(reply.message))
            if points:  # what it did before that says nothing of how it grows
                break
        points.append(Point(count, counts))
    if len(points) < FEWEST:
        return Growth(keys, points, {}, TOO_FEW.format(note).strip())
    return Growth(keys, points, {name: _class_of(points, name) for name in GROWING}, note)


def _class_of(points: Sequence[Point], name: str) -> str:
    fitted = points[-FITTED:]
    return class_of([point.size for point in fitted], [getattr(point.counts, name) for point in fitted])
