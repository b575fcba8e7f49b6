"""Orders chosen by chance, where there are too many to try all: by seed, so each can be tried again.

Every other order is quite random. The rest goes by priorities (PCT, Burckhardt et al. 2010): who has the highest goes
on as long as that is possible, and at a few random moments whoever does loses it. So what needs only a few unlucky
moments is found in runs of any length.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Final

from ferrous_vm.exploration.search import Found, Searched
from ferrous_vm.scenarios.scenario import ADVANCE
from ferrous_vm.scenarios.world import Action, Position, World

LONGEST: Final = 400
"""Events of one order, where the scenario sets no bound."""
CHANGES: Final = 3
"""Moments of one order at which a priority is lost."""
_USUAL: Final = 60
"""Events among which these moments are chosen."""

Choose = Callable[[Position, list[Action]], Action]


def try_schedules(
    world: World, seed: int, budget: int, searched: Searched, watch: Callable[[Searched], object]
) -> None:
    """Try orders by seed until something should not be, or `budget` events have happened; `searched` is told all."""
    most = min(world.scenario.most_events or LONGEST, LONGEST)
    end = searched.events + budget
    while searched.events < end:
        chance = random.Random(f"{seed}:{searched.schedules}")
        choose = _by_priority(world, chance) if searched.schedules % 2 else _at_random(chance)
        searched.schedules += 1
        found = _follow(world, choose, most, searched)
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


def _by_priority(world: World, chance: random.Random) -> Choose:
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
