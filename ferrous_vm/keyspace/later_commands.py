"""Commands and options that came after Redis 7.0, or with a module, and what does their work in 7.0.

Who calls one here must not be led to the nearest old name: EXPIRE where HEXPIRE was meant ends the whole hash. Since
when there is one, and where, the tables tell that were recorded from running servers (`profiles/since.py`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ferrous_vm.keyspace.command_table import REDIS_7_0, CommandTable


class Later(NamedTuple):
    """Something that Redis 7.0 does not have."""

    since: str
    """Where it is, for a sentence: "Redis 7.4 and Valkey 9.0"."""
    instead: str
    """What to do in Redis 7.0, as a sentence."""


_SERVER: Final = "Redis 7.0"
"""The server these sentences are written for."""

_FIELD_TIMES: Final = "In Redis 7.0 only whole keys have a time to live: give each such field a key of its own."
_FIELD_MOVES: Final = "In Redis 7.0 a script does it in two steps: HGET, then HDEL."
_ENTRIES: Final = "In Redis 7.0 a script calls XACK and XDEL one after the other; nothing comes between."
_VECTORS: Final = "Redis 7.0 has no vectors."
_COMPARED: Final = "In Redis 7.0 a script compares first: if redis.call('GET', key) == value then … end."
_ADMINISTRATION: Final = "Redis 7.0 has nothing for it; scripts do not need it."
_CLUSTERS: Final = "It belongs to clusters; scripts do not need it."
_FOR_CLIENTS: Final = "It concerns the connection of a client, not a script."


def _named(instead: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), instead)


_INSTEAD: Final[dict[str, str]] = {
    **_named(
        _FIELD_TIMES,
        "hexpire hexpireat hexpiretime hpersist hpexpire hpexpireat hpexpiretime hpttl httl hgetex hsetex",
    ),
    **_named(_FIELD_MOVES, "hgetdel"),
    **_named(
        _VECTORS,
        "vadd vcard vdim vemb vgetattr vinfo vismember vlinks vrandmember vrange vrem vsetattr vsim",
    ),
    **_named(_ENTRIES, "xackdel xdelex"),
    **_named(_ADMINISTRATION, "xcfgset xidmprecord hotkeys"),
    **_named(_COMPARED, "delex digest delifeq"),
    **_named("In Redis 7.0 a script calls SET with EX for each key.", "msetex"),
    **_named("A script cannot wait for a disk.", "waitaof"),
    **_named(
        _CLUSTERS,
        "trimslots clusterscan cluster|migration cluster|syncslots cluster|slot-stats cluster|myshardid "
        "cluster|cancelslotmigrations cluster|flushslot cluster|getslotmigrations cluster|migrateslots",
    ),
    **_named(_FOR_CLIENTS, "client|no-touch client|setinfo client|capa client|import-source"),
    **_named("The page shows the script.", "script|show"),
    **_named("Redis 7.0 has SLOWLOG.", "commandlog"),
}
"""What to do in Redis 7.0, by full name in lower case."""

MODULES: Final[dict[str, str]] = {
    "json": "RedisJSON",
    "ft": "RediSearch",
    "ts": "RedisTimeSeries",
    "bf": "RedisBloom",
    "cf": "RedisBloom",
    "cms": "RedisBloom",
    "topk": "RedisBloom",
    "tdigest": "RedisBloom",
    "graph": "RedisGraph",
    "ai": "RedisAI",
    "cl": "redis-cell",
}
"""What begins the names of a module's commands, before the dot."""


def _line(version: str) -> str:
    """The line of servers that a version belongs to: "Redis 7.0" for 7.0.0."""
    return f"Redis {version.rpartition('.')[0]}"


def came_later(shown: str, later: Later, server: str = _SERVER) -> str:
    """`HEXPIRE came with Redis 7.4 and Valkey 9.0: Redis 7.0 does not have it.`"""
    return f"{shown} came with {later.since}: {server} does not have it."


def instead_on(later: Later, server: str) -> str:
    """What to do on another server that does not have it."""
    return later.instead.replace(_SERVER, server)


def later_command(name: str, commands: CommandTable = REDIS_7_0) -> Later | None:
    """What is known of a command, `get` or `client|setinfo`, that a server with `commands` does not have; None for
    nothing."""
    if commands.has(name.encode()):
        return None
    if REDIS_7_0.has(name.encode()):
        return Later(_line(REDIS_7_0.row_named(name.encode()).since), "")
    from ferrous_vm.keyspace.profiles.since import command_since  # with it come all profiles

    if since := command_since(name):
        return Later(since, _INSTEAD.get(name, ""))
    if "." in name:
        module = MODULES.get(name.partition(".")[0])
        if module is not None:
            return Later(
                f"the module {module}", f"A plain {_SERVER} has no modules: keep the data in hashes or strings."
            )
    return None
