"""Two keyspaces compared, key by key and element by element: a test's with the expected one, today's with a snapshot.

A keyspace is kept as the lines of commands that make it. To compare, they are carried out on a workbench of their own:
so the order of the lines, and how they fill a key, does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.workbench import content
from ferrous_vm.workbench.changes import MOST_ELEMENTS, part
from ferrous_vm.workbench.differences import element_change
from ferrous_vm.workbench.escapes import argument
from ferrous_vm.workbench.records.keyspace import Compare, Compared, KeyChange
from ferrous_vm.workbench.workbench import Workbench

Elements = dict[bytes, bytes]


class DifferentKey(NamedTuple):
    """A key that is not the same in two databases."""

    before: Any
    after: Any
    key: bytes


def compare(workbench: Workbench, request: Compare) -> Compared:
    """How the keyspace differs from the one that lines make."""
    earlier = workbench.beside()
    earlier.clock.held = workbench.now() / 1000
    problem = earlier.carry_out(request.lines, fresh=True, doing="Filling a keyspace to compare with, line")
    found = [] if problem else different_keys(earlier, workbench)
    listed = told(found)
    return Compared(listed, len(found) - len(listed), problem, workbench.now())


def different_keys(before: Workbench, after: Workbench) -> list[DifferentKey]:
    """Every key that is not the same in both."""
    found: list[DifferentKey] = []
    progress = after.progress("Comparing key")
    for old, new in zip(before.keyspace.databases, after.keyspace.databases, strict=True):
        keys = sorted({*old.keys(), *new.keys()})
        for done, key in enumerate(keys):
            progress(done, len(keys))
            if _as_compared(old, key) != _as_compared(new, key):
                found.append(DifferentKey(old, new, key))
    return found


def _as_compared(database: Any, key: bytes) -> Any:
    """All of a key that is compared; None where there is none."""
    if not database.is_live(key):
        return None
    return _expiry(database, key), content.type_name(database.entries[key]), _elements(database, key)


def _expiry(database: Any, key: bytes) -> int | None:
    expiry: int | None = database.expiries.get(key)
    return expiry


def told(found: Iterable[DifferentKey]) -> list[KeyChange]:
    """What is told of keys that differ: as many as a page can hold."""
    return part(map(_difference, found))


def _difference(different: DifferentKey) -> KeyChange:
    """How one key differs."""
    old, new, key = different
    before, after = _elements(old, key), _elements(new, key)
    kinds = [content.type_name(side.entries[key]) if side.is_live(key) else None for side in (old, new)]
    differing = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    return KeyChange(
        database=old.index,
        key=argument(key),
        type_before=kinds[0],
        type_after=kinds[1],
        expiry_before=_expiry(old, key),
        expiry_after=_expiry(new, key),
        elements=[element_change(name, before.get(name), after.get(name)) for name in differing[:MOST_ELEMENTS]],
        omitted=max(0, len(differing) - MOST_ELEMENTS),
    )


def _elements(database: Any, key: bytes) -> Elements:
    """The elements of a key by name. Those of a stream are its commands: it has groups and counters besides entries."""
    if not database.is_live(key):
        return {}
    value = database.entries[key]
    if content.type_name(value) == "stream":
        return {line.encode(): b"" for line in content.recreation(key, value, None)}
    return dict(content.elements(value))


def lines_of(keyspace: Keyspace) -> str:
    """The keyspace as lines that make it again, key by key in order of their names; elements of sets and hashes too."""
    lines: list[str] = []
    selected = 0
    for database in keyspace.databases:
        keys = sorted(database.keys())
        if keys and database.index != selected:
            selected = database.index
            lines.append(f"SELECT {selected}")
        for key in keys:
            lines += content.recreation(key, database.entries[key], database.expiries.get(key))
    return "\n".join(lines)
