"""Each rule: what it speaks of, what it leaves alone, and where its fix leads."""

from __future__ import annotations

import pytest

from ferrous_vm.analysis.lint import RULES, Linter, apply
from ferrous_vm.compiler import compile_chunk
from ferrous_vm.keyspace.profiles.profile import PROFILES
from ferrous_vm.scripting.lint_facts import script_facts
from ferrous_vm.workbench.linting import lint_script


def found(source: str) -> list[str]:
    """The rules that speak of `source`, with the place each marks; what does its work is not asked here."""
    text = source.encode()
    found = Linter(script_facts(), compile_chunk, PROFILES, script_facts).lint(text)
    return [f"{one.rule}: {text[one.start : one.end].decode()}" for one in found]


# The pages


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_wrong_script_of_a_page_is_spoken_of_and_the_right_one_is_not(rule) -> None:  # type: ignore[no-untyped-def]
    assert rule.name in {one.rule for one in lint_script(rule.wrong.encode())}
    assert found(rule.right) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_page_says_everything(rule) -> None:  # type: ignore[no-untyped-def]
    page = rule.documentation()
    for text in (rule.name, rule.reason, rule.fix, rule.page):
        assert text in page
    assert rule.reason.endswith(".")
    assert rule.fix.endswith(".")
    assert all(len(line) <= 120 for line in page.splitlines()), page


