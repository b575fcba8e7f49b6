"""How many C boundaries are open: calls that Lua makes through its C API, and Python through its own C code.

Lua limits them to 200 (`LUAI_MAXCCALLS`), which is also what the browser's stack survives under Pyodide.
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import LuaError
from ferrous_vm.limits import C_CALL_DEPTH
from ferrous_vm.values.boundaries import c_stack_overflow, too_many_c_calls
from ferrous_vm.values.strings import LuaString

OVERFLOW: Final = b"C stack overflow"


class Depth:
    """A counter of open boundaries; `enter` raises "C stack overflow" beyond the limit."""

    __slots__ = ("open",)

    def __init__(self) -> None:
        self.open = 0

    def enter(self) -> None:
        """One more boundary. Raises LuaError if that is one too many, and then it is not open."""
        depth = self.open + 1
        if depth >= C_CALL_DEPTH and too_many_c_calls(depth):
            raise c_stack_overflow(depth)
        self.open = depth

    def check(self) -> None:
        """Raises LuaError if one more boundary would be too many."""
        if self.is_full():
            raise c_stack_overflow(self.open + 1)

    def enter_coroutine(self) -> None:
        """One more coroutine resumed within others. Raises LuaError, without a position, if that is one too many."""
        if self.open >= C_CALL_DEPTH:
            raise LuaError(LuaString(OVERFLOW))
        self.open += 1

    def enter_handler(self) -> None:
        """One more boundary, for the handler of an error. Raises LuaError if that is one too many, but it is open: the
        handler of that error runs beyond it."""
        self.open += 1
        if too_many_c_calls(self.open):
            raise c_stack_overflow(self.open, level=0)

    def is_full(self) -> bool:
        """Whether one more boundary would be too many."""
        return too_many_c_calls(self.open + 1)

    def leave(self) -> None:
        """One boundary less."""
        self.open -= 1


DEPTH: Final = Depth()
"""The counter of the running engine: runs never overlap."""
