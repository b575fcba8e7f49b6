"""Random dialogues of clients that wait, on Ferrous and beside a real server:

    python -m tests.keyspace.waiting.beside [PROFILE [DIALOGUES [SEED]]]

Prints each dialogue that ends in a difference, as short as it could be made.
"""

from __future__ import annotations

import random
import sys

from tests.keyspace.waiting.parties import OurParty, RealParty
from tests.record.beside import compare


def dumped(name: bytes, *words: bytes) -> bytes:
    """What DUMP answers of a value that a command made."""
    client = OurParty().client("A")
    client.execute(name, b"key", *words)
    data = client.execute(b"DUMP", b"key")
    assert isinstance(data, bytes)
    return data


CLIENTS = "ABCdW"
WRITER = "W"
"""Who never waits."""
KEYS = ("k", "l", "m")
LIST = "".join(f"\\x{byte:02x}" for byte in dumped(b"RPUSH", b"a", b"b")).join('""')
_THEMES = ("PUSH POP LMOVE", "ZADD ZINCRBY BZ", "XREAD XADD XGROUP XDEL", "")
"""Words that the commands of a dialogue have in common, for the most part; those of the last are any."""


def command(chance: random.Random, theme: list[str], name: str, others: list[str]) -> str:
    """One command of the client `name`."""
    key, other = chance.choice(KEYS), chance.choice(KEYS)
    keys = " ".join(chance.choices(KEYS, k=chance.choice((1, 1, 2, 3))))
    count = len(keys.split())
    time = chance.choice(("0", "0", "100"))
    milliseconds = "0" if time == "0" else "100000"
    end, to = chance.choice(("LEFT", "RIGHT")), chance.choice(("LEFT", "RIGHT"))
    least = chance.choice(("MIN", "MAX"))
    ids = " ".join(chance.choice(("$", "0", "1-1", "5-0")) for _ in range(count))
    number = chance.randrange(1, 30)
    group = chance.choice(("g", "h"))
    waits = [
        f"BLPOP {keys} {time}", f"BRPOP {keys} {time}", f"BLMOVE {key} {other} {end} {to} {time}",
        f"BRPOPLPUSH {key} {other} {time}", f"BLMPOP {time} {count} {keys} {end} COUNT {chance.randrange(1, 4)}",
        f"BLMPOP {time} {count} {keys} {end}", f"BZPOPMIN {keys} {time}", f"BZPOPMAX {keys} {time}",
        f"BZMPOP {time} {count} {keys} {least} COUNT {chance.randrange(1, 4)}",
        f"XREAD BLOCK {milliseconds} STREAMS {keys} {ids}",
        f"XREAD COUNT {chance.randrange(1, 3)} BLOCK {milliseconds} STREAMS {keys} {ids}",
        f"XREADGROUP GROUP {group} c BLOCK {milliseconds} STREAMS {key} >",
        f"XREADGROUP GROUP {group} c COUNT 1 BLOCK {milliseconds} STREAMS {key} >",
        f"XREADGROUP GROUP {group} d NOACK BLOCK {milliseconds} STREAMS {key} {other} > >",
        f"XREADGROUP GROUP {group} d BLOCK {milliseconds} STREAMS {key} 0", "WAIT 0 0", f"WAIT 1 {milliseconds}",
    ]  # fmt: skip
    writes = [
        f"RPUSH {key} {number}", f"LPUSH {key} a b {number}", f"RPUSH {key} a b c d", f"RPUSHX {key} x",
        f"ZADD {key} {number} m{number}", f"ZADD {key} 1 a 2 b 3 c", f"ZINCRBY {key} 1 z", f"XADD {key} {number}-* f v",
        f"XADD {key} {number}-1 f v", f"XADD {key} MAXLEN 1 {number}-* f v", f"SET {key} v", f"DEL {key}",
        f"DEL {key} {other}", f"RENAME {key} {other}", f"RENAMENX {key} {other}", f"COPY {key} {other}",
        f"COPY {key} {other} REPLACE", f"LMOVE {key} {other} {end} {to}", f"RPOPLPUSH {key} {other}",
        f"SORT {key} BY nosort STORE {other}", f"ZUNIONSTORE {key} 2 {key} {other}", f"ZRANGESTORE {key} {other} 0 -1",
        f"SADD {key} s", "SWAPDB 0 1", "FLUSHDB", "FLUSHALL", f"MOVE {key} 1", f"LPOP {key}", f"ZPOPMIN {key}",
        f"XGROUP CREATE {key} {group} $ MKSTREAM", f"XGROUP CREATE {key} {group} 0 MKSTREAM",
        f"XGROUP DESTROY {key} {group}",
        f"XGROUP SETID {key} {group} 0", f"XDEL {key} {number}-1", f"XTRIM {key} MAXLEN 0", f"GETSET {key} x",
        f"EVAL \"redis.call('RPUSH', KEYS[1], 'x', 'y') return redis.call('BLPOP', KEYS[2], 0)\" 2 {key} {other}",
        f"EVAL \"redis.call('RPUSH', KEYS[1], 'x') return redis.call('DEL', KEYS[1])\" 1 {key}",
        f"EVAL \"redis.call('DEL', KEYS[1]) return redis.call('XADD', KEYS[1], '{number}-3', 'a', 'b')\" 1 {key}",
        f"EVAL \"redis.call('DEL', KEYS[1]) return redis.call('ZADD', KEYS[1], '{number}', 'a')\" 1 {key}",
        "MULTI", "EXEC", "EXEC", "DISCARD", "SELECT 0", "SELECT 1", f"SINTERSTORE {key} {other}",
        f"RESTORE {key} 0 {LIST} REPLACE", f"RESTORE {key} 0 {LIST}", f"PEXPIRE {key} 0", f"PEXPIRE {key} -1",
        f"SET {key} v XX", "PING",
    ]  # fmt: skip
    asks = [
        f"TYPE {key}", f"LRANGE {key} 0 -1", f"ZRANGE {key} 0 -1", f"XRANGE {key} - +", f"XPENDING {key} {group}",
        f"XINFO STREAM {key}", f"EXISTS {keys}",
    ]  # fmt: skip
    unblocks = [
        f"CLIENT UNBLOCK ID_{name}{how}" for name in others for how in ("", " TIMEOUT", " ERROR")
    ] or ["PING"]  # fmt: skip
    if theme and chance.random() < 0.8:
        waits, writes = ([line for line in lines if any(word in line for word in theme)] for lines in (waits, writes))
    kind = chance.random()
    if name != WRITER and kind < 0.85:
        return chance.choice(waits)
    if kind < 0.88:
        return chance.choice(writes)
    return chance.choice(asks if kind < 0.95 else unblocks)


