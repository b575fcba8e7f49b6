"""What was once spoken of in public scripts, and was no mistake."""

from __future__ import annotations

import pytest

from tests.analysis.lint.test_rules import found

NO_WOLF = [
    "local ids = redis.call('LRANGE', KEYS[1], 0, -1)\n"
    "if ids then for _, id in ipairs(ids) do redis.call('PING') end end",
    "local v = redis.call('GET', KEYS[1])\nif v == nil or v == false then v = '0' end\nreturn v + 1",
    "local v = redis.call('GET', KEYS[1])\nif not v then v = ARGV[1] end\nreturn v + 1",
    "local v = redis.call('GET', KEYS[1])\nif v == false then return 0 end\nif v ~= false then return v + 1 end",
    "local v = tonumber(redis.call('GET', KEYS[1]))\nif v == nil then v = tonumber(ARGV[1]) end\nreturn v + 1",
    "if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end\nreturn redis.call('GET', KEYS[1]) + 1",
    "local v = redis.call('HMGET', KEYS[1], 'a')\nif v[1] then return v[1] + 1 end",
    "local n = redis.call('ZCARD', KEYS[1])\nif n == nil or n == false then n = 0 end\nreturn n",
    "return redis.call('ZADD', KEYS[1], 9223372036854775807, ARGV[1])",
    "local far = 92233720368547758\nif far > tonumber(ARGV[1]) then return 1 end",
    "return redis.call('ZCOUNT', KEYS[1], 0, 92233720368547758)",
    "for i = 0, #KEYS - 1 do redis.call('DEL', KEYS[i + 1]) end",
    "local s = redis.call('SMEMBERS', KEYS[1])\ntable.sort(s)\nreturn s[1]",
    "local s = redis.call('SMEMBERS', KEYS[1])\nif s[1] then return 1 end",
    "local flat = redis.call('HGETALL', KEYS[1])\n"
    "for i, v in ipairs(flat) do if i % 2 == 0 then redis.log(3, v) end end",
    "local c = '0'\nrepeat local p = redis.call('SCAN', c)\nc = p[1] until c == '0'",
    "local c = 0\nrepeat local p = redis.call('SCAN', c)\nc = tonumber(p[1]) until c == 0",
    "redis.call('SET', KEYS[1], 1)\nredis.call('EXPIRE', KEYS[1], ARGV[1])",
    "local n = redis.call('INCR', KEYS[1])\n"
    "if n == 1 then redis.call('EXPIRE', KEYS[1], 60) end\nif n > 5 then return 0 end",
    "if #ARGV > 1000 then return 0 end\nreturn redis.call('SADD', KEYS[1], unpack(ARGV))",
    "local n = redis.call('GET', KEYS[1]) or 0\nreturn n + 1",
    "redis.setresp(3)\nlocal v = redis.call('GET', KEYS[1])\nif v == nil then return 0 end\nreturn v",
    "-- @include 'other'\nreturn helper(KEYS[1])",
    "local function a() return helper() end\nlocal function b() return a() end",
    "for i = 1, #ARGV, 2 do redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1]) end\nreturn #ARGV / 2",
    "for i = 2, #ARGV, 3 do redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 2]) end\nreturn (#ARGV - 1) / 3",
    "local id = redis.call('INCR', KEYS[1])\nredis.call('ZADD', KEYS[2], id, ARGV[1])\n"
    "if id > 100 then redis.call('ZREMRANGEBYSCORE', KEYS[2], 1, id - 100) end\nreturn id",
    "function Job.read(id) return redis.call('GET', KEYS[1]) end\nreturn Job.read(1)",
    "redis.call('HSET', settings, 'at', now)\nreturn tick(now)[field]",
    "#!LUA name=mylib\nredis.register_function('f', function(keys) return redis.call('GET', keys[1]) end)",
    "#!lua NAME=mylib\nredis.register_function('f', function(keys) return redis.call('GET', keys[1]) end)",
    "return redis.call('SETEX', KEYS[1], unpack(ARGV))",
    "local value, seconds = unpack(ARGV)\nreturn redis.call('SETEX', KEYS[1], seconds, value)",
    "local lock = '{' .. KEYS[1] .. '}'\nlocal queue = lock .. ':queue'\n"
    "return redis.call('DEL', lock) + redis.call('DEL', queue)",
    "return redis.call('DEL', 'count:{' .. KEYS[1] .. '}' .. ARGV[1])",
    "if ARGV[2] == '0' then redis.call('SET', KEYS[1], 'x')\nelse redis.call('SET', KEYS[1], 'x', 'PX', ARGV[2]) end",
    "local page = redis.call('SCAN', ARGV[1])\nfor _, k in ipairs(page[2]) do redis.call('DEL', k) end",
    "return redis.call('DEL', redis.call('RANDOMKEY'))",
    "local n = (#ARGV - 2) / 2\nfor i = 0, n - 1 do redis.call('SADD', KEYS[1], ARGV[3 + i * 2]) end\n"
    "return redis.call('HINCRBY', KEYS[2], 'n', n)",
    "local ttl = tonumber(ARGV[2])\nif ttl == -1 then redis.call('SET', KEYS[1], 'x')\n"
    "else redis.call('SET', KEYS[1], 'x', 'EX', tostring(ttl)) end",
    "local made = {}\nfor i, k in ipairs(KEYS) do table.insert(made, i) table.insert(made, k) end\nreturn #made / 2",
    "local all = {}\nfunction all.add(list) for i = 1, #list do all[#all + 1] = list[i] end end\n"
    "local list = redis.call('LRANGE', KEYS[1], 0, 9)\nif list then all.add(list) end\nreturn #all",
    "return string.match(redis.call('XADD', KEYS[1], 'MAXLEN', '~', 500, '*', 'a', ARGV[1]), '^%d+')",
    "local due = redis.call('ZRANGE', KEYS[1], 0, 9, 'WITHSCORES')\nlocal length = #due\n"
    "for i = 1, length, 2 do redis.call('DEL', KEYS[2]) end\nreturn length / 2",
    "if not redis.call('HGET', KEYS[1], ARGV[1]) then return 0 end\nlocal v = redis.call('HGET', KEYS[1], ARGV[1])\n"
    "return cjson.decode(v).state",
    "local v = redis.call('HMGET', KEYS[1], 'tokens', 'at')\nlocal tokens, at = tonumber(v[1]), tonumber(v[2])\n"
    "if tokens == nil then return 0 end\nreturn tokens + at",
    "local last = redis.call('GET', KEYS[1])\nif last == nil or last ~= ARGV[1] then return 1 end",
    "redis.call('GET', '{{.first}}')\nreturn redis.call('GET', '${second}')",
    "return redis.call('MGET', '#{first}', '<%= second %>')",
    "return redis.call('INFO', unpack(ARGV))",
    "local old_date, new_date = ARGV[1], ARGV[2]\nreturn old_date < new_date",
    "-- All of its keys lie in one slot: the hash tag is the queue's name.\nreturn redis.call('GET', KEYS[1] .. ':x')",
    "local n = redis.pcall('INCR', KEYS[1])\nif type(n) == 'table' and n.err then return 0 end\nreturn n",
    "redis.call('INCR', KEYS[1])\nreturn redis.call('GET', KEYS[1]) + 1",
    "local r = redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[2], 'WITHSCORES')\n"
    "redis.call('DEL', KEYS[2])\nreturn #r / 2",
    "local first = redis.call('ZRANGE', KEYS[1], 0, 1)\nlocal job\nif first ~= nil then\n  job = first[1]\n"
    "  if job ~= nil then redis.call('ZREM', KEYS[1], job) end\nend\nreturn job",
    "local ids = redis.call('LRANGE', KEYS[1], 0, -1)\n"
    "if ids ~= nil then for _, id in ipairs(ids) do redis.call('PING') end end",
    "-- pcall: best effort, the key may live on another node\nredis.pcall('DEL', KEYS[1])\nreturn 1",
    "local v = redis.call('GET', KEYS[1])\nif tonumber(v) ~= nil and tonumber(v) >= 5 then return 1 end\nreturn 0",
    "local function count() return redis.call('INCR', KEYS[1]) end\ncount()\nreturn redis.call('GET', KEYS[1]) + 1",
    "local v = redis.call('GET', KEYS[1])\nif v == nil then v = 0 end\nif v == false then v = 0 end\nreturn v + 1",
    "local v = redis.call('GET', KEYS[1])\nif v == nil then\n  return 0\nelseif not v then\n  return 0\nend\nreturn v",
    "local t = {}\nt.v = redis.call('GET', KEYS[1])\nif t.v == false then t.v = 0 end\nreturn t.v + 1",
    "if redis.call('HGET', KEYS[1], 'state') == 'ready' then return redis.call('HGET', KEYS[1], 'n') + 1 end\nreturn 0",
    "local state = redis.call('HGET', KEYS[1], 'state')\nif not state then return 0 end\n"
    "return redis.call('HGET', KEYS[1], 'n') + 1",
    "if not redis.call('HGET', KEYS[1], 'state') then return 0 end\nreturn redis.call('HGET', KEYS[1], 'n') + 1",
    "local n = tonumber(redis.call('ZSCORE', KEYS[1], 'a'))\nif n == nil then return 0 end\n"
    "return redis.call('ZSCORE', KEYS[1], 'b') - n",
    "local v = redis.call('GET', KEYS[1])\nv = v == false and 0 or tonumber(v)\n"
    "if v < tonumber(ARGV[1]) then return 1 end",
    "-- By pcall, as the key may be on another node\nredis.pcall('DEL', ARGV[1])\nreturn 1",
    "local e = redis.pcall('EXPIRE', KEYS[1], 5)\nif e ~= 1 then redis.call('DEL', KEYS[1]) end\nreturn 1",
    "local v = redis.pcall('GET', KEYS[1])\nif ARGV[1] ~= v then return 0 end\nreturn 1",
    "local job = cjson.decode(redis.call('LPOP', KEYS[1]) or '{}')\nfor _, key in ipairs(KEYS) do\n"
    "  if key == job.queue then redis.call('LPUSH', key, 'x') end\nend\nlocal queue = 'q:' .. job.name\n"
    "for _, key in ipairs(KEYS) do\n  if key == queue then redis.call('LPUSH', queue, 'x') end\nend",
    "local messages = ('{channel:%s}:messages'):format(ARGV[1])\nreturn redis.call('LPOP', messages)",
    "local first = redis.call('ZRANK', KEYS[1], ARGV[1])\nredis.call('ZREM', KEYS[1], unpack(ARGV))\nreturn first",
    "-- removeAll is defined in remove.lua\nreturn removeAll(KEYS[1])",
    "return {'locked', nil, nil}",
    "if tonumber(ARGV[1]) < 1600000000 then return 0 end\nreturn tonumber(ARGV[1]) - 1288834974657",
    "local EPOCHS = {}\nEPOCHS.first = 1288834974657\nreturn cjson.encode(EPOCHS)",
    "#!lua name=ids\nredis.register_function('f', function(keys, args) return math.max(args[1], 1288834974657) end)",
    "local left = redis.call('PTTL', KEYS[1])\nif not left then\n  left = 0\nend\nreturn left < 0",
    "return redis.call('HSET', KEYS[1], unpack(ARGV, 2))",
    "local n = tonumber(ARGV[1]) / 3\nreturn {n, tostring(n * 2)}",
    "local due = redis.call('ZRANGE', KEYS[1], 0, 9, 'WITHSCORES')\n"
    "redis.call('ZREMRANGEBYRANK', KEYS[1], 0, #due / 2 - 1)\nreturn due",
    "local there = redis.call('EXISTS', KEYS[1])\nredis.call('SADD', KEYS[1], 'x')\n"
    "if not there or there == 0 then redis.call('EXPIRE', KEYS[1], 9) end",
    "local function run(now, name) return now .. name end\nreturn run('1', unpack(ARGV))",
]


