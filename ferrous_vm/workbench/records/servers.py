"""The servers that are imitated: which one everything runs on."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from ferrous_vm.keyspace.profiles.profile import PROFILES
from ferrous_vm.records import Record
from ferrous_vm.workbench.records.calling import ScriptRun
from ferrous_vm.workbench.records.keyspace import KeyspaceState

ServerName: TypeAlias = Literal[
    "redis-6.2", "redis-7.0", "redis-7.2", "redis-7.4", "redis-8.0", "redis-8.2", "redis-8.6",
    "valkey-8.0", "valkey-8.1", "valkey-9.0", "valkey-9.1",
]  # fmt: skip
"""A server, by the name of its profile."""

if get_args(ServerName) != PROFILES:
    raise AssertionError("the names of servers in messages and the profiles differ")


class SetServer(Record):
    """Everything runs on this server from now on. It begins with the keyspace there is, as far as it can hold that."""

    server: ServerName


class NotHeld(Record):
    """A key that the server cannot hold, as a field, and why not."""

    database: int
    key: str
    reason: str


class ServerSet(Record):
    """Answers SetServer. `not_held` are the first of the keys that are gone by that, `omitted` is how many more.

    What can be undone is forgotten with the server that knew it.
    """

    server: ServerName
    not_held: list[NotHeld]
    omitted: int
    keyspace: KeyspaceState


PartKind: TypeAlias = Literal["reply", "error", "log", "command", "key"]
"""What of an outcome is compared."""


class RunOnServer(ScriptRun):
    """Run a script on one server, on a keyspace of its own, and compare it with those it has run on since the `first`.

    Without `fresh` each begins with the keyspace as it is, as far as it holds that.
    """

    server: ServerName = "redis-7.0"
    first: bool = False


class ExplainServer(Record):
    """Find the rules that make this server answer otherwise than the one everything runs on, in what was compared."""

    server: ServerName


class ServerColumn(Record):
    """Servers that answer the same, and do the same."""

    servers: list[ServerName]
    verdict: Literal["ok", "error", "fixture", "interrupted"]


class Reason(Record):
    """A rule that makes a difference, where it stands in the servers' source, and the columns it was found for."""

    rule: str
    text: str
    source: str
    columns: list[int]


class ServerRow(Record):
    """One part of the outcome that is not the same everywhere, and how it is in each column, null where it is not.

    `name` is that of a key, `number` that of a command, from 1; of a key it is the database. `line` is the script's.
    """

    kind: PartKind
    number: int
    name: str
    line: int | None
    cells: list[str | None]
    reasons: list[Reason]


class SamePart(Record):
    """A part that is the same on all servers."""

    kind: PartKind
    number: int
    name: str
    text: str


class ServersCompared(Record):
    """Answers RunOnServer and ExplainServer: the columns, what differs, what is the same, and how much is left out."""

    columns: list[ServerColumn]
    rows: list[ServerRow]
    omitted: int
    same: list[SamePart]
    same_omitted: int


ANSWERS: dict[type, type] = {SetServer: ServerSet, RunOnServer: ServersCompared, ExplainServer: ServersCompared}
