"""Where a metamethod is found and in what order operands are asked (Lua 5.1 manual section 2.8, lvm.c, ltm.c).

A function answers a value, or the `Call` to make. `completed` makes it, for Python operators.
"""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.errors import LuaError
from ferrous_vm.values import functions, strings
from ferrous_vm.values.natives import Call
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.types import FUNCTION_CLASSES, type_name

Value = Any

CHAIN_LIMIT: Final = 100
"""How many objects `__index` or `__newindex` may chain (`MAXTAGLOOP`)."""

INDEX: Final = LuaString(b"__index")
NEWINDEX: Final = LuaString(b"__newindex")
CALL: Final = LuaString(b"__call")
EQ: Final = LuaString(b"__eq")
LT: Final = LuaString(b"__lt")
LE: Final = LuaString(b"__le")
LEN: Final = LuaString(b"__len")
UNM: Final = LuaString(b"__unm")
CONCAT: Final = LuaString(b"__concat")
MODE: Final = LuaString(b"__mode")
GC: Final = LuaString(b"__gc")
METATABLE: Final = LuaString(b"__metatable")
TOSTRING: Final = LuaString(b"__tostring")


class OperandError(LuaError):
    """An operand does not support the operation: ``attempt to index a nil value``.

    `operand` says which one (0 left or only, 1 right), `verb` what was tried and `kind` the operand's type. The engine
    that knows the variable's name writes ``attempt to index local 'x' (a nil value)`` with `named`.
    """

    def __init__(self, verb: bytes, operand: int, kind: bytes) -> None:
        super().__init__(LuaString(b"attempt to %s a %s value" % (verb, kind)), 1)
        self.verb = verb
        self.operand = operand
        self.kind = kind

    def named(self, variable_kind: bytes, name: bytes) -> LuaString:
        """The sentence with the variable: `variable_kind` is local, global, field, method, upvalue (luaG_typeerror)."""
        return LuaString(b"attempt to %s %s '%s' (a %s value)" % (self.verb, variable_kind, name, self.kind))


def metatable_of(value: Value) -> Value:
    """The metatable of any value, or None (`getmetatable` without `__metatable`)."""
    return strings.current_metatable if type(value) is LuaString else getattr(value, "metatable", None)


def handler_of(value: Value, event: bytes) -> Value:
    """The metamethod of a value for an event, or None (`luaT_gettmbyobj`)."""
    metatable = metatable_of(value)
    return None if metatable is None else metatable.get(event)


def index_beyond(value: Value, key: Value) -> Value:
    """What `value[key]` is where the value itself has no such key: a Value or the Call of `__index`.

    Raises OperandError where the chain ends at something that cannot be indexed, and LuaError where it has no end.
    """
    for _ in range(CHAIN_LIMIT):
        handler = handler_of(value, INDEX)
        if handler is None:
            if isinstance(value, dict):
                return None
            raise OperandError(b"index", 0, type_name(value))
        if isinstance(handler, dict):
            found = handler.get(key)
            if found is not None:
                return found
        elif type(handler) in FUNCTION_CLASSES:
            return Call(handler, (value, key))
        value = handler
    raise LuaError(LuaString(b"loop in gettable"), 1)


def assignment_beyond(value: Value, key: Value, new: Value) -> Call | None:
    """`value[key] = new` where the value itself has no such key: the Call of `__newindex`.

    None if the assignment was raw and is done (a chain may end in a table without `__newindex`). Raises
    OperandError and LuaError as `index_beyond` does.
    """
    for _ in range(CHAIN_LIMIT):
        handler = handler_of(value, NEWINDEX)
        if isinstance(value, dict):
            if handler is None:
                value.put(key, new)  # type: ignore[attr-defined]
                return None
            value.reserve(key)  # type: ignore[attr-defined]
        elif handler is None:
            raise OperandError(b"index", 0, type_name(value))
        if type(handler) in FUNCTION_CLASSES:
            return Call(handler, (value, key, new))
        value = handler
        if isinstance(value, dict) and key in value:
            value.put(key, new)  # type: ignore[attr-defined]
            return None
    raise LuaError(LuaString(b"loop in settable"), 1)


def binary_handler(a: Value, b: Value, event: bytes) -> Value:
    """The metamethod of a binary operator: the left operand's, else the right's (`call_binTM`)."""
    handler = handler_of(a, event)
    return handler_of(b, event) if handler is None else handler


def comparison_handler(a: Value, b: Value, event: bytes) -> Value:
    """The metamethod of a comparison, which both operands must share (`call_orderTM`)."""
    handler = handler_of(a, event)
    if handler is None:
        return None
    other = handler_of(b, event)
    return handler if other is handler or (other == handler and type(other) is type(handler)) else None


def completed(outcome: Value) -> Value:
    """The value of an outcome: calls what it names and takes the first result."""
    if type(outcome) is Call:
        return functions.first(functions.invoke(outcome.function, outcome.args))
    return outcome