FOUND: list[tuple[str, list[str]]] = [
    # Globals
    ("return print", ["undefined-global: print"]),
    ("return os.time()", ["undefined-global: os"]),
    ("local function f() return total end\nreturn f()", ["undefined-global: total"]),
    ("total = 1\nreturn total", ["assigned-global: total"]),
    ("function f() end\nreturn f()", ["assigned-global: f"]),
    ("tostring = 1", ["assigned-global: tostring"]),
    ("local ok, x = pcall(redis.call, 'GET', KEYS[1])\nreturn y", ["undefined-global: y"]),
    ("return string.trim(ARGV[1])", ["undefined-field: string.trim"]),
    ("return redis.cal('GET', KEYS[1])", ["undefined-field: redis.cal"]),
    ("redis.x = 1", ["readonly-table: redis.x"]),
    ("_G.x = 1", ["readonly-table: _G.x"]),
    ("#!lua name=l\nreturn KEYS[1]", ["undefined-global: KEYS"]),
    # Later Lua
    ("return table.pack(1)", ["later-lua-library: table.pack"]),
    ("return utf8.char(1)", ["later-lua-library: utf8"]),
    ("return load('return 1')()", ["later-lua-argument: load"]),
    ("return 'a\\x41\\\\x41\\z'", ["later-lua-escape: \\x41", "later-lua-escape: \\z"]),
    ('return "\\u{48}"', ["later-lua-escape: \\u{48}"]),
    # Comparisons and conditions
    ("return redis.call('HGET', KEYS[1], 'f') ~= nil", ["nil-reply: redis.call('HGET', KEYS[1], 'f') ~= nil"]),
    ("return nil == redis.call('GET', KEYS[1])", ["nil-reply: nil == redis.call('GET', KEYS[1])"]),
    ("local v = redis.call('HMGET', KEYS[1], 'a', 'b')\nreturn v[2] == nil", ["nil-reply: v[2] == nil"]),
    ("local n = redis.call('INCR', KEYS[1])\nif n == nil then return 1 end", ["nil-reply: n == nil"]),
    ("local call = redis.call\nreturn call('GET', KEYS[1]) == nil", ["nil-reply: call('GET', KEYS[1]) == nil"]),
    ("if not redis.call('SETNX', KEYS[1], 1) then return 0 end", ["truthy-zero: redis.call('SETNX', KEYS[1], 1)"]),
    ("local had = redis.call('SISMEMBER', KEYS[1], 'm')\nreturn had and 1 or 2", ["truthy-zero: had"]),
    ("local n = redis.call('INCR', KEYS[1])\nif n and tonumber(n) > 9 then return 0 end", []),
    ("local n = redis.call('INCR', KEYS[1])\nif n and n ~= 9 then return 0 end", []),
    ("local n = redis.call('LLEN', KEYS[1])\nif n and KEYS[2] then return n end", ["truthy-zero: n"]),
    ("while redis.call('LLEN', KEYS[1]) do end", ["truthy-zero: redis.call('LLEN', KEYS[1])"]),
    ("if #KEYS then return 1 end", ["truthy-zero: #KEYS"]),
    ("local all = redis.call('HGETALL', KEYS[1])\nif not all then return 0 end", ["truthy-table: all"]),
    ("local all = redis.call('HGETALL', KEYS[1])\nif all and KEYS[2] then return 0 end", ["truthy-table: all"]),
    ("local all = redis.call('HGETALL', KEYS[1])\nif #all > 0 and all then return 0 end", []),
    ("local all = redis.call('HGETALL', KEYS[1])\nif all and KEYS[2] and #all > 0 then return 0 end", []),
    (
        "local all = redis.call('HGETALL', KEYS[1])\nif not all or (all[1] == 'a') then return 0 end",
        ["unordered-reply: all[1]"],
    ),
    (
        "return tonumber(ARGV[1]) < redis.call('HGET', KEYS[1], 'n')",
        ["unordered-comparison: tonumber(ARGV[1]) < redis.call('HGET', KEYS[1], 'n')"],
    ),
    ("if ARGV[1] > 5 then return 1 end", ["unordered-comparison: ARGV[1] > 5"]),
    ("for _, a in ipairs(ARGV) do if a > 5 then return 1 end end", ["unordered-comparison: a > 5"]),
    ("local t = redis.call('TIME')\nif t[1] > 5 then return 1 end", ["unordered-comparison: t[1] > 5"]),
    (
        "if redis.call('SMEMBERS', KEYS[1]) > 5 then return 1 end",
        ["unordered-comparison: redis.call('SMEMBERS', KEYS[1]) > 5"],
    ),
    ("return ARGV[1] == 1", ["string-number-equality: ARGV[1] == 1"]),
    (
        "return 0 ~= redis.call('ZSCORE', KEYS[1], 'm')",
        ["string-number-equality: 0 ~= redis.call('ZSCORE', KEYS[1], 'm')"],
    ),
    (
        "return redis.call('GET', KEYS[1]) < ARGV[1]",
        [
            "text-order: redis.call('GET', KEYS[1]) < ARGV[1]",
            "maybe-false: redis.call('GET', KEYS[1])",
        ],
    ),
    ("return redis.call('SET', KEYS[1], 1) == 'OK'", ["status-comparison: redis.call('SET', KEYS[1], 1) == 'OK'"]),
    (
        "if redis.call('SET', KEYS[1], 1, 'NX') == 'OK' then return 1 end",
        ["status-comparison: redis.call('SET', KEYS[1], 1, 'NX') == 'OK'"],
    ),
    ("return redis.call('EXISTS', KEYS[1]) ~= false", ["boolean-comparison: redis.call('EXISTS', KEYS[1]) ~= false"]),
    ("return redis.call('SMEMBERS', KEYS[1]) == 'a'", ["never-equal: redis.call('SMEMBERS', KEYS[1]) == 'a'"]),
    ("return type(KEYS[1]) == nil", ["never-equal: type(KEYS[1]) == nil"]),
    ("if not KEYS[1] == 'a' then return 1 end", ["negated-comparison: not KEYS[1] == 'a'"]),
    # Keys
    ("return redis.call('ZUNIONSTORE', KEYS[1], 2, KEYS[2], 'other')", ["hard-coded-key: 'other'"]),
    ("return redis.call('XREAD', 'COUNT', 1, 'STREAMS', 's', KEYS[1], 0, 0)", ["hard-coded-key: 's'"]),
    (
        "return redis.call('MSET', 'a', 1, KEYS[1], 2, 'b', 3)",
        ["hard-coded-key: 'a'", "hard-coded-key: 'b'", "keys-in-several-slots: 'b'"],
    ),
    (
        "redis.call('GET', 'a')\nredis.call('GET', 'b')\nreturn redis.call('GET', 'c')",
        ["hard-coded-key: 'a'", "hard-coded-key: 'b'", "keys-in-several-slots: 'b'", "hard-coded-key: 'c'"],
    ),
    (
        "redis.call('GET', '{a}:' .. ARGV[1])\nreturn redis.call('GET', '{b}:' .. ARGV[1])",
        [
            "computed-key: '{a}:' .. ARGV[1]",
            "keys-in-several-slots: '{b}:' .. ARGV[1]",
        ],
    ),
    (
        "redis.call('GET', '{a}1')\nreturn redis.call('GET', '{a}2')",
        ["hard-coded-key: '{a}1'", "hard-coded-key: '{a}2'"],
    ),
    (
        "#!lua flags=no-cluster\nredis.call('GET', 'a') redis.call('GET', ARGV[1])\nreturn redis.call('GET', 'b')",
        ["hard-coded-key: 'a'", "hard-coded-key: 'b'"],
    ),
    (
        "local function key(n) return 'u:' .. n end\nreturn redis.call('GET', key(ARGV[1]))",
        ["computed-key: key(ARGV[1])"],
    ),
    ("return redis.call('DEL', unpack(ARGV))", ["undeclared-key: unpack(ARGV)", "unpacked-arguments: unpack(ARGV)"]),
    ("return redis.call('MGET', unpack(KEYS))", []),
    ("for i = 1, #ARGV, 2 do redis.call('PING') end\nreturn #ARGV / 3", ["float-reply: #ARGV / 3"]),
    ("return redis.call('MGET', '{t}a', KEYS[1], '{t}b')", ["hard-coded-key: '{t}a'", "hard-coded-key: '{t}b'"]),
    ("local k = 'lock'\nreturn redis.call('GET', k)", ["hard-coded-key: k"]),
    ("local id = redis.call('LPOP', KEYS[1])\nreturn redis.call('DEL', id)", ["undeclared-key: id"]),
    ("return redis.call('GET', 'user:' .. ARGV[1])", ["computed-key: 'user:' .. ARGV[1]"]),
    ("return redis.call('GET', string.format('%s:n', KEYS[1]))", ["computed-key: string.format('%s:n', KEYS[1])"]),
    ("return redis.call('GET', ('%s:n'):format(KEYS[1]))", ["computed-key: ('%s:n'):format(KEYS[1])"]),
    # Commands
    ("return redis.call('GETT', KEYS[1])", ["unknown-command: 'GETT'"]),
    ("return redis.call('OBJECT', 'ENCODE', KEYS[1])", ["unknown-command: 'ENCODE'"]),
    ("return redis.call('SUBSCRIBE', 'c')", ["refused-command: 'SUBSCRIBE'"]),
    ("return redis.call()", ["wrong-arity: redis.call()"]),
    ("return redis.call('GET')", ["wrong-arity: redis.call('GET')"]),
    ("return redis.call('GET', KEYS[1], unpack(ARGV, 1, 2))", []),
    (
        "return redis.call('GET', KEYS[1], 1, unpack(ARGV, 1, 2))",
        ["wrong-arity: redis.call('GET', KEYS[1], 1, unpack(ARGV, 1, 2))"],
    ),
    ("redis.call('SADD', KEYS[1], {1, 2})", ["refused-argument: {1, 2}"]),
    ("redis.call('SET', KEYS[1], nil)", ["refused-argument: nil"]),
    ("return ARGV[0]", ["index-zero: ARGV[0]"]),
    # redis.pcall
    ("redis.pcall('INCR', KEYS[1])", ["unchecked-pcall: redis.pcall('INCR', KEYS[1])"]),
    ("return assert(redis.pcall('INCR', KEYS[1]))", ["asserted-pcall: assert(redis.pcall('INCR', KEYS[1]))"]),
    ("return tonumber(redis.pcall('GET', KEYS[1]))", ["unchecked-pcall: redis.pcall('GET', KEYS[1])"]),
    # Returns
    ("return 1.5", ["float-reply: 1.5"]),
    ("local mean = ARGV[1] / ARGV[2]\nreturn {1, mean}", ["float-reply: mean"]),
    ("return math.sqrt(tonumber(ARGV[1]))", ["float-reply: math.sqrt(tonumber(ARGV[1]))"]),
    ("local no\nreturn {1, no, 3}", ["nil-in-reply: no"]),
    ("return {{1, nil, 2}}", ["nil-in-reply: nil"]),
    ("local t = {}\nt.a = 1\nt['b'] = 2\nreturn t", ["associative-reply: t"]),
    ("return {1, {x = 1}}", ["associative-reply: {x = 1}"]),
    ("return 1, 2", ["second-return: 2"]),
    ("return 12345678901234567891", ["imprecise-integer: 12345678901234567891"]),
    ("#!lua name=l\nredis.register_function('f', function() return 1.5 end)", ["float-reply: 1.5"]),
    # Cost
    (
        "return unpack(redis.call('LRANGE', KEYS[1], 0, -1))",
        ["unbounded-unpack: unpack(redis.call('LRANGE', KEYS[1], 0, -1))"],
    ),
    (
        "local z = redis.call('ZRANGEBYSCORE', KEYS[1], 0, 1)\nreturn redis.call('DEL', KEYS[1], unpack(z))",
        ["unbounded-unpack: unpack(z)", "undeclared-key: unpack(z)"],
    ),
    ("while true do redis.call('HGETALL', KEYS[1]) end", ["linear-command-in-loop: redis.call('HGETALL', KEYS[1])"]),
    ("return redis.call('KEYS', '*')", ["keyspace-command: redis.call('KEYS', '*')"]),
    # Parameters
    ("return redis.call('SADD', KEYS[1], 'joe@example.com')", ["data-in-script: 'joe@example.com'"]),
    ("return redis.call('SET', KEYS[1], 'user:42')", ["data-in-script: 'user:42'"]),
    ("return redis.call('GET', KEYS[1]) == 'shop.eu:order:1001'", ["data-in-script: 'shop.eu:order:1001'"]),
    ("return redis.call('SET', 'user:42', ARGV[1])", ["hard-coded-key: 'user:42'"]),
    ("return redis.call('EXPIREAT', KEYS[1], 1700000123)", ["data-in-script: 1700000123"]),
    (
        "return loadstring('return ' .. (redis.call('GET', KEYS[1]) or '0'))()",
        ["text-as-code: loadstring('return ' .. (redis.call('GET', KEYS[1]) or '0'))"],
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_what_is_found_and_where(source: str, expected: list[str]) -> None:
    assert found(source) == expected


MISSED = [
    ("redis.call('FOO') -- ferrous: allow unknown-command\nredis.call('FOO')", ["unknown-command: 'FOO'"]),
    (
        "redis.call('EXPIRE', KEYS[1])\nredis.call('SET', KEYS[1], 1)",
        ["wrong-arity: redis.call('EXPIRE', KEYS[1])", "dropped-ttl: redis.call('SET', KEYS[1], 1)"],
    ),
    (
        "redis.call('GET', KEYS[1])\nreturn redis.call('GET', KEYS[1]) + 1",
        ["maybe-false: redis.call('GET', KEYS[1])"],
    ),
    (
        "for i = 1, #ARGV, tonumber(ARGV[1]) do redis.call('GET', KEYS[i]) end\nreturn #ARGV / tonumber(ARGV[2])",
        ["float-reply: #ARGV / tonumber(ARGV[2])"],
    ),
    ("local targetAge = ARGV[1]\nreturn targetAge < ARGV[2]", ["text-order: targetAge < ARGV[2]"]),
    ("for _, w in ipairs(cmsgpack.unpack(ARGV[1])) do redis.call('HINCRBY', w, 'n', 1) end", ["undeclared-key: w"]),
    ("local j = cjson.decode(ARGV[1])\nreturn redis.call('GET', j.user.key)", ["undeclared-key: j.user.key"]),
    ("for i = 1, 3 do redis.call('GET', 'w_' .. i) end", ["hard-coded-key: 'w_' .. i"]),
    (
        "local all = {}\nfor _, m in ipairs(redis.call('SMEMBERS', KEYS[1])) do all[#all + 1] = m end\n"
        "return redis.call('SREM', KEYS[1], unpack(all))",
        ["unbounded-unpack: unpack(all)"],
    ),
    (
        "local all = {}\nlocal old = redis.call('ZRANGE', KEYS[1], 0, -1)\n"
        "for i = 1, #old do table.insert(all, old[i]) end\nreturn redis.call('ZREM', KEYS[1], unpack(all))",
        ["unbounded-unpack: unpack(all)"],
    ),
    ("return redis.call('SADD', KEYS[1], unpack(ARGV, 2))", ["unpacked-arguments: unpack(ARGV, 2)"]),
    ("return redis.call('EXPIRE', KEYS[1], '15m')", ["no-integer: '15m'"]),
    ("return redis.call('SET', KEYS[1], 1, 'EX', 600.5)", ["no-integer: 600.5"]),
    ("return redis.call('PEXPIRE', KEYS[1], ARGV[1] * 0.5)", ["no-integer: ARGV[1] * 0.5"]),
    ("return redis.call('HGET', KEYS[1], 'n') + 1", ["maybe-false: redis.call('HGET', KEYS[1], 'n')"]),
    ("local function f(v) return v + 1 end\nreturn f(redis.call('GET', KEYS[1]))", ["maybe-false: v"]),
    ("local function f() return redis.call('GET', KEYS[1]) end\nreturn 'x' .. f()", ["maybe-false: f()"]),
    ("local t = {n = redis.call('GET', KEYS[1])}\nreturn t.n + 1", ["maybe-false: t.n"]),
    ("local v = redis.call('HMGET', KEYS[1], 'a', 'b')\nreturn v[1] .. 'x'", ["maybe-false: v[1]"]),
    ("local n = redis.call('GET', KEYS[1]) or 0\nif n > 5 then end", ["mixed-number: n > 5"]),
    ("if (redis.call('GET', KEYS[1]) or 0) == 5 then end", ["mixed-number: (redis.call('GET', KEYS[1]) or 0) == 5"]),
    (
        "return redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', 0, 'STREAMS', KEYS[1], '>')",
        ["blocking-option: 'BLOCK'"],
    ),
    ("#!lua flags=no-writes,allow-stal\nreturn 1", ["unknown-flag: allow-stal"]),
    ("#!lua flags=no-writes\nreturn redis.call('DEL', KEYS[1])", ["forbidden-write: redis.call('DEL', KEYS[1])"]),
    (
        "#!lua name=x\nredis.register_function{function_name='f', flags={'no-writes'}, callback=function(keys, args) "
        "return redis.call('SET', keys[1], 1) end}",
        ["forbidden-write: redis.call('SET', keys[1], 1)"],
    ),
    (
        "#!lua name=x\nredis.register_function('f', function(keys, args) return redis.call('GET', args[1]) end)",
        ["undeclared-key: args[1]"],
    ),
    ("#!lua", ["bad-shebang: #!lua"]),
    ("#!lua debug=1\nreturn 1", ["bad-shebang: debug=1"]),
    ("return cjson:encode({1})", ["colon-call: cjson:encode"]),
    ("for i = 0, #KEYS - 1 do redis.call('DEL', KEYS[i]) end", ["index-zero: 0"]),
    ("local s = redis.call('SMEMBERS', KEYS[1])\nreturn s[1]", ["unordered-reply: s[1]"]),
    (
        "return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES').first",
        [
            "list-by-name: redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES').first",
        ],
    ),
    (
        "for k, v in pairs(redis.call('HGETALL', KEYS[1])) do if k == 'name' then return v end end",
        ["pairs-of-flat-list: pairs(redis.call('HGETALL', KEYS[1]))"],
    ),
    (
        "if redis.call('TTL', KEYS[1]) > 0 then redis.call('SET', KEYS[1], 'x') end",
        ["dropped-ttl: redis.call('SET', KEYS[1], 'x')"],
    ),
    (
        "local ttl = tonumber(ARGV[1])\nif ttl > 0 then redis.call('SETEX', KEYS[1], ttl, 'x')\n"
        "else redis.call('SET', KEYS[1], 'x') end",
        [],
    ),
    (
        "if ARGV[1] then redis.call('SETEX', KEYS[1], 9, 'x') end\n"
        "if ARGV[2] then redis.call('SET', KEYS[1], 'y') else return 1 end",
        ["dropped-ttl: redis.call('SET', KEYS[1], 'y')"],
    ),
    ("if redis.call('INCRBY', KEYS[1], 2) >= 10 then end", ["counter-without-ttl: redis.call('INCRBY', KEYS[1], 2)"]),
    ("return redis.call('GET', KEYS[1]) ~= false", ["boolean-reply: redis.call('GET', KEYS[1]) ~= false"]),
    ("return bit.band(4294967296, 1)", ["wide-bits: 4294967296"]),
    (
        "local out = {}\nfor _, k in ipairs(KEYS) do out[#out + 1] = k end\nreturn cjson.encode(out)",
        ["empty-json-array: cjson.encode(out)"],
    ),
    (
        "redis.setresp(3)\nif redis.call('GET', KEYS[1]) == false then end",
        [
            "boolean-comparison: redis.call('GET', KEYS[1]) == false",
        ],
    ),
    ("return {pack(1)}", ["undefined-global: pack"]),
    ("redis.register_function('f', function() return 1 end)", ["undefined-field: redis.register_function"]),
    ("#!LUA\nreturn 1", ["bad-shebang: #!LUA"]),
    ("return {unpack(ARGV)}", ["unpacked-arguments: unpack(ARGV)"]),
    *(
        (f"return redis.call('DEL', {key})", [f"computed-key: {key}"])
        for key in (
            "'{' .. ARGV[1] .. '}'",
            "'{' .. KEYS[1]",
            "'{' .. KEYS[1] .. ARGV[1] .. '}'",
            "'{a}{' .. KEYS[1] .. '}'",
            "KEYS[1] .. '}'",
        )
    ),
    (
        "local function f(text) return string.words(text) end\nfunction string.words(text) return {text} end\n"
        "return f(ARGV[1])",
        ["readonly-table: string.words"],
    ),
    ("function string:split() return {} end\nreturn string.split(ARGV[1])", ["readonly-table: string:split"]),
    *(
        (f"#!lua {words}\nredis.register_function('f', function() return 1 end)", [f"bad-shebang: {wrong}"])
        for words, wrong in (
            ("name=x flags=no-writes", "flags=no-writes"),
            ("name=x debug=1", "debug=1"),
            ("name=x name=y", "name=y"),
            ("name=a-b", "name=a-b"),
        )
    ),
    ("#!luas name=mylib\nreturn 1", ["bad-shebang: #!luas"]),
    (
        "return redis.call('SETEX', KEYS[1], 9, 'v') and redis.call('LPUSH', KEYS[2], unpack(ARGV))",
        ["unpacked-arguments: unpack(ARGV)"],
    ),
    (
        "if ARGV[2] == '0' then redis.call('SET', KEYS[1], 'x')\n"
        "else redis.call('SET', KEYS[1], 'x', 'PX', ARGV[3]) end",
        ["dropped-ttl: redis.call('SET', KEYS[1], 'x')"],
    ),
    (
        "if tonumber(redis.call('GET', KEYS[1])) <= 0 then return 1 end\nreturn redis.call('DECR', KEYS[1])",
        ["maybe-false: tonumber(redis.call('GET', KEYS[1]))"],
    ),
    ("local n = redis.pcall('INCR', KEYS[1])\nif n.err then return 0 end\nreturn n", ["indexed-number: n.err"]),
    ("local n = redis.call('DEL', KEYS[1])\nreturn n.ok or n['err']", ["indexed-number: n.ok"]),
    (
        "for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', k .. ':x') end",
        ["keyspace-command: redis.call('KEYS', ARGV[1])", "computed-key: k .. ':x'"],
    ),
    ("return helper(KEYS[1], first, second)", [f"undefined-global: {name}" for name in ("helper", "first", "second")]),
    (
        "return print(first, second, third)",
        [f"undefined-global: {name}" for name in ("print", "first", "second", "third")],
    ),
]


@pytest.mark.parametrize(("source", "expected"), MISSED)
def test_what_was_once_missed(source: str, expected: list[str]) -> None:
    assert found(source) == expected


SILENT = [
    "",
    "return redis.call('GET', KEYS[1]) == false",
    "return ARGV[1] == nil",
    "local v = redis.call('GET', KEYS[1])\nif v then v = tonumber(v) else v = nil end\nreturn v == nil",
    "local v = redis.call('HMGET', KEYS[1], 'a', 'b')\nreturn v[3] == nil",
    "local v = redis.call('LRANGE', KEYS[1], 0, 0)\nif v[1] == nil then return 1 end",
    "redis.setresp(3)\nreturn redis.call('GET', KEYS[1]) == nil",
    "return tonumber(redis.call('GET', KEYS[1])) == nil",
    "local n = tonumber(redis.call('GET', KEYS[1]) or 0)\nif n > tonumber(ARGV[1]) then return n end",
    "local n = redis.call('EXISTS', KEYS[1]) == 1\nif n then return 1 end",
    "return redis.call('INCR', KEYS[1]) or 0",
    "local old = redis.call('SET', KEYS[1], 1, 'GET\\0')\nreturn old == 'a'",
    "return redis.call('SET', KEYS[1], 1, 'get\\0more') or 0",
    "redis.call('XREAD', 'STREAMS\\0', KEYS[1], '0')",
    "local function f(reply) return reply == nil or reply > 5 end\nreturn pcall(f, ARGV[1])",
    "local v = redis.call(ARGV[1], KEYS[1])\nreturn v == nil or v > 5",
    "local v = redis.pcall('GET', KEYS[1])\nif type(v) == 'table' and v.err then return 0 end\nreturn v",
    "local v = redis.pcall('LRANGE', KEYS[1], 0, 9)\nif v['err'] then return 0 end\nreturn 1",
    "local v = redis.pcall('GET', KEYS[1])\nlocal function use(x) return x end\nreturn use(v)",
    "return redis.pcall('INCR', KEYS[1])",
    "local ok, e = pcall(redis.call, 'INCR', KEYS[1])\nreturn tostring(ok) .. tostring(e)",
    "return redis.call('JSON.SET', KEYS[1], '$', ARGV[1])",
    "local name = ARGV[1]\nreturn redis.call(name, KEYS[1])",
    "for i, key in ipairs(KEYS) do redis.call('INCRBY', key, ARGV[i]) end",
    "local keys = KEYS\nreturn redis.call('DEL', unpack(keys))",
    "local a, b = unpack(KEYS)\nreturn redis.call('RENAME', a, b)",
    "return redis.call('SORT', KEYS[1], 'BY', 'weight_*', 'GET', '#')",
    "local n = redis.call('ZADD', KEYS[1], 'GT', ARGV[1], ARGV[2])\nreturn n + 1",
    "local n = redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])\nreturn n + 1",
    "local a, b = redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])\n"
    "if not b then return 0 end\nif a ~= b then return 1 end\nreturn a .. '!'",
    "local a = redis.call('GET', KEYS[1])\nif a == ARGV[1] .. 'x' then return a .. '!' end",
    "local a = redis.call('GET', KEYS[1])\nreturn a == ARGV[1] .. 'x' and a .. '!'",
    "local a = redis.call('LRANGE', KEYS[1], 0, 9)\nif not a.err and #a ~= 0 then return a[1] end",
    "local all, made = redis.call('LRANGE', KEYS[1], 0, 9), {}\nif #all == 0 then return '[]' end\n"
    "for i = 1, #all do made[#made + 1] = all[i] end\nreturn cjson.encode(made)",
    "local all = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ARGV[1])\nreturn #all",
    "return #redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', KEYS[1], KEYS[1], '0-0', '>')",
    "local v = redis.call('GET', KEYS[1])\nif not v or #v == 0 then return 1 end\nreturn v:sub(1, 2)",
    "return #redis.call('GEORADIUS', KEYS[1], 1, 1, 1, 'm')",
    "local e = redis.pcall('EXPIRE', KEYS[1], 5)\nif e ~= 1 then return redis.error_reply('no') end\nreturn 1",
    "return {ok = 'fine'}",
    "return {err = 'MY failure'}",
    "return {1, 2, nil}",
    "return {double = 3.5}",
    "local t = {}\nt.a = 1\nreturn cjson.encode(t)",
    "local t = {}\nt.n = 0\nreturn t.n",
    "local function split(t) t[1] = 'x' end\nlocal t = {}\nt.n = 1\nsplit(t)\nreturn t",
    "return math.floor(ARGV[1] / 2)",
    "return 4 / 2",
    "local function half() return 1 / 2 end\nreturn tostring(half())",
    "return unpack(redis.call('LRANGE', KEYS[1], 0, 99))",
    "return unpack(redis.call('ZRANGE', KEYS[1], 0, ARGV[1]))",
    "return unpack(redis.call('ZRANGEBYSCORE', KEYS[1], 0, 1, 'LIMIT', 0, 100))",
    "local all = redis.call('SMEMBERS', KEYS[1])\nfor _, m in ipairs(all) do redis.call('SADD', KEYS[2], m) end",
    "local all = {}\nfor i, key in ipairs(KEYS) do all[i] = redis.call('HGETALL', key) end\nreturn all",
    "for i = 1, #KEYS do redis.call('SMEMBERS', KEYS[i]) end",
    "local epoch = 1420070400000\nreturn epoch",
    "return redis.call('SET', KEYS[1], 'state:ready')",
    "return redis.call('HSET', KEYS[1], 'v:1', 'id:')",
    "return redis.error_reply('LIMIT 42 reached: 10')",
    "if redis.breakpoint then redis.breakpoint() end",
    "local x = redis.replicate_commands and 1 or 2\nreturn x",
    "local keys = setmetatable({}, {__lt = function() return true end})\nreturn keys < ARGV[1]",
    "return select('#', ...)",
    "local t = {}\nreturn #t > 0 and 1 or 0",
    "local s = ''\nfor i = 1, 3 do s = s .. ARGV[i] end\nreturn s == '123'",
    "#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])",
    "#!lua name=mylib\nredis.register_function('f', function(keys, args) return redis.call('GET', keys[1]) end)",
    "return 9007199254740992",
    "return '9007199254740993'",
    "return 'it\\'s \\065 \\n'",
]


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"local n = redis.call('ZADD', KEYS[1], 'NX', 'INCR', ARGV[1], ARGV[2])\nreturn n + 1", "maybe-false"),
        (b"local n = redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1], ARGV[2])\nreturn n + 1", "maybe-false"),
        (
            b"local a, b = redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])\n"
            b"if a ~= b then return 1 end\nreturn a .. '!'",
            "maybe-false",
        ),
        (
            b"local a = redis.call('GET', KEYS[1])\n"
            b"if a == ARGV[1] .. 'x' then a = redis.call('GET', KEYS[2]) return a .. '!' end",
            "maybe-false",
        ),
        (b"return redis.call('LRANGE', KEYS[1], 0, 9).user", "list-by-name"),
        (b"return #redis.call('GET', KEYS[1])", "maybe-false"),
        (b"return redis.call('GET', KEYS[1]):sub(1, 2)", "maybe-false"),
        (b"local v = redis.pcall('GET', KEYS[1])\nif v.err then return 0 end\nreturn v", "maybe-false"),
        (b"local v = redis.pcall('GET', KEYS[1])\nif v['err'] then return 0 end\nreturn 1", "maybe-false"),
        (b"local v = redis.call('LPOP', KEYS[1], 10)\nreturn #v", "maybe-false"),
        (b"local n = 0\nfor _ in ipairs(redis.call('LPOP', KEYS[1], 10)) do n = n + 1 end\nreturn n", "maybe-false"),
        (b"return cjson.decode(redis.call('GET', KEYS[1])).name", "maybe-false"),
        (b"return redis.call('XREAD', 'STREAMS', KEYS[1], '0')[1][2]", "maybe-false"),
        (b"return #redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', KEYS[1], '>')", "maybe-false"),
        (b"local e = redis.pcall('GET', KEYS[1])\nif e ~= false then return 1 end\nreturn 0", "unchecked-pcall"),
        (b"if not #KEYS == 2 then return 1 end\nreturn 0", "negated-comparison"),
        (b"local e = redis.pcall('ZCARD', KEYS[1])\nif e > 5 then return 1 end\nreturn 0", "unchecked-pcall"),
        (
            b"local a, b = redis.call('HGET', KEYS[1], 'a'), redis.call('HGET', KEYS[1], 'b')\n"
            b"if not a then a = 0 end\nreturn a + b",
            "maybe-false",
        ),
        (
            b"if redis.call('HGET', KEYS[1], 'a') ~= 'x' then redis.call('PING') end\n"
            b"return redis.call('HGET', KEYS[1], 'b') + 1",
            "maybe-false",
        ),
        (
            b"local a = redis.call('HGET', KEYS[1], 'a')\nif not a then return 0 end\nredis.call('DEL', KEYS[1])\n"
            b"return a + redis.call('HGET', KEYS[1], 'b')",
            "maybe-false",
        ),
        (b"local v = redis.call('GET', KEYS[1])\nif v == nil then v = 1 end\nreturn v", "nil-reply"),
        (
            b"local v = redis.call('GET', KEYS[1])\nif v == nil then return 'none' end\n"
            b"if not v then return 'gone' end\nreturn v",
            "nil-reply",
        ),
        (
            b"local v = redis.call('GET', KEYS[1])\nlocal n = v == false and nil or tonumber(v)\nreturn n + 1",
            "maybe-false",
        ),
    ],
)
def test_what_a_test_does_not_rule_out_is_told(source: bytes, rule: str) -> None:
    assert [one.rule for one in lint_script(source)] == [rule]


