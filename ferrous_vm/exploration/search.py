"""The search through every order: breadth first, so that what fails is found with the fewest events.

A position that was reached before is not gone on from again. Of two things that can change places without a difference,
only one order is tried (sleep sets, Godefroid 1996): what was tried first sleeps behind the other until something
happens that it depends on. Sleeping leaves out ways to a position, never a position: whatever can be broken is found.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from ferrous_vm.records import MutableRecord
from ferrous_vm.scenarios.world import Action, Broken, Position, World


class Found(NamedTuple):
    """Something that should not be, and the actions that lead there from the beginning."""

    broken: Broken
    actions: tuple[Action, ...]


class Searched(MutableRecord):
    """How far a search has come."""

    events: int = 0
    """Things that happened, over all orders tried."""
    positions: int = 0
    """Different ones reached."""
    depth: int = 0
    """All orders of so many events were tried."""
    ends: int = 0
    """Positions where every client has ended."""
    is_whole: bool = False
    """Every order was tried, up to the bounds of the scenario."""
    is_cut: bool = False
    """Orders with more events than the scenario allows were left out."""
    schedules: int = 0
    """Orders that were chosen by chance (`schedules.py`)."""
    is_out_of_memory: bool = False
    is_stopped: bool = False
    """Who watches has ended it."""
    found: Found | None = None


class Stopped(Exception):
    """Raised by who watches: it is enough."""


Watch = Callable[[Searched], object]
"""Told now and then how far it is; one that raises ends the search between two events."""

_TELLS: Final = 256
"""Events between two tellings."""


def search(world: World, budget: int, watch: Watch, reduces: bool = True, searched: Searched | None = None) -> Searched:
    """Try every order, with at most `budget` events in all; ends with the first thing that should not be.

    Raises TooMuch and TimeSeen as the world does, and what `watch` raises; `searched` then tells how far it has come.
    """
    searched = searched or Searched()
    _Search(world, budget, watch, reduces and not world.orders_matter, searched).run()
    return searched


class _Search:
    def __init__(self, world: World, budget: int, watch: Watch, reduces: bool, searched: Searched) -> None:
        self._world = world
        self._budget = budget
        self._watch = watch
        self._reduces = reduces
        self._searched = searched
        self._from: dict[Position, tuple[Position, Action] | None] = {world.first: None}
        self._asleep: dict[Position, dict[Action, tuple[int, int]]] = {world.first: {}}
        """What sleeps where, with what it reads and writes."""
        self._done: dict[Position, set[Action]] = {}
        """What was tried where something slept."""
        self._waiting: deque[tuple[Position, int]] = deque([(world.first, 0)])

    def run(self) -> None:
        """To its end."""
        searched, waiting = self._searched, self._waiting
        searched.positions = 1
        if self._is_broken(self._world.first) or self._is_broken_at_the_end(self._world.first):
            return
        most = self._world.scenario.most_events
        while waiting:
            position, depth = waiting.popleft()
            searched.depth = max(searched.depth, depth)
            if depth == most:
                searched.is_cut = searched.is_cut or bool(self._world.actions(position))
                continue
            if searched.events >= self._budget:
                return
            if self._expand(position, depth):
                return
        searched.is_whole = True

    def _expand(self, position: Position, depth: int) -> bool:
        """Try everything that can happen at a position; whether something should not be."""
        world = self._world
        actions = world.actions(position)
        if not actions:
            return False
        if not self._reduces:
            return any(self._go(position, action, depth, {}, {}) for action in actions)
        asleep = dict(self._asleep[position])
        done = self._done.setdefault(position, set())
        for action in actions:
            if action in asleep or action in done:
                continue
            done.add(action)
            if self._go(position, action, depth, asleep, asleep):
                return True
        return False

    def _go(self, position: Position, action: Action, depth: int, asleep: Any, falls_asleep: Any) -> bool:
        """Let something happen; what slept sleeps on if it does not depend on it."""
        searched = self._searched
        happened = self._world.perform(position, action)
        searched.events += 1
        if not searched.events % _TELLS:
            self._watch(searched)
        reached, reads, writes = happened.position, happened.reads, happened.writes
        is_new = reached not in self._from
        if is_new:
            self._from[reached] = (position, action)
            searched.positions += 1
            if self._is_broken(reached) or self._is_broken_at_the_end(reached):
                return True
        if not self._reduces:
            if is_new:
                self._waiting.append((reached, depth + 1))
            return False
        touched = reads | writes
        kind, what = action
        still = {
            other: (its_reads, its_writes)
            for other, (its_reads, its_writes) in asleep.items()
            if not (
                writes & (its_reads | its_writes) or its_writes & touched or (other[1] == what and other[0] != kind)
            )
        }
        falls_asleep[action] = (reads, writes)
        if is_new:
            self._asleep[reached] = still
            self._waiting.append((reached, depth + 1))
        else:
            self._wake(reached, still, depth)
        return False

    def _wake(self, position: Position, still: Any, depth: int) -> None:
        """A position was reached another way: only what sleeps on both ways may sleep."""
        known = self._asleep[position]
        awake = [action for action in known if action not in still]
        if awake:
            for action in awake:
                del known[action]
            if position in self._done:
                self._waiting.append((position, depth + 1))

    def _is_broken(self, position: Position) -> bool:
        return self._note(self._world.broken(position), position)

    def _is_broken_at_the_end(self, position: Position) -> bool:
        """Looked at as soon as a position is reached, so that no longer order is found before it."""
        if not self._world.is_over(position):
            return False
        self._searched.ends += 1
        return self._note(self._world.broken_at_the_end(position), position)

    def _note(self, broken: Broken | None, position: Position) -> bool:
        if broken is None:
            return False
        actions: list[Action] = []
        step = self._from[position]
        while step is not None:
            position, action = step
            actions.append(action)
            step = self._from[position]
        self._searched.found = Found(broken, tuple(reversed(actions)))
        return True
