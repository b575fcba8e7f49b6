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
from tests.scripting.generated_scripts import Generator

TYPES = {
    "nil": lua_types.NIL,
    "false": lua_types.FALSE,
    "true": lua_types.TRUE,
    "number": lua_types.NUMBER,
    "string": lua_types.STRING,
    "table": lua_types.TABLE,
    "function": lua_types.FUNCTION,
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
