"""Python's operators on tables with a metatable: each reaches its metamethod, or raises TypeError.

The translator writes Lua's operators as Python's; what is not a number or a numeral ends here.
"""

from __future__ import annotations

from typing import Any, TypeVar

from ferrous_vm.values import functions
from ferrous_vm.values.booleans import FALSE
from ferrous_vm.values.metamethods import CALL, LE, LT, UNM, binary_handler, comparison_handler, handler_of
from ferrous_vm.values.numbers import text_to_number
from ferrous_vm.values.strings import LuaString, numeral_refused
from ferrous_vm.values.types import FUNCTION_CLASSES

Value = Any
T = TypeVar("T", bound=type)

_ARITHMETIC = {
    "add": b"__add",
    "sub": b"__sub",
    "mul": b"__mul",
    "truediv": b"__div",
    "mod": b"__mod",
    "pow": b"__pow",
}
"""Python's name of each binary operator, and Lua's."""


def _binary(event: bytes, a: Value, b: Value) -> Value:
    handler = binary_handler(a, b, event)
    if handler is None:
        return NotImplemented
    return functions.first(functions.invoke(handler, (a, b)))


def _reflected(event: bytes, a: Value, b: Value) -> Value:
    result = _binary(event, a, b)
    if result is NotImplemented and type(a) is LuaString and text_to_number(a) is not None:
        raise numeral_refused(b)
    return result


def _less(a: Value, b: Value) -> Value:
    handler = comparison_handler(a, b, LT)
    if handler is None:
        return NotImplemented
    return _truth(functions.invoke(handler, (a, b)))


def _less_or_equal(a: Value, b: Value) -> Value:
    handler = comparison_handler(a, b, LE)
    if handler is not None:
        return _truth(functions.invoke(handler, (a, b)))
    handler = comparison_handler(b, a, LT)
    if handler is None:
        return NotImplemented
    return not _truth(functions.invoke(handler, (b, a)))


def _truth(results: Value) -> bool:
    result = functions.first(results)
    return result is not None and result is not FALSE


def _negate(self: Value) -> Value:
    handler = handler_of(self, UNM)
    if handler is None:
        raise TypeError(f"bad operand type for unary -: '{type(self).__name__}'")
    return functions.first(functions.invoke(handler, (self, self)))


def _call(self: Value, *args: Value) -> Value:
    handler = handler_of(self, CALL)
    if type(handler) not in FUNCTION_CLASSES:  # which may not be callable only (`tryfuncTM`)
        raise TypeError(f"'{type(self).__name__}' object is not callable")
    return functions.invoke(handler, (self, *args))


def with_metamethods(kind: T) -> T:
    """Adds Lua's operators to a class of values that have a metatable."""
    for name, event in _ARITHMETIC.items():
        setattr(kind, f"__{name}__", lambda self, other, event=event: _binary(event, self, other))
        setattr(kind, f"__r{name}__", lambda self, other, event=event: _reflected(event, other, self))
    for name, method in {
        "lt": _less,
        "le": _less_or_equal,
        "gt": lambda self, other: _less(other, self),
        "ge": lambda self, other: _less_or_equal(other, self),
        "neg": _negate,
        "call": _call,
    }.items():
        setattr(kind, f"__{name}__", method)
    return kind
