"""What redis-cli can do, it does with an endpoint as with a real server."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ferrous_vm import Server
from ferrous_vm.endpoint import Endpoint

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(shutil.which("redis-cli") is None, reason="redis-cli is not installed"),
]

SCRIPT = "local n = redis.call('INCR', KEYS[1])\nredis.call('SET', KEYS[2], ARGV[1])\nreturn n\n"

FILLED = "SET a value\nRPUSH list a b c\nHSET hash f 1\nSADD set 1 2\nZADD zset 1 m\nXADD stream 1-1 f v\n"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint(Server()) as listening:
        yield listening


def cli(endpoint: Endpoint, *options: str, typed: str = "", port: int | None = None) -> str:
    """What redis-cli prints."""
    command = ["redis-cli", "-p", str(port or endpoint.address[1]), *options]
    run = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60)
    return run.stdout + run.stderr


@contextmanager
def endless(endpoint: Endpoint, *options: str) -> Iterator[subprocess.Popen[str]]:
    """One that prints until it is ended."""
    command = ["redis-cli", "-p", str(endpoint.address[1]), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def test_many_commands_come_through_a_pipe(endpoint: Endpoint) -> None:
    told = cli(
        endpoint, "--pipe", typed="".join(f"SET key:{number} {number}\r\n" for number in range(2000)) + "NOSUCH\r\n"
    )
    assert "errors: 1, replies: 2001" in told
    assert cli(endpoint, "DBSIZE").strip() == "2000"
    assert len(cli(endpoint, "--scan", "--pattern", "key:1??").split()) == 100


@pytest.mark.parametrize(("options", "stays"), [(["--ldb"], ["", ""]), (["--ldb-sync-mode"], ["1", "x"])])
def test_a_script_is_debugged(endpoint: Endpoint, tmp_path: Path, options: list[str], stays: list[str]) -> None:
    path = tmp_path / "script.lua"
    path.write_text(SCRIPT)
    typed = "step\nprint\nredis get a\nbreak 3\ncontinue\nwhole\ncontinue\n"
    told = re.sub(r"\x1b\[[0-9;]*m", "", cli(endpoint, *options, "--eval", str(path), "a", "b", ",", "x", typed=typed))
    lines = [line.strip() for line in told.splitlines()]
    for line in ("<redis> INCR a", "<value> n = 1", '<reply> "1"', "->#3   return n", "(integer) 1"):
        assert line in lines
    assert ("(Lua debugging session ended -- dataset changes rolled back)" in lines) is (stays == ["", ""])
    assert cli(endpoint, "MGET", "a", "b").splitlines() == stays


def test_keys_are_weighed_and_counted(endpoint: Endpoint) -> None:
    cli(endpoint, typed=FILLED)
    told = cli(endpoint, "--bigkeys")
    assert "Sampled 6 keys in the keyspace!" in told
    assert "Biggest   list found '\"list\"' has 3 items" in told
    assert "1 streams with 1 entries" in told
    assert "Biggest stream found '\"stream\"' has" in cli(endpoint, "--memkeys")


def test_figures_are_told_again_and_again(endpoint: Endpoint) -> None:
    with endless(endpoint, "--stat", "-i", "0.01") as running:
        assert running.stdout is not None
        lines = [running.stdout.readline() for _ in range(5)]
    assert lines[1].split()[:2] == ["keys", "mem"]
    assert lines[2].split()[0] == "0"
    low, high, average, samples = map(float, cli(endpoint, "--latency", "--raw", "-i", "0.1").split())
    assert low <= average <= high
    assert samples >= 1


def test_everything_comes_as_a_file(endpoint: Endpoint, tmp_path: Path) -> None:
    cli(endpoint, typed=FILLED)
    cli(endpoint, "-x", "FUNCTION", "LOAD", typed="#!lua name=l\nredis.register_function('f', function() return 1 end)")
    path, functions = tmp_path / "dump.rdb", tmp_path / "functions.rdb"
    assert "Transfer finished with success." in cli(endpoint, "--rdb", str(path))
    other = Server()
    other.load_rdb(path.read_bytes())
    client = other.connect()
    assert client.execute(b"DBSIZE") == 6
    assert client.execute(b"FCALL", b"f", b"0") == 1
    assert "Transfer finished with success." in cli(endpoint, "--functions-rdb", str(functions))
    other.load_rdb(functions.read_bytes())
    assert client.execute(b"DBSIZE") == 0
    assert client.execute(b"FCALL", b"f", b"0") == 1
    assert "there are no replicas to speak to" in cli(endpoint, "SYNC")
    assert cli(endpoint, "REPLCONF", "capa").strip() == "ERR syntax error"
    assert cli(endpoint, "REPLCONF", "rdb-only", "2").strip() == "ERR value is out of range, value must between 0 and 1"
    assert cli(endpoint, "REPLCONF", "x", "y").strip() == "ERR Unrecognized REPLCONF option: x"
