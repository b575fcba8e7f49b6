"""Which instructions were executed, in all runs of a machine together: for a host that covers what scripts do.

It stands in the place of a profile (`MachineRuntime.profile`), so an ordinary run is not slowed by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from ferrous_vm.bytecode.module import Prototype
from ferrous_vm.errors import LimitExceeded
from ferrous_vm.machine.frames import LuaFrame
from ferrous_vm.machine.heap import Heap
from ferrous_vm.machine.machine import Machine, Status
from ferrous_vm.machine.stack import trace

_CHECK_INTERVAL: Final = 1_000
"""Steps between two looks at the limits."""


class Executed:
    """Counts by function and instruction. A function is counted once it is known: `known` has a name for each, by the
    identity of its prototype, which whoever names it keeps alive."""

    def __init__(self, target: Callable[[Prototype, int], int | None]) -> None:
        """`target(prototype, pc)` says where a conditional jump leads, None for what is none."""
        self._target = target
        self.known: dict[int, Any] = {}
        self.executed: Counter[tuple[Any, int]] = Counter()
        self.jumped: Counter[tuple[Any, int]] = Counter()

    def run(self, machine: Machine, heap: Heap) -> None:
        """Runs a machine that has begun, to its end. Raises LimitExceeded, with its traceback."""
        waiting: dict[int, tuple[LuaFrame, int, int]] = {}
        steps = 0
        try:
            while machine.status is Status.RUNNING:
                if machine.pending is None:
                    self._count(machine.frame, waiting)
                machine.step()
                steps += 1
                if steps % _CHECK_INTERVAL == 0 and machine.status is Status.RUNNING:
                    machine.check_limits()
        except LimitExceeded as error:
            error.traceback = error.traceback or trace(machine.frame, raised_in_native=False)
            raise

    def _count(self, frame: LuaFrame, waiting: dict[int, tuple[LuaFrame, int, int]]) -> None:
        """The instruction that is next. `waiting` has, by frame, the conditional jump it executed last."""
        prototype = frame.closure.linked.prototype
        name = self.known.get(id(prototype))
        if name is None:
            return
        pc = frame.pc
        self.executed[name, pc] += 1
        before = waiting.pop(id(frame), None)
        if before is not None and before[1] == pc:
            self.jumped[name, before[2]] += 1
        target = self._target(prototype, pc)
        if target is not None:
            waiting[id(frame)] = (frame, target, pc)
