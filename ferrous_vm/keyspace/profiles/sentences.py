"""The sentences that servers word differently; the defaults are those of Redis 7.0.15 (script_lua.c, acl.c)."""

from __future__ import annotations

from ferrous_vm.records import Record


class Sentences(Record):
    """What a server says to scripts, and of them. Those of the Lua API get `ERR` in front where they are raised."""

    unknown_command: bytes = b"ERR Unknown Redis command called from script"
    wrong_arity: bytes = b"ERR Wrong number of args calling Redis command from script"
    not_allowed: bytes = b"ERR This Redis command is not allowed from script"
    no_argument: bytes = b"Please specify at least one argument for this redis lib call"
    bad_argument: bytes = b"Lua redis lib command arguments must be strings or integers"
    no_script: bytes = b"NOSCRIPT No matching script. Please use EVAL."
    api: bytes = b"redis"
    """What the table of functions is called in its own errors: redis.log()."""
    set_repl_arguments: bytes = b"two arguments"
    """How many redis.set_repl() says that it requires."""
    busy: bytes = b"BUSY Redis is busy running a script. You can only call %b KILL or SHUTDOWN NOSAVE."
    """What others are told while a script takes too long; `%b` is SCRIPT or FUNCTION."""
    killed: bytes = b"Script killed by user with SCRIPT KILL..."
    """The error of a script that was killed; where there is a `%b`, it is SCRIPT or FUNCTION."""
    place: bytes = b"%(message)b script: %(script)b, on %(chunk)b:%(line)d."
    """An error of a script and where it was raised. `%(bare)b` is the message as Lua has it, without a code."""
    unknown_at_large: bytes = b"ERR unknown command '%b', with args beginning with: %b"
    """What a client is told of a command there is not, and of its arguments."""
    longest_unknown: int | None = 128
    """So many bytes of the command's name are told there; None: all."""
    argument_at_large: bytes = b"'%b' "
    denied_command: bytes = b"NOPERM this user has no permissions to run the '%b' command"
    """With the command; where there are two gaps, the user comes first."""
    denied_key: bytes = b"NOPERM this user has no permissions to access one of the keys used as arguments"
    denied_database: bytes = b"NOPERM No permissions to access database"
    script_denied_database: bytes = b"ERR ACL failure in script: No permissions to access database"
    denied_channel: bytes = b"NOPERM this user has no permissions to access one of the channels used as arguments"
    script_denied_command: bytes = b"ERR The user executing the script can't run this command or subcommand"
    script_denied_key: bytes = (
        b"ERR The user executing the script can't access at least one of the keys mentioned in the command arguments"
    )
    script_denied_channel: bytes = (
        b"ERR The user executing the script can't publish to the channel mentioned in the command"
    )
    dry_run_user: bytes = b"This user"
    """How the answer of ACL DRYRUN begins; `User %b` names it."""
    subscribed: bytes = (
        b"ERR Can't execute '%b': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this "
        b"context"
    )
    only_watches: bytes = b"ERR Replica can't interact with the keyspace"
    """What a client is told that said MONITOR: to Redis it is a replica of sorts."""
    no_multi: bytes = b"ERR Command not allowed inside a transaction"
    """What a command is told that no transaction may hold; `%b` names it."""
    no_hello: bytes = (
        b"NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> "
        b"option can be used to authenticate the client and select the RESP protocol version at the same time"
    )
    unbalanced: bytes = b"ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified."
    unbalanced_group: bytes = b""
    """What XREADGROUP says instead; nothing: the same."""
    bad_log_level: bytes = b"Invalid debug level."
    script_cross_slot: bytes = b""
    script_not_served: bytes = b""
    script_not_local: bytes = b""
    """What a script is told on a node of a cluster of keys of several slots, of a slot that no node has, and of one
    that another has; nothing: as Redis 7.0 words it (`cluster_refusals.py`)."""
    no_member: bytes = b"ERR could not decode requested zset member"
    """A search around a member that is not there (geo.c)."""
    reworded: tuple[tuple[bytes, bytes], ...] = ()
    """What commands refuse with is matched with these patterns in turn, and the first that fits is expanded."""
    one_shape: bytes = b"ERR exactly one of BYRADIUS and BYBOX can be specified for %b"
    latency_off: bytes = b""
    latency_calm: bytes = b""
    """What LATENCY DOCTOR says while it does not watch, and when it saw nothing; nothing: as Redis 7.0 does."""
    lolwut: bytes = b"Redis ver. %b\n"
