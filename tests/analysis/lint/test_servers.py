"""What the linter says of the servers that a script is for."""

from __future__ import annotations

import pytest

from ferrous_vm.keyspace.profiles.profile import PROFILES
from ferrous_vm.scripting.lint_facts import DEFAULT, global_names
from ferrous_vm.server import Server
from ferrous_vm.workbench.linting import lint_script, new_linter

SAID: list[tuple[str, str, list[str]]] = [
    # Commands
    (
        "redis-7.0",
        "return redis.call('HEXPIRE', KEYS[1], 9, 'FIELDS', 1, 'f')",
        ["unknown-command: HEXPIRE came with Redis 7.4 and Valkey 9.0: Redis 7.0 does not have it."],
    ),
    ("redis-7.4", "return redis.call('HEXPIRE', KEYS[1], 9, 'FIELDS', 1, 'f')", []),
    (
        "redis-7.2 redis-7.4 valkey-8.0 valkey-8.1 valkey-9.0",
        "return redis.call('HEXPIRE', KEYS[1], 9, 'FIELDS', 1, 'f')",
        ["unknown-command: HEXPIRE came with Redis 7.4 and Valkey 9.0: Redis 7.2, Valkey 8.0 and 8.1 do not have it."],
    ),
    (
        "redis-6.2",
        "return redis.call('LMPOP', 1, KEYS[1], 'LEFT')",
        ["unknown-command: LMPOP came with Redis 7.0: Redis 6.2 does not have it."],
    ),
    ("redis-7.0", "return redis.call('FOO')", ["unknown-command: Redis 7.0 has no command FOO."]),
    ("redis-7.0 redis-7.2", "return redis.call('FOO')", ["unknown-command: Redis 7.0 and 7.2 have no command FOO."]),
    ("redis-7.0", "return redis.call('BLPOP', KEYS[1], 0)", ["refused-command: BLPOP is not allowed in scripts."]),
    (
        "redis-7.0 redis-7.2",
        "return redis.call('BLPOP', KEYS[1], 0)",
        ["refused-command: BLPOP is not allowed in scripts of Redis 7.0."],
    ),
    ("redis-7.2", "return redis.call('BLPOP', KEYS[1], 0)", []),
    # Options
    (
        "redis-7.0",
        "return redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3], 'IFEQ', ARGV[2])",
        ["unknown-option: IFEQ of SET came with Redis 8.4 and Valkey 8.1: Redis 7.0 does not have it."],
    ),
    ("valkey-8.1", "return redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3], 'IFEQ', ARGV[2])", []),
    (
        "redis-8.6 valkey-8.1",
        "return redis.call('SET', KEYS[1], ARGV[1], 'IFNE', ARGV[2])",
        ["unknown-option: IFNE of SET came with Redis 8.4: Valkey 8.1 does not have it."],
    ),
    (
        "redis-6.2",
        "return redis.call('EXPIRE', KEYS[1], ARGV[1], 'NX')",
        ["unknown-option: NX of EXPIRE came with Redis 7.0: Redis 6.2 does not have it."],
    ),
    (
        "redis-7.0",
        "return redis.call('BITOP', 'DIFF', KEYS[1], KEYS[2])",
        ["unknown-option: DIFF of BITOP came with Redis 8.2: Redis 7.0 does not have it."],
    ),
    (
        "redis-7.0",
        "return redis.call('ZRANK', KEYS[1], ARGV[1], 'WITHSCORE')",
        ["unknown-option: WITHSCORE of ZRANK came with Redis 7.2: Redis 7.0 does not have it."],
    ),
    (
        "redis-7.0",
        "return redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], 'ACKED', '*', 'f', 1)",
        ["unknown-option: ACKED of XADD came with Redis 8.2: Redis 7.0 does not have it."],
    ),
    (
        "redis-7.0 redis-7.4",
        "return redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', 9, 'NOVALUES')",
        ["unknown-option: NOVALUES of HSCAN came with Redis 7.4 and Valkey 8.0: Redis 7.0 does not have it."],
    ),
    # Data that is spelt as an option
    ("redis-7.0", "return redis.call('SET', KEYS[1], 'IFEQ')", []),
    ("redis-7.0", "return redis.call('XADD', KEYS[1], '*', 'acked', 1)", []),
    ("redis-7.0", "return redis.call('XADD', KEYS[1], ARGV[1], 'acked', 1)", []),
    ("redis-7.0", "return redis.call('BITOP', 'AND', KEYS[1], KEYS[2])", []),
    ("redis-6.2", "return redis.call('BITOP', ARGV[1], KEYS[1], KEYS[2])", []),
    ("redis-7.0", "return redis.call('HSCAN', KEYS[1], 0, 'MATCH', 'novalues')", []),
    # Waiting
    (
        "redis-7.2 redis-7.4",
        "return redis.call('XREAD', 'BLOCK', 1, 'STREAMS', KEYS[1], 0)",
        ["blocking-option: XREAD does not take BLOCK in a script of Redis 7.2: the call fails."],
    ),
    ("redis-7.4", "return redis.call('XREAD', 'BLOCK', 1, 'STREAMS', KEYS[1], 0)", []),
    # Names of Lua
    (
        "redis-7.0",
        "return os.clock()",
        ["undefined-global: `os.clock` came with Redis 7.4 and Valkey 8.0: Redis 7.0 does not have it."],
    ),
    ("valkey-8.0", "return tostring(os.clock())", []),
    (
        "redis-7.2 redis-7.4",
        "return tostring(os.clock())",
        ["undefined-global: `os` came with Redis 7.4 and Valkey 8.0: Redis 7.2 does not have it."],
    ),
    (
        "redis-7.0",
        "return server.call('GET', KEYS[1])",
        ["undefined-global: `server.call` came with Valkey 8.0: Redis 7.0 does not have it."],
    ),
    ("valkey-9.1", "return server.call('HGET', KEYS[1], 'f')", []),
    (
        "valkey-9.1",
        "return server.call('GET', KEYS[1]) == nil",
        ["nil-reply: What GET answers is false, not nil, where Redis answers nil, so this never holds."],
    ),
    (
        "redis-6.2",
        "return redis.acl_check_cmd('GET')",
        ["undefined-field: `redis.acl_check_cmd` came with Redis 7.0: Redis 6.2 does not have it."],
    ),
    ("redis-6.2", "if redis.acl_check_cmd then return 1 end", []),
    (
        "redis-6.2",
        "#!lua\nreturn 1",
        ["bad-shebang: Redis 6.2 reads no first line like this: the script is not loaded."],
    ),
    # Time that stands
    (
        "redis-7.2",
        "local t = redis.call('TIME')[1] repeat until redis.call('TIME')[1] > t",
        ["standing-clock: In scripts of Redis 7.2 TIME stands still: a loop that waits for it never ends."],
    ),
    (
        "redis-7.0 valkey-8.0",
        "local a = redis.call('TIME')[2] local b = redis.call('TIME')[2] return b - a",
        ["standing-clock: In scripts of Valkey 8.0 TIME stands still: this difference is 0."],
    ),
    ("redis-7.0", "local a = redis.call('TIME')[2] local b = redis.call('TIME')[2] return b - a", []),
    ("redis-7.2", "local t = redis.call('TIME') return t[1] - ARGV[1]", []),
    ("redis-7.2", "while redis.call('LLEN', KEYS[1]) > 0 do redis.call('LPOP', KEYS[1]) redis.call('TIME') end", []),
    # Texts of numbers
    (
        "redis-7.0 redis-7.2",
        "return redis.call('HSET', KEYS[1], 'f', ARGV[1] / 3)",
        ["number-text: A fraction is stored with 17 digits by Redis 7.0, and with as many as it needs by Redis 7.2."],
    ),
    ("redis-7.2 redis-7.4", "return redis.call('HSET', KEYS[1], 'f', ARGV[1] / 3)", []),
    ("redis-7.0", "return redis.call('HSET', KEYS[1], 'f', ARGV[1] / 3)", []),
    ("redis-7.0 redis-7.2", "return redis.call('ZADD', KEYS[1], ARGV[1] / 3, 'm')", []),
    ("redis-7.0 redis-7.2", "return redis.call('HSET', KEYS[1], 'f', math.floor(ARGV[1] / 3))", []),
    # Order of tables
    (
        "valkey-8.0 valkey-8.1",
        "for k in pairs({ a = 1 }) do redis.call('RPUSH', KEYS[1], k) end",
        [
            "table-order: pairs visits names in one order on Valkey 8.0, and in another on Valkey 8.1:"
            " what is done here follows it."
        ],
    ),
    ("valkey-8.1 valkey-9.0", "for k in pairs({ a = 1 }) do redis.call('RPUSH', KEYS[1], k) end", []),
    ("valkey-8.0 valkey-8.1", "for k, v in pairs(KEYS) do redis.call('RPUSH', KEYS[1], k .. v) end", []),
    ("valkey-8.0 valkey-8.1", "local n = 0 for k in pairs({ a = 1 }) do n = n + 1 end return n", []),
    # Sentences
    (
        "valkey-8.0",
        "local r = redis.pcall('FOO') return string.find(r.err, 'Unknown Redis command') or 0",
        [
            "unknown-command: Valkey 8.0 has no command FOO.",
            "server-sentence: No sentence of Valkey 8.0 has `Unknown Redis command` in it.",
        ],
    ),
    ("redis-7.0", "if ARGV[1] == 'NOSCRIPT No matching script. Please use EVAL.' then return 1 end", []),
    (
        "valkey-9.1",
        "if ARGV[1] == 'NOSCRIPT No matching script. Please use EVAL.' then return 1 end",
        ["server-sentence: No sentence of Valkey 9.1 has `NOSCRIPT No matching script. Please use EVAL.` in it."],
    ),
    ("valkey-9.1", "if ARGV[1] == 'some other text' then return 1 end", []),
]


