"""Mutated examples on both engines and on a real redis-server: the same replies, and the same keyspace afterwards.

    python -m tests.scripting.fuzzing [--minutes N | --scripts N] [--start SEED] [--server PROFILE]

The server is one of its own, which is ended and started again when a script does not end, or ends it. Other servers
than Redis 7.0 are those that `make servers` gets.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections import Counter
from random import Random
from typing import Any, Final

from ferrous_vm.engines import ENGINES
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.profiles.profile import PROFILES, REDIS_7_0_15
from ferrous_vm.limits import Limits
from ferrous_vm.server import Server
from tests.record import servers
from tests.record.resp import Connection, parse
from tests.scripting.mutations import Case, Mutator, examples

PATIENCE: Final = 2.0
"""Seconds a script may take on the real server."""

LIMITS: Final = Limits(seconds=20, memory=1 << 30)
ADDRESS: Final = re.compile(rb"0x[0-9a-f]{6,}")
OURS: Final = re.compile(rb"Ferrous|Script killed by user|not enough memory|exceeds the limit")
"""Replies that a limit ended, which the real server does not have."""

READ: Final = {
    "string": (b"GET",), "list": (b"LRANGE", b"0", b"-1"), "set": (b"SMEMBERS",), "hash": (b"HGETALL",),
    "zset": (b"ZRANGE", b"0", b"-1", b"WITHSCORES"), "stream": (b"XINFO", b"STREAM", b"FULL"),
}  # fmt: skip
MOST_KEYS: Final = 40

ORDERS: Final = 30
"""Orders tried before a difference is one that the order of hash tables does not explain."""

APART: Final = 5000
"""Milliseconds by which expiries may differ that were set at different times."""


class Gone(Exception):
    """The server did not answer in time, or is there no longer."""


def _keep_small() -> None:
    """No script may take the memory of the whole computer."""
    import resource  # there is none in the browser, where these tests are collected too

    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


class RealServer:
    """A server of its own, of the line that a profile imitates."""

    def __init__(self, profile: str = REDIS_7_0_15.name) -> None:
        self.profile = profile
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        self.stop()
        self.process, port = servers.start(self.profile, before=_keep_small)
        self.connection = Connection(port)
        self.connection.ask(b"CONFIG", b"SET", b"busy-reply-threshold", b"200")  # Redis 6.2 has none

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def ask(self, *argv: bytes) -> bytes:
        """The reply. Raises Gone, and then the server has been started again."""
        self.connection._socket.settimeout(PATIENCE)
        try:
            return self.connection.ask(*argv)
        except (TimeoutError, OSError, ConnectionError, ValueError):
            self.start()
            raise Gone from None


def prepared(case: Case) -> list[list[bytes]]:
    """The commands before the script: an empty keyspace, the fixture, and a library if it is one."""
    commands = [[b"FLUSHALL"], [b"SCRIPT", b"FLUSH"], [b"FUNCTION", b"FLUSH"], [b"HELLO", b"%d" % case.protocol]]
    for line in case.fixture:
        words = split_words(line)
        if words and not line.startswith((b"#", b"--")):
            commands.append(words)
    if case.function:
        commands.append([b"FUNCTION", b"LOAD", b"REPLACE", case.script])
    return commands


def call_of(case: Case) -> list[bytes]:
    """The command that runs the script."""
    called = [b"FCALL", case.function] if case.function else [b"EVAL", case.script]
    return [*called, b"%d" % len(case.keys), *case.keys, *case.argv]


def content(ask: Any) -> list[Any]:
    """What is stored: of each key of database 0 its type, encoding and content, and when it expires."""
    keys = sorted(parse(ask(b"KEYS", b"*"))[0])[:MOST_KEYS]
    found = []
    for text in keys:
        key = text.encode("utf-8", "surrogateescape")
        kind = parse(ask(b"TYPE", key))[0]
        if kind == "none":
            continue
        name, *rest = READ[kind]
        words = [name, rest[0], key, *rest[1:]] if kind == "stream" else [name, key, *rest]
        value = parse(ask(*words))[0]
        if kind in ("set", "hash") and isinstance(value, list):
            value = sorted(map(repr, value))
        expires = parse(ask(b"PTTL", key))[0]
        encoding = parse(ask(b"OBJECT", b"ENCODING", key))[0]
        told = repr(value) if kind != "stream" else f"{len(repr(value))} bytes"
        found.append(((text, kind, encoding, told), expires))
    return found


def outcome_of(ask: Any, case: Case) -> tuple[bytes, list[Any]]:
    """The reply of the script, or of the library that does not load, and what is stored then."""
    for command in prepared(case):
        reply = ask(*command)
    if not (case.function and reply.startswith(b"-")):
        reply = ask(*call_of(case))
    ask(b"HELLO", b"2")
    return ADDRESS.sub(b"0x", reply), content(ask)


def differs(one: tuple[bytes, list[Any]], other: tuple[bytes, list[Any]]) -> bool:
    """Whether two outcomes are more apart than the order of a hash table explains, or the time between them."""
    if sorted(one[0]) != sorted(other[0]) or [key for key, _ in one[1]] != [key for key, _ in other[1]]:
        return True
    expiries = zip(one[1], other[1], strict=True)
    return any(abs(ours - theirs) > APART or (ours < 0) != (theirs < 0) for (_, ours), (_, theirs) in expiries)


def of_ferrous(engine: str, case: Case, profile: str, **options: Any) -> tuple[bytes, list[Any]]:
    """What Ferrous does as that server; with `shuffle` if what has no order comes in another one."""
    return outcome_of(Server(engine, limits=LIMITS, profile=profile, **options).connect().execute_resp, case)


def compare(server: RealServer, case: Case, counts: Counter[str]) -> str:
    """What differs, as text; nothing if all agree or the case cannot be compared."""
    try:
        real = outcome_of(server.ask, case)
    except Gone:
        counts["endless or fatal"] += 1
        return ""
    for engine in sorted(ENGINES):
        ours = of_ferrous(engine, case, server.profile)
        if OURS.search(ours[0]):
            counts["limited"] += 1
            continue
        if not differs(real, ours):
            continue
        try:
            again = outcome_of(server.ask, case)
        except Gone:
            counts["endless or fatal"] += 1
            return ""
        if differs(real, again) or not differs(again, of_ferrous(engine, case, server.profile)):
            counts["never the same twice"] += 1
            continue
        now = time.time_ns() // 1000
        if not differs(real, of_ferrous(engine, case, server.profile, clock=lambda now=now: now)):
            counts["a millisecond that the server does not need"] += 1
            continue
        if any(not differs(real, of_ferrous(engine, case, server.profile, shuffle=order)) for order in range(ORDERS)):
            counts["order of a hash table"] += 1
            continue
        return _told(engine, case, real, ours)
    counts["error" if real[0].startswith(b"-") else "reply"] += 1
    return ""


def _told(engine: str, case: Case, real: tuple[bytes, list[Any]], ours: tuple[bytes, list[Any]]) -> str:
    lines = [f"{engine}: {case.name}, RESP{case.protocol}, KEYS {case.keys}, ARGV {case.argv} {case.function!r}"]
    lines += [case.script.decode("latin-1"), f"  redis   {real[0][:600]!r}", f"  ferrous {ours[0][:600]!r}"]
    for side, other, name in ((real[1], ours[1], "redis"), (ours[1], real[1], "ferrous")):
        lines += [f"  only {name}: {str(row)[:400]}" for row in side if row not in other]
    return "\n".join(lines)


def fuzz(server: RealServer, start: int, count: int | None, seconds: float | None) -> tuple[list[str], Counter[str]]:
    """Compares mutated examples, one a seed, until so many or so long."""
    originals = examples()
    counts: Counter[str] = Counter()
    differences: list[str] = []
    begin, seed = time.monotonic(), start
    mutator = Mutator(Random(start), originals)
    while (count is None or seed - start < count) and (seconds is None or time.monotonic() - begin < seconds):
        mutator.random.seed(seed)
        told = compare(server, mutator.case(), counts)
        if told:
            differences.append(f"seed {seed}: {told}")
            print(differences[-1], flush=True)
        seed += 1
        if seed % 1000 == 0:
            print(
                f"{seed - start} scripts, {len(differences)} differences, {dict(counts)}", file=sys.stderr, flush=True
            )
    return differences, counts


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    much = parser.add_mutually_exclusive_group()
    much.add_argument("--minutes", type=float, default=10)
    much.add_argument("--scripts", type=int)
    parser.add_argument("--start", type=int, default=0, help="first seed")
    parser.add_argument("--server", choices=PROFILES, default=REDIS_7_0_15.name)
    options = parser.parse_args()
    server = RealServer(options.server)
    try:
        seconds = None if options.scripts else options.minutes * 60
        differences, counts = fuzz(server, options.start, options.scripts, seconds)
    finally:
        server.stop()
    print(f"{sum(counts.values())} scripts, {len(differences)} differences: {dict(counts)}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
