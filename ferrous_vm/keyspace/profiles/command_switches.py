"""What the commands that came after Redis 7.0 do otherwise from server to server: switches of the profiles, by name.

A profile has those of its predecessor too; `OPTIONS` are added to those of the predecessor.
"""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.keyspace.arguments.field_rules import FirstValkeyRules, FreeRedisRules, RedisRules, ValkeyRules
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.timed_fields import timed_databases


def _conditional_set(session: Session, argv: list[bytes]) -> Reply:
    from ferrous_vm.keyspace.commands.conditional_strings import conditional_set

    return conditional_set(session, argv)


_FIRST_FILTERS: Final = frozenset((b"id", b"type", b"user", b"addr", b"laddr", b"skipme", b"maxage"))
_LATER_FILTERS: Final = frozenset((b"ip", b"name", b"idle", b"flags", b"lib-name", b"lib-ver", b"db", b"capa"))
_DENIABLE: Final = (_FIRST_FILTERS | _LATER_FILTERS) - {b"skipme", b"maxage", b"idle"}

_FIELDS_7_2: Final = REDIS_7_0_15.client_fields | {b"lib-name", b"lib-ver"}
_FIELDS_8_2: Final = _FIELDS_7_2 | {b"watch", b"io-thread", b"tot-net-in", b"tot-net-out", b"tot-cmds"}

COMMAND_SWITCHES: Final[dict[str, dict[str, Any]]] = {
    "redis-6.2": {"client_fields": frozenset()},
    "redis-7.2": {"client_fields": _FIELDS_7_2},
    "redis-7.4": {
        "field_rules": RedisRules(),
        "make_databases": timed_databases,
        "client_fields": _FIELDS_7_2 | {b"watch"},
    },
    "redis-8.0": {"client_fields": _FIELDS_7_2 | {b"watch", b"io-thread"}},
    "redis-8.2": {"client_fields": _FIELDS_8_2},
    "redis-8.6": {
        "field_rules": FreeRedisRules(),
        "set_conditions": frozenset((b"ifeq", b"ifne", b"ifdeq", b"ifdne")),
        "conditional_set": _conditional_set,
        "msetex_tells_end_first": True,
    },
    "valkey-8.0": {"client_fields": _FIELDS_8_2 - {b"io-thread"}},
    "valkey-8.1": {
        "client_fields": _FIELDS_8_2 - {b"io-thread"} | {b"capa"},
        "set_conditions": frozenset((b"ifeq",)),
        "conditional_set": _conditional_set,
        "client_filters": _FIRST_FILTERS,
    },
    "valkey-9.0": {
        "client_filters": _FIRST_FILTERS | _LATER_FILTERS | frozenset(b"not-" + each for each in _DENIABLE),
        "field_rules": FirstValkeyRules(),
        "make_databases": timed_databases,
    },
    "valkey-9.1": {
        "field_rules": ValkeyRules(),
        "msetex_count": b"ERR invalid numkeys value or out of range",
        "msetex_pairs": b"ERR syntax error",
    },
}

OPTIONS: Final[dict[str, frozenset[str]]] = {
    "redis-7.4": frozenset(("hscan novalues", "client kill maxage", "xread +")),
    "redis-8.0": frozenset(("xread + after deletion",)),
    "redis-8.2": frozenset(("bitop diff", "bitop diff1", "bitop andor", "bitop one", "stream references")),
    "redis-8.6": frozenset(("xreadgroup claim", "rough trims with references")),
    "valkey-8.0": frozenset(("hscan novalues", "zscan noscores", "client kill maxage", "xread +")),
    "valkey-9.0": frozenset(("geosearch bypolygon",)),
}
