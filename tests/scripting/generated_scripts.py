"""Generated Redis scripts: calls on a few keys, conversions of what they answer, errors caught and not caught.

Everything a script does must be the same on every server: no time, no random choice, no order that Redis takes from a
hash or Lua from addresses. So sets hold integers only, hashes stay small, and COMMAND INFO, whose sets become tables
with tables as keys, is left out.
"""

from __future__ import annotations

from random import Random

STRINGS = ("s1", "s2")
LISTS = ("l1",)
HASHES = ("h1",)
SETS = ("i1",)
SORTED_SETS = ("z1",)
STREAMS = ("x1",)
BITMAPS = ("b1",)
PLACES_ON_EARTH = ("g1",)
ESTIMATES = ("p1",)
KEYS = (*STRINGS, *LISTS, *HASHES, *SETS, *SORTED_SETS, *STREAMS, *BITMAPS, *PLACES_ON_EARTH, *ESTIMATES, "nokey")

# Arguments are written as letters: k the key, v any value, n a number that should be whole, i one that is, f any
# number, m a member, p a place in a list.
# fmt: off
COMMANDS: dict[tuple[str, ...], tuple[str, ...]] = {
    STRINGS: (
        "SET k v", "SET k n", "SET k f", "SET k v NX", "SET k v XX GET", "GET k", "INCR k", "INCRBY k n", "DECR k",
        "INCRBYFLOAT k f", "APPEND k v", "STRLEN k", "GETRANGE k p p", "SETRANGE k n v", "GETSET k v",
        "MGET s1 s2 nokey", "MSET s1 v s2 n", "SETNX k v", "GETDEL k", "GETEX k PERSIST", "LCS s1 s2", "LCS s1 s2 IDX",
        "LCS s1 s2 IDX WITHMATCHLEN", "SET k v GET KEEPTTL", "SUBSTR k p p", "MSETNX s1 v s2 v",
    ),
    LISTS: (
        "RPUSH k v v", "LPUSH k n", "LRANGE k p p", "LLEN k", "LPOP k", "RPOP k n", "LINDEX k p", "LSET k p v",
        "LREM k p v", "LTRIM k p p", "LPOS k v", "LINSERT k BEFORE v v", "LMOVE l1 l1 LEFT RIGHT",
        "LMPOP 1 k LEFT COUNT n", "LPOS k v COUNT 0", "LPOS k v RANK -1", "SORT k ALPHA", "SORT k BY nosort GET #",
        "BLMPOP 0 1 k RIGHT", "RPOPLPUSH k k", "LPUSHX k v",
    ),
    HASHES: (
        "HSET k m v", "HSET k m v m n", "HGET k m", "HGETALL k", "HDEL k m", "HLEN k", "HINCRBY k m n",
        "HINCRBYFLOAT k m f", "HEXISTS k m", "HMGET k m m", "HKEYS k", "HVALS k", "HSTRLEN k m", "HSETNX k m v",
        "HSCAN k 0", "HSCAN k 0 MATCH a*", "HRANDFIELD k 0", "HRANDFIELD nokey 2 WITHVALUES", "HRANDFIELD nokey",
    ),
    SETS: (
        "SADD k i i", "SREM k i", "SISMEMBER k v", "SMEMBERS k", "SCARD k", "SMISMEMBER k n n",
        "SINTER k k", "SUNION k nokey", "SDIFF k nokey", "SINTERCARD 1 k LIMIT n", "SSCAN k 0", "SMOVE k k i",
        "SORT k DESC LIMIT 0 2", "SRANDMEMBER nokey", "SRANDMEMBER nokey 2", "SPOP nokey", "SPOP nokey 1",
    ),
    SORTED_SETS: (
        "ZADD k f m", "ZADD k n m n m", "ZADD k INCR f m", "ZSCORE k m", "ZMSCORE k m m", "ZRANGE k p p",
        "ZRANGE k p p WITHSCORES", "ZRANK k m", "ZINCRBY k f m", "ZREM k m", "ZCARD k", "ZCOUNT k -inf +inf",
        "ZPOPMIN k", "ZRANGEBYSCORE k -inf +inf WITHSCORES LIMIT 0 2", "ZREVRANGE k 0 -1",
        "ZADD k NX CH f m", "ZADD k GT CH f m", "ZADD k XX INCR f m", "ZUNION 2 k k WITHSCORES",
        "ZDIFF 2 k nokey WITHSCORES", "ZINTER 2 k k WEIGHTS n f AGGREGATE MAX", "ZMPOP 1 k MIN COUNT n", "ZPOPMAX k 2",
        "ZREVRANK k m", "ZSCAN k 0", "ZRANGE k 0 -1 REV WITHSCORES", "ZRANGE k (0 +inf BYSCORE LIMIT 0 2 WITHSCORES",
        "ZRANGESTORE z1 k 0 -1", "ZRANDMEMBER nokey", "ZRANDMEMBER nokey 1 WITHSCORES", "BZMPOP 0 1 k MAX",
        "ZINTERCARD 1 k",
    ),
    STREAMS: (
        "XADD k i-1 m v", "XADD k NOMKSTREAM i-2 m v m n", "XADD k MAXLEN 2 999-* m v", "XLEN k", "XRANGE k - +",
        "XREVRANGE k + - COUNT n", "XDEL k i-1", "XTRIM k MAXLEN n", "XREAD COUNT 2 STREAMS k 0", "XINFO STREAM nokey",
        "XGROUP CREATE k g 0 MKSTREAM", "XREADGROUP GROUP g c COUNT 1 STREAMS k >", "XREADGROUP GROUP g c STREAMS k 0",
        "XACK k g i-1", "XPENDING k g", "XAUTOCLAIM k g c 0 0", "XAUTOCLAIM k g c 0 0 JUSTID", "XINFO GROUPS k",
        "XCLAIM k g c 0 i-1 JUSTID", "XINFO STREAM k", "XREAD BLOCK 0 STREAMS k $", "XSETID k i-9",
    ),
    BITMAPS: (
        "SETBIT k i 1", "GETBIT k n", "BITCOUNT k", "BITCOUNT k p p BIT", "BITPOS k 1", "BITFIELD k INCRBY u8 0 n",
        "BITFIELD k SET i5 n n GET u3 1", "BITOP NOT s2 k", "STRLEN k",
    ),
    PLACES_ON_EARTH: (
        "GEOADD k 13.361389 38.115556 m", "GEOADD k f 37.5 m", "GEODIST k m m km", "GEOPOS k m m", "GEOHASH k m",
        "GEOSEARCH k FROMLONLAT 15 37 BYRADIUS 200 km ASC WITHDIST",
        "GEOSEARCH k FROMMEMBER m BYBOX 500 500 km DESC WITHCOORD WITHHASH", "GEORADIUS k 15 37 200 km ASC COUNT 2",
    ),
    ESTIMATES: ("PFADD k v v", "PFADD k m", "PFCOUNT k", "PFMERGE k k"),
    KEYS: (
        "DEL k", "EXISTS k nokey", "TYPE k", "EXPIRE k 1000", "PERSIST k", "TTL nokey", "RENAME k s1", "COPY k s2",
        "OBJECT ENCODING k", "DBSIZE", "PING", "ECHO v", "SELECT 0", "NOSUCH k", "GET", "SUBSCRIBE k", "CLIENT INFO",
        "COMMAND GETKEYS GET k", "COMMAND DOCS get", "OBJECT REFCOUNT k", "OBJECT FREQ k",
        "MEMORY USAGE nokey", "EXPIRETIME nokey", "PTTL nokey", "SCAN 0 MATCH nokey", "TOUCH k", "UNLINK k",
        "DUMP nokey", "RESTORE k 0 v", "PUBLISH k v", "SORT_RO nokey", "OBJECT HELP", "PUBSUB NUMSUB k", "SLOWLOG HELP",
        "LATENCY HISTORY k", "SWAPDB 0 0", "MOVE k 0", "PEXPIREAT k 99999999999999 NX", "EXPIRE k n GT",
    ),
}

