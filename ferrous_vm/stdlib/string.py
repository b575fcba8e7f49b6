"""The string library (Lua 5.1 manual section 5.4; lstrlib.c of Lua 5.1.5).

Positions count from 1, negative ones from the end. Strings are bytes in the C locale.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import ArgumentError, LuaError
from ferrous_vm.limits import STACK_SLOTS
from ferrous_vm.stdlib.formats import format_values
from ferrous_vm.stdlib.patterns import Pattern, compile_pattern, is_plain
from ferrous_vm.stdlib.substitution import compile_replacement, substitute_text, substitute_values
from ferrous_vm.values.arguments import check_function, check_int, check_integer, check_string, optional_integer
from ferrous_vm.values.booleans import FALSE
from ferrous_vm.values.natives import MISSING, Call, Native, Results, Runtime, directly, library, native
from ferrous_vm.values.strings import EMPTY, LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.values.types import FUNCTION_CLASSES

Value = Any

_get: Final = bytes.__getitem__
"""Python's own indexing of bytes; a LuaString's `[]` is Lua's."""


def _from_start(position: int, size: int) -> int:
    """A position counted from 1; one before the start becomes 0 (`posrelat`)."""
    if position >= 0:
        return position
    position += size + 1
    return position if position > 0 else 0


@native("byte")
def byte(text: Value = MISSING, first: Value = MISSING, last: Value = MISSING, *more: Value) -> Results:
    """The codes of the bytes from `first` (1) to `last` (`first`)."""
    text = check_string(1, text)
    size = len(text)
    start = _from_start(optional_integer(2, first, 1), size)
    end = min(_from_start(optional_integer(3, last, start), size), size)
    start = max(start, 1)
    if start == end:
        return float(_get(text, start - 1))
    passed = 1 + (first is not MISSING) + (last is not MISSING) + len(more)
    if end - start + 1 + passed > STACK_SLOTS:
        raise LuaError(LuaString(b"stack overflow (string slice too long)"), level=1)
    return tuple([float(code) for code in _get(text, slice(start - 1, end))]) if end > start else ()


@native("char", single=True)
def char(*codes: Value) -> Results:
    """The string of bytes with these codes, 0 to 255."""
    values = []
    for position, code in enumerate(codes, 1):
        value = check_int(position, code)
        if not 0 <= value <= 255:
            raise ArgumentError(position, b"invalid value")
        values.append(value)
    return LuaString(values)


_DUMP_HEADER: Final = b"\x1bLuaQ\0\1\4\x08\4\x08\0"
"""Signature, version 5.1, format, little-endian, the sizes of int, size_t, instruction and number, no integer numbers
(`luaU_header` in lundump.c)."""
_DUMP_BODY: Final = b"\0" * 11 + b"\2" + b"\1\0\0\0\x1e\0\x80\0" + b"\0" * 8 + b"\1" + b"\0" * 15
"""A function that only returns: its lines, its counts, one RETURN, no constants, no functions, one line number."""


@native("dump", context=True, single=True)
def dump(runtime: Runtime, function: Value = MISSING, *_: Value) -> Results:
    """A binary chunk that names the function's origin but not its code: Redis loads no binary chunk, nor does Ferrous.

    For an empty function it has the length the real one has.
    """
    chunk_name = runtime.chunk_name(check_function(1, function))
    if chunk_name is None:
        raise LuaError(LuaString(b"unable to dump given function"), level=1)
    origin = (len(chunk_name) + 1).to_bytes(8, "little") + bytes(chunk_name) + b"\0"
    return LuaString(_DUMP_HEADER + origin + _DUMP_BODY)


@native("find")
def find(
    text: Value = MISSING, pattern: Value = MISSING, init: Value = MISSING, plain: Value = MISSING, *_: Value
) -> Results:
    """Where `pattern` first matches from `init` on: start, end and captures; nil if it does not."""
    if type(text) is not LuaString:
        text = check_string(1, text)
    if type(pattern) is not LuaString:
        pattern = check_string(2, pattern)
    start = _search_start(init, len(text))
    if (plain is not MISSING and plain is not None and plain is not FALSE) or is_plain(pattern):
        at = text.find(pattern, start)
        return (float(at + 1), float(at + len(pattern))) if at >= 0 else None
    compiled = compile_pattern(pattern)
    found = compiled.search(text, start)
    if found is None:
        return None
    if compiled.captures == 0:
        return float(found.start() + 1), float(found.end())
    return (float(found.start() + 1), float(found.end()), *compiled.all_captures(found))


def _search_start(init: Value, size: int) -> int:
    """The 0-based index a search begins at; one past the end becomes the end."""
    if init is MISSING:
        return 0
    return min(max(_from_start(optional_integer(3, init, 1), size) - 1, 0), size)


@native("match")
def match(text: Value = MISSING, pattern: Value = MISSING, init: Value = MISSING, *_: Value) -> Results:
    """The captures of the first match from `init` on, or the match itself if there are none; nil without a match."""
    if type(text) is not LuaString:
        text = check_string(1, text)
    if type(pattern) is not LuaString:
        pattern = check_string(2, pattern)
    start = _search_start(init, len(text))
    compiled = compile_pattern(pattern)
    found = compiled.search(text, start)
    return None if found is None else compiled.results(found)


