"""The shape of every command's reply, as a script sees it, for the linter.

Redis 7.0 does not tell the shapes of replies (that came with 7.2), so they stand here, each command once; the tests
compare them with recorded replies of the real server. Names are those of the command table, in capitals.
"""

from __future__ import annotations

from typing import Final

from ferrous_vm.analysis.lint.facts import Reply, Variant

REPLIES: Final[dict[Reply, str]] = {
    Reply.FLAG: """
        COPY EXISTS EXPIRE EXPIREAT GETBIT HEXISTS HSETNX MOVE MSETNX PERSIST PEXPIRE PEXPIREAT PFADD RENAMENX SETBIT
        SETNX SISMEMBER SMOVE XGROUP|CREATECONSUMER""",
    Reply.COUNT: """
        APPEND BITCOUNT BITOP BITPOS DBSIZE DECR DECRBY DEL EXPIRETIME GEOADD GEOSEARCHSTORE HDEL HINCRBY HLEN
        HSET HSTRLEN INCR INCRBY LASTSAVE LINSERT LLEN LPUSH LPUSHX LREM PEXPIRETIME PFCOUNT PTTL PUBLISH RPUSH RPUSHX
        SADD SCARD SDIFFSTORE SETRANGE SINTERCARD SINTERSTORE SPUBLISH SREM STRLEN SUNIONSTORE TOUCH TTL UNLINK XACK
        XDEL XGROUP|DESTROY XGROUP|DELCONSUMER XLEN XTRIM ZADD ZCARD ZCOUNT ZDIFFSTORE ZINTERCARD ZINTERSTORE ZLEXCOUNT
        ZRANGESTORE ZREM ZREMRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE ZUNIONSTORE COMMAND|COUNT PUBSUB|NUMPAT""",
    Reply.COUNT_OR_FALSE: "LPOS ZRANK ZREVRANK OBJECT|REFCOUNT OBJECT|IDLETIME OBJECT|FREQ MEMORY|USAGE",
    Reply.STATUS: """
        FLUSHALL FLUSHDB HMSET LSET LTRIM MSET PFMERGE PING PSETEX RENAME RESTORE SELECT SET SETEX TYPE SWAPDB
        XGROUP|CREATE XGROUP|SETID XSETID""",
    Reply.TEXT: "ECHO GETRANGE HINCRBYFLOAT INCRBYFLOAT INFO LCS LOLWUT SUBSTR XADD",
    Reply.TEXT_OR_FALSE: """
        BLMOVE BRPOPLPUSH DUMP GEODIST GET GETDEL GETEX GETSET HGET HRANDFIELD LINDEX LMOVE LPOP OBJECT|ENCODING
        RANDOMKEY RPOP RPOPLPUSH SPOP SRANDMEMBER ZRANDMEMBER""",
    Reply.SCORE: "ZINCRBY",
    Reply.SCORE_OR_FALSE: "ZSCORE",
    Reply.TEXTS: """
        LRANGE SORT SORT_RO TIME ZDIFF ZINTER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX
        ZREVRANGEBYSCORE ZUNION PUBSUB|CHANNELS PUBSUB|SHARDCHANNELS COMMAND|LIST COMMAND|GETKEYS""",
    Reply.MEMBERS: "HKEYS HVALS KEYS SDIFF SINTER SMEMBERS SUNION",
    Reply.PAIRS: "HGETALL ZPOPMAX ZPOPMIN",
    Reply.FLAGS: "SMISMEMBER",
    Reply.ENTRIES: "XRANGE XREVRANGE",
    Reply.PAGE: "HSCAN SCAN SSCAN ZSCAN",
    Reply.TEXTS_OR_FALSE: "BLPOP BRPOP BZPOPMAX BZPOPMIN",
    Reply.TEXTS_BY_WORD: "HMGET MGET ZMSCORE",
    Reply.TABLE: """
        GEOPOS GEOSEARCH XAUTOCLAIM XCLAIM XINFO|CONSUMERS XINFO|GROUPS XINFO|STREAM
        XPENDING COMMAND COMMAND|INFO COMMAND|DOCS COMMAND|GETKEYSANDFLAGS BITFIELD BITFIELD_RO
        GEORADIUS_RO GEORADIUSBYMEMBER_RO GEOHASH PUBSUB|NUMSUB PUBSUB|SHARDNUMSUB""",
    Reply.TABLE_OR_FALSE: "BLMPOP BZMPOP LMPOP XREAD XREADGROUP ZMPOP",
    Reply.VARYING: """
        GEORADIUS GEORADIUSBYMEMBER MIGRATE RESTORE-ASKING ASKING READONLY READWRITE PFDEBUG PFSELFTEST""",
}
"""Every command a script may call and its reply, when it is called in its plainest form."""

