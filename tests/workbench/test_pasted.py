"""Commands as people pass them around are understood: sessions of redis-cli, MONITOR's output, calls of scripts."""

from __future__ import annotations

import hashlib
import socket
import subprocess

import pytest

from ferrous_vm.server import Server
from ferrous_vm.workbench.pasted import recognise
from ferrous_vm.workbench.records.pasting import PastedCall, PastedPlace, Recognise, Recognised
from ferrous_vm.workbench.workbench import Workbench
from tests.record.resp import Connection

SCRIPT = "return redis.call('HGET', KEYS[1], ARGV[1])"

SESSION = f"""\
127.0.0.1:6379> SET a 1
OK
127.0.0.1:6379> KEYS *
1) "a"
2) "> SET b 1"
127.0.0.1:6379> LPUSH a x
(error) WRONGTYPE Operation against a key holding the wrong kind of value
127.0.0.1:6379> SELECT 1
OK
127.0.0.1:6379[1]> HSET h "two words" "\\xff"
(integer) 1
127.0.0.1:6379[1]> MULTI
OK
127.0.0.1:6379[1](TX)> SET given-up 1
QUEUED
127.0.0.1:6379[1](TX)> DISCARD
OK
127.0.0.1:6379[1]> MULTI
OK
127.0.0.1:6379[1](TX)> SET kept 1
QUEUED
127.0.0.1:6379[1](TX)> EXEC
1) OK
127.0.0.1:6379[1]> EVAL "{SCRIPT}" 1 h "two words"
"\\xff"
127.0.0.1:6379[1]> DEL h
(integer) 1
127.0.0.1:6379[1]>
"""


def recognised(text: str) -> Recognised:
    return recognise(Workbench(), Recognise(text))


def call_of(text: str) -> PastedCall:
    call = recognised(text).call
    assert call is not None
    return call


def test_a_session_is_its_commands_that_write_and_its_last_call() -> None:
    found = recognised(SESSION)
    assert found.form == "session"
    assert found.about == (
        "This is a session of redis-cli: 13 commands, of which 5 fill a keyspace; "
        "the last call is EVAL with 1 key and 1 argument."
    )
    call = f'EVAL "{SCRIPT}" 1 h "two words"'
    before = 'HSET h "two words" "\\xff"\nSET kept 1'
    assert found.fixture == f"SET a 1\nSELECT 1\n{before}\n{call}\nDEL h"
    assert found.call == PastedCall(SCRIPT, ["h"], ["two words"], "EVAL", "", 2, before)


def test_a_session_of_the_documentation_and_of_this_page() -> None:
    assert recognised('redis> SET mykey "Hello"\n"OK"\nredis> GET mykey\n"Hello"').fixture == "SET mykey Hello"
    assert recognised("ferrous> SET a 1\nOK\nferrous[2]> SET b 1\nOK").fixture == "SET a 1\nSELECT 2\nSET b 1"
    assert recognised("redis /tmp/redis.sock> INCR a\n(integer) 1").fixture == "INCR a"


CALLS = [
    ("EVAL 'return 1' 0", PastedCall("return 1", [], [], "EVAL", "")),
    (
        'eval "return {KEYS[1],\n  ARGV[1]}" 1 k "\\xff"',
        PastedCall("return {KEYS[1],\n  ARGV[1]}", ["k"], ['"\\xff"'], "EVAL", ""),
    ),
    ("EVALSHA abc 1 k a", PastedCall(None, ["k"], ["a"], "EVALSHA", "")),
    ("FCALL f 1 k a", PastedCall(None, ["k"], ["a"], "FCALL", "f")),
    ("redis-cli EVAL 'return ARGV[1]' 0 \"it's\"", PastedCall("return ARGV[1]", [], ["it's"], "EVAL", "")),
    ("$ redis-cli -p 7000 -3 -n 2 EVAL_RO \\\n 'return 1' 1 k", PastedCall("return 1", ["k"], [], "EVAL_RO", "", 3)),
    ("redis-cli --eval lock.lua a b , c 'd e'", PastedCall(None, ["a", "b"], ["c", "d e"], "EVAL", "")),
    ("redis-cli -h host --eval lock.lua", PastedCall(None, [], [], "EVAL", "")),
    ('redis-cli EVAL "$(cat lock.lua)" 1 k a', PastedCall(None, ["k"], ["a"], "EVAL", "")),
    ("redis-cli --quoted-input EVAL '\"return 1\"' 1 '\"\\xff\"'", PastedCall("return 1", ['"\\xff"'], [], "EVAL", "")),
]


@pytest.mark.parametrize(("text", "call"), CALLS, ids=[text for text, _ in CALLS])
def test_a_call_is_understood(text: str, call: PastedCall) -> None:
    found = recognised(text)
    assert (found.form, found.fixture, found.call) == ("call", "", call)


