"""Scripts that one command does the work of: what is said of them, and what is not said of scripts that look alike."""

from __future__ import annotations

from typing import Any

import pytest

from ferrous_vm.analysis.lint import apply
from ferrous_vm.analysis.lint.replaced import REPLACED
from ferrous_vm.analysis.paths import paths_of
from ferrous_vm.analysis.scopes import resolve
from ferrous_vm.keyspace.profiles.profile import PROFILES
from ferrous_vm.syntax.parser import parse
from ferrous_vm.workbench import replacements
from ferrous_vm.workbench.explaining import lint_request
from ferrous_vm.workbench.linting import lint_script, new_linter
from ferrous_vm.workbench.records.editing import Lint
from ferrous_vm.workbench.replacements import trial
from ferrous_vm.workbench.replacements.outline import Outline
from ferrous_vm.workbench.replacements.shapes import MOST_PROPOSALS, proposals
from ferrous_vm.workbench.workbench import Workbench


def said(source: str, servers: str) -> list[str]:
    """What is said of commands that do the work of a script."""
    found = lint_script(source.encode(), tuple(servers.split()))
    return [one.message for one in found if one.rule == REPLACED.name]


RELEASE = "DELEX KEYS[1] IFEQ ARGV[1]"
ONE_FOR_OK = "It answers OK for 1, nil for 0."

RELEASES = [
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end",
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0",
    "if ARGV[1] == redis.call('GET', KEYS[1]) then return redis.call('DEL', KEYS[1]) end return 0",
    "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end return redis.call('DEL', KEYS[1])",
    "if not (redis.call('GET', KEYS[1]) == ARGV[1]) then return 0 end return redis.call('UNLINK', KEYS[1])",
    "local v = redis.call('GET', KEYS[1]) if v == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end",
    "local key, token = KEYS[1], ARGV[1] if redis.call('GET', key) == token then return redis.call('DEL',"
    " key) end return 0",
    "local v = redis.call('GET', KEYS[1]) if v == false then return 0 end"
    " if v == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0",
    "local v = redis.call('GET', KEYS[1]) if not v then return 0 elseif v ~= ARGV[1] then return 0 else"
    " return redis.call('DEL', KEYS[1]) end",
    "local v = redis.call('GET', KEYS[1]) if v and v == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0",
    "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0",
    "if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end"
    " if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0",
    "local call = redis.call if call('GET', KEYS[1]) == ARGV[1] then return call('DEL', KEYS[1]) end return 0",
    "local function get(k) return redis.call('GET', k) end"
    " if get(KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0",
    "local n = 0 if tostring(redis.call('GET', KEYS[1])) == ARGV[1] then n = redis.call('DEL', KEYS[1]) end return n",
    "local n = 0 do local v = redis.call('GET', KEYS[1]) if v == ARGV[1] then n = redis.call('DEL',"
    " KEYS[1]) end end return n",
    "if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return"
    " redis.call('GET', KEYS[1]) and 0 or 0",
    "redis.replicate_commands() if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL',"
    " KEYS[1]) end return 0",
    "local ok, v = pcall(redis.call, 'GET', KEYS[1]) if v == ARGV[1] then return redis.call('DEL', KEYS[1]) end"
    " redis.call('GET', KEYS[1]) return 0",
]


@pytest.mark.parametrize("source", RELEASES, ids=range(len(RELEASES)))
def test_a_lock_is_released_in_many_spellings(source: str) -> None:
    assert said(source, "redis-8.6") == [
        f"{RELEASE} does all that this script does. DELEX came with Redis 8.4. Both were tried on 160 states."
    ]


GET_DELETE = "local v = redis.call('GET', KEYS[1]) redis.call('DEL', KEYS[1]) return v"
COUNTED_ONCE = "MULTI, SET KEYS[1] 0 EX ARGV[1] NX, INCR KEYS[1], EXEC"
COUNTED = "local n = redis.call('INCR', KEYS[1]) "

