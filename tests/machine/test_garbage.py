"""A recording is not searched for garbage while it is held, and all is searched again when it is ended."""

import gc
import weakref

import pytest

import ferrous_vm
from ferrous_vm.machine.debugger import Debugger
from ferrous_vm.machine.history import Block

LOOP = b"local t = {} for i = 1, 20000 do t[i] = {i} end return #t"
FAR = 60_000


class _Ring:
    """Garbage that only a search finds, once nobody holds it."""

    def __init__(self):
        self.itself = self


@pytest.fixture
def debugger():
    """At the first moment of a recorded run."""
    lua = ferrous_vm.Lua("machine", seed=3)
    debugger = Debugger(lua.runtime)
    debugger.start(lua.runtime.load(LOOP, b"=script"))
    debugger.record(10 * FAR)
    debugger.go_to(1)
    yield debugger
    debugger.stop()


def _blocks_searched():
    return sum(isinstance(each, Block) for each in gc.get_objects())


def test_the_search_passes_over_what_was_recorded(debugger):
    assert _blocks_searched() <= 1  # that in which it is


def test_the_search_passes_over_what_a_far_way_made(debugger):
    searched = len(gc.get_objects())
    debugger.go_to(FAR)
    assert len(gc.get_objects()) - searched < 2_000


def test_garbage_of_meanwhile_is_not_passed_over(debugger):
    dropped = weakref.ref(_Ring())
    debugger.go_to(FAR)
    assert dropped() is None


def test_near_ways_leave_what_is_spared_as_it_is(debugger):
    spared = gc.get_freeze_count()
    for moment in range(100):
        debugger.go_to(moment)
    assert gc.get_freeze_count() <= spared


def test_all_is_searched_again_at_the_end(debugger):
    debugger.go_to(FAR)
    debugger.stop()
    assert gc.get_freeze_count() == 0


def test_what_was_spared_is_freed_after_the_end(debugger):
    debugger.go_to(FAR)
    dropped = weakref.ref(_Ring())
    debugger.go_to(FAR // 4)
    debugger.stop()
    gc.collect()
    assert dropped() is None
