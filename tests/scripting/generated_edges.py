"""Scripts at the edges of what Redis gives them: errors in every place, its libraries with odd arguments, the sandbox.

An error that is a table without a text would crash the server (COMPATIBILITY.md, `crash`), so none is raised.
"""

from __future__ import annotations

from random import Random

from tests.oracle import edges
from tests.oracle.templates import Pool, filled


def _without(pool: str, *texts: str) -> tuple[str, ...]:
    return tuple(text for text in edges.POOLS[pool] if text not in texts)  # type: ignore[union-attr]


POOLS: dict[str, Pool] = edges.POOLS | {
    "other": ("nil", "true", "false", "redis.call", "cjson.null", "coroutine.create(redis.call)"),
    "failing": _without("failing", "{<prefix>.a.b}"),
    "statement": (*_without("statement", "error(<failing>)"), "<sandbox>", "<sandbox>", "return <api>", "z = <api>"),
    "sandbox": (
        "x = 1", "return x", "return _G.x", "_G.x = 1", "_G['x'] = nil", "return rawget(_G, 'x')", "rawset(_G, 'x', 1)",
        "rawset(_G, 'print', 1)", "setmetatable(_G, {})", "return getmetatable(_G)", "return next(_G)",
        "<library>.x = 1",
        "return <library>.x", "return <library>.x.y", "<library>.<member> = nil", "rawset(<library>, 'x', 1)",
        "table.insert(<library>, 1)", "table.sort(<library>)", "table.remove(<library>)", "setmetatable(<library>, {})",
        "return getmetatable(<library>)", "return type(getmetatable('').__index)", "getmetatable('').__index = nil",
        "getmetatable('').__add = print", "setmetatable(getmetatable(''), nil)", "function f() end",
        "function string.f() end",
        "KEYS = 1", "KEYS[1] = 2 return KEYS", "ARGV.x = <string> return ARGV", "KEYS = nil", "return KEYS[9]",
        "return #ARGV",
        "return type(<removed>)", "return <removed>", "<removed> = 1", "<removed>('x')", "local print = 1 return print",
        "for k in pairs(<library>) do return k end", "return tostring(<library>.<member>)", "return (next(<library>))",
        "return rawequal(_G, _G._G)", "_G = nil", "_G._G = {}", "return select('#', unpack(KEYS))", "_VERSION = 1",
        "return _VERSION", "loadstring('x = 1')()", "return loadstring('return x')()", "return load(function() end)",
        "return loadstring('\\27Lua')", "return pcall(loadstring, nil)", "return string.dump(<value>)",
        "redis = nil", "redis.call = nil", "local redis = {} return redis.call('x')", "return redis.<member>",
        "return type(os.clock())", "return os.<member>", "math.random = nil", "return collectgarbage(<value>)",
        "string.format = nil return ('%d'):format(1)", "return __redis__err__handler", "__redis__err__handler = 1",
        "return table.concat({type(bit), type(struct), type(cjson), type(cmsgpack), type(os), type(math)}, ' ')",
    ),
    "library": ("string", "table", "math", "redis", "cjson", "cmsgpack", "struct", "bit", "os", "coroutine", "_G"),
    "member": ("call", "pcall", "sub", "x", "random", "encode", "null", "insert", "clock", "time", "REDIS_VERSION",
               "LOG_DEBUG",
               "REPL_ALL", "register_function", "setresp", "pack", "band", "sha1hex", "getenv", "replicate_commands",
               "create"),
    "removed": ("print", "dofile", "loadfile", "getfenv", "setfenv", "newproxy", "require", "module", "package", "io",
                "debug",
                "os.exit", "os.time", "gcinfo", "load", "loadstring", "collectgarbage", "string.gfind", "math.mod",
                "table.getn"),
    "api": ("<redis>", "<redis>", "<cjson>", "<cjson>", "<cmsgpack>", "<struct>", "<bit>", "<random>"),
    "argument": ("<value>", "<value>", "'s1'", "KEYS[1]", "1.5", "2^53", "-0", "{'x'}"),
    "redis": (
        "redis.call()", "redis.call(<value>)", "redis.pcall(<value>, <argument>)", "redis.call('get', <argument>)",
        "redis.call('set', 's1', <argument>)", "redis.call('rpush', 'l1', <argument>, <argument>)", "redis.call('get')",
        "redis.pcall('get', 's1', 's2')", "redis.call('lrange', 'l1', <argument>, -1)", "redis.call('incr', 's1')",
        "redis.pcall('nosuch', <argument>)", "redis.call('hset', 's1', 1, 2)", "redis.call('get', <value>)",
        "redis.call('eval', 'return 1', 0)", "redis.call('subscribe', 'x')", "redis.call('multi')",
        "redis.call('GeT', 's1')",
        "redis.error_reply(<value>)", "redis.error_reply('<reply>')", "redis.status_reply(<value>)",
        "redis.error_reply()",
        "redis.status_reply('<reply>')", "redis.sha1hex(<value>)", "redis.sha1hex()", "redis.log(<whole>, <value>)",
        "redis.log(redis.LOG_NOTICE)", "redis.setresp(<whole>)", "redis.setresp(3)", "redis.set_repl(<whole>)",
        "redis.replicate_commands()", "redis.breakpoint()", "redis.debug(<value>)", "redis.REDIS_VERSION_NUM",
        "redis.acl_check_cmd(<value>)", "redis.acl_check_cmd('get', 's1')", "redis.register_function(<value>, <value>)",
        "redis.call('set', 's1', 'v', 'EX', <number>)", "redis.call('expire', 's1', <number>)", "redis.call(redis)",
        "redis.call('getrange', 's1', <number>, <number>)", "redis.call('zadd', 'z1', <number>, 'm')",
        "redis.call('zscore', 'z1', 'm')", "redis.call('incrbyfloat', 's2', <number>)", "redis.call('echo', <number>)",
    ),
    "reply": ("", "-", "-ERR x", "ERR x", "My error", "-CODE with text", "a\\r\\nb", "a\\0b", "CODE", " lead", "--x",
              "OK"),
    "tree": ("<value>", "<number>", "<string>", "{}", "{1, 2, <value>}", "{a = <value>}", "{<tree>}",
             "{[<whole>] = <value>}",
             "{x = <tree>, [1] = <value>}", "{1, nil, <value>}", "{[10] = 1}", "{[1.5] = 1}", "{[true] = 1}",
             "{[3] = <tree>}",
             "setmetatable({1, 2}, {__index = print})", "cjson.decode('[]')", "cjson.decode('{}')", "{<tree>, <tree>}",
             "{[1] = 1, [2] = 2, [4] = 4}", "{[100] = <value>}", "'\\1\\31\\127\\128\\195\\169\"/\\\\'"),
    "json": ("null", "true", "nul", "1", "-1", "1.5e3", "01", "+1", ".5", "1.", "1e", "0x10", "nan", "NaN", "inf",
             "-Infinity",
             "-nan", "", " ", "[]", "{}", "[1,2]", "[1,]", "[,1]", "{\"a\":1}", "{\"a\":1,}", "{a:1}", "{\"a\" 1}",
             "[1 2]",
             "\"x\"", "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\x\"", "\"a\\nb\"", "\"", "[[[[]]]]",
             "[\"a\",null]",
             "{\"a\":null,\"a\":2}", "1 2", "[1]x", "tru", "\t[1]\n", "\"\x01\"", "'x'", "{\"1\":2}", "1e400", "-0",
             "12345678901234567890", "[" * 5, "{\"\":\"\"}", "\"\\/\\b\\f\"", "\"\xff\"", "\"a\x00b\"", "// c",
             "\"\\u12\"",
             "[1e5,1E+2,1e-2]", "{\"a\":{\"b\":[]}}", "]"),
    "text": lambda random: edges.repr_lua(random.choice(POOLS["json"])),  # type: ignore[arg-type]
    "cjson": (
        *("cjson.encode(<tree>)",) * 4, *("cjson.decode(<text>)",) * 4, "cjson.encode(cjson.decode(<text>))",
        "cjson.decode(cjson.encode(<tree>))", "cjson.encode(<value>, <value>)", "cjson.encode()",
        "cjson.decode(<value>)",
        "cjson.decode()", "cjson.encode_keep_buffer(<value>)", "cjson.encode_max_depth(<whole>)",
        "cjson.decode_max_depth(<whole>)", "cjson.encode_number_precision(<whole>)",
        "cjson.encode_invalid_numbers(<value>)",
        "cjson.decode_invalid_numbers(<value>)", "cjson.encode_sparse_array(<value>, <whole>, <whole>)", "cjson.new()",
        "cjson.decode(<text>) == cjson.null", "type(cjson.decode(<text>))", "tostring(cjson.null)", "cjson._NAME",
        "cjson._VERSION", "cjson.encode_sparse_array(true)", "cjson.encode_invalid_numbers('null')",
        "cjson.encode({<number>})",
    ),
    "bytes": ("'\\0'", "'\\127'", "'\\128'", "'\\192'", "'\\193'", "'\\194\\195'", "'\\202\\0\\0\\0\\0'", "'\\203'",
              "'\\204\\255'",
              "'\\205\\1'", "'\\207\\255\\255\\255\\255\\255\\255\\255\\255'", "'\\211\\128\\0\\0\\0\\0\\0\\0\\0'",
              "'\\217\\3abc'",
              "'\\160'", "'\\163ab'", "'\\145\\1'", "'\\146\\1'", "'\\129\\1\\2'", "'\\129\\1'", "'\\129\\192\\1'",
              "'\\220\\0\\1\\7'",
              "'\\222\\0\\1\\1\\2'", "'\\196\\1x'", "'\\199'", "'\\212\\1\\2'", "'\\221\\255\\255\\255\\255'",
              "'\\1\\2\\3'", "''",
              "'\\223\\0\\0\\0\\1\\161a\\1'", "'\\208\\255'", "'\\210\\255\\255\\255\\255'", "<string>"),
    "cmsgpack": (
        *("tohex(cmsgpack.pack(<tree>))", "cmsgpack.unpack(<bytes>)") * 3, "cmsgpack.unpack(cmsgpack.pack(<tree>))",
        "tohex(cmsgpack.pack(<tree>, <value>))", "cmsgpack.pack()", "cmsgpack.unpack(<value>)",
        "cmsgpack.unpack_one(<bytes>)",
        "cmsgpack.unpack_one(<bytes>, <whole>)", "cmsgpack.unpack_limit(<bytes>, <whole>)", "cmsgpack._VERSION",
        "cmsgpack.unpack_limit(<bytes>, <whole>, <whole>)", "cmsgpack.unpack_limit()", "tohex(cmsgpack.pack(<number>))",
        "cmsgpack.unpack(<bytes> .. <bytes>)", "cmsgpack.safe", "cmsgpack._DESCRIPTION",
    ),
    "letter": ("b", "B", "h", "H", "l", "L", "T", "i", "I", "i1", "I2", "i3", "i8", "i16", "i33", "i0", "f", "d", "s",
               "c", "c0",
               "c1", "c5", "x", ">", "<", "=", "!", "!4", "!3", "!0", " ", "z", "@", "5", "I4c0", "Bc0", "xx"),
    "shape": ("<letter>", "<letter><letter>", "<letter><letter><letter>", "<letter><letter><letter><letter>"),
    "struct": (
        *("tohex(struct.pack('<shape>', <value>, <value>, <value>))",) * 2, "struct.size('<shape>')",
        "struct.size(<value>)",
        "tohex(struct.pack('<shape>', <number>, <number>, <number>))", "struct.pack(<value>)",
        "struct.unpack(<value>, <value>)",
        "struct.unpack('<shape>', <bytes>)", "struct.unpack('<shape>', 'abcdefghijklmnopqrstuvwxyz\\0', <whole>)",
        "struct.unpack('<shape>', string.rep('\\255', 40), <small>)",
    ),
    "bit": (
        "bit.<logic>(<value>, <value>)", "bit.<logic>(<number>, <number>)", "bit.<logic>(<number>, <number>, <number>)",
        "bit.<shift>(<number>, <whole>)", "bit.bnot(<number>)", "bit.bswap(<number>)", "bit.tobit(<value>)",
        "bit.tobit(<number>)",
        "bit.tohex(<number>)", "bit.tohex(<number>, <whole>)", "bit.<logic>()",
    ),
    "logic": ("band", "bor", "bxor"),
    "shift": ("lshift", "rshift", "arshift", "rol", "ror"),
    "random": (
        "(function() math.randomseed(<number>) return {tostring(math.random()), math.random(10)} end)()",
        "(function() math.randomseed(<small>) return {pcall(math.random, <whole>)} end)()",
        "(function() math.randomseed(<small>) return {pcall(math.random, <number>, <number>)} end)()",
    ),
    "result": (
        "<value>", "{<value>, <value>}", "{err = <string>}", "{ok = <string>}", "{err = <value>}",
        "{ok = <value>, err = <value>}",
        "{double = <number>}", "{double = <value>}", "{map = {a = <result>}}", "{set = {[<string>] = true}}",
        "{map = <value>}",
        "{verbatim_string = {format = 'txt', string = <string>}}", "{verbatim_string = <value>}",
        "{big_number = <string>}",
        "{<result>, <result>}", "{1, nil, 2}", "{<number>, <number>}", "{x = <value>}", "{[0] = 1, 2}",
        "{{err = 'x'}, {ok = 'y'}}",
        "{err = '<reply>'}", "{ok = '<reply>'}", "setmetatable({}, {__index = {err = 'inherited'}})",
        "setmetatable({}, {__index = function(t, k) if type(k) == 'number' and k < 3 then return k end end})",
    ),
    "locals": (edges.LOCALS,),
    "plain": ("return a.b", "return KEYS[1]"),
}  # fmt: skip