FOUND: list[tuple[str, str, str, str]] = [
    # Compare and delete, compare and set, extend
    ("valkey-9.0", RELEASES[0], "DELIFEQ KEYS[1] ARGV[1]", "DELIFEQ came with Valkey 9.0."),
    (
        "redis-8.6",
        "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0",
        "DELEX KEYS[1] IFNE ARGV[1]",
        "DELEX came with Redis 8.4.",
    ),
    (
        "redis-8.6",
        "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) return 1 end return 0",
        "SET KEYS[1] ARGV[2] IFEQ ARGV[1]",
        f"IFEQ of SET came with Redis 8.4 and Valkey 8.1. {ONE_FOR_OK}",
    ),
    (
        "valkey-8.1",
        "local v = redis.call('GET', KEYS[1]) if v ~= ARGV[1] then return false end"
        " return redis.call('SETEX', KEYS[1], ARGV[3], ARGV[2])",
        "SET KEYS[1] ARGV[2] EX ARGV[3] IFEQ ARGV[1]",
        "IFEQ of SET came with Redis 8.4 and Valkey 8.1.",
    ),
    (
        "redis-8.6",
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) else"
        " return 0 end",
        "SET KEYS[1] ARGV[1] IFEQ ARGV[1] PX ARGV[2]",
        f"IFEQ of SET came with Redis 8.4 and Valkey 8.1. {ONE_FOR_OK}",
    ),
    (
        "redis-8.6",
        "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2])"
        " redis.call('EXPIRE', KEYS[1], 60) return 1 else return 0 end",
        "SET KEYS[1] ARGV[2] EX 60 IFEQ ARGV[1]",
        f"IFEQ of SET came with Redis 8.4 and Valkey 8.1. {ONE_FOR_OK}",
    ),
    # Counters
    ("redis-7.0", COUNTED + "if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n", COUNTED_ONCE, "ZERO"),
    (
        "redis-6.2",
        COUNTED + "if tonumber(n) == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n",
        COUNTED_ONCE,
        "ZERO",
    ),
    (
        "valkey-9.1",
        COUNTED + "if 1 == n then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n",
        COUNTED_ONCE,
        "ZERO",
    ),
    (
        "redis-7.0",
        "if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('INCR', KEYS[1]) end"
        " redis.call('SET', KEYS[1], 1, 'EX', ARGV[1]) return 1",
        COUNTED_ONCE,
        "The script's reply is the last of what it answers.",
    ),
    (
        "redis-7.0",
        COUNTED + "if redis.call('TTL', KEYS[1]) == -1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n",
        "MULTI, INCR KEYS[1], EXPIRE KEYS[1] ARGV[1] NX, EXEC",
        "NX of EXPIRE came with Redis 7.0. The script's reply is the first of what it answers.",
    ),
    # Locks taken
    (
        "redis-6.2",
        "if redis.call('SETNX', KEYS[1], ARGV[1]) == 1 then redis.call('EXPIRE', KEYS[1], ARGV[2]) return 1"
        " end return 0",
        "SET KEYS[1] ARGV[1] NX EX ARGV[2]",
        ONE_FOR_OK,
    ),
    (
        "redis-7.0",
        "if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end redis.call('SET', KEYS[1], ARGV[1], 'PX',"
        " ARGV[2]) return 1",
        "SET KEYS[1] ARGV[1] PX ARGV[2] NX",
        ONE_FOR_OK,
    ),
    # Read and do
    ("redis-6.2", GET_DELETE, "GETDEL KEYS[1]", "GETDEL came with Redis 6.2."),
    (
        "redis-7.0",
        "local v = redis.call('GET', KEYS[1]) if v then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return v",
        "GETEX KEYS[1] EX ARGV[1]",
        "GETEX came with Redis 6.2.",
    ),
    (
        "redis-7.0",
        "local old = redis.call('GET', KEYS[1]) redis.call('SET', KEYS[1], ARGV[1]) return old",
        "SET KEYS[1] ARGV[1] GET",
        "GET of SET came with Redis 6.2.",
    ),
    (
        "redis-8.0",
        "local v = redis.call('HGET', KEYS[1], ARGV[1]) redis.call('HDEL', KEYS[1], ARGV[1]) return v",
        "HGETDEL KEYS[1] FIELDS 1 ARGV[1]",
        "HGETDEL came with Redis 8.0 and Valkey 9.1. The script's reply is the first of what it answers.",
    ),
    (
        "redis-8.0",
        "redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) redis.call('HEXPIRE', KEYS[1], ARGV[3], 'FIELDS', 1, ARGV[1])",
        "HSETEX KEYS[1] EX ARGV[3] FIELDS 1 ARGV[1] ARGV[2]",
        "HSETEX came with Redis 8.0 and Valkey 9.0. It answers 1 for nil.",
    ),
    (
        "valkey-9.0",
        "local v = redis.call('HGET', KEYS[1], ARGV[1])"
        " redis.call('HPEXPIRE', KEYS[1], ARGV[2], 'FIELDS', 1, ARGV[1]) return v",
        "HGETEX KEYS[1] PX ARGV[2] FIELDS 1 ARGV[1]",
        "HGETEX came with Redis 8.0 and Valkey 9.0. The script's reply is the first of what it answers.",
    ),
    (
        "redis-7.0",
        "local v = redis.call('RPOP', KEYS[1]) if v then redis.call('LPUSH', KEYS[2], v) end return v",
        "LMOVE KEYS[1] KEYS[2] RIGHT LEFT",
        "LMOVE came with Redis 6.2. Otherwise it differs only so:"
        " with the same key twice, a last element stays, and the key's time to live with it.",
    ),
    (
        "redis-7.0",
        "local m = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES') if #m > 0 then"
        " redis.call('ZREM', KEYS[1], m[1]) end return m",
        "ZPOPMIN KEYS[1]",
        "",
    ),
    (
        "redis-7.0",
        "local m = redis.call('ZREVRANGE', KEYS[1], 0, 0) if m[1] then redis.call('ZREM', KEYS[1], m[1]) end"
        " return m[1]",
        "ZPOPMAX KEYS[1]",
        "The script's reply is the first of what it answers.",
    ),
    (
        "redis-7.0",
        "local v = redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1) redis.call('LTRIM', KEYS[1], ARGV[1], -1) return v",
        "LPOP KEYS[1] ARGV[1]",
        "It answers nil for [].",
    ),
    # Conditions that a command has
    (
        "redis-7.0",
        "if redis.call('TTL', KEYS[1]) == -1 then return redis.call('EXPIRE', KEYS[1], ARGV[1]) end return 0",
        "EXPIRE KEYS[1] ARGV[1] NX",
        "NX of EXPIRE came with Redis 7.0.",
    ),
    (
        "redis-7.0",
        "local s = redis.call('ZSCORE', KEYS[1], ARGV[2]) if not s or tonumber(s) < tonumber(ARGV[1]) then"
        " redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2]) return 1 end return 0",
        "ZADD KEYS[1] GT CH ARGV[1] ARGV[2]",
        "GT of ZADD came with Redis 6.2.",
    ),
    (
        "redis-7.0",
        "if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])"
        " return 1 end return 0",
        "HSETNX KEYS[1] ARGV[1] ARGV[2]",
        "",
    ),
    (
        "redis-7.0",
        "if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('GET', KEYS[1]) end return nil",
        "GET KEYS[1]",
        "",
    ),
    (
        "redis-7.0",
        "if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 0 end return redis.call('SADD',"
        " KEYS[1], ARGV[1])",
        "SADD KEYS[1] ARGV[1]",
        "",
    ),
    # Several keys, several elements
    (
        "redis-8.6",
        "for i, key in ipairs(KEYS) do redis.call('SET', key, ARGV[i + 1], 'EX', ARGV[1]) end return 1",
        "MSETEX 2 KEYS[1] ARGV[2] KEYS[2] ARGV[3] EX ARGV[1] …",
        "MSETEX came with Redis 8.4 and Valkey 9.1.",
    ),
    (
        "valkey-9.1",
        "redis.call('MSET', KEYS[1], ARGV[1], KEYS[2], ARGV[2])"
        " redis.call('EXPIRE', KEYS[1], 9) redis.call('EXPIRE', KEYS[2], 9) return 1",
        "MSETEX 2 KEYS[1] ARGV[1] KEYS[2] ARGV[2] EX 9",
        "MSETEX came with Redis 8.4 and Valkey 9.1.",
    ),
    (
        "redis-7.0",
        "for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[i]) end return 'OK'",
        "MSET KEYS[1] ARGV[1] KEYS[2] ARGV[2] …",
        "It answers OK for 'OK'.",
    ),
    (
        "redis-7.0",
        "for _, member in ipairs(ARGV) do redis.call('SADD', KEYS[1], member) end",
        "SADD KEYS[1] ARGV[1] ARGV[2] ARGV[3] ARGV[4] …",
        "Its reply says more than the script's, which is always the same.",
    ),
    (
        "redis-7.0",
        "local n = 0 for i = 1, #KEYS do n = n + redis.call('DEL', KEYS[i]) end return n",
        "DEL KEYS[1] KEYS[2] …",
        "",
    ),
    (
        "redis-7.0",
        "for i = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end return 1",
        "HSET KEYS[1] ARGV[1] ARGV[2] ARGV[3] ARGV[4] …",
        "Its reply says more than the script's, which is always the same.",
    ),
    ("redis-7.0", "return #redis.call('SMEMBERS', KEYS[1])", "SCARD KEYS[1]", ""),
    (
        "redis-7.0",
        "return table.getn(redis.call('SINTER', KEYS[1], KEYS[2]))",
        "SINTERCARD 2 KEYS[1] KEYS[2]",
        "SINTERCARD came with Redis 7.0.",
    ),
]


