"""A debugged script: the reply and the keyspace of EVAL, and every moment the same from both sides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ferrous_vm.errors import CommandError, InvalidHandle, StaleHandle
from ferrous_vm.keyspace.replies import ErrorReply, encode
from ferrous_vm.limits import Limits
from ferrous_vm.machine.debugger import Ended
from ferrous_vm.records import with_changes
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.server import Client, Server
from tests.scripting.generated_scripts import Generator

SCRIPT = b"""local function add(key, n)
  local sum = redis.call('INCRBY', key, n)
  return sum
end
local seen = {}
for i = 1, 3 do
  seen[i] = add(KEYS[1], i)
end
redis.call('SELECT', 1)
redis.call('RPUSH', 'list', unpack(seen))
redis.setresp(3)
redis.log(redis.LOG_WARNING, 'done')
return redis.call('LRANGE', 'list', 0, -1)"""


def _server() -> tuple[Server, Client]:
    server = Server(clock=lambda: 1_700_000_000_000_000, seed=1)
    return server, server.connect()


def _session(
    source: bytes, keys: tuple[bytes, ...] = (), args: tuple[bytes, ...] = (), prepare: Callable[[Client], Any] = id
) -> tuple[Server, Client, DebugSession]:
    server, client = _server()
    prepare(client)
    session = DebugSession(server.scripting, client.session, source, list(keys), list(args))
    session.record()
    return server, client, session


def _finish(session: DebugSession) -> Any:
    session.move("continue")
    assert session.finished
    return session.reply()


def _dump(server: Server) -> list[tuple[Any, ...]]:
    """Everything stored, as commands read it."""
    client = server.connect()
    found: list[tuple[Any, ...]] = []
    for index in range(2):
        client.execute(b"SELECT", b"%d" % index)
        names: Any = client.execute(b"KEYS", b"*")
        found += [(index, name, client.execute(b"DUMP", name), client.execute(b"PTTL", name)) for name in sorted(names)]
    return found


def _photograph(server: Server, session: DebugSession) -> tuple[Any, ...]:
    seen = []
    for frame in session.frames(50):
        for variable in (*frame.locals, *frame.upvalues):
            value = variable.value
            inside = []
            if value.type == "table" and value.token is not None:
                inside = [(key.text, item.text) for key, item in session.expand(value.token, 0, 10)]
            seen.append((frame.function, frame.line, variable.name, value.text, inside))
    return (session.moment, session.line, len(session.issued), session.log(), seen, _dump(server))


def test_every_moment_is_the_same_forwards_and_backwards() -> None:
    server, _, session = _session(SCRIPT, (b"n",), prepare=lambda client: client.execute(b"SET", b"n", b"4"))
    photographs = []
    for moment in range(1, session.last + 1):
        session.go_to(moment)
        photographs.append(_photograph(server, session))
    assert session.finished
    assert session.reply() == [b"5", b"7", b"10"]
    for photograph in reversed(photographs):
        session.go_to(photograph[0])
        assert _photograph(server, session) == photograph
    for moment in (60, 20, session.last, 1, 41):
        session.go_to(moment)
        assert _photograph(server, session) == photographs[moment - 1]


def test_lines_are_stepped_over_and_taken_back() -> None:
    _, client, session = _session(
        b"local a = redis.call('GET', 'k')\nredis.call('SET', 'k', a .. '!')\nreturn redis.call('DEL', 'k')",
        prepare=lambda client: client.execute(b"SET", b"k", b"v"),
    )
    lines = [(session.line, client.execute(b"GET", b"k"))]
    while not session.finished:
        session.move("over")
        lines.append((session.line, client.execute(b"GET", b"k")))
    assert lines == [(1, b"v"), (2, b"v"), (3, b"v!"), (None, None)]
    back = []
    for _ in range(5):
        session.move("into", backwards=True)
        back.append((session.line, client.execute(b"GET", b"k")))
    assert back == [(3, b"v!"), (2, b"v"), (1, b"v"), (1, b"v"), (1, b"v")]


def test_over_into_and_out() -> None:
    _, _, session = _session(SCRIPT, (b"n",))
    session.move("continue", breakpoints=frozenset({7}))
    assert session.line == 7
    session.move("into")
    assert (session.line, session.depth) == (2, 2)
    assert [variable.name for variable in session.frames(9)[0].locals] == [b"key", b"n"]
    session.move("out")
    assert session.depth == 1
    session.move("continue", breakpoints=frozenset({7}))
    moment = session.moment
    session.move("over")
    assert session.line in (6, 8, 9)
    assert session.depth == 1
    assert session.moment > moment


def test_breakpoints_are_reached_each_time() -> None:
    _, client, session = _session(SCRIPT, (b"n",))
    values = []
    while True:
        session.move("continue", breakpoints=frozenset({3}))
        if session.finished:
            break
        values.append(client.execute(b"GET", b"n"))
    assert values == [b"1", b"3", b"6"]


def test_the_session_ends_with_the_run_done_or_not_at_all() -> None:
    server, client, session = _session(SCRIPT, (b"n",))
    _finish(session)
    assert session.end()
    assert client.execute(b"GET", b"n") == b"6"
    before = _dump(server)
    session = DebugSession(server.scripting, client.session, SCRIPT, [b"n"], [])
    session.record()
    session.go_to(session.last - 1)
    assert _dump(server) != before
    assert not session.end()
    assert _dump(server) == before
    assert [line.message for line in server.take_log()] == [b"done"]
    assert client.execute(b"EVAL", b"return 'still works'", b"0") == b"still works"


def test_random_choices_repeat() -> None:
    source = b"local a = math.random(1000)\nlocal b = redis.call('SRANDMEMBER', 's', 3)\nb[4] = a\nreturn b"
    members = [b"%d" % number for number in range(100)]
    _, _, session = _session(source, prepare=lambda client: client.execute(b"SADD", b"s", *members))
    first = _finish(session)
    for moment in (1, 5, 12):
        session.go_to(moment)
        assert _finish(session) == first


def test_keys_expire_as_in_eval_at_the_beginning_only() -> None:
    now = [1_700_000_000_000_000]
    server = Server(clock=lambda: now[0])
    client = server.connect()
    client.execute(b"SET", b"k", b"v", b"PX", b"10")
    source = b"local a = redis.call('GET', 'k')\nreturn {a, redis.call('GET', 'k')}"
    session = DebugSession(server.scripting, client.session, source, [], [])
    session.record()
    session.move("into")
    now[0] += 1_000_000
    assert _finish(session) == [b"v", b"v"]
    session.end()
    assert client.execute(b"GET", b"k") is None


@pytest.mark.parametrize(
    "source",
    [
        b"return redis.call('INCR', 'text')",
        b"local t\nreturn t.x",
        b"error({err='MINE own words'})",
        b"error(setmetatable({}, {__index=function() return 'x' end}))",
        b"undeclared = 1",
        b"return pcall(function() error('caught') end)",
        b"table.sort({3, 1, 2}, function(a, b) redis.call('RPUSH', 'l', a) return a < b end) return 1",
        b"#!lua flags=no-writes\nreturn redis.call('SET', 'k', 'v')",
        b"local function f(a) local b = coroutine.yield(a) return redis.call('SET', 'k', b) end\n"
        b"local w = coroutine.wrap(f) w(1) return w('v')",
    ],
)
def test_replies_are_those_of_eval(source: bytes) -> None:
    server, client = _server()
    client.execute(b"SET", b"text", b"t")
    expected = client.execute_resp(b"EVAL", source, b"0")
    other, _, session = _session(source, prepare=lambda client: client.execute(b"SET", b"text", b"t"))
    if b"__index" not in source:  # it would have to call Lua to tell its text
        assert encode(_finish(session), 2) == expected
    session.move("continue")
    assert session.end()
    assert _dump(other) == _dump(server)


def test_generated_scripts_do_what_they_do_under_eval() -> None:
    generator = Generator(7)
    server, client = _server()
    other, debugged = _server()
    for number in range(40):
        source = generator.script()
        client.session.protocol = debugged.session.protocol = 2 + number % 2
        expected = client.execute_resp(b"EVAL", source, b"2", b"s1", b"h1", b"5", b"b\0")
        session: DebugSession | None
        try:
            session = DebugSession(other.scripting, debugged.session, source, [b"s1", b"h1"], [b"5", b"b\0"])
        except CommandError as error:
            refused = encode(ErrorReply(error.message), 2)
            session = None
        if session is None:
            assert refused == expected, source
            continue
        session.record()
        session.go_to(session.last // 2)
        assert encode(_finish(session), debugged.session.protocol) == expected, source
        session.end()
        assert _dump(other) == _dump(server), source


def test_what_does_not_compile_is_refused_as_in_eval() -> None:
    server, client = _server()
    with pytest.raises(CommandError, match="Error compiling script"):
        DebugSession(server.scripting, client.session, b"return = 1", [], [])
    with pytest.raises(CommandError, match="write flag"):
        DebugSession(server.scripting, client.session, b"#!lua\nreturn 1", [], [], read_only_command=True)


@pytest.mark.parametrize(
    ("limits", "ended"), [({"moments": 500}, Ended.MOMENTS), ({"moments": 10**6, "seconds": 0.05}, Ended.TIME)]
)
def test_an_endless_run_is_recorded_as_far_as_it_may_and_walked(limits: dict[str, Any], ended: Ended) -> None:
    server, client = _server()
    source = b"redis.call('SET', 'k', 1)\nwhile true do\n  redis.call('INCR', 'k')\nend"
    session = DebugSession(server.scripting, client.session, source, [], [])
    session.record(**limits)
    assert (session.ended, session.complete, session.moment) == (ended, False, 1)
    assert client.execute(b"GET", b"k") is None
    session.move("continue", breakpoints=frozenset({3}))
    session.move("over")
    session.move("over")
    assert client.execute(b"GET", b"k") == b"3"
    session.move("continue")
    assert (session.moment, session.finished) == (session.last, False)
    session.move("over", backwards=True)
    assert session.line in (2, 3)
    assert not session.end()
    assert _dump(server) == []


def test_a_recording_keeps_only_so_much_memory() -> None:
    server = Server(limits=with_changes(Limits(), memory=64 * 1024 * 1024))
    source = b"local s\nfor i = 1, 1e6 do\n  s = string.rep('x', 1e6) .. i\nend\nreturn #s"
    session = DebugSession(server.scripting, server.connect().session, source, [], [])
    session.record()
    assert session.ended is Ended.MEMORY
    session.move("continue", breakpoints=frozenset({3}))
    assert session.line == 3


def test_a_limit_ends_the_script() -> None:
    server = Server("machine", limits=with_changes(Limits(), string_size=1000))
    client = server.connect()
    source = b"redis.call('SET', 'k', 1)\nlocal s = 'x'\nwhile true do s = s .. s end"
    expected = client.execute_resp(b"EVAL", source, b"0")
    session = DebugSession(server.scripting, client.session, source, [], [])
    session.record()
    assert session.complete
    assert expected.startswith(b"-")
    assert encode(_finish(session), 2) == expected
    session.move("into", backwards=True)
    assert not session.finished


def test_handles_of_nothing_are_refused() -> None:
    _, _, session = _session(b"local t = {1}\nreturn t")
    session.move("into")
    token = session.frames(1)[0].locals[0].value.token
    assert token is not None
    assert [(key.text, item.text) for key, item in session.expand(token, 0, 5)] == [(b"1", b"1")]
    for wrong in ("table:99:1", token.replace("table:", "string:"), "table:0:77", "nonsense", ""):
        with pytest.raises((InvalidHandle, StaleHandle)):
            session.expand(wrong, 0, 5)


LIBRARY = b"""#!lua name=counters
local function add(keys, args)
    local total = redis.call('INCRBY', keys[1], args[1])
    return total * 2
