"""The command table of Redis 7.0.15 as data: what a command is, apart from what it does.

`command_table.json` holds every command and subcommand as the real server's COMMAND answers them (recorded by
tests/record/record_commands.py). A row gets its handler from `command.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import count
from pkgutil import get_data
from typing import Any, Final

from ferrous_vm.keyspace.replies import Reply

MOST_ROWS: Final = 400
"""Numbers for rows of the table."""

_numbers: Final = count()


class Row:
    """One command or subcommand, as the real server describes it."""

    __slots__ = (
        "arity",
        "categories",
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
        self.number = next(_numbers)
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


def _load() -> dict[bytes, Row]:
    data = json.loads(get_data(__package__, "command_table.json") or b"")
    return {row.full_name: row for row in map(Row, data)}


TABLE: Final[dict[bytes, Row]] = _load()
"""Every top-level command by its name in lower case."""


class _Spellings(dict[bytes, Row | None]):
    """Rows by the name as it was written: as it stands in the table, in capitals, or in any other way."""

    def __missing__(self, spelling: bytes) -> Row | None:
        return TABLE.get(spelling.lower())


BY_SPELLING: Final = _Spellings({spelling: row for row in TABLE.values() for spelling in (row.name, row.name.upper())})
"""Every top-level command by its name as it was written, None if there is no such. What is not offered is here too,
without a handler, and containers, of which only COMMAND has one."""


if next(_numbers) >= MOST_ROWS:
    raise ValueError("there are no numbers for so many commands")


def rows() -> Iterable[Row]:
    """Every row: commands, and after each container its subcommands."""
    for row in TABLE.values():
        yield row
        yield from dict.fromkeys(row.subcommands.values())


def row_named(full_name: bytes) -> Row:
    """The row of `get` or `object|encoding`; raises KeyError for a name Redis 7.0.15 does not have."""
    name, _, subcommand = full_name.partition(b"|")
    row = TABLE[name]
    return row.subcommands[subcommand] if subcommand else row


def find_command(argv: list[bytes]) -> Row | None:
    """The row for `argv`, or None (`lookupCommand`, server.c). A container's name alone is the container."""
    row = BY_SPELLING[argv[0]]
    if row is not None and row.subcommands:
        if len(argv) == 1:
            return row
        row = row.subcommands.get(argv[1]) or row.subcommands.get(argv[1].lower())
    return None if row is None or row.handler is None else row


def arity_matches(row: Row, argc: int) -> bool:
    """Whether `argc` words, the name included, suit the command."""
    arity = row.arity
    return argc == arity or (arity < 0 and argc >= -arity)
