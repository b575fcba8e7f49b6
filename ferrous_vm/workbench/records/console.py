"""The console: a line typed, and what redis-cli would print."""

from __future__ import annotations

from ferrous_vm.records import Record
from ferrous_vm.workbench.records.evaluating import DebugWasSet
from ferrous_vm.workbench.records.keyspace import KeyspaceState


class Console(Record):
    """A line typed at the console's prompt."""

    line: str


class Reconnect(Record):
    """Ctrl+C: the console's connection ends, with its transaction and subscriptions, and a new one begins."""


class ConsoleReply(Record):
    """Answers Console and Reconnect: what redis-cli prints. `note` says where a server would have done otherwise.

    `was_set`: the line changed the keyspace of the moment of a script that is debugged, so a new recording of that
    begins there.
    """

    text: str
    is_error: bool
    note: str
    keyspace: KeyspaceState
    was_set: DebugWasSet | None = None


class Complete(Record):
    """What may follow a line that is being typed."""

    line: str


class Completed(Record):
    """Answers Complete: the lines Tab goes through, and the arguments that redis-cli shows behind the cursor."""

    lines: list[str]
    hint: str


ANSWERS: dict[type, type] = {Console: ConsoleReply, Reconnect: ConsoleReply, Complete: Completed}
