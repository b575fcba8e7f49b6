"""Random dialogues of clients that are told of what others do, on Ferrous and beside a real server:

    python -m tests.endpoint.pushes.beside [PROFILE [DIALOGUES [SEED]]]

Prints each dialogue that ends in a difference, as short as it could be made.
"""

from __future__ import annotations

import random
import sys

from tests.endpoint.pushes.parties import ALONG, OurParty, RealParty
from tests.record.beside import compare

CLIENTS = "ABcdefMn"
KEYS = ("k", "l", "m", "kk")
CHANNELS = ("ch", "news", "k")
_SCRIPTS = (
    "redis.call('GET', KEYS[1]) return 1",
    "redis.call('SET', KEYS[1], 'x') return redis.call('GET', KEYS[1])",
    "redis.call('GET', ARGV[1]) redis.call('GET', KEYS[2]) redis.call('SET', KEYS[1], 'y') return {1, {2}}",
    "redis.call('PUBLISH', 'ch', 'from a script') return redis.call('INCR', KEYS[1])",
    "return redis.call('DEL', KEYS[1], KEYS[2])",
    "return redis.pcall('LPUSH', KEYS[1], 'a', 'b')",
)
_CLASSES = ("", "KEA", "K$lz", "Eg$x", "KEAm", "Kn$")


