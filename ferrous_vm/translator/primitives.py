"""The functions that translated code calls: what Python has no operator for.

They are the only names, with TRUE, FALSE, GLOBALS and the chunk's constants, that translated code can reach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Any, Final

from ferrous_vm.bounds import PRESENT
from ferrous_vm.translator.depth import DEPTH
from ferrous_vm.translator.levels import boundary_codes
from ferrous_vm.translator.numeric_loops import WHOLE, count_up, numeric_for
from ferrous_vm.values import functions, numbers, operations
from ferrous_vm.values.booleans import FALSE, TRUE
from ferrous_vm.values.chains import Break, breaks_due
from ferrous_vm.values.functions import calls_no_lua, first
from ferrous_vm.values.metamethods import OperandError, completed
from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import TABLE_CLASSES, Table, check_key
from ferrous_vm.values.traversal import traversal_of
from ferrous_vm.values.types import FUNCTION_CLASSES, type_name
from ferrous_vm.values.whole_numbers import whole_number

Value = Any
Results = Any

EXACT: Final = 2.0**53
"""Below it every integer is a double."""

join: Final = b"".join
_TEXT: Final[dict[type, Callable[[Any], bytes]]] = {float: number_to_text}
"""What is no string and can be concatenated all the same."""


_make: Final = dict.__new__
_NO_SIZES: Final = (0, 0)
_FIRST_ROUNDED_SIZE: Final = 16
"""Below it OP_NEWTABLE keeps a size as it is (`constructor_size`)."""


def adjust(values: tuple[Value, ...], count: int) -> tuple[Value, ...]:
    """Exactly `count` values: cut, or filled with nil (manual section 2.4.3)."""
    missing = count - len(values)
    return values[:count] if missing <= 0 else values + (None,) * missing


def give_break(function: Value) -> None:
    """Makes a function a break in a chain of closures: its attributes are freed before what it captured."""
    function.__dict__["chain"] = Break(function.__closure__)


# Operators


def divide(a: Value, b: Value) -> Value:
    """``a / b``."""
    if a.__class__ is float and b.__class__ is float:
        return a / b if b else numbers.divide(a, b)
    return completed(operations.arithmetic(b"/", a, b))


def modulo(a: Value, b: Value) -> Value:
    """``a % b``."""
    if a.__class__ is float and b.__class__ is float:
        if 0.0 <= a < EXACT and b >= 1.0 and a.is_integer() and b.is_integer():
            return a % b if b < EXACT else numbers.modulo(a, b)
        return numbers.modulo(a, b)
    return completed(operations.arithmetic(b"%", a, b))


def power(a: Value, b: Value) -> Value:
    """``a ^ b``."""
    if a.__class__ is float and b.__class__ is float:
        return numbers.power(a, b)
    return completed(operations.arithmetic(b"^", a, b))


def equal(a: Value, b: Value) -> bool:
    """``a == b``."""
    if a.__class__ is float or a.__class__ is LuaString:
        return bool(a == b)
    outcome = operations.equal(a, b)
    if isinstance(outcome, bool):
        return outcome
    return outcome.truth(first(functions.invoke(outcome.function, outcome.args)))


def length(value: Value) -> Value:
    """``#value``."""
    if value.__class__ in TABLE_CLASSES:
        return value.length()
    if value.__class__ is LuaString:
        return float(len(value))
    return completed(operations.length(value))


def concatenate(*operands: Value) -> Value:
    """``a .. b .. c``: right to left, numbers as text, metamethods where they are needed (`luaV_concat`)."""
    try:
        texts = [o if o.__class__ is LuaString else _TEXT[o.__class__](o) for o in operands]
    except KeyError:
        return _concatenate_slowly(operands)
    return LuaString(PRESENT.join(texts))


def concatenate_two(a: Value, b: Value) -> Value:
    """``a .. b``."""
    try:
        left = a if a.__class__ is LuaString else _TEXT[a.__class__](a)
        right = b if b.__class__ is LuaString else _TEXT[b.__class__](b)
    except KeyError:
        return _concatenate_slowly((a, b))
    if len(left) + len(right) > PRESENT.longest_string:
        PRESENT.check_string(len(left) + len(right))
    return LuaString(join((left, right)))


