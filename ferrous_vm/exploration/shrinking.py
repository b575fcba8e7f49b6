"""A failure with as few events and clients as it takes, and values as small (`values.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ferrous_vm.exploration.search import Found
from ferrous_vm.exploration.values import with_shorter_times, with_smaller_gifts
from ferrous_vm.records import with_changes
from ferrous_vm.scenarios.scenario import ADVANCE, BACK, DIE, LOSE, PAUSE, TURN
from ferrous_vm.scenarios.world import Action, Broken, World


def shrink(world: World, found: Found, is_fewest: bool) -> tuple[World, Found]:
    """The world, perhaps one with fewer clients and smaller values, and an order there that fails with as few events as
    could be found.

    `is_fewest`: the search has found it, so there is no shorter one.
    """
    if not is_fewest:
        found = _with_fewer_events(world, found)
    world, found = _without_idle_clients(world, found)
    world, found = with_smaller_gifts(world, found, follow)
    return world, with_shorter_times(world, _with_time_at_once(found))


_OF_CLIENTS: Final = frozenset((TURN, LOSE, DIE, PAUSE, BACK))


def _without_idle_clients(world: World, found: Found) -> tuple[World, Found]:
    """The same without who does nothing in it. Whoever has to have ended for it to fail stays."""
    busy = sorted({what for kind, what in found.actions if kind in _OF_CLIENTS})
    if len(busy) == len(world.names) or not busy:
        return world, found
    names = [world.names[client] for client in busy]
    clients = [
        with_changes(client, name=name, count=1)
        for client in world.scenario.clients
        for name in client.names
        if name in names
    ]
    fewer = World(with_changes(world.scenario, clients=clients), world.seed, world.absolute)
    actions = [(kind, busy.index(what) if kind in _OF_CLIENTS else what) for kind, what in found.actions]
    same = follow(fewer, actions)
    if same is None or len(same.actions) < len(actions) or same.broken.text != found.broken.text:
        return world, found
    return fewer, same


def _with_fewer_events(world: World, found: Found) -> Found:
    """Leave out what can be left out, large parts first (delta debugging, Zeller 2002)."""
    size = len(found.actions) // 2
    while size:
        start = 0
        while start < len(found.actions):
            rest = (*found.actions[:start], *found.actions[start + size :])
            shorter = follow(world, rest)
            if shorter is not None and len(shorter.actions) < len(found.actions):
                found = shorter
            else:
                start += size
        size //= 2
    return found


def follow(world: World, actions: Sequence[Action]) -> Found | None:
    """The failure that an order leads to, if it does; what is not possible in it is passed over."""
    position = world.first
    done: list[Action] = []
    for action in actions:
        possible = world.actions(position)
        if not possible:
            break
        if action not in possible:
            continue
        position = world.perform(position, action).position
        done.append(action)
        broken: Broken | None = world.broken(position)
        if broken is not None:
            return Found(broken, tuple(done))
    if world.actions(position):
        return None
    broken = world.broken_at_the_end(position)
    return None if broken is None else Found(broken, tuple(done))


def _with_time_at_once(found: Found) -> Found:
    """Times that pass one after the other are one."""
    actions: list[Action] = []
    for kind, what in found.actions:
        if kind == ADVANCE and actions and actions[-1][0] == ADVANCE:
            actions[-1] = (ADVANCE, abs(actions[-1][1]) + abs(what))
        else:
            actions.append((kind, what))
    return Found(found.broken, tuple(actions))
