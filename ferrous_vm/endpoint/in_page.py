"""Connections of programs in the page: what all of them have sent comes in one request, and in its answer what they are
sent.

Python has one thread there, and no limit of time but that of its host: a script that takes too long keeps everybody
waiting, and is ended by an interrupt. What is between two scripts is carried out to its end.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from ferrous_vm.endpoint.hub import FROM_BROWSERS, Connection, hub_of
from ferrous_vm.keyspace.replies import ErrorReply, Reply
from ferrous_vm.keyspace.waiting import Waiting
from ferrous_vm.records import with_changes
from ferrous_vm.server import INTERRUPTED, Client, Server
from ferrous_vm.watchdog import host_counts
from ferrous_vm.workbench.records.connections import Exchange, Exchanged, Piece
from ferrous_vm.workbench.workbench import Workbench

HIGH_WATER: Final = 1 << 20
"""Bytes that a program has not read, or that one answer brings it, from which on nothing more is carried out for it."""

IDLE_LOOK: Final = 1000
"""Milliseconds between two looks at who is idle, where `timeout` is set."""


def exchange(workbench: Workbench, request: Exchange) -> Exchanged:
    """Carry out what the connections have sent; nothing ends it but, within a script, an interrupt."""
    mark = workbench.begin()
    connections = connections_of(workbench.server)
    interrupts = workbench.interrupts
    answer = interrupts.hold(lambda: connections.exchange(request), but_for=host_counts)
    if workbench.journal.savepoint() == mark:
        return answer
    workbench.begin_journal()
    return with_changes(answer, changed=True)


def connections_of(server: Server) -> Connections:
    """The page's connections to a server, the same each time."""
    extensions = server.keyspace.extensions
    connections: Connections = extensions.get(__name__) or extensions.setdefault(__name__, Connections(server))
    return connections


class Connections:
    """All that the page has to one server."""

    def __init__(self, server: Server) -> None:
        self.server: Final = server
        self.hub: Final = hub_of(server)
        self.hub.own_words = FROM_BROWSERS  # what FERROUS needs is only in a terminal
        self._lines: Final[dict[int, Line]] = {}
        self._parts: list[bytes] = []
        self._received: list[Piece] = []
        self._ended: list[int] = []
        self.is_interrupted = False
        """A script was ended in this exchange, and with it the limits of its host: the rest comes in the next one."""

    def exchange(self, request: Exchange) -> Exchanged:
        """What the request asks. A connection that sends something and is not known has ended."""
        self._parts, self._received, self._ended = [], [], []
        self.is_interrupted = False
        unread = {piece.connection: piece.size for piece in request.unread}
        for number, line in self._lines.items():
            line.unread, line.pending = unread.get(number, 0), 0
        for number in request.opened:
            if number not in self._lines:
                self._open(number)
        for line in list(self._lines.values()):
            self._complete(line.go_on)
        at = 0
        for piece in request.sent:
            data, at = request.content[at : at + piece.size], at + piece.size
            sender = self._lines.get(piece.connection)
            if sender is None:
                self._ended.append(piece.connection)
            else:
                self._complete(partial(sender.receive, data))
        for number in request.closed:
            closed = self._lines.pop(number, None)
            if closed is not None:
                closed.close()
        self._complete(self.hub.tick)
        wait = self._wait()
        return Exchanged(self._received, self._ended, wait, False, b"".join(self._parts))

    def _open(self, number: int) -> None:
        opened = self._lines[number] = Line(self, number)
        opened.connection = self.hub.connect(opened)
        if opened.connection is not None:
            opened.connection.client = PageClient(opened, opened.connection)

    def _complete(self, work: Callable[[], object]) -> None:
        """Do all of the work, though a command that CLIENT PAUSE had held back is interrupted in it."""
        while True:
            try:
                work()
                return
            except KeyboardInterrupt:
                self.is_interrupted = True

    def _wait(self) -> float | None:
        """Milliseconds until there may be something to tell though nobody sends anything."""
        keyspace = self.server.keyspace
        if any(line.has_more for line in self._lines.values()):
            return 0
        now = keyspace.milliseconds()
        times = [self.server.next_deadline()]
        if keyspace.tells_of_expiry:
            ends = (database.next_expiry() for database in keyspace.databases)
            times += [end + 1 for end in ends if end is not None]
        waits: list[float] = [max(0, when - now) for when in times if when is not None]
        if self._lines and keyspace.configuration.number(b"timeout"):
            waits.append(IDLE_LOOK)
        return min(waits, default=None)

    # What lines tell

    def tell(self, number: int, data: bytes) -> None:
        """A connection is sent something."""
        self._parts.append(data)
        received = self._received
        if received and received[-1].connection == number:
            received[-1] = Piece(number, received[-1].size + len(data))
        else:
            received.append(Piece(number, len(data)))

    def end(self, number: int) -> None:
        """A connection was closed from this side."""
        self._ended.append(number)
        self._lines.pop(number, None)


class Line:
    """What carries the bytes of one connection (`ferrous_vm.endpoint.hub.Carrier`)."""

    def __init__(self, connections: Connections, number: int) -> None:
        self.number: Final = number
        self.connection: Connection | None = None
        self.unread = 0
        """Bytes that its program has not read."""
        self.pending = 0
        """Bytes that it is sent in this exchange."""
        self._connections: Final = connections

    @property
    def has_more(self) -> bool:
        """Whether something has come that is carried out in the next exchange."""
        connection = self.connection
        return (
            connection is not None
            and connection.reader.unread > 0
            and connection.is_full
            and self.unread <= HIGH_WATER
            and connection.client.session.waiting is None
        )

    def go_on(self) -> None:
        """Carry out what was left of before."""
        connection = self.connection
        is_ready = self.unsent() <= HIGH_WATER and not self._connections.is_interrupted
        if connection is not None and connection.is_full and is_ready:
            connection.is_full = False
            connection.receive(b"")

    def receive(self, data: bytes) -> None:
        """The program has sent something."""
        if self.connection is not None:
            if self._connections.is_interrupted:
                self.connection.is_full = True
            self.connection.receive(data)

    def stop(self) -> None:
        """A script was ended: the rest comes in the next exchange."""
        self._connections.is_interrupted = True
        if self.connection is not None:
            self.connection.is_full = True

    def close(self) -> None:
        """The program has closed it."""
        if self.connection is not None:
            self.connection.lost()

    def write(self, data: bytes) -> None:
        """As `Carrier`."""
        self._connections.tell(self.number, data)
        self.pending += len(data)
        if self.connection is not None and (self._connections.is_interrupted or self.unsent() > HIGH_WATER):
            self.connection.is_full = True

    def unsent(self) -> int:
        """As `Carrier`."""
        return self.unread + self.pending

    def end(self, *, at_once: bool) -> None:
        """As `Carrier`."""
        self._connections.end(self.number)


class PageClient(Client):
    """A client whose script the host may end."""

    def __init__(self, line: Line, connection: Connection) -> None:
        super().__init__(connection.client.session)
        self._line: Final = line

    def send(self, *argv: bytes) -> Reply | Waiting:
        """As `Client.send`."""
        try:
            return super().send(*argv)
        except KeyboardInterrupt:
            self._line.stop()
            return ErrorReply(b"ERR " + INTERRUPTED)
