"""What an operation of `values` answered, brought to where an instruction wants it."""

from __future__ import annotations

from typing import Any

from ferrous_vm.machine.frames import LuaFrame
from ferrous_vm.machine.pending import MetamethodCall, Store
from ferrous_vm.values.natives import Call


def store(frame: LuaFrame, register: int, outcome: Any) -> MetamethodCall | None:
    """Puts the value of an operation into a register, or answers the call it needs, to be stored there."""
    if outcome.__class__ is Call:
        return MetamethodCall(outcome.function, outcome.args, Store(register, 1))
    frame.registers[register] = outcome
    return None
