"""TIME, INFO, MEMORY, SLOWLOG, LATENCY, LOLWUT and MODULE (server.c, object.c, slowlog.c, latency.c, module.c).

Latency is not sampled, so its series are always empty.
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.counting import at_most
from ferrous_vm.keyspace.arguments.parsing import INT64_MAX, integer, integer_in_range, keyword
from ferrous_vm.keyspace.arguments.readings import INTEGER, NAME, OPTION, SURPLUS
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.connection import modules_told
from ferrous_vm.keyspace.commands.help import subcommand_help, subcommand_syntax
from ferrous_vm.keyspace.replies import OK, MapReply, Reply, Verbatim
from ferrous_vm.keyspace.server import information, memory_usage
from ferrous_vm.keyspace.session import Session

_BAD_COUNT: Final = b"ERR count should be greater than or equal to -1"
_ENTRIES_SHOWN: Final = 10
"""Entries that SLOWLOG GET shows when it is not told how many."""
_NO_SAMPLES: Final = b"ERR No samples available for event '%b'"
_NO_MODULES: Final = (
    b'ERR MODULE command not allowed. If the enable-module-command option is set to "local", you can run it from a '
    b"local connection, otherwise you need to set this option in the configuration file, and then restart the server."
)
_CALM: Final = (
    b"Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in these "
    b"conditions. Please, leave for your mission on Earth and fill it with some data. The new Sam and I will be back "
    b"to our programming as soon as I finished rebooting.\n"
)
_HEALTHY: Final = (
    b"Hi Sam, I can't find any memory issue in your instance. I can only account for what occurs on this base.\n"
)
_DAVE: Final = (
    b"I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance. You may use \"CONFIG "
    b"SET latency-monitor-threshold <milliseconds>.\" in order to enable it. If we weren't in a deep space mission "
    b"I'd suggest to take a look at https://redis.io/topics/latency-monitor.\n"
)
_UNEVENTFUL: Final = (
    b"Dave, no latency spike was observed during the lifetime of this Redis instance, not in the slightest bit. "
    b"I honestly think you ought to sit down calmly, take a stress pill, and think things over.\n"
)
_VERY_LITTLE: Final = 5 * 1024 * 1024
"""Bytes below which MEMORY DOCTOR does not look."""


@command("TIME")
def time(session: Session, argv: list[bytes]) -> Reply:
    """TIME: seconds and microseconds, by the clock the keyspace was given"""
    seconds, microseconds = divmod(session.keyspace.microseconds(), 1_000_000)
    return [b"%d" % seconds, b"%d" % microseconds]


@command("INFO")
def info(session: Session, argv: list[bytes]) -> Reply:
    """INFO [section ...]"""
    return Verbatim(b"txt", information.report(session.keyspace, argv[1:]))


@command("LOLWUT")
def lolwut(session: Session, argv: list[bytes]) -> Reply:
    """LOLWUT [VERSION version]: the version, without the drawings of LOLWUT 5 and 6"""
    if len(argv) >= 3 and keyword(argv[1]) == b"version":
        integer(argv[2])
    return Verbatim(b"txt", session.keyspace.profile.sentences.lolwut % session.keyspace.profile.version)


# MEMORY


@command("MEMORY|USAGE")
def usage(session: Session, argv: list[bytes]) -> Reply:
    """MEMORY USAGE key [SAMPLES count]: what a real Redis would use"""
    samples = memory_usage.SAMPLES
    position = 3
    while position < len(argv):
        if keyword(argv[position]) != b"samples" or position + 1 == len(argv):
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        samples = integer(argv[position + 1])
        if samples < 0:
            raise CommandError(messages.SYNTAX, argv[position + 1], INTEGER)
        position += 2
    if session.database.lookup(argv[2]) is None:
        return None
    fill = session.keyspace.thresholds.list_size
    return memory_usage.exact_usage(session.database, argv[2], samples or INT64_MAX, fill)


@command("MEMORY|STATS")
def stats(session: Session, argv: list[bytes]) -> Reply:
    """MEMORY STATS"""
    databases = session.keyspace.databases
    total, base = memory_usage.total(databases), memory_usage.BASE
    keys = sum(map(len, databases))
    pairs: list[tuple[bytes, object]] = [
        (b"peak.allocated", total), (b"total.allocated", total), (b"startup.allocated", base),
        *((name, 0) for name in (b"replication.backlog", b"clients.slaves", b"clients.normal", b"cluster.links")),
        *((name, 0) for name in (b"aof.buffer", b"lua.caches", b"functions.caches")),
    ]  # fmt: skip
    for database in databases:
        if len(database):
            slots = MapReply([
                (b"overhead.hashtable.main", 24 * len(database)),
                (b"overhead.hashtable.expires", 24 * len(database.expiries)),
                (b"overhead.hashtable.slot-to-keys", 0),
            ])  # fmt: skip
            pairs.append((b"db.%d" % database.index, slots))
    pairs += [
        (b"overhead.total", base), (b"keys.count", keys), (b"keys.bytes-per-key", (total - base) // max(keys, 1)),
        (b"dataset.bytes", total - base), (b"dataset.percentage", 100.0 if keys else 0.0),
        (b"peak.percentage", 100.0), (b"allocator.allocated", total), (b"allocator.active", total),
        (b"allocator.resident", total), (b"allocator-fragmentation.ratio", 1.0),
        (b"allocator-fragmentation.bytes", 0), (b"allocator-rss.ratio", 1.0), (b"allocator-rss.bytes", 0),
        (b"rss-overhead.ratio", 1.0), (b"rss-overhead.bytes", 0), (b"fragmentation", 1.0),
        (b"fragmentation.bytes", 0),
    ]  # fmt: skip
    return MapReply(pairs)


@command("MEMORY|DOCTOR")
def doctor(session: Session, argv: list[bytes]) -> Reply:
    """MEMORY DOCTOR"""
    little = memory_usage.total(session.keyspace.databases) < _VERY_LITTLE
    return Verbatim(b"txt", _CALM if little else _HEALTHY)


@command("MEMORY|MALLOC-STATS")
def malloc_stats(session: Session, argv: list[bytes]) -> Reply:
    """MEMORY MALLOC-STATS: as a Redis without jemalloc answers"""
    return b"Stats not supported for the current allocator"


@command("MEMORY|PURGE")
def purge(session: Session, argv: list[bytes]) -> Reply:
    """MEMORY PURGE: there is nothing to purge"""
    return OK


# SLOWLOG


@command("SLOWLOG|GET")
def slowlog_get(session: Session, argv: list[bytes]) -> Reply:
    """SLOWLOG GET [count]"""
    if len(argv) > 3:
        raise subcommand_syntax(argv, argv[3], SURPLUS)
    if len(argv) == 3:
        count = integer_in_range(argv[2], -1, INT64_MAX, _BAD_COUNT)
    else:
        count = _ENTRIES_SHOWN
    slow = session.keyspace.statistics.slow
    entries = at_most(slow, None if count < 0 else count)
    return [list(entry) for entry in entries]


@command("SLOWLOG|LEN")
def slowlog_len(session: Session, argv: list[bytes]) -> Reply:
    """SLOWLOG LEN"""
    return len(session.keyspace.statistics.slow)


@command("SLOWLOG|RESET")
def slowlog_reset(session: Session, argv: list[bytes]) -> Reply:
    """SLOWLOG RESET"""
    session.keyspace.statistics.slow.clear()
    return OK


# LATENCY


@command("LATENCY|LATEST")
def latest(session: Session, argv: list[bytes]) -> Reply:
    """LATENCY LATEST"""
    return []


@command("LATENCY|HISTORY")
def history(session: Session, argv: list[bytes]) -> Reply:
    """LATENCY HISTORY event"""
    return []


@command("LATENCY|RESET")
def latency_reset(session: Session, argv: list[bytes]) -> Reply:
    """LATENCY RESET [event ...]: how many series were reset"""
    return 0


@command("LATENCY|GRAPH")
def graph(session: Session, argv: list[bytes]) -> Reply:
    """LATENCY GRAPH event"""
    raise CommandError(_NO_SAMPLES % messages.shown(argv[2]), argv[2], NAME)


@command("LATENCY|HISTOGRAM")
def histogram(session: Session, argv: list[bytes]) -> Reply:
    """LATENCY HISTOGRAM [command ...]: of a container, of its subcommands"""
    from ferrous_vm.keyspace.server.latency import cumulative

    table = session.keyspace.commands
    rows = list(table.rows())
    if len(argv) > 2:
        named = [row for word in argv[2:] for row in rows if word.lower() in (row.full_name, row.command_name)]
        rows = list(dict.fromkeys(named))
    told = [(row.full_name, cumulative(session.keyspace, row)) for row in rows]
    return MapReply(
        [
            (name, MapReply([(b"calls", levels[-1][1]), (b"histogram_usec", MapReply(levels))]))
            for name, levels in told
            if levels
        ]
    )


@command("LATENCY|DOCTOR")
def latency_doctor(session: Session, argv: list[bytes]) -> Reply:
    """LATENCY DOCTOR"""
    is_on = session.keyspace.configuration.number(b"latency-monitor-threshold") > 0
    sentences = session.keyspace.profile.sentences
    told = sentences.latency_calm or _UNEVENTFUL if is_on else sentences.latency_off or _DAVE
    return Verbatim(b"txt", told)


# MODULE


@command("MODULE|LIST")
def module_list(session: Session, argv: list[bytes]) -> Reply:
    """MODULE LIST"""
    return modules_told(session.keyspace.profile)


@command("MODULE|LOAD", "MODULE|LOADEX", "MODULE|UNLOAD")
def module_load(session: Session, argv: list[bytes]) -> Reply:
    """MODULE LOAD path, LOADEX path, UNLOAD name: refused, as a server does that has not been told to allow them"""
    raise CommandError(_NO_MODULES)


# Help


@command("MEMORY|HELP", "SLOWLOG|HELP", "LATENCY|HELP", "MODULE|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """MEMORY, SLOWLOG, LATENCY or MODULE HELP"""
    return subcommand_help(session, argv[0], _HELP[argv[0].lower()])


_HELP: Final = {
    b"memory": (
        b"DOCTOR",
        b"    Return memory problems reports.",
        b"MALLOC-STATS",
        b"    Return internal statistics report from the memory allocator.",
        b"PURGE",
        b"    Attempt to purge dirty pages for reclamation by the allocator.",
        b"STATS",
        b"    Return information about the memory usage of the server.",
        b"USAGE <key> [SAMPLES <count>]",
        b"    Return memory in bytes used by <key> and its value. Nested values are",
        b"    sampled up to <count> times (default: 5, 0 means sample all).",
    ),
    b"slowlog": (
        b"GET [<count>]",
        b"    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
        b"    Entries are made of:",
        b"    id, timestamp, time in microseconds, arguments array, client IP and port,",
        b"    client name",
        b"LEN",
        b"    Return the length of the slowlog.",
        b"RESET",
        b"    Reset the slowlog.",
    ),
    b"latency": (
        b"DOCTOR",
        b"    Return a human readable latency analysis report.",
        b"GRAPH <event>",
        b"    Return an ASCII latency graph for the <event> class.",
        b"HISTORY <event>",
        b"    Return time-latency samples for the <event> class.",
        b"LATEST",
        b"    Return the latest latency samples for all events.",
        b"RESET [<event> ...]",
        b"    Reset latency data of one or more <event> classes.",
        b"    (default: reset all data for all event classes)",
        b"HISTOGRAM [COMMAND ...]",
        b"    Return a cumulative distribution of latencies in the format of a histogram for the specified "
        b"command names.",
        b"    If no commands are specified then all histograms are replied.",
    ),
    b"module": (
        b"LIST",
        b"    Return a list of loaded modules.",
        b"LOAD <path> [<arg> ...]",
        b"    Load a module library from <path>, passing to it any optional arguments.",
        b"LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
        b"    Load a module library from <path>, while passing it module configurations and optional arguments.",
        b"UNLOAD <name>",
        b"    Unload a module.",
    ),
}
