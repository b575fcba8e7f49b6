"""The keys that a script names, without running it: each once, declared or not, made of what, in which slot."""

from __future__ import annotations

import pytest

from ferrous_vm.workbench import script_keys
from ferrous_vm.workbench.records.keys import ScriptKeys, ScriptKeysShown
from ferrous_vm.workbench.workbench import Workbench


def shown(script: str) -> ScriptKeysShown:
    return script_keys.show(Workbench(), ScriptKeys(script))


CASES = [
    ("return redis.call('GET', KEYS[1])", ["KEYS[1] yes KEYS any"]),
    ("return redis.call('GET', 'a')", ["'a' no literal 15495"]),
    ("return redis.call('GET', '{a}:' .. ARGV[1])", ["'{a}:' .. ARGV[1] no ARGV literal 15495"]),
    ("local p = '{a}' return redis.call('GET', p .. ':' .. ARGV[1])", ["p .. ':' .. ARGV[1] no ARGV literal 15495"]),
    ("return redis.call('GET', '{a' .. ARGV[1])", ["'{a' .. ARGV[1] no ARGV literal any"]),
    ("local k = KEYS[1] .. ':x' return redis.call('GET', k)", ["k = KEYS[1] .. ':x' no KEYS literal any"]),
    ("local function f(n) return 'u:' .. n end return redis.call('GET', f(ARGV[1]))",
     ["f(ARGV[1]) no ARGV literal any"]),
    ("return redis.call('DEL', unpack(KEYS))", ["unpack(KEYS) yes KEYS any"]),
    ("return redis.call('HMGET', KEYS[1], unpack(ARGV))", ["KEYS[1] yes KEYS any"]),
    ("return redis.call('ZUNIONSTORE', KEYS[1], #ARGV, unpack(ARGV))",
     ["KEYS[1] yes KEYS any", "unpack(ARGV) no ARGV any"]),
    ("return redis.call('GET', cjson.decode(ARGV[1]).key)", ["cjson.decode(ARGV[1]).key no ARGV decoded any"]),
    ("for _, m in ipairs(redis.call('SMEMBERS', KEYS[1])) do redis.call('DEL', m) end",
     ["KEYS[1] yes KEYS any", "m no stored any"]),
    ("for i = 1, 3 do redis.call('GET', 'w' .. i) end", ["'w' .. i no literal made any"]),
    ("return redis.call('GET', redis.call('TIME')[1])", ["redis.call('TIME')[1] no time any"]),
    ("return redis.call('GET', _G['x'])", ["_G['x'] unknown unknown any"]),
    ("return redis.call('PING')", []),
    ("return redis.call(ARGV[1], 'a')", []),
    ("#!lua name=l\nredis.register_function('f', function(keys, args) return redis.call('MGET', keys[1], args[1]) end)",
     ["keys[1] yes KEYS any", "args[1] no ARGV any"]),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), CASES)
def test_each_key_is_told_with_what_it_is_made_of(script: str, expected: list[str]) -> None:
    told = [
        " ".join(
            [one.text, *(["=", one.means] if one.means else []), one.declared, *one.sources, str(one.slot or "any")]
        )
        for one in shown(script).keys
    ]
    assert told == expected


def test_a_key_that_is_used_again_is_one() -> None:
    told = shown("redis.call('SET', KEYS[1], 1)\nredis.call('GET', KEYS[2])\nreturn redis.call('GET', KEYS[1])")
    assert [(one.text, one.commands, one.lines) for one in told.keys] == [
        ("KEYS[1]", ["SET", "GET"], [1, 3]),
        ("KEYS[2]", ["GET"], [2]),
    ]


def test_what_does_not_compile_is_said_and_a_thousand_keys_are_told() -> None:
    assert shown("return (").problem == "user_script:1: unexpected symbol near '<eof>'"
    many = shown("".join(f"redis.call('GET', 'k{number}')\n" for number in range(3_000)))
    assert (many.all, many.undeclared, len(many.keys)) == (3_000, 3_000, 1_000)
