"""Functions of Lua code as the machine holds them: linked code, upvalues, closures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, final

from ferrous_vm.bytecode.module import Prototype
from ferrous_vm.values.chains import BreakingList, breaks_due

if TYPE_CHECKING:
    from ferrous_vm.machine.frames import LuaFrame
    from ferrous_vm.machine.pending import PendingOperation

Value = Any

Handler = Callable[["LuaFrame", Any, Any, Any], "int | PendingOperation | None"]
"""One opcode. Answers None to go on with the next instruction, an int to go on there, or what it needs done."""

LinkedInstruction = tuple[Handler, Any, Any, Any]
"""An instruction ready to run: its handler, and its operands with constants, prototypes and contexts in place."""


@final
class LinkedPrototype:
    """A Prototype made ready to run. Linking needs no heap, so machines share it."""

    __slots__ = (
        "blank", "code", "instructions", "is_plain", "is_vararg", "needs_arg", "parameter_count", "prototype", "tail"
    )  # fmt: skip

    def __init__(self, prototype: Prototype, code: list[LinkedInstruction]) -> None:
        self.prototype: Final = prototype
        self.code: Final = code
        """What runs: the instructions, some of them perhaps replaced by what looks on (`stops.py`)."""
        self.instructions: Final = tuple(code)
        self.parameter_count: Final = prototype.parameter_count
        self.is_vararg: Final = prototype.is_vararg
        self.needs_arg: Final = prototype.needs_arg
        self.is_plain: Final = not (prototype.is_vararg or prototype.needs_arg)
        self.blank: Final[list[Value]] = [None] * prototype.register_count
        """The registers of a frame before anything is in them."""
        self.tail: Final[list[Value]] = [None] * (prototype.register_count - prototype.parameter_count)
        """The registers behind the parameters."""


@final
class Upvalue:
    """A captured local: `slots[index]`. Open, `slots` is the registers of its frame; closed, a list of its own."""

    __slots__ = ("index", "slots")

    def __init__(self, slots: list[Value], index: int) -> None:
        self.slots = slots
        self.index = index

    def close(self) -> None:
        """Moves the value out of the frame (`luaF_close`)."""
        value = self.slots[self.index]
        self.slots = BreakingList(value) if next(breaks_due) else [value]
        self.index = 0


@final
class Closure:
    """A Lua function: linked code, its upvalues, and the table its globals are in (`getfenv`)."""

    __slots__ = ("__weakref__", "address", "environment", "linked", "upvalues")
    address: int

    def __init__(self, linked: LinkedPrototype, upvalues: list[Upvalue], environment: Value) -> None:
        self.linked = linked
        self.upvalues = upvalues
        self.environment = environment
