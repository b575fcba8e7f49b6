"""A Lua value in one short line, as Lua would write it: what a script got for a reply.

The walk keeps its own stack; what is beyond `LONGEST` characters, or `MOST_ENTRIES` of a table, is left out.
"""

from __future__ import annotations

from typing import Any

from ferrous_vm.scripting.losses import shown
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table

LONGEST = 200
MOST_ENTRIES = 20


class _Literal(str):
    """Text between values."""


def lua_text(value: Any) -> str:
    """`value` as Lua text: `"v"`, `false`, `{"a", {1, 2}}`, `{ok = "OK"}`."""
    out: list[str] = []
    length = 0
    pending: list[Any] = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, Table) and item:
            pending += reversed(_parts(item))
            continue
        text = item if isinstance(item, _Literal) else _digits(item) if type(item) is float else shown(item)
        out.append(text)
        length += len(text)
        if length > LONGEST:
            return "".join(out)[:LONGEST] + " …"
    return "".join(out)


def _digits(number: float) -> str:
    """A whole number with all its digits, as no `tostring` shows it."""
    return f"{number:.0f}" if number.is_integer() and abs(number) < 1e17 else shown(number)


def _parts(table: Table) -> list[Any]:
    """What a table is written of: values, and the text between them."""
    parts: list[Any] = [_Literal("{")]
    entries = [(key, value) for key, value in dict.items(table) if value is not None]
    for position, (key, value) in enumerate(entries[:MOST_ENTRIES], 1):
        if position > 1:
            parts.append(_Literal(", "))
        if type(key) is LuaString:
            name = shown(key)
            parts.append(_Literal(f"{name[1:-1]} = " if name[1:-1].isidentifier() else f"[{name}] = "))
        elif key != position:
            parts.append(_Literal(f"[{shown(key)}] = "))
        parts.append(value)
    return [*parts, _Literal("}" if len(entries) <= MOST_ENTRIES else ", …}")]
