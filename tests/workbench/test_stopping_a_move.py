"""Whatever a debugger is asked of a long recording looks often whether it is stopped: counted are the lines of Python
between two looks, which are bounded however long the recording is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from ferrous_vm.interrupts import Interrupts
from ferrous_vm.machine.debugger import BLOCK, Ended
from ferrous_vm.scripting.run import ScriptRun
from ferrous_vm.workbench.debugging import RECORDING_STOPPED
from tests.pyodide_bridge import test_bridge

LONG = """local function step(n)
  local x = n % 7
  if n % 4 == 0 then
    redis.call('INCR', 'key' .. x)
    pcall(error, 'no')
  end
  return x
end
local s = 0
for n = 1, 30000 do
  s = s + step(n)
end
return s"""

MOST_LINES = 250 * BLOCK
"""Between two looks: a block of steps, with all that each of them does."""

BREAKPOINTS: dict[str, Any] = {
    "none": {},
    "on a line that never comes": {"lines": [{"line": 99}]},
    "on the last line": {"lines": [{"line": 13}]},
    "counted": {"lines": [{"line": 2, "hits": 3}]},
    "on a key": {"keys": [{"key": "key3", "on": "written"}]},
    "on a key that is not there": {"keys": [{"key": "key", "on": "touched"}]},
    "on errors": {"errors": "all"},
}


class Visitor(test_bridge.Visitor):
    """Stands for the page, with a long recording open."""

    def move(self, how: str, breakpoints: dict[str, Any], moment: int = 0) -> Any:
        where = {"how": how.removeprefix("back "), "backwards": how.startswith("back "), "moment": moment}
        return self.ask("DebugMove", **where, breakpoints=breakpoints, lane="writes", key="key3")

    def timeline(self, breakpoints: dict[str, Any]) -> Any:
        return self.ask("DebugTimeline", first=1, last=10**9, buckets=500, key="key3", breakpoints=breakpoints)


class Watched(Interrupts):
    """Interrupts that know how many lines were executed between two looks at them."""

    lines = most = 0

    @property
    def due(self) -> bool:  # type: ignore[override]
        self.look()
        is_due: bool = self.__dict__["due"]
        return is_due

    @due.setter
    def due(self, value: bool) -> None:
        self.__dict__["due"] = value

    def look(self) -> None:
        self.most = max(self.most, self.lines)
        self.lines = 0


@contextmanager
def counting(interrupts: Watched) -> Iterator[None]:
    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        interrupts.lines += event == "line"
        return trace

    interrupts.lines = interrupts.most = 0
    before = sys.gettrace()
    try:
        sys.settrace(trace)
        yield
    finally:
        sys.settrace(before)
        interrupts.look()


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    visitor = Visitor()
    opened = visitor.ask("Debug", script=LONG, keys=[], argv=[])
    assert opened["last"] > 20 * BLOCK
    visitor.bridge.workbench.interrupts.__class__ = Watched
    return visitor


@pytest.mark.parametrize("breakpoints", BREAKPOINTS.values(), ids=BREAKPOINTS)
def test_a_move_and_the_timeline_look_often_whether_they_are_stopped(
    visitor: Visitor, breakpoints: dict[str, Any]
) -> None:
    interrupts: Any = visitor.bridge.workbench.interrupts
    with counting(interrupts):
        for how in ("continue", "back continue", "moment", "back over", "out", "back out", "tick", "back tick"):
            visitor.move(how, breakpoints, moment=10**9 if how == "moment" else 0)
            assert interrupts.most < MOST_LINES, how
        visitor.timeline(breakpoints)
    assert interrupts.most < MOST_LINES


def test_the_way_back_of_a_recording_that_is_stopped_says_that_it_has_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may take longer than whoever pressed Stop waits for something that does not listen."""
    visitor = Visitor()
    heard: list[int] = []
    monkeypatch.setattr(visitor.bridge.workbench.interrupts, "_heard", lambda: heard.append(session.moment))
    visitor.ask("Debug", script=LONG, keys=[], argv=[], patience=0)
    session: Any = visitor.bridge.workbench.debugging.opened.session
    record = session._debugger.record

    def interrupted(moments: int, *rest: Any) -> Any:
        ended = record(session.last + 5 * BLOCK, *rest)
        session.interrupts.due = True
        return Ended.INTERRUPT if ended is Ended.MOMENTS else ended

    monkeypatch.setattr(session._debugger, "record", interrupted)
    first = session.last
    stayed = visitor.move("continue", {})
    assert (stayed["moment"], stayed["ended"], stayed["stopped"]) == (1, "pause", RECORDING_STOPPED)
    assert heard == [session.last]
    assert session.last > first


def test_a_step_that_is_stopped_again_and_again_is_one_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an interrupt ends halfway is done once more, from where its line began."""
    visitor = Visitor()
    interrupts: Any = visitor.bridge.workbench.interrupts
    command = ScriptRun.command
    ends = [True, True]

    def interrupted(*given: Any) -> Any:
        if ends:
            interrupts.due = ends.pop()
            raise KeyboardInterrupt
        return command(*given)

    monkeypatch.setattr(ScriptRun, "command", interrupted)
    opened = visitor.ask(
        "Debug", script="local n = 0\nlocal x = redis.call(\n  'DBSIZE'\n)\nreturn n", keys=[], argv=[], patience=9
    )
    session: Any = visitor.bridge.workbench.debugging.opened.session
    session.ended = Ended.PAUSE
    ended = [opened["ended"], *(visitor.move("record", {}, moment=9_000)["ended"] for _ in range(2))]
    assert (ended, ends) == (["interrupt", "pause", "script"], [])
    assert list(session.stops.lines) == [1, 2, 4, 2, 5]
