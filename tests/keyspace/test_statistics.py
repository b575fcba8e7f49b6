"""What INFO counts, the same as a real redis-server counts, and the slow log by the injected clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.server import Client, Server
from tests.record.resp import Connection

COUNTERS = ("total_commands_processed", "keyspace_hits", "keyspace_misses", "total_error_replies", "expired_keys")
SCRIPTING = ("number_of_cached_scripts", "number_of_functions", "number_of_libraries")

CASES: list[tuple[str, dict[str, Any]]] = [
    ("GET k; SET k v; GET k", {"get": (2, 0, 0), "set": (1, 0, 0), "keyspace_hits": 1, "keyspace_misses": 1}),
    ("GET; NOSUCH a; CONFIG; CONFIG x", {"get": (0, 1, 0), "config": (0, 1, 0), "ERR": 4}),
    ("SET k v; LPUSH k a; INCR k", {"set": (1, 0, 0), "lpush": (1, 0, 1), "incr": (1, 0, 1), "WRONGTYPE": 1, "ERR": 1}),
    ("MSET a 1 b 2; MGET a b c; EXISTS a c; TTL a; DEL a",
     {"mset": (1, 0, 0), "mget": (1, 0, 0), "exists": (1, 0, 0), "ttl": (1, 0, 0), "del": (1, 0, 0),
      "keyspace_hits": 4, "keyspace_misses": 2}),
    ("SET a 1; SET a 2 GET; GETSET a 3; GETDEL b; COPY a c; BITOP NOT d a; SET x 1 NX GET; SETNX a 1",
     {"set": (3, 0, 0), "getset": (1, 0, 0), "getdel": (1, 0, 0), "copy": (1, 0, 0), "bitop": (1, 0, 0),
      "setnx": (1, 0, 0), "keyspace_hits": 4, "keyspace_misses": 2}),
    ("SADD s 1; SUNIONSTORE d s t; ZUNIONSTORE z 2 s t; SPOP s; PFCOUNT h; GEORADIUS g 1 1 1 m STORE d; XACK x g 1-1",
     {"sadd": (1, 0, 0), "sunionstore": (1, 0, 0), "zunionstore": (1, 0, 0), "spop": (1, 0, 0), "pfcount": (1, 0, 0),
      "georadius": (1, 0, 0), "xack": (1, 0, 0), "keyspace_hits": 2, "keyspace_misses": 5}),
    ("MULTI; GET k; NOSUCH; EXEC; MULTI; GET k; INCR n; EXEC; EXEC; MULTI; SUBSCRIBE; EXEC",
     {"multi": (3, 0, 0), "exec": (4, 0, 3), "get": (1, 0, 0), "incr": (1, 0, 0), "subscribe": (0, 1, 0),
      "keyspace_misses": 1, "ERR": 3, "EXECABORT": 2}),
    ("EVAL 'return redis.call(\"GET\",\"k\")' 0; EVALSHA nosuch 0; EVAL 'bad' 0",
     {"eval": (2, 0, 1), "get": (1, 0, 0), "evalsha": (1, 0, 1), "keyspace_misses": 1, "NOSCRIPT": 1, "ERR": 1,
      "number_of_cached_scripts": 1}),
    # An error that a script passes on counts once, as that of the command; one it makes up as the script's.
    ("SET k v; EVAL 'return redis.call(\"LPUSH\",\"k\",1)' 0; EVAL 'return redis.pcall(\"LPUSH\",\"k\",1)' 0",
     {"set": (1, 0, 0), "lpush": (2, 0, 2), "eval": (2, 0, 2), "WRONGTYPE": 2, "number_of_cached_scripts": 2}),
    ("SET k v; EVAL 'redis.pcall(\"LPUSH\",\"k\",1) return 1' 0; EVAL 'error({err=\"MY x\"})' 0",
     {"set": (1, 0, 0), "lpush": (1, 0, 1), "eval": (2, 0, 1), "WRONGTYPE": 1, "MY": 1, "number_of_cached_scripts": 2}),
    # Errors inside a reply count too: all that are new as one failure, each of the others as one.
    ("EVAL 'local e=redis.pcall(\"GET\") return {e,{e}}' 0; EVAL 'return {{err=\"A b\"},{err=\"C d\"}}' 0",
     {"eval": (2, 0, 3), "get": (0, 1, 0), "ERR": 1, "A": 1, "C": 1, "number_of_cached_scripts": 2}),
    ("EVAL 'return {map={a={err=\"M n\"}}}' 0; EVAL 'local e=redis.pcall(\"NO\") return {e,{err=\"Z z\"},e}' 0",
     {"eval": (2, 0, 4), "ERR": 1, "M": 1, "Z": 1, "number_of_cached_scripts": 2}),
    ("EVAL 'redis.pcall(\"NO\") redis.pcall(\"GET\") redis.pcall(\"MULTI\")' 0; EVAL_RO 'redis.call(\"DEL\",\"k\")' 0",
     {"eval": (1, 0, 0), "eval_ro": (1, 0, 1), "get": (0, 1, 0), "multi": (0, 1, 0), "del": (0, 1, 0), "ERR": 4,
      "number_of_cached_scripts": 2}),
    ("FUNCTION LOAD '#!lua name=l\nredis.register_function(\"f\", function() return 1 end)'; FCALL f 0; FCALL_RO f 0",
     {"function|load": (1, 0, 0), "fcall": (1, 0, 0), "fcall_ro": (1, 0, 1), "ERR": 1, "number_of_functions": 1,
      "number_of_libraries": 1}),
    ("CONFIG SET maxmemory 1; SET a 1; EVAL 'redis.call(\"SET\",\"a\",1)' 0; CONFIG SET maxmemory 0",
     {"config|set": (2, 0, 0), "set": (0, 2, 0), "eval": (1, 0, 1), "OOM": 2, "number_of_cached_scripts": 1}),
]  # fmt: skip
"""Commands, and what INFO counts of them: calls, rejected and failed calls of each command; errors by their codes."""


def counted(info: bytes) -> dict[str, Any]:
    """The counters in a reply to INFO that are not zero; those of INFO itself and of CONFIG RESETSTAT left out."""
    counters: dict[str, Any] = {}
    for line in info.decode().split("\r\n"):
        name, _, value = line.partition(":")
        if name.startswith("cmdstat_"):
            calls, rejected, failed = (
                int(re.findall(rf"{key}=(\d+)", value)[0]) for key in ("calls", "rejected_calls", "failed_calls")
            )
            counters[name.removeprefix("cmdstat_")] = (calls, rejected, failed)
        elif name.startswith("errorstat_"):
            counters[name.removeprefix("errorstat_")] = int(value.removeprefix("count="))
        elif name in COUNTERS or name in SCRIPTING:
            counters[name] = int(value)
    for own in ("info", "config|resetstat"):
        counters["total_commands_processed"] -= counters.pop(own, (0,))[0]
    return {name: value for name, value in counters.items() if value}


def expected(counters: dict[str, Any]) -> dict[str, Any]:
    """A case's counters, with the sums that follow from them."""
    calls = sum(value[0] for value in counters.values() if isinstance(value, tuple))
    errors = sum(value for name, value in counters.items() if name.isupper())
    sums = {"total_commands_processed": calls, "total_error_replies": errors}
    return {**counters, **{name: value for name, value in sums.items() if value}}


