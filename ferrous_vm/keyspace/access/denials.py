"""Why something was denied, and what is remembered of it: the entries of ACL LOG."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from ferrous_vm.records import MutableRecord

_TOGETHER: Final = 60_000
"""Milliseconds between two denials that are counted together."""


class Reason(IntEnum):
    """What a user may not: a later one is the nearer miss, and what is told when no selector allows the command."""

    DATABASE = 0
    COMMAND = 1
    KEY = 2
    AUTHENTICATION = 3
    CHANNEL = 4


class Denied(MutableRecord):
    """Denials that are alike."""

    reason: Reason
    context: bytes
    """b"toplevel", b"multi" or b"lua"."""
    object: bytes
    """The command, the key or the channel."""
    user: bytes
    when: int
    """Unix milliseconds, of the last."""
    client: bytes
    """The client, as CLIENT LIST shows it."""
    count: int = 1

    def is_like(self, other: Denied) -> bool:
        """Whether the two are counted together."""
        return (
            self.reason == other.reason
            and self.context == other.context
            and abs(self.when - other.when) <= _TOGETHER
            and self.object == other.object
            and self.user == other.user
        )
