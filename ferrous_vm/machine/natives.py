"""Natives that are generators: what they yield, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ferrous_vm.errors import StateError
from ferrous_vm.machine.frames import NativeFrame
from ferrous_vm.machine.pending import Delivery, NativeCall, PendingOperation, Resumption, Suspension
from ferrous_vm.values.natives import Call, Resume, Yield

if TYPE_CHECKING:
    from ferrous_vm.machine.machine import Machine


def finish(machine: Machine, frame: NativeFrame, value: Any) -> Delivery:
    """The native on top returned: its frame goes, its results arrive."""
    machine.frame = frame.parent
    return Delivery(value if value.__class__ is tuple else (value,), frame.context)


def asked(yielded: Any) -> PendingOperation:
    """What a native yielded, as a pending operation."""
    kind = yielded.__class__
    if isinstance(yielded, Call):
        return NativeCall(yielded.function, yielded.args)
    if kind is Resume:
        return Resumption(yielded.coroutine, yielded.args)
    if kind is Yield:
        return Suspension(yielded.values)
    raise StateError(f"a native yielded {kind.__name__}", "Call, Resume or Yield")