def command(chance: random.Random, name: str, *, may_wait: bool = True) -> str:
    """One command of the client `name`."""
    key, other = chance.choice(KEYS), chance.choice(KEYS)
    channel, number = chance.choice(CHANNELS), chance.randrange(1, 9)
    who = chance.choice(CLIENTS)
    end, to = chance.choice(("LEFT", "RIGHT")), chance.choice(("LEFT", "RIGHT"))
    script = chance.choice(_SCRIPTS)
    reads = [
        f"GET {key}", f"MGET {key} {other}", f"STRLEN {key}", f"EXISTS {key} {other}", f"TYPE {key}", f"TTL {key}",
        f"LRANGE {key} 0 -1", f"LLEN {key}", f"SMEMBERS {key}", f"HGETALL {key}", f"ZRANGE {key} 0 -1", "DUMP none",
        f"OBJECT ENCODING {key}", f"SUNION {key} {other}", f"BITCOUNT {key}", f"XRANGE {key} - +", f"TOUCH {key}",
        f"SINTER {key} {other}", f"ZUNION 2 {key} {other}", f"XREAD STREAMS {key} 0", f"PFCOUNT {key}",
        f"GETRANGE {key} 0 1", f"HGET {key} f", f"SCARD {key}", "DBSIZE", "RANDOMKEY none", "KEYS none*", "SCAN none",
        f"GEOPOS {key} a", f"SORT_RO {key}", f"LCS {key} {other}",
    ]  # fmt: skip
    writes = [
        f"SET {key} {number}", f"SET {key} {number} EX 100", f"SET {key} {number} XX", f"SET {key} {number} NX",
        f"SET {key} v GET", f"MSET {key} 1 {other} 2", f"MSETNX {key} 1 {other} 2", f"APPEND {key} x", f"INCR {key}",
        f"INCRBYFLOAT {key} 1", f"GETSET {key} n", f"GETDEL {key}", f"GETEX {key} EX 100", f"GETEX {key}",
        f"SETRANGE {key} 0 {number}", f"SETBIT {key} 1 1",
        f"BITOP NOT {key} {other}", f"BITFIELD {key} SET u8 0 {number}",
        f"DEL {key}", f"DEL {key} {other}", f"UNLINK {other} {key}", f"RENAME {key} {other}", f"RENAMENX {key} {other}",
        f"COPY {key} {other}", f"COPY {key} {other} REPLACE", f"EXPIRE {key} 100", f"EXPIRE {key} -1", f"PERSIST {key}",
        f"PEXPIREAT {key} 1", f"LPUSH {key} a {number}", f"RPUSH {key} a b", f"LPUSHX {key} a", f"LPOP {key}",
        f"RPOP {key} 2", f"LSET {key} 0 z", f"LINSERT {key} BEFORE a q", f"LREM {key} 0 a", f"LTRIM {key} 1 -1",
        f"LMOVE {key} {other} {end} {to}", f"RPOPLPUSH {key} {other}", f"LMPOP 2 {key} {other} {end}",
        f"SADD {key} a", f"SREM {key} a", f"SPOP {key} 9", f"SMOVE {key} {other} a",
        f"SINTERSTORE {key} {key} {other}", f"SUNIONSTORE {key} {key} {other}", f"SDIFFSTORE {key} {key} {other}",
        f"HSET {key} f {number}", f"HSETNX {key} f 1", f"HDEL {key} f", f"HINCRBY {key} n 1", f"HINCRBYFLOAT {key} n 1",
        f"ZADD {key} {number} a 2 b", f"ZINCRBY {key} 1 a", f"ZREM {key} a", f"ZPOPMIN {key}", f"ZPOPMAX {key} 2",
        f"ZMPOP 1 {key} MIN", f"ZUNIONSTORE {key} 2 {key} {other}", f"ZRANGESTORE {key} {other} 0 -1",
        f"ZREMRANGEBYRANK {key} 0 0", f"ZREMRANGEBYSCORE {key} 0 1", f"GEOADD {key} 1 1 a",
        f"GEOSEARCHSTORE {key} {other} FROMLONLAT 1 1 BYRADIUS 9 km", f"PFADD {key} a {number}",
        f"PFMERGE {key} {other}", f"XADD {key} {number}-1 f v", f"XADD {key} MAXLEN 1 {number}-2 f v",
        f"XTRIM {key} MAXLEN 0", f"XDEL {key} {number}-1", f"XGROUP CREATE {key} g 0 MKSTREAM",
        f"XGROUP CREATE {key} h $", f"XGROUP DESTROY {key} g", f"XGROUP CREATECONSUMER {key} g c",
        f"XGROUP DELCONSUMER {key} g c",
        f"XREADGROUP GROUP g c STREAMS {key} >", f"XACK {key} g {number}-1", f"XSETID {key} 9-9",
        f"XCLAIM {key} g d 0 {number}-1", f"XAUTOCLAIM {key} g d 0 0", f"XGROUP SETID {key} g 0",
        f"SORT {key} BY nosort STORE {other}", f"MOVE {key} 1", "SWAPDB 0 1", "FLUSHDB", "FLUSHALL", "SELECT 1",
        "SELECT 0", f"EVAL \"{script}\" 2 {key} {other} {other}", f"EVAL \"{script}\" 2 {other} {key} {other}",
        f"SET {key} v PX 20",
    ]  # fmt: skip
    waits = [
        f"BLPOP {key} {other} 0", f"BLMOVE {key} {other} {end} {to} 0", f"BZPOPMIN {key} 0", f"BLMPOP 0 1 {key} {end}",
        f"XREAD BLOCK 0 STREAMS {key} $", f"BRPOPLPUSH {key} {other} 0",
    ]  # fmt: skip
    tracks = [
        "CLIENT TRACKING ON", "CLIENT TRACKING OFF", "CLIENT TRACKING ON BCAST", "CLIENT TRACKING ON NOLOOP",
        "CLIENT TRACKING ON OPTIN", "CLIENT TRACKING ON OPTOUT", "CLIENT TRACKING ON OPTIN NOLOOP",
        "CLIENT TRACKING ON BCAST PREFIX k", "CLIENT TRACKING ON BCAST PREFIX k PREFIX l NOLOOP",
        "CLIENT TRACKING ON BCAST NOLOOP", "CLIENT TRACKING ON BCAST PREFIX l PREFIX k PREFIX kk",
        f"CLIENT TRACKING ON REDIRECT ID_{who}", f"CLIENT TRACKING ON REDIRECT ID_{who} NOLOOP",
        f"CLIENT TRACKING ON BCAST REDIRECT ID_{who}", f"CLIENT TRACKING ON OPTIN REDIRECT ID_{who}",
        f"CLIENT CACHING YES{ALONG}GET {key}", f"CLIENT CACHING NO{ALONG}GET {key}", "CLIENT CACHING YES",
        f"CLIENT CACHING YES{ALONG}MULTI{ALONG}GET {key}{ALONG}EXEC{ALONG}GET {other}", "CLIENT CACHING NO",
        "CLIENT TRACKINGINFO", "CLIENT GETREDIR", "HELLO 3", "HELLO 2", "RESET", "CLIENT TRACKING ON BCAST PREFIX m",
    ]  # fmt: skip
    talks = [
        f"SUBSCRIBE {channel}", f"PSUBSCRIBE {channel[0]}*", "UNSUBSCRIBE", f"UNSUBSCRIBE {channel}", "PUNSUBSCRIBE",
        f"PUBLISH {channel} m{number}", f"SSUBSCRIBE {channel}", f"SPUBLISH {channel} s{number}", "SUNSUBSCRIBE",
        "SUBSCRIBE __redis__:invalidate", "PSUBSCRIBE __key*",
        f"CONFIG SET notify-keyspace-events \"{chance.choice(_CLASSES)}\"",
        f"PUBSUB NUMSUB {channel}", "PUBSUB NUMPAT", f"SUBSCRIBE __keyspace@0__:{key}",
        f"PUBLISH {channel} {number}{ALONG}PUBLISH news x", "PING",
    ]  # fmt: skip
    others = [
        "MULTI", "EXEC", "EXEC", "DISCARD", f"WATCH {key}", "PING", "NOSUCH a", "GET", "CLIENT ID",
        *(f"INFO {section}" for section in ("clients", "stats", "commandstats", "errorstats")),
        f"MULTI{ALONG}{chance.choice(writes)}{ALONG}{chance.choice(reads)}{ALONG}{chance.choice(writes)}{ALONG}EXEC",
        f"{chance.choice(writes)}{ALONG}{chance.choice(writes)}{ALONG}{chance.choice(reads)}",
        f"{chance.choice(reads)}{ALONG}{chance.choice(writes)}{ALONG}{chance.choice(reads)}", "CLIENT REPLY SKIP",
        f"CLIENT LIST ID {' '.join('ID_' + each for each in CLIENTS)}", "AUTH a b", "HELLO 3 AUTH a b", "ECHO x",
        "CONFIG SET tracking-table-max-keys 1000000", f"CLIENT KILL ID ID_{who}", "CLIENT SETNAME me",
        f"COMMAND GETKEYS GET {key}", "SCRIPT LOAD \"return 1\"", "CLIENT UNBLOCK 12", "CONFIG GET maxmemory",
    ]  # fmt: skip
    kind = chance.random()
    if name == "M" and kind < 0.5:
        return chance.choice(("MONITOR", "MONITOR", "RESET", "PING", "CLIENT ID", "GET k", "CLIENT LIST ID ID_M"))
    if kind < 0.2:
        return chance.choice(reads)
    if kind < 0.55:
        return chance.choice(writes)
    if kind < 0.58 and may_wait:
        return chance.choice(waits)
    if kind < 0.75:
        return chance.choice(tracks)
    return chance.choice(talks if kind < 0.88 else others)


