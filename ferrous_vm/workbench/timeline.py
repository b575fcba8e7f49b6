"""The timeline of a recorded script: when what happened, counted for any window of moments, and the way from one to the
next.

A lane is a list of moments in their order, made once; how many are within a bucket is a search in it. So a window of
any recording costs the same, and nothing longer than a window is told.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from heapq import merge
from itertools import chain, pairwise
from typing import Final, get_args

from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.scripting.debugging import FIRST_MOMENT, DebugSession
from ferrous_vm.workbench.breakpoints import SEARCH_STOPPED, Hits, plain_lines, stops_of
from ferrous_vm.workbench.escapes import argument, read_argument
from ferrous_vm.workbench.records.debugging import (
    Breakpoints,
    DebugLane,
    DebugMove,
    DebugTimeline,
    DebugTimelineShown,
    Lane,
)

MOST_BUCKETS: Final = 2_000
"""Buckets counted at once: more than a screen has columns to draw."""

MOST_KEYS: Final = 100
"""Keys offered to choose from."""

_CALLED: Final[dict[Lane, str]] = {
    "commands": "Command",
    "errors": "Error",
    "log": "Log line",
    "breakpoints": "Breakpoint hit",
    "writes": "Write",
}

if tuple(_CALLED) != get_args(Lane):
    raise TypeError("a lane is not called anything")

_Key = tuple[int, bytes]
"""The number of a database, and the name of a key in it."""

_ELSEWHERE: Final = re.compile(r"(.*) \(db (\d{1,9})\)", re.DOTALL)
"""A key that is called with its database."""

Ticks = tuple[Sequence[int], bool]
"""The moments of a lane, each before what happens, and whether they are all."""


class Timeline:
    """That of one session."""

    def __init__(self, session: DebugSession, hits: Hits) -> None:
        self._session = session
        self._hits = hits
        self._database = session.caller_database
        self._stopping: tuple[Breakpoints, Ticks] | None = None
        """What breakpoints were asked about last, and where they are met; None where an interrupt ended that."""
        self._lanes: Final[dict[Lane, Callable[[_Key, Breakpoints], Ticks]]] = {
            "commands": lambda _, __: (self._commands, True),
            "errors": lambda _, __: (self._errors, True),
            "log": lambda _, __: (self._logged, True),
            "breakpoints": lambda _, breakpoints: self._stops(breakpoints),
            "writes": lambda key, _: (self._writes.get(key, ()), True),
        }

    def shown(self, request: DebugTimeline) -> DebugTimelineShown:
        """What is within a window. Raises FieldError for a key that cannot be read."""
        first = min(max(request.first, FIRST_MOMENT), self._session.last)
        last = min(max(request.last, first), self._session.last)
        key = self._read(request.key)
        if self._keys and key not in self._writes:
            key = self._keys[0]
        count = min(max(request.buckets, 1), MOST_BUCKETS, last - first + 1)
        edges = [first - -bucket * (last + 1 - first) // count for bucket in range(count + 1)]
        lanes = []
        for name, find in self._lanes.items():
            ticks, is_whole = find(key, request.breakpoints)
            lanes.append(DebugLane(name, len(ticks), _counts(ticks, edges), is_whole))
        return DebugTimelineShown(first, last, lanes, [*map(self._name, self._keys)], self._name(key))

    def tick(self, request: DebugMove) -> tuple[int, str]:
        """Where a move to a tick leads, and what is to be said of it."""
        key = self._read(request.key)
        ticks, _ = self._lanes[request.lane](key, request.breakpoints)
        here = self._session.moment
        if request.lane == "breakpoints" and self._stopping is None:
            return here, SEARCH_STOPPED
        if request.moment:
            after = bisect_left(ticks, request.moment)
            near = [index for index in (after - 1, after) if 0 <= index < len(ticks)]
            index = min(near, key=lambda index: abs(ticks[index] - request.moment), default=-1)
        elif request.backwards:
            index = bisect_left(ticks, here) - 1
        else:
            index = bisect_right(ticks, here)
        what, of = _CALLED[request.lane], f" of {self._name(key)}" if request.lane == "writes" else ""
        if 0 <= index < len(ticks):
            return ticks[index], f"{what} {index + 1:,} of {len(ticks):,}{of}"
        where = "" if request.moment or not ticks else " before" if request.backwards else " after"
        return (FIRST_MOMENT if request.backwards else self._session.last), f"There is no {what.lower()}{of}{where}."

    @cached_property
    def _commands(self) -> list[int]:
        return _before(self._session.command_moments)

    @cached_property
    def _errors(self) -> list[int]:
        """Those that were raised, and those that redis.pcall answered."""
        replied = zip(self._session.commands, self._commands, strict=False)
        failed = {moment for issued, moment in replied if isinstance(issued.reply, ErrorReply)}
        return sorted(failed.union(error.moment for error in self._session.errors))

    @cached_property
    def _logged(self) -> list[int]:
        return _before(self._session.events.logged)

    def _name(self, key: _Key) -> str:
        """How a key is called: with its database, where that is not the one in which the script begins, or where the
        name itself ends like that."""
        database, name = key
        text = argument(name)
        is_plain = database == self._database and _ELSEWHERE.fullmatch(text) is None
        return text if is_plain else f"{text} (db {database})"

    def _read(self, text: str) -> _Key:
        """The key that is called so. Raises FieldError."""
        found = _ELSEWHERE.fullmatch(text)
        if found is None:
            return self._database, read_argument(text)
        return int(found[2]), read_argument(found[1])

    @cached_property
    def _writes(self) -> dict[_Key, Sequence[int]]:
        """The moments before the commands that change a key, by key."""
        found: defaultdict[_Key, list[int]] = defaultdict(list)
        for_all: defaultdict[int, list[int]] = defaultdict(list)
        for keys, moment in zip(self._session.changed_keys, self._commands, strict=False):
            for database, key in keys:
                (for_all[database] if key is None else found[database, key]).append(moment)
        return {key: list(merge(moments, for_all[key[0]])) for key, moments in found.items()}

    @cached_property
    def _keys(self) -> list[_Key]:
        """Those that are written, the most often first."""
        return sorted(self._writes, key=lambda key: (-len(self._writes[key]), key))[:MOST_KEYS]

    def _stops(self, breakpoints: Breakpoints) -> Ticks:
        """The moments at which breakpoints are met, those of the script's own among them."""
        if self._stopping is not None and self._stopping[0] == breakpoints:
            return self._stopping[1]
        found, lines, stops = self._hits.all(breakpoints), plain_lines(breakpoints), self._session.stops
        moments = array("q", stops_of(found))
        if lines:
            moments = array("q", (moment for moment in moments if stops.beginning_at(moment) not in lines))
        is_interrupted = self._hits.is_interrupted
        for piece in chain.from_iterable(map(stops.on_line, lines)):
            is_interrupted = is_interrupted or self._session.interrupts.due
            if is_interrupted:
                break
            moments += piece
        ticks = array("q", sorted(moments)), not is_interrupted and all(one.is_whole for one in found)
        self._stopping = None if is_interrupted else (breakpoints, ticks)
        return ticks


def _before(moments: Sequence[int]) -> list[int]:
    return [moment - 1 for moment in moments]


def _counts(ticks: Sequence[int], edges: Sequence[int]) -> list[int]:
    """How many are from each edge to the next."""
    places = [bisect_left(ticks, edge) for edge in edges]
    return [after - before for before, after in pairwise(places)]
