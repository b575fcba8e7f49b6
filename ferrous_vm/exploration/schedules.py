"""Orders chosen by chance, where there are too many to try all: by seed, so each can be tried again.

Every other order is quite random. The rest goes by priorities (PCT, Burckhardt et al. 2010): who has the highest goes
on as long as that is possible, and at a few random moments whoever does loses it. So what needs only a few unlucky
moments is found in runs of any length.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

from ferrous_vm.exploration.search import Found, Searched
from ferrous_vm.records import Record
from ferrous_vm.scenarios.scenario import ADVANCE, Scenario
from ferrous_vm.scenarios.world import Action, Position, World

LONGEST: Final = 400
"""Events of one order, where the scenario sets no bound."""
CHANGES: Final = 3
"""Moments of one order at which a priority is lost."""
_USUAL: Final = 60
"""Events among which these moments are chosen."""

Choose = Callable[[Position, list[Action]], Action]


CHUNKS: Final = 8
"""Parts that a budget is divided into, each of which may be tried in a process of its own; fewer where they would be
too small for the longest order."""


class Chunk(Record):
    """A part of the orders that chance chooses: all that decides them."""

    scenario: Scenario
    absolute: bool
    seed: int
    number: int
    budget: int


class Tried(Record):
    """What came of a chunk."""

    events: int
    schedules: int
    actions: tuple[Action, ...] | None
    """An order that fails."""


TryChunks: TypeAlias = Callable[[Sequence[Chunk]], Iterable[Tried]]
"""Tries chunks, on however many cores, and answers what came of each, in their order."""


def try_chunk(chunk: Chunk) -> Tried:
    """Try orders until one fails or the budget of the chunk is used up."""
    searched = Searched()
    try_orders(World(chunk.scenario, chunk.seed, chunk.absolute), chunk, searched, lambda _: None)
    found = searched.found
    return Tried(searched.events, searched.schedules, None if found is None else found.actions)


def chunks_of(world: World, budget: int) -> list[Chunk]:
    """The budget of orders by chance, divided."""
    count = max(1, min(CHUNKS, budget // LONGEST))
    return [Chunk(world.scenario, world.absolute, world.seed, number, budget // count) for number in range(count)]


def try_orders(world: World, chunk: Chunk, searched: Searched, watch: Callable[[Searched], object]) -> None:
    """Try the orders of a chunk until something should not be, or its events have happened; `searched` is told all."""
    most = min(world.scenario.most_events or LONGEST, LONGEST)
    end = searched.events + chunk.budget
    number = 0
    while searched.events < end:
        chance = random.Random(f"{chunk.seed}:{chunk.number}:{number}")
        choose = _by_priority(chance) if number % 2 else _at_random(chance)
        number += 1
        searched.schedules += 1
        found = _follow(world, choose, min(most, end - searched.events), searched)
        watch(searched)
        if found is not None:
            searched.found = found
            return


def _follow(world: World, choose: Choose, most: int, searched: Searched) -> Found | None:
    position = world.first
    done: list[Action] = []
    while len(done) < most:
        actions = world.actions(position)
        if not actions:
            broken = world.broken_at_the_end(position)
            return None if broken is None else Found(broken, tuple(done))
        action = choose(position, actions)
        position = world.perform(position, action).position
        searched.events += 1
        done.append(action)
        broken = world.broken(position)
        if broken is not None:
            return Found(broken, tuple(done))
    return None


def _at_random(chance: random.Random) -> Choose:
    return lambda _, actions: chance.choice(actions)


def _by_priority(chance: random.Random) -> Choose:
    priorities: dict[Any, float] = {}
    changes = sorted(chance.sample(range(_USUAL), CHANGES))
    happened = 0

    def choose(_: Position, actions: list[Action]) -> Action:
        nonlocal happened
        for action in actions:
            actor = _actor(action)
            if actor not in priorities:
                priorities[actor] = chance.random() + 1
        best = max(actions, key=lambda action: priorities[_actor(action)])
        if happened in changes:
            priorities[_actor(best)] = -1.0 - happened
            best = max(actions, key=lambda action: priorities[_actor(action)])
        happened += 1
        return best

    return choose


def _actor(action: Action) -> Any:
    return ADVANCE if action[0] == ADVANCE else action
