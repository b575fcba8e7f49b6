"""Random commands, made from the syntax that COMMAND DOCS tells of every command.

`Grammar(random).command()` answers a command of few keys and few values, so that commands meet each other's data: most
are well formed, some name a key of another type, and some are spoilt: an argument odd, missing, or one too many.
"""

from __future__ import annotations

from random import Random
from typing import Any, Final

from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15, Profile
from ferrous_vm.keyspace.server.documents import documents_of

GROUPS: Final = {
    "bitmap": "string", "generic": "any", "geo": "geo", "hash": "hash", "hyperloglog": "hll", "list": "list",
    "set": "set", "sorted-set": "zset", "stream": "stream", "string": "string",
}  # fmt: skip
"""The groups commands are made of, and which keys those of a group mostly use."""

LEFT_OUT: Final = {
    "debug": "changes the server", "dump": "compared by tests of its own", "flushall": "would empty every sequence",
    "flushdb": "would empty every sequence", "migrate": "needs a second server", "move": "leaves the database compared",
    "object": "compared after the sequence", "pfdebug": "shows storage", "pfselftest": "tests the server itself",
    "randomkey": "random", "restore": "compared by tests of its own", "restore-asking": "for clusters",
    "wait": "waits", "waitaof": "waits", "swapdb": "leaves the database compared",
}  # fmt: skip
"""Commands that are not made, each with its reason."""

KINDS: Final = ("string", "hash", "list", "set", "zset", "geo", "hll", "stream")

_HUGE: Final = [b"9223372036854775807", b"-9223372036854775808", b"9223372036854775808", b"4294967296"]
_ODD: Final = [b"", b"abc", b"1.5", b"+1", b" 1", b"01", b"\x00", b"-0", b"1e400", b"nan", *_HUGE]
_POOLS: Final[dict[str, list[bytes]]] = {
    "integer": [b"0", b"1", b"-1", b"2", b"3", b"-2", b"5", b"10", b"-3", b"100", b"-100"],
    "double": [b"0", b"1", b"-1", b"1.5", b"2", b"3", b"-0", b"0.1", b"1e3", b"inf", b"-inf", b"3.0000000001", b"0x10"],
    "string": [
        b"a", b"b", b"c", b"d", b"aa", b"ab", b"1", b"2", b"3", b"10", b"-5", b"07", b"", b"\x00\xff\r\n", b"x" * 70,
    ],
    "pattern": [b"*", b"a*", b"?", b"[a-c]*", b"*1*", b"\\a", b"[^a]", b"nothing"],
    "unix-time": [b"4102444800", b"4102444800000", b"1", b"0", b"-1"],
    "score_bound": [b"0", b"1", b"2", b"(1", b"(3", b"-inf", b"+inf", b"(-inf", b"5", b"", b" 1", b"a"],
    "lex_bound": [b"-", b"+", b"[a", b"(a", b"[b", b"(c", b"[", b"(", b"[zz", b"a", b""],
    "longitude": [b"0", b"13.361389", b"15.087269", b"2.349014", b"-180", b"180", b"179.9999", b"-122.27652", b"181"],
    "latitude": [b"0", b"38.115556", b"37.502669", b"48.864716", b"85.05112878", b"-85.05112878", b"37.805186", b"86"],
    "radius": [b"0", b"1", b"100", b"200", b"5000", b"20000", b"1e7", b"-1", b"inf", b"0.001"],
    "index": [b"0", b"1", b"-1", b"2", b"-2", b"3", b"5", b"-100", b"100"],
    "offset": [b"0", b"1", b"2", b"7", b"20", b"100", b"-1", b"4294967296"],
    "expiry": [b"1000000", b"100000", b"0", b"-1", b"9223372036854775807"],
    "idle": [b"0", b"100000000", b"-1"],
    "random_count": [b"0", b"1", b"2", b"3", b"5", b"100", b"-1", b"-3", b"-9223372036854775808"],
    "cursor": [b"0", b"0", b"0", b"abc"],
    "id": [
        b"0", b"0-1", b"1-1", b"2-1", b"5", b"5-3", b"9-*", b"-", b"+", b"(1-1", b"$", b">", b"abc",
        b"18446744073709551615",
    ],
    "new_id": [b"1-1", b"2-1", b"2-2", b"3-*", b"5", b"5-3", b"6-*", b"7-7", b"8", b"9-*", b"0-0", b"abc"],
    "group": [b"g1", b"g1", b"g1", b"g2"],
    "consumer": [b"c1", b"c1", b"c2"],
    "encoding": [b"u8", b"i8", b"i5", b"u63", b"i64", b"u64", b"i0", b"x8"],
    "bit_offset": [b"0", b"1", b"7", b"#1", b"100", b"-1", b"#-1"],
    "bit": [b"0", b"1", b"0", b"1", b"2"],
    "iterations": [b"1", b"2"],
    "few": [b"1", b"1", b"2", b"3"],
}  # fmt: skip

