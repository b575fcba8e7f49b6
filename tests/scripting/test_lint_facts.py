"""What the linter is told of Redis, against what Redis answered and against the sandbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ferrous_vm.analysis.lint import lua_types
from ferrous_vm.analysis.lint.facts import RESP3, Reply
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.command_table import rows
from ferrous_vm.scripting.lint_facts import script_facts
from ferrous_vm.server import Server
from ferrous_vm.workbench.resp import parse

DIALOGUES = [
    path
    for path in sorted((Path(__file__).parents[1] / "keyspace" / "dialogues").glob("*.json"))
    if path.stem not in ("notifications", "silence")  # where more than one reply is recorded, or none
]

LUA_TYPES = {
    "nil": lua_types.NIL,
    "boolean": lua_types.BOOLEAN,
    "number": lua_types.NUMBER,
    "string": lua_types.STRING,
    "table": lua_types.TABLE,
}

TYPES = {
    "integer": lua_types.NUMBER,
    "bulk": lua_types.STRING,
    "status": lua_types.TABLE,
    "array": lua_types.TABLE,
    "nil": lua_types.FALSE,
}
"""What a reply of RESP2 is in Lua (`redisProtocolToLuaType`, script_lua.c)."""


def allowed(facts, words: list[bytes], protocol: int = 2) -> tuple[int, int]:  # type: ignore[no-untyped-def]
    """The types of the reply and of its elements, as the linter is told."""
    replies = facts.reply_to(words, False, protocol)
    types = elements = 0
    for reply in replies:
        types |= reply.types
        elements |= reply.elements or lua_types.ANY
    return types, elements


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_recorded_replies_have_the_shapes_that_are_told(path: Path) -> None:
    facts = script_facts()
    wrong = []
    for line, reply, *_ in json.loads(path.read_bytes()):
        words = split_words(line.encode("latin-1"))
        nodes = parse(reply.encode("latin-1")) if reply else []
        command = facts.command(words or [])
        if not words or not nodes or nodes[0].kind not in TYPES or command is None or not command.allowed:
            continue
        if reply == "+QUEUED\r\n" or (path.stem, words[0]) == ("pubsub", b"PING"):
            continue  # in a transaction, or to a subscriber, which no script is
        types, elements = allowed(command, words)
        inner = [node for node in nodes if node.depth == 1]
        if not TYPES[nodes[0].kind] & types or any(not TYPES.get(node.kind, 0) & elements for node in inner):
            wrong.append((line, reply[:80]))
    assert wrong == []


SHAPE = b"""
redis.setresp(3)
local reply = redis.call(unpack(ARGV))
local shown = {type(reply)}
if type(reply) == 'table' then
  for _, element in ipairs(reply) do shown[#shown + 1] = type(element) end
end
return shown"""


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_replies_of_resp3_have_the_shapes_that_are_told(path: Path) -> None:
    """The engine's replies are redis-server's; what a script sees of them after redis.setresp(3) is asked of it."""
    facts = script_facts()
    client = Server().connect()
    wrong = []
    for line, *_ in json.loads(path.read_bytes()):
        words = split_words(line.encode("latin-1"))
        command = facts.command(words or [])
        if not words or command is None or not command.allowed or words[0].upper() in (b"FLUSHALL", b"SELECT"):
            continue
        shown = client.execute(b"EVAL", SHAPE, b"0", *words)
        if not isinstance(shown, list):
            continue  # an error, or within MULTI
        types, elements = allowed(command, words, 3)
        names = [bytes(name).decode() for name in shown]  # type: ignore[arg-type]
        if not LUA_TYPES[names[0]] & types or any(not LUA_TYPES[name] & elements for name in names[1:]):
            wrong.append((line, names))
    assert wrong == []


def test_every_command_is_told() -> None:
    facts = script_facts()
    for row in rows():
        words = row.full_name.split(b"|")
        told = facts.command(words)
        assert told is not None
        assert told.arity == row.arity


@pytest.mark.parametrize(
    ("words", "positions"),
    [
        ([b"GET", b"k"], [1]),
        ([b"MSET", b"a", b"1", b"b", b"2"], [1, 3]),
        ([b"ZUNIONSTORE", b"d", b"2", b"a", b"b", b"WEIGHTS"], [1, 3, 4]),
        ([b"XREAD", b"COUNT", b"1", b"STREAMS", b"a", b"b", b"0", b"0"], [4, 5]),
        ([b"XREAD", b"COUNT", None, b"streams", b"a", b"0"], [4]),
        ([b"ZUNION", None, b"a", b"b"], [2]),
        ([b"MIGRATE", b"h", b"1", b"", b"0", b"9", b"KEYS", b"a", b"b"], [3, 7, 8]),
        ([b"OBJECT", b"ENCODING", b"k"], [2]),
        ([b"PING"], []),
        ([b"SPUBLISH", b"c", b"m"], []),
    ],
)
def test_keys_stand_where_the_specification_says(words: list[bytes | None], positions: list[int]) -> None:
    command = script_facts().command(words)
    assert command is not None
    assert command.key_positions(words, False) == positions


def test_every_shape_is_used() -> None:
    commands = script_facts().commands.values()
    used = {command.reply for command in commands}
    used |= {variant.reply for command in commands for variant in command.variants}
    used |= {command.resp3 for command in commands if command.resp3 is not None} | set(RESP3.values())
    assert used == set(Reply)
