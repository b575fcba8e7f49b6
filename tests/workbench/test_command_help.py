"""HELP, hints and completion of the console are redis-cli's; the oracle test asks it about every command."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from ferrous_vm.workbench.command_help import GROUPS, completions, help_text, hint

SET_ARGUMENTS = (
    "key value [NX|XX] [GET] [EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds|KEEPTTL]"
)

HINTS = [
    ("", ""),
    ("se", ""),
    ("set", f" {SET_ARGUMENTS}"),
    ("set ", SET_ARGUMENTS),
    ("SET k", f" {SET_ARGUMENTS.removeprefix('key ')}"),
    ("set k v ", SET_ARGUMENTS.removeprefix("key value ")),
    ("set k v NX", f" {SET_ARGUMENTS.removeprefix('key value ')}"),
    ("multi", " "),
    ("select 3", " "),
    ("quit x", " "),
    ("config ", ""),
    ("config get", " parameter [parameter ...]"),
    ("client list", " [TYPE NORMAL|MASTER|REPLICA|PUBSUB] [ID client-id [client-id ...]]"),
    ('set "un', ""),
    ("3 incr x", ""),
    ("acl dryrun default get ", "key"),
    ("command getkeys set k ", SET_ARGUMENTS.removeprefix("key ")),
]
"""Lines, and what redis-cli showed behind them on a terminal."""

COMPLETIONS = [
    ("xa", ["XACK", "XADD", "XAUTOCLAIM"]),
    ("help L", ["LASTSAVE", "LATENCY", "LCS"]),
    ("help  @s", ["@string", "@set", "@sorted-set", "@server", "@scripting", "@stream"]),
    ("nothing", []),
    ("client k", ["CLIENT KILL"]),
]


@pytest.mark.parametrize(("line", "shown"), HINTS)
def test_the_hint_is_redis_clis(line: str, shown: str) -> None:
    assert hint(line.encode()) == shown


@pytest.mark.parametrize(("line", "first"), COMPLETIONS)
def test_tab_goes_through_what_begins_so(line: str, first: list[str]) -> None:
    found = completions(line)
    start = re.match(r"(?:help\s+)?", line)
    assert start is not None
    words = [text.removeprefix(start[0]) for text in found]
    assert all(text.startswith(start[0]) for text in found)
    assert [word for word in words if "LATENCY " not in word][: len(first)] == first


def test_help_of_a_command() -> None:
    expected = "\n  GET key\n  summary: Get the value of a key\n  since: 1.0.0\n  group: string\n"
    assert help_text([b"get"]) == expected


def test_help_of_what_is_unknown_is_empty() -> None:
    assert help_text([b"nosuch"]) == help_text([b"@nosuch"]) == help_text([b"get", b"key"]) == ""
    assert help_text([b"\xff"]) == help_text([b"@\xff"]) == ""


@pytest.mark.skipif(shutil.which("redis-cli") is None, reason="redis-cli is not installed")
@pytest.mark.oracle
@pytest.mark.parametrize("topic", ["", *(f"@{group}" for group in GROUPS), "config", "set", "client", "nosuch"])
def test_redis_cli_prints_the_same_help(redis_port: int, topic: str) -> None:
    line = ["redis-cli", "-p", str(redis_port), "help", *topic.split()]
    done = subprocess.run(line, capture_output=True, timeout=10, check=True)
    printed = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout.decode()).replace("\r", "")
    assert help_text([word.encode() for word in topic.split()]) == printed.removesuffix("\n")
