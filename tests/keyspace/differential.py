"""Run the same commands on Ferrous and on a real redis-server, and compare the replies as bytes.

A *dialogue* is text: one command a line, words as redis-cli reads them (`"` and `'` quote, `\\x00` escapes), `#`
begins a comment. Every dialogue starts with an empty keyspace, and runs on protocol 2 and on protocol 3. A line that
begins with `~` has a reply whose order Redis does not fix: its items are compared sorted. `B:` before a command sends
it on a second connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ferrous_vm.keyspace import Keyspace, Session, encode, execute
from ferrous_vm.keyspace.arguments.words import split_words
from tests.record.resp import Connection, parse


def split(line: str) -> list[bytes]:
    """The words of a command line, quoted as in redis-cli."""
    words = split_words(line.encode("latin-1"))
    assert words is not None, line
    return words


class Pair:
    """One client of the real server beside one of a Keyspace of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.real: dict[str, Connection] = {}
        self.ours: dict[str, Session] = {}
        self.keyspace = Keyspace()

    def begin(self, protocol: int) -> None:
        """Empty both sides, with new connections that speak `protocol`."""
        self.close()
        self.keyspace = Keyspace()
        self.protocol = protocol
        self.client("A")
        assert self.real["A"].ask(b"FLUSHALL") == b"+OK\r\n"

    def client(self, name: str) -> tuple[Connection, Session]:
        """The two connections called `name`, made when needed."""
        if name not in self.real:
            self.real[name] = Connection(self.port)
            self.keyspace.next_client_id = self.real[name].ask_parsed(b"CLIENT", b"ID")
            self.ours[name] = Session(self.keyspace)
            if self.protocol == 3:
                self.real[name].ask(b"HELLO", b"3")
                self.ours[name].protocol = 3
        return self.real[name], self.ours[name]

    def close(self) -> None:
        for connection in self.real.values():
            connection.close()
        self.real.clear()
        self.ours.clear()

    def both(self, argv: list[bytes], name: str = "A") -> tuple[bytes, bytes]:
        """The reply bytes of the real server and ours."""
        connection, _ = self.client(name)
        real = connection.ask(*argv)
        return real, self.ask_ours(argv, name)

    def ask_ours(self, argv: list[bytes], name: str = "A") -> bytes:
        """The reply bytes of Ferrous alone."""
        session = self.ours[name]
        return encode(execute(session, list(argv)), session.protocol)


def unordered(data: bytes) -> object:
    """A reply with the items of its outermost array, set or map sorted."""
    value, _ = parse(data)
    if isinstance(value, dict):
        return sorted(map(repr, value.items()))
    return sorted(map(repr, value)) if isinstance(value, list) else value


class Step(NamedTuple):
    """One line of a dialogue."""

    line: int
    text: str
    """The command as written, without marks."""
    argv: list[bytes]
    client: str
    is_ordered: bool


def steps(dialogue: str) -> Iterator[Step]:
    """The commands of a dialogue."""
    for number, line in enumerate(dialogue.splitlines(), 1):
        text = line.partition(" #")[0].strip() if " #" in line else line.strip()
        if not text or text.startswith("#"):
            continue
        is_ordered = not text.startswith("~")
        text = text.removeprefix("~")
        client, text = ("B", text[2:]) if text.startswith("B:") else ("A", text)
        yield Step(number, text, split(text), client, is_ordered)


def agree(step: Step, real: bytes, ours: bytes) -> bool:
    """Whether two replies to the step count as the same."""
    return real == ours if step.is_ordered else unordered(real) == unordered(ours)


def run_dialogue(pair: Pair, dialogue: str) -> list[str]:
    """Every difference, as lines a person can read; empty when the two agree."""
    differences = []
    for protocol in (2, 3):
        pair.begin(protocol)
        for step in steps(dialogue):
            real, ours = pair.both(step.argv, step.client)
            if not agree(step, real, ours):
                differences.append(
                    f"line {step.line}, RESP{protocol}: {step.text}\n    redis   {real!r}\n    ferrous {ours!r}"
                )
    return differences


def replay(dialogue: str, recording: list[tuple[str, str | None, str | None]]) -> list[str]:
    """The differences from what a real server once answered; a reply of None is one that is never the same twice."""
    differences = []
    for protocol in (2, 3):
        keyspace = Keyspace()
        clients: dict[str, Session] = {}
        for step, (text, *replies) in zip(steps(dialogue), recording, strict=True):
            assert step.text == text, "the dialogue has changed: record it again (tests/record/record_dialogues.py)"
            if step.client not in clients:
                clients[step.client] = Session(keyspace)
                clients[step.client].protocol = protocol
            session = clients[step.client]
            ours = encode(execute(session, step.argv), session.protocol)
            reply = replies[protocol - 2]
            if reply is not None and not agree(step, reply.encode("latin-1"), ours):
                differences.append(
                    f"line {step.line}, RESP{protocol}: {step.text}\n    redis   {reply!r}\n    ferrous {ours!r}"
                )
    return differences
