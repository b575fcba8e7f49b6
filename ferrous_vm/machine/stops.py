"""Where a debugger stops: the line events of a recorded run, as Lua has them, and every move as a search among them.

Lua calls its line hook where a function begins, where another line does, and where it jumps back (`luaG_traceexec`,
ldebug.c): so a loop on one line is one event a turn, and a line that goes on after a call is none. An event is kept
with the moment it stands at, its line, and how deep in calls, through coroutines.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Final, NamedTuple

from ferrous_vm.machine import inspection
from ferrous_vm.machine.frames import LuaFrame
from ferrous_vm.machine.machine import Machine
from ferrous_vm.machine.performing import MAIN_DEPTH


class Place(NamedTuple):
    """A line, and how many frames lie below the one that is at it. `line` is None at the end of the run."""

    line: int | None
    depth: int


MOVES: Final[dict[str, Callable[[Place, int | None, int], bool]]] = {
    "into": lambda here, line, depth: True,
    "over": lambda here, line, depth: depth <= here.depth,
    "out": lambda here, line, depth: depth < here.depth,
    "continue": lambda here, line, depth: False,
    "same line": lambda here, line, depth: line == here.line,
}
"""For each move, whether one that began `here` ends at a stop on `line`, so deep. Each goes forwards or backwards, and
all of them end at breakpoints."""


class Stops:
    """The line events of one run in one chunk, or in all. Moments must be noted in their order."""

    def __init__(self, chunk_name: bytes | None) -> None:
        self._chunk_name = chunk_name
        self.moments = array("q")
        self.lines = array("q")
        self._depths = array("q")
        self._executed: dict[int, int] = {}
        """By the identity of a frame, the instruction it has executed last. The record of the run keeps all frames."""

    def note(self, machine: Machine, moment: int) -> None:
        """The machine stands at `moment`: it is a stop if Lua would call its hook before the next step."""
        frame = machine.frame
        if frame.__class__ is not LuaFrame or machine.pending is not None:
            return
        prototype = frame.closure.linked.prototype
        pc = frame.pc
        key = id(frame)
        executed = self._executed.get(key, -1)
        self._executed[key] = pc
        lines = prototype.lines
        line = lines[pc]
        if executed < pc and pc > 0 and executed >= 0 and line == lines[executed]:
            return
        if self._chunk_name in (None, prototype.chunk_name):
            self.moments.append(moment)
            self.lines.append(line)
            self._depths.append(depth(machine))

    def find(self, move: str, backwards: bool, moment: int, here: Place, breakpoints: frozenset[int]) -> int | None:
        """The moment of the stop where a move from `here`, at `moment`, ends; None if there is none."""
        ends = MOVES[move]
        lines, depths = self.lines, self._depths
        if backwards:
            candidates = range(bisect_left(self.moments, moment) - 1, -1, -1)
        else:
            candidates = range(bisect_right(self.moments, moment), len(self.moments))
        for index in candidates:
            if lines[index] in breakpoints or ends(here, lines[index], depths[index]):
                return self.moments[index]
        return None


def place(machine: Machine) -> Place:
    """Where the machine is."""
    found = inspection.current_line(machine.frame)
    return Place(None if found is None else found[1], depth(machine))


def depth(machine: Machine) -> int:
    """Frames below the running one, those of the coroutines that wait for it included; the end is as deep as main."""
    levels: int = MAIN_DEPTH if machine.frame is None else machine.frame.depth
    waiting = machine.thread.resumer
    while waiting is not None:
        if waiting.frame is not None:
            levels += waiting.frame.depth
        waiting = waiting.resumer
    return levels
