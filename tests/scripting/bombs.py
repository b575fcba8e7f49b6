"""Scripts that would take for ever, or all memory there is: what they take on both engines.

    python -m tests.scripting.bombs [--seconds N] [--megabytes N] [NAME ...]

The table is tried with short limits in test_bombs.py, where no time is asserted. Here times and memory are printed,
each bomb in a process of its own, whose address space ends far beyond the limit.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from typing import Final

from ferrous_vm.engines import ENGINES
from ferrous_vm.limits import Limits
from ferrous_vm.server import Client, Server

BOMBS: Final = {
    # patterns
    "find, nested repetitions": "return ('a'):rep(40):find(('a?'):rep(40) .. ('a'):rep(40) .. 'b')",
    "find, lazy ones": "return ('a'):rep(30000):find('.-.-.-.-b')",
    "find, back references": "return ('a'):rep(3000):find('(a*)(a*)(a*)%1%2%3b')",
    "find, balance": "return ('('):rep(50000):find('%b()')",
    "match, classes": "return ('a'):rep(30000):match('[^b]*[^b]*[^b]*b')",
    "gmatch": "for word in ('a'):rep(200000):gmatch('.-b') do end",
    # strings
    "rep": "while true do local s = ('x'):rep(1e7) end",
    "rep of a giant": "return ('x'):rep(1e9)",
    "rep, kept": "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1e6) end",
    "concatenation, doubled": "local s = 'x' while true do s = s .. s end",
    "concatenation, step by step": "local s = '' while true do s = s .. 'xxxxxxxxxx' end",
    "table.concat": "local s, t = ('x'):rep(1e6), {} for i = 1, 5000 do t[i] = s end return table.concat(t)",
    "gsub, a long text for each byte": "return (('x'):rep(40000):gsub('.', ('y'):rep(40000)))",
    "gsub, doubled": "local s = 'x' while true do s = s:gsub('x', 'xx') end",
    "gsub, quadratic": "return (('a'):rep(200000):gsub('a-b', ''))",
    "gsub, a function": "return (('x'):rep(1e6):gsub('.', function() while true do end end))",
    "format, doubled": "local s = 'x' while true do s = string.format('%s%s', s, s) end",
    "format, quoted": "local s = '\\0' while true do s = string.format('%q', s) end",
    "format, digits": "while true do local s = string.format('%99.99f', 1e300) end",
    "reverse": "local s = ('x'):rep(1e7) while true do s = s:reverse() end",
    # tables
    "sort": (
        "local t = {} for i = 1, 1e5 do t[i] = (i * 7919) % 100003 end "
        "while true do table.sort(t) table.sort(t, function(a, b) return a > b end) end"
    ),
    "sort, a comparison": "table.sort({3, 2, 1}, function() while true do end end)",
    "insert": "local t = {} while true do table.insert(t, 1, #t) end",
    "unpack": "while true do local t = {unpack({}, 1, 7000)} end",
    "pairs": "local t = {} for i = 1, 1e5 do t[i] = i end while true do for key in pairs(t) do end end",
    "fields": "local t = {} for i = 1, 1e9 do t['field' .. i] = {} end",
    # loaders
    "load, a reader": "load(function() return 'x = 1 ' end)",
    "loadstring": "while true do loadstring(('local a = 1 '):rep(190)) end",
    "loadstring, a long text": "return loadstring(('local a = f(1, 2) '):rep(2e5))",
    "loadstring, constants": "return loadstring('return {' .. ('1.5, '):rep(2e6) .. '}')",
    # functions and coroutines
    "coroutines": "local t = {} while true do t[#t + 1] = coroutine.wrap(function() coroutine.yield() end) t[#t]() end",
    "coroutines in each other": "local function f() return coroutine.wrap(f)() end while true do pcall(f) end",
    "resume": "local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do f() end",
    "closures": "local f = function() end while true do local g = f f = function() return g end end",
    "recursion": "local function f() return f() + 1 end while true do pcall(f) end",
    "tail calls": "local function f() return f() end return f()",
    "arguments": "local function f(...) return f(1, ...) end while true do pcall(f) end",
    # metamethods and handlers
    "__index": (
        "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) "
        "while true do pcall(function() return t[1] end) end"
    ),
    "__newindex": (
        "local t = setmetatable({}, {__newindex = function(t, k) t[k + 1] = k end}) "
        "while true do pcall(function() t[1] = 1 end) end"
    ),
    "__index, in a circle": (
        "local a, b = {}, {} setmetatable(a, {__index = b}) setmetatable(b, {__index = a}) "
        "while true do pcall(function() return a.x end) end"
    ),
    "__lt": "local m = {__lt = function() while true do end end} return setmetatable({}, m) < setmetatable({}, m)",
    "__concat": "local m = setmetatable({}, {__concat = function(a) return a end}) while true do m = m .. 'x' end",
    "__tostring": "return tostring(setmetatable({}, {__tostring = function() while true do end end}))",
    "a handler": "xpcall(function() error('x') end, function() while true do end end)",
    "a handler that fails": "local function handler() error('x') end while true do xpcall(error, handler) end",
    "pcall in pcall": "local function f() return pcall(f) end while true do f() end",
    "errors": "while true do pcall(error, {('x'):rep(1e5)}) end",
    # the libraries of Redis
    "cjson.encode": "local t = {} for i = 1, 40 do t = {t, t} end return cjson.encode(t)",
    "cjson.encode, escapes": "return cjson.encode(('\\1'):rep(1e8))",
    "cjson.decode": "local s = '[' .. ('1,'):rep(1e5) .. '1]' while true do cjson.decode(s) end",
    "cjson.decode, many": "return #cjson.decode('[' .. ('[],'):rep(1e7) .. '1]')",
    "cmsgpack.pack": "local t = {} for i = 1, 15 do t = {t, t} end while true do cmsgpack.pack(t) end",
    "cmsgpack.unpack": "local s = cmsgpack.pack({1, {2, 'a'}}) while true do cmsgpack.unpack(s) end",
    "struct": (
        "local s, t = ('x'):rep(1e6), {} for i = 1, 5000 do t[i] = s end return struct.pack(('s'):rep(5000), unpack(t))"
    ),
    "sha1hex": "local s = ('x'):rep(1e7) while true do redis.sha1hex(s) end",
    "log": "while true do redis.log(redis.LOG_WARNING, ('x'):rep(1e5)) end",
    # replies
    "a reply in itself": "local t = {} t[1] = t t[2] = t return t",
    "a reply of giants": "local s, t = ('x'):rep(1e6), {} for i = 1, 1e5 do t[i] = s end return t",
    # commands
    "SORT": (
        "local t = {} for i = 1, 50 do t[2 * i - 1], t[2 * i] = 'GET', 'k*' end "
        "while true do redis.call('SORT', 'l', 'STORE', 'd', unpack(t)) end"
    ),
    "SORT, BY": "while true do redis.call('SORT', 'l', 'BY', 'k*', 'STORE', 'd') end",
    "LCS": "redis.call('SETRANGE', 'a', 8000, 'x') while true do redis.call('LCS', 'a', 'a', 'LEN') end",
    "SETRANGE": "for i = 1, 1e9 do redis.call('SETRANGE', 'k' .. i, 1e6, 'x') end",
    "APPEND": "redis.call('SET', 'a', 'x') while true do redis.call('APPEND', 'a', redis.call('GET', 'a')) end",
    "BITOP": (
        "redis.call('SETRANGE', 'a', 3e6, 'x') local t = {} for i = 1, 5000 do t[i] = 'a' end "
        "while true do redis.call('BITOP', 'XOR', 'd', unpack(t)) end"
    ),
    "BITCOUNT": (
        "redis.call('SETRANGE', 'a', 3e6, 'x') "
        "while true do redis.call('BITCOUNT', 'a') redis.call('BITPOS', 'a', 1) end"
    ),
    "PFMERGE": (
        "redis.call('PFADD', 'p', 1) local t = {} for i = 1, 5000 do t[i] = 'p' end "
        "while true do redis.call('PFMERGE', 'merged', unpack(t)) end"
    ),
    "PFCOUNT": (
        "redis.call('PFADD', 'p', 1) local t = {} for i = 1, 5000 do t[i] = 'p' end "
        "while true do redis.call('PFCOUNT', unpack(t)) end"
    ),
    "ZUNIONSTORE": (
        "local t = {} for i = 1, 7000 do t[i] = 'z' end while true do redis.call('ZUNIONSTORE', 'd', #t, unpack(t)) end"
    ),
    "ZINTERSTORE": (
        "local t = {} for i = 1, 7000 do t[i] = 'z' end while true do redis.call('ZINTERSTORE', 'd', #t, unpack(t)) end"
    ),
    "ZRANGESTORE": "while true do redis.call('ZRANGESTORE', 'd', 'z', 0, -1) end",
    "GEOSEARCHSTORE": (
        "while true do redis.call('GEOSEARCHSTORE', 'd', 'g', 'FROMLONLAT', 0, 0, 'BYRADIUS', 1e5, 'km') end"
    ),
    "SUNIONSTORE": (
        "local t = {} for i = 1, 7000 do t[i] = 's' end while true do redis.call('SUNIONSTORE', 'd', unpack(t)) end"
    ),
    "SDIFF": "local t = {'s'} for i = 2, 7000 do t[i] = 's' .. i end while true do redis.call('SDIFF', unpack(t)) end",
    "LREM": "while true do redis.call('LREM', 'l', 0, 'none') redis.call('LPOS', 'l', 'none') end",
    "LINSERT": "while true do redis.call('LINSERT', 'l', 'BEFORE', 'none', 'x') end",
    "XADD": (
        "local t = {} for i = 1, 6000 do t[i] = 'field' .. i end "
        "while true do redis.call('XADD', 'x', '*', unpack(t)) end"
    ),
    "XREAD": (
        "local t = {} for i = 1, 3000 do t[i], t[i + 3000] = 'x', '0' end redis.call('XADD', 'x', '*', 'f', "
        "('x'):rep(1e6)) while true do redis.call('XREAD', 'STREAMS', unpack(t)) end"
    ),
    "COPY": "for i = 1, 1e9 do redis.call('COPY', 'z', 'copy' .. i) end",
    "RESTORE": "local s = redis.call('DUMP', 'z') for i = 1, 1e9 do redis.call('RESTORE', 'copy' .. i, 0, s) end",
    "MGET": (
        "redis.call('SETRANGE', 'a', 1e6, 'x') local t = {} for i = 1, 5000 do t[i] = 'a' end return "
        "redis.call('MGET', unpack(t))"
    ),
    "HRANDFIELD": "redis.call('HSET', 'h', 'f', 'v') return redis.call('HRANDFIELD', 'h', -1e9)",
    "KEYS": "redis.call('SET', ('a'):rep(1e6), 1) while true do redis.call('KEYS', ('*a'):rep(2000) .. 'b') end",
    "SCAN": "while true do redis.call('SSCAN', 's', 0, 'COUNT', 1e6) end",
    "PUBLISH": "while true do redis.call('PUBLISH', 'c', ('x'):rep(1e5)) end",
    "JSON of a reply": "while true do cjson.encode(redis.call('LRANGE', 'l', 0, -1)) end",
}
"""By name: a script that nothing but a limit ends."""

FILLED: Final = b"""
for i = 1, 10000 do
  redis.call('RPUSH', 'l', i)
  redis.call('SADD', 's', i)
  redis.call('ZADD', 'z', i, i)
  redis.call('GEOADD', 'g', i % 360 - 180, i % 80, i)
