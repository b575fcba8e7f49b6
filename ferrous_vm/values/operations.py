"""What Lua's operators do, for both engines: an operation answers, or names the call it needs (lvm.c).

Each function returns the value (a Python bool for comparisons) or a `Call`, whose first result is the value; for
comparisons it is a `TruthCall`, whose result's truth is. It raises OperandError where an operand does not support the
operation, LuaError for comparisons.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ferrous_vm.errors import LuaError
from ferrous_vm.values.booleans import FALSE
from ferrous_vm.values.metamethods import (
    CALL,
    CONCAT,
    EQ,
    LE,
    LEN,
    LT,
    UNM,
    OperandError,
    assignment_beyond,
    binary_handler,
    comparison_handler,
    handler_of,
    index_beyond,
    metatable_of,
)
from ferrous_vm.values.natives import Call
from ferrous_vm.values.numbers import divide, modulo, number_to_text, power, text_to_number
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import TABLE_CLASSES, Table, check_key
from ferrous_vm.values.types import FUNCTION_CLASSES, type_name

Value = Any


class TruthCall(Call):
    """The call of a comparison's metamethod: the comparison is the truth of its first result, or its opposite."""

    __slots__ = ("negated",)

    def __init__(self, function: Value, args: tuple[Value, ...], negated: bool = False) -> None:
        super().__init__(function, args)
        self.negated = negated

    def truth(self, result: Value) -> bool:
        """What the comparison is, given the first result of the call."""
        return (result is None or result is FALSE) is self.negated


ARITHMETIC: Final[dict[bytes, tuple[LuaString, Callable[[float, float], float]]]] = {
    b"+": (LuaString(b"__add"), float.__add__),
    b"-": (LuaString(b"__sub"), float.__sub__),
    b"*": (LuaString(b"__mul"), float.__mul__),
    b"/": (LuaString(b"__div"), divide),
    b"%": (LuaString(b"__mod"), modulo),
    b"^": (LuaString(b"__pow"), power),
}
"""Every binary arithmetic operator: its metamethod and what it computes."""


def to_number(value: Value) -> float | None:
    """A number, or a string that is a numeral, as a number; else None (`luaV_tonumber`)."""
    if type(value) is float:
        return value
    return text_to_number(value) if type(value) is LuaString else None


def index(value: Value, key: Value) -> Value:
    """``value[key]``."""
    if type(value) in TABLE_CLASSES:
        found = value.get(key)
        if found is not None or value.metatable is None:
            return found
    return index_beyond(value, key)


def set_index(value: Value, key: Value, new: Value) -> Call | None:
    """``value[key] = new``; None when done, or the Call of `__newindex`."""
    if type(value) in TABLE_CLASSES:
        if key in value or value.readonly:
            value.put(key, new)
            return None
        check_key(key)
    return assignment_beyond(value, key, new)


def arithmetic(operator: bytes, a: Value, b: Value) -> Value:
    """``a operator b`` for ``+ - * / % ^``."""
    event, compute = ARITHMETIC[operator]
    left = to_number(a)
    if left is not None:
        right = to_number(b)
        if right is not None:
            return compute(left, right)
    handler = binary_handler(a, b, event)
    if handler is not None:
        return Call(handler, (a, b))
    wrong = 0 if left is None else 1
    raise OperandError(b"perform arithmetic on", wrong, type_name(b if wrong else a))


def negate(a: Value) -> Value:
    """``-a``."""
    number = to_number(a)
    if number is not None:
        return -number
    handler = handler_of(a, UNM)
    if handler is not None:
        return Call(handler, (a, a))
    raise OperandError(b"perform arithmetic on", 0, type_name(a))


def concatenate(a: Value, b: Value) -> Value:
    """``a .. b``."""
    left = _text_of(a)
    if left is not None:
        right = _text_of(b)
        if right is not None:
            return LuaString(b"".join((left, right)))
    handler = binary_handler(a, b, CONCAT)
    if handler is not None:
        return Call(handler, (a, b))
    wrong = 0 if left is None else 1
    raise OperandError(b"concatenate", wrong, type_name(b if wrong else a))


def _text_of(value: Value) -> bytes | None:
    if type(value) is LuaString:
        return value
    return number_to_text(value) if type(value) is float else None


def length(value: Value) -> Value:
    """``#value``; Lua 5.1 does not ask a table's `__len`."""
    if type(value) is LuaString:
        return float(len(value))
    if type(value) in TABLE_CLASSES:
        return value.length()
    handler = handler_of(value, LEN)
    if handler is not None:
        return Call(handler, (value, None))
    raise OperandError(b"get length of", 0, type_name(value))


def raw_equal(a: Value, b: Value) -> bool:
    """Equality without metamethods: numbers and strings by content, the rest by identity."""
    return a is b if type(a) is not type(b) else bool(a == b)


def equal(a: Value, b: Value) -> bool | TruthCall:
    """``a == b``: two different tables or userdata that share an `__eq` are compared by it."""
    if a is b:
        return bool(a == a)  # not so for nan
    kind = type(a)
    if kind is float or kind is LuaString:
        return type(b) is kind and bool(a == b)
    mine, other = metatable_of(a), metatable_of(b)
    if mine is None or other is None or type_name(a) != type_name(b):
        return False
    handler = comparison_handler(a, b, EQ)
    return False if handler is None else TruthCall(handler, (a, b))


def less_than(a: Value, b: Value) -> bool | TruthCall:
    """``a < b``."""
    kind = type(a)
    if (kind is float or kind is LuaString) and type(b) is kind:
        return bool(a < b)
    if type_name(a) == type_name(b):
        handler = comparison_handler(a, b, LT)
        if handler is not None:
            return TruthCall(handler, (a, b))
    raise comparison_error(a, b)


def less_equal(a: Value, b: Value) -> bool | TruthCall:
    """``a <= b``; without `__le`, not ``b < a`` by `__lt`."""
    kind = type(a)
    if (kind is float or kind is LuaString) and type(b) is kind:
        return bool(a <= b)
    if type_name(a) == type_name(b):
        handler = comparison_handler(a, b, LE)
        if handler is not None:
            return TruthCall(handler, (a, b))
        handler = comparison_handler(b, a, LT)
        if handler is not None:
            return TruthCall(handler, (b, a), negated=True)
    raise comparison_error(a, b)


def comparison_error(a: Value, b: Value) -> LuaError:
    """The error of comparing what has no order; it takes types for equal by their third letter (luaG_ordererror)."""
    left, right = type_name(a), type_name(b)
    if left[2] == right[2]:
        return LuaError(LuaString(b"attempt to compare two %s values" % left), 1)
    return LuaError(LuaString(b"attempt to compare %s with %s" % (left, right)), 1)


def callee(value: Value) -> tuple[Value, bool]:
    """The function that calling a value calls, and whether the value becomes its first argument (`__call`)."""
    if type(value) in FUNCTION_CLASSES:
        return value, False
    handler = handler_of(value, CALL)
    if type(handler) in FUNCTION_CLASSES:
        return handler, True
    raise OperandError(b"call", 0, type_name(value))


def is_table(value: Value) -> bool:
    """Whether a value is a table."""
    return isinstance(value, Table)
