"""A script that is ended leaves whole commands behind, and the server as usable as before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ferrous_vm.limits import Limits
from ferrous_vm.server import Server

NewServer = Callable[..., Server]

KILLED = b"-ERR Script killed by Ferrous: time limit of "


@pytest.mark.host
def test_the_time_limit_never_ends_a_run_inside_a_command(new_server: NewServer) -> None:
    client = new_server(limits=Limits(seconds=0.05)).connect()
    script = b"while true do redis.call('ZADD', 'z', math.random(), math.random()) end"
    for _ in range(4):
        assert client.execute_resp(b"EVAL", script, b"0").startswith(KILLED)
    members = client.execute(b"ZCARD", b"z")
    listed = client.execute(b"ZRANGE", b"z", b"0", b"-1")
    assert isinstance(listed, list)
    assert len(listed) == members


@pytest.mark.host
def test_after_an_ended_run_the_next_one_is_unaffected(new_server: NewServer) -> None:
    client = new_server(limits=Limits(seconds=1)).connect()
    assert client.execute_resp(b"EVAL", b"redis.setresp(3) while true do end", b"0").startswith(KILLED)
    client.execute(b"CONFIG", b"SET", b"busy-reply-threshold", b"60000")  # what follows ends by itself, however slowly
    assert client.execute_resp(b"EVAL", b"return {redis.call('INCR', 'n'), true}", b"0") == b"*2\r\n:1\r\n:1\r\n"
    assert client.execute_resp(b"EVAL", b"local function f() return f() + 1 end return f()", b"0").startswith(
        b"-ERR user"
    )
    assert client.execute_resp(b"EVAL", b"return 1", b"0") == b":1\r\n"


def test_an_instruction_limit_is_kept_on_every_engine(new_server: NewServer) -> None:
    client = new_server(limits=Limits(instructions=10_000)).connect()
    assert client.execute_resp(b"EVAL", b"return 1", b"0") == b":1\r\n"
    reply = client.execute_resp(b"EVAL", b"for i = 1, 1e6 do end", b"0")
    assert reply.startswith(b"-ERR instruction limit of 10000 exceeded")


@pytest.mark.parametrize("size", [1 << 20])
def test_large_arguments_pass(new_server: NewServer, size: int) -> None:
    client = new_server().connect()
    value = bytes(range(256)) * (size // 256)
    assert (
        client.execute(
            b"EVAL", b"redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])", b"1", b"k\0\xff", value
        )
        == value
    )


HOSTILE_SOURCES = [
    b"",
    b"\0",
    b"\x1bLuaQ\0",
    b"\xff\xfe",
    b"#!lua",
    b'#!lua "\nreturn 1',
    b"return" + b"(" * 5000,
    b"return " + b"{" * 5000,
    b"x" * 100_000,
    b"return '" + b"\\" * 1000,
    b"--[" + b"=" * 10_000 + b"[",
    b"local " + b",".join(b"a%d" % number for number in range(300)) + b" = 1",
    b"return " + b"-" * 5001 + b"1",
    b"return 1" + b"..1" * 5000,
    b"goto continue ::continue::",
    b"return 0x" + b"f" * 1000,
    b"return 1e999999999999",
]


@pytest.mark.parametrize("source", HOSTILE_SOURCES, ids=lambda source: repr(source[:20]))
def test_any_source_gets_a_reply(new_server: NewServer, source: bytes) -> None:
    reply = new_server().connect().execute_resp(b"EVAL", source, b"0")
    assert reply[:1] in b"+-:$*"
    assert b"Traceback" not in reply
    assert reply.endswith(b"\r\n")


@pytest.mark.parametrize("count", [b"-1", b"9", b"x", b"", b"1e1", b"9223372036854775808", b" 0"])
def test_a_number_of_keys_that_lies_is_refused(new_server: NewServer, count: bytes) -> None:
    client = new_server().connect()
    client.execute(b"FUNCTION", b"LOAD", b"#!lua name=f\nredis.register_function('f', function() return 1 end)")
    for command in ((b"EVAL", b"return 1"), (b"FCALL", b"f")):
        assert client.execute_resp(*command, count, b"a").startswith(b"-ERR ")


def test_corrupt_payloads_are_refused_and_nothing_changes(new_server: NewServer) -> None:
    client = new_server().connect()
    client.execute(b"FUNCTION", b"LOAD", b"#!lua name=f\nredis.register_function('f', function() return 1 end)")
    payload = client.execute(b"FUNCTION", b"DUMP")
    assert isinstance(payload, bytes)
    before = client.execute_resp(b"FUNCTION", b"LIST", b"WITHCODE")
    for place in range(0, len(payload), 3):
        corrupt = payload[:place] + bytes((payload[place] ^ 0x55,)) + payload[place + 1 :]
        reply = client.execute_resp(b"FUNCTION", b"RESTORE", corrupt, b"REPLACE")
        assert reply == b"-ERR DUMP payload version or checksum are wrong\r\n"
    assert client.execute_resp(b"FUNCTION", b"LIST", b"WITHCODE") == before
    assert client.execute_resp(b"FUNCTION", b"RESTORE", payload) == b"-ERR Library f already exists\r\n"
    assert client.execute_resp(b"FUNCTION", b"RESTORE", payload, b"FLUSH") == b"+OK\r\n"
    assert client.execute_resp(b"FCALL", b"f", b"0") == b":1\r\n"


@pytest.mark.host
def test_the_time_limit_is_a_parameter_of_the_server(new_server: NewServer) -> None:
    client = new_server(limits=Limits(seconds=2.5)).connect()
    assert client.execute_resp(b"CONFIG", b"GET", b"lua-time-limit").endswith(b"$4\r\n2500\r\n")
    assert client.execute_resp(b"CONFIG", b"SET", b"lua-time-limit", b"50") == b"+OK\r\n"
    assert client.execute_resp(b"EVAL", b"while true do end", b"0").startswith(KILLED)
    assert client.execute_resp(b"CONFIG", b"SET", b"busy-reply-threshold", b"0") == b"+OK\r\n"
    assert client.execute_resp(b"EVAL", b"return 1", b"0") == b":1\r\n"


def test_a_limit_a_native_meets_has_its_place(new_server: NewServer) -> None:
    client = new_server().connect()
    script = b"local function f()\n  local x = ('x'):rep(1e9)\nend\nf()"
    sha = client.execute(b"SCRIPT", b"LOAD", script)
    assert client.execute_resp(b"EVAL", script, b"0") == (
        b"-ERR string of 1000000000 bytes exceeds the limit of 536870912 script: %b, on @user_script:2.\r\n" % sha
    )


def test_the_last_level_has_no_room_for_a_function_of_the_server(new_server: NewServer) -> None:
    script = b"local function f()\n  redis.call('INCR', 'n')\n  f()\nend\nf()"
    reply = new_server(limits=Limits(seconds=None)).connect().execute_resp(b"EVAL", script, b"0")
    assert reply.startswith(b"-ERR user_script:2: stack overflow script: ")


FILL = b"for i = 1, 20000 do redis.call('RPUSH', 'l', i) redis.call('SADD', 's', i) redis.call('ZADD', 'z', i, i) end "
SLOW = {
    "LCS": b"redis.call('SET', 'a', ('ab'):rep(3000)) return redis.call('LCS', 'a', 'a', 'LEN')",
    "PFCOUNT": (
        b"redis.call('PFADD', 'h', 1) redis.call('PFDEBUG', 'TODENSE', 'h') "
        b"local keys = {} for i = 1, 7000 do keys[i] = 'h' end return redis.call('PFCOUNT', unpack(keys))"
    ),
    "PFMERGE": (
        b"redis.call('PFADD', 'h', 1) redis.call('PFDEBUG', 'TODENSE', 'h') "
        b"local keys = {} for i = 1, 7000 do keys[i] = 'h' end return redis.call('PFMERGE', 'd', unpack(keys))"
    ),
    "SORT": FILL + (
        b"local words = {} for i = 1, 50 do words[2 * i - 1], words[2 * i] = 'GET', 'k*' end "
        b"return redis.call('SORT', 'l', 'STORE', 'd', unpack(words))"
    ),
    "SUNIONSTORE": FILL + (
        b"local keys = {} for i = 1, 7000 do keys[i] = 's' end return redis.call('SUNIONSTORE', 'd', unpack(keys))"
    ),
    "ZUNIONSTORE": FILL + (
        b"local keys = {} for i = 1, 7000 do keys[i] = 'z' end "
        b"return redis.call('ZUNIONSTORE', 'd', #keys, unpack(keys))"
    ),
    "commands that take long together": FILL + b"for i = 1, 1e9 do redis.call('LREM', 'l', 0, 'none') end",
    "the same, with errors": FILL + (
        b"for i = 1, 1e9 do redis.pcall('LREM', 'l', 0, 'none') redis.pcall('GET', 'l') end"
    ),
}  # fmt: skip


@pytest.mark.host
@pytest.mark.parametrize("what", SLOW)
def test_the_time_limit_holds_inside_commands(new_server: NewServer, what: str) -> None:
    server = new_server(limits=Limits(seconds=0.3))
    client = server.connect()
    assert client.execute_resp(b"EVAL", SLOW[what], b"0").startswith(KILLED)
    assert client.execute(b"EXISTS", b"d") == 0
    assert client.execute_resp(b"EVAL", b"return redis.call('INCR', 'n')", b"0") == b":1\r\n"