end
"""
"""What they find."""

ENDED: Final = re.compile(
    rb"-ERR (Script killed by Ferrous: time limit of|memory limit of|string of \d+ bytes exceeds the limit"
    rb"|not enough memory for a reply of more than|Insufficient memory|string exceeds maximum allowed size)"
)
"""What is said of one."""


MEMORY: Final = {"translator": 2, "machine": 3}
"""How many times the limit the process may take, which is Lua's own on the machine."""


def filled(engine: str, limits: Limits) -> Client:
    """A connection to a server with the keys, whose scripts have these limits. A full log is among what it has."""
    client = Server(engine, limits=limits).connect()
    client.execute(b"CONFIG", b"SET", b"busy-reply-threshold", b"600000")
    client.execute(b"EVAL", FILLED, b"0")
    client.execute(b"CONFIG", b"SET", b"busy-reply-threshold", b"%d" % ((limits.seconds or 0) * 1000))
    return client


def measure(engine: str, name: str, limits: Limits) -> None:
    """Prints what one takes, in a process of its own."""
    import resource

    if os.fork():
        os.wait()
        return
    client = filled(engine, limits)
    assert limits.memory is not None
    resource.setrlimit(resource.RLIMIT_AS, (8 * limits.memory, 8 * limits.memory))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, work = time.perf_counter(), time.process_time()
    reply = client.execute_resp(b"EVAL", BOMBS[name].encode(), b"0")
    took, worked = time.perf_counter() - start, time.process_time() - work
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    start = time.perf_counter()
    well = client.execute_resp(b"EVAL", b"return redis.call('INCR', 'well')", b"0") == b":1\r\n"
    most = MEMORY[engine] * limits.memory
    late = worked > 2 * (limits.seconds or 0) or memory > most or time.perf_counter() - start > 1
    mark = "" if ENDED.match(reply) and well and not late else "  <<<"
    print(f"{engine:10} {name:34} {worked:5.1f} s ({took:5.1f})  {memory >> 20:5} MB  {reply[:60]!r}{mark}", flush=True)
    os._exit(0)


def main() -> None:
    """Measures those that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--megabytes", type=int, default=512)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    limits = Limits(seconds=options.seconds, memory=options.megabytes << 20)
    for name in options.names or BOMBS:
        for engine in ENGINES:
            measure(engine, name, limits)


if __name__ == "__main__":
    sys.exit(main())
