"""Which databases a user may use: the rules alldbs, resetdbs and db=0,1 of Valkey 9.1, and whom they concern."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ferrous_vm.keyspace.arguments.key_positions import may_have_keys
from ferrous_vm.keyspace.arguments.parsing import keyword, to_integer

if TYPE_CHECKING:
    from ferrous_vm.keyspace.command_table import Row
    from ferrous_vm.keyspace.database import Database

Databases = frozenset[int] | None
"""The numbers of those that are allowed; None: all, those included that there are not."""

_CONCERNED: Final = frozenset(("@keyspace", "@read", "@write"))
_MOST: Final = 2**31 - 1


def allowed_by(rule: bytes) -> Databases:
    """What a rule allows, and nothing else is allowed then.

    Raises KeyError for what is no such rule, and ValueError for a number that no database can have.
    """
    word = rule.lower()
    if word == b"alldbs":
        return None
    if word == b"resetdbs":
        return frozenset()
    numbers = [number for number in word.removeprefix(b"db=").split(b",") if number.lstrip(b"-").isdigit()]
    if not word.startswith(b"db=") or len(numbers) != word.count(b",") + 1:
        raise KeyError(rule)
    if any(not 0 <= int(number) <= _MOST for number in numbers):
        raise ValueError(rule)
    return frozenset(map(int, numbers))


def rule_of(databases: Databases) -> bytes:
    """The rule that allows these databases."""
    if databases is None:
        return b"alldbs"
    return b"db=" + b",".join(b"%d" % number for number in sorted(databases)) if databases else b"resetdbs"


def refused_word(databases: frozenset[int], row: Row, argv: list[bytes], current: Database) -> int | None:
    """The word of a command that asks for a database which is not allowed: 0 if that is the `current` one, or all;
    None if none does."""
    for word in _numbers(row, argv):
        number = to_integer(argv[word])
        if number is not None and number not in databases and 0 <= number < len(current.keyspace.databases):
            return word
    if row.full_name in (b"select", b"swapdb"):
        return None
    if row.full_name == b"flushall":
        return 0
    concerned = not _CONCERNED.isdisjoint(row.categories) or may_have_keys(row)
    return 0 if concerned and current.index not in databases else None


def _numbers(row: Row, argv: list[bytes]) -> Iterator[int]:
    """The words that are numbers of databases."""
    match row.full_name:
        case b"select":
            yield 1
        case b"swapdb":
            yield from (1, 2)
        case b"move":
            yield 2
        case b"copy":
            yield from (word + 1 for word in range(3, len(argv) - 1) if keyword(argv[word]) == b"db")
