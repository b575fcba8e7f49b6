"""What INFO tells: its sections in Redis's order, each with every field of 7.0.15 (server.c `genRedisInfoString`).

Fields a keyspace has no part in (processes, disks, replicas) read as on a server where nothing of the kind happens.
The counters are those of `statistics.py`; traffic and processors are not measured.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Final, TypeAlias

from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.server import memory_usage, pubsub

Field: TypeAlias = tuple[str, object]

_LIFETIMES_SAMPLED: Final = 32
"""Expiry times that the average of a database is taken of; Redis averages those its expiry cycle meets."""


def identity(keyspace: Keyspace, purpose: str) -> str:
    """Forty hex digits that name this server: its run id and its replication id."""
    return hashlib.sha1(f"{purpose} {keyspace.created}".encode()).hexdigest()


def human(size: float) -> str:
    """A number of bytes as people read it (`bytesToHuman`)."""
    if size < 1024:
        return f"{size:.0f}B"
    unit = "K"
    for unit in "KMGTP":  # noqa: B007 - the last unit is for all that is greater
        size /= 1024
        if size < 1024:
            break
    return f"{size:.2f}{unit}"


def _zeros(names: str) -> list[Field]:
    return [(name, 0) for name in names.split()]


def _server(keyspace: Keyspace) -> Iterable[Field]:
    uptime = max(0, keyspace.milliseconds() - keyspace.created) // 1000
    hertz = keyspace.configuration.number(b"hz")
    yield "redis_version", keyspace.profile.version.decode()
    yield from (("redis_git_sha1", "00000000"), ("redis_git_dirty", 0), ("redis_build_id", 0))
    yield from (
        ("redis_mode", "standalone" if keyspace.cluster is None else "cluster"),
        ("os", sys.platform),
        ("arch_bits", 64),
    )
    yield from (("monotonic_clock", "POSIX clock_gettime"), ("multiplexing_api", "none"))
    yield from (("atomicvar_api", "c11-builtin"), ("gcc_version", "0.0.0"), ("process_id", 1))
    yield from (("process_supervised", "no"), ("run_id", identity(keyspace, "run")))
    yield "tcp_port", keyspace.configuration.number(b"port")
    yield "server_time_usec", keyspace.microseconds()
    yield from (("uptime_in_seconds", uptime), ("uptime_in_days", uptime // 86400))
    yield from (("hz", hertz), ("configured_hz", hertz))
    yield "lru_clock", keyspace.milliseconds() // 1000 & 0xFFFFFF
    yield from (("executable", ""), ("config_file", ""), ("io_threads_active", 0))


def _clients(keyspace: Keyspace) -> Iterable[Field]:
    yield "connected_clients", len(keyspace.clients)
    yield "cluster_connections", 0 if keyspace.cluster is None else 2 * (len(keyspace.cluster.nodes) - 1)
    yield "maxclients", keyspace.configuration.number(b"maxclients")
    yield from _zeros("client_recent_max_input_buffer client_recent_max_output_buffer")
    waiting = [client.waiting for client in keyspace.clients.values() if client.waiting is not None]
    yield "blocked_clients", len(waiting)
    yield "tracking_clients", sum(client.tracking is not None for client in keyspace.clients.values())
    yield "clients_in_timeout_table", sum(each.deadline is not None for each in waiting)


def _clients_later(keyspace: Keyspace) -> Iterable[Field]:
    """What servers after 7.0 tell of clients besides."""
    clients, databases = list(keyspace.clients.values()), keyspace.databases
    yield "pubsub_clients", sum(client.subscribed for client in clients)
    yield "watching_clients", sum(bool(client.watched) for client in clients)
    yield "total_watched_keys", sum(len(database.watchers) for database in databases)
    yield "total_blocking_keys", sum(len(database.awaited) for database in databases)


def _memory(keyspace: Keyspace) -> Iterable[Field]:
    used, base = memory_usage.total(keyspace.databases), memory_usage.BASE
    limit = keyspace.configuration.number(b"maxmemory")
    share = 100.0 if used == base else (used - base) * 100 / used
    yield from (("used_memory", used), ("used_memory_human", human(used)))
    yield from (("used_memory_rss", used), ("used_memory_rss_human", human(used)))
    yield from (("used_memory_peak", used), ("used_memory_peak_human", human(used)))
    yield from (("used_memory_peak_perc", "100.00%"), ("used_memory_overhead", base), ("used_memory_startup", base))
    yield from (("used_memory_dataset", used - base), ("used_memory_dataset_perc", f"{share:.2f}%"))
    yield from (("allocator_allocated", used), ("allocator_active", used), ("allocator_resident", used))
    yield from (("total_system_memory", 0), ("total_system_memory_human", "0B"))
    yield from (("used_memory_lua", 0), ("used_memory_vm_eval", 0), ("used_memory_lua_human", "0B"))
    yield "used_memory_scripts_eval", 0
    for name in ("number_of_cached_scripts", "number_of_functions", "number_of_libraries"):
        gauge = keyspace.gauges.get(name)
        yield name, 0 if gauge is None else gauge()
    yield from (("used_memory_vm_functions", 0), ("used_memory_vm_total", 0), ("used_memory_vm_total_human", "0B"))
    yield from (("used_memory_functions", 0), ("used_memory_scripts", 0), ("used_memory_scripts_human", "0B"))
    yield from (("maxmemory", limit), ("maxmemory_human", human(limit)))
    yield "maxmemory_policy", keyspace.configuration.get(b"maxmemory-policy").decode()
    yield from (("allocator_frag_ratio", "1.00"), ("allocator_frag_bytes", 0), ("allocator_rss_ratio", "1.00"))
    yield from (("allocator_rss_bytes", 0), ("rss_overhead_ratio", "1.00"), ("rss_overhead_bytes", 0))
    yield from (("mem_fragmentation_ratio", "1.00"), ("mem_fragmentation_bytes", 0))
    yield from _zeros(
        "mem_not_counted_for_evict mem_replication_backlog mem_total_replication_buffers mem_clients_slaves "
        "mem_clients_normal mem_cluster_links mem_aof_buffer"
    )
    yield from (("mem_allocator", "libc"), ("active_defrag_running", 0))
    yield from _zeros("lazyfree_pending_objects lazyfreed_objects")


def _persistence(keyspace: Keyspace) -> Iterable[Field]:
    yield from _zeros("loading async_loading current_cow_peak current_cow_size current_cow_size_age")
    yield from (("current_fork_perc", "0.00"), ("current_save_keys_processed", 0), ("current_save_keys_total", 0))
    yield from (("rdb_changes_since_last_save", 0), ("rdb_bgsave_in_progress", 0))
    yield from (("rdb_last_save_time", keyspace.last_saved // 1000), ("rdb_last_bgsave_status", "ok"))
    yield from (("rdb_last_bgsave_time_sec", -1), ("rdb_current_bgsave_time_sec", -1))
    yield from _zeros("rdb_saves rdb_last_cow_size rdb_last_load_keys_expired rdb_last_load_keys_loaded")
    yield from _zeros("aof_enabled aof_rewrite_in_progress aof_rewrite_scheduled")
    yield from (("aof_last_rewrite_time_sec", -1), ("aof_current_rewrite_time_sec", -1))
    yield from (("aof_last_bgrewrite_status", "ok"), ("aof_rewrites", 0), ("aof_rewrites_consecutive_failures", 0))
    yield from (("aof_last_write_status", "ok"), ("aof_last_cow_size", 0))
    yield from _zeros("module_fork_in_progress module_fork_last_cow_size")


def _stats(keyspace: Keyspace) -> Iterable[Field]:
    for database in keyspace.databases:
        database.purge_expired()
    statistics = keyspace.statistics
    yield "total_connections_received", keyspace.next_client_id - 1
    yield "total_commands_processed", sum(statistics.calls)
    yield from _zeros(
        "instantaneous_ops_per_sec total_net_input_bytes total_net_output_bytes total_net_repl_input_bytes "
        "total_net_repl_output_bytes"
    )
    for name in ("input_kbps", "output_kbps", "input_repl_kbps", "output_repl_kbps"):
        yield "instantaneous_" + name, "0.00"
    yield from _zeros("rejected_connections sync_full sync_partial_ok sync_partial_err")
    yield from (("expired_keys", statistics.expired), ("expired_stale_perc", "0.00"))
    yield from _zeros("expired_time_cap_reached_count expire_cycle_cpu_milliseconds")
    yield "evicted_keys", statistics.evicted
    yield from _zeros("evicted_clients total_eviction_exceeded_time current_eviction_exceeded_time")
    yield from (("keyspace_hits", statistics.hits), ("keyspace_misses", statistics.misses))
    yield "pubsub_channels", len(pubsub.names(keyspace, pubsub.CHANNELS))
    yield "pubsub_patterns", len(pubsub.names(keyspace, pubsub.PATTERNS))
    yield "pubsubshard_channels", len(pubsub.names(keyspace, pubsub.SHARD_CHANNELS))
    yield from _zeros(
        "latest_fork_usec total_forks migrate_cached_sockets slave_expires_tracked_keys active_defrag_hits "
        "active_defrag_misses active_defrag_key_hits active_defrag_key_misses total_active_defrag_time "
        "current_active_defrag_time"
    )
    tracking = keyspace.tracking
    yield "tracking_total_keys", 0 if tracking is None else len(tracking.holders)
    yield "tracking_total_items", 0 if tracking is None else tracking.item_count
    yield "tracking_total_prefixes", 0 if tracking is None else len(tracking.prefixes)
    yield "unexpected_error_replies", 0
    yield "total_error_replies", sum(statistics.errors.values())
    yield from _zeros(
        "dump_payload_sanitizations total_reads_processed total_writes_processed io_threaded_reads_processed "
        "io_threaded_writes_processed reply_buffer_shrinks reply_buffer_expands"
    )


def _commands(keyspace: Keyspace) -> Iterable[Field]:
    statistics = keyspace.statistics
    for row in keyspace.commands.rows():
        calls, time = statistics.calls[row.number], statistics.time_of(row)
        rejected, failed = statistics.rejected.get(row, 0), statistics.failed.get(row, 0)
        if not calls and not rejected:
            continue
        yield (
            f"cmdstat_{row.full_name.decode()}",
            f"calls={calls},usec={time},usec_per_call={time / calls if calls else 0:.2f},"
            f"rejected_calls={rejected},failed_calls={failed}",
        )


def _errors(keyspace: Keyspace) -> Iterable[Field]:
    for code, count in sorted(keyspace.statistics.errors.items()):
        yield f"errorstat_{_printable(code)}", f"count={count}"


def _printable(code: bytes) -> str:
    """The code of an error without what would break the line (`getSafeInfoString`)."""
    return code.translate(_UNSAFE).decode("latin-1")


_UNSAFE: Final = bytes.maketrans(b"#:\n\r", b"____")


def _replication(keyspace: Keyspace) -> Iterable[Field]:
    yield from (("role", "master"), ("connected_slaves", 0), ("master_failover_state", "no-failover"))
    yield from (("master_replid", identity(keyspace, "replication")), ("master_replid2", "0" * 40))
    yield from (("master_repl_offset", 0), ("second_repl_offset", -1), ("repl_backlog_active", 0))
    yield "repl_backlog_size", keyspace.configuration.number(b"repl-backlog-size")
    yield from _zeros("repl_backlog_first_byte_offset repl_backlog_histlen")


def _cpu(keyspace: Keyspace) -> Iterable[Field]:
    for name in ("sys", "user", "sys_children", "user_children", "sys_main_thread", "user_main_thread"):
        yield "used_cpu_" + name, "0.000000"


def _latencies(keyspace: Keyspace) -> Iterable[Field]:
    from ferrous_vm.keyspace.server.latency import percentiles

    return percentiles(keyspace)


def _nothing(keyspace: Keyspace) -> Iterable[Field]:
    return ()


def _cluster(keyspace: Keyspace) -> Iterable[Field]:
    yield "cluster_enabled", int(keyspace.cluster is not None)


def _keyspace(keyspace: Keyspace) -> Iterable[Field]:
    now = keyspace.milliseconds()
    for database in keyspace.databases:
        database.purge_expired()
        if len(database):
            some = [max(0, when - now) for when in islice(database.expiries.values(), _LIFETIMES_SAMPLED)]
            mean = sum(some) // len(some) if some else 0
            told = f"keys={len(database)},expires={len(database.expiries)},avg_ttl={mean}"
            rules = keyspace.profile.field_rules
            yield (
                f"db{database.index}",
                told if rules is None else f"{told},{rules.counted_as}={database.timed_count()}",
            )


_SECTIONS: Final[dict[bytes, tuple[str, Callable[[Keyspace], Iterable[Field]]]]] = {
    b"server": ("Server", _server),
    b"clients": ("Clients", _clients),
    b"memory": ("Memory", _memory),
    b"persistence": ("Persistence", _persistence),
    b"stats": ("Stats", _stats),
    b"replication": ("Replication", _replication),
    b"cpu": ("CPU", _cpu),
    b"module_list": ("Modules", _nothing),
    b"commandstats": ("Commandstats", _commands),
    b"errorstats": ("Errorstats", _errors),
    b"latencystats": ("Latencystats", _latencies),
    b"cluster": ("Cluster", _cluster),
    b"keyspace": ("Keyspace", _keyspace),
}
_NOT_BY_DEFAULT: Final = frozenset({b"commandstats", b"latencystats"})


def report(keyspace: Keyspace, sections: Iterable[bytes] = ()) -> bytes:
    """The text of INFO; `default`, `all` and `everything` stand for sections, unknown ones for nothing."""
    known = _SECTIONS
    recorded: dict[str, Any] = {}
    if keyspace.profile.predecessor is not None:
        from ferrous_vm.keyspace.profiles.fields import as_recorded, recorded_sections

        recorded = recorded_sections(keyspace.profile)
        titles = {title for title, _ in _SECTIONS.values()}
        known = _SECTIONS | {title.lower().encode(): (title, _nothing) for title in recorded if title not in titles}
    wanted = {keyword(section) for section in sections} or {b"default"}
    if wanted & {b"all", b"everything"}:
        wanted |= known.keys()
    if b"default" in wanted:
        wanted |= known.keys() - _NOT_BY_DEFAULT
    if b"modules" in wanted:
        wanted.add(b"module_list")
    texts = []
    for name, (title, fields) in known.items():
        if name in wanted:
            told = fields(keyspace)
            if recorded:
                later = _clients_later(keyspace) if name == b"clients" and title in recorded else ()
                told = as_recorded((*told, *later), recorded.get(title))
            lines = [f"# {title}", *(f"{field}:{value}" for field, value in told)]
            texts.append("".join(line + "\r\n" for line in lines))
    return "\r\n".join(texts).encode()
