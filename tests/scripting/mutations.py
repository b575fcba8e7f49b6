"""Scripts that nobody wrote: the examples of the page with a few tokens, lines, keys or arguments changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from ferrous_vm import engines
from ferrous_vm.errors import CommandError, LuaSyntaxError
from ferrous_vm.scripting.shebang import body_of
from ferrous_vm.syntax.lexer import tokenize

EXAMPLES: Final = Path(__file__).parents[2] / "web" / "examples"

TIME: Final = b"redis.call('TIME')"
A_TIME: Final = b"({'1700000000', '250000'})"
"""What the examples are told instead of the time, which is never the same on two servers."""

ODD_TOKENS: Final = (
    b"nil", b"true", b"false", b"not", b"and", b"or", b"..", b"#", b"-", b"+", b"*", b"/", b"%", b"^", b"==", b"~=",
    b"<", b"<=", b">", b">=", b"(", b")", b"{", b"}", b"[", b"]", b",", b";", b":", b".", b"...", b"=", b"end", b"then",
    b"else", b"do", b"if", b"while", b"for", b"in", b"repeat", b"until", b"function", b"local", b"return", b"break",
    b"0", b"1", b"-1", b"0.5", b"1e308", b"2^53", b"(0/0)", b"1e15", b"''", b"'a'", b"'0'", b"' 12 '", b"'nan'", b"{}",
    b"KEYS", b"ARGV", b"KEYS[1]", b"ARGV[1]", b"ARGV[2]", b"redis", b"redis.call", b"redis.pcall", b"tonumber",
    b"tostring", b"type", b"pairs", b"ipairs", b"next", b"select", b"unpack", b"pcall", b"error", b"cjson.encode",
    b"cjson.decode", b"cmsgpack.pack", b"cmsgpack.unpack", b"table.concat", b"table.insert", b"table.sort", b"#KEYS",
    b"string.format", b"string.sub", b"string.rep", b"math.floor", b"bit.band", b"struct.pack", b"undeclared",
    b"redis.status_reply", b"redis.error_reply", b"redis.sha1hex", b"redis.log", b"setmetatable({}, {})",
    b"coroutine.wrap(function() coroutine.yield(1) end)()", b"redis.setresp(3)",
)  # fmt: skip

ODD_COMMANDS: Final = (
    b"'GET'", b"'SET'", b"'DEL'", b"'INCR'", b"'HGETALL'", b"'HSET'", b"'HGET'", b"'LPUSH'", b"'RPOP'", b"'LRANGE'",
    b"'SADD'", b"'SMEMBERS'", b"'ZADD'", b"'ZRANGE'", b"'ZRANGEBYSCORE'", b"'ZINCRBY'", b"'EXPIRE'", b"'TTL'",
    b"'TYPE'", b"'EXISTS'", b"'APPEND'", b"'MGET'", b"'XADD'", b"'XRANGE'", b"'PFADD'", b"'SETBIT'", b"'GEOADD'",
    b"'RENAME'", b"'NOSUCH'", b"'PERSIST'", b"'ZCARD'", b"'SISMEMBER'", b"'HINCRBY'", b"'HINCRBYFLOAT'",
    b"'INCRBYFLOAT'", b"'SORT'",
)  # fmt: skip

ODD_WORDS: Final = (
    b"", b"0", b"1", b"-1", b"1.5", b"abc", b"nan", b"inf", b"9223372036854775807", b"-9223372036854775808",
    b" 7", b"1e3",     b"\x00\xff", b"{}", b"[1,2]", b'{"a":1}', b"a" * 70, b"*", b"(1", b"+inf", b"999999999999",
)  # fmt: skip


_KEPT: Final = 0.03
"""How often a script is taken as it is, though it may not compile."""


class Case(NamedTuple):
    """A script and how it is called; `function` is empty for EVAL."""

    name: str
    script: bytes
    fixture: list[bytes]
    keys: list[bytes]
    argv: list[bytes]
    function: bytes
    protocol: int


def examples() -> list[Case]:
    """Every example, and each test of one that calls it in another way."""
    cases = []
    for path in sorted(EXAMPLES.glob("*.json")):
        example = json.loads(path.read_text(encoding="utf-8"))
        script = path.with_suffix(".lua").read_bytes().replace(TIME, A_TIME)
        for test in ({}, *example["tests"]):
            chosen = {**example, **test}
            cases.append(
                Case(
                    path.stem,
                    script,
                    [line.encode() for line in chosen["fixture"]],
                    [key.encode() for key in chosen["keys"]],
                    [word.encode() for word in chosen["argv"]],
                    chosen.get("function", "").encode(),
                    chosen.get("protocol", 2),
                )
            )
    return cases


class Mutator:
    """Makes cases by the choices of `random`, out of `originals`."""

    def __init__(self, random: Random, originals: Sequence[Case]) -> None:
        self.random = random
        self.originals = originals
        self.tokens = [_tokens(case.script) for case in originals]

    def case(self) -> Case:
        """An example with one to four changes, mostly one that compiles."""
        while True:
            case = self._changed()
            if self.random.random() < _KEPT or _compiles(case.script):
                return case

    def _changed(self) -> Case:
        random = self.random
        place = random.randrange(len(self.originals))
        case = self.originals[place]
        tokens = list(self.tokens[place])
        keys, argv = list(case.keys), list(case.argv)
        head = next((at for at, token in enumerate(tokens) if not token.startswith(b"#!")), 0)
        for _ in range(random.choice((1, 1, 2, 3, 4))):
            choice = random.random()
            if choice < 0.7:
                self._change_token(tokens, head)
            elif choice < 0.8:
                tokens = _tokens(self._change_line(b"".join(tokens)))
            else:
                self._change_words(random.choice((keys, argv, argv)))
        protocol = case.protocol if random.random() < 0.8 else 5 - case.protocol
        return case._replace(script=b"".join(tokens), keys=keys, argv=argv, protocol=protocol)

    def _change_token(self, tokens: list[bytes], head: int) -> None:
        random = self.random
        if head >= len(tokens):
            return
        at = random.randrange(head, len(tokens))
        kind = random.random()
        if kind < 0.2:
            del tokens[at]
        elif kind < 0.3:
            tokens.insert(at, tokens[at])
        elif kind < 0.4:
            other = random.randrange(head, len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind < 0.6:
            tokens[at] = random.choice(tokens)
        elif kind < 0.7:
            tokens[at] = random.choice(random.choice(self.tokens))
        elif kind < 0.8 and tokens[at].strip().startswith(b"'"):
            tokens[at] = random.choice(ODD_COMMANDS)
        elif kind < 0.9:
            tokens[at] = b" " + random.choice(ODD_TOKENS) + b" "
        else:
            tokens.insert(at, b" " + random.choice(ODD_TOKENS) + b" ")

    def _change_line(self, script: bytes) -> bytes:
        random = self.random
        lines = script.split(b"\n")
        at = random.randrange(len(lines))
        kind = random.random()
        if kind < 0.3:
            del lines[at]
        elif kind < 0.6:
            lines.insert(at, random.choice(lines))
        elif kind < 0.8:
            other = random.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines.insert(at, random.choice(random.choice(self.originals).script.split(b"\n")))
        return b"\n".join(lines)

    def _change_words(self, words: list[bytes]) -> None:
        random = self.random
        kind = random.random()
        if not words or kind < 0.15:
            words.append(random.choice(ODD_WORDS))
        elif kind < 0.3:
            del words[random.randrange(len(words))]
        else:
            words[random.randrange(len(words))] = random.choice(ODD_WORDS)


def _compiles(script: bytes) -> bool:
    try:
        engines.resolve_source(body_of(script), b"=p")
    except (LuaSyntaxError, CommandError):
        return False
    return True


def _tokens(script: bytes) -> list[bytes]:
    """The text cut where tokens begin; whole lines of what cannot be read as Lua."""
    body = script
    try:
        tokens = tokenize(body, b"=p")
    except LuaSyntaxError:
        return script.splitlines(keepends=True)
    starts = sorted({0, *tokens.starts, len(script)})
    return [script[start:end] for start, end in pairwise(starts) if start < end]
