"""Giving a variable another value in the middle of a recorded run, or carrying out a command.

What is done at a moment is done again whenever the run comes to it, as if it stood there in the script: an expression
is evaluated anew, what else it does belongs to the step that leads to the moment, and all is taken back with that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from ferrous_vm.errors import EvaluationFailed
from ferrous_vm.machine import writes
from ferrous_vm.machine.frames import Frame, LuaFrame, chain
from ferrous_vm.machine.inspection import ValueView, describe, scope
from ferrous_vm.machine.transaction import Inverse
from ferrous_vm.values.tables import Table

if TYPE_CHECKING:
    from ferrous_vm.machine.machine import Machine
    from ferrous_vm.machine.pending import Values

Value = Any
Evaluate = Callable[[bytes, Frame | None, bool], "Values"]
"""The results of an expression in a frame that waits, or goes on next. Raises EvaluationFailed."""


class Setting(NamedTuple):
    """A variable of the frame `level` at a moment, or the field of a table to which `path` leads from it, becomes what
    `expression` is worth there."""

    moment: int
    level: int
    name: bytes
    path: tuple[Value, ...]
    expression: bytes
    shown: ValueView = describe(None)
    """What that was when it was tried."""


class Typed(NamedTuple):
    """Commands that a person typed at a moment are carried out, as if the script issued them."""

    moment: int
    commands: tuple[tuple[bytes, ...], ...]


Issue = Callable[[list[bytes]], object]
"""Carries out a command of the script."""


class Settings:
    """What is set, and carried out, in the course of one run of a machine."""

    def __init__(
        self, machine: Machine, evaluate: Evaluate, issue: Issue, settings: tuple[Setting | Typed, ...]
    ) -> None:
        self._machine = machine
        self._evaluate = evaluate
        self._issue = issue
        self._settings: defaultdict[int, list[Setting | Typed]] = defaultdict(list)
        for setting in settings:
            self._settings[setting.moment].append(setting)

    def carry_out(self, moment: int) -> None:
        """Does what is done at this moment. What fails as it is tried is not among that; but the run may be another
        than it was then."""
        for setting in self._settings.get(moment, ()):
            if isinstance(setting, Typed):
                for command in setting.commands:
                    self._issue(list(command))
                continue
            frame = next(islice(chain(self._machine.frame), setting.level, None), None)
            with suppress(EvaluationFailed):
                assign(self._machine, setting, self._evaluate(setting.expression, frame, setting.level > 0))

    def steps_from(self, moment: int, most: int) -> int:
        """How many steps may be taken until the next moment at which something is done, at most so many."""
        return min((at - moment for at in self._settings if moment < at < moment + most), default=most)


def assign(machine: Machine, setting: Setting, results: Values) -> bool:
    """Sets it to the first of the results; False where there is no such variable or table."""
    value = results[0] if results else None
    top = machine.frame
    frame = next(islice(chain(top), setting.level, None), None)
    upvalue = scope(frame, frame is not top).get(setting.name) if isinstance(frame, LuaFrame) else None
    if upvalue is None:
        return False
    if not setting.path:
        writes.record(_swap, upvalue.slots, upvalue.index, upvalue.slots[upvalue.index])
        upvalue.slots[upvalue.index] = value
        return True
    table = upvalue.slots[upvalue.index]
    for key in setting.path[:-1]:
        table = table.get(key) if isinstance(table, Table) else None
    key = setting.path[-1]
    if not isinstance(table, Table) or table.readonly or key is None or key != key:
        return False
    table.put(key, value)
    return True


def _swap(slots: list[Value], index: int, value: Value) -> Inverse:
    now = slots[index]
    slots[index] = value
    return _swap, (slots, index, now)