def dialogue(chance: random.Random, ours: OurParty, length: int) -> list[str]:
    """The steps of a dialogue that Ferrous has been through; nobody says anything while waiting."""
    for name in CLIENTS:
        ours.client(name)
    steps: list[str] = []
    theme = chance.choice(_THEMES).split()
    for _ in range(length):
        free = [name for name in CLIENTS if not ours.waits(name)]
        name = chance.choice([*free, WRITER])
        step = f"{name}: {command(chance, theme, name, [other for other in CLIENTS if other != name])}"
        if chance.random() < 0.01 and name != WRITER and ours.client(name).session.queue is None:
            step = f"{name}: BLPOP {chance.choice(KEYS)} 0.02"
            ours.ask(step)
            steps.append(step)
            step = "@ 70"
        ours.ask(step)
        steps.append(step)
    return steps


def difference(steps: list[str], profile: str, port: int) -> str | None:
    """The first step that is not answered alike, with both answers."""
    ours, real = OurParty(profile), RealParty(port)
    try:
        for name in CLIENTS:
            ours.client(name)
            real.client(name)
        for number, step in enumerate(steps, 1):
            if not step.startswith("@") and (ours.waits(step[0]) or step[0] in real.waiting):
                return None
            one, other = real.ask(step), ours.ask(step)
            if one != other:
                return f"step {number}: {step}\n    server  {one}\n    ferrous {other}"
        return None
    finally:
        real.close()


def of_profile(chance: random.Random, profile: str) -> list[str]:
    """A dialogue that a server of the profile takes part in."""
    return dialogue(chance, OurParty(profile), 24)


if __name__ == "__main__":
    name, *numbers = sys.argv[1:] or ["redis-7.0"]
    sys.exit(compare(of_profile, difference, name, *map(int, numbers)))