def concatenate_three(a: Value, b: Value, c: Value) -> Value:
    """``a .. b .. c``."""
    try:
        first = a if a.__class__ is LuaString else _TEXT[a.__class__](a)
        second = b if b.__class__ is LuaString else _TEXT[b.__class__](b)
        third = c if c.__class__ is LuaString else _TEXT[c.__class__](c)
    except KeyError:
        return _concatenate_slowly((a, b, c))
    if len(first) + len(second) + len(third) > PRESENT.longest_string:
        PRESENT.check_string(len(first) + len(second) + len(third))
    return LuaString(join((first, second, third)))


def _concatenate_slowly(operands: tuple[Value, ...]) -> Value:
    last = len(operands) - 1
    result = operands[last]
    for index in range(last - 1, -1, -1):
        try:
            result = completed(operations.concatenate(operands[index], result))
        except OperandError as error:  # say which of all operands; -1 for what is no operand but a partial result
            error.operand = index if error.operand == 0 else last if index == last - 1 else -1
            raise
    return result


# Tables


def assign(table: Value, key: Value, value: Value) -> None:
    """``table[key] = value`` with every check and metamethod."""
    if table.__class__ in TABLE_CLASSES:
        table.assign(key, value)
        return
    outcome = operations.set_index(table, key, value)
    if outcome is not None:
        functions.invoke(outcome.function, outcome.args)


def append(table: Value, value: Value) -> None:
    """``table[#table + 1] = value``."""
    if table.__class__ is Table and value is not None:
        count = len(table)
        if table.sequence == count:  # a sequence stays one
            count += 1
            try:
                table[WHOLE[count]] = value
            except IndexError:
                table[whole_number(count)] = value
            table.sequence = count
            return
    assign(table, length(table) + 1.0, value)


def append_after(count: Value, value: Value, table: Value) -> None:
    """``table[#table + 1] = value`` where the length was `count` before the value was computed."""
    if table.__class__ is Table and table.sequence == count == len(table):
        append(table, value)
    else:
        assign(table, count + 1.0, value)


def list_table(array_size: int, values: tuple[Value, ...]) -> Table:
    """``{a, b, c}``."""
    if array_size == len(values) < _FIRST_ROUNDED_SIZE and None not in values:
        table = _make(Table)
        table.update(zip(WHOLE[1 : array_size + 1], values, strict=True))
        table.sequence = array_size
        table.layout = None
        table.sizes = (array_size, 0)
        return table
    table = Table.sized(array_size, 0)
    for start in range(0, array_size, 50):
        table.set_list(start + 1, values[start : min(start + 50, array_size)])
    if len(values) > array_size:  # an open last item is stored with the last batch
        start = array_size - array_size % 50 if array_size else 0
        table.set_list(start + 1, values[start:])
    return table


def new_table() -> Table:
    """``{}``: a Table as its `__init__` makes it, which is slower to call."""
    table = _make(Table)
    table.sequence = 0
    table.layout = None
    table.sizes = _NO_SIZES
    return table


def record_table(hash_size: int, fields: dict[Value, Value]) -> Table:
    """``{name = value}`` where no key and no value is nil; `hash_size` is as OP_NEWTABLE rounds it."""
    table = _make(Table)
    table.update(fields)
    table.sequence = -1
    table.layout = None
    table.sizes = (0, hash_size)
    return table


def record_item(key: Value, value: Value) -> tuple[Value, Value]:
    """Key and value of a constructor's item, if that can be a key."""
    check_key(key)
    return key, value


def mixed_table(array_size: int, hash_size: int, batches: Iterable[tuple[tuple[Value, ...], ...]]) -> Table:
    """A constructor in Lua's order: of each batch, ``(places of keys, values)``, first the record items, a key and what
    is behind it, then all others."""
    table = Table.sized(array_size, hash_size)
    index = 1
    for keys, values in batches:
        items: list[Value] = []
        behind = 0
        for place in keys:
            items += values[behind:place]
            behind = place + 2
            table.assign(values[place], values[place + 1])
        items += values[behind:]
        if items:
            table.set_list(index, items)
            index += len(items)
    return table


