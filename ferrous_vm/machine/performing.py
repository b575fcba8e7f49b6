"""Performing pending operations: one function for each. What it answers is performed next."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, GeneratorType
from typing import TYPE_CHECKING, Any, Final

from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import LuaError
from ferrous_vm.limits import LUA_CALL_DEPTH
from ferrous_vm.machine import coroutines, pending
from ferrous_vm.machine.closures import Closure
from ferrous_vm.machine.delivery import DELIVERIES, send
from ferrous_vm.machine.frames import LuaFrame, Memory, NativeFrame
from ferrous_vm.machine.instructions.calls import LARGE_STRING
from ferrous_vm.machine.instructions.data import close_upvalues
from ferrous_vm.machine.pending import (
    SEND_TO_NATIVE,
    Arguments,
    Concatenation,
    Continue,
    Delivery,
    FunctionCall,
    MetamethodCall,
    NativeCall,
    NativeStart,
    PendingOperation,
    Return,
    ReturnContext,
    Store,
    TailCall,
)
from ferrous_vm.machine.unwinding import fail
from ferrous_vm.values import operations
from ferrous_vm.values.boundaries import c_stack_overflow, too_many_c_calls
from ferrous_vm.values.metamethods import OperandError
from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

if TYPE_CHECKING:
    from ferrous_vm.machine.machine import Machine

Value = Any
Perform = Callable[["Machine", Any], PendingOperation | None]

MAIN_DEPTH: Final = 3
"""Frames up to the main function: those of `lua5.1`, whose main function is called by C."""

COROUTINE_DEPTH: Final = (2, coroutines.BASE_BOUNDARIES)
"""Frames up to the body of a coroutine, and C boundaries below it."""

_COUNT_KEY: Final = LuaString(b"n")


def call(machine: Machine, operation: FunctionCall) -> PendingOperation | None:
    """From Lua code, which is no C boundary. The usual case is written out: it is what programs do most."""
    function = operation.function
    if function.__class__ is Closure:
        linked = function.linked
        args = operation.args
        parent = machine.frame
        if linked.is_plain and len(args) == linked.parameter_count and parent is not None:
            depth = parent.depth + 1
            if depth <= LUA_CALL_DEPTH:
                registers = [*args, *linked.tail]
                context = operation.context
                machine.frame = LuaFrame(function, registers, (), context, parent, depth, parent.boundaries)
                return None
        enter(machine, function, args, operation.context, 0)
        return None
    return _call_any(machine, function, operation.args, operation.context, 0)


def call_metamethod(machine: Machine, operation: MetamethodCall) -> PendingOperation | None:
    """From inside an instruction: across a C boundary. An iterator is called the same way."""
    function = operation.function
    if function.__class__ is Closure:
        enter(machine, function, operation.args, operation.context, 1)
        return None
    return _call_any(machine, function, operation.args, operation.context, 1)


def call_from_native(machine: Machine, operation: NativeCall) -> PendingOperation | None:
    """From a native, which gets the results sent: across a C boundary."""
    function = operation.function
    if function.__class__ is Closure:
        enter(machine, function, operation.args, SEND_TO_NATIVE, operation.boundary)
        return None
    return _call_any(machine, function, operation.args, SEND_TO_NATIVE, operation.boundary)


def _call_any(
    machine: Machine, function: Value, args: Arguments, context: ReturnContext, boundary: int
) -> PendingOperation | None:
    """Calls whatever can be called."""
    if function.__class__ is Closure:
        enter(machine, function, args, context, boundary)
        return None
    caller = machine.frame
    if boundary and caller is not None:
        _check_boundaries(machine, caller.boundaries + boundary)
    if function.__class__ is not FunctionType:
        called = function
        try:
            function, prepend = operations.callee(called)
        except OperandError as error:
            raise LuaError(error.value, level=1) from None
        return _call_any(machine, function, (called, *args) if prepend else args, context, boundary)
    machine.boundary = boundary
    try:
        results = function(*args)
    except LuaError as error:
        if boundary and caller is not None:
            error.boundaries = caller.boundaries + boundary
        return fail(machine, error, caller, raised_in_native=True)
    finally:
        machine.boundary = 0
    if results.__class__ is GeneratorType:
        return NativeStart(function, tuple(args), results, context, boundary)
    return Delivery(results if results.__class__ is tuple else (results,), context)


def start_native(machine: Machine, operation: NativeStart) -> PendingOperation | None:
    """Puts a native on top and lets it run to what it yields first."""
    parent = machine.frame
    depth, boundaries = _depth_above(machine, operation.boundary)
    frame = NativeFrame(
        operation.function, operation.args, operation.generator, operation.context, parent, depth, boundaries
    )
    if machine.history is not None:
        frame.memory = Memory()
    machine.frame = frame
    return send(machine, frame, None)


def enter(machine: Machine, closure: Closure, args: Arguments, context: ReturnContext, boundary: int) -> None:
    """Puts a frame for a Lua function on top, its parameters filled."""
    parent = machine.frame
    linked = closure.linked
    count = linked.parameter_count
    varargs: tuple[Value, ...] = ()
    if len(args) == count:
        registers = [*args, *linked.tail]
    elif len(args) < count:
        registers = [*args, *linked.blank[len(args) :]]
    else:
        registers = [*args[:count], *linked.tail]
        if linked.is_vararg:
            varargs = tuple(args[count:])
    if linked.needs_arg:
        registers[count] = _argument_table(varargs)
    depth, boundaries = _depth_above(machine, boundary)
    machine.frame = LuaFrame(closure, registers, varargs, context, parent, depth, boundaries)


def _depth_above(machine: Machine, boundary: int) -> tuple[int, int]:
    """Depth and C boundaries of a frame on top of the present one. Raises LuaError if either is too deep."""
    parent = machine.frame
    if parent is None:
        return (MAIN_DEPTH, machine.boundaries_below_main) if machine.thread is machine.main else COROUTINE_DEPTH
    depth: int = parent.depth + 1
    boundaries: int = parent.boundaries + boundary
    if depth > LUA_CALL_DEPTH:
        raise LuaError(LuaString(b"stack overflow"), level=1)
    if boundary:
        _check_boundaries(machine, boundaries)
    return depth, boundaries


def _check_boundaries(machine: Machine, boundaries: int) -> None:
    """Raises LuaError if the running thread may not open that many C boundaries."""
    if too_many_c_calls(machine.thread.outer_boundaries + boundaries):
        error = c_stack_overflow(machine.thread.outer_boundaries + boundaries)
        error.boundaries = boundaries
        raise error


def _argument_table(varargs: tuple[Value, ...]) -> Table:
    """The table `arg` of a vararg function that does not use `...` (LUA_COMPAT_VARARG)."""
    table = Table.allocated(len(varargs), 1)
    table.set_list(1, varargs)
    table.put(_COUNT_KEY, float(len(varargs)))
    return table


def tail_call(machine: Machine, operation: TailCall) -> PendingOperation | None:
    """The frame on top goes; the callee's results go where its own would have gone."""
    frame: LuaFrame = machine.frame
    function = operation.function
    close_upvalues(frame, 0)
    machine.frame = frame.parent
    try:
        enter(machine, function, operation.args, frame.context, 0)
    except LuaError:
        machine.frame = frame
        raise
    entered: LuaFrame = machine.frame
    entered.depth = frame.depth
    entered.boundaries = frame.boundaries
    entered.tail_calls = frame.tail_calls + 1
    return None


