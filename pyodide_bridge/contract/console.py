"""The console: a line typed, and what redis-cli would print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pyodide_bridge.contract.keyspace import KeyspaceState


@dataclass(frozen=True, slots=True)
class Console:
    """A line typed at the console's prompt."""

    line: str
    protocol: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True)
class ConsoleReply:
    """Answers Console: what redis-cli prints, and its next prompt."""

    text: str
    is_error: bool
    prompt: str
    keyspace: KeyspaceState


ANSWERS: dict[type, type] = {Console: ConsoleReply}