@native("gmatch", context=True, single=True)
def gmatch(runtime: Runtime, text: Value = MISSING, pattern: Value = MISSING, *_: Value) -> Results:
    """An iterator over all matches: each call answers what `match` would."""
    iterate = _iterator(check_string(1, text), compile_pattern(check_string(2, pattern), may_anchor=False))
    return runtime.bind(Native(b"gmatch_aux", iterate, context=False))


def _iterator(text: LuaString, pattern: Pattern) -> Any:
    position = 0
    size = len(text)
    search = pattern.searcher(text)
    results = pattern.results

    def next_match(*_: Value) -> Results:
        nonlocal position
        if position > size:
            return ()
        found = search(text, position)
        if found is None:
            # The C iterator forgets nothing and searches again; the answer is the same.
            position = size + 1
            return ()
        end = found.end()
        position = end if end > found.start() else end + 1
        return results(found)

    return next_match


@native("gfind")
def gfind(*_: Value) -> Results:
    """Holds the place of the old name of `gmatch`, which becomes its value (`gfind_nodef`, LUA_COMPAT_GFIND)."""


@native("gsub")
def gsub(
    text: Value = MISSING, pattern: Value = MISSING, replacement: Value = MISSING, most: Value = MISSING, *_: Value
) -> Generator[Call, tuple[Value, ...], Results]:
    """`text` with at most `most` matches replaced by a string, a table's values or a function's, and their number."""
    text, compiled, limit = _searched(text, pattern, most)
    if type(replacement) is LuaString or type(replacement) is float:
        result, count = substitute_text(text, compiled, compile_replacement(check_string(3, replacement)), limit)
    elif isinstance(replacement, Table) or type(replacement) in FUNCTION_CLASSES:
        result, count = yield from substitute_values(text, compiled, replacement, limit)
    else:
        raise ArgumentError(3, b"string/function/table expected")
    return LuaString(result), float(count)


@directly(gsub)
def gsub_directly(
    text: Value = MISSING, pattern: Value = MISSING, replacement: Value = MISSING, most: Value = MISSING, *_: Value
) -> Results:
    """`gsub` by a string."""
    if type(replacement) is not LuaString:
        return NotImplemented
    text, compiled, limit = _searched(text, pattern, most)
    result, count = substitute_text(text, compiled, compile_replacement(replacement), limit)
    return LuaString(result), float(count)


def _searched(text: Value, pattern: Value, most: Value) -> tuple[LuaString, Pattern, int]:
    """What `gsub` searches, for what, and how many matches it replaces at most."""
    text = check_string(1, text)
    compiled = compile_pattern(check_string(2, pattern))
    return text, compiled, len(text) + 1 if most is MISSING or most is None else check_int(4, most)


@native("len", single=True)
def len_(text: Value = MISSING, *_: Value) -> Results:
    """The number of bytes."""
    return float(len(check_string(1, text)))


@native("lower", single=True)
def lower(text: Value = MISSING, *_: Value) -> Results:
    """The text with A-Z in lower case."""
    return LuaString(check_string(1, text).lower())


@native("upper", single=True)
def upper(text: Value = MISSING, *_: Value) -> Results:
    """The text with a-z in upper case."""
    return LuaString(check_string(1, text).upper())


@native("rep", single=True)
def rep(text: Value = MISSING, count: Value = MISSING, *_: Value) -> Results:
    """`count` copies of the text (a C int: it wraps at 2^32). Raises LimitExceeded for more than a string may hold."""
    text = check_string(1, text)
    times = max(check_int(2, count), 0)
    PRESENT.check_string(len(text) * times)
    return LuaString(bytes.__mul__(text, times))


@native("reverse", single=True)
def reverse(text: Value = MISSING, *_: Value) -> Results:
    """The bytes in reverse order."""
    return LuaString(_get(check_string(1, text), slice(None, None, -1)))


@native("sub", single=True)
def sub(text: Value = MISSING, first: Value = MISSING, last: Value = MISSING, *_: Value) -> Results:
    """The bytes from `first` to `last` (-1), both included."""
    if type(text) is not LuaString:
        text = check_string(1, text)
    size = len(text)
    start = _from_start(check_integer(2, first), size) or 1
    end = size if last is MISSING else _from_start(optional_integer(3, last, -1), size)
    return LuaString(_get(text, slice(start - 1, end))) if start <= end else EMPTY


@native("format", single=True)
def format_(text: Value = MISSING, *values: Value) -> Results:
    """The text with its ``%`` directives replaced by the values, as C's printf does."""
    return LuaString(format_values(check_string(1, text), values))


LIBRARY: Final = library(
    "string",
    (byte, char, dump, find, format_, gfind, gmatch, gsub, len_, lower, match, rep, reverse, sub, upper),
    aliases={b"gfind": b"gmatch"},
)
"""The global `string`."""