SIMPLER = edges.SIMPLER | {"tree": "number", "result": "number"}

PRELUDE = (
    "local u, tohex = {f = math.floor}, function(s) return (s:gsub('.', function(c)"
    " return string.format('%02x', c:byte()) end)) end"
    " local function seen(e) return {type(e), type(e) == 'table' and e.err or tostring(e)} end\n"
)

SCRIPTS = (
    *("return <api>", "return {<api>, <api>}", "return {pcall(function(...) return <api> end)}") * 2,
    "local ok, e = pcall(function(...) return <api> end)\nreturn {tostring(ok), seen(e)}",
    "<sandbox>",
    "local ok, e = pcall(function(...) <sandbox> end)\nreturn {tostring(ok), seen(e)}",
    "return <result>",
    "redis.setresp(3) return <result>",
    *("<locals>\n<statement>",) * 2,
    "<locals> return {pcall(function(...)\n<statement> end)}",
    "error(<string>, <level>)",
    "\nerror({err = '<reply>'})",
    "return {pcall(error, {err = '<reply>', x = <value>})}",
    "local ok, e = pcall(redis.call, <value>, <value>) return {e.err, tostring(e.source), tostring(e.line)}",
    "local e = redis.pcall('<member>', <value>) e.x = 1 return e",
    "error(redis.pcall('get'))",
    "error(redis.error_reply('<reply>'))",
    "return xpcall(function() <statement> end, function(e) return {err = '<reply>'} end)",
    "return {xpcall(redis.call, function(e) return type(e) end)}",
    "return coroutine.wrap(function(...) <statement> end)()",
    "return {coroutine.resume(coroutine.create(function(...) <statement> end))}",
    "return {coroutine.resume(coroutine.create(redis.call), 'get')}",
    "return tostring(<api>)",
    "return {tostring(loadstring(<source>)), select(2, loadstring(<source>, <chunk>))}",
)  # fmt: skip


def script(random: Random) -> bytes:
    """One script. It expects two KEYS and two ARGV."""
    if random.random() < 0.05:
        return edges.source_text(random).encode("latin-1")
    return (PRELUDE + filled(random, POOLS, SIMPLER, random.choice(SCRIPTS))).encode("latin-1")
