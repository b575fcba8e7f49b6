"""Which keys go when more memory is used than `maxmemory` allows, under a policy that lets some go (evict.c).

Redis samples keys and knows when each was used. Here accesses are not timed: under a policy of least recent or least
frequent use the key goes that was made first.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from typing import TYPE_CHECKING, Final

from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.server import memory_usage
from ferrous_vm.keyspace.server.events import EVICTED

if TYPE_CHECKING:
    from ferrous_vm.keyspace.keyspace import Keyspace

MOST: Final = 100
"""Keys that go before one command. Where that is not enough, the next goes on, as Redis does when its time is up."""


def make_room(keyspace: Keyspace) -> bool:
    """Evict keys until no more memory is used than allowed; False if it still is and nothing is left to evict."""
    policy = keyspace.configuration.get(b"maxmemory-policy")
    for _ in range(MOST):
        if memory_usage.total(keyspace.databases) <= keyspace.thresholds.memory:
            return True
        if not _evict_one(keyspace, policy):
            return False
    return True


def _evict_one(keyspace: Keyspace, policy: bytes) -> bool:
    """Delete the key that the policy names; False if it names none."""
    among, _, kind = policy.partition(b"-")
    if not kind:
        return False  # noeviction
    candidates = [(database, _keys(database, among)) for database in keyspace.databases if _keys(database, among)]
    if not candidates:
        return False
    randrange = keyspace.random.randrange
    if kind == b"ttl":
        database = min((database for database, _ in candidates), key=lambda database: database.next_expiry() or 0)
        key = database.next_to_expire()
    else:
        is_random = kind == b"random"
        database, keys = candidates[randrange(len(candidates)) if is_random else 0]
        place = randrange(len(keys)) if is_random else 0
        key = next(islice(keys, place, None))
    assert key is not None
    database.remove_by_itself(key)
    keyspace.statistics.evicted += 1
    if database.thresholds.events:
        database.tell(EVICTED, b"evicted", key)
    return True


def _keys(database: Database, among: bytes) -> Collection[bytes]:
    """The keys that may go: all, or those that expire."""
    return database.expiries if among == b"volatile" else database.entries
