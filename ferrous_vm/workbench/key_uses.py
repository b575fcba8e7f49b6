"""Which words of a command are keys, and whether it reads or writes them."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

from ferrous_vm.keyspace.arguments.key_positions import KeyPosition, key_positions
from ferrous_vm.keyspace.command_table import Row, arity_matches

KeyUse: TypeAlias = tuple[int, bool, bool]
"""A key by its place among the words of a command, whether it is read, and whether it is written."""


def uses(row: Row, argv: list[bytes]) -> list[KeyUse]:
    """The keys a command names; none where its arguments are too few or too many."""
    if not arity_matches(row, len(argv)):
        return []
    return _only_key(row) or [_use(position) for position in key_positions(row, argv)]


def _use(position: KeyPosition) -> KeyUse:
    flags = position.flags
    return position.word, "RO" in flags or "access" in flags, "RO" not in flags


@cache
def _only_key(row: Row) -> list[KeyUse] | None:
    """The key of a command that has one, always in the same place: most have, and so it is told at once."""
    if len(row.key_specs) != 1 or row.arity < 0 or "variable_flags" in row.key_specs[0]["flags"]:
        return None
    found = key_positions(row, [b""] * row.arity)
    return [_use(found[0])] if len(found) == 1 else None
