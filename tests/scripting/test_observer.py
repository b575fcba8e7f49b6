"""Who watches a script sees each command with its line, the result, and the log with its lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ferrous_vm.errors import TracePoint
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.scripting.run import Issued
from ferrous_vm.server import Server
from ferrous_vm.translator.returning import TELLS
from ferrous_vm.values.lost import Lost

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
        self.commands: list[Issued] = []
        self.refused: list[tuple[tuple[Any, ...], int | None]] = []
        self.results: list[Any] = []
        self.line: int | None = None
        self.stack: Sequence[TracePoint] = ()

    def command_ended(self, issued: Issued) -> None:
        self.commands.append(issued)

    def arguments_refused(self, arguments: tuple[Any, ...], line: int | None, message: bytes) -> None:
        self.refused.append((arguments, line))

    def script_ended(self, results: tuple[Any, ...], protocol: int, line: int | None) -> None:
        self.results.append((results, protocol))
        self.line = line

    def value_lost(self, lost: Lost, before: str, after: str, line: int | None) -> None:
        pass

    def script_stopped(self, stack: Sequence[TracePoint]) -> None:
        self.stack = stack


def test_an_observer_sees_commands_with_their_lines(new_server: NewServer) -> None:
    server = new_server()
    notes = server.scripting.observer = Notes()
    assert server.connect().execute(b"EVAL", SCRIPT, b"1", b"k") == 2
    assert [(issued.argv[0], issued.line) for issued in notes.commands] == [
        (b"SET", 4),
        (b"GET", 2),
        (b"NOSUCH", 6),
        (b"INCR", 10),
    ]
    assert [issued.reply for issued in notes.commands] == [
        b"OK",
        b"1",
        ErrorReply(b"ERR Unknown Redis command called from script"),
        2,
    ]
    assert notes.results == [((2.0,), 2)]


tells_returns = pytest.mark.skipif(not TELLS, reason="Python before 3.12 does not tell where a function returned")

LIBRARY = b"""#!lua name=lib
local function word(number)
    return 'one'
end
local answer
answer = function(keys, argv)
    local number = tonumber(argv[1])
    if number > 2 then
        local inner = answer(keys, {number - 2})
        return inner
    elseif number == 1 then
        return word(number)
    end
    return 'more'
end
redis.register_function('f', answer)
"""


@tells_returns
@pytest.mark.parametrize(("number", "line"), [(b"1", 12), (b"2", 14), (b"5", 10)])
def test_an_observer_learns_on_which_line_a_function_returned(number: bytes, line: int) -> None:
    server = Server()
    client = server.connect()
    client.execute(b"FUNCTION", b"LOAD", LIBRARY)
    notes = server.scripting.observer = Notes()
    client.execute(b"FCALL", b"f", b"0", number)
    assert notes.line == line


@tells_returns
@pytest.mark.parametrize(("argument", "line"), [(b"a", 1), (b"b", 4)])
def test_an_observer_learns_on_which_line_a_script_returned(argument: bytes, line: int) -> None:
    server = Server()
    notes = server.scripting.observer = Notes()
    script = b"if ARGV[1] == 'a' then return 1 end\nlocal function inner()\n return 2 end\nreturn inner()"
    server.connect().execute(b"EVAL", script, b"0", argument)
    assert notes.line == line


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
    ((arguments, argv, reply, line, protocol, *_),) = notes.commands
    assert (arguments, argv, reply, line, protocol) == ((b"INCR", b"n"), [b"INCR", b"n"], 1, 3, 2)


def test_an_observer_sees_what_lua_passed_and_the_protocol_of_the_reply(new_server: NewServer) -> None:
    server = new_server()
    notes = server.scripting.observer = Notes()
    server.connect().execute(b"EVAL", b"redis.setresp(3) return redis.call('ECHO', 0.1)", b"0")
    ((arguments, argv, _, _, protocol, *_),) = notes.commands
    assert (arguments, argv, protocol) == ((b"ECHO", 0.1), [b"ECHO", b"0.10000000000000001"], 3)


def test_an_observer_sees_arguments_no_command_can_have(new_server: NewServer) -> None:
    server = new_server()
    notes = server.scripting.observer = Notes()
    script = b"redis.pcall('GET', nil)\nredis.pcall()\nredis.pcall('GET', {})\nredis.call()"
    server.connect().execute(b"EVAL", script, b"0")
    assert [(len(arguments), line) for arguments, line in notes.refused] == [(2, 1), (0, 2), (2, 3), (0, 4)]
    assert notes.commands == []


def test_an_observer_is_told_which_word_was_refused(new_server: NewServer) -> None:
    server = new_server()
    notes = server.scripting.observer = Notes()
    server.keyspace.open_journal()
    script = b"redis.pcall('SET', 'x', 'x', 'EX', 'x') redis.pcall('SET', 'x', 1) redis.pcall('NONE')"
    server.connect().execute(b"EVAL", script, b"0")
    assert [issued.refusal for issued in notes.commands] == [(4, "an integer"), None, (0, "the name of a command")]
