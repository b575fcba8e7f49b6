"""However deep Python's calls are nested where a command begins, it is carried out whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from typing import Any, Final

import pytest

from ferrous_vm.keyspace.command_table import find_command
from ferrous_vm.server import Server
from tests.keyspace.differential import split
from tests.keyspace.snapshots import snapshot
from tests.keyspace.test_argument_positions import COMMANDS, FIXTURE

DEPTHS: Final = range(121)
"""Calls that are left before the limit."""

LUA_CALLS: Final = 200
"""Calls that the translator's scripts may nest here, for the sake of speed."""

NOW: Final = 1_700_000_000_000_000

LARGE: Final = [b"ZADD", b"large", *[word for n in range(600) for word in (b"%d" % (n % 50), b"m%d" % n)]]
"""Beyond 512 members a sorted set stands in a structure of a library."""

OF_LARGE: Final = [
    [b"ZADD", b"large", b"7", b"new", b"3", b"m9"],
    [b"ZREM", b"large", b"m1", b"m2"],
    [b"ZREMRANGEBYRANK", b"large", b"0", b"9"],
    [b"ZUNIONSTORE", b"dst", b"2", b"large", b"zset"],
]
WRITES: Final = [argv for argv in [*COMMANDS, *OF_LARGE] if (row := find_command(argv)) is not None and row.write]

DESCEND: Final = b"""
local function descend(depth)
  if depth == 0 then return redis.call(unpack(ARGV)) end
  local reply = descend(depth - 1)
  return reply
end
return descend(tonumber(KEYS[1]))
"""


class Filled:
    """A server that holds the same before every try of a command."""

    def __init__(self, engine: str) -> None:
        self.server = Server(engine, clock=lambda: NOW)
        self.client = self.server.connect()
        for line in FIXTURE:
            self.client.execute(*split(line))
        self.client.execute(*LARGE)
        self.database = self.server.keyspace.databases[0]
        self.values = {key: copied(value) for key, value in self.database.entries.items()}

    def fill(self, argv: list[bytes]) -> None:
        """Let the keys that are among the words be as they were at first."""
        self.server.seed(1)
        for key in set(argv):
            self.database.remove(key)
            if key in self.values:
                self.database.put(key, copied(self.values[key]))

    def check(self, ask: Callable[[list[bytes], int], Any]) -> None:
        """Every write command with so many calls left changes everything or nothing: `ask(argv, left)`."""
        for argv in WRITES:
            self.fill(argv)
            before = snapshot(self.server.keyspace, argv)
            self.client.execute(*argv)
            after = snapshot(self.server.keyspace, argv)
            self.fill(argv)
            for left in DEPTHS:
                reply = ask(argv, left)
                found = snapshot(self.server.keyspace, argv)
                assert found in (before, after), (left, argv, reply)
                if found != before:
                    self.fill(argv)


def copied(value: Any) -> Any:
    """An independent copy of what a key holds."""
    return value.copy() if hasattr(value, "copy") else value


def test_a_command_of_a_script_has_the_depth_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the translator, whose functions are Python's; those of the machine nest nothing."""
    monkeypatch.setattr("ferrous_vm.translator.runtime.LUA_CALL_DEPTH", LUA_CALLS)
    filled = Filled("translator")

    def ask(argv: list[bytes], depth: int) -> Any:
        return filled.client.execute(b"EVAL", DESCEND, b"1", b"%d" % depth, *argv)

    replies = [ask([b"ECHO", b"there"], depth) for depth in range(LUA_CALLS)]
    deepest = replies.count(b"there") - 1
    assert deepest > max(DEPTHS)
    filled.check(lambda argv, left: ask(argv, deepest - left))


def calls_here() -> int:
    """The calls that its caller is nested in, as Python counts them."""
    limit = sys.getrecursionlimit()
    for calls in count(1):
        try:
            sys.setrecursionlimit(calls + 1)
        except RecursionError:
            continue
        sys.setrecursionlimit(limit)
        return calls - 1
    raise AssertionError


@pytest.mark.parametrize("words", [[], [b"EVAL", DESCEND, b"1", b"5"]], ids=["command", "script"])
def test_a_command_of_a_client_has_the_depth_it_needs(engine: str, words: list[bytes]) -> None:
    filled = Filled(engine)
    limit = sys.getrecursionlimit()
    calls = calls_here() + 2  # those of `check` and `ask`

    def ask(argv: list[bytes], left: int) -> Any:
        sys.setrecursionlimit(calls + left + 1)
        try:
            return filled.client.execute(*words, *argv)
        except RecursionError as error:  # it did not even begin
            return error
        finally:
            sys.setrecursionlimit(limit)

    filled.check(ask)
