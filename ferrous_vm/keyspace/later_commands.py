"""Commands and options that came after Redis 7.0, or with a module, and what does their work in 7.0.

Who calls one here must not be led to the nearest old name: EXPIRE where HEXPIRE was meant ends the whole hash. Names
and versions were recorded from running servers, Redis 7.2 to 8.6 and Valkey 8.0 to 9.1 (COMMAND DOCS of each).
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


def _named(since: str, instead: str, names: str) -> dict[str, Later]:
    return dict.fromkeys(names.split(), Later(since, instead))


LATER: Final[dict[str, Later]] = {
    **_named(
        "Redis 7.4 and Valkey 9.0",
        _FIELD_TIMES,
        "hexpire hexpireat hexpiretime hpersist hpexpire hpexpireat hpexpiretime hpttl httl",
    ),
    **_named("Redis 8.0 and Valkey 9.0", _FIELD_TIMES, "hgetex hsetex"),
    **_named("Redis 8.0 and Valkey 9.1", _FIELD_MOVES, "hgetdel"),
    **_named(
        "Redis 8.0",
        _VECTORS,
        "vadd vcard vdim vemb vgetattr vinfo vismember vlinks vrandmember vrem vsetattr vsim",
    ),
    **_named("Redis 8.4", _VECTORS, "vrange"),
    **_named("Redis 8.2", _ENTRIES, "xackdel xdelex"),
    **_named("Redis 8.6", _ADMINISTRATION, "xcfgset xidmprecord hotkeys"),
    **_named("Redis 8.4", _COMPARED, "delex digest"),
    **_named("Valkey 9.0", _COMPARED, "delifeq"),
    **_named("Redis 8.4 and Valkey 9.1", "In Redis 7.0 a script calls SET with EX for each key.", "msetex"),
    **_named("Redis 7.2", "A script cannot wait for a disk.", "waitaof"),
    **_named("Redis 8.4", _CLUSTERS, "trimslots cluster|migration cluster|syncslots"),
    **_named("Redis 8.2 and Valkey 8.0", _CLUSTERS, "cluster|slot-stats"),
    **_named("Redis 7.2", _CLUSTERS, "cluster|myshardid"),
    **_named(
        "Valkey 9.0",
        _CLUSTERS,
        "cluster|cancelslotmigrations cluster|flushslot cluster|getslotmigrations cluster|migrateslots",
    ),
    **_named("Valkey 9.1", _CLUSTERS, "clusterscan"),
    **_named("Redis 7.2", _FOR_CLIENTS, "client|no-touch client|setinfo"),
    **_named("Valkey 8.0", _FOR_CLIENTS, "client|capa"),
    **_named("Valkey 8.1", _FOR_CLIENTS, "client|import-source"),
    **_named("Valkey 8.0", "The page shows the script.", "script|show"),
    **_named("Valkey 8.1", "Redis 7.0 has SLOWLOG.", "commandlog"),
}
"""By full name, in lower case."""

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

LATER_OPTIONS: Final[dict[tuple[str, str], str]] = {
    ("hscan", "novalues"): "Redis 7.4",
    ("zrank", "withscore"): "Redis 7.2",
    ("zrevrank", "withscore"): "Redis 7.2",
    ("client|kill", "maxage"): "Redis 7.4",
    **{("set", option): "Redis 8.4" for option in ("ifne", "ifdeq", "ifdne")},
    ("set", "ifeq"): "Redis 8.4 and Valkey 8.1",
    **{(name, option): "Redis 8.2" for name in ("xadd", "xtrim") for option in ("keepref", "delref", "acked")},
    ("xreadgroup", "claim"): "Redis 8.4",
    **{("bitop", option): "Redis 8.2" for option in ("diff", "diff1", "andor", "one")},
}
"""Options of commands that Redis 7.0 has, by command and option."""


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
    known = LATER.get(name)
    if known is None and "." in name:
        module = MODULES.get(name.partition(".")[0])
        if module is not None:
            return Later(
                f"the module {module}", f"A plain {_SERVER} has no modules: keep the data in hashes or strings."
            )
    return known