_BY_NAME: Final = {
    "min": "score_bound", "max": "score_bound", "longitude": "longitude", "latitude": "latitude", "radius": "radius",
    "width": "radius", "height": "radius", "index": "index", "start": "index", "stop": "index", "end": "index",
    "offset": "offset", "seconds": "expiry", "milliseconds": "expiry", "cursor": "cursor", "id": "id", "bit": "bit",
    "encoding": "encoding", "threshold": "id", "min-idle-time": "idle", "lastid": "id", "group": "group",
    "groupname": "group", "consumer": "consumer", "consumername": "consumer", "numfields": "few", "numids": "few",
}  # fmt: skip
"""The pool of an argument by its name, where its type does not say enough."""

_BY_COMMAND: Final = {
    ("zrange", "start"): "any_bound", ("zrange", "stop"): "any_bound", ("zrangestore", "min"): "any_bound",
    ("zrangestore", "max"): "any_bound", ("zrangebylex", "min"): "lex_bound", ("zrangebylex", "max"): "lex_bound",
    ("zrevrangebylex", "min"): "lex_bound", ("zrevrangebylex", "max"): "lex_bound", ("zlexcount", "min"): "lex_bound",
    ("zlexcount", "max"): "lex_bound", ("zremrangebylex", "min"): "lex_bound", ("zremrangebylex", "max"): "lex_bound",
    ("srandmember", "count"): "random_count", ("zrandmember", "count"): "random_count",
    ("hrandfield", "count"): "random_count", ("bitfield", "offset"): "bit_offset",
    ("bitfield_ro", "offset"): "bit_offset", ("xrange", "start"): "id", ("xrange", "end"): "id",
    ("xrevrange", "start"): "id", ("xrevrange", "end"): "id", ("xautoclaim", "start"): "id",
    ("xpending", "start"): "id", ("xpending", "end"): "id", ("xadd", "id"): "new_id", ("xsetid", "last-id"): "id",
    ("xsetid", "max_deleted_entry_id"): "id",
}  # fmt: skip
_POOLS["any_bound"] = _POOLS["index"] + _POOLS["score_bound"] + _POOLS["lex_bound"]

_AS_MANY_AS_KEYS: Final = {
    ("zunion", "weight"), ("zinter", "weight"), ("zunionstore", "weight"), ("zinterstore", "weight"),
    ("xread", "id"), ("xreadgroup", "id"),
}  # fmt: skip
"""Arguments that come as often as keys do."""

_FILLERS: Final = frozenset((
    "set", "append", "hset", "rpush", "lpush", "sadd", "zadd", "geoadd", "pfadd", "xadd", "xgroup|create", "xreadgroup",
    "setbit", "mset",
))  # fmt: skip
"""Commands that are made more often, since most others take away or only look."""


