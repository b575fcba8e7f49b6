"""What would be too large is refused before it is made, by every native and command that can multiply its input."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from ferrous_vm import bounds, watchdog
from ferrous_vm.limits import Limits
from ferrous_vm.server import Server

NewServer = Callable[..., Server]

S = "local s = ('x'):rep(1000000) "
MANY = S + "local t = {} for i = 1, 200 do t[i] = s end "

NATIVES = {
    "rep": "return ('x'):rep(50000000)",
    "concatenation": S + "return s" + " .. s" * 150,
    "concatenation of two": S + "for i = 1, 10 do s = s .. s end",
    "table.concat": MANY + "return table.concat(t)",
    "format": MANY + "return string.format(('%s'):rep(200), unpack(t))",
    "format %q": "return string.format('%q', ('\\0'):rep(9000000))",
    "gsub by a string": "return (('x'):rep(9000):gsub('.', ('y'):rep(9000)))",
    "gsub by a capture": S
    + "return (s:gsub('.*', '%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0'))",
    "gsub by a table": "return (('x'):rep(9000):gsub('.', {x = ('y'):rep(9000)}))",
    "gsub by a function": "local y = ('y'):rep(9000) return (('x'):rep(9000):gsub('.', function() return y end))",
    "captures": "return ('x'):rep(8000000):match(('('):rep(30) .. '.*' .. (')'):rep(30))",
    "find": "return ('x'):rep(8000000):find(('('):rep(30) .. '.*' .. (')'):rep(30))",
    "gmatch": "return ('x'):rep(8000000):gmatch(('('):rep(30) .. '.*' .. (')'):rep(30))()",
    "load": S + "return load(function() return s end)",
    "cjson": MANY + "return cjson.encode(t)",
    "cjson, escaped": "return cjson.encode(('\\1'):rep(9000000))",
    "cjson, one name many times": S + "local t = {} for i = 1, 200 do t[i] = {[s] = 1} end return cjson.encode(t)",
    "cmsgpack": MANY + "return cmsgpack.pack(t)",
    "struct": MANY + "return struct.pack(('s'):rep(200), unpack(t))",
}
"""Scripts whose string would have far more than 32 MB."""

COMMANDS = {
    "SETRANGE": "return redis.call('SETRANGE', 'k', 100000000, 'x')",
    "SETRANGE of a string": "redis.call('SET', 'k', 'v') return redis.call('SETRANGE', 'k', 100000000, 'x')",
    "SETBIT": "return redis.call('SETBIT', 'k', 4000000000, 1)",
    "BITFIELD": "return redis.call('BITFIELD', 'k', 'SET', 'u8', 4000000000, 1)",
    "APPEND": S + "for i = 1, 200 do redis.call('APPEND', 'k', s) end",
    "LCS": "redis.call('SET', 'k', ('x'):rep(9000)) return redis.call('LCS', 'k', 'k')",
    "MGET": S
    + "redis.call('SET', 'k', s) local t = {} for i = 1, 200 do t[i] = 'k' end return redis.call('MGET', unpack(t))",
    "MGET of bytes that are modified": (
        "redis.call('SETRANGE', 'k', 1000000, 'x') local t = {} for i = 1, 200 do t[i] = 'k' end "
        "return redis.call('MGET', unpack(t))"
    ),
    "HMGET": S + "redis.call('HSET', 'k', 'f', s) local t = {} for i = 1, 200 do t[i] = 'f' end "
    "return redis.call('HMGET', 'k', unpack(t))",
    "SORT": (
        S + "redis.call('SET', 'g1', s) for i = 1, 200 do redis.call('RPUSH', 'l', 1) end "
        "return redis.call('SORT', 'l', 'GET', 'g*', 'STORE', 'd')"
    ),
    "XREAD": (
        S + "redis.call('XADD', 'k', '*', 'f', s) local t = {} "
        "for i = 1, 100 do t[i], t[i + 100] = 'k', '0' end return redis.call('XREAD', 'STREAMS', unpack(t))"
    ),
    "SRANDMEMBER": S + "redis.call('SADD', 'k', s) return redis.call('SRANDMEMBER', 'k', -200)",
    "ZRANDMEMBER": S + "redis.call('ZADD', 'k', 1, s) return redis.call('ZRANDMEMBER', 'k', -200, 'WITHSCORES')",
    "HRANDFIELD in pairs": (
        S + "redis.setresp(3) redis.call('HSET', 'k', 'f', s) return redis.call('HRANDFIELD', 'k', -200, 'WITHVALUES')"
    ),
    "HRANDFIELD": S + "redis.call('HSET', 'k', 'f', s) return redis.call('HRANDFIELD', 'k', -200, 'WITHVALUES')",
}
"""Scripts whose command would make as much, or answer it."""

REPLIES = {
    "references": MANY + "return t",
    "statuses": S + "local t = {} for i = 1, 200 do t[i] = {ok = s} end return t",
    "errors": S + "local t = {} for i = 1, 200 do t[i] = {err = s} end return t",
    "a map": S + "local t = {} for i = 1, 200 do t[i] = s end return {map = t}",
}
"""Scripts whose reply would have as many bytes."""

MEMORY = 1 << 25


def peak(server: Server, script: str) -> tuple[bytes, int]:
    """The reply, and the most memory Python took meanwhile."""
    client = server.connect()
    client.execute(b"EVAL", b"return redis.call('PING')", b"0")
    tracemalloc.start()
    try:
        reply = client.execute_resp(b"EVAL", script.encode(), b"0")
        return reply, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.host  # what is weighed in Pyodide is the same
@pytest.mark.parametrize(
    "script", [*NATIVES.values(), *COMMANDS.values(), *REPLIES.values()], ids=[*NATIVES, *COMMANDS, *REPLIES]
)
def test_nothing_passes_the_memory_limit_by_its_own_size(new_server: NewServer, script: str) -> None:
    server = new_server(limits=Limits(seconds=None, memory=MEMORY))
    reply, most = peak(server, script)
    assert reply.startswith(
        (
            b"-ERR memory limit of 33554432 bytes exceeded",
            b"-ERR not enough memory for a reply of more than 33554432 bytes",
            b"-ERR Insufficient memory",
        )
    )
    assert most < 3 * MEMORY
    assert server.connect().execute(b"EXISTS", b"d") == 0
    assert server.connect().execute(b"EVAL", b"return 1", b"0") == 1


@pytest.mark.parametrize(
    "made", ["a .. 'y' .. a", "('y'):rep(6000000)", "a:gsub(('x'):rep(1000), '%0%0')", "{a, a:rep(2)}"]
)
def test_a_string_must_fit_what_the_run_has_left(
    new_server: NewServer, monkeypatch: pytest.MonkeyPatch, made: str
) -> None:
    client = new_server(limits=Limits(seconds=None)).connect()
    script = f"local a = ('x'):rep(3000000) local b = {made} return #a".encode()
    assert client.execute(b"EVAL", script, b"0") == 3_000_000
    monkeypatch.setattr(bounds, "_room", lambda: 5_000_000)
    monkeypatch.setattr(watchdog, "tell_room", lambda ask: None)
    assert client.execute_resp(b"EVAL", script, b"0").startswith(b"-ERR memory limit of 536870912 bytes exceeded")


@pytest.mark.parametrize("script", NATIVES.values(), ids=NATIVES)
def test_the_limit_of_strings_holds_in_every_native(new_server: NewServer, script: str) -> None:
    client = new_server(limits=Limits(seconds=None, string_size=1 << 23)).connect()
    reply = client.execute_resp(b"EVAL", script.encode(), b"0")
    assert reply.startswith(b"-ERR string of ")
    assert b" bytes exceeds the limit of 8388608 script: " in reply


MANY_ELEMENTS = {
    "SRANDMEMBER": "redis.call('SADD', 'k', 'v') return redis.call('SRANDMEMBER', 'k', -1000000000)",
    "HRANDFIELD": "redis.call('HSET', 'k', 'f', 'v') return redis.call('HRANDFIELD', 'k', -1000000000)",
    "ZRANDMEMBER": "redis.call('ZADD', 'k', 1, 'v') return redis.call('ZRANDMEMBER', 'k', -1000000000)",
    "SORT": (
        "for i = 1, 200 do redis.call('RPUSH', 'l', 1) end local t = {} "
        "for i = 1, 7000 do t[i] = i % 2 == 1 and 'GET' or '#' end return redis.call('SORT', 'l', unpack(t))"
    ),
    "XREADGROUP": (
        "redis.call('XGROUP', 'CREATE', 'k', 'g', '0', 'MKSTREAM') "
        "for i = 1, 200 do redis.call('XADD', 'k', '*', 'f', i) end "
        "redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 'k', '>') local t = {} "
        "for i = 1, 500 do t[i], t[i + 500] = 'k', '0' end "
        "return redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', unpack(t))"
    ),
    "a table in itself": "local t = {} t[1] = t t[2] = t return t",
}
"""Scripts whose reply would have far more than 65,536 elements, however short."""


@pytest.mark.host
@pytest.mark.parametrize("script", MANY_ELEMENTS.values(), ids=MANY_ELEMENTS)
def test_elements_are_counted_before_they_are_made(new_server: NewServer, script: str) -> None:
    server = new_server(limits=Limits(seconds=None, memory=MEMORY))
    reply, most = peak(server, script)
    assert reply.startswith(b"-ERR not enough memory for a reply of more than 65536 elements")
    assert most < MEMORY


def test_long_lists_of_short_items_are_read_where_the_limit_can_end_it(new_server: NewServer) -> None:
    limits = Limits(seconds=None, memory=1 << 22)
    script = "return cjson.decode('[' .. ('1,'):rep(200000) .. '1]')[200001]"
    reply, most = peak(new_server(limits=limits), script)
    assert reply == b":1\r\n" or reply.startswith(b"-ERR memory limit of ")
    assert most < 10 * (1 << 22)


def test_a_capture_that_is_small_may_be_in_a_large_match(new_server: NewServer) -> None:
    client = new_server(limits=Limits(string_size=1 << 21)).connect()
    script = S + "return (('a' .. s):gsub('(a).*', ('%1'):rep(100)))"
    assert client.execute(b"EVAL", script.encode(), b"0") == b"a" * 100
