"""The console has redis-cli's manners; the oracle test types the same lines into redis-cli."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.pyodide_bridge.test_bridge import Visitor

PROMPTS = [
    ("MULTI", "ferrous(TX)> "),
    ("SET k v", "ferrous(TX)> "),
    ("SELECT 3", "ferrous[3](TX)> "),
    ("EXEC", "ferrous[3]> "),
    ("MULTI", "ferrous[3](TX)> "),
    ("SELECT 5", "ferrous[5](TX)> "),
    ("DISCARD", "ferrous[3]> "),
    ("RESET", "ferrous> "),
    ("SUBSCRIBE a", ""),
]
"""Lines typed one after the other, and the prompt after each, as redis-cli shows it."""

LINES = [
    "SET k v",
    "get k",
    "3 INCR x",
    "0 PING",
    "-1 PING",
    "99999999999999999999 PING",
    "2",
    "2x PING",
    "3 help ping",
    'SET "un',
    'SET "a"b',
    "SET 'it\\'s' \"\\x00\\n\"",
    "KEYS it*",
    "",
    "help get",
    "? @transactions",
    "help nosuch",
    ":set nohints",
    ":set nothing",
    ":nothing",
    "restart",
    "HSET h a 1 b 2",
    "MULTI",
    "HGETALL h",
    "EXEC",
    "HELLO 3",
    "HGETALL h",
    "SMISMEMBER s a",
    "LPUSH h x",
    "CONFIG GET maxmemory-s*",
    "CLIENT GETNAME",
    "DEBUG nothing",
    "2 EVAL \"return {1, {2, 'three'}, false}\" 0",
    "LOLWUT",
    "LATENCY DOCTOR",
    "CLUSTER INFO",
]
"""Lines typed one after the other."""


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def test_the_prompt_tells_database_and_transaction(visitor: Visitor) -> None:
    prompts = [(line, visitor.ask("Console", line=line)["keyspace"]["prompt"]) for line, _ in PROMPTS]
    assert prompts == PROMPTS


def test_a_transaction_is_queued_and_carried_out(visitor: Visitor) -> None:
    visitor.console("MULTI")
    assert visitor.console("SET k v") == "QUEUED"
    assert visitor.console("EXEC") == "1) OK"


@pytest.mark.parametrize("line", ['SET "k', "0 PING", "restart", ":set nothing", "NOSUCH", "2 NOSUCH"])
def test_what_is_refused_is_marked(visitor: Visitor, line: str) -> None:
    assert visitor.ask("Console", line=line)["is_error"]


def test_what_a_script_publishes_arrives_at_the_console(visitor: Visitor) -> None:
    subscribed = visitor.ask("Console", line="SUBSCRIBE news")
    assert subscribed["text"].startswith('Reading messages... (press Ctrl-C to quit)\n1) "subscribe"\n2) "news"')
    ran = visitor.run("return redis.call('PUBLISH', KEYS[1], 'hello')", ["news"])
    assert ran["keyspace"]["arrived"] == '1) "message"\n2) "news"\n3) "hello"'
    assert visitor.ask("Reconnect")["keyspace"]["prompt"] == "ferrous> "
    assert visitor.run("return redis.call('PUBLISH', KEYS[1], 'again')", ["news"])["keyspace"]["arrived"] == ""


def test_a_command_that_would_wait_says_so(visitor: Visitor) -> None:
    waited = visitor.ask("Console", line="BLPOP q 0")
    assert (waited["text"], "would have waited" in waited["note"]) == ("(nil)", True)
    assert visitor.ask("Console", line="XREAD STREAMS s 0")["note"] == ""
    assert "would have waited" in visitor.ask("Console", line="XREAD BLOCK 10 STREAMS s $")["note"]


def test_quit_is_a_new_connection(visitor: Visitor) -> None:
    visitor.console("SELECT 2")
    quitted = visitor.ask("Console", line="quit")
    assert (quitted["text"], quitted["keyspace"]["prompt"]) == ("", "ferrous> ")


def test_monitor_points_to_the_trace(visitor: Visitor) -> None:
    monitored = visitor.ask("Console", line="MONITOR")
    assert "Trace" in monitored["note"]
    assert not monitored["is_error"]


def test_endless_repetition_is_cut(visitor: Visitor) -> None:
    visitor.console(f"SET k {'x' * 100_000}")
    assert len(visitor.console("1000000 GET k")) < 1_100_000


def test_undo_takes_back_all_repetitions(visitor: Visitor) -> None:
    visitor.console("5 INCR n")
    assert visitor.ask("Undo")["what"] == "INCR"
    assert visitor.console("GET n") == "(nil)"


def test_completion_and_the_preference_for_hints(visitor: Visitor) -> None:
    completed = visitor.ask("Complete", line="hgeta")
    assert (completed["lines"], completed["hint"]) == (["HGETALL"], "")
    assert visitor.ask("Complete", line="hgetall ")["hint"] == "key"
    visitor.console(":set nohints")
    assert visitor.ask("Complete", line="hgetall ")["hint"] == ""


@pytest.mark.skipif(shutil.which("redis-cli") is None, reason="redis-cli is not installed")
@pytest.mark.oracle
def test_redis_cli_itself_prints_so(redis_port: int, visitor: Visitor) -> None:
    lines = ["FLUSHALL", *LINES]
    done = subprocess.run(
        ["redis-cli", "--no-raw", "-p", str(redis_port)],
        input="\n".join(lines).encode() + b"\n",
        capture_output=True,
        timeout=20,
        check=True,
    )
    printed = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout.decode()).replace("\r", "")
    ours = [text for line in lines if (text := visitor.console(line)) or not quiet(line)]
    assert re.sub(r'"id" => \(integer\) \d+', "", "\n".join(ours)) == re.sub(
        r'"id" => \(integer\) \d+', "", printed.removesuffix("\n")
    )


def quiet(line: str) -> bool:
    """Whether redis-cli prints nothing at all for a line."""
    return line == "" or line.startswith(":set no")
