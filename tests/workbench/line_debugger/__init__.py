"""Dialogues with Redis's line debugger: what is typed, and what redis-server 7.0.15 answered (recorded.json)."""

from __future__ import annotations

from typing import Final, NamedTuple


class Dialogue(NamedTuple):
    """A session: the commands before it, the script, KEYS and ARGV, and what is typed."""

    script: str
    typed: tuple[str, ...]
    keys: tuple[str, ...] = ("k",)
    argv: tuple[str, ...] = ("v",)
    before: tuple[str, ...] = ()
    mode: str = "YES"


PLAIN = """local a = 1
local t = {1,'x',{b=2}}
local r = redis.call('SET',KEYS[1],ARGV[1])
for i=1,2 do
  a = a + i
end
return {a,redis.call('GET',KEYS[1])}"""

FUNCTIONS = """local function twice(x)
  local y = x * 2
  return y
end
local function quad(x)
  local z = twice(x)
  return twice(z)
end
local n = quad(3)

-- the end
return n"""

VALUES = """local n, s, b, z = 1.5, 'a\\n"', true, nil
local big = 12345678901
local list = {1, 2, 3}
local map = {a = 1}
local mixed = {1, a = 2}
local deep = {{{{{{{{{{{{1}}}}}}}}}}}}
local holes = {1, nil, 3}
local long = string.rep('x', 300)
return 1"""

DIALOGUES: Final[dict[str, Dialogue]] = {
    "stepping": Dialogue(PLAIN, ("s", "step", "n", "next", "s", "s", "s", "s", "s")),
    "continuing": Dialogue(PLAIN, ("b 5", "c", "p a", "c", "p", "b", "b -5", "c")),
    "the commands of a step are told, those on the way to a breakpoint are not": Dialogue(
        "redis.call('SET', 'k', 1)\nredis.call('INCR', 'k')\nredis.pcall('LPUSH', 'k', 1)\n"
        "redis.call('HSET', 'h', 'f', 'v')\nlocal all = redis.call('HGETALL', 'h')\nreturn redis.call('GET', 'nokey')",
        ("s", "s", "s", "b 6", "c", "s"),
    ),
    "listing": Dialogue(
        PLAIN, ("l", "list 3", "list 3 1", "l 0", "w", "whole", "l 99", "l x", "s", "l 1 0", "b 1", "l 1 1")
    ),
    "breakpoints": Dialogue(
        PLAIN, ("b", "b 5", "b 5 3", "b", "b 99", "b x", "b -99", "b -3", "b 0", "b", "break 2", "c", "break -2", "c")
    ),
    "printing": Dialogue(
        VALUES, ("p", "b 9", "c", "p", "p n", "p deep", "p KEYS", "p ARGV", "p nosuch", "print s", "p a b")
    ),
    "functions": Dialogue(
        FUNCTIONS, ("b 2", "c", "t", "p", "p x", "p z", "trace", "c", "t", "p z", "s", "s", "s", "s", "s")
    ),
    "evaluating": Dialogue(
        PLAIN,
        (
            "e 1+1",
            "eval KEYS[1]",
            "e return 7",
            "e x=",
            "e a",
            "e nil",
            "e {1,2,{3}}",
            "e redis.call('GET','k')",
            "e",
            "e 1 +",
            "e error('x')",
        ),
    ),
    "commands": Dialogue(
        PLAIN,
        (
            "r GET k",
            "redis PING",
            "r",
            "redis",
            "r NOSUCH",
            "r GET",
            "r LRANGE l 0 -1",
            "r LRANGE k 0 -1",
            "r TIME x",
            "r HGETALL h",
        ),
        before=("RPUSH l a b", "SET k 1", "HSET h f v"),
    ),
    "lengths": Dialogue(
        VALUES,
        ("m", "b 9", "c", "p long", "m 100", "p long", "m 10", "m 0", "p long", "maxlen x", "m 1 2"),
    ),
    "help": Dialogue(PLAIN, ("h", "HELP", "?", "nosuch", "quit", "s x y", "S")),
    "abort": Dialogue(PLAIN, ("b 5", "c", "a")),
    "an error": Dialogue("local t = nil\nreturn t.x", ("s", "s")),
    "an error of a command": Dialogue("redis.call('SET', 'k', 'v')\nreturn redis.call('LPUSH', 'k', 1)", ("s", "s")),
    "redis.debug and redis.breakpoint": Dialogue(
        "redis.debug('a', 1, {2})\nlocal was = redis.breakpoint()\nlocal x = 2\nredis.debug(x)\nreturn was",
        ("s", "c", "p", "c"),
    ),
    "one line": Dialogue("return 1", ("s",)),
    "a syntax error": Dialogue("return =", ()),
    "loops on one line": Dialogue("local s = 0 for i = 1, 3 do s = s + i end\nreturn s", ("s", "s", "s", "s", "s")),
    "a comparator on one line": Dialogue(
        "local t = {3, 1, 2}\ntable.sort(t, function(a, b) return a < b end)\nreturn t",
        ("b 2", "c", "c", "c", "c", "c", "c"),
    ),
    "what is evaluated shows and stops": Dialogue(
        FUNCTIONS,
        (
            "e redis.debug(1, {2})",
            "e redis.breakpoint() redis.debug(3) error(4)",
            "c",
            "b 3",
            "e redis.breakpoint()",
            "s",
        ),
    ),
    "the header of a script": Dialogue(
        "#!lua\nlocal a = 1\nreturn a\n\r\n\n", ("w", "b 1", "l 1", "b 2", "c", "b 3", "c")
    ),
    "numbers": Dialogue(
        PLAIN,
        (
            "b 03",
            "b -0",
            "b +3",
            "b 4294967299",
            "b -4294967299",
            "l 99999999999999999999",
            "l +3 1",
            "l 03x 0",
            "m 70",
        ),
    ),
    "commands in the protocol of the script": Dialogue(
        "redis.setresp(3)\nlocal a = 1\nreturn a",
        ("r HGETALL h", "s", "r HGETALL h", "r SMEMBERS h"),
        before=("HSET h f v",),
    ),
    "numbers of lengths": Dialogue(
        VALUES,
        ("m 99999999999999999999", "m 4294967296", "m 4294967396", "m -5", "m +70", "m 0x10", "b 9", "c", "p long"),
    ),
    "a word of no bytes": Dialogue(PLAIN, ("b 5", "c", "b  3")),
    "a word that is too long": Dialogue(PLAIN, ("s", "e '" + "x" * 1022 + "'")),
    "too many words": Dialogue(PLAIN, ("s", "b" + " 1" * 1024)),
    "a sync session": Dialogue(PLAIN, ("b 5", "c", "c", "c"), mode="SYNC"),
    "a sync session that is aborted": Dialogue(PLAIN, ("b 5", "c", "a"), mode="sync"),
}