def dialogue(chance: random.Random, profile: str, length: int) -> list[str]:
    """The steps of a dialogue that Ferrous has been through; nobody says anything while waiting."""
    ours = OurParty(CLIENTS, profile)
    steps: list[str] = []
    for _ in range(length):
        free = [name for name in CLIENTS if not ours.waits(name) and not ours.has_ended(name)]
        if not free:
            break
        name = chance.choice(free)
        step = f"{name}: {command(chance, name)}"
        if step.endswith("PX 20"):
            steps.append(step)
            ours.ask(step)
            step = "@ 250"
        ours.ask(step)
        steps.append(step)
    return steps


def difference(steps: list[str], profile: str, port: int) -> str | None:
    """The first step that does not bring the same, with both."""
    ours, real = OurParty(CLIENTS, profile), RealParty(CLIENTS, port)
    try:
        for number, step in enumerate(steps, 1):
            if step[0] != "@" and (ours.waits(step[0]) or ours.has_ended(step[0]) or real.sockets[step[0]].has_ended):
                return None
            one, other = real.ask(step), ours.ask(step)
            if one != other:
                names = sorted({*one, *other})
                both = "".join(
                    f"\n    {name} server  {one.get(name)}\n    {name} ferrous {other.get(name)}"
                    for name in names
                    if one.get(name) != other.get(name)
                )
                return f"step {number}: {step}{both}"
        return None
    finally:
        real.close()


def of_profile(chance: random.Random, profile: str) -> list[str]:
    """A dialogue that a server of the profile takes part in."""
    return dialogue(chance, profile, 40)


if __name__ == "__main__":
    name, *numbers = sys.argv[1:] or ["redis-7.0"]
    sys.exit(compare(of_profile, difference, name, *map(int, numbers)))
