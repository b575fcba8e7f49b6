"""Redis's line debugger over a client, beside what redis-server 7.0.15 answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

import ferrous_vm
from ferrous_vm.keyspace.replies import Several, Status
from tests.record.record_line_debugger import END, RECORDED, words
from tests.workbench.line_debugger import DIALOGUES, Dialogue

ANSWERS: dict[str, list[str]] = json.loads(RECORDED.read_text())


def _replies(dialogue: Dialogue) -> list[str]:
    server = ferrous_vm.Server(seed=1)
    before, client = server.connect(), server.connect()
    for line in dialogue.before:
        before.execute(*words(line))
    script = [word.encode() for word in (dialogue.script, str(len(dialogue.keys)), *dialogue.keys, *dialogue.argv)]
    replies = [client.execute_resp(b"SCRIPT", b"DEBUG", dialogue.mode.encode())]
    replies.append(client.execute_resp(b"EVAL", *script))
    for line in dialogue.typed:
        if END in replies[-1]:
            break
        replies.append(client.execute_resp(*words(line)))
    if END not in replies[-1]:  # a connection that is closed lets the script run to its end
        client.execute(b"b", b"0")
        client.execute(b"c")
    return [reply.decode("latin-1") for reply in [*replies, before.execute_resp(b"GET", b"k")]]


def _without_help(replies: list[str]) -> list[str]:
    """Ours says besides what a server cannot."""
    end = "\r\n+\r\n+Ferrous has besides"
    return [reply.partition("\r\n")[2].partition(end)[0].strip() if "[h]elp" in reply else reply for reply in replies]


@pytest.mark.parametrize("name", DIALOGUES)
def test_it_answers_as_a_real_server(name: str) -> None:
    assert _without_help(_replies(DIALOGUES[name])) == _without_help(ANSWERS[name])


SCRIPT = b"""local n = redis.call('INCR', KEYS[1])
local price = redis.call('HGET', 'prices', 'pear')
n = n + 1
redis.call('INCR', KEYS[1])
return n"""


def _debug(script: bytes = SCRIPT, mode: bytes = b"YES") -> tuple[Any, Any]:
    server = ferrous_vm.Server(seed=1)
    client = server.connect()
    client.execute(b"SET", b"k", b"4")
    client.execute(b"SCRIPT", b"DEBUG", mode)
    client.execute(b"EVAL", script, b"1", b"k")
    return server, client


def test_back_takes_a_line_and_its_commands_back() -> None:
    _, client = _debug()
    client.execute(b"s")
    assert client.execute(b"redis", b"GET", b"k") == [b"<redis> GET k", b'<reply> "5"']
    assert client.execute(b"back") == [
        b"* Stopped at 1, stop reason = step back",
        b"-> 1   local n = redis.call('INCR', KEYS[1])",
    ]
    assert client.execute(b"r", b"GET", b"k")[1] == b'<reply> "4"'
    assert client.execute(b"back") == [b"<error> This is the first line."]
    assert client.execute(b"n")[-2] == b"* Stopped at 2, stop reason = step over"


def test_who_tells_the_writes_and_where_a_value_comes_from() -> None:
    _, client = _debug()
    for _ in range(3):
        client.execute(b"s")
    assert client.execute(b"who", b"k") == [
        b"<who> last: 4 \xe2\x86\x92 5 by INCR k, line 1",
        b"<who> next: 5 \xe2\x86\x92 6 by INCR k, line 4",
    ]
    assert client.execute(b"who", b"price")[-1] == b"<from> line 2: is the reply of HGET prices pear: (nil)"
    assert client.execute(b"who", b"nosuch") == [b"<who> Nothing of the script has written it."]
    assert client.execute(b"who") == client.execute(b"nosuch")


@pytest.mark.parametrize(("mode", "left"), [(b"YES", b"4"), (b"SYNC", b"6")])
def test_who_leaves_is_waited_for_by_nobody(mode: bytes, left: bytes) -> None:
    server, client = _debug(mode=mode)
    other = server.connect()
    client.execute(b"s")
    assert other.execute_resp(b"PING").startswith(b"-BUSY")
    client.close()
    assert other.execute_resp(b"PING") == b"+PONG\r\n"
    assert other.execute(b"GET", b"k") == left
    assert server.keyspace.debugger is None
    other.execute(b"SCRIPT", b"DEBUG", b"YES")
    assert b"Stopped at 1" in other.execute_resp(b"EVAL", SCRIPT, b"1", b"k")


def test_what_is_tried_is_taken_back() -> None:
    server, client = _debug(mode=b"SYNC")
    assert client.execute(b"redis", b"SET", b"k", b"x")[1] == b'<reply> "+OK"'
    assert client.execute(b"eval", b"redis.call('SET', 'k', 'y')")[0].startswith(b"<retval> {")
    assert client.execute(b"r", b"GET", b"k")[1] == b'<reply> "4"'
    end = client.execute(b"c")
    assert isinstance(end, Several)
    assert end == ([b"<endsession>"], 6)
    assert server.connect().execute(b"GET", b"k") == b"6"


def test_others_are_told_that_the_server_is_busy() -> None:
    server, client = _debug()
    other = server.connect()
    assert other.execute(b"GET", b"k").message.startswith(b"BUSY")
    client.execute(b"a")
    assert other.execute(b"GET", b"k") == b"4"


def test_a_client_debugs_until_it_says_no() -> None:
    server = ferrous_vm.Server(seed=1)
    client = server.connect()
    assert client.execute(b"SCRIPT", b"DEBUG", b"YES") == Status(b"OK")
    assert (
        client.execute(b"EVALSHA", b"a" * 40, b"0").message == b"ERR Please use EVAL instead of EVALSHA for debugging"
    )
    assert client.execute(b"GET", b"k") is None
    assert client.execute(b"EVAL", b"return 1").message == b"ERR wrong number of arguments for 'eval' command"
    assert client.execute(b"SCRIPT", b"DEBUG", b"NO") == Status(b"OK")
    assert client.execute(b"EVAL", b"return redis.breakpoint()", b"0") is None
    assert server.keyspace.debugger is None


def test_an_endless_script_is_left() -> None:
    server, client = _debug(
        b"local i = 0\nwhile true do\n  i = i + 1\n  if i == 3 then redis.call('INCR', KEYS[1]) end\nend"
    )
    client.execute(b"b", b"4")
    assert client.execute(b"c")[0] == b"* Stopped at 4, stop reason = break point"
    assert client.execute(b"abort")[1].message.startswith(b"ERR script aborted for user request")
    assert server.connect().execute(b"GET", b"k") == b"4"


@pytest.mark.parametrize(
    "typed",
    [
        b"b 3 4 99999999999999999999",
        b"l 99999999999 -5",
        b"e \xff",
        b"p \0",
        b"m -1",
        b"who a b c d",
        b"r \r\n",
        b"r",
    ],
)
def test_whatever_is_typed_is_answered(typed: bytes) -> None:
    _, client = _debug()
    assert isinstance(client.execute(*typed.split(b" ")), list)
    assert client.execute(b"s")[-2] == b"* Stopped at 2, stop reason = step over"
