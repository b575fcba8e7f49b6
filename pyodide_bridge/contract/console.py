"""The console: a line typed, and what redis-cli would print."""

from __future__ import annotations

from dataclasses import dataclass

from pyodide_bridge.contract.keyspace import KeyspaceState


@dataclass(frozen=True, slots=True)
class Console:
    """A line typed at the console's prompt."""

    line: str


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Ctrl+C: the console's connection ends, with its transaction and subscriptions, and a new one begins."""


@dataclass(frozen=True, slots=True)
class ConsoleReply:
    """Answers Console and Reconnect: what redis-cli prints. `note` says where a server would have done otherwise."""

    text: str
    is_error: bool
    note: str
    keyspace: KeyspaceState


@dataclass(frozen=True, slots=True)
class Complete:
    """What may follow a line that is being typed."""

    line: str


@dataclass(frozen=True, slots=True)
class Completed:
    """Answers Complete: the lines Tab goes through, and the arguments that redis-cli shows behind the cursor."""

    lines: list[str]
    hint: str


ANSWERS: dict[type, type] = {Console: ConsoleReply, Reconnect: ConsoleReply, Complete: Completed}