@pytest.mark.parametrize(("server", "source", "call", "more"), FOUND, ids=range(len(FOUND)))
def test_what_a_command_does_is_told(server: str, source: str, call: str, more: str) -> None:
    zero = (
        "The script's reply is the last of what it answers."
        " Otherwise it differs only so: where the key holds 0 already, no new time begins."
    )
    more = zero if more == "ZERO" else more
    sentences = [f"{call} does all that this script does.", more, "Both were tried on 160 states."]
    assert said(source, server) == [" ".join(filter(None, sentences))]


LOOK_ALIKE: list[tuple[str, str]] = [
    # A server that has no such command
    ("redis-7.0", RELEASES[0]),
    ("redis-8.2", RELEASES[0]),
    ("valkey-8.1", RELEASES[0]),
    (
        "valkey-8.1",
        "if redis.call('GET', KEYS[1]) ~= ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) return 1 end return 0",
    ),
    ("redis-7.4", "local v = redis.call('HGET', KEYS[1], ARGV[1]) redis.call('HDEL', KEYS[1], ARGV[1]) return v"),
    # Another key
    ("redis-8.6", "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[2]) end return 0"),
    (
        "redis-8.6",
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1] .. ':x') end return 0",
    ),
    ("redis-8.6", "local v = redis.call('GET', KEYS[1]) redis.call('DEL', KEYS[2]) return v"),
    ("redis-7.0", COUNTED + "if n == 1 then redis.call('EXPIRE', KEYS[2], ARGV[1]) end return n"),
    # Another comparison
    (
        "redis-8.6",
        "if tonumber(redis.call('GET', KEYS[1])) == tonumber(ARGV[1]) then return redis.call('DEL',"
        " KEYS[1]) end return 0",
    ),
    (
        "redis-8.6",
        "if redis.call('GET', KEYS[1]) == ARGV[1] or ARGV[2] == 'force' then return redis.call('DEL',"
        " KEYS[1]) end return 0",
    ),
    (
        "redis-8.6",
        "if string.lower(redis.call('GET', KEYS[1])) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0",
    ),
    (
        "redis-8.6",
        "if redis.call('GET', KEYS[1]) == ARGV[1] .. ':1' then return redis.call('DEL', KEYS[1]) end return 0",
    ),
    (
        "redis-8.6",
        "local v = redis.call('GET', KEYS[1]) if not v or v == ARGV[1] then redis.call('SET', KEYS[1],"
        " ARGV[2]) return 1 end return 0",
    ),
    (
        "redis-8.6",
        "local v = redis.call('GET', KEYS[1]) if v and #v == #ARGV[1] then return redis.call('DEL',"
        " KEYS[1]) end return 0",
    ),
    (
        "redis-8.6",
        "local v = redis.call('GET', KEYS[1]) if v == ARGV[1] or v == 'x' then return redis.call('DEL',"
        " KEYS[1]) end return 0",
    ),
    ("redis-7.0", COUNTED + "if n == 2 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n"),
    ("redis-7.0", COUNTED + "if n < 3 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n"),
    (
        "redis-7.0",
        "local t = redis.call('TTL', KEYS[1]) if t < 100 then return redis.call('EXPIRE', KEYS[1],"
        " ARGV[1]) end return 0",
    ),
    (
        "redis-7.0",
        "local s = redis.call('ZSCORE', KEYS[1], ARGV[2]) if s and s < ARGV[1] then redis.call('ZADD',"
        " KEYS[1], ARGV[1], ARGV[2]) return 1 end return 0",
    ),
    # Something besides
    (
        "redis-8.6",
        "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PUBLISH', KEYS[2], '') return"
        " redis.call('DEL', KEYS[1]) end return 0",
    ),
    (
        "redis-8.6",
        "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[2], 1) return"
        " redis.call('DEL', KEYS[1]) end return 0",
    ),
    (
        "redis-7.0",
        COUNTED + "if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end redis.call('INCR', KEYS[2]) return n",
    ),
    (
        "redis-7.0",
        COUNTED + "redis.call('INCR', KEYS[1]) if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n",
    ),
    ("redis-7.0", "for _, m in ipairs(ARGV) do if redis.call('SADD', KEYS[1], m) == 0 then return m end end"),
    # Another order
    ("redis-7.0", "redis.call('DEL', KEYS[1]) return redis.call('GET', KEYS[1])"),
    ("redis-7.0", "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])"),
    ("redis-7.0", "redis.call('EXPIRE', KEYS[1], ARGV[1]) return redis.call('INCR', KEYS[1])"),
    ("redis-7.0", "redis.call('ZREM', KEYS[1], ARGV[1]) return redis.call('ZRANGE', KEYS[1], 0, 0)"),
    ("redis-7.0", "redis.call('LPUSH', KEYS[2], ARGV[1]) return redis.call('RPOP', KEYS[1])"),
    # Another part
    (
        "redis-7.0",
        "local m = redis.call('ZRANGE', KEYS[1], 0, 1) if m[2] then redis.call('ZREM', KEYS[1], m[2]) end return m[2]",
    ),
    (
        "redis-7.0",
        "local m = redis.call('ZRANGE', KEYS[1], 1, 1) if m[1] then redis.call('ZREM', KEYS[1], m[1]) end return m[1]",
    ),
    (
        "redis-7.0",
        "local v = redis.call('LRANGE', KEYS[1], 0, ARGV[1]) redis.call('LTRIM', KEYS[1], ARGV[1], -1) return v",
    ),
    ("redis-7.0", "return #redis.call('LRANGE', KEYS[1], 0, 9)"),
    ("redis-7.0", "return #redis.call('ZRANGE', KEYS[1], 0, -2)"),
    ("redis-7.0", "local v = redis.call('RPOP', KEYS[1]) if v then redis.call('LPUSH', KEYS[2], ARGV[1]) end return v"),
    (
        "redis-8.6",
        "redis.call('SET', KEYS[1], ARGV[1], 'EX', 9) redis.call('SET', KEYS[2], ARGV[2], 'EX', 10) return 1",
    ),
    ("redis-8.6", "redis.call('SET', KEYS[1], ARGV[1], 'EX', 9) redis.call('SET', KEYS[2], ARGV[2]) return 1"),
    # Another reply
    (
        "redis-8.6",
        "local v = redis.call('GET', KEYS[1]) if not v then return -1 end if v == ARGV[1] then return"
        " redis.call('DEL', KEYS[1]) end return 0",
    ),
    ("redis-7.0", "local v = redis.call('GET', KEYS[1]) local n = redis.call('DEL', KEYS[1]) return {v, n, ARGV[1]}"),
    ("redis-7.0", COUNTED + "if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n * 2"),
    (
        "redis-7.0",
        "if redis.call('SETNX', KEYS[1], ARGV[1]) == 1 then redis.call('EXPIRE', KEYS[1], ARGV[2])"
        " return 1 end return redis.call('TTL', KEYS[1])",
    ),
    (
        "redis-8.6",
        "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) return ARGV[2] end return ARGV[1]",
    ),
    ("redis-7.0", "local n = 0 for i = 1, #KEYS do n = n + 1 redis.call('DEL', KEYS[1]) end return n"),
    ("redis-7.0", "for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[1]) redis.call('INCR', KEYS[1]) end"),
    ("redis-8.0", "local v = redis.call('HGET', KEYS[1], ARGV[1]) redis.call('HDEL', KEYS[1], ARGV[2]) return v"),
    ("redis-8.0", "local v = redis.call('HGET', KEYS[1], ARGV[1]) redis.call('HDEL', KEYS[2], ARGV[1]) return v"),
    ("redis-7.0", "local v = redis.call('GET', KEYS[1]) redis.call('EXPIRE', KEYS[2], ARGV[1]) return v"),
    ("redis-7.0", "if redis.call('SREM', KEYS[1], ARGV[1]) == 0 then redis.call('SADD', KEYS[2], ARGV[1]) end"),
    ("redis-7.0", "if redis.call('SREM', KEYS[1], ARGV[1]) == 1 then redis.call('SADD', KEYS[2], ARGV[2]) end"),
    (
        "redis-7.0",
        "local v = redis.call('GET', KEYS[1]) if v == '7' then return v end redis.call('DEL', KEYS[1]) return v",
    ),
    # One command already, or nothing that can be followed
    ("redis-7.0", "return redis.call('GET', KEYS[1])"),
    ("redis-7.0", "return redis.call('EXISTS', KEYS[1]) == 1"),
    ("redis-7.0", "if redis.call('SET', KEYS[1], ARGV[1], 'NX') then return 1 end return 0"),
    ("redis-7.0", "if #redis.call('SMEMBERS', KEYS[1]) == 0 then end"),
    ("redis-7.0", "while redis.call('LLEN', KEYS[1]) > 0 do redis.call('LPOP', KEYS[1]) end"),
    ("redis-7.0", "local v = redis.call('GET', KEYS[1]) if ARGV[1] then redis.call('DEL', KEYS[1]) end return v"),
    ("redis-7.0", "return 1"),
]


