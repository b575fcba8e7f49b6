"""C boundaries: calls that Lua makes through its own C code, and counts (`nCcalls` and `luaD_call` of ldo.c)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import LuaError
from ferrous_vm.limits import C_CALL_DEPTH, C_CALL_DEPTH_IN_HANDLERS
from ferrous_vm.values.strings import LuaString

BELOW_MAIN: Final = 2
"""Boundaries open around the main function under `lua5.1`, whose main function is called by C that Lua called."""


def too_many_c_calls(depth: int) -> bool:
    """Whether a call that would be C boundary number `depth` is refused: at the limit, not beyond it.

    A coroutine resumed at the limit, or the handler of an error there, starts beyond it.
    """
    return depth == C_CALL_DEPTH or depth >= C_CALL_DEPTH_IN_HANDLERS


def c_stack_overflow(depth: int, level: int = 1) -> LuaError:
    """What refuses C boundary number `depth`; `level` is 0 where a native would open it."""
    if depth < C_CALL_DEPTH_IN_HANDLERS:
        return LuaError(LuaString(b"C stack overflow"), level)
    return LuaError(LuaString(b"error in error handling"))
