"""Scripts that carry their expectations, in the comments they begin with (`scripts/*.lua`).

    -- given: SET stock 3                       a command before the script, as redis-cli reads it
    -- keys: stock   argv: 2                    a call of the script; there may be several
    -- expect reply: (integer) 1                one line of what redis-cli prints; `script: <sha1>` stands for any
    -- expect key stock: "1"                    one line of how redis-cli prints the key's value
    -- expect log: 2 text                       level and text of a line of redis.log
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ferrous_vm.keyspace.words import split_words
from pyodide_bridge.redis_cli import format_reply
from pyodide_bridge.resp import parse

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.lua"))

Ask = Callable[[list[bytes]], bytes]

_LINE = re.compile(r'-- (given|keys|expect reply|expect log|expect key ("(?:[^"\\]|\\.)*"|\S+)): ?(.*)')
_SHA = re.compile(r"script: [0-9a-f]+,")

READ: dict[str, list[bytes]] = {
    "string": [b"GET", b"key"],
    "list": [b"LRANGE", b"key", b"0", b"-1"],
    "hash": [b"HGETALL", b"key"],
    "set": [b"SMEMBERS", b"key"],
    "zset": [b"ZRANGE", b"key", b"0", b"-1", b"WITHSCORES"],
    "none": [b"GET", b"key"],
}


@dataclass
class Call:
    """One call of a script and what is expected of it."""

    keys: list[bytes]
    arguments: list[bytes]
    reply: list[str] = field(default_factory=list)
    values: dict[bytes, list[str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)


@dataclass
class ScriptFile:
    """A script, the commands that come first, and its calls."""

    source: bytes
    given: list[list[bytes]]
    calls: list[Call]


def words(text: str) -> list[bytes]:
    found = split_words(text.encode())
    assert found is not None, f"unbalanced quotes: {text}"
    return found


def read_script(path: Path) -> ScriptFile:
    """A script with its expectations. Its source is the whole file, so line numbers are the file's."""
    script = ScriptFile(path.read_bytes(), [], [])
    for line in path.read_text().splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            break
        kind, key, text = match.groups()
        if kind == "given":
            script.given.append(words(text))
        elif kind == "keys":
            keys, _, arguments = text.partition("argv:")
            script.calls.append(Call(words(keys), words(arguments)))
        elif kind == "expect reply":
            script.calls[-1].reply.append(text)
        elif kind == "expect log":
            script.calls[-1].log.append(text)
        else:
            script.calls[-1].values.setdefault(words(key)[0], []).append(text)
    assert script.calls, f"{path.name} expects nothing"
    return script


def printed(reply: bytes) -> str:
    """What redis-cli prints, with the SHA-1 of scripts left out."""
    return _SHA.sub("script: ...,", format_reply(parse(reply)))


def check_script(script: ScriptFile, ask: Ask, take_log: Callable[[], list[str]] | None = None) -> None:
    """Assert that every expectation of the script holds for the server behind `ask`."""
    for command in script.given:
        assert not ask(command).startswith(b"-"), command
    for call in script.calls:
        argv = [b"EVAL", script.source, b"%d" % len(call.keys), *call.keys, *call.arguments]
        assert printed(ask(argv)) == _SHA.sub("script: ...,", "\n".join(call.reply))
        for key, lines in call.values.items():
            kind = ask([b"TYPE", key])[1:-2].decode()
            reading = [key if word == b"key" else word for word in READ[kind]]
            assert printed(ask(reading)) == "\n".join(lines)
        if take_log is not None:
            assert take_log() == call.log