@pytest.mark.parametrize(("servers", "source", "expected"), SAID)
def test_what_a_server_lacks_is_told(servers: str, source: str, expected: list[str]) -> None:
    found = lint_script(source.encode(), tuple(servers.split()))
    assert [f"{one.rule}: {one.message}" for one in found] == expected


HEXPIRE = "\nreturn redis.call('HEXPIRE', KEYS[1], 9, 'FIELDS', 1, 'f')"

COMMENTS = [
    ("-- server: redis-7.4", ""),
    ("-- server: redis>=7.4", ""),
    ("  --server: redis>=7.4,valkey>8.1", ""),
    ("-- server: valkey=9", ""),
    ("-- server: redis>=7.2 valkey>=8", "Redis 7.2, Valkey 8.0 and 8.1 do"),
    ("-- server: redis<7.4 valkey==8.0", "Redis 6.2, 7.0, 7.2 and Valkey 8.0 do"),
    ("-- server: redis<=7", "Redis 6.2, 7.0 and 7.2 do"),
    ("-- server: all", "Redis 6.2, 7.0, 7.2, Valkey 8.0 and 8.1 do"),
    ("-- server: valkey", "Valkey 8.0 and 8.1 do"),
    ("local x = 1 -- server: redis-7.4", "Redis 7.0 does"),
]


