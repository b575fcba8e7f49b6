"""Look-ups that options ask for, beside those of a command's own keys, which `execute.call` counts."""

from __future__ import annotations

from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.server.events import KEY_MISS


def looked_up(database: Database, key: bytes) -> bool:
    """Whether `key` is there: INFO counts it, and a key that is not is an event (`lookupKeyRead`)."""
    statistics = database.keyspace.statistics
    if database.exists(key):
        statistics.hits += 1
        return True
    statistics.misses += 1
    if database.thresholds.events:
        database.tell(KEY_MISS, b"keymiss", key)
    return False