def argument_table(rest: tuple[Value, ...]) -> Table:
    """The `arg` of a vararg function that does not use `...` (LUA_COMPAT_VARARG)."""
    table = Table.sized(len(rest), 1)
    table.set_list(1, rest)
    table.put(LuaString(b"n"), float(len(rest)))
    return table


# Loops


def _iterator(triple: Results) -> tuple[Value, Value, Value]:
    function, state, control = adjust(triple if triple.__class__ is tuple else (triple,), 3)
    if function.__class__ not in FUNCTION_CLASSES and function.__class__ not in TABLE_CLASSES:
        DEPTH.check()  # Lua counts the call before it looks at what is called
        raise OperandError(b"call", 0, type_name(function))
    return function, state, control


def generic_for(triple: Results, count: int) -> Iterator[Value]:
    """The values of a generic loop's `count` variables, bare if there is one (manual section 2.4.5)."""
    function, state, control = _iterator(triple)
    if count == 1:
        entries = traversal_of(function, state, control)
        if entries is not None:
            DEPTH.check()
            return map(_key_of_entry, entries)
        if calls_no_lua(function):
            DEPTH.check()
            return _turns_of_native(function, state, control)
    return _turns(function, state, control, count)


def pairwise(triple: Results) -> Iterator[Value]:
    """`generic_for` with two variables, the commonest."""
    function, state, control = _iterator(triple)
    entries = traversal_of(function, state, control)
    if entries is None:
        return _turns_of_two(function, state, control)
    DEPTH.check()
    return entries


_key_of_entry: Final = itemgetter(0)


def _turns(function: Value, state: Value, control: Value, count: int) -> Iterator[Value]:
    while True:
        results = _next_turn(function, state, control)
        control = first(results)
        if control is None:
            return
        if count == 1:
            yield control
        else:
            yield adjust(results if results.__class__ is tuple else (results,), count)


def _turns_of_native(function: Value, state: Value, control: Value) -> Iterator[Value]:
    """One variable, and a function whose calls need no room on the C stack but its own."""
    while True:
        control = function(state, control)
        if control.__class__ is tuple:
            control = first(control)
        if control is None:
            return
        yield control


def _turns_of_two(function: Value, state: Value, control: Value) -> Iterator[Value]:
    while True:
        results = _next_turn(function, state, control)
        if results.__class__ is not tuple:
            results = (results, None)
        elif len(results) != 2:
            results = adjust(results, 2)
        control = results[0]
        if control is None:
            return
        yield results


def _next_turn(function: Value, state: Value, control: Value) -> Results:
    DEPTH.enter()
    try:
        return function(state, control)
    finally:
        DEPTH.leave()


boundary_codes.add(_next_turn.__code__)


PRIMITIVES: Final[dict[str, Callable[..., Any]]] = {
    function.__name__: function
    for function in (
        adjust,
        append,
        append_after,
        argument_table,
        assign,
        concatenate,
        concatenate_three,
        concatenate_two,
        count_up,
        divide,
        equal,
        first,
        generic_for,
        give_break,
        length,
        list_table,
        mixed_table,
        modulo,
        new_table,
        number_to_text,
        numeric_for,
        pairwise,
        power,
        record_item,
        record_table,
    )
}
"""Every function that translated code may name."""

NAMESPACE: Final[dict[str, Any]] = {
    **PRIMITIVES,
    "FALSE": FALSE,
    "IndexError": IndexError,
    "LuaString": LuaString,
    "TRUE": TRUE,
    "Table": Table,
    "breaks_due": breaks_due,
    "float": float,
    "join": join,
    "len": len,
    "next": next,
    "tuple": tuple,
    "whole": WHOLE,
    "__builtins__": {},
}
"""The Python globals of every chunk; each adds its constants and GLOBALS."""
