"""Several clients of one server on a port, Ferrous's or a real one, one of whom may run a script that takes too long.

A dialogue's step is one of these:

    A> EVAL "while true do end" 0       the client sends this, and does not wait for the reply
    busy                                until others are refused
    idle                                until they are not any more
    B: GET k                            the client asks this
    A<                                  the next reply to what it has sent
    A!                                  the client is gone

Those with small letters speak RESP3. `LONG` in a command is so many turns of a loop as keep the server
busy for a while.
"""

from __future__ import annotations

import re
import time
from typing import Final

from tests.keyspace.differential import split
from tests.keyspace.waiting.parties import Brought
from tests.record.resp import Connection

_CHANGING: Final = re.compile(rb"(?<=\$11\r\nduration_ms\r\n:)\d+")
"""How long a script runs is told, and is not the same twice."""


class Party:
    """Clients of the server on a port, whose data are flushed."""

    def __init__(self, port: int, turns: int = 40_000_000) -> None:
        self.port = port
        self.turns = turns
        self.control = Connection(port)
        self.control.ask(b"FLUSHALL")
        self.control.ask(b"CONFIG", b"SET", b"lua-time-limit", b"20")
        self.clients: dict[str, Connection] = {}

    def client(self, name: str) -> Connection:
        if name not in self.clients:
            self.clients[name] = Connection(self.port)
            if name.islower():
                self.clients[name].ask(b"HELLO", b"3")
        return self.clients[name]

    def ask(self, step: str) -> Brought:
        """What a step brings to the client that it names."""
        if step in ("busy", "idle"):
            self.wait_until(is_busy=step == "busy")
            return {}
        name, kind, command = step[0], step[1], step[2:].strip()
        client = self.client(name)
        if kind == "!":
            client.close()
            return {}
        if kind != "<":
            client.send([word.replace(b"LONG", b"%d" % self.turns) for word in split(command)])
        return {} if kind == ">" else {name: _CHANGING.sub(b"0", client.read())}

    def wait_until(self, *, is_busy: bool, seconds: float = 60) -> None:
        """Until others are refused, or are not."""
        end = time.monotonic() + seconds
        while self.control.ask(b"PING").startswith(b"-BUSY") != is_busy:
            assert time.monotonic() < end, "this script does not begin, or not end"

    def close(self) -> None:
        for connection in (self.control, *self.clients.values()):
            connection.close()