end
redis.register_function('add', add)
redis.register_function{function_name = 'look', callback = function(keys)
    return redis.call('GET', keys[1])
end, flags = {'no-writes'}}
"""


@pytest.mark.parametrize("name", [b"add", b"ADD"])
def test_a_function_of_a_library_is_debugged(name: bytes) -> None:
    server = Server()
    client = server.connect()
    session = DebugSession(server.scripting, client.session, LIBRARY, [b"n"], [b"5"], function=name)
    session.record()
    assert (session.line, session.complete) == (3, True)
    session.move("into")
    assert session.line == 4
    assert [(issued.argv, issued.line) for issued in session.issued] == [([b"INCRBY", b"n", b"5"], 3)]
    assert _finish(session) == 10
    session.go_to(1)
    assert _dump(server) == []
    session.end()
    assert server.connect().execute(b"FUNCTION", b"LIST") == []


def test_a_function_that_reads_may_be_debugged_as_fcall_ro() -> None:
    server = Server()
    caller = server.connect().session
    DebugSession(server.scripting, caller, LIBRARY, [b"n"], [], function=b"look", read_only_command=True)
    for function, sentence in (
        (b"add", b"ERR Can not execute a script with write flag using *_ro command."),
        (b"nobody", b"ERR Function not found"),
    ):
        with pytest.raises(CommandError) as refused:
            DebugSession(server.scripting, caller, LIBRARY, [], [], function=function, read_only_command=True)
        assert refused.value.message == sentence
