"""How fast the keyspace runs commands, and what a small key costs, beside a real redis-server.

    python benchmarks/keyspace_commands.py [PORT]

Times `execute` in a loop, without encoding the reply, and memory per key of 1,000,000 small strings. With the port of a
scratch redis-server (its data are flushed!) the same commands run there in one EVAL loop, and memory is `used_memory`.
"""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ferrous_vm.keyspace import Keyspace, Session, execute
from tests.record.resp import Connection

LOOPS = 200_000
KEYS = 1_000_000
COMMANDS = (
    "GET string", "SET string value", "SET string value EX 100", "INCR counter", "HSET hash field value",
    "HGET hash field", "HINCRBY hash n 1", "LPUSH list value", "RPOP list", "SADD set member", "SISMEMBER set member",
    "ZADD zset 1 member", "ZSCORE zset member", "EXPIRE string 100", "TTL string", "EXISTS string", "XADD stream * f v",
)  # fmt: skip


def ours(line: str) -> float:
    """Microseconds a command."""
    session = Session(Keyspace())
    for setup in ("SET string value", "HSET hash field value", "LPUSH list a", "SADD set member", "ZADD zset 1 member"):
        execute(session, setup.encode().split())
    argv = line.encode().split()
    if argv[0] == b"RPOP":
        execute(session, [b"RPUSH", b"list", *[b"value"] * LOOPS])
    start = time.perf_counter()
    for _ in range(LOOPS):
        execute(session, argv)
    return (time.perf_counter() - start) / LOOPS * 1e6


def theirs(connection: Connection, line: str) -> float:
    """Microseconds a command, in a loop inside EVAL."""
    connection.ask(b"FLUSHALL")
    words = ",".join(f"'{word}'" for word in line.split())
    script = f"for i = 1, {LOOPS} do redis.call({words}) end"
    start = time.perf_counter()
    reply = connection.ask(b"EVAL", script.encode(), b"0")
    assert reply.startswith(b"$-1"), reply
    return (time.perf_counter() - start) / LOOPS * 1e6


def memory_of_ours() -> float:
    gc.collect()
    tracemalloc.start()
    session = Session(Keyspace())
    for number in range(KEYS):
        execute(session, [b"SET", b"key:%d" % number, b"value:%d" % number])
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return used / KEYS


def memory_of_theirs(connection: Connection) -> float:
    connection.ask(b"FLUSHALL")

    def used() -> int:
        info = connection.ask(b"INFO", b"memory")
        return int(info.partition(b"used_memory:")[2].partition(b"\r\n")[0])

    before = used()
    script = f"for i = 0, {KEYS - 1} do redis.call('SET', 'key:' .. i, 'value:' .. i) end"
    connection.ask(b"EVAL", script.encode(), b"0")
    return (used() - before) / KEYS


def main() -> None:
    connection = Connection(int(sys.argv[1])) if len(sys.argv) > 1 else None
    print(f"{'command':<28}{'ferrous us':>12}{'redis us':>12}{'ratio':>8}")
    for line in COMMANDS:
        mine = ours(line)
        other = theirs(connection, line) if connection else float("nan")
        print(f"{line:<28}{mine:>12.3f}{other:>12.3f}{mine / other:>8.2f}")
    mine = memory_of_ours()
    other = memory_of_theirs(connection) if connection else float("nan")
    print(f"{'bytes a small key':<28}{mine:>12.1f}{other:>12.1f}{mine / other:>8.2f}")


if __name__ == "__main__":
    main()