def count(commands: str, ask: Callable[..., bytes]) -> dict[str, Any]:
    ask(b"CONFIG", b"RESETSTAT")
    for line in commands.split("; "):
        ask(*(split_words(line.encode()) or []))
    return counted(ask(b"INFO", b"everything"))


@pytest.mark.parametrize(("commands", "counters"), CASES)
def test_info_counts_commands_errors_and_lookups(commands: str, counters: dict[str, Any]) -> None:
    assert count(commands, Server().connect().execute_resp) == expected(counters)


@pytest.mark.oracle
@pytest.mark.host
@pytest.mark.parametrize(("commands", "counters"), CASES)
def test_redis_counts_the_same(redis_port: int, commands: str, counters: dict[str, Any]) -> None:
    connection = Connection(redis_port)
    for reset in ((b"FLUSHALL",), (b"SCRIPT", b"FLUSH"), (b"FUNCTION", b"FLUSH")):
        connection.ask(*reset)
    assert count(commands, connection.ask) == expected(counters)
    connection.close()


def test_keys_that_expired_are_counted() -> None:
    now = [1_700_000_000_000_000]
    client = Server(clock=lambda: now[0]).connect()
    for key in (b"a", b"b", b"c"):
        client.execute(b"SET", key, b"1", b"PX", b"10")
    now[0] += 20_000
    client.execute(b"GET", b"a")
    assert counted(client.execute_resp(b"INFO", b"everything"))["expired_keys"] == 3
    client.execute(b"CONFIG", b"RESETSTAT")
    assert "expired_keys" not in counted(client.execute_resp(b"INFO", b"everything"))


@pytest.fixture
def client() -> Client:
    """A client of a server whose clock goes on by 7 milliseconds whenever it is read."""
    now = [1_700_000_000_000_000]

    def clock() -> int:
        now[0] += 7000
        return now[0]

    return Server(clock=clock).connect()


def entries(client: Client) -> list[Any]:
    reply = client.execute(b"SLOWLOG", b"GET", b"-1")
    assert isinstance(reply, list)
    return reply


