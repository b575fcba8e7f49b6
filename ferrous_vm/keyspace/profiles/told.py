"""What a person is told of each rule by which servers differ: what changed and since when, and where that stands.

A rule is one or more switches of `Profile` that only make sense together. Each switch belongs to one rule: who adds a
switch says here, once, what it means to who runs scripts. What is found out about scripts (`ferrous_vm/workbench/
every_server`) names rules by this table, on the page and in a terminal.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ferrous_vm.keyspace.profiles.profile import Profile


class Rule(NamedTuple):
    """What is told, the switches that make it, and the source: functions of the servers' C code, or a document."""

    text: str
    switches: str
    source: str

    @property
    def fields(self) -> list[str]:
        """The fields of `Profile`."""
        return self.switches.split()


RULES: Final[dict[str, Rule]] = {
    # What bites scripts
    "numbers": Rule(
        "From Redis 7.2 and Valkey 8.0 on a number is written with few digits, 0.1; before with 17, "
        "0.10000000000000001: as an argument, as a score, as a double in a reply.",
        "double_text",
        "util.c, fpconv_dtoa",
    ),
    "clock": Rule(
        "From Redis 7.2 and Valkey 8.0 on time stands still while a script or a transaction runs, for TIME and for "
        "what expires; before it goes on.",
        "time_stands_in_scripts",
        "server.c, commandTimeSnapshot",
    ),
    "blocking": Rule(
        "From Redis 7.4 and Valkey 8.0 on XREAD and XREADGROUP take BLOCK in scripts, and never wait.",
        "blocking_reads_in_scripts",
        "t_stream.c, xreadCommand",
    ),
    "kept scripts": Rule(
        "Redis 7.4 and Valkey 8.0 and later keep 500 scripts that came by EVAL, those used last, and EVALSHA of others "
        "answers NOSCRIPT; before all are kept.",
        "scripts_kept",
        "eval.c, LRU_LIST_LENGTH",
    ),
    "order of tables": Rule(
        "Valkey 8.1 and later hash Lua's strings with MurmurHash3: pairs, and with it cjson.encode and cmsgpack.pack, "
        "visits fields in another order. Lua promises none.",
        "hashes_with_murmur",
        "deps/lua/src/lstring.c, luaS_newlstr",
    ),
    "commands": Rule(
        "The servers have other commands, options of commands, and flags of them.",
        "commands options field_rules make_databases set_conditions conditional_set msetex_count msetex_pairs "
        "subcommands_are_arguments client_filters tells_of_producers lists_no_subcommands "
        "client_fields",
        "COMMAND and COMMAND DOCS of each server",
    ),
    "sentences": Rule(
        "The servers word their errors otherwise: a script should look for the code in front, not for words.",
        "sentences",
        "script_lua.c, acl.c, server.c",
    ),
    "version": Rule(
        "Each server tells its own name and version; Valkey calls itself Redis 7.2.4 in redis.REDIS_VERSION.",
        "server version version_number api_version modules",
        "version.h",
    ),
    "settings": Rule(
        "The servers have other parameters, other defaults of them, or other bounds.",
        "parameters unsigned_strictly most_bytes bytes_have_an_end",
        "config.c, static_configs and numericParseString",
    ),
    # The globals of scripts
    "shebang": Rule(
        "Scripts may begin with #!lua from Redis 7.0 on.", "reads_shebangs", "eval.c, evalExtractShebangFlags"
    ),
    "version in scripts": Rule(
        "redis.REDIS_VERSION came with Redis 7.0.", "api_tells_version", "script_lua.c, luaRegisterRedisAPI"
    ),
    "permissions in scripts": Rule(
        "redis.acl_check_cmd came with Redis 7.0; some later ones raise where it gets too few arguments.",
        "api_checks_permissions checks_arity_in_acl_check",
        "script_lua.c, luaRedisAclCheckCmdPermissionsCommand",
    ),
    "os.clock": Rule(
        "Scripts have os.clock from Redis 7.4 and Valkey 8.0 on; before nothing is called os.",
        "has_clock",
        "script_lua.c, luaLoadLibraries",
    ),
    "server table": Rule(
        "In Valkey the table redis is called server too.", "has_server_table", "script_lua.c, luaRegisterServerAPI"
    ),
    "arrays in JSON": Rule(
        "From Redis 8.4 on cjson.decode_array_with_array_mt(true) keeps empty arrays of JSON arrays.",
        "json_knows_arrays",
        "deps/lua/src/lua_cjson.c",
    ),
    "print": Rule("In Redis 6.2 scripts have print.", "has_print", "scripting.c, luaLoadLibraries"),
    "chance": Rule(
        "In Redis 6.2 math.random begins anew with each script: all of them draw the same numbers.",
        "draws_anew",
        "scripting.c, evalGenericCommand",
    ),
    "errors in Lua": Rule(
        "In Redis 6.2 an error that redis.call raises is a text; from 7.0 on it is a table with the field err.",
        "errors_are_texts",
        "scripting.c, luaRaiseError",
    ),
    "later types": Rule(
        "From Redis 7.0 on big numbers and verbatim strings of RESP3 are tables of a script; in 6.2 they are not.",
        "converts_later_types",
        "script_lua.c, redisProtocolToLuaType_BigNumber",
    ),
    "script checks": Rule(
        "What is wrong with a script, or with its command, is looked at in another order, and named more exactly.",
        "asks_memory_first functions_are_checked_at_end names_subcommands_to_scripts",
        "script.c, scriptCall; function_lua.c",
    ),
    "error handler": Rule(
        "Valkey 8.1 and later have a global __server__err__handler.",
        "has_server_error_handler",
        "eval.c, scriptingInit",
    ),
    "engines": Rule(
        "From Valkey 8.1 on the first line of a script names an engine, in capitals or not, which is looked for.",
        "finds_engines",
        "scripting_engine.c, scriptingEngineManagerFind",
    ),
    # What commands read and answer
    "hexadecimal numbers": Rule(
        "0x10 is a number to ZADD until Valkey 9.0, and as a bound of ZRANGEBYSCORE until Redis 7.4 and Valkey 9.0.",
        "hexadecimal_bounds hexadecimal_floats",
        "util.c, string2d",
    ),
    "coordinates": Rule(
        "From Redis 8.0 on GEOPOS and WITHCOORD write degrees with few digits; others with up to 17 decimals.",
        "coordinate_text",
        "networking.c, addReplyHumanLongDouble",
    ),
    "readings": Rule(
        "The servers read some words in another order, or more strictly: cursors, timeouts, ranges of bits, names.",
        "ranks_can_be_negated least_count_is_taken cuts_index_of_lset last_of_nothing_is_refused "
        "tells_slots_alone clusters_have_databases "
        "reads_ranges_first getex_reads_time_first cursors_are_unsigned timeouts_have_an_end reads_hello_first "
        "names_end_at_nul selectors_begin_once full_sequence_is_not_greater bitfield_types_are_exact "
        "scans_known_types_only counts_bits_from_start takes_readonly",
        "the functions of these commands",
    ),
    "transactions": Rule(
        "What a transaction may hold is looked at in another order.",
        "queues_when_full no_multi_comes_first login_comes_first",
        "server.c, processCommand",
    ),
    "unknown commands": Rule(
        "Redis 8.6 and later do not speak of arguments where an unknown command had none.",
        "no_arguments_are_not_shown",
        "server.c, commandCheckExistence",
    ),
    "permissions": Rule(
        "ACL LIST and ACL GETUSER write the rules of users otherwise; in Valkey 9.1 rules name databases too.",
        "users_tell_of_sanitizing rules_as_given users_have_databases",
        "acl.c, ACLDescribeUser",
    ),
    "consumers": Rule(
        "From Redis 7.2 and Valkey 8.0 on who names a consumer makes it, and XINFO tells since when it is inactive.",
        "consumers_tell_of_activity counts_reads_from_last lags_by_length progress_is_bounded",
        "t_stream.c, streamLookupConsumer",
    ),
    "waiting": Rule(
        "From Redis 7.2 and Valkey 8.0 on a command that waited is carried out anew when a key of it is ready, so "
        "XREADGROUP answers what it would answer then; in Redis 6.2 it waits on when its stream is deleted.",
        "waiting_runs_again waiting_ends_with_key",
        "blocked.c, unblockClientOnKey",
    ),
    "tracked keys": Rule(
        "Who tracks keys (CLIENT TRACKING) and calls a script is told when a key changes that the script has read; "
        "before Redis 7.2 and Valkey 8.0 one that the script was given, if it has read any.",
        "tracks_reads_of_scripts overlaps_are_refused",
        "server.c, call; tracking.c, trackingRememberKeys",
    ),
    "pushes": Rule(
        "From Redis 7.2 and Valkey 8.0 on a message that a command sends to its own client comes after the reply, and "
        "after all of those of a transaction; before it comes in the midst of them.",
        "replies_come_first flushes_wait",
        "networking.c, _addReplyToBufferOrList",
    ),
    "deleted entries": Rule(
        "In Redis 6.2 XCLAIM and XAUTOCLAIM hand over entries that were deleted too, as nil.",
        "claims_deleted",
        "t_stream.c, xclaimCommand",
    ),
    "events": Rule(
        "Valkey 8.1 and later tell of a key whose new end is past as expired, others as deleted; SET with such an end "
        "stores nothing in Valkey 8.0 and later. Valkey 8.0 refuses UNSUBSCRIBE to who has not subscribed. MSETEX of "
        "Redis 8.4 and later tells of ends before values.",
        "past_ends_are_told set_ends_keys msetex_tells_end_first leaves_subscriptions_only",
        "expire.c, expireGenericCommand; server.c, processCommand",
    ),
    # What is stored, and how
    "encodings": Rule(
        "How small values are encoded differs: ziplist until 6.2, listpack from 7.0, small sets and lists from 7.2.",
        "set_entries packs_in_ziplists lists_are_packed scripts_store_texts sizes_in_advance measures_in_advance "
        "stored_ranges_are_large",
        "t_set.c, t_list.c, listpack.c",
    ),
    "embedded strings": Rule(
        "From Redis 8.2 and Valkey 8.1 on a short string and its key are one object, so which is embstr and which raw "
        "depends on the key too, and small integers are not shared.",
        "embedded_with_key long_key_costs expiry_costs shares_integers",
        "object.c, kvobj",
    ),
    "dumps": Rule(
        "DUMP and RDB files have another version.", "rdb_version rdb_versions", "rdb.h, RDB_VERSION"
    ),
}  # fmt: skip
"""Every rule by its name."""

IDENTITY: Final = frozenset({"name", "predecessor"})
"""Fields that are no switches."""

_said = sorted(field for rule in RULES.values() for field in rule.fields)
if _said != sorted(set(Profile.__match_args__) - IDENTITY):
    odd = set(_said) ^ (set(Profile.__match_args__) - IDENTITY) or "a switch stands in two rules"
    raise AssertionError(f"the rules that people are told and the switches of profiles differ: {odd}")
