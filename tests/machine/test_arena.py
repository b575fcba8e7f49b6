"""Arenas and handles: a name finds its own object or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrous_vm.errors import InvalidHandle, StaleHandle
from ferrous_vm.machine.arena import Arena
from ferrous_vm.machine.handles import HANDLE_TYPES, StringHandle, TableHandle, parse_token


def test_a_slot_used_again_does_not_answer_to_its_old_name():
    arena: Arena[str] = Arena()
    old = arena.insert("first")
    arena.remove(*old)
    new = arena.insert("second")
    assert new[0] == old[0]
    assert arena.get(*new) == "second"
    with pytest.raises(StaleHandle):
        arena.get(*old)


@pytest.mark.parametrize("name", [(0, 0), (-1, 0), (7, 0), (0, 1)])
def test_a_name_that_was_never_given_is_invalid(name):
    arena: Arena[str] = Arena()
    if name == (0, 1):
        arena.insert("only generation 0 so far")
    with pytest.raises(InvalidHandle):
        arena.get(*name)


def test_clear_makes_every_name_stale():
    arena: Arena[int] = Arena()
    names = [arena.insert(number) for number in range(3)]
    arena.clear()
    assert len(arena) == 0
    for name in names:
        with pytest.raises(StaleHandle):
            arena.get(*name)


@given(st.lists(st.one_of(st.just("insert"), st.integers(0, 30), st.just("sweep"))))
def test_an_arena_behaves_as_a_dictionary_of_names(actions):
    arena: Arena[int] = Arena()
    model: dict[tuple[int, int], int] = {}
    gone: set[tuple[int, int]] = set()
    for serial, action in enumerate(actions):
        if action == "insert":
            name = arena.insert(serial)
            assert name not in model
            assert name not in gone
            model[name] = serial
        elif action == "sweep":
            dead = {name for name, value in model.items() if value % 2}
            assert arena.sweep(lambda value: value % 2 == 0) == len(dead)
            gone |= dead
            model = {name: value for name, value in model.items() if name not in dead}
        elif model:
            name = sorted(model)[action % len(model)]
            assert arena.remove(*name) == model.pop(name)
            gone.add(name)
    assert len(arena) == len(model)
    assert sorted(value for _, value in arena) == sorted(model.values())
    for name, value in model.items():
        assert arena.get(*name) == value
    for name in gone:
        with pytest.raises(StaleHandle):
            arena.get(*name)


def test_handles_of_two_kinds_are_never_equal():
    assert TableHandle(3, 1) == TableHandle(3, 1)
    assert hash(TableHandle(3, 1)) == hash(TableHandle(3, 1))
    assert TableHandle(3, 1) != StringHandle(3, 1)
    assert len({TableHandle(3, 1), StringHandle(3, 1), TableHandle(3, 2)}) == 3


@pytest.mark.parametrize("kind", sorted(HANDLE_TYPES))
def test_a_token_names_the_handle_it_came_from(kind):
    handle = HANDLE_TYPES[kind](12, 3)
    assert parse_token(handle.token) == handle


NO_TOKENS = ["", "table", "table:1", "table:-1:0", "table:1:x", "nil:1:1", "table:1:1:1", "table:\u0661:1"]


@pytest.mark.parametrize("text", NO_TOKENS)
def test_other_text_is_no_handle(text):
    with pytest.raises(InvalidHandle):
        parse_token(text)
