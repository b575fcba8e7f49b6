"""What kinds of servers say to the keys of a script: one row a documented rule, with where its vendor says so.

Rows of one target are asked in their order, and the first that fits is told. What no vendor documents is no row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from ferrous_vm.records import Record
from ferrous_vm.workbench.records.keys import TargetVerdict


class KeyFacts(Record):
    """What the rules go by."""

    declared_slots: int
    """How many slots the declared keys are in; 0 where there are none."""
    undeclared: int
    """How many keys were used that are not declared."""
    elsewhere: int
    """How many of them are in another slot than the declared keys; where none is declared, all, if in several slots."""
    stays: bool
    """The script has a shebang or is a function, without allow-cross-slot-keys: it must stay in one slot."""
    locks_keys: bool
    """Its shebang has Upstash's flag allow-key-locking."""
    allows_undeclared: bool
    """It has Dragonfly's flag allow-undeclared-keys."""
    words: int
    """Arguments of the call, its name among them."""
    lists_keys: bool
    """It issues KEYS."""
    flushes: bool
    """It issues FLUSHDB or FLUSHALL."""
    no_cluster: bool
    """Its shebang, or the registration of the function, has the flag no-cluster."""
    is_whole: bool
    """The run was followed to its end: there are no other keys."""


Verdict = Literal["accepts", "may refuse", "refuses"]


class Rule(Record):
    """One documented rule."""

    target: str
    applies: Callable[[KeyFacts], bool]
    verdict: Verdict
    reason: str
    source: str


REDIS, VALKEY, DRAGONFLY = "Redis Cluster", "Valkey Cluster", "Dragonfly"
SERVERLESS, UPSTASH = "ElastiCache Serverless", "Upstash"
TARGETS: Final = (REDIS, VALKEY, DRAGONFLY, SERVERLESS, UPSTASH)

_REDIS_EVAL = "https://redis.io/docs/latest/commands/eval/"
_CROSS_SLOT = "https://github.com/redis/redis/pull/10615"
_REDIS_FLAGS = "https://redis.io/docs/latest/develop/programmability/lua-api/#script_flags"
_REDIS_SLOTS = "https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/"
_VALKEY_EVAL = "https://valkey.io/commands/eval/"
_VALKEY_FLAGS = "https://valkey.io/topics/lua-api/#script_flags"
_DRAGONFLY = "https://dragonflydb.io/docs/managing-dragonfly/scripting"
_DRAGONFLY_CLUSTER = "https://www.dragonflydb.io/docs/managing-dragonfly/cluster-mode"
_SERVERLESS = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/RedisConfiguration.html"
_SERVERLESS_COMMANDS = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SupportedCommands.html"
_SERVERLESS_SCRIPTS = (
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/BestPractices.Clients.Redis.LuaScripts.html"
)
_UPSTASH = "https://upstash.com/docs/redis/commands/scripting/eval"
_UPSTASH_LOCKS = "https://upstash.com/docs/redis/features/key-locking"

_NO_CLUSTER = "The script says no-cluster: Can not run script on cluster, 'no-cluster' flag is set."
_MANY_SLOTS = "The keys in KEYS lie in several slots: CROSSSLOT, and the script does not run."
_SHEBANG = (
    "A script with a shebang, and a function, stays in one slot: ERR Script attempted to access keys that do not hash "
    "to the same slot."
)
_ELSEWHERE = (
    "A key that is not in KEYS may lie on another node: ERR Script attempted to access a non local key in a cluster "
    "node."
)
_UNDECLARED = "Every key that a script uses must be in KEYS. Those that are not lie in the same slot, and are found."
_CUT_SHORT = "So far nothing speaks against it; but the script was not followed to its end."
_FINE = "All keys are in KEYS, and in one slot."


def _no_cluster(facts: KeyFacts) -> bool:
    return facts.no_cluster


def _several(facts: KeyFacts) -> bool:
    return facts.declared_slots > 1


def _leaves(facts: KeyFacts) -> bool:
    return facts.stays and facts.elsewhere > 0


def _elsewhere(facts: KeyFacts) -> bool:
    return facts.elsewhere > 0


def _undeclared(facts: KeyFacts) -> bool:
    return facts.undeclared > 0


def _always(_: KeyFacts) -> bool:
    return True


