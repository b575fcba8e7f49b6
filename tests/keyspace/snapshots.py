"""What a keyspace holds, as plain values that compare equal only when nothing at all differs."""

from __future__ import annotations

from typing import Any

from ferrous_vm.keyspace import Keyspace
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.lists import List
from ferrous_vm.keyspace.types.sets import Set
from ferrous_vm.keyspace.types.sorted_sets import SortedSet


def snapshot(keyspace: Keyspace) -> dict[bytes, Any]:
    """Every key of database 0 with its value, encoding and expiry."""
    database = keyspace.databases[0]
    return {key: (_value(value), database.expiries.get(key)) for key, value in database.entries.items()}


def _value(value: Any) -> Any:
    kind = type(value).__name__
    if isinstance(value, int | bytes | bytearray):
        return kind, bytes(value) if isinstance(value, bytearray) else value
    return kind, value.encoding(), _content(value)


def _content(value: Any) -> Any:
    if isinstance(value, List):
        return list(value)
    if isinstance(value, Set):
        return value.members()
    if isinstance(value, SortedSet):
        assert sorted(value.ranks) == list(value.ranks)
        assert sorted((score, member) for member, score in value.scores.items()) == list(value.ranks)
        return [(repr(value.scores[member]), member) for _, member in value.ranks]
    if isinstance(value, Hash):
        return sorted(value.fields.items()) if value.is_table else list(value.fields.items())
    return repr(value)