def test_commands_are_those_of_the_server_that_is_chosen() -> None:
    session = "127.0.0.1:6379> HEXPIRE h 10 FIELDS 1 f\n(integer) -2"
    forms = [recognise(Workbench(profile=name), Recognise(session)).form for name in ("redis-7.0", "redis-7.4")]
    assert forms == ["", "session"]


OTHERS = [
    "",
    "return redis.call('EVAL', 1)",
    "local x = 1 > 2",
    "SET a 1\nSET b 2",
    "EVAL 'return 1' 5 a",
    "EVAL 'return 1' many",
    "EVAL 'return 1",
    "redis-cli SET a 1",
    "redis-cli 'EVAL",
    "redis-cli",
    "redis-cli --eval",
    "host:80> what ever this is",
    "1339518083.107412 [0 127.0.0.1:60866] unquoted",
    "\0\ud800",
]


@pytest.mark.parametrize("text", OTHERS)
def test_other_text_is_left_alone(text: str) -> None:
    found = recognised(text)
    assert (found.form, found.call) in (("", None), ("call", PastedCall(None, [], [], "EVAL", "")))


def test_what_monitor_printed() -> None:
    text = """OK
1339518083.107412 [0 127.0.0.1:60866] "keys" "*"
1339518087.877697 [0 127.0.0.1:60866] "set" "x" "a\\x01\\"\\\\"
1339518090.420270 [9 127.0.0.1:60866] "set" "y" "6"
1339518096.506257 [0 127.0.0.1:60866] "evalsha" "abc" "1" "k"
1339518096.506258 [0 lua] "set" "k" "v"
1339518100.363765 [0 127.0.0.1:60866] "lpush" "x" "refused"
"""
    found = recognised(text)
    assert found.form == "monitor"
    assert found.fixture == 'set x "a\\x01\\"\\\\"\nSELECT 9\nset y 6\nSELECT 0\nset k v'
    assert found.call == PastedCall(None, ["k"], [], "EVALSHA", "", 2, 'set x "a\\x01\\"\\\\"')


def test_what_is_called_may_have_been_loaded_before() -> None:
    sha1 = hashlib.sha1(SCRIPT.encode()).hexdigest()
    for loading in (f'SCRIPT LOAD "{SCRIPT}"', f'EVAL "{SCRIPT}" 1 h f'):
        call = call_of(f"redis> {loading}\nredis> EVALSHA {sha1} 1 h g")
        assert (call.script, call.argv) == (SCRIPT, ["g"])
    library = "#!lua name=l\\nredis.register_function('f', function() return 1 end)"
    call = call_of(f'redis> FUNCTION LOAD "{library}"\nredis> FCALL f 0 x')
    assert (call.script, call.mode, call.function) == (library.replace("\\n", "\n"), "FCALL", "f")


@pytest.mark.oracle
def test_what_a_real_monitor_prints_makes_the_keyspace_again(redis_port: int) -> None:
    watch = socket.create_connection(("127.0.0.1", redis_port), timeout=20)
    watch.sendall(b"MONITOR\r\n")
    printed = watch.makefile("rb")
    assert printed.readline() == b"+OK\r\n"
    client = Connection(redis_port)
    client.ask(b"FLUSHALL")
    commands = [
        (b"HSET", b"h", bytes(range(256)), b"two words"),
        (b"EVAL", b"redis.call('RPUSH', KEYS[1], ARGV[1]) return redis.call('LLEN', KEYS[1])", b"1", b"l", b"\r\n\xff"),
        (b"LPUSH", b"h", b"refused"),
        (b"SELECT", b"3"),
        (b"ZADD", b"z", b"1.5", "é".encode()),
        (b"ECHO", b"the end"),
    ]
    for command in commands:
        client.ask(*command)
    text = b""
    while b"the end" not in text:
        text += printed.readline()
    watch.close()
    client.ask(b"FLUSHALL")
    client.close()
    workbench = Workbench()
    assert workbench.carry_out(recognised(text.decode()).fixture, fresh=True) is None
    again = workbench.server.connect()
    assert again.execute(b"HGET", b"h", bytes(range(256))) == b"two words"
    assert again.execute(b"LRANGE", b"l", b"0", b"-1") == [b"\r\n\xff"]
    again.execute(b"SELECT", b"3")
    assert again.execute(b"ZSCORE", b"z", "é".encode()) == 1.5


@pytest.mark.oracle
def test_a_call_means_to_a_real_shell_and_server_what_it_means_here(redis_port: int) -> None:
    for text in (
        "redis-cli EVAL 'return ARGV[1]' 0 \"it's\"",
        "redis-cli -n 2 EVAL \"return KEYS[1] .. 'x'\" 1 'k \"q\"'",
    ):
        line = text.replace("redis-cli", f"redis-cli --no-raw -p {redis_port}", 1)
        answer = subprocess.run(["sh", "-c", line], check=True, capture_output=True, text=True).stdout.removesuffix(
            "\n"
        )
        call = call_of(text)
        keys, argv = [key.encode() for key in call.keys], [word.encode() for word in call.argv]
        reply = Server().connect().execute(b"EVAL", (call.script or "").encode(), b"%d" % len(keys), *keys, *argv)
        assert answer == '"' + reply.decode().replace('"', '\\"') + '"'


