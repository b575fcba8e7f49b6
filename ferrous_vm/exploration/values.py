"""A failure with values as small as it takes: times that pass, and what is given.

Programs, scripts and invariants are the person's and stay as they are. Of the commands that are given, whole numbers go
towards 0, times to live among them, and words of more than LONG bytes become letters: a shorter one is a name, which
says more than a letter. Neither may make it another failure. So the same events must break the same thing, no fewer
events may; clients who go on one after the other do well where they did; numbers keep their order, and what an
invariant or a program says is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from string import ascii_lowercase
from typing import Final

from ferrous_vm.exploration.schedules import LONGEST
from ferrous_vm.exploration.search import Found
from ferrous_vm.keyspace.arguments.key_positions import key_positions
from ferrous_vm.records import with_changes
from ferrous_vm.scenarios.keyspaces import TimeSeen
from ferrous_vm.scenarios.scenario import ADVANCE, BACK, DIE, PAUSE, TIME, TURN, Given, ScenarioError
from ferrous_vm.scenarios.world import Action, World

LONG: Final = 12
MOST_WORLDS: Final = 40
"""Scenarios with other values that are tried."""

Follow = Callable[[World, "tuple[Action, ...]"], "Found | None"]
"""The failure that an order leads to in a world, if it does (`shrinking.follow`)."""

_NUMBER: Final = re.compile(rb"0|[1-9]\d{0,14}")


# Times


def with_shorter_times(world: World, found: Found) -> Found:
    """Times are as few and as short as they can be where any may pass: those that the scenario names, and sleeps that
    all wait for, stay."""
    actions = list(found.actions)
    for place in reversed(_free_times(world, actions)):
        later = next((at for at in range(place + 1, len(actions)) if actions[at][0] == ADVANCE), None)
        if later in _free_times(world, actions) and later is not None:
            together = [*actions]
            together[later] = (ADVANCE, actions[place][1] + actions[later][1])
            del together[place]
            if _broken_by(world, together) == found.broken.text:
                actions = together
    for place in _free_times(world, actions):

        def fails(shorter: int, place: int = place) -> bool:
            tried = [*actions[:place], (ADVANCE, shorter), *actions[place + 1 :]]
            return _broken_by(world, tried) == found.broken.text

        actions[place] = (ADVANCE, _smallest(1, actions[place][1], fails))
    return Found(found.broken, tuple(actions))


def _free_times(world: World, actions: Sequence[Action]) -> list[int]:
    """The places of times that could as well be others."""
    is_free = any(event.kind == TIME for event in world.scenario.may_happen)
    away: set[int] = set()
    found = []
    for place, (kind, what) in enumerate(actions):
        if kind == PAUSE:
            away.add(what)
        elif kind in (BACK, DIE):
            away.discard(what)
        elif kind == ADVANCE and what > 0 and (is_free or away):
            found.append(place)
    return found


def _smallest(least: int, known: int, fails: Callable[[int], bool]) -> int:
    """The smallest number that fails, if all above it do; one that fails in any case, as `known` does."""
    low = least
    if low < known and fails(low):
        return low
    while low < known:
        middle = (low + known) // 2
        if fails(middle):
            known = middle
        else:
            low = middle + 1
    return known


def _broken_by(world: World, actions: Sequence[Action]) -> str:
    """What is broken once all of this has happened, and not before; any time may pass. Nothing if it cannot happen."""
    try:
        position = world.first
        for action in actions:
            possible = world.actions(position)
            if world.broken(position) or not possible or (action[0] != ADVANCE and action not in possible):
                return ""
            position = world.perform(position, action).position
        broken = world.broken(position)
        if broken is None and not world.actions(position):
            broken = world.broken_at_the_end(position)
    except ScenarioError:  # TooMuch is one
        return ""
    return "" if broken is None else broken.text


# What is given


def with_smaller_gifts(world: World, found: Found, follow: Follow) -> tuple[World, Found]:
    """The world with what is given as small as it can be, where the same order fails."""
    shrinking = _Gifts(world, found, follow)
    shrinking.numbers()
    shrinking.words()
    return shrinking.world, shrinking.found


class _Gifts:
    def __init__(self, world: World, found: Found, follow: Follow) -> None:
        self.world = world
        self.found = found
        self._follow = follow
        self._left = MOST_WORLDS
        self._does_well = _in_turn(world) == ""
        scenario = world.scenario
        said = [code.source for code in (*scenario.scripts, *scenario.libraries)]
        said += [client.source for client in scenario.clients]
        said += [each.expression.encode("utf-8", "surrogateescape") for each in scenario.invariants]
        self._said = b"\n".join(said)

    def numbers(self) -> None:
        """Whole numbers go towards 0, in their order; all that are equal at once."""
        least = 0
        for number in sorted({int(word) for word in self._values() if _NUMBER.fullmatch(word)}):
            word = b"%d" % number
            if not re.search(rb"\b%b\b" % word, self._said):
                number = _smallest(least, number, partial(self._is_as_number, word))
                self._take(word, b"%d" % number)
            least = number + 1

    def words(self) -> None:
        """Long words become letters that nothing else is called."""
        letters = (letter.encode() for letter in ascii_lowercase)
        for word in dict.fromkeys(self._values()):
            if len(word) > LONG and word not in self._said and not _NUMBER.fullmatch(word):
                letter = next((each for each in letters if each not in self._all_words()), None)
                if letter is not None and self._is_as(word, letter):
                    self._take(word, letter)

    def _values(self) -> Iterator[bytes]:
        for given in self.world.scenario.given:
            for place in self._places(given):
                yield given.words[place]

    def _all_words(self) -> set[bytes]:
        return {word for given in self.world.scenario.given for word in given.words}

    def _places(self, given: Given) -> list[int]:
        """Which words of a command with keys are no keys."""
        words = list(given.words)
        row = self.world.keyspaces.keyspace.commands.find(words)
        if row is None or row.group == "scripting":
            return []
        keys = {position.word for position in key_positions(row, words)}
        return [place for place in range(1, len(words)) if place not in keys] if keys else []

    def _with(self, word: bytes, other: bytes) -> World | None:
        """The world with another word instead of one, None if there is none."""
        given = []
        for each in self.world.scenario.given:
            places = set(self._places(each))
            words = [other if place in places and it == word else it for place, it in enumerate(each.words)]
            given.append(with_changes(each, words=tuple(words)))
        try:
            return World(with_changes(self.world.scenario, given=given), self.world.seed, self.world.absolute)
        except (ScenarioError, TimeSeen):
            return None

    def _is_as(self, word: bytes, other: bytes) -> bool:
        """Whether it is the same failure with another word."""
        if word == other:
            return True
        if not self._left:
            return False
        self._left -= 1
        try:
            world = self._with(word, other)
            return world is not None and self._same(world) is not None
        except (ScenarioError, TimeSeen):
            return False

    def _is_as_number(self, word: bytes, number: int) -> bool:
        return self._is_as(word, b"%d" % number)

    def _same(self, world: World) -> Found | None:
        """The same failure in another world, where it is one there."""
        actions = _in_time_of(world, self.found.actions)
        same = self._follow(world, actions)
        if same is None or len(same.actions) < len(actions) or same.broken.text != self.found.broken.text:
            return None
        for number in range(len(actions)):
            if self._follow(world, (*actions[:number], *actions[number + 1 :])) is not None:
                return None
        return same if not self._does_well or _in_turn(world) == "" else None

    def _take(self, word: bytes, other: bytes) -> None:
        world = None if word == other else self._with(word, other)
        same = None if world is None else self._same(world)
        if world is not None and same is not None:
            self.world, self.found = world, same


def _in_time_of(world: World, actions: Sequence[Action]) -> tuple[Action, ...]:
    """The same in another world, where what expires does so at other times: as often as time passes to a boundary, it
    passes there to the one that comes next."""
    position = world.first
    done: list[Action] = []
    for kind, what in actions:
        possible = world.actions(position)
        if kind == ADVANCE and what > 0:
            what = next((passes for other, passes in possible if other == ADVANCE and passes > 0), what)
        if (kind, what) not in possible:
            return tuple(actions)
        position = world.perform(position, (kind, what)).position
        done.append((kind, what))
    return tuple(done)


def _in_turn(world: World) -> str:
    """What breaks where each client goes on to its end before the next does; nothing if nothing does."""
    try:
        return _broken_in_turn(world)
    except ScenarioError as error:  # what cannot be asked does not do well
        return str(error)


def _broken_in_turn(world: World) -> str:
    position = world.first
    for _ in range(LONGEST):
        broken = world.broken(position)
        if broken is not None:
            return broken.text
        actions = world.actions(position)
        if not actions:
            broken = world.broken_at_the_end(position)
            return "" if broken is None else broken.text
        turns = [action for action in actions if action[0] == TURN]
        position = world.perform(position, (turns or actions)[0]).position
    return ""
