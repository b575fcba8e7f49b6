"""Functions, coroutines and userdata as values, and how a metamethod is reached from a Python operator.

What engines add: their own function classes (`types.register_function_class`), their Coroutine subclass, and `invoke`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, Final

from ferrous_vm.errors import StateError

DECLARED: Final = "__ferrous_native__"
"""The attribute by which `natives.native` marks a function; what an engine binds keeps it."""

_GENERATOR: Final = 0x20
"""`inspect.CO_GENERATOR`, without importing that."""

Value = Any


class Coroutine:
    """A Lua thread; each engine has a subclass. Compared by identity."""

    __slots__ = ("address",)


class Userdata:
    """A host object a script can hold but not look into (Lua 5.1 manual section 2.2).

    `name` is what `tostring` shows when it is not None (`cjson.null` is a null pointer: ``userdata: (nil)``).
    """

    __slots__ = ("address", "metatable", "name")

    def __init__(self, name: bytes | None = None, metatable: Value = None) -> None:
        self.name = name
        self.metatable = metatable


class Proxy(Userdata):
    """The userdata of `newproxy`, the one kind that a script gives a finalizer."""

    __slots__ = ("finalized",)

    def __init__(self, metatable: Value = None) -> None:
        super().__init__(metatable=metatable)
        self.finalized = False
        """Whether a collection has found it unreachable (`FINALIZEDBIT`, lgc.h): its finalizer is called once."""


def _no_engine(function: Value, args: tuple[Value, ...]) -> Value:
    raise StateError("no engine is running", "an engine that set `functions.invoke`")


invoke: Callable[[Value, tuple[Value, ...]], Value] = _no_engine
"""Calls a Lua function from a Python operator (a metamethod). The running engine sets it; use it as
``functions.invoke(...)``. It counts toward C_CALL_DEPTH and answers `Results`."""


def is_native(function: Value) -> bool:
    """Whether a function value is a library's native (a C function, in Lua's words) and not a Lua function."""
    return isinstance(function, FunctionType) and DECLARED in function.__dict__


def calls_no_lua(function: Value) -> bool:
    """Whether a function value is a native that calls nothing: no generator, and without the Runtime."""
    if function.__class__ is not FunctionType:
        return False
    declared = function.__dict__.get(DECLARED)
    return declared is not None and not declared.context and not declared.function.__code__.co_flags & _GENERATOR


def gives_one(function: Value) -> bool:
    """Whether a value is a native whose every call that returns gives exactly one value, bare."""
    return isinstance(function, FunctionType) and DECLARED in function.__dict__ and function.__dict__[DECLARED].single


def packed(values: Sequence[Value]) -> Value:
    """`Results` of a sequence of values: bare for exactly one, else a tuple."""
    return values[0] if len(values) == 1 else tuple(values)


def first(results: Value) -> Value:
    """The first value of `Results`, nil if there is none."""
    if type(results) is tuple:
        return results[0] if results else None
    return results
