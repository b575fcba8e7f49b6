"""Who watches a script sees each command with its line, the result, and the log with its lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ferrous_vm.keyspace.replies import ErrorReply, Reply
from ferrous_vm.server import Server

NewServer = Callable[..., Server]

SCRIPT = b"""local function get(key)
    return redis.call('GET', key)
end
redis.call('SET', KEYS[1], 1)
get(KEYS[1])
redis.pcall('NOSUCH')
redis.log(redis.LOG_NOTICE,
    'here')
local answer = coroutine.wrap(function()
    return redis.call('INCR', KEYS[1])
end)()
return answer"""


class Notes:
    """An observer that writes down what it is told."""

    def __init__(self) -> None:
        self.commands: list[tuple[list[bytes], Reply, int | None]] = []
        self.results: list[Any] = []

    def command_ended(self, argv: list[bytes], reply: Reply, line: int | None) -> None:
        self.commands.append((argv, reply, line))

    def script_ended(self, name: bytes, result: Any) -> None:
        self.results.append(result)


def test_an_observer_sees_commands_with_their_lines(new_server: NewServer) -> None:
    server = new_server()
    notes = server.scripting.observer = Notes()
    assert server.connect().execute(b"EVAL", SCRIPT, b"1", b"k") == 2
    assert [(argv[0], line) for argv, _, line in notes.commands] == [
        (b"SET", 4),
        (b"GET", 2),
        (b"NOSUCH", 6),
        (b"INCR", 10),
    ]
    assert [reply for _, reply, _ in notes.commands] == [
        b"OK",
        b"1",
        ErrorReply(b"ERR Unknown Redis command called from script"),
        2,
    ]
    assert notes.results == [2.0]


def test_the_log_tells_the_line(new_server: NewServer) -> None:
    server = new_server()
    server.connect().execute(b"EVAL", SCRIPT, b"1", b"k")
    ((level, message, line),) = server.take_log()
    assert (level, message) == (2, b"here")
    assert line in (7, 8)
    assert server.take_log() == []


def test_functions_are_observed_too(new_server: NewServer) -> None:
    server = new_server()
    client = server.connect()
    source = b"#!lua name=lib\nredis.register_function('f', function(keys)\n return redis.call('INCR', keys[1])\nend)"
    client.execute(b"FUNCTION", b"LOAD", source)
    notes = server.scripting.observer = Notes()
    assert client.execute(b"FCALL", b"f", b"1", b"n") == 1
    assert notes.commands == [([b"INCR", b"n"], 1, 3)]