@pytest.mark.parametrize("source", NO_WOLF)
def test_no_wolf_is_cried(source: str) -> None:
    assert found(source) == []


def test_what_stands_in_every_turn_is_told_of_once() -> None:
    source = "redis.call('SADD', KEYS[1], unpack(ARGV))\nredis.call('SADD', KEYS[2], unpack(ARGV))"
    assert found(source) == ["unpacked-arguments: unpack(ARGV)"]
    source = "local all = redis.call('HKEYS', KEYS[1])\nreturn {all[1], all[2], all[3]}"
    assert found(source) == ["unordered-reply: all[1]"]


def test_a_part_of_a_script_does_not_ask_again_for_what_stands_before_it() -> None:
    assert "maybe-false" not in str(found("return redis.call('HGET', settings, 'at') + 1"))


def test_a_call_that_lacks_arguments_is_told_of_once() -> None:
    assert found("return redis.call('SET', 0)") == ["wrong-arity: redis.call('SET', 0)"]


@pytest.mark.parametrize(
    "source",
    [
        "local r = redis.call('HMGET', KEYS[1], 'a', 'b')\nif r == nil then return 0 end\nreturn r[1]",
        "local r = redis.call('ZRANGE', KEYS[1], 0, 1)\nif r ~= nil then return 1 end\nreturn 0",
        "local r = redis.call('ZRANGE', KEYS[1], 0, 1)\n"
        "if r ~= nil then if r[1] then return 1 end else redis.call('DEL', KEYS[1]) end\nreturn 0",
    ],
)
def test_a_list_that_is_taken_for_nil_is_told_of(source: str) -> None:
    assert [one.partition(":")[0] for one in found(source)] == ["nil-reply"]


def test_a_pcall_that_is_put_by_says_nothing_of_another() -> None:
    source = "-- redis.pcall('DEL', KEYS[2])\nredis.pcall('DEL', KEYS[1])\nreturn 1"
    assert [one.partition(":")[0] for one in found(source)] == ["unchecked-pcall"]


def test_half_of_a_list_that_may_be_odd_is_told_of() -> None:
    assert found("return #redis.call('LRANGE', KEYS[1], 0, -1) / 2") == [
        "float-reply: #redis.call('LRANGE', KEYS[1], 0, -1) / 2"
    ]