def leave(machine: Machine, operation: Return) -> PendingOperation | None:
    """The frame on top ends; its results go where its context says."""
    frame: LuaFrame = machine.frame
    if frame.open_upvalues:
        close_upvalues(frame, 0)
    parent: Any = frame.parent
    machine.frame = parent
    context = frame.context
    if machine.history is not None:
        machine.history.keep(parent)
    elif context.__class__ is Store and context.count == 1:
        results = operation.results
        parent.registers[context.register] = results[0] if results else None
        return None
    return DELIVERIES[context.__class__](machine, context, operation.results)


def deliver(machine: Machine, operation: Delivery) -> PendingOperation | None:
    """Results arrive; large strings among them are counted at once, not at the next check."""
    for value in operation.results:
        if value.__class__ is LuaString and len(value) > LARGE_STRING:
            machine.count_bytes(len(value))
    if machine.history is not None:
        machine.history.keep(machine.frame)
    return DELIVERIES[operation.context.__class__](machine, operation.context, operation.results)


def concatenate(machine: Machine, operation: Concatenation) -> PendingOperation | None:
    """Joins from the right; where a metamethod is needed, the rest is ordered after its call (`luaV_concat`)."""
    values = list(operation.values)
    while len(values) > 1:
        if _is_text(values[-1]) and _is_text(values[-2]):
            _join_texts(values)
            continue
        left = len(values) - 2
        try:
            outcome = operations.concatenate(values[left], values[left + 1])
        except OperandError as error:
            error.operand += left
            raise
        del values[left:]
        return MetamethodCall(outcome.function, outcome.args, Continue(Concatenation(values, operation.context)))
    return Delivery((values[0],), operation.context)


def _join_texts(values: list[Value]) -> None:
    """Replaces all strings and numbers at the end of the list by one string. Raises LimitExceeded."""
    start = len(values) - 2
    while start > 0 and _is_text(values[start - 1]):
        start -= 1
    texts = [number_to_text(value) if value.__class__ is float else value for value in values[start:]]
    values[start:] = [LuaString(PRESENT.join(texts))]


def _is_text(value: Value) -> bool:
    return value.__class__ is LuaString or value.__class__ is float


PERFORMERS: Final[dict[type[PendingOperation], Perform]] = {
    pending.FunctionCall: call,
    pending.TailCall: tail_call,
    pending.MetamethodCall: call_metamethod,
    pending.IteratorCall: call_metamethod,
    pending.NativeCall: call_from_native,
    pending.NativeStart: start_native,
    pending.Concatenation: concatenate,
    pending.Return: leave,
    pending.Delivery: deliver,
    pending.Resumption: coroutines.resume,
    pending.Suspension: coroutines.suspend,
}
if set(PERFORMERS) != set(pending.OPERATIONS):
    raise ValueError("a pending operation has no performer")
