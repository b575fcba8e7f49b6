"""Several clients that may wait, on Ferrous and on a real server: what each step of a dialogue brings to each of them.

A step is the name of a client and its command, written `A: BLPOP k 0`; or `@ 80`, by which so many milliseconds pass.
What it brings is a dictionary: the bytes that came, by the name of the client. Who waits gets nothing.
"""

from __future__ import annotations

import time
from typing import Final

from ferrous_vm import Server
from ferrous_vm.keyspace.waiting import Waiting
from ferrous_vm.server import Client
from tests.keyspace.differential import split
from tests.record.resp import Connection

Brought = dict[str, bytes]

START: Final = 1_700_000_000_000_000
"""When dialogues begin for Ferrous, in Unix microseconds."""


def client_and_command(step: str) -> tuple[str, list[bytes]]:
    """The parts of a step."""
    name, _, command = step.partition(": ")
    return name, split(command)


class OurParty:
    """Clients of a Server whose clock stands but for what the dialogue waits for. Those with small letters speak
    RESP3. `identities` are the ids that CLIENT UNBLOCK is told as `ID_A`."""

    def __init__(self, profile: str = "redis-7.0", engine: str = "translator") -> None:
        self.now = START
        self.server = Server(engine, profile=profile, clock=lambda: self.now)
        self.clients: dict[str, Client] = {}

    def client(self, name: str) -> Client:
        if name not in self.clients:
            self.clients[name] = self.server.connect()
            if name.islower():
                self.clients[name].execute(b"HELLO", b"3")
        return self.clients[name]

    def identity(self, name: str) -> int:
        return self.client(name).session.client_id

    def waits(self, name: str) -> bool:
        return self.client(name).session.waiting is not None

    def ask(self, step: str) -> Brought:
        """What a step brings."""
        brought: Brought = {}
        if step.startswith("@"):
            self.now += int(step[1:]) * 1000
        else:
            name, argv = client_and_command(step)
            client = self.client(name)
            reply = client.send(*self.with_identities(argv))
            if not isinstance(reply, Waiting):
                brought[name] = client.encoded(reply)
        names = {client.session.client_id: name for name, client in self.clients.items()}
        for delivery in self.server.deliveries():
            name = names[delivery.client_id]
            brought[name] = brought.get(name, b"") + self.clients[name].encoded(delivery.reply)
        return brought

    def with_identities(self, argv: list[bytes]) -> list[bytes]:
        return [b"%d" % self.identity(word[3:].decode()) if word.startswith(b"ID_") else word for word in argv]


class RealParty:
    """Connections to a real server, whose data are flushed."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.control = Connection(port)
        self.control.ask(b"FLUSHALL")
        self.control.ask(b"CONFIG", b"RESETSTAT")
        self.clients: dict[str, Connection] = {}
        self.identities: dict[str, int] = {}
        self.waiting: set[str] = set()

    def client(self, name: str) -> Connection:
        if name not in self.clients:
            connection = self.clients[name] = Connection(self.port)
            self.identities[name] = connection.ask_parsed(b"CLIENT", b"ID")
            if name.islower():
                connection.ask(b"HELLO", b"3")
        return self.clients[name]

    def identity(self, name: str) -> int:
        self.client(name)
        return self.identities[name]

    def ask(self, step: str) -> Brought:
        """What a step brings, once the server has settled."""
        brought: Brought = {}
        if step.startswith("@"):
            time.sleep(int(step[1:]) / 1000)
        else:
            name, argv = client_and_command(step)
            connection = self.client(name)
            words = [b"%d" % self.identity(word[3:].decode()) if word.startswith(b"ID_") else word for word in argv]
            connection.send(words)
            if argv[0].startswith(b"FLUSH") or self._settles(name):
                brought[name] = connection.read()
            else:
                self.waiting.add(name)
        self.control.ask(b"PING")
        for name in sorted(self.waiting):
            while self._has_come(name, 0):
                brought[name] = brought.get(name, b"") + self.clients[name].read()
                self.waiting.discard(name)
        return brought

    def _has_come(self, name: str, seconds: float) -> bool:
        import select  # which Python inside the browser need not have

        return bool(select.select([self.clients[name]._socket], [], [], seconds)[0])

    def _settles(self, name: str) -> bool:
        """Whether the client gets a reply; False once it waits. (Some servers let FLUSHALL wait for a moment.)"""
        while not self._has_come(name, 0.0005):
            line = self.control.ask(b"CLIENT", b"LIST", b"ID", b"%d" % self.identities[name])
            if b"b" in line.partition(b" flags=")[2].partition(b" ")[0] and not self._has_come(name, 0.0005):
                return False
        return True

    def close(self) -> None:
        for connection in (self.control, *self.clients.values()):
            connection.close()
