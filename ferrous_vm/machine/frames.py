"""The call stack: a chain of frames, the innermost first.

A frame knows its caller and where its results go (`context`), so a stack is named by its top frame and a snapshot of it
costs nothing. Every frame is in one of two states: on top of its thread, or waiting for the frame above it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from operator import attrgetter
from typing import Any, final

from ferrous_vm.machine.closures import Closure, LinkedInstruction, Upvalue
from ferrous_vm.machine.pending import ReturnContext

Value = Any
NativeGenerator = Generator[Any, Any, Any]


@final
class LuaFrame:
    """A running Lua function. Anywhere in the stack; its instructions run only while it is on top.

    While it waits, or an error is handled, `pc` is the instruction after the one it is in. `passed` is unset but where
    stops are noted: index and line of the last instruction that left word (`stops.py`).
    """

    __slots__ = (
        "boundaries",
        "closure",
        "code",
        "context",
        "depth",
        "open_register",
        "open_upvalues",
        "open_values",
        "parent",
        "passed",
        "pc",
        "registers",
        "tail_calls",
        "varargs",
    )

    passed: tuple[int, int]

    def __init__(
        self,
        closure: Closure,
        registers: list[Value],
        varargs: tuple[Value, ...],
        context: ReturnContext,
        parent: Frame | None,
        depth: int,
        boundaries: int,
    ) -> None:
        self.closure = closure
        self.code: list[LinkedInstruction] = closure.linked.code
        self.registers = registers
        self.varargs = varargs
        self.context = context
        self.parent = parent
        self.depth = depth
        """Frames below this one, and those of the host (`size_ci` of lstate.h)."""
        self.boundaries = boundaries
        """C boundaries below this frame (`nCcalls`); a coroutine counts its own."""
        self.pc = 0
        self.open_values: tuple[Value, ...] = ()
        """What the last CALL or VARARG without a count left, standing from `open_register` on."""
        self.open_register = 0
        self.open_upvalues: dict[int, Upvalue] | None = None
        self.tail_calls = 0
        """Calls this frame has taken the place of."""

    @property
    def line(self) -> int:
        """The line of the instruction the frame is in."""
        return self.closure.linked.prototype.lines[self.pc - 1 if self.pc else 0]


@final
class Memory:
    """What a generator was sent (tuples; None first) or had thrown into it (errors), and what it yielded each time."""

    __slots__ = ("inputs", "requests")

    def __init__(self) -> None:
        self.inputs: list[Any] = []
        self.requests: list[Any] = []


@final
class NativeFrame:
    """A native that is a generator, waiting for what it yielded. Anywhere in the stack; advances only when on top."""

    __slots__ = (
        "args",
        "boundaries",
        "context",
        "depth",
        "function",
        "generator",
        "memory",
        "parent",
    )

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Value, ...],
        generator: NativeGenerator,
        context: ReturnContext,
        parent: Frame | None,
        depth: int,
        boundaries: int,
    ) -> None:
        self.function = function
        self.args = args
        self.generator: NativeGenerator | None = generator
        """None after stepping back over what it did, until `rewinding` makes it again."""
        self.context = context
        self.parent = parent
        self.depth = depth
        self.boundaries = boundaries
        self.memory: Memory | None = None
        """In a recorded run: what the generator got and asked for, so that it can be made again."""


Frame = LuaFrame | NativeFrame


def release(frames: list[Frame]) -> None:
    """Gives frames up of which nobody else holds any, or only with those around them: the inner ones go first. Each
    holds the one around it, and Python would free 20,000 of them by nested calls, which no browser's stack survives."""
    frames.sort(key=attrgetter("depth"))
    while frames:
        frames.pop()


def chain(frame: Frame | None) -> Iterator[Frame]:
    """The frames from `frame` outwards, to the base of its thread."""
    while frame is not None:
        yield frame
        frame = frame.parent
