"""Every row of the error explainer is reached by a script whose error comes from the engine, and names the value."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from ferrous_vm.workbench.error_explanations import ROWS, sentence_of
from pyodide_bridge.bridge import Bridge, to_json

LIBRARY = "#!lua name=l\n"


class Case(NamedTuple):
    """A call that fails, and words its explanation must hold."""

    script: str
    words: tuple[str, ...] = ()
    fixture: str = ""
    mode: str = "EVAL"
    argv: tuple[str, ...] = ()
    function: str = "f"
    keys: tuple[str, ...] = ()
    cluster: int = 0
    node: int = 0


def function(body: str) -> str:
    return f"{LIBRARY}redis.register_function('f', function(keys, args) {body} end)"


CASES: dict[str, list[Case]] = {
    # clusters
    "cross-slot": [Case("return 1", ('"a" in slot 15,495, "b" in slot 3,300', "{user:1}"), keys=("a", "b"), cluster=3)],
    "moved": [Case("return 1", ("slot 15,495", "127.0.0.1:7002", "-c"), keys=("a",), cluster=3, node=1)],
    "non-local-key": [
        Case("redis.call('GET', 'b')", ('the key "b" in slot 3,300', "with GET", "in KEYS"), keys=("a",), cluster=3),
        Case("redis.call('MGET', 'a', 'b')", ('MGET names keys of several slots, "a" in slot 15,495',), cluster=3),
    ],
    "other-slot": [
        Case("#!lua\nredis.call('GET', 'other')", ('came to "other" in slot', "GET"), keys=("a",), cluster=3),
    ],
    "no-cluster": [Case("#!lua flags=no-cluster\nreturn 1", ("server alone",), cluster=3)],
    "one-database": [Case("redis.call('SELECT', 1)", ("database 0 only",), cluster=3)],
    # commands
    "wrong-type": [
        Case("return redis.call('LPUSH', 'k', 1)", ('"k" holds a string', "LPUSH"), "SET k v"),
        Case("return redis.pcall('INCR', 'k')", ('"k" holds a list', "LRANGE"), "RPUSH k v"),
        Case("redis.call('SINTER', 'a', 'k')", ('"k" holds a list', "argument 2"), "SADD a 1\nRPUSH k v"),
    ],
    "not-an-integer": [
        Case("redis.call('INCR', 'k')", ('"k" holds "abc"',), "SET k abc"),
        Case("redis.call('EXPIRE', 'k', ARGV[1])", ('argument 2, "soon" of EXPIRE',), "SET k 1", argv=("soon",)),
        Case("redis.call('LRANGE', 'k', 0, 'x')", ('argument 3, "x"',), "RPUSH k v"),
        Case("redis.call('LPOP', 'k', -1)", ('0 or more where argument 2, "-1"',), "RPUSH k v"),
        Case("redis.call('HINCRBY', 'h', 'f', 'x')", ('argument 3, "x" of HINCRBY',)),
        Case("redis.call('SET', 'k', 'x', 'EX', 'x')", ('argument 4, "x" of SET',)),
        Case("redis.call('SET', 'lock', 'owner-7', 'EX', 600.5)", ('argument 4, "600.5" of SET', "PEXPIRE")),
        Case("redis.call('GETEX', 'k', 'PX', ARGV[1])", ('argument 3, "soon"',), "SET k 1", argv=("soon",)),
        Case("redis.call('EXPIRE', 'k', ARGV[1])", ('argument 2', "quotation marks"), argv=('"\\"600\\""',)),
        Case("redis.call('EXPIRE', 'k', '15m')", ("Redis knows no units",)),
        Case("redis.call('EXPIRE', 'k', '')", ("It is empty",)),
        Case("redis.call('SETEX', 'k', 1e18, 'v')", ("string.format('%.0f', n)",)),
        Case("redis.call('BITFIELD', 'b', 'INCRBY', 'u8', 0, 'lots')", ('argument 5, "lots"',)),
        Case("redis.call('SSCAN', 's', 0, 'COUNT', 'many')", ('argument 4, "many"',), "SADD s a"),
        Case("redis.call('SPOP', 's', -1)", ('0 or more where argument 2, "-1"',)),
        Case("redis.call('SELECT', 2 ^ 40)", ("-2147483648 to 2147483647",)),
    ],
    "not-a-float": [
        Case("redis.call('ZADD', 'z', 'x', 'm')", ('argument 2, "x"',)),
        Case("redis.call('ZADD', 'z', 1, 'a', 'ten', 'b')", ('argument 4, "ten"',)),
        Case("redis.call('INCRBYFLOAT', 'k', 'x')", ('argument 2, "x"',), "SET k 1"),
        Case("redis.call('ZUNIONSTORE', 'd', 1, 'z', 'WEIGHTS', 'two')", ('argument 5, "two"',)),
        Case("redis.call('HINCRBYFLOAT', 'h', 'f', 'x')", ('argument 3, "x"',)),
        Case("redis.call('INCRBYFLOAT', 'k', 1)", ('"k" holds "abc"',), "SET k abc"),
    ],
    "hash-field-no-number": [
        Case("redis.call('HINCRBY', 'h', 'f', 1)", ('field "f"', 'hash "h"'), "HSET h f x"),
        Case("redis.call('HINCRBYFLOAT', 'h', 'f', 1)", ('field "f"',), "HSET h f x"),
    ],
    "syntax-error": [
        Case("redis.call('SET', 'k', 'v', 'EXX', 10)", ('argument 3, "EXX", as an option', "SET key value", "EX?")),
        Case("redis.call('SET', 'k', 'v', 'EX')", ('A value must follow argument 3, "EX" of SET',)),
        Case("redis.call('SET', 'k', 'v', 'EX', 5, 'PX', 5)", ('Argument 5, "PX" of SET', "does not go with")),
        Case("redis.call('SPOP', 'k', 1, 2)", ('Argument 3, "2" of SPOP', "one too many")),
        Case("redis.call('LINSERT', 'k', 'BEHIND', 'a', 'b')", ('argument 2, "BEHIND", as one of a few words',)),
        Case("redis.call('ZADD', 'z', 1, 'a', 2)", ("ZADD does not understand",)),
        Case("redis.call('EXPIRE', 'k', 5, 'YY')", ('argument 3, "YY"',)),
        Case("redis.call('HSCAN', 'h', 0, 'NOVALUES')", ("Redis 7.4",), "HSET h f 1"),
        Case("redis.call('LMPOP', 2, 'a', 'LEFT')", ('argument 1, "2"', "number of keys")),
    ],
    "stream-id": [Case("redis.call('XADD', 's', 'soon', 'f', 1)", ('Argument 2, "soon" of XADD', "1526919030474-0"))],
    "refused-word": [
        Case("redis.call('GEOADD', 'g', 181, 5, 'm')", ('argument 2, "181", as a number', "invalid longitude")),
        Case("redis.call('GEODIST', 'g', 'a', 'b', 'yd')", ('argument 4, "yd", as a unit of length',)),
        Case("redis.call('BITOP', 'NOT', 'a', 'b', 'c')", ('argument 4, "c", as', "BITOP operation destkey")),
        Case("redis.call('LPOS', 'k', 'e', 'RANK', 0)", ('argument 4, "0"', "RANK can't be zero"), "RPUSH k e"),
    ],
    "unknown-command": [
        Case("redis.call('HGTE', 'k')", ('"HGTE"', "Did you mean HGET?")),
        Case("redis.call('HEXPIRE', 'h', 5, 'FIELDS', 1, 'f')", ("HEXPIRE came with Redis 7.4", "key of its own")),
        Case("redis.call('JSON.GET', 'k')", ("the module RedisJSON",)),
        Case("redis.call('SCRIPT', 'SHOW', 'k')", ("SCRIPT SHOW came with Valkey 8.0",)),
        Case("redis.call('SET k v')", ("the whole line", "redis.call('SET', …)")),
        Case("redis.call('OBJECT', 'ENCODNG', 'k')", ('OBJECT has no subcommand "ENCODNG"', "Did you mean ENCODING?")),
    ],
    "wrong-arity": [
        Case("redis.call('GET')", ("GET was given 0 arguments", "GET key")),
        Case("redis.call('HSET', 'h', 'f', 1, 'g')", ("HSET was given 4",)),
    ],
    "not-allowed": [
        Case("redis.call('BLPOP', 'k', 0)", ("BLPOP", "use LPOP")),
        Case("redis.call('WAIT', 1, 0)", ("WAIT",)),
    ],
    "read-only-script": [Case("redis.call('SET', 'k', 1)", ('SET "k" would write',), mode="EVAL_RO")],
    "no-such-key": [Case("redis.call('RENAME', 'k', 'l')", ('"k" does not exist',))],
    "index-out-of-range": [Case("redis.call('LSET', 'k', 5, 'v')", ("LLEN",), "RPUSH k v")],
    "bound-no-score": [Case("redis.call('ZRANGEBYSCORE', 'z', 'x', 5)", ('argument 2, "x"',))],
    "bound-no-text": [Case("redis.call('ZRANGEBYLEX', 'z', 'a', '+')", ('argument 2, "a"',))],
    "expire-time": [
        Case("redis.call('SET', 'k', 'v', 'EX', 0)", ('Argument 4, "0"',)),
        Case("redis.call('SETEX', 'k', 0, 'v')", ('Argument 2, "0"',)),
    ],
    "overflow": [
        Case("redis.call('INCR', 'k')", ("64 bits",), "SET k 9223372036854775807"),
        Case("redis.call('INCRBYFLOAT', 'k', 'inf')", ("1.8e308",), "SET k 1"),
    ],
    "database-index": [Case("redis.call('SELECT', 99)", ("0 to 15",))],
    "invalid-cursor": [Case("redis.call('SCAN', 'x')", ("Begin with 0",))],
    "numkeys": [
        Case("redis.call('ZUNIONSTORE', 'd', 0, 'a')", ("#KEYS",)),
        Case("redis.call('SINTERCARD', 0, 'a')", ()),
    ],
    "blocking-read": [Case("redis.call('XREAD', 'BLOCK', 0, 'STREAMS', 's', '$')", ("BLOCK", "XREAD"))],
    "group-exists": [Case("redis.call('XGROUP', 'CREATE', 's', 'g', '$')", (), "XGROUP CREATE s g $ MKSTREAM")],
    "no-group": [
        Case("redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>')", ("MKSTREAM",), "XADD s * a 1"),
    ],
    "xadd-id": [Case("redis.call('XADD', 's', '1-1', 'a', 1)", ('argument 2, "1-1"',), "XADD s 5-5 a 1")],
    "stored-text-too-long": [Case("redis.call('SETRANGE', 'k', 536870912, 'v')", ('Argument 2, "536870912"',))],
    "options-exclude": [Case("redis.call('ZADD', 'z', 'NX', 'XX', 1, 'm')", ("NX", "XX"))],
    "bit-value": [Case("redis.call('SETBIT', 'k', 0, 2)", ("0 or 1",))],
    "same-object": [Case("redis.call('COPY', 'k', 'k')", (), "SET k v")],
    "out-of-memory": [Case("redis.call('SET', 'k', 'v')", ("allow-oom",), "SET k v\nCONFIG SET maxmemory 1")],
    # scripting
    "absent-global": [
        Case("local total = 1 return totl", ("totl", "Did you mean total?")),
        Case("print('x')", ("redis.log",)),
        Case("return #pack(unpack(ARGV, 2))", ("{unpack(ARGV, 2)}",)),
        Case("return server.call('GET', 'k')", ("Valkey's name for redis",)),
        Case("return redis.call(GET, 'k')", ("redis.call('GET', …)",)),
        Case(function("return KEYS[1]"), ("function(keys, args)",), mode="FCALL"),
        Case(f"{LIBRARY}redis.call('GET', 'k')", ("no call yet",), mode="FCALL"),
    ],
    "readonly-table": [
        Case("count = 1", ("(count)", "local")),
        Case("function f() end", ("(f)",)),
        Case("function table.pick(t, i)\n  return t[i]\nend", ("(table.pick)", "local function pick(…)")),
        Case("local function first(t) return t[1] end function table.one(t) return first(t) end", ("table.one",)),
        Case("local t = {} t.x, count = 1, 2", ("(count)",)),
        Case("rawset(redis, 'x', 1)", ("perhaps by a library function",)),
    ],
    "bad-argument-type": [
        Case("redis.call('SET', 'k', ARGV[2])", ('argument 2 of "SET" is nil', "ARGV[2]", "only 1"), argv=("a",)),
        Case("redis.call('SET', 'k', {})", ("a table", "unpack")),
        Case("return redis:call('GET', 'k')", ("The colon", "Write a dot")),
        Case("redis.call('SET', 'k', true)", ("a boolean", "1 or 0")),
        Case("return redis.pcall('SET', nil, 'v')", ("argument 1", "nil")),
    ],
    "no-command": [Case("redis.call()", ("GET",))],
    "write-script-read-only": [Case("#!lua\nreturn 1", ("no-writes",), mode="EVAL_RO")],
    "library-in-eval": [Case(function("return 1"), ("FCALL", "library l"))],
    "shebang": [Case("#!lua flags=no-write\nreturn 1", ("no-write", "allow-oom")), Case("#!luau\nreturn 1")],
    "time-limit": [Case("while true do end", ("time limit",), "CONFIG SET busy-reply-threshold 50")],
    "log-arguments": [
        Case("redis.log('hello')", ("LOG_NOTICE",)),
        Case("redis.log(9, 'x')"),
        Case("redis.log('a', 'b')"),
    ],
    "resp-version": [Case("redis.setresp(4)", ("2 or 3",)), Case("redis.setresp()")],
    "reply-helper": [Case("return redis.error_reply({})", ("one string",))],
    "library-metadata": [
        Case("return 1", ("#!lua name=mylib",), mode="FCALL"),
        Case("#!lua name=a-b\nreturn 1", mode="FCALL"),
        Case("#!lua\nreturn 1", mode="FCALL"),
    ],
    "no-functions": [Case(f"{LIBRARY}local x = 1", ("register_function",), mode="FCALL")],
    "function-not-found": [Case(function("return 1"), mode="FCALL", function="g")],
    "function-exists": [Case(f"{function('')}\nredis.register_function('f', function() end)", mode="FCALL")],
    "register-arguments": [
        Case(f"{LIBRARY}redis.register_function('f')", ("redis.register_function('name'",), mode="FCALL"),
        Case(f"{LIBRARY}redis.register_function(1, 2, 3)", mode="FCALL"),
        Case(f"{LIBRARY}redis.register_function{{function_name = 'f'}}", mode="FCALL"),
    ],
    # the language
    "index-nothing": [
        Case(
            "for _, e in ipairs(redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '0')[1][2]) do\n"
            "redis.call('PING', e[2][2]) end",
            ("XREADGROUP on line 1 answered an entry that was deleted", '{"1-1", false}', "XACK"),
            "XADD s 1-1 f v\nXGROUP CREATE s g 0\nXREADGROUP GROUP g c STREAMS s >\nXDEL s 1-1",
        ),
        Case("local user return user.name", ("local user", "nil")),
        Case("local user = redis.call('GET', 'k')\nreturn user.name", ("boolean", 'GET k on line 1 answered no value')),
        Case("return ARGV[3].x", ("ARGV[3] is nil: the call passes only 1 ARGV.",), argv=("a",)),
    ],
    "call-nothing": [
        Case("redis.cal('GET', 'k')", ("the field cal", "nil")),
        Case("redis.register_function('f', function() end)", ("FUNCTION LOAD", "FCALL")),
        Case("return table.unpack(KEYS)", ("later Lua", "unpack(...) is a global function")),
        Case("return ('x'):foo()", ("method foo", "s:sub")),
        Case("local x = 'a' return x(1)", ("a string",)),
    ],
    "arithmetic": [
        Case("return ARGV[1] + 1", ("the call passes no ARGV",)),
        Case("return ARGV[1] + 1", ("string", 'ARGV[1] is "ten"'), argv=("ten",)),
        Case("return redis.call('GET', 'k') + 1", ("boolean", 'GET k on line 1')),
        Case("return redis.call('LRANGE', 'k', 0, -1) + 1", ("table", "t[1]")),
    ],
    "concatenate": [
        Case("local name return 'user:' .. name", ("local name", "nil")),
        Case("return 'x' .. {}", ("table.concat",)),
    ],
    "compare": [
        Case("return redis.call('GET', 'k') > 5", ("a string", "a number", "tonumber"), "SET k 10"),
        Case("return ARGV[1] > 5", ("nil", "ARGV[1] is nil")),
        Case("return redis.call('GET', 'k') > 5", ("a boolean", "no value")),
        Case("return {} < {}", ("a table",)),
    ],
    "length": [Case("local t return #t", ("local t", "nil"))],
    "bad-argument": [
        Case("return math.floor('x')", ("Argument 1 of floor", "a number")),
        Case("return string.rep('x', nil)", ("Argument 2 of rep", "nil")),
        Case("return unpack(ARGV[1])", ("Argument 1 of unpack", "a table"), argv=("a",)),
    ],
    "stack-overflow": [Case("local function f() return 1 + f() end return f()", ("without an end",))],
    "unpack-too-much": [Case("local t = {} for i = 1, 9000 do t[i] = i end return {unpack(t)}", ("i + 999",))],
    "concat-element": [Case("return table.concat({1, {}})", ("Element 2", "table"))],
    "table-index": [Case("local t = {} t[ARGV[1]] = 1", ("nil",)), Case("local t = {} t[0/0] = 1", ("NaN",))],
    "for-bounds": [Case("for i = 1, redis.call('LRANGE', 'k', 0, 1) do end", ("limit", "tonumber"))],
    "assertion": [Case("assert(redis.call('GET', 'k'))", ("pcall",))],
    "json-decode": [Case("cjson.decode('{\"a\":}')", ("character 6", "JSON")), Case("cjson.decode('')")],
    "json-sparse": [Case("return cjson.encode({[1] = 1, [1000] = 1})", ("tostring",))],
    "json-type": [
        Case("return cjson.encode({redis.call})", ("function",)),
        Case("return cjson.encode(1/0)", ("number",)),
    ],
    "msgpack": [Case("return cmsgpack.unpack('\\219')", ("MessagePack",)), Case("return cmsgpack.unpack('\\193')")],
    "format-option": [Case("return string.format('%y', 1)", ("%y",))],
    "pattern": [Case("return string.find('a[b', '[')", ("true",)), Case("return string.match('a', '(')")],
    "sort-function": [
        Case("local t = {} for i = 1, 60 do t[i] = i % 3 end table.sort(t, function(a, b) return true end)", ("<",))
    ],
    "coroutine": [Case("pcall(coroutine.yield)  local ok, e = pcall(coroutine.yield) error(e)", ())],
    "bad-argument-value": [
        Case("return tonumber('1', 99)", ("Argument 2 of tonumber", "base out of range")),
        Case("return struct.unpack('>I4', 'ab')", ("data string too short",)),
    ],
    "too-large": [Case("return string.rep('x', 2 ^ 30)", ("512 MB",))],
    "json-nesting": [Case("local t = {} t.t = t return cjson.encode(t)", ("contains itself",))],
    "argument-count": [Case("return redis.sha1hex()", ("too few arguments",))],
    "raised-by-the-script": [
        Case("redis.call('BITFIELD_RO', 'a', 'SET', 'u8', 0, 1)", ("BITFIELD_RO refused", "BITFIELD_RO key")),
        Case("error('no such user')", ("error(…)",)),
        Case("return {err = 'MYERR what'}"),
        Case("assert(nil, 'msg')"),
        Case("return {err = ''}"),
    ],
    # the compiler
    "unexpected-symbol": [
        Case("return 1 +", ("end of the script",)),
        Case("local x = = 1"),
        Case("return 5 // 2", ("math.floor(5 / 2)",)),
        Case("\n#!lua flags=no-writes\nreturn 1", ("must be the very first bytes", "a line break")),
        Case("\ufeffreturn 1", ("byte order mark",)),
        Case("return redis.call(\u2018GET\u2019, 'k')", ("word processors", "redis.call('GET', 'k')")),
        Case("local x = !true", ("Lua writes not",)),
        Case("local x = end", ("word of Lua's own",)),
    ],
    "no-statement": [
        Case("retrun 1", ("Did you mean return?", "It would read: return 1")),
        Case("let x = 1", ("Lua writes local",)),
        Case("for i = 1, 9 do if i == 2 then continue end f(i) end", ("no continue", "if not (i == 2) then f(i) end")),
        Case("local i = 0\ni++", ("i = i + 1",)),
        Case("local x = 1\nx += 1", ("x = x + 1",)),
        Case("goto done", ("Lua 5.2",)),
    ],
    "missing-end": [
        Case("if true then\nreturn 1\n", ("The if of line 1 has no end", "end of the script")),
        Case("if true then", ("end",)),
        Case("repeat x()", ("until",)),
    ],
    "missing-bracket": [
        Case("return redis.call('GET', 'k'", (") was expected",)),
        Case("local t = {1, 2\nreturn t", ("the { of line 1",)),
    ],
    "missing-then": [
        Case("if x != 1 then end", ("~=",)),
        Case("if x = 1 then end", ("==",)),
        Case("while true return 1 end", ("while … do",)),
    ],
    "bracket-expected": [
        Case("local function util.pick(t) end", ("local function util_pick(t) end",)),
        Case("local f = function\nreturn f", ("( was expected at return", "brackets")),
    ],
    "comma-expected": [Case("for i = 1 do end", ("A comma was expected at do",))],
    "loop-head": [Case("for key KEYS do return key end", ("neither = nor in", "for _, key in ipairs(KEYS) do"))],
    "parameter": [
        Case("local function add(a, b,) return a + b end", ("A parameter was expected at )", "No comma", "add(a, b)")),
    ],
    "no-variable": [Case("(1) = 2", ("before =", "no variable"))],
    "unreadable": [Case("return \x00 1", ("NUL byte",))],
    "too-much": [Case("return 1 end", ("one end too many",)), Case("return 3 & 1", ("bit.band",))],
    "name-expected": [Case("local end = 1", ("word of Lua's own",)), Case("return t.end", ("t['end']",))],
    "unfinished-string": [Case("return 'abc", ("add the quote", "It would read: return 'abc'"))],
    "unfinished-long": [Case("return [[abc", ("long string",)), Case("--[[ abc", ("long comment",))],
    "break-outside": [Case("break", ("return",))],
    "malformed-number": [Case("return 3x", ("3x",))],
    "ambiguous-call": [Case("local a = f\n(g).x = 1", ("semicolon",))],
    "arguments-expected": [Case("return s:len", ("obj:method",))],
    "vararg-outside": [Case("local function f() return ... end", ("ARGV",))],
    "too-many": [Case("".join(f"local v{i} = {i}\n" for i in range(201)), ("200", "local variables"))],
    "too-large-function": [Case("return " + "(" * 300, ("200 levels",))],
    "escape": [Case("return '\\300'", ("255",))],
}  # fmt: skip


def explained(case: Case) -> dict[str, Any]:
    request = {
        "type": "Run",
        "script": case.script,
        "keys": list(case.keys),
        "argv": list(case.argv),
        "fixture": case.fixture,
        "mode": case.mode,
        "function": case.function,
        "cluster": case.cluster,
        "node": case.node,
    }
    answer: dict[str, Any] = json.loads(to_json(Bridge().answer(json.dumps(request))))
    return answer


def test_every_row_has_a_case() -> None:
    assert CASES.keys() == ROWS.keys()
    assert len(ROWS) >= 50


@pytest.mark.parametrize(
    ("name", "case"),
    [
        pytest.param(name, case, marks=[pytest.mark.host] if name == "time-limit" else [])  # nobody stops it there
        for name, cases in CASES.items()
        for case in cases
    ],
    ids=lambda value: str(value)[:60],
)
def test_rows_are_reached_by_errors_of_the_engine(name: str, case: Case) -> None:
    ran = explained(case)
    assert ran["outcome"] == "error", ran["reply"]
    told = ran["explanation"]
    assert told["name"] == name, ran["problem"]["message"]
    text = f"{told['what']} {told['advice']}"
    assert [word for word in case.words if word not in text] == [], text


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("ERR user_script:3: boom script: 82903a0434f1503e152f89c03c9acd881a0e8150, on @user_script:3.", "boom"),
        ("WRONGTYPE Operation against a key script: 82903a, on @user_script:1.", "WRONGTYPE Operation against a key"),
        (
            "ERR Error compiling script (new function): user_script:1: unexpected symbol near '='",
            "unexpected symbol near '='",
        ),
        ("ERR Error registering functions: @user_function:2: boom", "boom"),
        ("MYERR hi", "MYERR hi"),
    ],
)
def test_the_sentence_within_an_error_reply(message: str, sentence: str) -> None:
    assert sentence_of(message) == sentence


def test_a_run_without_an_error_explains_nothing() -> None:
    assert explained(Case("return 1"))["explanation"] is None
