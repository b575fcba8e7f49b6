"""Run the same commands on Ferrous and on a real redis-server, and compare the replies as bytes.

A *dialogue* is text: one command a line, words as redis-cli reads them (`"` and `'` quote, `\\x00` escapes), `#`
begins a comment. Every dialogue starts with an empty keyspace, and runs on protocol 2 and on protocol 3. A line that
begins with `~` has a reply whose order Redis does not fix: its items are compared sorted. `B:` before a command sends
it on a second connection, and so does any other capital letter on one of its own. Between two commands `@ 5` lets five
milliseconds pass.

Commands with ` ; ` between them are sent together; all that comes back is compared, and the connection is reset then:
for commands that may have no reply. Connection `S` listens: what it was sent counts as part of the reply to the command
of another that was answered just before.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ferrous_vm.keyspace import Keyspace, Session, encode, execute
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.profiles.choosing import profile_named
from ferrous_vm.keyspace.server.mailboxes import take_messages
from tests.record.resp import Connection, parse


def split(line: str) -> list[bytes]:
    """The words of a command line, quoted as in redis-cli."""
    words = split_words(line.encode("latin-1"))
    assert words is not None, line
    return words


LISTENER: Final = "S"
_MARK: Final = b"-heard-"
_LAST_WORDS: Final = (b"$7\r\n-heard-\r\n", b"*2\r\n$4\r\npong\r\n$7\r\n-heard-\r\n")
"""How PING with the mark is answered, and how to a subscriber under protocol 2."""


class RealClients:
    """Connections to a real server, by name."""

    def __init__(self, port: int, protocol: int) -> None:
        self.port = port
        self.protocol = protocol
        self.connections: dict[str, Connection] = {}

    def __getitem__(self, name: str) -> Connection:
        if name not in self.connections:
            self.connections[name] = Connection(self.port)
            self._begin(self.connections[name])
        return self.connections[name]

    def _begin(self, connection: Connection) -> None:
        if self.protocol == 3:
            connection.ask(b"HELLO", b"3")

    def ask(self, step: Step) -> bytes:
        """The bytes that a step of a dialogue brings, after what it waits for."""
        time.sleep(step.pause / 1000)
        connection = self[step.client]
        reply = self._together(connection, step) if step.others else connection.ask(*step.argv)
        listens = LISTENER in self.connections and step.client != LISTENER
        return reply + self.heard(self[LISTENER]) if listens else reply

    def _together(self, connection: Connection, step: Step) -> bytes:
        for argv in (step.argv, *step.others, [b"RESET"]):
            connection.send(argv)
        reply = self.heard(connection)
        self._begin(connection)
        return reply

    def heard(self, connection: Connection) -> bytes:
        """All that has come on a connection, without a mark that ends it."""
        connection.send([b"PING", _MARK])
        heard = []
        while (part := connection.read()) not in _LAST_WORDS:
            heard.append(part)
        return b"".join(heard)

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()
        self.connections.clear()


class OurClients:
    """Sessions of one Keyspace, by name."""

    def __init__(self, protocol: int, profile: str = "redis-7.0") -> None:
        self.protocol = protocol
        self.passed = 0
        self.keyspace = self._new_keyspace(profile)
        if profile != "redis-7.0":  # as those servers were started for the recording
            self.keyspace.configuration.set(b"enable-debug-command", b"yes")
        self.sessions: dict[str, Session] = {}

    def _new_keyspace(self, profile: str) -> Keyspace:
        return Keyspace(clock=self.clock, profile=profile_named(profile))

    def clock(self) -> int:
        """The time of day, and what the dialogue has waited for."""
        return time.time_ns() // 1000 + self.passed

    def __getitem__(self, name: str) -> Session:
        if name not in self.sessions:
            self.sessions[name] = Session(self.keyspace)
            self._begin(self.sessions[name])
        return self.sessions[name]

    def _begin(self, session: Session) -> None:
        if self.protocol == 3:
            execute(session, [b"HELLO", b"3"])

    def answer(self, name: str, argv: list[bytes]) -> bytes:
        """The reply to one command."""
        reply = execute(self[name], list(argv))
        return encode(reply, self[name].protocol, self.keyspace.profile.double_text)

    def ask(self, step: Step) -> bytes:
        """The bytes that a step of a dialogue brings; what it waits for passes on the clock."""
        self.passed += step.pause * 1000
        session = self[step.client]
        reply = self.answer(step.client, step.argv)
        if step.others:
            several = (*step.others, [b"RESET"])
            reply += b"".join(self.answer(step.client, argv) + self.heard(session) for argv in several)
            self._begin(session)
        listens = LISTENER in self.sessions and step.client != LISTENER
        return reply + self.heard(self[LISTENER]) if listens else reply

    def heard(self, session: Session) -> bytes:
        return b"".join(encode(message, session.protocol) for message in take_messages(session))


class Pair:
    """Clients of the real server beside those of a Keyspace of the same profile."""

    def __init__(self, port: int, profile: str = "redis-7.0") -> None:
        self.port = port
        self.profile = profile
        self.begin_clients(2)

    def begin_clients(self, protocol: int) -> None:
        self.real = RealClients(self.port, protocol)
        self.ours = OurClients(protocol, self.profile)

    @property
    def keyspace(self) -> Keyspace:
        return self.ours.keyspace

    def begin(self, protocol: int) -> None:
        """Empty both sides, with new connections that speak `protocol`."""
        self.close()
        self.begin_clients(protocol)
        self.client("A")
        assert self.real["A"].ask(b"FLUSHALL") == b"+OK\r\n"

    def client(self, name: str) -> tuple[Connection, Session]:
        """The two connections called `name`, made when needed."""
        if name not in self.ours.sessions:
            identity = self.real[name].ask_parsed(b"CLIENT", b"ID")
            if isinstance(identity, int):  # else it must log in first
                self.keyspace.next_client_id = identity
        return self.real[name], self.ours[name]

    def close(self) -> None:
        """End all connections."""
        self.real.close()
        self.ours.sessions.clear()

    def both(self, argv: list[bytes], name: str = "A") -> tuple[bytes, bytes]:
        """The reply bytes of the real server and ours."""
        connection, _ = self.client(name)
        real = connection.ask(*argv)
        return real, self.ask_ours(argv, name)

    def ask_ours(self, argv: list[bytes], name: str = "A") -> bytes:
        """The reply bytes of Ferrous alone."""
        return self.ours.answer(name, argv)


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
    others: list[list[bytes]]
    """Commands that are sent together with `argv`."""
    pause: int
    """Milliseconds that pass before."""


_CLIENT: Final = re.compile(r"([A-Z]):(.*)")
_PAUSE: Final = re.compile(r"@ (\d+)")


def steps(dialogue: str) -> Iterator[Step]:
    """The commands of a dialogue."""
    pause = 0
    for number, line in enumerate(dialogue.splitlines(), 1):
        text = line.partition(" #")[0].strip() if " #" in line else line.strip()
        if not text or text.startswith("#"):
            continue
        if wait := _PAUSE.fullmatch(text):
            pause += int(wait[1])
            continue
        is_ordered = not text.startswith("~")
        text = text.removeprefix("~")
        named = _CLIENT.fullmatch(text)
        client, text = (named[1], named[2]) if named else ("A", text)
        argv, *others = map(split, text.split(" ; "))
        yield Step(number, text, argv, client, is_ordered, others, pause)
        pause = 0


def agree(step: Step, real: bytes, ours: bytes) -> bool:
    """Whether two replies to the step count as the same."""
    return real == ours if step.is_ordered else unordered(real) == unordered(ours)


def run_dialogue(pair: Pair, dialogue: str) -> list[str]:
    """Every difference, as lines a person can read; empty when the two agree."""
    differences = []
    for protocol in (2, 3):
        pair.begin(protocol)
        for step in steps(dialogue):
            pair.client(step.client)
            real, ours = pair.real.ask(step), pair.ours.ask(step)
            if not agree(step, real, ours):
                differences.append(
                    f"line {step.line}, RESP{protocol}: {step.text}\n    redis   {real!r}\n    ferrous {ours!r}"
                )
    return differences


Recording = list[tuple[str, str | None, str | None]]
"""Of each step its text and the replies under RESP2 and RESP3."""


def replay(
    dialogue: str,
    recording: Recording,
    profile: str = "redis-7.0",
    clients_of: Callable[[int, str], OurClients] = OurClients,
) -> list[str]:
    """The differences from what a real server once answered; a reply of None is one that is never the same twice."""
    differences = []
    for protocol in (2, 3):
        clients = clients_of(protocol, profile)
        for step, (text, *replies) in zip(steps(dialogue), recording, strict=True):
            assert step.text == text, "the dialogue has changed: record it again (tests/record/record_dialogues.py)"
            ours = clients.ask(step)
            reply = replies[protocol - 2]
            if reply is not None and not agree(step, reply.encode("latin-1"), ours):
                differences.append(
                    f"line {step.line}, RESP{protocol}: {step.text}\n    redis   {reply!r}\n    ferrous {ours!r}"
                )
    return differences
