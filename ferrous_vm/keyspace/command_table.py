"""The commands of a server as data: what a command is, apart from what it does.

`command_table.json` holds every command and subcommand of Redis 7.0.15 as the real server's COMMAND answers them
(recorded by tests/record/record_commands.py). A row gets its handler from `command.py`. The table of another server
shares the rows that are the same (`profiles/rows.py`); which one a server has, its keyspace tells: `keyspace.commands`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pkgutil import get_data
from typing import Any, Final

from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.support import NOT_OFFERED

MOST_ROWS: Final = 512
"""Numbers for rows of all tables."""

_NUMBERS: Final[dict[bytes, int]] = {}
"""By full name: a command has the same number in the tables of all servers."""


class Row:
    """One command or subcommand, as the real server describes it."""

    __slots__ = (
        "arity",
        "categories",
        "command_name",
        "container",
        "fast",
        "first_key",
        "flags",
        "full_name",
        "group",
        "handler",
        "key_specs",
        "key_step",
        "last_key",
        "module",
        "name",
        "needs_memory",
        "needs_room",
        "noscript",
        "number",
        "reads",
        "reads_first_key",
        "since",
        "subcommands",
        "tips",
        "unordered",
        "write",
    )

    def __init__(self, data: list[Any], container: Row | None = None) -> None:
        name, arity, flags, first, last, step, categories, tips, key_specs, group, since, inner = data
        self.full_name: bytes = name.encode()
        """`object|encoding` for a subcommand."""
        self.command_name: bytes = self.full_name.partition(b"|")[0]
        """`object` for it."""
        self.name: bytes = self.full_name.rpartition(b"|")[2]
        self.arity: int = arity
        """Arguments with the command's name; negative: at least so many."""
        self.flags: tuple[str, ...] = tuple(flags)
        self.first_key: int = first
        self.last_key: int = last
        self.key_step: int = step
        self.categories: tuple[str, ...] = tuple(categories)
        self.tips: tuple[str, ...] = tuple(tips)
        self.unordered = "nondeterministic_output_order" in tips or self.full_name in _UNORDERED_TOO
        """Redis leaves open in which order the items of its reply come: see `shuffling.py`."""
        self.key_specs: list[dict[str, Any]] = key_specs
        self.group: str = group
        self.since: str = since
        self.needs_memory = "denyoom" in flags
        self.noscript = "noscript" in flags
        self.write = "write" in flags
        self.fast = "fast" in flags
        self.needs_room = self.write or not self.fast
        """It does more than look something up: see `execute.ROOM`."""
        self.reads = _reads_keys(self)
        """It looks up keys to read them: `key_positions.sources` tells which."""
        self.reads_first_key = self.reads and not self.write and first == last == 1
        """It looks up its first argument, and no other, to read it."""
        self.number = _NUMBERS.setdefault(self.full_name, len(_NUMBERS))
        self.container = container
        self.subcommands: dict[bytes, Row] = {}
        self.module = ""
        """Where its handler is registered; "" when Ferrous does not offer it."""
        self.handler: Callable[[Any, list[bytes]], Reply] | None = None
        """The function `(session, argv) -> reply`; None when Ferrous does not offer it."""
        for item in inner:
            row = Row(item, self)
            for spelling in (row.name, row.name.upper()):
                self.subcommands[spelling] = row

    def __repr__(self) -> str:
        return f"<command {self.full_name.decode()}>"


_UNORDERED_TOO: Final = frozenset(
    b"scan sscan hscan zscan spop srandmember hrandfield zrandmember georadius georadius_ro georadiusbymember "
    b"georadiusbymember_ro geosearch config|get pubsub|channels pubsub|shardchannels".split()
)
"""Commands that do not say so in their tips, for their replies are not always the same items either."""


_READING_WRITERS: Final = frozenset(
    b"getset getdel getex pfmerge xack xclaim xautoclaim xreadgroup copy bitop sort bitfield georadius "
    b"georadiusbymember zrangestore geosearchstore sunionstore sinterstore sdiffstore zunionstore zinterstore "
    b"zdiffstore".split()
)
"""Commands that write, and look up keys as those do that read (`lookupKeyRead` in their C functions)."""


def _reads_keys(row: Row) -> bool:
    """Whether INFO counts the keys the command looks up as hits and misses."""
    if "readonly" in row.flags:
        return bool(row.key_specs) and row.group != "scripting" and row.full_name != b"memory|usage"
    return row.full_name in _READING_WRITERS


class CommandTable:
    """All commands of one server."""

    __slots__ = ("by_name", "by_spelling", "not_offered")
    subcommands_are_arguments = False
    """See `former_table.py`."""

    def __init__(self, by_name: dict[bytes, Row], not_offered: dict[str, str]) -> None:
        self.by_name = by_name
        """Every top-level command by its name in lower case."""
        self.by_spelling = _Spellings(by_name)
        """Every top-level command by its name as it was written, None if there is no such. What is not offered is here
        too, without a handler, and containers, of which only COMMAND has one."""
        self.not_offered = not_offered
        """By full name: why Ferrous does not answer it."""
        if len(_NUMBERS) > MOST_ROWS:
            raise ValueError("there are no numbers for so many commands")

    def rows(self) -> Iterable[Row]:
        """Every row: commands, and after each container its subcommands."""
        for row in self.by_name.values():
            yield row
            yield from dict.fromkeys(row.subcommands.values())

    def row_named(self, full_name: bytes) -> Row:
        """The row of `get` or `object|encoding`; raises KeyError for a name the server does not have."""
        name, _, subcommand = full_name.partition(b"|")
        row = self.by_name[name]
        return row.subcommands[subcommand] if subcommand else row

    def has(self, full_name: bytes) -> bool:
        """Whether the server has `get` or `object|encoding`."""
        name, _, subcommand = full_name.partition(b"|")
        row = self.by_name.get(name)
        return row is not None and (not subcommand or subcommand in row.subcommands)

    def find(self, argv: list[bytes]) -> Row | None:
        """The row for `argv`, or None (`lookupCommand`, server.c). A container's name alone is the container."""
        row = self.by_spelling[argv[0]]
        if row is not None and row.subcommands:
            if len(argv) == 1:
                return row
            row = row.subcommands.get(argv[1]) or row.subcommands.get(argv[1].lower())
        return None if row is None or row.handler is None else row


class _Spellings(dict[bytes, Row | None]):
    """Rows by the name as it was written: as it stands in the table, in capitals, or in any other way."""

    __slots__ = ("_by_name",)

    def __init__(self, by_name: dict[bytes, Row]) -> None:
        super().__init__({spelling: row for name, row in by_name.items() for spelling in (name, name.upper())})
        self._by_name = by_name

    def __missing__(self, spelling: bytes) -> Row | None:
        return self._by_name.get(spelling.lower())


def recorded_rows() -> list[list[Any]]:
    """What `Row` is made of, for every command of Redis 7.0.15, containers with their subcommands."""
    data: list[list[Any]] = json.loads(get_data(__package__, "command_table.json") or b"")
    return data


REDIS_7_0: Final = CommandTable({row.full_name: row for row in map(Row, recorded_rows())}, NOT_OFFERED)
"""The commands of Redis 7.0.15."""

TABLE: Final = REDIS_7_0.by_name
rows: Final = REDIS_7_0.rows
row_named: Final = REDIS_7_0.row_named
find_command: Final = REDIS_7_0.find


def arity_matches(row: Row, argc: int) -> bool:
    """Whether `argc` words, the name included, suit the command."""
    arity = row.arity
    return argc == arity or (arity < 0 and argc >= -arity)
