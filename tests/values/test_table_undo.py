"""Undoing writes restores contents, order and what later writes do to the order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ferrous_vm.errors import StateError
from ferrous_vm.values import recording
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import TABLE_CLASSES, Table, set_metatable
from tests.values.order_programs import Generator, show


class Forgotten(set[Any]):
    """No place is kept, so every write is recorded."""

    def add(self, place: Any) -> None:
        """Forgets it."""


@pytest.fixture
def record() -> Iterator[list[tuple[Any, ...]]]:
    """Everything written during the test, oldest first."""
    written: list[tuple[Any, ...]] = []
    recording.attach(lambda *inverse: written.append(inverse), Forgotten())
    yield written
    recording.detach()


def take_back(written: list[tuple[Any, ...]], length: int) -> list[tuple[Any, ...]]:
    """Answers what does it again, the last write first."""
    again = []
    while len(written) > length:
        inverse, *args = written.pop()
        opposite = inverse(*args)
        if opposite is not None:
            again.append((opposite[0], *opposite[1]))
    return again


@pytest.mark.parametrize("seed", range(400))
def test_every_state_comes_back(seed: int, record: list[tuple[Any, ...]]) -> None:
    generator = Generator(seed)
    table = generator.constructor()[1]()
    states = [(len(record), show(table))]
    steps = [generator.step() for _ in range(20)]
    for _, act in steps:
        act(table)
        states.append((len(record), show(table)))
    forward = [shown for _, shown in states]
    back = generator.random.randrange(len(states))
    for length, shown in reversed(states[back:]):
        take_back(record, length)
        assert show(table) == shown
    for (_, act), shown in zip(steps[back:], forward[back + 1 :], strict=True):
        act(table)
        assert show(table) == shown


@pytest.mark.parametrize("seed", range(100))
def test_what_was_taken_back_is_done_again(seed: int) -> None:
    generator = Generator(seed)
    table = generator.constructor()[1]()
    written: list[tuple[Any, ...]] = []
    places: set[Any] = set()
    blocks = [show(table)]
    lengths = [0]
    for _ in range(6):
        places.clear()
        recording.attach(lambda *inverse: written.append(inverse), places)
        for _ in range(5):
            generator.step()[1](table)
        recording.detach()
        blocks.append(show(table))
        lengths.append(len(written))
    for _ in range(10):
        start = generator.random.randrange(len(lengths) - 1)
        again = take_back(written, lengths[start])
        assert show(table) == blocks[start]
        undone = take_back(again, 0)
        written += undone
        assert show(table) == blocks[-1]
        lengths[start + 1 :] = []
        blocks[start + 1 : -1] = []
        lengths.append(len(written))


def test_a_metatable_comes_back(record: list[tuple[Any, ...]]) -> None:
    table, metatable = Table(), Table()
    set_metatable(table, metatable)
    set_metatable(table, None)
    take_back(record, 1)
    assert table.metatable is metatable
    take_back(record, 0)
    assert table.metatable is None


def test_python_assignment_is_recorded(record: list[tuple[Any, ...]]) -> None:
    table = Table()
    table[1.0] = LuaString(b"x")
    assert len(record) == 1
    take_back(record, 0)
    assert show(table) == "0: "


def test_assignment_to_a_table_with_a_metatable_is_recorded(record: list[tuple[Any, ...]]) -> None:
    table = Table()
    set_metatable(table, Table())
    for value in (1.0, 2.0, None, 3.0):
        table[5.0] = value
    for expected in (None, 2.0, 1.0, None):
        take_back(record, len(record) - 1)
        assert table.get(5.0) == expected


def test_one_recorder_at_a_time(record: list[tuple[Any, ...]]) -> None:
    with pytest.raises(StateError):
        recording.attach(lambda *inverse: None, set())


def test_nothing_is_left_after_recording() -> None:
    before = [dict(kind.__dict__) for kind in TABLE_CLASSES]
    recording.attach(lambda *inverse: None, set())
    recording.detach()
    assert [dict(kind.__dict__) for kind in TABLE_CLASSES] == before