@pytest.mark.parametrize(("server", "source"), LOOK_ALIKE, ids=range(len(LOOK_ALIKE)))
def test_nothing_is_said_of_what_only_looks_alike(server: str, source: str) -> None:
    assert said(source, server) == []


@pytest.mark.parametrize("option", ["EX", "PX", "EXAT", "PXAT"])
def test_options_may_be_in_small_letters(option: str) -> None:
    source = "if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SET', KEYS[1], 0, '{}', ARGV[1]) end "
    source += "return redis.call('INCR', KEYS[1])"
    small = said(source.format(option.lower()), "redis-7.0")
    assert [one.replace(f" {option.lower()} ", f" {option} ") for one in small] == said(
        source.format(option), "redis-7.0"
    )


def test_servers_with_the_same_command_are_named_together() -> None:
    assert said(RELEASES[0], " ".join(PROFILES)) == [
        f"On Redis 8.6 {RELEASE} does all that this script does. DELEX came with Redis 8.4. "
        "Both were tried on 160 states.",
        "On Valkey 9.0 and 9.1 DELIFEQ KEYS[1] ARGV[1] does all that this script does. DELIFEQ came with Valkey 9.0. "
        "Both were tried on 160 states, and on 24 of each other server.",
    ]


def test_a_change_leaves_the_command_alone() -> None:
    source = b"-- Take it, once.\n" + GET_DELETE.encode() + b"\n"
    (one,) = lint_script(source)
    assert one.fix is not None
    assert (one.fix.title, one.fix.certain) == ("Call GETDEL alone", False)
    changed = apply(source, one.fix)
    assert changed == b"-- Take it, once.\nreturn redis.call('GETDEL', KEYS[1])\n"
    assert lint_script(changed) == []


