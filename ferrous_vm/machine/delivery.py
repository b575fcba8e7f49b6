"""Delivering results: one function for each return context."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ferrous_vm.errors import LuaError
from ferrous_vm.machine import pending
from ferrous_vm.machine.coroutines import finish_coroutine
from ferrous_vm.machine.frames import LuaFrame, NativeFrame
from ferrous_vm.machine.instructions.control import padded
from ferrous_vm.machine.natives import asked, finish, generator_of
from ferrous_vm.machine.pending import (
    Branch,
    Concatenation,
    Continue,
    Iterate,
    PendingOperation,
    Return,
    ReturnContext,
    Store,
    StoreOpen,
    Values,
)
from ferrous_vm.machine.unwinding import fail
from ferrous_vm.values.booleans import FALSE

if TYPE_CHECKING:
    from ferrous_vm.machine.machine import Machine

Deliver = Callable[["Machine", Any, Values], PendingOperation | None]


def to_registers(machine: Machine, context: Store, results: Values) -> None:
    """`count` registers of the frame on top."""
    frame: LuaFrame = machine.frame
    count = context.count
    if count == 1:
        frame.registers[context.register] = results[0] if results else None
    elif count:
        register = context.register
        frame.registers[register : register + count] = padded(results, count)


def to_open_values(machine: Machine, context: StoreOpen, results: Values) -> None:
    """The open values of the frame on top."""
    frame: LuaFrame = machine.frame
    frame.open_values = results
    frame.open_register = context.register


def to_nowhere(machine: Machine, context: ReturnContext, results: Values) -> None:
    """Drops them."""


def to_branch(machine: Machine, context: Branch, results: Values) -> None:
    """The first result decides whether the comparison jumps."""
    truth = bool(results) and results[0] is not None and results[0] is not FALSE
    if truth is context.truth:
        machine.frame.pc = context.target


def to_loop(machine: Machine, context: Iterate, results: Values) -> None:
    """The variables of a generic `for`."""
    frame: LuaFrame = machine.frame
    if not results or results[0] is None:
        return
    register = context.register
    frame.registers[register : register + context.count] = padded(results, context.count)
    frame.registers[register - 1] = results[0]
    frame.pc = context.body


def onward(machine: Machine, context: ReturnContext, results: Values) -> Return:
    """The frame on top returns them itself."""
    return Return(results)


def send(machine: Machine, frame: NativeFrame, results: Values | None) -> PendingOperation | None:
    """Lets the native on top go on with what it asked for (None starts it)."""
    try:
        if machine.history is None:
            yielded = frame.generator.send(results)  # type: ignore[union-attr]
        else:
            yielded = generator_of(machine, frame, results).send(results)
    except StopIteration as stop:
        return finish(machine, frame, stop.value)
    except LuaError as error:
        return fail(machine, error, frame.parent, raised_in_native=True)
    return asked(frame, yielded)


def to_native(machine: Machine, context: ReturnContext, results: Values) -> PendingOperation | None:
    """Into the native on top."""
    frame: NativeFrame = machine.frame
    return send(machine, frame, results)


def to_operation(machine: Machine, context: Continue, results: Values) -> PendingOperation:
    """The operation that was ordered after the call takes the first result as its last value."""
    operation = context.operation
    return Concatenation([*operation.values, results[0] if results else None], operation.context)


def to_resumer(machine: Machine, context: ReturnContext, results: Values) -> PendingOperation:
    """The coroutine is dead; whoever resumed it gets them."""
    return finish_coroutine(machine, results)


def to_host(machine: Machine, context: ReturnContext, results: Values) -> None:
    """The run is over."""
    machine.results = results


DELIVERIES: Final[dict[type[ReturnContext], Deliver]] = {
    pending.Store: to_registers,
    pending.StoreOpen: to_open_values,
    pending.Discard: to_nowhere,
    pending.Branch: to_branch,
    pending.Iterate: to_loop,
    pending.ReturnOnward: onward,
    pending.SendToNative: to_native,
    pending.Continue: to_operation,
    pending.FinishCoroutine: to_resumer,
    pending.FinishRun: to_host,
}
if set(DELIVERIES) != set(pending.CONTEXTS):
    raise ValueError("a return context has no delivery")
