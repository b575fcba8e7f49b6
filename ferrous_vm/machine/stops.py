"""Where a debugger stops: the line events of a recorded run, as Lua has them, and every move as a search among them.

Lua calls its line hook where a function begins, where another line does, and where it jumps back (`luaG_traceexec`,
ldebug.c): so a loop on one line is one event a turn, and a line that goes on after a call is none. An event is kept
with the moment it stands at, its line, and how deep in calls, through coroutines.

While a run is recorded, some instructions are replaced by what notes an event, or looks whether there is one, and then
carries out the instruction it stands for. Which, is known from the code: an instruction is an event if what was
executed before it stands on another line, or behind it; and that can only be the one in front, or one that jumps here.
Where it depends on which of them it was, they leave word in the frame.

Two million events are too many to look through for a move, which nobody could end meanwhile. So they are grouped, and
of each group it is known which lines begin in it, and how deep the shallowest is.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import compress
from operator import length_hint
from typing import Any, Final, NamedTuple

from ferrous_vm.bytecode.module import Prototype
from ferrous_vm.bytecode.opcodes import Opcode, Operand
from ferrous_vm.machine import inspection
from ferrous_vm.machine.closures import LinkedInstruction, LinkedPrototype
from ferrous_vm.machine.frames import LuaFrame
from ferrous_vm.machine.machine import Machine
from ferrous_vm.machine.performing import MAIN_DEPTH

_LINE_SHIFT: Final = 32
"""Bits of a packed place that tell the depth."""
_DEPTH: Final = (1 << _LINE_SHIFT) - 1

_OPCODES: Final = tuple(Opcode)
_GOES_ELSEWHERE: Final = frozenset({Opcode.JUMP, Opcode.LOADBOOL_JUMP, Opcode.FORPREP, Opcode.RETURN})
"""After these does not come the next instruction."""


class Place(NamedTuple):
    """A line, and how many frames lie below the one that is at it. `line` is None at the end of the run."""

    line: int | None
    depth: int


class Ends(NamedTuple):
    """Which stops end a move: those that are at most so deep, and those on a line."""

    deepest: int = -1
    line: int | None = None


MOVES: Final[dict[str, Callable[[Place], Ends]]] = {
    "into": lambda here: Ends(sys.maxsize),
    "over": lambda here: Ends(here.depth),
    "out": lambda here: Ends(here.depth - 1),
    "continue": lambda here: Ends(),
    "same line": lambda here: Ends(line=here.line),
}
"""For each move, which stops end one that began `here`. Each goes forwards or backwards, and all of them end at
breakpoints."""


class Stops:
    """The line events of one run in one chunk, or in all."""

    def __init__(self, chunk_name: bytes | None) -> None:
        self.chunk_name: Final = chunk_name
        self.moments = array("q")
        self._places = array("q")
        """For each of these the line of the event, and behind it in the same number how deep it was."""
        self._starts = array("q", [0])
        """Where each group of events begins, and the last one ends."""
        self._lines: list[frozenset[int]] = []
        """The lines that begin in each group."""
        self._shallowest = array("q")
        """The least depth in each."""
        self._known: dict[frozenset[int], frozenset[int]] = {}
        """Groups are much alike: their lines are kept once."""
        self._linked: list[LinkedPrototype] = []
        """All functions that may have events."""
        self._notes: dict[tuple[bool | None, bool], Any] = {}
        self._begins: dict[int, list[int]] = {}
        """Of each function, by its identity, the instructions that can be reached from more than the one in front."""

    def add(self, main: LinkedPrototype) -> None:
        """A chunk was linked; it may be one whose events are wanted."""
        if self.chunk_name not in (None, main.prototype.chunk_name):
            return
        waiting = [main]
        while waiting:
            linked = waiting.pop()
            self._linked.append(linked)
            operands: Iterable[Any] = (operand for each in linked.instructions for operand in each)
            waiting.extend(operand for operand in operands if operand.__class__ is LinkedPrototype)
            if self._notes:
                linked.code[:] = _noted(linked, self._notes)

    def begin(self, machine: Machine) -> None:
        """From now on events are noted; moments must come in their order."""
        self._notes = self._noting(machine)
        for linked in self._linked:
            linked.code[:] = _noted(linked, self._notes)

    def end(self) -> None:
        """Events are noted no more. May be done twice."""
        self._notes = {}
        for linked in self._linked:
            linked.code[:] = linked.instructions
        self.group()

    def forget(self, moment: int) -> None:
        """The events from this moment on, which were not grouped yet, will be noted again."""
        index = max(bisect_left(self.moments, moment), self._starts[-1])
        del self.moments[index:], self._places[index:]

    def group(self) -> None:
        """The events that were noted since the last time are found from now on. May be done twice."""
        start, end = self._starts[-1], min(len(self.moments), len(self._places))
        if start == end:
            return
        places = set(self._places[start:end])
        lines = frozenset(place >> _LINE_SHIFT for place in places)
        self._lines.append(self._known.setdefault(lines, lines))
        self._shallowest.append(min(place & _DEPTH for place in places))
        self._starts.append(end)

    def _noting(self, machine: Machine) -> dict[tuple[bool | None, bool], Any]:
        """What stands for an instruction, by whether it is an event (None: it depends on where the frame was) and
        whether it leaves word in the frame. Each is called with the instruction, its place (index and line), and the
        line as it is packed. The same few lines stand in each: a call would cost as much as all of them.

        The present instruction is counted already: it is the step after the moment that is noted."""
        add_moment, add_place = self.moments.append, self._places.append
        main = machine.main

        def event(frame: LuaFrame, instruction: LinkedInstruction, _: Any, packed: int) -> Any:
            add_moment(machine.horizon - length_hint(machine.ticks))
            add_place(packed + (frame.depth if machine.thread is main else depth(machine)))
            handler, a, b, c = instruction
            return handler(frame, a, b, c)

        def event_leaving_word(
            frame: LuaFrame, instruction: LinkedInstruction, place: tuple[int, int], packed: int
        ) -> Any:
            add_moment(machine.horizon - length_hint(machine.ticks))
            add_place(packed + (frame.depth if machine.thread is main else depth(machine)))
            frame.passed = place
            handler, a, b, c = instruction
            return handler(frame, a, b, c)

        def leaving_word(frame: LuaFrame, instruction: LinkedInstruction, place: tuple[int, int], packed: int) -> Any:
            frame.passed = place
            handler, a, b, c = instruction
            return handler(frame, a, b, c)

        def looking(frame: LuaFrame, instruction: LinkedInstruction, place: tuple[int, int], packed: int) -> Any:
            try:
                before = frame.passed
            except AttributeError:
                before = self._word_of(frame)
            if place[0] <= before[0] or place[1] != before[1]:
                add_moment(machine.horizon - length_hint(machine.ticks))
                add_place(packed + (frame.depth if machine.thread is main else depth(machine)))
            frame.passed = place
            handler, a, b, c = instruction
            return handler(frame, a, b, c)

        return {
            (True, False): event,
            (True, True): event_leaving_word,
            (False, True): leaving_word,
            (None, False): looking,
            (None, True): looking,
        }

    def _word_of(self, frame: LuaFrame) -> tuple[int, int]:
        """What a frame would have left that was made again while nothing was noted, and waited when that began: what
        it did last is the call, and it came to that from the last instruction before it that can be jumped to."""
        linked = frame.closure.linked
        if id(linked) not in self._begins:
            self._begins[id(linked)] = _begins(linked.prototype, sources_of(linked.prototype))
        begins = self._begins[id(linked)]
        pc = begins[bisect_right(begins, frame.pc - 1) - 1]
        return pc, linked.prototype.lines[pc]

    @property
    def lines(self) -> array[int]:
        """The line of each event."""
        return array("i", [place >> _LINE_SHIFT for place in self._places])

    def on_line(self, line: int) -> Iterator[array[int]]:
        """The moments at which a line begins, in their order, piece by piece: they may be as many as the events."""
        for group, lines in enumerate(self._lines):
            if line in lines:
                span = slice(self._starts[group], self._starts[group + 1])
                begins = [place >> _LINE_SHIFT == line for place in self._places[span]]
                yield array("q", compress(self.moments[span], begins))

    def beginning_at(self, moment: int) -> int | None:
        """The line that begins at a moment."""
        index = bisect_left(self.moments, moment)
        begins = index < len(self.moments) and self.moments[index] == moment
        return self._places[index] >> _LINE_SHIFT if begins else None

    def line_at(self, moment: int) -> int | None:
        """The line that had begun last at a moment; None before the first."""
        index = bisect_right(self.moments, moment) - 1
        return self._places[index] >> _LINE_SHIFT if index >= 0 else None

    def from_on(self, moment: int) -> int | None:
        """The first moment from this one on at which a line begins; None after the last."""
        index = bisect_left(self.moments, moment)
        return self.moments[index] if index < len(self.moments) else None

    def find(self, move: str, backwards: bool, moment: int, here: Place, breakpoints: frozenset[int]) -> int | None:
        """The moment of the stop where a move from `here`, at `moment`, ends; None if there is none."""
        deepest, line = MOVES[move](here)
        wanted = breakpoints if line is None else breakpoints | {line}
        starts, places = self._starts, self._places
        first = bisect_left(self.moments, moment) - 1 if backwards else bisect_right(self.moments, moment)
        group = bisect_right(starts, first) - 1
        for each in range(group, -1, -1) if backwards else range(group, len(self._lines)):
            if self._shallowest[each] > deepest and self._lines[each].isdisjoint(wanted):
                continue
            start, end = starts[each], starts[each + 1]
            for index in range(min(first, end - 1), start - 1, -1) if backwards else range(max(first, start), end):
                place = places[index]
                if place & _DEPTH <= deepest or place >> _LINE_SHIFT in wanted:
                    return self.moments[index]
        return None


def _noted(linked: LinkedPrototype, notes: dict[tuple[bool | None, bool], Any]) -> list[LinkedInstruction]:
    """The code of a function, with what notes its events."""
    code = list(linked.instructions)
    lines = linked.prototype.lines
    sources = sources_of(linked.prototype)
    begins = _begins(linked.prototype, sources)
    are_events = {pc: [lines[source] != lines[pc] or source >= pc for source in sources[pc]] for pc in begins}
    undecided = [pc for pc in begins if pc and len(set(are_events[pc])) == 2]
    tell = {begins[bisect_right(begins, source) - 1] for pc in undecided for source in sources[pc]}
    for pc in begins:
        is_event = True if pc == 0 else None if pc in undecided else are_events[pc] == [] or are_events[pc][0]
        if is_event is not False or pc in tell:
            code[pc] = (notes[is_event, pc in tell], code[pc], (pc, lines[pc]), lines[pc] << _LINE_SHIFT)
    return code


def _begins(prototype: Prototype, sources: list[list[int]]) -> list[int]:
    """The instructions that do not just go on with what stands in front of them: another line begins, or they can be
    jumped to."""
    lines = prototype.lines
    return [pc for pc in range(len(sources)) if sources[pc] != [pc - 1] or lines[pc] != lines[pc - 1]]


def sources_of(prototype: Prototype) -> list[list[int]]:
    """For each instruction those after which it may come: the one before it, and those that jump to it."""
    sources: list[list[int]] = [[] for _ in prototype.code]
    for pc, (opcode, *operands) in enumerate(prototype.code):
        if _OPCODES[opcode] not in _GOES_ELSEWHERE and pc + 1 < len(sources):
            sources[pc + 1].append(pc)
        for operand, kind in zip(operands, _OPCODES[opcode].operands, strict=False):
            if kind is Operand.TARGET:
                sources[operand].append(pc)
    return sources


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