def test_a_command_that_is_not_there_is_told_of_once() -> None:
    source = b"redis.call('HEXPIRE', KEYS[1], 1, 'FIELDS', 1, 'a')\nredis.call('GETT', KEYS[1])\n" * 3
    assert [(one.rule, one.line) for one in lint_script(source)] == [("unknown-command", 1), ("unknown-command", 2)]


def test_what_servers_have_lost_is_told() -> None:
    (one,) = lint_script(b"print(KEYS[1])")
    assert one.message.startswith("`print` was there up to Redis 6.2: Redis 7.0 does not have it. Write to the server")


@pytest.mark.parametrize("source", SILENT)
def test_what_is_left_alone(source: str) -> None:
    assert found(source) == []


FIXED = [
    (
        "local v = redis.call('GET', KEYS[1])\nreturn v == nil",
        "local v = redis.call('GET', KEYS[1])\nreturn v == false",
    ),
    ("if redis.call('EXISTS', KEYS[1]) then end", "if redis.call('EXISTS', KEYS[1]) == 1 then end"),
    ("if not redis.call('EXISTS', KEYS[1]) then end", "if redis.call('EXISTS', KEYS[1]) == 0 then end"),
    ("if redis.call('LLEN', KEYS[1]) then end", "if redis.call('LLEN', KEYS[1]) > 0 then end"),
    ("if not redis.call('SMEMBERS', KEYS[1]) then end", "if #redis.call('SMEMBERS', KEYS[1]) == 0 then end"),
    ("if ARGV[1] > 5 then end", "if tonumber(ARGV[1]) > 5 then end"),
    ("return redis.call('TYPE', KEYS[1]) == 'set'", "return redis.call('TYPE', KEYS[1]).ok == 'set'"),
    (
        "if redis.call('SET', KEYS[1], 1, 'NX') == 'OK' then return 1 end",
        "if redis.call('SET', KEYS[1], 1, 'NX') then return 1 end",
    ),
    ("return redis.call('HEXISTS', KEYS[1], 1) == true", "return redis.call('HEXISTS', KEYS[1], 1) == 1"),
    ("if not (KEYS[1]) == ('a') then end", "if (KEYS[1]) ~= ('a') then end"),
    ("if a != b then end", "if a ~= b then end"),
    ("if a !== b then end", "if a ~= b then end"),
    ("if a && b then end", "if a and b then end"),
    ("if !a then end", "if not a then end"),
    ("local x <const> = 1", "local x = 1"),
    ("return 0x.8", "return 0.5"),
    ("count = 1\nreturn count", "local count = 1\nreturn count"),
    ("function f() end\nf()", "local function f() end\nf()"),
    ("return table.unpack(KEYS)", "return unpack(KEYS)"),
    ("return '\\x41'", "return '\\065'"),
    ('return "\\u{e9}"', 'return "\\195\\169"'),
    ("return redis.call('GETT', KEYS[1])", "return redis.call('GET', KEYS[1])"),
    ("return redis.call('getx', KEYS[1])", "return redis.call('getex', KEYS[1])"),
    ("return tonumbr(KEYS[1])", "return tonumber(KEYS[1])"),
    ("local v = redis.pcall('GET', KEYS[1])\nreturn v .. ''", "local v = redis.call('GET', KEYS[1])\nreturn v .. ''"),
    ("return {1, nil, 2}", "return {1, false, 2}"),
    ("return {a = 1}", "return cjson.encode({a = 1})"),
    ("return 1, 2", "return {1, 2}"),
    ("return 1.5", "return tostring(1.5)"),
    ("return 12345678901234567891", "return '12345678901234567891'"),
    ("return KEYS[0]", "return KEYS[1]"),
]


@pytest.mark.parametrize(("source", "expected"), FIXED)
def test_a_fix_puts_it_right(source: str, expected: str) -> None:
    text = source.encode()
    one = lint_script(text)[0]
    assert one.fix is not None
    assert apply(text, one.fix).decode() == expected
    assert one.rule not in {after.rule for after in lint_script(expected.encode())}


def test_a_comment_allows_what_a_rule_forbids() -> None:
    assert found("return redis.call('GET', 'k') -- ferrous: allow hard-coded-key") == []
    assert found("-- ferrous: allow hard-coded-key, truthy-zero\nreturn redis.call('GET', 'k')") == []
    assert found("-- ferrous: allow truthy-zero\nreturn redis.call('GET', 'k')") == ["hard-coded-key: 'k'"]
