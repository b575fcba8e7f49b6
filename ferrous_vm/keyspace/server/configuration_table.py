"""Every configuration parameter of Redis 7.0.15 (config.c `static_configs`): its kind, default and bounds, as data."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple


class Kind(Enum):
    """What the value of a parameter is."""

    FLAG = "yes or no"
    TEXT = "any text"
    WORD = "one of some words"
    WORDS = "some of some words"
    INTEGER = "an integer"
    MEMORY = "bytes, with a unit"
    OCTAL = "an octal number"
    LIST = "words with a syntax of their own"


class Parameter(NamedTuple):
    """One parameter. Bounds are inclusive."""

    name: bytes
    kind: Kind
    default: bytes
    alias: bytes = b""
    """Its former name, under which it is still known."""
    low: int = 0
    high: int = 0
    words: tuple[bytes, ...] = ()
    fixed: bool = False
    """CONFIG SET refuses it: only a configuration file sets it."""
    protected: bool = False
    """CONFIG SET refuses it unless enable-protected-configs allows."""
    hidden: bool = False
    """CONFIG GET tells it only by its exact name."""
    unsigned: bool = False
    """Numbers below zero are read as huge ones."""
    unsigned_strictly: bool = False
    """They are refused instead, and bytes from 2**63 up with them."""
    most_bytes: int = 2**64 - 1
    """So many stand for more of them; more than these with their unit are none."""
    bytes_have_an_end: bool = False
    """More bytes are none."""
    percent: bool = False
    """A percentage will do; it is kept as a negative number."""
    unnamed: bool = False
    """CONFIG does not know it by its name, if at all by its former one: it is as it is on this server."""


def _flag(name: str, default: bool, *, alias: str = "", fixed: bool = False, hidden: bool = False) -> Parameter:
    text = b"yes" if default else b"no"
    return Parameter(name.encode(), Kind.FLAG, text, alias.encode(), fixed=fixed, hidden=hidden)


def _text(name: str, default: str, *, alias: str = "", fixed: bool = False, protected: bool = False) -> Parameter:
    return Parameter(name.encode(), Kind.TEXT, default.encode(), alias.encode(), fixed=fixed, protected=protected)


def _list(name: str, default: str, *, alias: str = "", fixed: bool = False, protected: bool = False) -> Parameter:
    return Parameter(name.encode(), Kind.LIST, default.encode(), alias.encode(), fixed=fixed, protected=protected)


def _word(name: str, default: str, words: str, *, fixed: bool = False) -> Parameter:
    return Parameter(name.encode(), Kind.WORD, default.encode(), words=tuple(words.encode().split()), fixed=fixed)


def _words(name: str, default: str, words: str) -> Parameter:
    return Parameter(name.encode(), Kind.WORDS, default.encode(), words=tuple(words.encode().split()))


def _integer(
    name: str, default: int, low: int, high: int, *,
    alias: str = "", fixed: bool = False, hidden: bool = False, unsigned: bool = False,
) -> Parameter:  # fmt: skip
    return Parameter(
        name.encode(), Kind.INTEGER, b"%d" % default, alias.encode(), low, high,
        fixed=fixed, hidden=hidden, unsigned=unsigned,
    )  # fmt: skip


def _memory(
    name: str, default: int, low: int, high: int, *,
    alias: str = "", hidden: bool = False, unsigned: bool = False, percent: bool = False,
) -> Parameter:  # fmt: skip
    return Parameter(
        name.encode(), Kind.MEMORY, b"%d" % default, alias.encode(), low, high,
        hidden=hidden, unsigned=unsigned, percent=percent,
    )  # fmt: skip


def _octal(name: str, default: int, low: int, high: int, *, fixed: bool, unsigned: bool) -> Parameter:
    return Parameter(name.encode(), Kind.OCTAL, b"%o" % default, b"", low, high, fixed=fixed, unsigned=unsigned)


_INT_MIN: Final = -(2**31)
_INT_MAX: Final = 2**31 - 1
_UINT_MAX: Final = 2**32 - 1
_LONG_MAX: Final = 2**63 - 1
_ULONG_MAX: Final = 2**64 - 1
_EVICTION: Final = (
    "volatile-lru volatile-lfu volatile-random volatile-ttl allkeys-lru allkeys-lfu allkeys-random noeviction"
)
_FACILITIES: Final = "user local0 local1 local2 local3 local4 local5 local6 local7"

PARAMETERS: Final = (
    _flag("rdbchecksum", True, fixed=True),
    _flag("daemonize", False, fixed=True),
    _flag("io-threads-do-reads", False, fixed=True),
    _flag("always-show-logo", False, fixed=True),
    _flag("protected-mode", True),
    _flag("rdbcompression", True),
    _flag("rdb-del-sync-files", False),
    _flag("activerehashing", True),
    _flag("stop-writes-on-bgsave-error", True),
    _flag("set-proc-title", True, fixed=True),
    _flag("dynamic-hz", True),
    _flag("lazyfree-lazy-eviction", False),
    _flag("lazyfree-lazy-expire", False),
    _flag("lazyfree-lazy-server-del", False),
    _flag("lazyfree-lazy-user-del", False),
    _flag("lazyfree-lazy-user-flush", False),
    _flag("repl-disable-tcp-nodelay", False),
    _flag("repl-diskless-sync", True),
    _flag("aof-rewrite-incremental-fsync", True),
    _flag("no-appendfsync-on-rewrite", False),
    _flag("cluster-require-full-coverage", True),
    _flag("rdb-save-incremental-fsync", True),
    _flag("aof-load-truncated", True),
    _flag("aof-use-rdb-preamble", True),
    _flag("aof-timestamp-enabled", False),
    _flag("cluster-replica-no-failover", False, alias="cluster-slave-no-failover"),
    _flag("replica-lazy-flush", False, alias="slave-lazy-flush"),
    _flag("replica-serve-stale-data", True, alias="slave-serve-stale-data"),
    _flag("replica-read-only", True, alias="slave-read-only"),
    _flag("replica-ignore-maxmemory", True, alias="slave-ignore-maxmemory"),
    _flag("jemalloc-bg-thread", True),
    _flag("activedefrag", False),
    _flag("syslog-enabled", False, fixed=True),
    _flag("cluster-enabled", False, fixed=True),
    _flag("appendonly", False),
    _flag("cluster-allow-reads-when-down", False),
    _flag("cluster-allow-pubsubshard-when-down", True),
    _flag("crash-log-enabled", True),
    _flag("crash-memcheck-enabled", True),
    _flag("use-exit-on-panic", False, hidden=True),
    _flag("disable-thp", True, fixed=True),
    _flag("cluster-allow-replica-migration", True),
    _flag("replica-announced", True),
    _flag("latency-tracking", True),
    _flag("aof-disable-auto-gc", False),
    _flag("replica-ignore-disk-write-errors", False),
    _text("aclfile", "", fixed=True),
    _text("unixsocket", "", fixed=True),
    _text("pidfile", "", fixed=True),
    _text("replica-announce-ip", "", alias="slave-announce-ip"),
    _text("masteruser", ""),
    _text("cluster-announce-ip", ""),
    _text("cluster-config-file", "nodes.conf", fixed=True),
    _text("cluster-announce-hostname", ""),
    _text("syslog-ident", "redis", fixed=True),
    _text("dbfilename", "dump.rdb", protected=True),
    _text("appendfilename", "appendonly.aof", fixed=True),
    _text("appenddirname", "appendonlydir", fixed=True),
    _text("server_cpulist", "", fixed=True),
    _text("bio_cpulist", "", fixed=True),
    _text("aof_rewrite_cpulist", "", fixed=True),
    _text("bgsave_cpulist", "", fixed=True),
    _text("ignore-warnings", ""),
    _text("proc-title-template", "{title} {listen-addr} {server-mode}"),
    _text("bind-source-addr", ""),
    _text("logfile", "", fixed=True),
    _text("masterauth", ""),
    _text("requirepass", ""),
    _word("supervised", "no", "upstart systemd auto no", fixed=True),
    _word("syslog-facility", "local0", _FACILITIES, fixed=True),
    _word("repl-diskless-load", "disabled", "disabled on-empty-db swapdb"),
    _word("loglevel", "notice", "debug verbose notice warning"),
    _word("maxmemory-policy", "noeviction", _EVICTION),
    _word("appendfsync", "everysec", "everysec always no"),
    _word("oom-score-adj", "no", "no yes relative absolute"),
    _word("acl-pubsub-default", "resetchannels", "allchannels resetchannels"),
    _word("sanitize-dump-payload", "no", "no yes clients"),
    _word("enable-protected-configs", "no", "no yes local", fixed=True),
    _word("enable-debug-command", "no", "no yes local", fixed=True),
    _word("enable-module-command", "no", "no yes local", fixed=True),
    _word("cluster-preferred-endpoint-type", "ip", "ip hostname unknown-endpoint"),
    _word("propagation-error-behavior", "ignore", "ignore panic panic-on-replicas"),
    _words("shutdown-on-sigint", "default", "default save nosave now force"),
    _words("shutdown-on-sigterm", "default", "default save nosave now force"),
    _integer("databases", 16, 1, _INT_MAX, fixed=True),
    _integer("port", 6379, 0, 65535),
    _integer("io-threads", 1, 1, 128, fixed=True),
    _integer("auto-aof-rewrite-percentage", 100, 0, _INT_MAX),
    _integer("cluster-replica-validity-factor", 10, 0, _INT_MAX, alias="cluster-slave-validity-factor"),
    _integer("list-max-listpack-size", -2, _INT_MIN, _INT_MAX, alias="list-max-ziplist-size"),
    _integer("tcp-keepalive", 300, 0, _INT_MAX),
    _integer("cluster-migration-barrier", 1, 0, _INT_MAX),
    _integer("active-defrag-cycle-min", 1, 1, 99),
    _integer("active-defrag-cycle-max", 25, 1, 99),
    _integer("active-defrag-threshold-lower", 10, 0, 1000),
    _integer("active-defrag-threshold-upper", 100, 0, 1000),
    _integer("lfu-log-factor", 10, 0, _INT_MAX),
    _integer("lfu-decay-time", 1, 0, _INT_MAX),
    _integer("replica-priority", 100, 0, _INT_MAX, alias="slave-priority"),
    _integer("repl-diskless-sync-delay", 5, 0, _INT_MAX),
    _integer("maxmemory-samples", 5, 1, _INT_MAX),
    _integer("maxmemory-eviction-tenacity", 10, 0, 100),
    _integer("timeout", 0, 0, _INT_MAX),
    _integer("replica-announce-port", 0, 0, 65535, alias="slave-announce-port"),
    _integer("tcp-backlog", 511, 0, _INT_MAX, fixed=True),
    _integer("cluster-port", 0, 0, 65535, fixed=True),
    _integer("cluster-announce-bus-port", 0, 0, 65535),
    _integer("cluster-announce-port", 0, 0, 65535),
    _integer("cluster-announce-tls-port", 0, 0, 65535),
    _integer("repl-timeout", 60, 1, _INT_MAX),
    _integer("repl-ping-replica-period", 10, 1, _INT_MAX, alias="repl-ping-slave-period"),
    _integer("list-compress-depth", 0, 0, _INT_MAX),
    _integer("rdb-key-save-delay", 0, _INT_MIN, _INT_MAX, hidden=True),
    _integer("key-load-delay", 0, _INT_MIN, _INT_MAX, hidden=True),
    _integer("active-expire-effort", 1, 1, 10),
    _integer("hz", 10, 0, _INT_MAX),
    _integer("min-replicas-to-write", 0, 0, _INT_MAX, alias="min-slaves-to-write"),
    _integer("min-replicas-max-lag", 10, 0, _INT_MAX, alias="min-slaves-max-lag"),
    _integer("watchdog-period", 0, 0, _INT_MAX, hidden=True),
    _integer("shutdown-timeout", 10, 0, _INT_MAX),
    _integer("repl-diskless-sync-max-replicas", 0, 0, _INT_MAX),
    _integer("maxclients", 10000, 1, _UINT_MAX, unsigned=True),
    _octal("unixsocketperm", 0, 0, 511, fixed=True, unsigned=True),
    _integer("socket-mark-id", 0, 0, _UINT_MAX, fixed=True, unsigned=True),
    _integer("active-defrag-max-scan-fields", 1000, 1, _LONG_MAX),
    _integer("slowlog-max-len", 128, 0, _LONG_MAX),
    _integer("acllog-max-len", 128, 0, _LONG_MAX),
    _integer("busy-reply-threshold", 5000, 0, _LONG_MAX, alias="lua-time-limit"),
    _integer("cluster-node-timeout", 15000, 0, _LONG_MAX),
    _integer("slowlog-log-slower-than", 10000, -1, _LONG_MAX),
    _integer("latency-monitor-threshold", 0, 0, _LONG_MAX),
    _memory("proto-max-bulk-len", 536870912, 1048576, _LONG_MAX),
    _integer("stream-node-max-entries", 100, 0, _LONG_MAX),
    _memory("repl-backlog-size", 1048576, 1, _LONG_MAX),
    _memory("maxmemory", 0, 0, _ULONG_MAX, unsigned=True),
    _memory("cluster-link-sendbuf-limit", 0, 0, _ULONG_MAX, unsigned=True),
    _integer("hash-max-listpack-entries", 512, 0, _LONG_MAX, alias="hash-max-ziplist-entries", unsigned=True),
    _integer("set-max-intset-entries", 512, 0, _LONG_MAX, unsigned=True),
    _integer("zset-max-listpack-entries", 128, 0, _LONG_MAX, alias="zset-max-ziplist-entries", unsigned=True),
    _memory("active-defrag-ignore-bytes", 104857600, 1, _LONG_MAX, unsigned=True),
    _memory("hash-max-listpack-value", 64, 0, _LONG_MAX, alias="hash-max-ziplist-value", unsigned=True),
    _memory("stream-node-max-bytes", 4096, 0, _LONG_MAX, unsigned=True),
    _memory("zset-max-listpack-value", 64, 0, _LONG_MAX, alias="zset-max-ziplist-value", unsigned=True),
    _memory("hll-sparse-max-bytes", 3000, 0, _LONG_MAX, unsigned=True),
    _integer("tracking-table-max-keys", 1000000, 0, _LONG_MAX, unsigned=True),
    _memory("client-query-buffer-limit", 1073741824, 1048576, _LONG_MAX, unsigned=True),
    _memory("maxmemory-clients", 0, -100, _LONG_MAX, percent=True),
    _integer("repl-backlog-ttl", 3600, 0, _LONG_MAX),
    _memory("auto-aof-rewrite-min-size", 67108864, 0, _LONG_MAX),
    _integer("loading-process-events-interval-bytes", 2097152, 1024, _INT_MAX, hidden=True),
    _integer("tls-port", 0, 0, 65535),
    _integer("tls-session-cache-size", 20480, 0, _INT_MAX),
    _integer("tls-session-cache-timeout", 300, 0, _INT_MAX),
    _flag("tls-cluster", False),
    _flag("tls-replication", False),
    _word("tls-auth-clients", "yes", "no yes optional"),
    _flag("tls-prefer-server-ciphers", False),
    _flag("tls-session-caching", True),
    _text("tls-cert-file", ""),
    _text("tls-key-file", ""),
    _text("tls-key-file-pass", ""),
    _text("tls-client-cert-file", ""),
    _text("tls-client-key-file", ""),
    _text("tls-client-key-file-pass", ""),
    _text("tls-dh-params-file", ""),
    _text("tls-ca-cert-file", ""),
    _text("tls-ca-cert-dir", ""),
    _text("tls-protocols", ""),
    _text("tls-ciphers", ""),
    _text("tls-ciphersuites", ""),
    _list("dir", "/", protected=True),
    _list("save", "3600 1 300 100 60 10000"),
    _list("client-output-buffer-limit", "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"),
    _list("oom-score-adj-values", "0 200 800"),
    _list("notify-keyspace-events", ""),
    _list("bind", "* -::*"),
    _list("replicaof", "", alias="slaveof", fixed=True),
    _list("latency-tracking-info-percentiles", "50 99 99.9"),
)
"""In the order of config.c."""