VALUES = (
    "'a'", "''", "'10'", "'-3.5'", "'a\\0b'", "'\\r\\n'", "'\\255\\254'", "string.rep('x', 60)", "1", "-1", "0", "-0",
    "3.0", "0.1", "1/3", "1e15", "1e17", "2^53+1", "-2^63", "KEYS[1]", "KEYS[3]", "ARGV[1]", "ARGV[2]",
    "tostring(2^40)",
)
NUMBERS = ("0", "1", "-1", "2", "7", "100", "'5'", "9007199254740993", "1.5", "ARGV[1]", "'x'")
INTEGERS = ("0", "1", "-1", "7", "'100'", "12345678901")
MEMBERS = ("'a'", "'b'", "'c'", "1", "'f\\0'", "ARGV[2]")
PLACES = ("0", "1", "-1", "2", "-3", "100")
CHOICES = {
    "v": VALUES,
    "n": NUMBERS,
    "i": INTEGERS,
    "f": (*NUMBERS, "0.1", "1e300", "'inf'"),
    "m": MEMBERS,
    "p": PLACES,
}
# fmt: on
SHEBANGS = ("", "", "", "#!lua\n", "#!lua flags=no-writes\n", "#!lua flags=allow-oom\n")


class Generator:
    """Scripts from one source of randomness: the same seed gives the same scripts."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.variables: list[str] = []

    def script(self) -> bytes:
        """One script. It expects two KEYS and two ARGV."""
        self.variables = []
        lines = [f"{self.random.choice(SHEBANGS)}"]
        if self.random.random() < 0.3:
            lines.append("redis.setresp(3)\n")
        lines += [self._statement() for _ in range(self.random.randint(1, 6))]
        lines.append(f"return {self._expression(2)}")
        return "".join(lines).encode("latin-1")

    def _statement(self) -> str:
        name = f"v{len(self.variables) + 1}"
        kind = self.random.random()
        if kind < 0.55:
            text = f"local {name} = {self._call()}\n"
        elif kind < 0.7:
            text = f"local ok{name}, {name} = pcall(redis.call, {self._arguments()})\n"
        elif kind < 0.8:
            text = f"local {name} = {self._expression(2)}\n"
        elif kind < 0.9:
            text = f"local {name} = 0\nfor i = 1, {self.random.randint(0, 4)} do {name} = {self._call()} end\n"
        else:
            condition = f"{self._leaf()} == {self._leaf()}"
            text = f"local {name}\nif {condition} then {name} = {self._call()} else {name} = {self._leaf()} end\n"
        self.variables.append(name)
        return text

    def _call(self) -> str:
        return f"redis.{self.random.choice(('call', 'call', 'pcall'))}({self._arguments()})"

    def _arguments(self) -> str:
        keys = self.random.choice(list(COMMANDS))
        command = self.random.choice(COMMANDS[keys])
        if self.random.random() < 0.06:
            keys = KEYS  # the wrong type, perhaps
        key = self.random.choice(keys)
        words = [self._word(word, key) for word in command.split()]
        if self.random.random() < 0.03:
            words.append(self.random.choice(("nil", "true", "{}", "'extra'")))
        return ", ".join(words)

    def _word(self, word: str, key: str) -> str:
        if word == "k":
            return f"'{key}'"
        if word.startswith("i-"):
            return f"{self.random.choice(INTEGERS)} .. '{word[1:]}'"
        if word in CHOICES:
            if word == "v" and self.variables and self.random.random() < 0.2:
                return f"tostring({self.random.choice(self.variables)})"
            return self.random.choice(CHOICES[word])
        return f"'{word}'"

    def _expression(self, depth: int) -> str:
        if depth == 0 or self.random.random() < 0.4:
            return self._leaf()
        inner = [self._expression(depth - 1) for _ in range(self.random.randint(0, 4))]
        one = self._expression(depth - 1)
        return self.random.choice(
            (
                "{" + ", ".join(inner) + "}",
                f"{{ok = {one}}}",
                f"{{err = {one}}}",
                f"{{double = {one}}}",
                f"{{big_number = {one}}}",
                f"{{map = {{k = {one}}}}}",
                f"{{set = {{[{self.random.choice(MEMBERS[:4])}] = true}}}}",
                f"{{verbatim_string = {{format = 'txt', string = {one}}}}}",
                f"cjson.encode({{{one}}})",
                f"cmsgpack.pack({one})",
                f"(function(...) return select('#', ...) end)({', '.join(inner)})",
            )
        )

    def _leaf(self) -> str:
        if self.variables and self.random.random() < 0.7:
            name = self.random.choice(self.variables)
            return self.random.choice(
                (name, name, f"type({name})", f"#{name}", f"{name} == false", f"{name}[1]", f"{name}.ok", f"{name} + 1",
                 f"{name} .. 'x'", f"tonumber({name})", f"redis.sha1hex({name})", f"{name}.err")
            )  # fmt: skip
        return self.random.choice(("nil", "true", "false", *VALUES, "1.9", "-1.9", "0/0", "redis.status_reply('S')"))
