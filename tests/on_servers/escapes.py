"""What a script could try, to do something outside: statements, each harmless to those behind it."""

from __future__ import annotations

COMMANDS = (
    "SET prod:1 x", "DEL prod:1", "DEL stock", "APPEND other x", "RENAME prod:1 mine", "COPY prod:1 mine",
    "FLUSHALL", "FLUSHDB", "SWAPDB 0 1", "SELECT 1", "MOVE prod:1 2", "KEYS *", "SCAN 0", "RANDOMKEY", "DBSIZE",
    "PUBLISH news x", "SPUBLISH news x", "SCRIPT FLUSH", "SCRIPT LOAD return", "SCRIPT KILL", "FUNCTION FLUSH",
    "FUNCTION DELETE theirs", "CONFIG SET maxmemory 1", "CONFIG RESETSTAT", "ACL SETUSER eve on nopass ~* +@all",
    "ACL DELUSER alice", "ACL LOG RESET", "SHUTDOWN NOSAVE", "DEBUG SLEEP 0", "DEBUG SET-ACTIVE-EXPIRE 0",
    "CLIENT KILL TYPE normal", "CLIENT PAUSE 1", "CLIENT NO-EVICT on", "MONITOR", "SUBSCRIBE a", "BLPOP prod:1 0",
    "EVAL return 0", "SAVE", "BGREWRITEAOF", "REPLICAOF 127.0.0.1 1", "CLUSTER RESET", "MIGRATE 127.0.0.1 1 prod:1 0 1",
    "RESTORE mine 0 x", "SORT prod:1 BY prod:* GET prod:*", "SORT h STORE stock", "LATENCY RESET", "SLOWLOG RESET",
    "MEMORY PURGE", "MODULE LIST", "MULTI", "EXEC", "RESET", "AUTH alice secret", "HELLO 3", "OBJECT ENCODING prod:1",
    "DEL ferrous:runs", "HSET ferrous:runs a b", "GEORADIUS stock 0 0 1 m STORE other", "XGROUP CREATE s g 0",
    "LMPOP 2 stock prod:1 LEFT", "PFDEBUG DECODE stock", "PFSELFTEST", "BITOP NOT stock prod:1", "TOUCH prod:1",
)  # fmt: skip

WRITES = (
    "for i = 1, 50 do redis.call('SET', KEYS[1] .. ':' .. i, i) end",
    "redis.call('SET', KEYS[1], 'a') redis.call('EXPIRE', KEYS[1], 100)",
    "redis.call('SADD', KEYS[1] .. '{x}', 'a', 'b')",
    "redis.call('SET', KEYS[1] .. '*?[a]\\\\', 'pattern')",
    "redis.call('SET', KEYS[1] .. ' with a space', 'a')",
    "redis.call('SET', KEYS[1] .. '\\255\\128', 'bytes')",
    "redis.call('RENAME', KEYS[1], KEYS[1] .. ':renamed')",
    "redis.call('SET', KEYS[1] .. redis.call('TIME')[2], 'by time')",
    "redis.call('SET', 'ferrous' .. KEYS[1], 1)",
    "redis.call('SET', string.sub(KEYS[1], 1, -2), 1)",
)


def attempt(command: str, is_caught: bool) -> str:
    """The statement that tries a command."""
    words = ", ".join(f"'{word}'" for word in command.split())
    return f"redis.{'pcall' if is_caught else 'call'}({words})"
