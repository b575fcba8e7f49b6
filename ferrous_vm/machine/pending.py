"""What the machine has yet to do, and where a result goes: two closed sets.

Nothing in an instruction or a native calls Lua code. It *names* the call it needs, as a pending operation; the machine
performs it; and the results are delivered where the operation's return context says. That is why the machine never
re-enters itself, and why errors, coroutines and stepping back see one flat chain of frames.

`OPERATIONS` gives each operation its priority. No operation exists to repair another.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, ClassVar, Final

Value = Any
Values = tuple[Value, ...]
"""Results."""
Arguments = Sequence[Value]


class Priority(Enum):
    """When an operation is performed, seen from the instruction that named it."""

    IMMEDIATE = "before the instruction that named it is complete: a native waits for it in the middle of its call"
    DEFERRED = "after the instruction that named it is complete, before the next one"
    ORDERED = "after the operation whose return context holds it has delivered its result"


# ---------------------------------------------------------------------------------------------- return contexts


class ReturnContext:
    """Where the results of a call go. Those of an instruction are made once, when its code is linked."""

    __slots__ = ()


class Store(ReturnContext):
    """`count` results into registers from `register` on, padded with nil."""

    __slots__ = ("count", "pc", "register")

    def __init__(self, register: int, count: int, pc: int = 0) -> None:
        self.register = register
        self.count = count
        self.pc = pc
        """The index of the instruction after the call."""


class StoreOpen(ReturnContext):
    """All results become the open values of the frame, standing from `register` on (CALL or VARARG without a count)."""

    __slots__ = ("pc", "register")

    def __init__(self, register: int, pc: int) -> None:
        self.register = register
        self.pc = pc
        """The index of the instruction after the call."""


class Discard(ReturnContext):
    """Nowhere: the results of `__newindex`."""

    __slots__ = ()


class Branch(ReturnContext):
    """The first result's truth decides where the frame goes on: at `target` if it equals `truth`, else at the next
    instruction (a comparison by metamethod)."""

    __slots__ = ("target", "truth")

    def __init__(self, truth: bool, target: int) -> None:
        self.truth = truth
        self.target = target


class Iterate(ReturnContext):
    """The results become the variables of a generic `for`, from `register` on, and the loop goes on at `body` with the
    control variable set; a nil first one ends it, and the frame goes on at the next instruction."""

    __slots__ = ("body", "count", "pc", "register")

    def __init__(self, register: int, count: int, body: int, pc: int) -> None:
        self.register = register
        self.count = count
        self.body = body
        self.pc = pc
        """The index of the instruction after the loop."""


class ReturnOnward(ReturnContext):
    """The results are those of the frame itself: it called a native in tail position."""

    __slots__ = ()


class SendToNative(ReturnContext):
    """The results are sent into the native on top of the frames, which named the call."""

    __slots__ = ()


class Continue(ReturnContext):
    """The first result goes into `operation`, which was ordered after this call and is performed now."""

    __slots__ = ("operation",)

    def __init__(self, operation: Concatenation) -> None:
        self.operation = operation


class FinishCoroutine(ReturnContext):
    """The body of a coroutine ended: the results go to whoever resumed it."""

    __slots__ = ()


class FinishRun(ReturnContext):
    """The results of the run, for the host."""

    __slots__ = ()


CONTEXTS: Final = (
    Store,
    StoreOpen,
    Discard,
    Branch,
    Iterate,
    ReturnOnward,
    SendToNative,
    Continue,
    FinishCoroutine,
    FinishRun,
)
"""Every return context. `delivery.DELIVERIES` has one function for each; a missing one fails at import."""

DISCARD: Final = Discard()
RETURN_ONWARD: Final = ReturnOnward()
SEND_TO_NATIVE: Final = SendToNative()
FINISH_COROUTINE: Final = FinishCoroutine()
FINISH_RUN: Final = FinishRun()

# ------------------------------------------------------------------------------------------- pending operations


class PendingOperation:
    """Something the machine does between two instructions."""

    __slots__ = ()
    priority: ClassVar[Priority]


class FunctionCall(PendingOperation):
    """CALL: `function` with `args`, from Lua code."""

    __slots__ = ("args", "context", "function")
    priority = Priority.DEFERRED

    def __init__(self, function: Value, args: Arguments, context: ReturnContext) -> None:
        self.function = function
        self.args = args
        self.context = context


class TailCall(PendingOperation):
    """TAILCALL: the frame on top is replaced by a call of `function` with `args`."""

    __slots__ = ("args", "function")
    priority = Priority.DEFERRED

    def __init__(self, function: Value, args: Arguments) -> None:
        self.function = function
        self.args = args


class MetamethodCall(PendingOperation):
    """A metamethod, across a C boundary (`luaT_gettmbyobj` and `luaD_call` in lvm.c)."""

    __slots__ = ("args", "context", "function")
    priority = Priority.DEFERRED

    def __init__(self, function: Value, args: Arguments, context: ReturnContext) -> None:
        self.function = function
        self.args = args
        self.context = context


class IteratorCall(PendingOperation):
    """TFORLOOP: the iterator of a generic `for`, across a C boundary (`luaD_call` in lvm.c)."""

    __slots__ = ("args", "context", "function")
    priority = Priority.DEFERRED

    def __init__(self, function: Value, args: Arguments, context: ReturnContext) -> None:
        self.function = function
        self.args = args
        self.context = context


class NativeCall(PendingOperation):
    """A call named by the native on top of the frames (`lua_call`), across `boundary` C boundaries: one, or for the
    handler of an error those that were open where it was raised, too."""

    __slots__ = ("args", "boundary", "function")
    priority = Priority.IMMEDIATE

    def __init__(self, function: Value, args: Arguments, boundary: int = 1) -> None:
        self.function = function
        self.args = args
        self.boundary = boundary


class NativeStart(PendingOperation):
    """A native was called and is a generator: it becomes a frame and runs to what it yields first."""

    __slots__ = ("args", "boundary", "context", "function", "generator")
    priority = Priority.IMMEDIATE

    def __init__(self, function: Value, args: Values, generator: Any, context: ReturnContext, boundary: int) -> None:
        self.function = function
        self.args = args
        self.generator = generator
        self.context = context
        self.boundary = boundary


class Concatenation(PendingOperation):
    """CONCAT: joins `values` from the right, as lvm.c does. Where two of them need a metamethod it is ordered after
    that call, whose result takes their place."""

    __slots__ = ("context", "values")
    priority = Priority.ORDERED

    def __init__(self, values: list[Value], context: ReturnContext) -> None:
        self.values = values
        self.context = context


class Return(PendingOperation):
    """The frame on top ends with `results`."""

    __slots__ = ("results",)
    priority = Priority.DEFERRED

    def __init__(self, results: Values) -> None:
        self.results = results


class Delivery(PendingOperation):
    """`results` arrive where `context` says, seen from the frame on top."""

    __slots__ = ("context", "results")
    priority = Priority.IMMEDIATE

    def __init__(self, results: Values, context: ReturnContext) -> None:
        self.results = results
        self.context = context


class Resumption(PendingOperation):
    """The native on top of the frames resumes `coroutine` with `args` (`lua_resume`)."""

    __slots__ = ("args", "coroutine")
    priority = Priority.IMMEDIATE

    def __init__(self, coroutine: Value, args: Arguments) -> None:
        self.coroutine = coroutine
        self.args = args


class Suspension(PendingOperation):
    """The native on top of the frames suspends the running coroutine with `values` (`lua_yield`)."""

    __slots__ = ("values",)
    priority = Priority.IMMEDIATE

    def __init__(self, values: Values) -> None:
        self.values = values


OPERATIONS: Final = (
    FunctionCall,
    TailCall,
    MetamethodCall,
    IteratorCall,
    NativeCall,
    NativeStart,
    Concatenation,
    Return,
    Delivery,
    Resumption,
    Suspension,
)
"""Every pending operation. `performing.PERFORMERS` has one function for each; a missing one fails at import."""