def offered(profile: Profile = REDIS_7_0_15) -> list[str]:
    """The names of the commands that can be made: those of these groups that have a handler."""
    return [
        row.full_name.decode()
        for row in profile.commands.rows()
        if row.handler is not None and row.group in GROUPS and row.full_name.partition(b"|")[0].decode() not in LEFT_OUT
    ]


class Grammar:
    """Makes commands by the choices of `random`, out of the commands `names`, as the server documents them."""

    def __init__(self, random: Random, names: list[str], profile: Profile = REDIS_7_0_15) -> None:
        self.random = random
        self._documents: dict[str, Any] = documents_of(profile)
        self.names = [name for name in names for _ in range(4 if name in _FILLERS else 1)]

    def command(self) -> list[bytes]:
        """One command, name first."""
        name = self.random.choice(self.names)
        docs = self._documents[name.partition("|")[0]]
        if "|" in name:
            docs = docs["subcommands"][name]
        self._command, self._kind, self._keys = name, GROUPS[docs["group"]], 0
        words: list[Any] = []
        for argument in docs.get("arguments", ()):
            words += self._argument(argument)
        argv = [*(word.encode() for word in name.upper().split("|")), *self._numbered(words)]
        return self._spoilt(argv) if self.random.random() < 0.12 else argv

    def _numbered(self, words: list[Any]) -> list[bytes]:
        """Fill in how many keys there are, where an argument says it."""
        return [b"%d" % max(self._keys, 1) if word is None else word for word in words]

    def _spoilt(self, argv: list[bytes]) -> list[bytes]:
        position = self.random.randrange(1, len(argv)) if len(argv) > 1 else 1
        how = self.random.randrange(4)
        if how == 0:
            return argv[:position] + argv[position + 1 :]
        if how == 1:
            return [*argv[:position], self.random.choice(_ODD), *argv[position:]]
        if how == 2:
            return [*argv, self.random.choice(argv)]
        return [*argv[:position], self.random.choice(_ODD), *argv[position + 1 :]]

    def _argument(self, argument: dict[str, Any]) -> list[Any]:
        flags = argument.get("flags", ())
        if "optional" in flags and self.random.random() < 0.6:
            return []
        token = argument.get("token")
        if argument["type"] == "pure-token":
            return [token.encode()]
        words = self._repeated(argument) if "multiple" in flags else self._one(argument)
        return words if token is None else [token.encode(), *words]

    def _repeated(self, argument: dict[str, Any]) -> list[Any]:
        times = self.random.choice((1, 1, 2, 3, 4))
        if (self._command, argument["name"]) in _AS_MANY_AS_KEYS:
            times = self._keys
        token = argument.get("token") if "multiple_token" in argument.get("flags", ()) else None
        words: list[Any] = []
        for time in range(times):
            if token is not None and time:
                words.append(token.encode())
            words += self._one(argument)
        return words

    def _one(self, argument: dict[str, Any]) -> list[Any]:
        kind, name = argument["type"], argument["name"]
        if kind == "oneof":
            choices = argument["arguments"]
            if name == "id_or_auto" and self.random.random() < 0.8:
                choices = choices[1:]  # an id of the server's own is later than any other
            return self._argument(self.random.choice(choices))
        if kind == "block":
            return [word for inner in argument["arguments"] for word in self._argument(inner)]
        if kind == "key":
            return [self._key()]
        if name == "numkeys":
            return [None]
        pool = _BY_COMMAND.get((self._command, name)) or _BY_NAME.get(name) or kind
        if pool == "score_bound" and kind == "integer":
            pool = kind
        return [self.random.choice(_POOLS[pool])]

    def _key(self) -> bytes:
        self._keys += 1
        kind = self._kind
        if kind == "any" or self.random.random() < 0.08:
            kind = self.random.choice(KINDS)
        if kind == "zset" and self.random.random() < 0.15:
            kind = self.random.choice(("set", "geo"))
        return f"{kind}{self.random.randrange(3)}".encode()
