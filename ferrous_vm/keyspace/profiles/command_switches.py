"""What the commands that came after Redis 7.0 do otherwise from server to server: switches of the profiles, by name.

A profile has those of its predecessor too.
"""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.keyspace.arguments.field_rules import FirstValkeyRules, FreeRedisRules, RedisRules, ValkeyRules
from ferrous_vm.keyspace.timed_fields import timed_databases

COMMAND_SWITCHES: Final[dict[str, dict[str, Any]]] = {
    "redis-7.4": {"field_rules": RedisRules(), "make_databases": timed_databases},
    "redis-8.6": {"field_rules": FreeRedisRules()},
    "valkey-9.0": {"field_rules": FirstValkeyRules(), "make_databases": timed_databases},
    "valkey-9.1": {"field_rules": ValkeyRules()},
}