RULES: Final = (
    Rule(REDIS, _no_cluster, "refuses", _NO_CLUSTER, _REDIS_FLAGS),
    Rule(REDIS, _several, "refuses", _MANY_SLOTS, _REDIS_SLOTS),
    Rule(REDIS, _leaves, "refuses", _SHEBANG, _CROSS_SLOT),
    Rule(REDIS, _elsewhere, "may refuse", _ELSEWHERE, _REDIS_EVAL),
    Rule(REDIS, _undeclared, "accepts", _UNDECLARED, _REDIS_EVAL),
    Rule(REDIS, _always, "accepts", _FINE, _REDIS_EVAL),
    Rule(VALKEY, _no_cluster, "refuses", _NO_CLUSTER, _VALKEY_FLAGS),
    Rule(VALKEY, _several, "refuses", _MANY_SLOTS, _VALKEY_FLAGS),
    Rule(VALKEY, _leaves, "refuses", _SHEBANG, _VALKEY_FLAGS),
    Rule(VALKEY, _elsewhere, "may refuse", _ELSEWHERE, _VALKEY_EVAL),
    Rule(VALKEY, _undeclared, "accepts", _UNDECLARED, _VALKEY_EVAL),
    Rule(VALKEY, _always, "accepts", _FINE, _VALKEY_EVAL),
    Rule(
        DRAGONFLY,
        lambda facts: facts.undeclared > 0 and not facts.allows_undeclared,
        "refuses",
        "script tried accessing undeclared key: unless the script, or the server, has the flag allow-undeclared-keys.",
        _DRAGONFLY,
    ),
    Rule(
        DRAGONFLY,
        _undeclared,
        "accepts",
        "The flag allow-undeclared-keys lets the script use keys that are not in KEYS.",
        _DRAGONFLY,
    ),
    Rule(
        DRAGONFLY,
        _several,
        "accepts",
        "One server has all slots. A Dragonfly cluster of several is as Redis Cluster, and would refuse several slots.",
        _DRAGONFLY_CLUSTER,
    ),
    Rule(DRAGONFLY, _always, "accepts", "All keys are in KEYS.", _DRAGONFLY),
    Rule(
        SERVERLESS,
        lambda facts: facts.words > 3999,
        "refuses",
        "A request may have no more than 3,999 arguments.",
        _SERVERLESS,
    ),
    Rule(
        SERVERLESS,
        lambda facts: facts.lists_keys,
        "refuses",
        "KEYS is not among the commands that serverless caches support.",
        _SERVERLESS_COMMANDS,
    ),
    Rule(
        SERVERLESS,
        lambda facts: facts.declared_slots == 0,
        "refuses",
        "Every call names a key at least: ERR Lua scripts without any input keys are not supported.",
        _SERVERLESS_SCRIPTS,
    ),
    Rule(SERVERLESS, _no_cluster, "refuses", f"Every serverless cache is in cluster mode. {_NO_CLUSTER}", _SERVERLESS),
    Rule(SERVERLESS, _several, "refuses", f"Every serverless cache is in cluster mode. {_MANY_SLOTS}", _SERVERLESS),
    Rule(SERVERLESS, _leaves, "refuses", f"Every serverless cache is in cluster mode. {_SHEBANG}", _SERVERLESS),
    Rule(
        SERVERLESS,
        _elsewhere,
        "may refuse",
        "Every serverless cache is in cluster mode, and its slots lie on several shards: a key that is not in KEYS may "
        "be on another one.",
        _SERVERLESS,
    ),
    Rule(SERVERLESS, _undeclared, "accepts", _UNDECLARED, _SERVERLESS),
    Rule(SERVERLESS, _always, "accepts", _FINE, _SERVERLESS),
    Rule(
        UPSTASH,
        lambda facts: facts.locks_keys and facts.undeclared > 0,
        "refuses",
        "With the flag allow-key-locking every key that the script uses must be in KEYS.",
        _UPSTASH,
    ),
    Rule(
        UPSTASH,
        lambda facts: facts.locks_keys and facts.flushes,
        "refuses",
        "With the flag allow-key-locking no command may concern the whole database, as FLUSHDB does.",
        _UPSTASH_LOCKS,
    ),
    Rule(
        UPSTASH,
        _undeclared,
        "accepts",
        "A script takes the lock of the whole database, whatever its keys. With the flag allow-key-locking, which "
        "locks those in KEYS only, it would be refused.",
        _UPSTASH,
    ),
    Rule(
        UPSTASH,
        _always,
        "accepts",
        "A script takes the lock of the whole database; with the flag allow-key-locking those of the keys in KEYS.",
        _UPSTASH,
    ),
)


def verdicts(facts: KeyFacts) -> list[TargetVerdict]:
    """One of each target."""
    told = []
    for target in TARGETS:
        rule = next(rule for rule in RULES if rule.target == target and rule.applies(facts))
        verdict, reason = rule.verdict, rule.reason
        if verdict == "accepts" and not facts.is_whole:
            verdict, reason = "may refuse", _CUT_SHORT
        told.append(TargetVerdict(rule.target, verdict, reason, rule.source))
    return told


if {rule.target for rule in RULES if rule.applies is _always} != set(TARGETS):
    raise ValueError("a target has no rule for scripts that do everything right")