def test_the_slow_log_keeps_commands_that_took_long(client: Client) -> None:
    client.execute(b"SET", b"k", b"v")
    assert client.execute(b"SLOWLOG", b"LEN") == 0
    client.execute(b"CONFIG", b"SET", b"slowlog-log-slower-than", b"5000")
    client.execute(b"CLIENT", b"SETNAME", b"me")
    client.execute(b"SET", b"k", b"v")
    client.execute(b"INCR", b"n")  # fast: not timed unless shorter times are asked for
    newest = entries(client)[0]
    assert newest[2:] == [7000, [b"SET", b"k", b"v"], b"127.0.0.1:50001", b"me"]
    assert newest[1] == 1_700_000_000
    assert client.execute(b"SLOWLOG", b"RESET") == client.execute(b"CONFIG", b"SET", b"slowlog-log-slower-than", b"-1")
    client.execute(b"SLOWLOG", b"RESET")
    client.execute(b"SET", b"k", b"v")
    assert entries(client) == []


def test_a_threshold_of_zero_keeps_every_command(client: Client) -> None:
    client.execute(b"CONFIG", b"SET", b"slowlog-log-slower-than", b"0")
    client.execute(b"SLOWLOG", b"RESET")
    script = b"return redis.call('INCR', 'n')"
    client.execute(b"EVAL", script, b"0")
    client.execute(b"MULTI")
    client.execute(b"GET", b"n")
    client.execute(b"EXEC")
    client.execute(b"AUTH", b"default", b"secret")
    client.execute(b"HELLO", b"2", b"AUTH", b"default", b"secret", b"SETNAME", b"me")
    client.execute(b"MGET", *[b"%d" % number for number in range(40)])
    client.execute(b"ECHO", b"x" * 200)
    log = [(b" ".join(entry[3]), entry[4]) for entry in reversed(entries(client))]
    here = b"127.0.0.1:50001"
    assert log == [
        (b"SLOWLOG RESET", here),
        (b"INCR n", b"?:0"),
        (b"EVAL %b 0" % script, here),
        (b"MULTI", here),
        (b"GET n", here),
        (b"AUTH (redacted) (redacted)", here),
        (b"HELLO 2 AUTH (redacted) (redacted) SETNAME me", here),
        (b"MGET %b ... (10 more arguments)" % b" ".join(b"%d" % number for number in range(30)), here),
        (b"ECHO %b... (72 more bytes)" % (b"x" * 128), here),
    ]


def test_the_slow_log_has_its_length(client: Client) -> None:
    client.execute(b"CONFIG", b"SET", b"slowlog-log-slower-than", b"0", b"slowlog-max-len", b"3")
    for number in range(10):
        client.execute(b"ECHO", b"%d" % number)
    log = entries(client)
    assert [entry[3][1] for entry in log] == [b"9", b"8", b"7"]
    assert len(client.execute(b"SLOWLOG", b"GET", b"2")) == 2  # type: ignore[arg-type]


def test_statistics_name_no_line_of_their_own() -> None:
    client = Server().connect()
    client.execute(b"EVAL", b"return {err='A:B# x'}", b"0")
    assert b"errorstat_A_B_:count=1" in client.execute_resp(b"INFO", b"errorstats")


def test_latencies_are_told_in_the_steps_of_redis() -> None:
    """The levels and percentiles are those of redis-server 7.0.15 for the same times."""
    server = Server(clock=lambda: 0)
    client = server.connect()
    statistics = server.keyspace.statistics
    row = server.keyspace.commands.by_name[b"debug"]
    for microseconds in (*[8] * 20, *[12] * 10, 30, 30, 30, 40, 50_300):
        statistics.calls[row.number] += 1
        statistics.count_time(row, microseconds)
    client.execute(b"GET", b"k")
    client.execute(b"CLIENT", b"ID")
    told = client.execute(b"LATENCY", b"HISTOGRAM", b"debug", b"GET", b"client", b"nosuch", b"set")
    assert told == [
        (b"debug", [(b"calls", 35), (b"histogram_usec", [(8, 20), (16, 30), (33, 33), (66, 34), (67633, 35)])]),
        (b"get", [(b"calls", 1), (b"histogram_usec", [(1, 1)])]),
        (b"client|id", [(b"calls", 1), (b"histogram_usec", [(1, 1)])]),
    ]
    info = client.execute(b"INFO", b"latencystats").text
    assert b"latency_percentiles_usec_debug:p50=8.031,p99=50331.647,p99.9=50331.647\r\n" in info
    assert b"latency_percentiles_usec_get:p50=1.003,p99=1.003,p99.9=1.003\r\n" in info
    client.execute(b"CONFIG", b"SET", b"latency-tracking", b"no")
    assert client.execute(b"LATENCY", b"HISTOGRAM") == []
