"""What the linter takes for known of a variable holds in every run: types that it excludes are never seen."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.flow import Flow
from ferrous_vm.analysis.scopes import LocalVariable, resolve
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.scripting.lint_facts import script_facts
from ferrous_vm.server import Server
from ferrous_vm.syntax import tree
from ferrous_vm.syntax.parser import parse
from tests.scripting.generated_flows import Flows
from tests.scripting.generated_scripts import Generator

TYPES = {
    "nil": lua_types.NIL,
    "false": lua_types.FALSE,
    "true": lua_types.TRUE,
    "number": lua_types.NUMBER,
    "string": lua_types.STRING,
    "table": lua_types.TABLE,
    "function": lua_types.FUNCTION,
    "userdata": lua_types.USERDATA,
}
EXAMPLES = sorted((Path(__file__).parents[2] / "web" / "examples").glob("*.lua"))
SET_UP = [b"SET s1 5", b"RPUSH l1 a b", b"HSET h1 a 1 b x", b"SADD i1 1 2", b"ZADD z1 1 a 2 b", b"XADD x1 1-1 a 1"]


def watched(source: bytes) -> tuple[bytes, dict[str, int]]:
    """The script with lines that log the type of every local variable so far, and the types the linter allows each."""
    body = b" " * (source.find(b"\n")) + source[source.find(b"\n") :] if source.startswith(b"#!") else source
    resolved = resolve(parse(body, b"@user_script"))
    flow = Flow(resolved, script_facts(), False)
    flow.run()
    allowed: dict[str, int] = {}
    variables: list[LocalVariable] = []
    text, end = b"", 0
    tokens = resolved.chunk.tokens
    for statement in resolved.chunk.main.body.statements:
        if isinstance(statement, tree.Return):
            break
        if isinstance(statement, tree.Local):
            declared = [resolved.declared[name.number] for name in statement.names]
            variables += [variable for variable in declared if variable is not None]
        last = statement.last + (tokens.kinds[statement.last + 1] == ";")
        text += source[end : tokens.ends[last]]
        end = tokens.ends[last]
        shown = {variable.name: variable for variable in variables}  # a name declared anew hides the older one
        for name, variable in shown.items():
            value = flow.defined(variable)
            label = f"{name.decode()}:{variable.index}"
            allowed[label] = lua_types.ANY if value is None else value.types
            kind = b"(type(%b) == 'boolean' and tostring(%b) or type(%b))" % (name, name, name)
            text += b" redis.log(redis.LOG_NOTICE, '%b', %b);" % (label.encode(), kind)
    return text + source[end:], allowed


def seen(source: bytes, keys: list[bytes], argv: list[bytes], set_up: list[bytes]) -> list[tuple[str, str]]:
    """Run the script, and answer which types its variables had."""
    server = Server()
    client = server.connect()
    for line in set_up:
        client.execute(*line.split())
    client.execute(b"EVAL", source, b"%d" % len(keys), *keys, *argv)
    found = [line.message.decode().split() for line in server.take_log()]
    return [(words[0], words[1]) for words in found if len(words) == 2 and words[1] in TYPES]


def check(source: bytes, keys: list[bytes], argv: list[bytes], set_up: list[bytes]) -> int:
    text, allowed = watched(source)
    narrow = 0
    for variable, kind in seen(text, keys, argv, set_up):
        if variable in allowed:
            assert TYPES[kind] & allowed[variable], (source, variable, kind)
            narrow += allowed[variable] != lua_types.ANY
    return narrow


def watched_uses(source: bytes) -> tuple[bytes, dict[str, int]]:
    """The script with every use of a local variable as a value told of, and the types the linter allows each."""
    resolved = resolve(parse(source, b"@user_script"))
    flow = Flow(resolved, script_facts(), False)
    flow.run()
    starts = {statement.first for form in tree.STATEMENT_FORMS for statement in flow.all(form)}
    targets = {target.number for node in flow.all(tree.Assignment) for target in node.targets}
    called = {node.function.number for node in flow.all(tree.Call)}
    uses = [
        node
        for node in flow.all(tree.Name)
        if flow.variable(node) is not None and node.first not in starts and node.number not in targets | called
    ]
    allowed = {f"use:{node.number}": flow.value(node).types for node in uses}
    text, end = b"", 0
    for node in sorted(uses, key=lambda node: node.first):
        start = resolved.chunk.start(node)
        text += source[end:start] + b"(told(%d, %b))" % (node.number, node.name)
        end = resolved.chunk.end(node)
    told = (
        b"local function told(at, value) local kind = type(value) if kind == 'boolean' then kind = tostring(value) end "
        b"redis.log(redis.LOG_NOTICE, 'use:' .. at .. ' ' .. kind) return value end "
    )
    return told + text + source[end:], allowed


FLOWING = [
    "local v = redis.call('GET', KEYS[1])\nif not v then v = 0 end\nv = v + 1\nreturn v",
    "local v = redis.call('GET', KEYS[1]) or redis.call('GET', 'nothing')\nif v then return v .. 'x' end\nreturn v",
    "local v = redis.call('GET', 'no')\nif v == false then v = nil elseif v then v = 1 end\nreturn {v, 1}",
    "local v\nfor i = 1, 3 do if v then v = v .. 'x' else v = 'a' end if i == 2 then v = nil end end\nreturn v",
    "local v = 1\nwhile v do if v == 5 then v = nil else v = v + 1 end end\nreturn v",
    "local v = 1\nrepeat local w = v\nif w == 3 then v = 'end' end\n"
    "if v ~= 'end' then v = v + 1 end until v == 'end'\nreturn v",
    "local v = 1\nlocal function set() v = 'x' end\nif v == 1 then set() end\n"
    "if type(v) == 'string' then return v end\nreturn 0",
    "local function f(a, b) if a then return a, b end end\nlocal x, y = f(1, 'x')\n"
    "local z = f(false, 2)\nreturn {x, y, z}",
    "local function down(n) if n == 0 then return 'end' end return down(n - 1) end\nlocal r = down(3)\nreturn r",
    "local t = {a = 1, 'x', redis.call('GET', KEYS[1])}\nt.b = 'y'\nt[#t + 1] = false\nlocal c = t.a\nlocal d = t[3]\n"
    "for k, v in pairs(t) do local w = v end\nreturn {c, d, t.nothing}",
    "local function pair() return 1, 'two' end\nlocal t = {pair()}\nlocal b = t[2]\n"
    "table.insert(t, pair())\nreturn {b, t[3]}",
    "local all = redis.call('HGETALL', 'h1')\nlocal by = all.a\nlocal one = all[1]\nlocal no = all[9]\n"
    "return {one, no, by}",
    "local page = redis.call('SSCAN', 'i1', 0)\nlocal cursor, list = page[1], page[2]\n"
    "local m = list[1]\nreturn {cursor, m}",
    'local d = cjson.decode(\'{"a":null,"b":[1]}\')\nlocal a, b, c = d.a, d.b, d.c\nlocal e = b[1]\nreturn tostring(a)',
    "redis.setresp(3)\nlocal s = redis.call('ZSCORE', 'z1', 'a')\nlocal n = redis.call('GET', 'no')\n"
    "local h = redis.call('HGETALL', 'h1')\nlocal m = h.map\nreturn {s, n, m}",
    "local a, b = unpack(redis.call('HMGET', 'h1', 'a', 'zz'))\nlocal c = tonumber(b)\n"
    "local d = tonumber(a) or 'none'\nreturn {a, b, c, d}",
    "local v = redis.call('GET', 'no')\nif v == nil then return 1 else v = v end\n"
    "if not (v and v ~= 'x') then v = 'y' end\nreturn v",
    "local v = ARGV[9]\nif not v then if ARGV[1] then v = 2 end end\nlocal w = v\nreturn w",
    "local v = ARGV[9]\nif not v then return 1 elseif v == 'a' then v = nil end\nreturn v",
    "local x, y = 1\nx, y = y, x\nif not x then x = y end\nlocal z = x\nreturn z",
]


def test_every_use_of_a_variable_holds_to_it() -> None:
    told = 0
    keys, argv = [b"s1", b"l1"], [b"5", b"a"]
    scripts = [(source.encode(), keys, argv) for source in FLOWING]
    scripts += [(Generator(seed).script(), keys, argv) for seed in range(150)]
    scripts += [(Flows(seed).script(), keys, argv) for seed in range(150)]
    for path in EXAMPLES:
        example = json.loads(path.with_suffix(".json").read_bytes())
        inputs = [[word.encode() for word in example[name]] for name in ("keys", "argv")]
        scripts.append((path.read_bytes(), inputs[0], inputs[1]))
    for source, keys, argv in scripts:
        try:
            text, allowed = watched_uses(source)
        except LuaSyntaxError:
            continue
        for use, kind in seen(text, keys, argv, SET_UP):
            assert TYPES[kind] & allowed[use], (source, use, kind)
            told += allowed[use] != lua_types.ANY
    assert told > 1500, "the linter knew hardly anything"


def test_generated_scripts_hold_to_it() -> None:
    counts: Counter[str] = Counter()
    for seed in range(150):
        script = Generator(seed).script()
        try:
            counts["narrow"] += check(script, [b"s1", b"l1"], [b"5", b"a"], SET_UP)
        except LuaSyntaxError:
            counts["refused"] += 1
    assert counts["narrow"] > 150, "the linter knew hardly anything"
    assert counts["refused"] < 5


def test_the_examples_hold_to_it() -> None:
    for path in EXAMPLES:
        example = json.loads(path.with_suffix(".json").read_bytes())
        words = [[word.encode() for word in example[name]] for name in ("keys", "argv")]
        check(path.read_bytes(), words[0], words[1], [])