@pytest.mark.parametrize(("comment", "lacking"), COMMENTS)
def test_a_script_names_its_servers(comment: str, lacking: str) -> None:
    found = [one.message for one in lint_script((comment + HEXPIRE).encode())]
    expected = f"HEXPIRE came with Redis 7.4 and Valkey 9.0: {lacking} not have it."
    assert found == ([expected] if lacking else [])


WRONG_COMMENTS = [
    ("-- server: redes", "redes", "`redes` names no server: write redis>=7.2, valkey<9, or one of redis-6.2, "),
    ("-- server: redis>=", "redis>=", "`redis>=` names no server: "),
    ("-- server: redis>=7.x valkey", "redis>=7.x", "`redis>=7.x` names no server: "),
    ("-- server: redis>=99", "redis>=99", "No server that is known here is redis>=99: there are redis-6.2, "),
    ("-- server: redis >= 7.2", ">=", "`>=` names no server: "),
    ("-- server:", "-- server:", "Name the servers behind it: redis>=7.2 valkey>=8."),
    ("-- server: redis\n-- server: valkey", "-- server: valkey", "Line 1 says already which servers"),
    ("-- server: \x1b[31m", "\x1b[31m", "`\\x1b[31m` names no server: "),
]  # fmt: skip


@pytest.mark.parametrize(("comment", "place", "sentence"), WRONG_COMMENTS)
def test_a_comment_that_cannot_be_read_is_told_of(comment: str, place: str, sentence: str) -> None:
    source = comment.encode() + b"\nreturn 1"
    one = next(one for one in lint_script(source) if one.rule == "server-comment")
    assert source[one.start : one.end].decode() == place
    assert one.message.startswith(sentence)


def test_a_script_that_names_other_servers_is_looked_at_anew() -> None:
    linter = new_linter()
    for comment in ("", "-- server: redis-8.0\n", "-- server: valkey\n", "-- server: redis", ""):
        source = f"{comment}local f = 'f'{HEXPIRE}".encode()
        assert linter.lint(source) == lint_script(source)


NAMES = b"""
local names = {}
for name, value in pairs(_G) do
  names[#names + 1] = name
  if type(value) == 'table' and value ~= _G then
    for field in pairs(value) do names[#names + 1] = name .. '.' .. field end
  end
end
return names"""


@pytest.mark.parametrize("profile", PROFILES)
def test_the_globals_are_those_of_the_server(profile: str) -> None:
    reply = Server(profile=profile).connect().execute(b"EVAL", NAMES, b"0")
    assert isinstance(reply, list)
    shown = {bytes(name) for name in reply if not name.startswith(b"__")}  # type: ignore[arg-type, union-attr]
    assert {name for name in global_names(profile) if not name.startswith(b"_G.")} == shown


def test_what_stands_in_several_servers_is_said_once() -> None:
    source = b"if redis.call('EXISTS', KEYS[1]) then return x end"
    assert lint_script(source, PROFILES) == lint_script(source, DEFAULT)
