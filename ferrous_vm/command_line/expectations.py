"""Scripts that carry their expectations, in comments that begin a line.

    -- given: SET stock 3                       a command before the script, as redis-cli reads it
    -- keys: stock   argv: 2                    a call of the script; there may be several, one after the other
    -- expect reply: (integer) 1                one line of what redis-cli prints; `script: <sha1>` stands for any
    -- expect key stock: "1"                    one line of how redis-cli prints the key's value
    -- expect log: 2 text                       level and text of a line of redis.log

`read_script` reads them, `check_script` holds them against whatever answers commands: Ferrous, or a live server.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.printing import printed, visible
from ferrous_vm.records import MutableRecord, field
from ferrous_vm.workbench.redis_cli import format_reply
from ferrous_vm.workbench.resp import parse

Ask = Callable[[list[bytes]], bytes]
"""Answers a command with the bytes of its reply."""

_LINE: Final = re.compile(r'-- (given|keys|expect reply|expect log|expect key ("(?:[^"\\]|\\.)*"|\S+)): ?(.*)')
_SHA: Final = re.compile(r"script: [0-9a-f]+,")

_READ: Final[dict[str, list[bytes]]] = {
    "string": [b"GET", b"key"],
    "list": [b"LRANGE", b"key", b"0", b"-1"],
    "hash": [b"HGETALL", b"key"],
    "set": [b"SMEMBERS", b"key"],
    "zset": [b"ZRANGE", b"key", b"0", b"-1", b"WITHSCORES"],
    "stream": [b"XRANGE", b"key", b"-", b"+"],
    "none": [b"GET", b"key"],
}
"""How the value of each type is read."""


class ExpectationError(ValueError):
    """A comment that is no expectation although it begins like one; the message is for a person."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class Call(MutableRecord):
    """One call of a script and what is expected of it. `line` is where it is written, from 1."""

    line: int
    keys: list[bytes]
    arguments: list[bytes]
    reply: list[str] = field(factory=list)
    values: dict[bytes, list[str]] = field(factory=dict)
    log: list[str] = field(factory=list)


class ScriptFile(MutableRecord):
    """A script, the commands that come first, each with its line, and its calls."""

    source: bytes
    given: list[tuple[int, list[bytes]]]
    calls: list[Call]


class Failure(MutableRecord):
    """An expectation that does not hold: of the call on `line`, what it is about, and both sides."""

    line: int
    about: str
    expected: str
    got: str


def read_script(source: bytes) -> ScriptFile:
    """A script with its expectations. Its source is the whole file, so line numbers are the file's.

    Raises ExpectationError for a line that cannot be read, and for a call of which nothing is expected.
    """
    script = ScriptFile(source, [], [])
    for number, line in enumerate(source.decode("utf-8", "surrogateescape").splitlines(), 1):
        match = _LINE.fullmatch(line.rstrip())
        if match is None:
            continue
        kind, key, text = match.groups()
        if kind == "given":
            script.given.append((number, _words(number, text)))
        elif kind == "keys":
            keys, _, arguments = text.partition("argv:")
            script.calls.append(Call(number, _words(number, keys), _words(number, arguments)))
        elif not script.calls:
            raise ExpectationError(number, "an expectation comes behind the line `-- keys: ...  argv: ...` of its call")
        elif kind == "expect reply":
            script.calls[-1].reply.append(text)
        elif kind == "expect log":
            script.calls[-1].log.append(text)
        else:
            script.calls[-1].values.setdefault(_words(number, key)[0], []).append(text)
    for call in script.calls:
        if not (call.reply or call.values or call.log):
            raise ExpectationError(call.line, "nothing is expected of this call: write `-- expect reply: ...`")
    return script


def _words(number: int, text: str) -> list[bytes]:
    found = split_words(text.encode("utf-8", "surrogateescape"))
    if found is None:
        raise ExpectationError(number, f"unbalanced quotes: {text}")
    return found


def check_script(script: ScriptFile, ask: Ask, take_log: Callable[[], list[str]] | None = None) -> list[Failure]:
    """The expectations of the script that do not hold for the server behind `ask`."""
    failures = []
    for line, command in script.given:
        given = ask(command)
        if given.startswith(b"-"):
            failures.append(Failure(line, "given", "no error", _printed(given)))
    for call in script.calls:
        argv = [b"EVAL", script.source, b"%d" % len(call.keys), *call.keys, *call.arguments]
        reply = _printed(ask(argv))
        about = [("reply", "\n".join(call.reply), reply)] if call.reply else []
        for key, lines in call.values.items():
            about.append((f"key {printed(key)}", "\n".join(lines), _value(ask, key)))
        if take_log is not None:
            about.append(("log", "\n".join(call.log), "\n".join(take_log())))
        for subject, expected, got in about:
            if visible(_SHA.sub("script: ...,", expected)) != visible(got):
                failures.append(Failure(call.line, subject, expected, got))
    return failures


def _value(ask: Ask, key: bytes) -> str:
    kind = ask([b"TYPE", key])[1:-2].decode()
    return _printed(ask([key if word == b"key" else word for word in _READ[kind]]))


def _printed(reply: bytes) -> str:
    """What redis-cli prints, with the SHA-1 of scripts left out."""
    return _SHA.sub("script: ...,", format_reply(parse(reply)))
