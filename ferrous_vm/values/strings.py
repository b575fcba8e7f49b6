"""Lua strings: bytes, with Lua's operators.

Equality, hash and order are those of bytes, at C speed. Python's `+ - * / % **` and unary minus coerce numerals as Lua
does (manual section 2.2.1), then try the metamethod; what fails is a TypeError, which the translator words as Lua.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, Final, final

from ferrous_vm.values import functions
from ferrous_vm.values.numbers import divide, modulo, number_to_text, power, text_to_number

Value = Any

current_metatable: Value = None
"""The metatable of all strings: a Table or None. The running engine sets it when a run begins."""


def _by_metamethod(event: bytes, a: Value, b: Value) -> Value:
    handler = current_metatable.get(event) if current_metatable is not None else None
    if handler is None:
        return NotImplemented
    return functions.first(functions.invoke(handler, (a, b)))


def numeral_refused(other: Value) -> TypeError:
    """What Python raises for arithmetic of a number and `other`: of a numeral it would blame the numeral."""
    return TypeError(f"unsupported operand type(s) for numeral: 'float' and '{type(other).__name__}'")


def _operator(
    event: bytes, compute: Callable[[float, float], float]
) -> tuple[Callable[[Value, Value], Value], Callable[[Value, Value], Value]]:
    """The method and the reflected method of one arithmetic operator."""

    def forward(self: LuaString, other: Value) -> Value:
        left = text_to_number(self)
        if left is not None:
            right = other if type(other) is float else text_to_number(other) if type(other) is LuaString else None
            if right is not None:
                return compute(left, right)
        result = _by_metamethod(event, self, other)
        if (
            result is NotImplemented
            and left is not None
            and (
                type(other) is LuaString or not hasattr(type(other), "__radd__")  # else Python asks the other operand
            )
        ):
            raise numeral_refused(other)
        return result

    def reflected(self: LuaString, other: Value) -> Value:
        if type(other) is float:
            right = text_to_number(self)
            if right is not None:
                return compute(other, right)
        return _by_metamethod(event, other, self)

    return forward, reflected


@final
class LuaString(bytes):
    """A Lua string. Immutable, compared and hashed by content."""

    __slots__ = ()

    __add__, __radd__ = _operator(b"__add", float.__add__)
    __sub__, __rsub__ = _operator(b"__sub", float.__sub__)
    __mul__, __rmul__ = _operator(b"__mul", float.__mul__)
    __truediv__, __rtruediv__ = _operator(b"__div", divide)
    __mod__, __rmod__ = _operator(b"__mod", modulo)
    __pow__, __rpow__ = _operator(b"__pow", power)

    def __neg__(self) -> Value:
        number = text_to_number(self)
        if number is not None:
            return -number
        result = _by_metamethod(b"__unm", self, self)
        if result is NotImplemented:
            raise TypeError("bad operand type for unary -: 'LuaString'")
        return result

    def __getitem__(self, key: Value) -> Value:
        """`string[key]` of Lua: through the strings' metatable; TypeError if they have no `__index`.

        An int or a slice is no Lua value: those come from our own code and index the bytes.
        """
        if key.__class__ is slice or key.__class__ is int:
            return bytes.__getitem__(self, key)
        handler = current_metatable.get(_INDEX) if current_metatable is not None else None
        if isinstance(handler, dict):
            return handler[key]
        if handler is None:
            raise TypeError("'LuaString' object is not subscriptable")
        return functions.first(functions.invoke(handler, (self, key)))

    def __call__(self, *args: Value) -> Value:
        handler = current_metatable.get(b"__call") if current_metatable is not None else None
        if type(handler) is not FunctionType:
            raise TypeError("'LuaString' object is not callable")
        return functions.invoke(handler, (self, *args))

    def __repr__(self) -> str:
        return f"LuaString({bytes(self)!r})"


_INDEX: Final = LuaString(b"__index")
EMPTY: Final = LuaString()


def number_string(number: float) -> LuaString:
    """A number converted to a string (`%.14g`)."""
    return LuaString(number_to_text(number))
