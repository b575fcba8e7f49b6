"""The command table of servers to which a subcommand is an argument like another (until Redis 7.0).

A container answers whatever is no subcommand, or has the wrong number of arguments, so such a command can stand in a
transaction. COMMAND does not tell of subcommands there: what stands here was read in their C functions.
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.keyspace.command_table import CommandTable, Row, arity_matches

ABSENT: Final = (
    "acl|dryrun client|no-evict cluster|addslotsrange cluster|delslotsrange cluster|links cluster|shards command|docs "
    "command|getkeysandflags command|list latency|histogram module|loadex pubsub|shardchannels pubsub|shardnumsub"
)
"""Subcommands that came with 7.0."""

ARITIES: Final[dict[str, int]] = {
    "client|kill": -2,
    "command|getkeys": -3,
    "config|get": 3,
    "config|set": 4,
    "script|exists": -2,
    "xgroup|setid": 5,
}
"""Those that 7.0 counts otherwise."""


class FormerCommandTable(CommandTable):
    """Finds a container where a subcommand does not fit."""

    __slots__ = ()
    subcommands_are_arguments = True

    def find(self, argv: list[bytes]) -> Row | None:
        """The row for `argv`, or None."""
        row = self.by_spelling[argv[0]]
        if row is None or not row.subcommands or len(argv) == 1:
            return None if row is None or row.handler is None else row
        inner = row.subcommands.get(argv[1]) or row.subcommands.get(argv[1].lower())
        if inner is None or not arity_matches(inner, len(argv)):
            return row
        return None if inner.handler is None else inner