def test_while_one_types_only_what_is_known_is_told() -> None:
    linter = new_linter(("valkey-9.0",))
    source = (
        b"local w = redis.call('GET', KEYS[1])"
        b" if w == ARGV[1] then redis.call('DEL', KEYS[1]) return true end return false"
    )
    assert linter.lint(source, may_try=False) == []
    (found,) = linter.lint(source)
    assert found.message.startswith("DELIFEQ KEYS[1] ARGV[1] does")
    renamed = b"-- the same\n" + source.replace(b"w", b"token")
    assert [one.message for one in linter.lint(renamed, may_try=False)] == [found.message]


def test_the_page_is_told_when_nobody_types() -> None:
    workbench = Workbench()
    script = "local found = redis.call('GET', KEYS[1]) redis.call('UNLINK', KEYS[1]) return found"
    assert lint_request(workbench, Lint(script)).diagnostics == []
    (found,) = lint_request(workbench, Lint(script, at_rest=True)).diagnostics
    assert (found.rule, found.severity) == (REPLACED.name, "info")
    assert lint_request(workbench, Lint(script + " -- now")).diagnostics[0].message == found.message


def test_a_script_of_many_commands_is_not_tried_for_ever() -> None:
    setting = "".join(f"redis.call('SET', KEYS[{at}], {at}, 'EX', {at}) " for at in range(1, 31))
    resolved = resolve(parse(f"{setting} redis.call('EXPIRE', KEYS[1], 9)".encode(), b"@user_script"))
    proposed = proposals(Outline(tuple(paths_of(resolved, 30, 0))))
    assert max(map(len, proposed.values())) <= MOST_PROPOSALS
    assert said("for i = 1, 1e9 do end return redis.call('SETNX', KEYS[1], 1)", "redis-7.0") == []
    assert said("for i = 1, 2 do for j = 1, 1e308 do redis.call('SETNX', KEYS[1], 1) end end", "redis-7.0") == []


def test_one_server_is_tried_in_full_and_the_others_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    def counted(*given: Any) -> trial.Trial | None:
        found = trial.tried(*given)
        if found is not None:  # what does something else is known after few states
            counts.append(given[6])
        return found

    monkeypatch.setattr(replacements, "tried", counted)
    replacements._KNOWN.clear()
    script = "if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SET', KEYS[1], ARGV[1]) return 1 end return 0"
    assert len(said(script, " ".join(PROFILES))) == 1
    assert counts.count(replacements.STATES_ELSEWHERE) == len(PROFILES) - 1
    assert counts.count(replacements.STATES) == 1
