"""Errors: completed where they are raised, then carried outwards to the nearest native that catches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferrous_vm.errors import LuaError
from ferrous_vm.machine import stack
from ferrous_vm.machine.coroutines import kill_coroutine
from ferrous_vm.machine.frames import Frame, LuaFrame, NativeFrame
from ferrous_vm.machine.instructions.data import close_upvalues
from ferrous_vm.machine.natives import asked, finish, generator_of
from ferrous_vm.machine.pending import PendingOperation

if TYPE_CHECKING:
    from ferrous_vm.machine.machine import Machine


def fail(machine: Machine, error: LuaError, caller: Frame | None, raised_in_native: bool) -> PendingOperation | None:
    """Completes an error and unwinds. `caller` is level 1 of the error; see `stack.complete`.

    Answers what the native that caught it wants next; None if nobody did, and the run has failed.
    """
    error.__traceback__ = None
    if error.boundaries is None and machine.frame is not None:
        error.boundaries = machine.frame.boundaries
    stack.complete(error, caller, raised_in_native)
    if not error.traceback:
        error.traceback = stack.trace(caller, raised_in_native)
    if machine.on_error is None:
        return unwind(machine, error)
    follows = unwind(machine, error)
    machine.on_error(error, machine.failure is not error)
    return follows


def unwind(machine: Machine, error: LuaError) -> PendingOperation | None:
    """Takes frames off until a native catches the error, through coroutines to those that resumed them."""
    while True:
        frame = machine.frame
        if frame is None:
            if not kill_coroutine(machine):
                machine.failure = error
                return None
            error.boundaries = None  # those of the coroutine, which is gone
        elif isinstance(frame, LuaFrame):
            close_upvalues(frame, 0)
            _take_off(machine, frame)
        else:
            try:
                return throw(machine, frame, error)
            except LuaError as raised:
                raised.__traceback__ = None
                if raised is not error:
                    error = raised
                    stack.complete(error, frame.parent, raised_in_native=True)
                    error.traceback = error.traceback or stack.trace(frame.parent, raised_in_native=True)
                if error.boundaries is None:
                    error.boundaries = frame.boundaries
                _take_off(machine, frame)


def _take_off(machine: Machine, frame: Frame) -> None:
    """A frame that something still holds would hold all those around it, and Python frees 20,000 of them by nested
    calls, which the browser's stack does not survive. A recording goes back to them."""
    machine.frame = frame.parent
    if machine.history is None:
        frame.parent = None


def throw(machine: Machine, frame: NativeFrame, error: LuaError) -> PendingOperation | None:
    """Raises an error inside the native on top, where it waits. Raises the LuaError the native lets out.

    A native that catches it leaves a traceback, and that leads to this call, which holds the error and the stack: only
    Python's collector would find them, much later, and free the whole stack by nested calls.
    """
    error.__traceback__ = None
    try:
        yielded = generator_of(machine, frame, error).throw(error)
    except StopIteration as stop:
        error.__traceback__ = None
        return finish(machine, frame, stop.value)
    error.__traceback__ = None
    return asked(frame, yielded)
