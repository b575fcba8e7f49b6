"""Two keyspaces compared, key by key and element by element: a test's with the expected one, today's with a snapshot.

A keyspace is kept as the lines of commands that make it. To compare, they are carried out on a workbench of their own:
so the order of the lines, and how they fill a key, does not matter.
"""

from __future__ import annotations

from typing import Any

from ferrous_vm.workbench import content
from ferrous_vm.workbench.changes import LONGEST_ELEMENT, MOST_ELEMENTS
from ferrous_vm.workbench.escapes import argument
from ferrous_vm.workbench.records.keyspace import Compare, Compared, ElementChange, KeyChange
from ferrous_vm.workbench.reply_views import cut
from ferrous_vm.workbench.workbench import Workbench

MOST_KEYS = 200
"""Keys that are listed as differing."""

Elements = dict[bytes, bytes]


def compare(workbench: Workbench, request: Compare) -> Compared:
    """How the keyspace differs from the one that lines make."""
    earlier = Workbench(workbench.host, is_copied=False)
    earlier.clock.held = workbench.now() / 1000
    problem = earlier.carry_out(request.lines, fresh=True, doing="Filling a keyspace to compare with, line")
    found = [] if problem else differences_between(earlier, workbench)
    return Compared(found[:MOST_KEYS], max(0, len(found) - MOST_KEYS), problem, workbench.now())


def differences_between(before: Workbench, after: Workbench) -> list[KeyChange]:
    """Every key that is not the same in both."""
    found: list[KeyChange] = []
    for old, new in zip(before.keyspace.databases, after.keyspace.databases, strict=True):
        for key in sorted({*old.keys(), *new.keys()}):
            difference = _difference(old, new, key)
            if difference is not None:
                found.append(difference)
    return found


def _difference(old: Any, new: Any, key: bytes) -> KeyChange | None:
    """How one key differs, or None."""
    before, after = _elements(old, key), _elements(new, key)
    kinds = [content.type_name(side.entries[key]) if side.is_live(key) else None for side in (old, new)]
    expiries = [side.expiries.get(key) for side in (old, new)]
    differing = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    if not differing and kinds[0] == kinds[1] and expiries[0] == expiries[1]:
        return None
    return KeyChange(
        database=old.index,
        key=argument(key),
        type_before=kinds[0],
        type_after=kinds[1],
        expiry_before=expiries[0],
        expiry_after=expiries[1],
        elements=[
            ElementChange(_short(name), *(_short(side[name]) if name in side else None for side in (before, after)))
            for name in differing[:MOST_ELEMENTS]
        ],
        omitted=max(0, len(differing) - MOST_ELEMENTS),
    )


def _short(value: bytes) -> str:
    return cut(argument(value), LONGEST_ELEMENT)


def _elements(database: Any, key: bytes) -> Elements:
    """The elements of a key by name. Those of a stream are its commands: it has groups and counters besides entries."""
    if not database.is_live(key):
        return {}
    value = database.entries[key]
    if content.type_name(value) == "stream":
        return {line.encode(): b"" for line in content.recreation(key, value, None)}
    return dict(content.elements(value))


def lines_of(workbench: Workbench) -> str:
    """The keyspace as lines that make it again, key by key in order of their names; elements of sets and hashes too."""
    lines: list[str] = []
    selected = 0
    for database in workbench.keyspace.databases:
        keys = sorted(database.keys())
        if keys and database.index != selected:
            selected = database.index
            lines.append(f"SELECT {selected}")
        for key in keys:
            lines += content.recreation(key, database.entries[key], database.expiries.get(key))
    return "\n".join(lines)
