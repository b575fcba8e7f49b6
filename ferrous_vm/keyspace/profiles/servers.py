"""All profiles but the default, and how one is built on.

A profile is one line of servers in its patched state: `Server(profile="valkey-9.1")`. It is

    tables      what the server tells of itself, recorded: COMMAND, COMMAND DOCS, HELP, CONFIG, INFO (`tables/`). One
                file a profile, a JSON merge patch over the tables of its predecessor. Nobody writes them by hand:
                `make servers`, then `python -m tests.record.record_profiles NAME`.
    switches    what the server does otherwise: fields of `Profile`, each named by what it means, with its source. The
                default of every switch is what Redis 7.0.15 does.

What a handler needs to know
    - It asks a switch by its meaning: `session.keyspace.profile.time_stands_in_scripts`. Nobody compares versions.
    - A sentence that differs is a switch too, whose value is the sentence.
    - A new option of a command that Redis 7.0 has: a switch that says that the server knows it.
    - A new command has its row already: the recorded tables have its arity, flags, categories and key specs. Write the
      handler as always, `@command("HEXPIRE")` (`keyspace/command.py` is the recipe), in a module of its own of
      `keyspace/commands/`, and name it in `MODULES` of `rows.py`. The module is imported when one of its commands is
      first called, so a server that has none of them never loads it. What servers do otherwise within it are switches.
    - Where a server answers a command of Redis 7.0 so differently that a switch would say less, it has a handler of its
      own: `@own("CONFIG|SET")` (`own_handlers.py`), in a module that stands in `OWN` of `rows.py`. It may well call the
      common one. What was so before 7.0 is in modules called `former_...`.
    - A sentence of a command that differs in its words alone is reworded as a whole: `Sentences.reworded`.
    - A command without a handler stands in `NOT_OFFERED` of `rows.py` with its reason.
    - `session.keyspace.commands` is the table of the server at hand: `find`, `row_named`, `rows`. The module-level
      functions of `command_table.py` are those of Redis 7.0.15, for tools that speak of it.

A profile is added with a row in `PROFILES` of `profile.py`, one here, one in `tests/record/servers.py` that says which
binary it is, and a recorded file of tables. `tests/keyspace/profiles` records dialogues of each server and holds them.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from ferrous_vm.keyspace.profiles.command_switches import COMMAND_SWITCHES, OPTIONS
from ferrous_vm.keyspace.profiles.number_texts import d2string, shortest
from ferrous_vm.keyspace.profiles.parameters import parameters
from ferrous_vm.keyspace.profiles.profile import PROFILES, REDIS_7_0_15, Profile
from ferrous_vm.keyspace.profiles.rows import command_table
from ferrous_vm.records import with_changes


def _after(predecessor: Profile, name: str, version: str, **switches: Any) -> Profile:
    """A profile that does what its predecessor does, but for `switches`."""
    server, _, _ = name.partition("-")
    major, minor, patch = map(int, version.split("."))
    number = major << 16 | minor << 8 | patch
    said = {"name": name, "server": server.encode(), "version": version.encode(), "version_number": number}
    switches |= COMMAND_SWITCHES.get(name, {})
    switches.setdefault("options", predecessor.options)
    switches["options"] |= OPTIONS.get(name, frozenset())
    return with_changes(predecessor, **said, predecessor=predecessor, **switches)


_VALKEY_FILES: Final = (*range(12), *range(80, 81))
"""Versions of RDB that Valkey 9 reads: 12 to 79 are those of Redis 7.4 and later."""

_SENTENCES_6_2: Final = with_changes(
    REDIS_7_0_15.sentences,
    unknown_command=b"Unknown Redis command called from Lua script",
    wrong_arity=b"Wrong number of args calling Redis command From Lua script",
    not_allowed=b"This Redis command is not allowed from scripts",
    bad_argument=b"Lua redis() command arguments must be strings or integers",
    no_argument=b"Please specify at least one argument for redis.call()",
    script_denied_command=REDIS_7_0_15.sentences.script_denied_command.removeprefix(b"ERR "),
    script_denied_key=REDIS_7_0_15.sentences.script_denied_key.removeprefix(b"ERR "),
    script_denied_channel=REDIS_7_0_15.sentences.script_denied_channel.removeprefix(b"ERR "),
    denied_command=b"NOPERM this user has no permissions to run the '%b' command or its subcommand",
    longest_unknown=None,
    subscribed=(
        b"ERR Can't execute '%b': only (P)SUBSCRIBE / (P)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"
    ),
    only_watches=b"ERR Replica can't interract with the keyspace",
    reworded=(
        (rb"ERR invalid expire time in '(.*)' command", rb"ERR invalid expire time in \1"),
        (rb"ERR unknown subcommand or wrong", rb"ERR Unknown subcommand or wrong"),
        (rb"ERR wrong number of arguments for 'm.*", rb"ERR wrong number of arguments for MSET"),
        (rb"ERR wrong number of arguments for 'xadd'.*", rb"ERR wrong number of arguments for XADD"),
        (rb"(ERR at least 1 input key is needed for) '(.*)' command", rb"\1 \2"),
        (rb"ERR unsupported unit provided.*", rb"ERR unsupported unit provided. please use m, km, ft, mi"),
        (
            rb"ERR .* is not compatible with WITHDIST.*",
            rb"ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORDS options",
        ),
        (rb"(ERR RANK can't be zero.* from the second).*", rb"\1, ..."),
    ),
    place=b"ERR Error running script (call to f_%(script)b): %(chunk)b:%(line)d: %(bare)b",
    unknown_at_large=b"ERR unknown command `%b`, with args beginning with: %b",
    argument_at_large=b"`%b`, ",
)
_IN_CLUSTERS: Final[dict[str, Any]] = {
    "script_cross_slot": b"ERR Command '%b' in script attempted to access keys that don't hash to the same slot",
    "script_not_served": b"ERR Script attempted to access a slot not served",
}
"""Of Redis 7.4 and Valkey 8.0."""
_ALL_NOT_LOCAL: Final[dict[str, Any]] = dict.fromkeys(
    ("script_cross_slot", "script_not_served", "script_not_local"),
    b"ERR Attempted to access a non local key in a cluster node",
)
"""Of Valkey 9.1."""
_SENTENCES_7_2: Final = with_changes(
    REDIS_7_0_15.sentences,
    set_repl_arguments=b"one argument",
    denied_command=b"NOPERM User %b has no permissions to run the '%b' command",
    denied_key=b"NOPERM No permissions to access a key",
    denied_channel=b"NOPERM No permissions to access a channel",
    script_denied_command=b"ERR ACL failure in script: User %b has no permissions to run the '%b' command",
    script_denied_key=b"ERR ACL failure in script: No permissions to access a key",
    script_denied_channel=b"ERR ACL failure in script: No permissions to access a channel",
    dry_run_user=b"User %b",
    no_hello=(
        b"NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> "
        b"<pass> option can be used to authenticate the client and select the RESP protocol version at the same time"
    ),
    unbalanced=b"ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must be specified.",
    unbalanced_group=(
        b"ERR Unbalanced 'xreadgroup' list of streams: for each stream key an ID or '>' must be specified."
    ),
)
_SENTENCES_7_4: Final = with_changes(_SENTENCES_7_2, bad_log_level=b"Invalid log level.", **_IN_CLUSTERS)
_SENTENCES_8_0: Final = with_changes(
    _SENTENCES_7_4,
    unbalanced=b"ERR Unbalanced 'xread' list of streams: for each stream key an ID, '+', or '$' must be specified.",
    latency_off=(
        b"I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance. You may use "
        b'"CONFIG SET latency-monitor-threshold <milliseconds>." in order to enable it. If we weren\'t in a deep space '
        b"mission I'd suggest to take a look at https://redis.io/docs/latest/operate/oss_and_stack/management/"
        b"optimization/latency-monitor.\n"
    ),
)
_SENTENCES_VALKEY_8_0: Final = with_changes(
    _SENTENCES_7_2,
    **_IN_CLUSTERS,
    unknown_command=b"ERR Unknown command called from script",
    wrong_arity=b"ERR Wrong number of args calling command from script",
    no_argument=b"Please specify at least one argument for this call",
    bad_argument=b"Command arguments must be strings or integers",
    no_script=b"NOSCRIPT No matching script.",
    busy=b"BUSY Valkey is busy running a script. You can only call %b KILL or SHUTDOWN NOSAVE.",
    bad_log_level=b"Invalid log level.",
    latency_off=(
        b"I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Valkey instance. You may use "
        b'"CONFIG SET latency-monitor-threshold <milliseconds>." in order to enable it.\n'
    ),
    latency_calm=(
        b"No latency spike was observed during the lifetime of this Valkey instance, not in the slightest bit.\n"
    ),
    reworded=((rb"ERR This Redis (instance .* a )Redis (.* the )Redis (.*)", rb"ERR This \1\2\3"),),
    api=b"server",
)
_SENTENCES_VALKEY_8_1: Final = with_changes(_SENTENCES_VALKEY_8_0, killed=b"Script killed by user with %b KILL.")
_SENTENCES_VALKEY_9_0: Final = with_changes(
    _SENTENCES_VALKEY_8_1,
    not_allowed=b"ERR This Valkey command is not allowed from script",
    no_member=b"ERR member %b does not exist",
    one_shape=b"ERR exactly one of BYRADIUS, BYBOX and BYPOLYGON can be specified for %b",
    no_multi=b"ERR Command '%b' not allowed inside a transaction",
    lolwut=b"Valkey ver.%b\n",
)

_REDIS_6_2: Final = _after(
    REDIS_7_0_15,
    "redis-6.2",
    "6.2.14",
    sentences=_SENTENCES_6_2,
    packs_in_ziplists=True,
    options=frozenset(),
    subcommands_are_arguments=True,
    claims_deleted=True,
    waiting_ends_with_key=False,
    errors_are_texts=True,
    converts_later_types=False,
    draws_anew=True,
    has_print=True,
    reads_shebangs=False,
    api_tells_version=False,
    api_checks_permissions=False,
    most_bytes=2**63 - 1,
    rdb_version=9,
    rdb_versions=range(10),
)
_REDIS_7_2: Final = _after(
    REDIS_7_0_15,
    "redis-7.2",
    "7.2.6",
    sentences=_SENTENCES_7_2,
    users_tell_of_sanitizing=True,
    rules_as_given=True,
    double_text=d2string,
    time_stands_in_scripts=True,
    set_entries=128,
    cuts_index_of_lset=True,
    sizes_in_advance=True,
    stored_ranges_are_large=True,
    lists_are_packed=True,
    consumers_tell_of_activity=True,
    waiting_runs_again=True,
    replies_come_first=True,
    tracks_reads_of_scripts=True,
    timeouts_have_an_end=True,
    ranks_can_be_negated=True,
    reads_hello_first=True,
    names_end_at_nul=True,
    selectors_begin_once=True,
    full_sequence_is_not_greater=True,
    rdb_version=11,
    rdb_versions=range(12),
)
_REDIS_7_4: Final = _after(
    _REDIS_7_2,
    "redis-7.4",
    "7.4.1",
    sentences=_SENTENCES_7_4,
    stored_ranges_are_large=False,
    least_count_is_taken=False,
    last_of_nothing_is_refused=True,
    reads_ranges_first=True,
    cursors_are_unsigned=True,
    queues_when_full=True,
    flushes_wait=True,
    rdb_version=12,
    rdb_versions=range(13),
    blocking_reads_in_scripts=True,
    scripts_kept=500,
    has_clock=True,
)
_REDIS_8_0: Final = _after(
    _REDIS_7_4,
    "redis-8.0",
    "8.0.2",
    sentences=_SENTENCES_8_0,
    last_of_nothing_is_refused=False,
    coordinate_text=shortest,
    hexadecimal_bounds=False,
    counts_reads_from_last=True,
    lags_by_length=True,
    modules=((b"vectorset", 1, b""),),
    checks_arity_in_acl_check=True,
)
_REDIS_8_2: Final = _after(
    _REDIS_8_0,
    "redis-8.2",
    "8.2.3",
    embedded_with_key=41,
    expiry_costs=8,
    progress_is_bounded=True,
    shares_integers=False,
    unsigned_strictly=True,
    checks_arity_in_acl_check=False,
)
_REDIS_8_6: Final = _after(
    _REDIS_8_2,
    "redis-8.6",
    "8.6.3",
    rdb_version=13,
    rdb_versions=range(14),
    tells_of_producers=True,
    json_knows_arrays=True,
    no_arguments_are_not_shown=True,
    expiry_costs=0,
    unsigned_strictly=False,
    checks_arity_in_acl_check=True,
)
_VALKEY_8_0: Final = _after(
    _REDIS_7_2,
    "valkey-8.0",
    "8.0.1",
    sentences=_SENTENCES_VALKEY_8_0,
    stored_ranges_are_large=False,
    least_count_is_taken=False,
    last_of_nothing_is_refused=True,
    measures_in_advance=True,
    api_version=(b"7.2.4", 0x070204),
    reads_ranges_first=True,
    cursors_are_unsigned=True,
    queues_when_full=True,
    no_multi_comes_first=True,
    blocking_reads_in_scripts=True,
    scans_known_types_only=True,
    counts_bits_from_start=True,
    scripts_kept=500,
    has_clock=True,
    has_server_table=True,
    takes_readonly=True,
    leaves_subscriptions_only=True,
    set_ends_keys=True,
)
_VALKEY_8_1: Final = _after(
    _VALKEY_8_0,
    "valkey-8.1",
    "8.1.8",
    sentences=_SENTENCES_VALKEY_8_1,
    embedded_with_key=41,
    shares_integers=False,
    has_server_error_handler=True,
    finds_engines=True,
    past_ends_are_told=True,
    leaves_subscriptions_only=False,
    counts_reads_from_last=True,
    functions_are_checked_at_end=True,
    hashes_with_murmur=True,
)
_VALKEY_9_0: Final = _after(
    _VALKEY_8_1,
    "valkey-9.0",
    "9.0.0",
    sentences=_SENTENCES_VALKEY_9_0,
    login_comes_first=True,
    clusters_have_databases=True,
    bitfield_types_are_exact=True,
    rdb_version=80,
    rdb_versions=_VALKEY_FILES,
    long_key_costs=2,
)
_VALKEY_9_1: Final = _after(
    _VALKEY_9_0,
    "valkey-9.1",
    "9.1.2",
    sentences=with_changes(
        _SENTENCES_VALKEY_9_0, place=b"%(message)b script: on %(chunk)b:%(line)d.", **_ALL_NOT_LOCAL
    ),
    users_have_databases=True,
    overlaps_are_refused=True,
    last_of_nothing_is_refused=False,
    names_subcommands_to_scripts=True,
    asks_memory_first=True,
    embedded_with_key=113,
    scripts_store_texts=True,
    getex_reads_time_first=True,
    bytes_have_an_end=True,
    tells_slots_alone=True,
    lists_no_subcommands=True,
    modules=((b"lua", 1, b"lua"),),
    hexadecimal_bounds=False,
    hexadecimal_floats=False,
)

_SWITCHES: Final[dict[str, Profile]] = {
    profile.name: profile
    for profile in (
        _REDIS_6_2, REDIS_7_0_15, _REDIS_7_2, _REDIS_7_4, _REDIS_8_0, _REDIS_8_2, _REDIS_8_6,
        _VALKEY_8_0, _VALKEY_8_1, _VALKEY_9_0, _VALKEY_9_1,
    )
}  # fmt: skip

"""The profiles without their own tables."""

if tuple(_SWITCHES) != PROFILES:
    raise ValueError("the profiles and their names differ")


def without_tables(name: str) -> Profile:
    """The switches of the profile of that name; its tables are still those of Redis 7.0. Raises KeyError for a name
    there is not."""
    return _SWITCHES[name]


@cache
def server(name: str) -> Profile:
    """The profile of that name with its tables; raises KeyError for a name there is not."""
    profile = _SWITCHES[name]
    if profile.predecessor is None:
        return profile
    return with_changes(profile, commands=command_table(profile), parameters=parameters(profile))
