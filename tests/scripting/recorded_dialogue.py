"""Dialogues with a real redis-server 7.0.15, recorded: commands, each followed by the reply it got.

    # a comment
    EVAL "return {1.9,true}" 0
      *2\\r\\n:1\\r\\n:1\\r\\n
    EVAL "return {double=1.5}" 0
      $3\\r\\n1.5\\r\\n
      ,1.5\\r\\n

Commands are written as redis-cli reads them. The lines indented by two spaces are the reply's bytes, escaped: the first
under RESP2, the second, if there is one, under RESP3. Every dialogue begins with an empty server, once for each
protocol. `tests/record/record_scripting.py` writes the replies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ferrous_vm.keyspace.arguments.words import split_words

DIALOGUES = sorted((Path(__file__).parent / "recorded").glob("*.txt"))

Ask = Callable[[list[bytes]], bytes]


class Exchange(NamedTuple):
    """One command and the replies recorded for it; a reply not recorded yet is None."""

    line: int
    text: str
    argv: list[bytes]
    resp2: bytes | None
    resp3: bytes | None

    def expected(self, protocol: int) -> bytes | None:
        return self.resp3 if protocol == 3 else self.resp2


def escaped(reply: bytes) -> str:
    """Reply bytes as one printable line."""
    return reply.decode("latin-1").encode("unicode_escape").decode("ascii")


def unescaped(text: str) -> bytes:
    """What `escaped` wrote."""
    return text.encode("ascii").decode("unicode_escape").encode("latin-1")


def read_dialogue(path: Path) -> Iterator[Exchange]:
    """The exchanges of a dialogue, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith(("#", "  ")):
            continue
        replies = []
        for following in lines[number : number + 2]:
            if not following.startswith("  "):
                break
            replies.append(unescaped(following[2:]))
        argv = split_words(line.encode())
        assert argv, f"{path.name}:{number}: unbalanced quotes"
        first = replies[0] if replies else None
        yield Exchange(number, line, argv, first, replies[1] if len(replies) > 1 else first)


def differences(path: Path, ask: Ask, protocol: int) -> list[str]:
    """What `ask` answers differently from the record, as lines a person can read."""
    found = []
    for exchange in read_dialogue(path):
        expected, got = exchange.expected(protocol), ask(exchange.argv)
        if expected is not None and got != expected:
            found.append(
                f"{path.name}:{exchange.line}, RESP{protocol}: {exchange.text}\n"
                f"    redis   {escaped(expected)[:400]}\n    ferrous {escaped(got)[:400]}"
            )
    return found
