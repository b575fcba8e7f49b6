"""Coroutines: each a thread with a chain of frames of its own (Lua 5.1 manual section 2.11, ldo.c lua_resume).

The threads that are running or waiting for one they resumed form a chain; the machine runs the last of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, final

from ferrous_vm.errors import LONGEST_TRACE, LuaError, TracePoint
from ferrous_vm.limits import C_CALL_DEPTH
from ferrous_vm.machine.frames import Frame, chain
from ferrous_vm.machine.pending import (
    FINISH_COROUTINE,
    SEND_TO_NATIVE,
    Delivery,
    FunctionCall,
    PendingOperation,
    Resumption,
    Suspension,
    Values,
)
from ferrous_vm.machine.stack import trace
from ferrous_vm.machine.transaction import Inverse
from ferrous_vm.machine.writes import record
from ferrous_vm.values.chains import postpone
from ferrous_vm.values.functions import Coroutine
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.types import register_class

if TYPE_CHECKING:
    from ferrous_vm.machine.machine import Machine

_MOST_NESTED: Final = 200
"""Frames that Python may free by nested calls."""

BASE_BOUNDARIES = 1
"""C boundaries below the body of a coroutine: its own `lua_resume`."""


@final
class Thread(Coroutine):
    """A coroutine of the machine, or its main program."""

    __slots__ = ("__weakref__", "body", "frame", "globals", "outer_boundaries", "resumer")

    def __init__(self, body: Any, globals_: Any) -> None:
        self.body = body
        """The function to run; None once it has started."""
        self.globals = globals_
        """What `getfenv(0)` answers inside it and `setfenv(0, table)` changes (`l_gt` of lstate.h)."""
        self.frame: Frame | None = None
        """The top frame while the thread does not run."""
        self.resumer: Thread | None = None
        """The thread that resumed this one and waits for it."""
        self.outer_boundaries = 0
        """C boundaries below this thread: those of the threads that wait for it (`lua_setlevel`)."""

    def __del__(self, postpone: Callable[[Any], None] = postpone) -> None:
        """A long stack is handed on, the innermost frame last: a list gives up its last first (`frames.release`)."""
        top, self.frame = self.frame, None
        if top is not None and top.depth > _MOST_NESTED:
            frames = list(chain(top))
            frames.reverse()
            postpone(frames)


register_class(Thread, b"thread")


def whole_trace(thread: Thread, frame: Frame | None) -> list[TracePoint]:
    """The trace from the top `frame` of the running `thread` on, and on from where each thread waits for the next."""
    points = trace(frame, raised_in_native=False)
    waiting = thread.resumer
    while waiting is not None and len(points) < LONGEST_TRACE:
        points += trace(waiting.frame, raised_in_native=False)
        waiting = waiting.resumer
    return points[:LONGEST_TRACE]


def status(machine: Machine, thread: Thread) -> bytes:
    """suspended, running, normal or dead (`coroutine.status`)."""
    if thread is machine.thread:
        return b"running"
    if thread.resumer is not None or thread is machine.main:
        return b"normal"
    return b"suspended" if thread.body is not None or thread.frame is not None else b"dead"


def resume(machine: Machine, operation: Resumption) -> PendingOperation:
    """Switches to a suspended coroutine and starts it, or delivers `args` to where it yielded.

    Raises LuaError for one that cannot be resumed.
    """
    thread: Thread = operation.coroutine
    found = status(machine, thread)
    if found != b"suspended":
        raise LuaError(LuaString(b"cannot resume %s coroutine" % found))
    outer_boundaries = machine.thread.outer_boundaries + machine.frame.boundaries
    if outer_boundaries >= C_CALL_DEPTH:
        raise LuaError(LuaString(b"C stack overflow"))
    thread.outer_boundaries = outer_boundaries
    _keep(thread)
    _keep(machine.thread)
    thread.resumer = machine.thread
    machine.switch_to(thread)
    if thread.body is not None:
        body, thread.body = thread.body, None
        return FunctionCall(body, operation.args, FINISH_COROUTINE)
    return Delivery(tuple(operation.args), SEND_TO_NATIVE)


def suspend(machine: Machine, operation: Suspension) -> PendingOperation:
    """Switches back to the resumer and delivers the yielded values there (`lua_yield`). LuaError where it may not."""
    if machine.thread is machine.main or machine.frame.boundaries > BASE_BOUNDARIES:
        raise LuaError(LuaString(b"attempt to yield across metamethod/C-call boundary"))
    _return_to_resumer(machine)
    return Delivery(operation.values, SEND_TO_NATIVE)


def finish_coroutine(machine: Machine, results: Values) -> PendingOperation:
    """The body returned: the coroutine is dead, its resumer gets the results."""
    _return_to_resumer(machine)
    return Delivery(results, SEND_TO_NATIVE)


def kill_coroutine(machine: Machine) -> bool:
    """An error left the running coroutine: it is dead, its resumer runs. False if there is none: the main program."""
    if machine.thread is machine.main:
        return False
    _return_to_resumer(machine)
    return True


def _return_to_resumer(machine: Machine) -> None:
    thread = machine.thread
    _keep(thread)
    resumer, thread.resumer = thread.resumer, None
    assert resumer is not None
    _keep(resumer)
    machine.switch_to(resumer)


def _keep(thread: Thread) -> None:
    """The thread is about to change hands: a transaction remembers how it was."""
    record(_swap, thread, thread.body, thread.frame, thread.resumer)


def _swap(thread: Thread, body: Any, frame: Frame | None, resumer: Thread | None) -> Inverse:
    now = (thread, thread.body, thread.frame, thread.resumer)
    thread.body = body
    thread.frame = frame
    thread.resumer = resumer
    return _swap, now
