"""What a profile is: one line of servers, as data and switches. Redis 7.0.15 is the first and exact one.

Every other profile stands in `servers.py`, which is loaded when somebody asks for one: its docstring tells how one is
added. What stands here is all that the default needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from ferrous_vm.keyspace.command_table import REDIS_7_0, CommandTable
from ferrous_vm.keyspace.profiles.sentences import Sentences
from ferrous_vm.keyspace.replies import Reply, format_double
from ferrous_vm.keyspace.server.configuration_table import PARAMETERS, Parameter
from ferrous_vm.records import Record

if TYPE_CHECKING:
    from ferrous_vm.keyspace.arguments.field_rules import FieldRules


def coordinate_text(degrees: float) -> bytes:
    """Degrees as GEOPOS writes them: 17 decimals without the zeros at the end (`addReplyHumanLongDouble`)."""
    return (b"%.17f" % degrees).rstrip(b"0").rstrip(b".")


OPTIONS_OF_7_0: Final = frozenset((
    "acl selectors", "bitcount bit", "sort permissions", "geo units in capitals", "set nx get", "xadd sequence",
    "stream counters",
))  # fmt: skip
"""Options that came with 7.0."""


class Profile(Record):
    """One line of servers in its patched state. The default of each switch is what Redis 7.0.15 does.

    A switch is named by what it means and says where that was seen. Handlers ask for a switch; nobody but `servers.py`
    compares versions.
    """

    name: str
    """As `Server(profile=...)` takes it: "redis-7.2"."""
    server: bytes
    version: bytes
    """What HELLO and INFO tell."""
    version_number: int
    """major * 65536 + minor * 256 + patch, as `redis.REDIS_VERSION_NUM` has it."""
    predecessor: Profile | None = None
    """The profile that its recorded tables are differences to; None for Redis 7.0, whose tables are whole."""
    commands: CommandTable = REDIS_7_0
    """The commands there are."""
    parameters: Sequence[Parameter] = PARAMETERS
    """The parameters of its configuration."""
    field_rules: FieldRules | None = None
    """How fields of hashes come to an end, from Redis 7.4 and Valkey 9.0 on; None where they cannot."""
    make_databases: Callable[[Any, int], list[Any]] | None = None
    """Makes the databases of a keyspace, so many, where they are not plain ones."""
    modules: tuple[tuple[bytes, int, bytes], ...] = ()
    """What the server brings along as modules: names, versions and paths."""
    client_filters: frozenset[bytes] = frozenset()
    """What CLIENT LIST and KILL may both look for, where these read their words alike (Valkey 8.1)."""
    client_fields: frozenset[bytes] = frozenset((b"ssub", b"multi-mem", b"rbs", b"rbp", b"resp"))
    """What CLIENT LIST tells that not all servers do."""
    set_conditions: frozenset[bytes] = frozenset()
    """What SET may compare: IFEQ (Valkey 8.1), IFNE, IFDEQ and IFDNE too (Redis 8.4)."""
    conditional_set: Callable[[Any, list[bytes]], Reply] | None = None
    """Answers a SET that compares."""
    msetex_count: bytes = b"ERR invalid numkeys value"
    msetex_pairs: bytes = b"ERR wrong number of key-value pairs"
    """What MSETEX says of a number of keys that is none, and of too few words behind it."""
    msetex_tells_end_first: bool = False
    """MSETEX tells of the end of a key before it tells that it was set (Redis 8.4)."""
    options: frozenset[str] = OPTIONS_OF_7_0
    """Options that not all servers have, each with its command: "hscan novalues"."""

    sentences: Sentences = Sentences()
    """How the server words what it says."""
    double_text: Callable[[float], bytes] = format_double
    """How doubles are written in replies, as arguments and in listpacks. 7.2 writes shorter ones (`fpconv_dtoa`)."""
    rdb_version: int = 10
    """The version of RDB that is written, in files and by DUMP (rdb.h)."""
    rdb_versions: Sequence[int] = range(11)
    """The versions that are read."""
    time_stands_in_scripts: bool = False
    """TIME and what expiry is counted from stand still in scripts and EXEC (7.2, `commandTimeSnapshot`)."""
    blocking_reads_in_scripts: bool = False
    """XREAD and XREADGROUP take BLOCK in scripts, and never wait there (7.4, Valkey 8.0)."""
    users_tell_of_sanitizing: bool = False
    """ACL LIST and GETUSER always say `sanitize-payload` or its opposite (7.2 to Valkey 9.0)."""
    users_have_databases: bool = False
    """ACL rules name databases (Valkey 9.1, which says nothing of `sanitize-payload` any more)."""
    rules_as_given: bool = False
    """ACL LIST and GETUSER show the rules of commands in the order they were given (7.2, `command_rules`, acl.c)."""
    api_version: tuple[bytes, int] | None = None
    """`redis.REDIS_VERSION` and its number where they are not the server's own: Valkey says 7.2.4."""
    hexadecimal_bounds: bool = True
    """0x10 is a number to ZRANGEBYSCORE and its like (until 8.0 and Valkey 9.0, which have another `strtod`)."""
    hexadecimal_floats: bool = True
    """0x10 is a number to ZADD and its like (until Valkey 9.0)."""
    coordinate_text: Callable[[float], bytes] = coordinate_text
    """How GEOPOS and its like write degrees; shorter since 8.0 (`addReplyDouble`)."""
    progress_is_bounded: bool = False
    """ENTRIESREAD is at most what was ever added (8.2)."""
    tells_of_producers: bool = False
    """Streams remember who sent entries, tell of it and are dumped with it (8.6, type 26)."""
    scans_known_types_only: bool = False
    """SCAN TYPE refuses a type that there is not (Valkey 8.0)."""
    counts_bits_from_start: bool = False
    """BITCOUNT takes a start without an end (Valkey 8.0)."""
    reads_ranges_first: bool = False
    """BITCOUNT and BITPOS look at all their words before the key (7.4, Valkey 8.0)."""
    cursors_are_unsigned: bool = False
    """A cursor is a number from 0 up, never an empty text (7.4, `string2ull`)."""
    counts_reads_from_last: bool = False
    """What a group has read is counted anew if something was deleted since its last entry (8.0, Valkey 8.1)."""
    lags_by_length: bool = False
    """What a group that has read nothing has still to read is what there is, whatever was deleted (8.0)."""
    getex_reads_time_first: bool = False
    """GETEX looks at the time it is given before the key (Valkey 9.1)."""
    past_ends_are_told: bool = False
    """A key that EXPIRE or GETEX gives an end that is past is told of, and counted, as expired, not as deleted (Valkey
    8.1)."""
    set_ends_keys: bool = False
    """SET with an end that is past stores nothing: what was there ends (Valkey 8.0, `setGenericCommand`)."""
    unsigned_strictly: bool = False
    """CONFIG SET refuses what is below zero where it took it for a huge number, and bytes from 2**63 up with it (8.2,
    `numericParseString`; 8.6 no more)."""
    most_bytes: int = 2**64 - 1
    """What CONFIG SET takes a greater number of bytes for; until 7.0 that of 63 bits (`memtoll`)."""
    bytes_have_an_end: bool = False
    """CONFIG SET takes no number of bytes that 64 bits do not hold (Valkey 9.1, `memtoull`)."""
    leaves_subscriptions_only: bool = False
    """UNSUBSCRIBE and its like are refused to who has not subscribed (Valkey 8.0, before 8.1)."""
    lists_no_subcommands: bool = False
    """COMMAND lists the subcommands of a command without any as an array under RESP3 too, not as a set (Valkey 9.1)."""
    ranks_can_be_negated: bool = False
    """LPOS refuses the one RANK that C cannot negate (7.2)."""
    cuts_index_of_lset: bool = False
    """LSET looks at 32 bits of the index (7.2, `listTypeReplaceAtIndex`)."""
    last_of_nothing_is_refused: bool = False
    """XREAD + refuses a stream that never held anything (7.4, and Valkey before 9.1)."""
    least_count_is_taken: bool = True
    """LREM takes the one count that C cannot negate (until 7.2)."""
    clusters_have_databases: bool = False
    """A cluster may have several databases, one as a rule: SELECT of another is out of range (Valkey 9.0)."""
    tells_slots_alone: bool = False
    """CLUSTER KEYSLOT is answered outside clusters too (Valkey 9.1)."""
    timeouts_have_an_end: bool = False
    """A timeout that no clock reaches is refused as out of range (7.2, `getTimeoutFromObjectOrReply`)."""
    reads_hello_first: bool = False
    """HELLO reads all its words before it does what they say (7.2)."""
    names_end_at_nul: bool = False
    """Names of clients are looked at up to a NUL (7.2, `validateClientAttr`)."""
    selectors_begin_once: bool = False
    """A parenthesis within an open one is part of the selector, and so a syntax error (7.2)."""
    full_sequence_is_not_greater: bool = False
    """XADD 3-* after 3-18446744073709551615 is told that it would not be greater (7.2)."""
    queues_when_full: bool = False
    """A transaction may be queued while memory is short (7.4, Valkey 8.0)."""
    no_multi_comes_first: bool = False
    """What no transaction may hold is refused before permissions are asked (Valkey 8.0)."""
    login_comes_first: bool = False
    """Who must log in is told so even of commands that there are not (Valkey 9.0)."""
    bitfield_types_are_exact: bool = False
    """The type of a BITFIELD operation ends with its last byte (Valkey 9.0); else at a NUL."""
    no_arguments_are_not_shown: bool = False
    """An unknown command without arguments is told of without "with args beginning with" (8.6)."""
    takes_readonly: bool = False
    """READONLY and READWRITE are answered outside clusters too (Valkey 8.0)."""
    set_entries: int = 0
    """`set-max-listpack-entries`: small sets of any members are listpacks (7.2); 0: only integers are packed."""
    sizes_in_advance: bool = False
    """More members than a packed encoding takes get the general one though some are twice the same (7.2,
    `zsetTypeMaybeConvert` and its like)."""
    measures_in_advance: bool = False
    """So does a member of a sorted set that is too long, though it is not added (Valkey 8.0)."""
    stored_ranges_are_large: bool = False
    """What ZRANGESTORE finds by score or member is a skiplist, however small (7.2 alone, #13148)."""
    packs_in_ziplists: bool = False
    """Small hashes and sorted sets are ziplists, by name (until 7.0)."""
    lists_are_packed: bool = False
    """OBJECT ENCODING calls a list that fits one node a listpack (7.2, t_list.c)."""
    embedded_with_key: int = 0
    """A string is embedded with its key in so many bytes together (8.2, Valkey 8.1); 0: alone, up to 44."""
    long_key_costs: int = 0
    """By how much longer a key of 32 bytes counts there (Valkey 9.0: its header is longer)."""
    scripts_store_texts: bool = False
    """What a script stores is no integer for that it looks like one (Valkey 9.1: its argument is not the only
    reference, `tryObjectEncoding`)."""
    expiry_costs: int = 0
    """By how much an expiry makes the string smaller that is embedded (8.2)."""
    shares_integers: bool = True
    """Integers below 10000 are one object each, which OBJECT REFCOUNT shows (until 8.2 and Valkey 8.1)."""
    waiting_runs_again: bool = False
    """A command that waited is carried out anew when a key of it is ready (7.2, `unblockClientOnKey`, blocked.c)."""
    waiting_ends_with_key: bool = True
    """XREADGROUP does not go on waiting when its stream is gone (7.0)."""
    replies_come_first: bool = False
    """What a client is told while its own command is carried out goes out behind the reply (7.2,
    `pending_push_messages`)."""
    tracks_reads_of_scripts: bool = False
    """Who tracks keys and calls a script is taken to have those that the script reads; before 7.2 those that it was
    given (`trackingRememberKeys`)."""
    overlaps_are_refused: bool = False
    """CLIENT TRACKING begins with no prefixes that overlap; else it does if others stand before those (Valkey 9.1,
    `checkPrefixCollisionsOrReply`)."""
    flushes_wait: bool = False
    """FLUSHALL and FLUSHDB are answered when all is freed, after who tracks keys was told (7.4,
    `flushallSyncBgDone`)."""
    consumers_tell_of_activity: bool = False
    """Consumers are made by whoever names them, and remember when they last got something (7.2, t_stream.c)."""
    scripts_kept: int = 0
    """So many scripts that came by EVAL are kept, the latest used (7.4, Valkey 8.0: `LRU_LIST_LENGTH`); 0: all."""
    subcommands_are_arguments: bool = False
    """A container is one command, which looks at its subcommand itself (until 7.0: `former_table.py`)."""
    claims_deleted: bool = False
    """XCLAIM and XAUTOCLAIM hand over entries that are no longer there too, as nil (until 7.0)."""
    errors_are_texts: bool = False
    """redis.call raises texts, which a handler written in Lua completes (until 7.0, scripting.c)."""
    converts_later_types: bool = True
    """Big numbers and verbatim strings are tables of a script, as doubles are (7.0)."""
    draws_anew: bool = False
    """math.random begins anew with each EVAL (until 7.0: `redisSrand48(0)`)."""
    json_knows_arrays: bool = False
    """Scripts have `cjson.decode_array_with_array_mt` (8.4)."""
    has_print: bool = False
    """Scripts have `print` (until 7.0)."""
    reads_shebangs: bool = True
    """A script may begin with `#!lua` (since 7.0)."""
    api_tells_version: bool = True
    """Scripts have `redis.REDIS_VERSION` (since 7.0)."""
    api_checks_permissions: bool = True
    """Scripts have `redis.acl_check_cmd` (since 7.0)."""
    has_clock: bool = False
    """Scripts have `os.clock` (7.4, Valkey 8.0)."""
    has_server_table: bool = False
    """The table `redis` is called `server` too, and names server and version (Valkey 8.0)."""
    has_server_error_handler: bool = False
    """The globals of EVAL have `__server__err__handler` too (Valkey 8.1)."""
    finds_engines: bool = False
    """The shebang of a script names an engine, in any case, which is looked for (Valkey 8.1)."""
    functions_are_checked_at_end: bool = False
    """The functions of a library are looked at when its code has run, and not as errors of it (Valkey 8.1)."""
    names_subcommands_to_scripts: bool = False
    """A script is told which subcommand there is not (Valkey 9.1)."""
    asks_memory_first: bool = False
    """A script is told that memory is short before its permissions are asked (Valkey 9.1)."""
    hashes_with_murmur: bool = False
    """Lua's strings are hashed with MurmurHash3, which decides the order of tables (Valkey 8.1, lstring.c)."""
    checks_arity_in_acl_check: bool = False
    """redis.acl_check_cmd() raises for a wrong number of arguments (8.0.2 and 8.6.3; 8.2.3 does not)."""

    @property
    def title(self) -> str:
        """For people: "Redis 7.0"."""
        server, _, line = self.name.partition("-")
        return f"{server.capitalize()} {line}"


REDIS_7_0_15: Final = Profile("redis-7.0", server=b"redis", version=b"7.0.15", version_number=0x07000F)

PROFILES: Final = (
    "redis-6.2", "redis-7.0", "redis-7.2", "redis-7.4", "redis-8.0", "redis-8.2", "redis-8.6",
    "valkey-8.0", "valkey-8.1", "valkey-9.0", "valkey-9.1",
)  # fmt: skip
"""The names of all profiles there are."""