ADMINISTRATIVE: Final = frozenset(
    (
        *("ACL", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "FUNCTION", "LATENCY", "MEMORY", "MODULE", "OBJECT"),
        *("PUBSUB", "SCRIPT", "SLOWLOG", "XGROUP", "XINFO"),
    )
)
"""Containers whose subcommands answer whatever they like, unless they stand above."""

VARIANTS: Final[dict[str, tuple[Variant, ...]]] = {
    "EXISTS": (Variant(Reply.COUNT, 3),),
    "HRANDFIELD": (Variant(Reply.TEXTS, 3), Variant(Reply.PAIRS, 4, b"WITHVALUES", 3)),
    "LCS": (Variant(Reply.COUNT, 4, b"LEN", 3), Variant(Reply.TABLE, 4, b"IDX", 3)),
    "LPOP": (Variant(Reply.TEXTS_OR_FALSE, 3),),
    "LPOS": (Variant(Reply.TABLE, 5, b"COUNT", 3),),
    "PING": (Variant(Reply.TEXT, 2),),
    "RPOP": (Variant(Reply.TEXTS_OR_FALSE, 3),),
    "SET": (
        Variant(Reply.STATUS_OR_FALSE, 4, b"NX", 3),
        Variant(Reply.STATUS_OR_FALSE, 4, b"XX", 3),
        Variant(Reply.TEXT_OR_FALSE, 4, b"GET", 3),
    ),
    "SORT": (Variant(Reply.TABLE, 4, b"GET", 2), Variant(Reply.COUNT, 4, b"STORE", 2)),
    "SORT_RO": (Variant(Reply.TABLE, 4, b"GET", 2),),
    "SPOP": (Variant(Reply.TEXTS, 3),),
    "SRANDMEMBER": (Variant(Reply.TEXTS, 3),),
    "XADD": (Variant(Reply.TEXT_OR_FALSE, 6, b"NOMKSTREAM", 2, until=b"*"),),
    "XRANGE": (Variant(Reply.TABLE_OR_FALSE, 6, b"COUNT", 4),),
    "XREVRANGE": (Variant(Reply.TABLE_OR_FALSE, 6, b"COUNT", 4),),
    **dict.fromkeys(("ZDIFF", "ZINTER", "ZUNION"), (Variant(Reply.PAIRS, 4, b"WITHSCORES", 3),)),
    **dict.fromkeys(
        ("ZRANGE", "ZREVRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE"), (Variant(Reply.PAIRS, 5, b"WITHSCORES", 4),)
    ),
    "ZADD": (Variant(Reply.SCORE_OR_FALSE, 5, b"INCR", 2, rest=2),),
    "ZRANDMEMBER": (Variant(Reply.TEXTS, 3), Variant(Reply.PAIRS, 4, b"WITHSCORES", 3)),
}
"""What arguments make of a reply. Where several hold, the last one wins, as GET does in SET key value NX GET."""

RESP3_REPLIES: Final[dict[Reply, str]] = {
    Reply.MAP: "HGETALL",
    Reply.SET: "SDIFF SINTER SMEMBERS SUNION",
    Reply.VERBATIM: "INFO LOLWUT",
}
"""What commands answer in their plainest form after redis.setresp(3), where it is another shape."""
