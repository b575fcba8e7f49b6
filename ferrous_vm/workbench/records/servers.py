"""The servers that are imitated: which one everything runs on."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from ferrous_vm.keyspace.profiles.profile import PROFILES
from ferrous_vm.records import Record
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


ANSWERS: dict[type, type] = {SetServer: ServerSet}
