"""Giving a variable another value in the middle of a recorded run.

What is set at a moment is set again whenever the run passes it, before its instruction; and it is taken back with that.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from ferrous_vm.machine import writes
from ferrous_vm.machine.frames import LuaFrame, chain
from ferrous_vm.machine.inspection import scope
from ferrous_vm.machine.transaction import Inverse
from ferrous_vm.values.tables import Table

if TYPE_CHECKING:
    from ferrous_vm.machine.machine import Machine

Value = Any


class Setting(NamedTuple):
    """A variable of the frame `level` at a moment, or the field of a table to which `path` leads from it, and its
    value: nil, a boolean, a number or a string."""

    moment: int
    level: int
    name: bytes
    path: tuple[Value, ...]
    value: Value


def apply(machine: Machine, setting: Setting) -> bool:
    """Sets it; False where there is no such variable or table."""
    top = machine.frame
    frame = next(islice(chain(top), setting.level, None), None)
    upvalue = scope(frame, frame is not top).get(setting.name) if isinstance(frame, LuaFrame) else None
    if upvalue is None:
        return False
    if not setting.path:
        writes.record(_swap, upvalue.slots, upvalue.index, upvalue.slots[upvalue.index])
        upvalue.slots[upvalue.index] = setting.value
        return True
    table = upvalue.slots[upvalue.index]
    for key in setting.path[:-1]:
        table = table.get(key) if isinstance(table, Table) else None
    key = setting.path[-1]
    if not isinstance(table, Table) or table.readonly or key is None or key != key:
        return False
    table.put(key, setting.value)
    return True


def _swap(slots: list[Value], index: int, value: Value) -> Inverse:
    now = slots[index]
    slots[index] = value
    return _swap, (slots, index, now)
