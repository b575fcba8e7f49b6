"""From what Python raised to the error Lua would have raised, with variable names, position and traceback.

Translated code uses Python's operators on Lua values. Where they fail, Python says which classes it had in hand; the
position of the failing instruction says which expression; `analysis.names` says what Lua calls it.
"""

from __future__ import annotations

import re
import sys
from itertools import islice
from typing import Final

from ferrous_vm.analysis.names import describe, describe_function
from ferrous_vm.errors import LONGEST_TRACE, ArgumentError, LuaError, TracePoint
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.chunk_name import short_source
from ferrous_vm.translator.depth import DEPTH
from ferrous_vm.translator.levels import (
    NATIVE_LEVEL,
    TAIL_CALL_POINT,
    Level,
    boundaries_within,
    forget_traceback,
    inner_levels,
    is_tail_call,
    outer_levels,
)
from ferrous_vm.values.metamethods import OperandError
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.types import TYPE_NAMES

FAILURES: Final = (LuaError, TypeError, RecursionError, MemoryError)
"""What a Lua error can be when Python raises it; everything else passes through translated code as it is."""

_BINARY: Final = re.compile(r"unsupported operand type\(s\) for \S+(?: or pow\(\))?: '(\w+)' and '(\w+)'")
_UNARY: Final = re.compile(r"bad operand type for unary -: '(\w+)'")
_ORDER: Final = re.compile(r"'\S+' not supported between instances of '(\w+)' and '(\w+)'")
_SUBSCRIPT: Final = re.compile(r"'(\w+)' object (?:is not subscriptable|does not support item assignment)")
_CALL: Final = re.compile(r"'(\w+)' object is not callable")


def lua_error(error: BaseException, is_coroutine: bool = False) -> LuaError:
    """The complete Lua error for one of FAILURES, called where it is caught.

    The stack of a coroutine ends where it was resumed.
    A TypeError that is not of translated code is a bug of ours and is raised again.
    """
    if isinstance(error, LuaError) and error.traceback:
        forget_traceback(error)
        return error
    levels = inner_levels(error.__traceback__)
    if isinstance(error, LuaError):
        complete = error
    elif isinstance(error, RecursionError):
        # Python 3.14 tells the end of the C stack ("Stack overflow") from the limit on its own calls.
        is_c_stack = str(error).startswith("Stack overflow")
        complete = LuaError(LuaString(b"C stack overflow" if is_c_stack else b"stack overflow"), 1)
    elif isinstance(error, MemoryError):
        complete = LuaError(LuaString(b"not enough memory"))
    else:
        complete = _of_type_error(error, levels[0] if levels else None)
    if not is_coroutine:  # of one that is gone the boundaries are gone too
        complete.boundaries = DEPTH.open + boundaries_within(error.__traceback__)
        levels += islice(outer_levels(sys._getframe(2)), max(complete.level, LONGEST_TRACE))
    native = bool(levels) and levels[0].chunk is None
    if native and (isinstance(complete, OperandError) or isinstance(error, TypeError)):
        complete.level = 0  # an operation failed in a native, which has no position
    if isinstance(complete, OperandError) and not native:
        _name_operand(complete, levels[0])
    elif isinstance(complete, ArgumentError):
        _name_function(complete, levels[1] if native and len(levels) > 1 else None)
    if complete.level:
        _add_position(complete, levels, native)
    complete.traceback = _points(levels[:LONGEST_TRACE])
    forget_traceback(error)
    return complete


def _points(levels: list[Level]) -> list[TracePoint]:
    points = []
    inner: Level | None = None
    for level in levels:
        replaced = inner is not None and inner is not NATIVE_LEVEL and is_tail_call(level)
        points.append(TAIL_CALL_POINT if replaced else level.point())
        inner = level
    return points