def about_error(text: str, scripts: list[str]) -> tuple[str, PastedPlace | None]:
    found = recognise(Workbench(), Recognise(text, scripts))
    return found.about, found.place


def test_an_error_leads_to_its_line_in_the_script_with_its_digest() -> None:
    sha1 = hashlib.sha1(SCRIPT.encode()).hexdigest()
    wrong = "WRONGTYPE Operation against a key holding the wrong kind of value"
    for text in (
        f"(error) {wrong} script: {sha1}, on @user_script:1.",
        f"Traceback (most recent call last):\n...\nredis.ResponseError: {wrong} script: {sha1}, on @user_script:1.",
        f"127.0.0.1:6379 said: -{wrong} script: {sha1}, on @user_script:1.",
    ):
        about, place = about_error(text, ["return 1", SCRIPT])
        assert place == PastedPlace(1, 1)
        assert about.startswith(
            f"This is an error in line 1 of the script with the SHA-1 {sha1}: {wrong}. A command met"
        )


def test_an_error_of_another_script_says_so() -> None:
    text = f"ERR user_script:113: attempt to index a nil value script: {'0' * 40}, on @user_script:113."
    about, place = about_error(text, [SCRIPT])
    assert (place, "none of this work's" in about) == (PastedPlace(113, None), True)
    assert ": attempt to index a nil value. The line takes a field" in about


def test_errors_of_other_servers_and_of_functions() -> None:
    sha1 = hashlib.sha1(SCRIPT.encode()).hexdigest()
    called = f"ERR Error running script (call to f_{sha1})"
    older = f"{called}: @user_script:2: user_script:2: attempt to compare nil with number"
    assert about_error(older, [SCRIPT])[1] == PastedPlace(2, 0)
    assert about_error("ERR user_script:1: x script: on @user_script:1.", [SCRIPT])[1] == PastedPlace(1, None)
    assert about_error("ERR x script: take, on @user_function:3.", [])[1] == PastedPlace(3, None)
    assert about_error("ERR value is not an integer or out of range", [SCRIPT]) == ("", None)


SLOWLOG = """\
127.0.0.1:6379> SLOWLOG GET 2
1) 1) (integer) 8
   2) (integer) 1796000000
   3) (integer) 1234
   4)  1) "EVAL"
       2) "return redis.call('GET'... (120 more bytes)"
       3) "1"
       4) "k"
       5) "two words"
       6) "\\xff"
       7) "x"
       8) "y"
       9) "z"
      10) "... (3 more arguments)"
   5) "127.0.0.1:1234"
   6) ""
2) 1) (integer) 7
   2) (integer) 1796000000
   3) (integer) 15
   4) 1) "GET"
      2) "a"
   5) "127.0.0.1:1234"
   6) ""
"""


def test_an_entry_of_slowlog_is_its_call() -> None:
    found = recognised(SLOWLOG)
    assert (found.form, found.call) == (
        "slowlog",
        PastedCall(None, ["k"], ["two words", '"\\xff"', "x", "y", "z"], "EVAL", ""),
    )
    assert found.about == (
        "This is an entry of SLOWLOG: EVAL with 1 key and 5 arguments, which took 1,234 µs; "
        "SLOWLOG has left out 3 arguments."
    )
    short = '4) 1) "EVALSHA"\n   2) "abc"\n   3) "1"\n   4) "k"\n5) "127.0.0.1:1"'
    assert recognised(short).call == PastedCall(None, ["k"], [], "EVALSHA", "")
    assert recognised('4) 1) "GET"\n   2) "abc"').form == ""


@pytest.mark.oracle
def test_what_a_real_slowlog_shows(redis_port: int) -> None:
    client = Connection(redis_port)
    client.ask(b"SLOWLOG", b"RESET")
    client.ask(b"CONFIG", b"SET", b"slowlog-log-slower-than", b"0")
    words = [b"EVAL", b"return #KEYS", b"2", b"a b", b"\xff", *(b"%d" % number for number in range(40))]
    client.ask(*words)
    client.ask(b"CONFIG", b"SET", b"slowlog-log-slower-than", b"10000")
    command = ["redis-cli", "--no-raw", "-p", str(redis_port), "SLOWLOG", "GET", "2"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    client.close()
    found = recognised(shown)
    assert found.call is not None
    assert (found.form, found.call.script, found.call.keys) == ("slowlog", "return #KEYS", ["a b", '"\\xff"'])
    assert found.call.argv == [str(number) for number in range(26)]
    assert "SLOWLOG has left out 14 arguments" in found.about
