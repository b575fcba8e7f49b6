"""Natives that are generators: what they yield, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ferrous_vm.errors import StateError
from ferrous_vm.machine.frames import NativeFrame, NativeGenerator
from ferrous_vm.machine.pending import Delivery, NativeCall, PendingOperation, Resumption, Suspension
from ferrous_vm.machine.rewinding import remake
from ferrous_vm.values.natives import Call, HandlerCall, Resume, Yield

if TYPE_CHECKING:
    from ferrous_vm.machine.machine import Machine


def finish(machine: Machine, frame: NativeFrame, value: Any) -> Delivery:
    """The native on top returned: its frame goes, its results arrive."""
    machine.frame = frame.parent
    return Delivery(value if value.__class__ is tuple else (value,), frame.context)


def generator_of(machine: Machine, frame: NativeFrame, given: Any) -> NativeGenerator:
    """The generator of a native that is about to be given something. In a recorded run that is remembered first."""
    generator = frame.generator
    if machine.history is not None:
        machine.history.keep(frame)
        generator = generator or remake(machine.history.transaction, frame)
        if frame.memory is not None:
            frame.memory.inputs.append(given)
    assert generator is not None
    return generator


def asked(frame: NativeFrame, yielded: Any) -> PendingOperation:
    """What a native yielded, as a pending operation. Raises StateError for anything but a request."""
    if frame.memory is not None:
        frame.memory.requests.append(yielded)
    kind = yielded.__class__
    if kind is Call:
        return NativeCall(yielded.function, yielded.args)
    if kind is HandlerCall:
        raised_at = yielded.error.boundaries
        return NativeCall(yielded.function, yielded.args, 1 if raised_at is None else raised_at + 1 - frame.boundaries)
    if kind is Resume:
        return Resumption(yielded.coroutine, yielded.args)
    if kind is Yield:
        return Suspension(yielded.values)
    raise StateError(f"a native yielded {kind.__name__}", "Call, Resume or Yield")