def _add_position(error: LuaError, levels: list[Level], native: bool) -> None:
    """`luaL_where`: level 1 is the function that called the native that raised, or the one that failed itself."""
    index = error.level if native else error.level - 1
    error.level = 0
    if index >= len(levels):
        return
    point = _points(levels[: index + 1])[-1]
    if point.line > 0:
        position = b"%s:%d: " % (short_source(point.chunk_name), point.line)
        text = error.value
        assert isinstance(text, bytes)
        error.value = LuaString(position + text)


def _type_name(class_name: str) -> bytes:
    return _NAMES_BY_CLASS[class_name] if class_name in _NAMES_BY_CLASS else _refreshed()[class_name]


def _refreshed() -> dict[str, bytes]:
    _NAMES_BY_CLASS.update({kind.__name__: name for kind, name in TYPE_NAMES.items()})
    return _NAMES_BY_CLASS


_NAMES_BY_CLASS: Final[dict[str, bytes]] = {}


def _of_type_error(error: BaseException, level: Level | None) -> LuaError:
    message = str(error)
    match = _BINARY.match(message)
    if match:
        left, right = _type_name(match[1]), _type_name(match[2])
        wrong = 1 if left == b"number" else 0
        return OperandError(b"perform arithmetic on", wrong, right if wrong else left)
    match = _UNARY.match(message)
    if match:
        return OperandError(b"perform arithmetic on", 0, _type_name(match[1]))
    match = _ORDER.match(message)
    if match:
        left, right = _type_name(match[1]), _type_name(match[2])
        if left[2] == right[2]:  # luaG_ordererror compares the third letters
            return LuaError(LuaString(b"attempt to compare two %s values" % left), 1)
        return LuaError(LuaString(b"attempt to compare %s with %s" % (left, right)), 1)
    match = _SUBSCRIPT.match(message)
    if match:
        return OperandError(b"index", 0, _type_name(match[1]))
    match = _CALL.match(message)
    if match:
        return OperandError(b"call", 0, _type_name(match[1]))
    raise error


def _name_operand(error: OperandError, level: Level) -> None:
    """Puts the variable's name into the sentence, if Lua has one for it."""
    assert level.chunk is not None
    resolved, node = level.chunk.resolved, level.node
    described: tuple[str, bytes] | None = None
    if error.verb == b"call":  # what an operator calls, a metamethod, has no name
        if isinstance(node, (tree.Call, tree.MethodCall)):
            described = describe_function(resolved, node)
    else:
        operand = _operand(node, error)
        if operand is not None:
            described = describe(resolved, operand)
    if described is not None:
        error.value = error.named(described[0].encode(), described[1])


def _operand(node: tree.Node | None, error: OperandError) -> tree.Expression | None:
    if isinstance(node, (tree.Index, tree.MethodCall)):
        return node.object
    if isinstance(node, tree.Unary):
        return node.operand
    if isinstance(node, tree.Binary):
        if node.operator is tree.BinaryOperator.CONCATENATE:
            return _link(node, error.operand)
        return node.right if error.operand else node.left
    return None


def _link(node: tree.Binary, index: int) -> tree.Expression | None:
    """One operand of a chain of `..`; None for -1, a part of the result."""
    link: tree.Expression = node
    for _ in range(index):
        if not (isinstance(link, tree.Binary) and link.operator is node.operator):
            return None
        link = link.right
    if index < 0:
        return None
    return link.left if isinstance(link, tree.Binary) and link.operator is node.operator else link


def _name_function(error: ArgumentError, level: Level | None) -> None:
    """The sentence of `luaL_argerror`, with the name by which the native was called."""
    described: tuple[str, bytes] | None = None
    if level is not None and level.chunk is not None:
        if isinstance(level.node, (tree.Call, tree.MethodCall)):
            described = describe_function(level.chunk.resolved, level.node)
        elif isinstance(level.node, tree.GenericFor):
            described = "local", b"(for generator)"
    position = error.position
    name = described[1] if described else b"?"
    if described and described[0] == "method":
        position -= 1
        if position == 0:
            error.value = LuaString(b"calling '%s' on bad self (%s)" % (name, error.reason))
            return
    error.value = LuaString(b"bad argument #%d to '%s' (%s)" % (position, name, error.reason))
