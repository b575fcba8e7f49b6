"""What Ferrous does not offer of the commands of Redis 7.0.15, and which it offers in part: each with its reason.

Every other command answers as Redis does. COMPATIBILITY.md shows both tables; tests/record/write_support_table.py
writes them there.
"""

from __future__ import annotations

from typing import Final

_NO_REPLICAS: Final = "there are no replicas to speak to"

NOT_OFFERED: Final[dict[str, str]] = {
    "psync": _NO_REPLICAS,
}
"""By full name; the reason is told to who calls one. `commands/__init__.py` checks that all others have a handler."""

_WAITS: Final = "waits at an endpoint and for Client.send; elsewhere it answers as after its timeout"
_NOT_SAMPLED: Final = "always empty, for latencies are not sampled"
_TIMED: Final = "fast commands, and those of scripts, are timed only when slowlog-log-slower-than is below 1000"
_SAVED: Final = "kept in memory, at an endpoint; elsewhere refused: there is no disk; export the keyspace instead"
_ONE_CLUSTER: Final = "in a cluster refused: it does not change"
_IDLE: Final = "memory is that of an idle client; addresses are names but at an endpoint"
_BY_DEFAULT: Final = "refused, as by a server with default settings"

IN_PART: Final[dict[str, str]] = {
    **dict.fromkeys(("blpop", "brpop", "blmove", "brpoplpush", "blmpop", "bzpopmin", "bzpopmax", "bzmpop"), _WAITS),
    **dict.fromkeys(("xread", "xreadgroup", "wait"), _WAITS),
    **dict.fromkeys(("slowlog|get", "slowlog|len"), _TIMED),
    **dict.fromkeys(("latency|latest", "latency|history", "latency|graph"), _NOT_SAMPLED),
    "latency|histogram": "a call of a fast command, or of a script, that is not timed counts as one of a microsecond",
    **dict.fromkeys(("module|load", "module|loadex", "module|unload"), _BY_DEFAULT),
    **dict.fromkeys(
        (
            *("cluster|addslots", "cluster|addslotsrange", "cluster|bumpepoch", "cluster|delslots"),
            *("cluster|delslotsrange", "cluster|flushslots", "cluster|forget", "cluster|meet", "cluster|replicate"),
            *("cluster|reset", "cluster|set-config-epoch", "cluster|setslot"),
        ),
        _ONE_CLUSTER,
    ),
    "cluster|info": "in a cluster without messages between nodes, of which there are none",
    **dict.fromkeys(("replicaof", "slaveof"), "NO ONE only: there is no network"),
    "replconf": "for who wants a file by SYNC",
    "sync": "a file of everything after REPLCONF rdb-only 1, as for redis-cli --rdb; else refused: nobody is fed",
    **dict.fromkeys(("save", "bgsave", "bgrewriteaof"), _SAVED),
    "shutdown": "ends an endpoint, of which nothing is saved; elsewhere refused: the server lives as long as its host",
    **dict.fromkeys(("client|info", "client|list"), _IDLE),
    "client|no-evict": "is said back by CLIENT LIST, and has no effect: nobody is evicted",
    "client|pause": "holds back clients of an endpoint and of Client.send; keys expire meanwhile",
    "config|set": "parameters of files, sockets, processes and replicas have no effect but to be said back",
    "debug": "refused by default; a host may allow DIGEST, RELOAD, SLEEP, PROTOCOL and what else test suites use",
    "info": "changes, traffic and processors are not counted, and times as in SLOWLOG; used memory is an estimate",
    "lolwut": "the version only, without the drawings of LOLWUT 5 and 6",
    "memory|malloc-stats": "as a Redis without jemalloc answers",
    "memory|stats": "an estimate by the sizes of Redis's structures",
    "memory|usage": "as a real Redis for lists and streams that only grew, small collections and most strings",
    "migrate": "the arguments are checked; the other server is never reached",
    "object|freq": "refused, as under any policy but LFU",
    "object|idletime": "always 0",
    "pfselftest": "with a thousandth of the elements",
    "script|debug": "what eval and redis change is taken back; not at the page's console",
}
"""Commands whose effect is not the whole of what it is in Redis, by full name."""
