"""The search leaves out orders, and never what they lead to: all orders, without leaving any out, come to the same."""

from __future__ import annotations

import pytest

from ferrous_vm.exploration.exploring import explore, unwatched
from ferrous_vm.exploration.search import search
from ferrous_vm.scenarios.keyspaces import TimeSeen
from ferrous_vm.scenarios.reading import read_scenario
from ferrous_vm.scenarios.world import Position, World
from tests.exploration.small_scenarios import OF_REPLIES, OF_WATCHES, SMALL, text_of

LARGE = 10_000_000


def world_of(name: str) -> World:
    scenario = read_scenario(text_of(name))
    try:
        return World(scenario)
    except TimeSeen:
        return World(scenario, absolute=True)


class BruteForce:
    """Every order to its end or to what is broken there, each from the beginning: nothing is remembered."""

    def __init__(self, world: World, most_events: int = LARGE) -> None:
        self.world = world
        self.is_whole = True
        self.events = 0
        self.positions = {world.first}
        self.broken: set[str] = set()
        self.shortest = LARGE
        waiting = [(world.first, 0)]
        while waiting:
            waiting += self.after(*waiting.pop())
            if self.events > most_events:
                self.is_whole = False
                return

    def after(self, position: Position, depth: int) -> list[tuple[Position, int]]:
        actions = self.world.actions(position)
        broken = self.world.broken(position) or (None if actions else self.world.broken_at_the_end(position))
        if broken is not None:
            self.broken.add(broken.text)
            self.shortest = min(self.shortest, depth)
            return []
        self.events += len(actions)
        reached = [self.world.perform(position, action).position for action in actions]
        self.positions.update(reached)
        return [(each, depth + 1) for each in reached]


@pytest.fixture(scope="module")
def factors() -> dict[str, float]:
    return {}


@pytest.mark.parametrize("name", SMALL | OF_WATCHES | OF_REPLIES)
def test_what_is_left_out_changes_nothing(name: str, factors: dict[str, float]) -> None:
    all_orders = BruteForce(world_of(name))
    searched = search(world_of(name), LARGE, unwatched)
    unreduced = search(world_of(name), LARGE, unwatched, reduces=False)
    for found in (searched, unreduced):
        if all_orders.broken:
            assert found.found is not None
            assert found.found.broken.text in all_orders.broken
            assert len(found.found.actions) == all_orders.shortest
        else:
            assert found.found is None
            assert found.is_whole
            assert found.positions == len(all_orders.positions)
    if name in SMALL:
        factors[name] = all_orders.events / searched.events


def test_what_is_left_out_is_most(factors: dict[str, float]) -> None:
    assert len(SMALL) == 20
    if len(factors) == len(SMALL):
        assert sum(factors.values()) / len(factors) >= 10


WORKERS = '-- scenario: x\n-- at the end: {}\n-- clients: 4 w\nredis("SET", me, 1) redis("GET", me) redis("DEL", me)\n'


@pytest.mark.parametrize(
    "expression", ["no key of client:* is left", 'count("last reply") == 0', "count('called') == 0"]
)
def test_words_of_a_text_ask_for_no_reply(expression: str) -> None:
    events = [explore(read_scenario(WORKERS.format(each).encode())).events for each in ("true", expression)]
    assert events[0] == events[1]
