"""Where the time of a run goes: seconds by call and by line, measured at nearly the machine's own speed.

While a run is timed, the instructions at which a line or a function begins, or a function returns, are replaced by what
reads the clock and then carries out the instruction it stands for, as `stops.py` does it. What has passed since the
last reading belongs to the line that was at work; what the reading itself took belongs to none. So a line's time is
that of its instructions and of the library functions and commands it calls, not of Lua functions, which have lines of
their own. What finishes a line after an error was caught on it counts for the line that raised it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from ferrous_vm.bytecode.module import Prototype
from ferrous_vm.bytecode.opcodes import Opcode
from ferrous_vm.machine.closures import LinkedInstruction, LinkedPrototype
from ferrous_vm.machine.frames import Frame, LuaFrame, chain
from ferrous_vm.machine.machine import CHECK_INTERVAL, Machine, Status
from ferrous_vm.machine.pending import Return
from ferrous_vm.machine.setting import Settings
from ferrous_vm.machine.stops import sources_of
from ferrous_vm.records import MutableRecord, field

_OPCODES: Final = tuple(Opcode)


class Call(MutableRecord):
    """A function in the place where it was called."""

    prototype: Prototype
    caller: Prototype | None
    """Who called it; None for the host, for natives, and for what took the caller's place by a tail call."""
    called_at: int
    """The instruction of the caller that did."""
    depth: int
    count: int = 0
    lines: dict[int, list[float]] = field(factory=dict)
    """Seconds by line, each alone in a list, which is added to."""
    inside: dict[tuple[int, int], Call] = field(factory=dict)

    @property
    def seconds(self) -> float:
        """Those of its own lines."""
        return sum(each[0] for each in self.lines.values())


class Timing:
    """Times one run of a machine, in the functions that were `add`ed."""

    def __init__(self, clock: Callable[[], float], deepest: int) -> None:
        """`clock` is monotonic, in seconds. What is deeper than `deepest` calls counts for the function there."""
        self.clock: Final = clock
        self.base: dict[tuple[int, int], Call] = {}
        """What nobody called that is known: the main function, and those of coroutines."""
        self.began = 0.0
        """When the last instruction that calls something began."""
        self._deepest = deepest
        self._linked: list[LinkedPrototype] = []

    def add(self, main: LinkedPrototype) -> None:
        """A chunk was linked, whose functions are to be timed."""
        waiting = [main]
        while waiting:
            linked = waiting.pop()
            self._linked.append(linked)
            operands: Iterable[Any] = (operand for each in linked.instructions for operand in each)
            waiting.extend(operand for operand in operands if operand.__class__ is LinkedPrototype)

    def run(self, machine: Machine, most: int, settings: Settings | None, may_go_on: Callable[[], bool]) -> None:
        """Runs a machine that has begun, for so many instructions at most; `may_go_on` is asked now and then.

        Raises LimitExceeded.
        """
        *notes, end = self._noting()
        for linked in self._linked:
            linked.code[:] = _noted(linked, *notes)
        try:
            machine.advance(0)
            while machine.status is Status.RUNNING and machine.executed < most and may_go_on():
                count = min(CHECK_INTERVAL, most - machine.executed)
                if settings is not None:
                    settings.carry_out(1 + machine.executed)
                    count = settings.steps_from(1 + machine.executed, count)
                machine.advance(count)
                machine.check_limits()
        finally:
            end()

    def _noting(self) -> tuple[Any, ...]:
        """What stands for an instruction at which a function begins, a line does, that returns, calls, and calls in the
        place of its function; and what notes the end of the run."""
        clock = self.clock
        calls: dict[int, Call] = {}
        """By identity of a frame, its call: set anew whenever a function begins, so none is that of an earlier one."""
        at: dict[int, list[float]] = {}
        """The seconds of the line that each of them is at."""
        now: list[float] = [0.0]
        """Of the line at work."""
        last = clock()

        def enter(frame: LuaFrame, instruction: LinkedInstruction, line: int, _: Any) -> Any:
            nonlocal now, last
            time = clock()
            now[0] += time - last
            call = calls[id(frame)] = self._enter(frame, calls)
            now = at[id(frame)] = call.lines.setdefault(line, [0.0])
            handler, a, b, c = instruction
            last = self.began = clock()
            return handler(frame, a, b, c)

        def begin(frame: LuaFrame, instruction: LinkedInstruction, line: int, _: Any) -> Any:
            nonlocal now, last
            time = clock()
            now[0] += time - last
            now = at[id(frame)] = calls[id(frame)].lines.setdefault(line, [0.0])
            handler, a, b, c = instruction
            last = self.began = clock()
            return handler(frame, a, b, c)

        def leave(frame: LuaFrame, instruction: LinkedInstruction, line: int, _: Any) -> Any:
            handler, a, b, c = instruction
            outcome = handler(frame, a, b, c)
            left(frame)
            return outcome

        def left(frame: LuaFrame) -> None:
            nonlocal now, last
            time = clock()
            now[0] += time - last
            now = at.get(id(_below(frame.parent)), now)
            last = clock()

        def call(frame: LuaFrame, instruction: LinkedInstruction, line: int, _: Any) -> Any:
            self.began = clock()
            handler, a, b, c = instruction
            return handler(frame, a, b, c)

        def tail_call(frame: LuaFrame, instruction: LinkedInstruction, line: int, _: Any) -> Any:
            self.began = clock()
            handler, a, b, c = instruction
            outcome = handler(frame, a, b, c)
            if outcome.__class__ is Return:  # a native was called, and that is all
                left(frame)
            return outcome

        def end() -> None:
            now[0] += clock() - last

        return enter, begin, leave, call, tail_call, end

    def _enter(self, frame: LuaFrame, calls: dict[int, Call]) -> Call:
        below = _below(frame.parent)
        within = calls.get(id(below))
        is_called = below is not None and frame.parent is below and not frame.tail_calls
        prototype = frame.closure.linked.prototype
        depth = 0 if within is None else within.depth + 1
        if within is not None and depth >= self._deepest:
            return within
        place = below.pc - 1 if is_called and below is not None else -1
        inside = self.base if within is None else within.inside
        call = inside.get((id(prototype), place))
        if call is None:
            caller = within.prototype if is_called and within is not None else None
            call = inside[id(prototype), place] = Call(prototype, caller, place, depth)
        call.count += 1
        return call


def _below(frame: Frame | None) -> LuaFrame | None:
    """The innermost Lua function from a frame on."""
    if frame.__class__ is LuaFrame:
        return frame
    return next((one for one in chain(frame) if isinstance(one, LuaFrame)), None)


def _noted(
    linked: LinkedPrototype, enter: Any, begin: Any, leave: Any, call: Any, tail_call: Any
) -> list[LinkedInstruction]:
    """The code of a function, with what reads the clock."""
    prototype, code = linked.prototype, list(linked.instructions)
    lines = prototype.lines
    for pc, sources in enumerate(sources_of(prototype)):
        opcode = _OPCODES[prototype.code[pc][0]]
        if opcode is Opcode.RETURN:
            note = leave
        elif any(lines[source] != lines[pc] for source in sources):
            note = begin
        else:
            note = {Opcode.CALL: call, Opcode.TAILCALL: tail_call}.get(opcode)
        if pc == 0:
            note = enter
        if note is not None:
            code[pc] = (note, code[pc], lines[pc], None)
    return code
