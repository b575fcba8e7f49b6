"""What a script's result loses on its way to the client: for the person who wonders where their field went.

In: the Lua value a script returned. Out: one `Loss` for every place where the reply says less than the value did. The
rules are those of conversion.py; this module names what they drop and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Final, NamedTuple

from ferrous_vm.scripting.conversion import BIG_NUMBER, DOUBLE, FORMAT, MAP, OK, SET, STRING, VERBATIM_STRING
from ferrous_vm.scripting.error_tables import ERR
from ferrous_vm.stdlib.base import text_of
from ferrous_vm.values.booleans import Boolean
from ferrous_vm.values.natives import Value
from ferrous_vm.values.numbers import number_to_text, to_long
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table


class LossKind(Enum):
    """Why something is lost; the value is a sentence for a person."""

    FRACTION = "a number becomes an integer: its fraction is cut off"
    RANGE = "a number that fits no 64 bit integer becomes -9223372036854775808"
    TRUE = "true becomes the integer 1 (it stays true only after redis.setresp(3))"
    FALSE = "false becomes nil (it stays false only after redis.setresp(3))"
    TYPE = "a value of this type becomes nil"
    HOLE = "an array ends at its first nil: what comes after it is dropped"
    FIELDS = "a table becomes an array: its fields with other keys than 1, 2, 3, ... are dropped"
    STRUCTURE = "fields beside the one that gives the reply its type are dropped"
    LINE_BREAK = "line breaks in a status, an error or a big number become spaces"
    NUL = "a status and an error end at their first NUL byte"
    CYCLE = "a table that contains itself is repeated until Lua's stack is full"


class Loss(NamedTuple):
    """One place: `path` leads there from the result, in Lua (`[2].name`); `value` shows what is there."""

    kind: LossKind
    path: str
    value: str


MOST_LOSSES: Final = 100
"""How many are told; who loses more has one problem, not a hundred."""

_MOST_VISITED: Final = 100_000
_MOST_NESTED: Final = 200
"""Levels that are looked at: nobody reads a path longer than that."""
_SHOWN: Final = 60
_MARKS: Final = frozenset(LuaString(name) for name in (b"source", b"line", b"ignore_error_stats_update"))
"""What Redis itself notes in the table of an error, and nobody misses."""
_LEAF_FIELDS: Final = (ERR, OK, DOUBLE, BIG_NUMBER)
_LEAF_TYPES: Final = {ERR: LuaString, OK: LuaString, DOUBLE: float, BIG_NUMBER: LuaString}


def losses(value: Value, protocol: int = 2, most: int = MOST_LOSSES) -> list[Loss]:
    """The losses of a result after `redis.setresp(protocol)`, outermost first; no more than `most`."""
    found: list[Loss] = []
    pending: list[tuple[Value, str, tuple[int, ...]]] = [(value, "", ())]
    visited = 0
    while pending and len(found) < most and visited < _MOST_VISITED:
        visited += 1
        item, path, above = pending.pop()
        if not isinstance(item, Table):
            kind = _leaf_loss(item, protocol)
            if kind is not None:
                found.append(Loss(kind, path, shown(item)))
        elif id(item) in above:
            found.append(Loss(LossKind.CYCLE, path, shown(item)))
        elif len(above) < _MOST_NESTED:
            children, lost = _parts(item)
            found += [Loss(kind, path + suffix, shown(value)) for kind, suffix, value in lost]
            inside = (*above, id(item))
            pending += [(child, path + suffix, inside) for suffix, child in reversed(children)]
    return found[:most]


def _leaf_loss(value: Value, protocol: int) -> LossKind | None:
    if type(value) is float:
        if value != value or not -(2.0**63) <= value < 2.0**63:
            return LossKind.RANGE
        return None if to_long(value) == value else LossKind.FRACTION
    if type(value) is Boolean:
        return None if protocol == 3 else LossKind.TRUE if value.name == "true" else LossKind.FALSE
    return None if value is None or type(value) is LuaString else LossKind.TYPE


Child = tuple[str, Value]
Lost = tuple[LossKind, str, Value]


def _parts(table: Table) -> tuple[list[Child], list[Lost]]:
    """What of a table goes into the reply, and what does not."""
    for name in _LEAF_FIELDS:
        value = table.get(name)
        if type(value) is _LEAF_TYPES[name]:
            return [], [*_text_losses(name, value), *_beside(table, name)]
    verbatim = table.get(VERBATIM_STRING)
    if isinstance(verbatim, Table) and type(verbatim.get(FORMAT)) is type(verbatim.get(STRING)) is LuaString:
        return [], _beside(table, VERBATIM_STRING)
    for name in (MAP, SET):
        inner = table.get(name)
        if isinstance(inner, Table):
            prefix = f".{name.decode()}"
            children = [(prefix + _suffix(key), key) for key, _ in _entries(inner) if not isinstance(key, LuaString)]
            if name is MAP:
                children += [(prefix + _suffix(key), value) for key, value in _entries(inner)]
            return children, _beside(table, name)
    return _array_parts(table)


def _text_losses(name: LuaString, value: Value) -> list[Lost]:
    """What of the text of a status, an error or a big number does not fit a line of the protocol."""
    if type(value) is not LuaString:
        return []
    text, nul, _ = bytes(value).partition(b"\0")
    line = text.rstrip(b"\r\n") if name is ERR else text
    lost = [(LossKind.NUL, _suffix(name), value)] if nul and name is not BIG_NUMBER else []
    return lost + [(LossKind.LINE_BREAK, _suffix(name), value)] * (b"\n" in line or b"\r" in line)


def _array_parts(table: Table) -> tuple[list[Child], list[Lost]]:
    children: list[Child] = []
    position = 1.0
    while (element := table.get(position)) is not None:
        children.append((_suffix(position), element))
        position += 1.0
    lost: list[Lost] = []
    for key, value in _entries(table):
        if type(key) is float and key.is_integer() and key > position:
            lost.append((LossKind.HOLE, _suffix(key), value))
        elif type(key) is not float or not 1.0 <= key < position or not key.is_integer():
            lost.append((LossKind.FIELDS, _suffix(key), value))
    return children, lost


def _beside(table: Table, name: LuaString) -> list[Lost]:
    own = _MARKS if name is ERR else ()
    return [
        (LossKind.STRUCTURE, _suffix(key), value) for key, value in _entries(table) if key != name and key not in own
    ]


def _entries(table: Table) -> Iterator[tuple[Value, Value]]:
    entry = table.next(None)
    while entry is not None:
        yield entry
        entry = table.next(entry[0])


def _suffix(key: Value) -> str:
    """How Lua reaches the field `key`: `.name`, `[2]` or `["a b"]`."""
    if type(key) is LuaString:
        text = shown(key)
        return f".{text[1:-1]}" if text[1:-1].isidentifier() and text.isascii() else f"[{text}]"
    return f"[{shown(key)}]"


def shown(value: Value) -> str:
    """A value in a few characters: strings quoted, tables as `{...}`."""
    if isinstance(value, Table):
        return "{...}" if value else "{}"
    if type(value) is LuaString:
        cut = bytes(value)[:_SHOWN].decode("utf-8", "backslashreplace").replace("\\", "\\\\").replace('"', '\\"')
        written = "".join(c if c.isprintable() else "".join(f"\\{byte}" for byte in c.encode()) for c in cut)
        return f'"{written}"' + "..." * (len(value) > _SHOWN)
    if type(value) is float:
        return number_to_text(value).decode()
    return bytes(text_of(value)).decode()
