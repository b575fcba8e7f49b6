"""The part of the keyspace that a script reads and writes: each key as it was before the script's first command on it.

Nothing but its commands changes a key while a script runs, so what stands there at the first of them stood there when
the script began. Commands that look at all keys, as KEYS does, take the whole keyspace with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ferrous_vm.keyspace.arguments.key_positions import key_positions
from ferrous_vm.keyspace.command_table import Row, arity_matches
from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.session import Session
from ferrous_vm.workbench.content import recreation

MOST_CHARACTERS: Final = 256_000
"""Of the lines that make the keys of one call again: what is more is left out, and that is said."""

ACROSS_DATABASES: Final = frozenset((b"copy", b"move"))
"""Commands that name a key of another database."""


class Captured:
    """The keys that one call touches, as lines of commands."""

    def __init__(self, session: Session) -> None:
        self._databases: Final = session.keyspace.databases
        self._home: Final = session.database.index
        self._before: dict[tuple[int, bytes], list[str]] = {}
        self._room = MOST_CHARACTERS
        self._too_large: set[tuple[int, bytes]] = set()

    def look_at(self, session: Session, row: Row, argv: list[bytes]) -> None:
        """The script is about to issue this command."""
        if not arity_matches(row, len(argv)):
            return
        here = session.database.index
        names = [argv[position.word] for position in key_positions(row, argv)]
        if row.full_name in ACROSS_DATABASES:
            self._take((at, name) for at in range(len(self._databases)) for name in names)
        elif "@keyspace" in row.categories and not row.key_specs:
            self._take((database.index, name) for database in self._databases for name in list(database.keys()))
        else:
            if _looks_anywhere(row, argv):
                names += session.database.keys()
            self._take((here, name) for name in names)

    def _take(self, places: Iterable[tuple[int, bytes]]) -> None:
        for place in places:
            if place not in self._before:
                self._before[place] = lines = _lines(self._databases[place[0]], place[1])
                self._room -= sum(map(len, lines))
                if self._room < 0:
                    self._room += sum(map(len, lines))
                    self._before[place] = []
                    self._too_large.add(place)

    @property
    def left_out(self) -> int:
        """Keys that were too large."""
        return len(self._too_large)

    @property
    def crosses_databases(self) -> bool:
        """Whether the caller's database is not 0, and others were touched too."""
        return self._home != 0 and any(database != self._home for database, _ in self._before)

    def before(self) -> str:
        """What makes the keys again as they were, those of the caller's database in database 0."""
        return self._in_lines(self._before)

    def after(self) -> str:
        """What makes the same keys as they are now."""
        told = [place for place in self._before if place not in self._too_large]
        return self._in_lines({place: _lines(self._databases[place[0]], place[1]) for place in told})

    def _in_lines(self, keys: dict[tuple[int, bytes], list[str]]) -> str:
        lines: list[str] = []
        selected = 0
        made_here = [(0 if at == self._home else at, made) for (at, _), made in keys.items() if made]
        for at, made in sorted(made_here, key=lambda one: one[0]):  # of a database, in the order in which they came
            if at != selected:
                selected = at
                lines.append(f"SELECT {at}")
            lines += made
        return "\n".join(lines)


def _looks_anywhere(row: Row, argv: list[bytes]) -> bool:
    """Whether the content of keys says which others are read: SORT with BY or GET."""
    is_open = any(spec["begin_search"]["type"] == "unknown" for spec in row.key_specs)
    return is_open and any(word.lower() in (b"by", b"get") for word in argv[2:])


def _lines(database: Database, key: bytes) -> list[str]:
    """The commands that make the key again; none where there is none."""
    if key not in database.entries or not database.is_live(key):
        return []
    return recreation(key, database.entries[key], database.expiries.get(key))
