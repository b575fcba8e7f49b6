"""Connections that come over sockets, on asyncio's loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from ferrous_vm.endpoint.addresses import ends_of
from ferrous_vm.endpoint.hub import CRON, Connection, Hub
from ferrous_vm.endpoint.standing_in import Guest, Read, StandIn, can_stand_in

_HIGH_WATER: Final = 1 << 20
"""Unsent bytes from which on nothing more is carried out for a client."""

_BACKLOG: Final = 511
"""Clients that may be at the door at a time."""

_REST: Final = 1.0
"""Seconds for which nobody is let in where there are no more handles."""

_PATIENCE: Final = 1 << 20
"""Bytes that are read of a client that waits; the rest stays with its system."""


class SocketConnection(asyncio.Protocol):
    """One socket: bytes in, bytes out."""

    def __init__(self, hub: Hub, open_sockets: set[SocketConnection], guest: Guest | None = None) -> None:
        """`guest`: it was let in already, while a script was busy."""
        self.hub = hub
        self.open_sockets = open_sockets
        self.guest = guest
        self.connection: Connection | None = None
        self.transport: Any = None
        self.loop = asyncio.get_running_loop()
        self.thread = threading.get_ident()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        self.transport = transport
        self.transport.set_write_buffer_limits(high=_HIGH_WATER)
        self.open_sockets.add(self)
        peer = transport.get_extra_info("peername")
        handle = transport.get_extra_info("socket")
        if handle is not None and isinstance(peer, tuple):
            with contextlib.suppress(OSError):
                handle.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if self.guest is None:
            addresses = ends_of(peer, transport.get_extra_info("sockname"))
            self.connection = self.hub.connect(self, *addresses)
        else:
            self.connection = self.guest.hand_over(self, transport)

    def data_received(self, data: bytes) -> None:
        """It has sent something; of one that waits nothing more is read for a while."""
        connection = self.connection
        if connection is not None:
            connection.receive(data)
            if connection.reader.unread > _PATIENCE and not connection.has_ended and connection.must_stop:
                self.transport.pause_reading()
                self.loop.call_later(CRON, self._read_on)

    def _read_on(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        """It is gone."""
        self.open_sockets.discard(self)
        if self.connection is not None:
            self.connection.lost()

    def pause_writing(self) -> None:
        """It does not read."""
        if self.connection is not None:
            self.connection.is_full = True

    def resume_writing(self) -> None:
        """It has read."""
        connection = self.connection
        if connection is not None:
            leave = self.hub.enter()
            try:
                connection.is_full = False
                connection.go_on()
                self.hub.finish()
            finally:
                leave()

    # Carrier

    def write(self, data: bytes) -> None:
        """As `Carrier`; from any thread."""
        if threading.get_ident() == self.thread or self._is_stood_in_for():
            self.transport.write(data)
        else:
            self.loop.call_soon_threadsafe(self.transport.write, data)

    def unsent(self) -> int:
        """As `Carrier`."""
        size: int = self.transport.get_write_buffer_size()
        return size

    def end(self, *, at_once: bool) -> None:
        """As `Carrier`; from any thread."""
        close = self.transport.abort if at_once else self.transport.close
        if threading.get_ident() == self.thread or self._is_stood_in_for():
            close()
        else:
            self.loop.call_soon_threadsafe(close)

    def _is_stood_in_for(self) -> bool:
        """Whether this thread stands in for the loop's."""
        return threading.get_ident() == self.hub.stand_in


class Listener:
    """Listens on an address, and on a path, while its loop runs; keeps the hub's time."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.loop = asyncio.get_running_loop()
        self.sockets: set[SocketConnection] = set()
        self.servers: list[asyncio.Server] = []
        self.doors: list[socket.socket] = []
        """The sockets that it listens on."""
        self.guests: set[Guest] = set()
        """Who has come, and whose bytes the loop does not carry yet."""
        self._paths: list[Path] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._cron = self.loop.call_later(CRON, self._tick)
        self._stand_in = StandIn(self) if can_stand_in(self.loop) else None

    async def listen(self, host: str, port: int) -> tuple[str, int]:
        """Listen there; answers where, as port 0 chooses one. Raises OSError."""
        begins = self._stand_in is None
        server = await self.loop.create_server(self._protocol(), host, port, backlog=_BACKLOG, start_serving=begins)
        self._open(server)
        where = server.sockets[0].getsockname()
        self.hub.keyspace.configuration.set(b"port", b"%d" % where[1])
        return where[0], where[1]

    async def listen_at(self, path: Path) -> None:
        """Listen on a Unix socket; one that nobody listens on any more is replaced. Raises OSError."""
        begins = self._stand_in is None
        self._open(await self.loop.create_unix_server(self._protocol(), path, backlog=_BACKLOG, start_serving=begins))
        self._paths.append(path)
        self.hub.keyspace.configuration.set(b"unixsocket", str(path).encode())

    def _protocol(self) -> Callable[[], SocketConnection]:
        return lambda: SocketConnection(self.hub, self.sockets)

    @property
    def read(self) -> list[Read]:
        """Those whose bytes the loop carries."""
        return [*self.sockets]

    def _open(self, server: asyncio.Server) -> None:
        """From now on clients come in, whoever opens to them: the loop, or who stands in for it."""
        self.servers.append(server)
        if self._stand_in is not None:
            for each in server.sockets:
                door = each.dup()
                door.setblocking(False)
                door.listen(_BACKLOG)
                self.doors.append(door)
                self.loop.add_reader(door, self.let_in, door)

    def let_in(self, door: socket.socket) -> Guest | None:
        """Somebody is at the door; None if he is not let in."""
        try:
            guest = Guest(self.hub, *door.accept())
        except (BlockingIOError, ConnectionError):
            return None
        except OSError:  # there are no more handles; as asyncio's own server does
            self.loop.call_soon_threadsafe(self._rest, door)
            return None
        if guest.has_ended:
            guest.socket.close()
            return None
        self.guests.add(guest)
        self.loop.call_soon_threadsafe(self._take_over, guest)
        return guest

    def _rest(self, door: socket.socket) -> None:
        self.loop.remove_reader(door)
        self.loop.call_later(_REST, lambda: door in self.doors and self.loop.add_reader(door, self.let_in, door))

    def _take_over(self, guest: Guest) -> None:
        """From now on the loop carries for him who was let in."""

        async def take_over() -> None:
            try:
                if guest.has_ended:
                    guest.socket.close()
                    return
                make = partial(SocketConnection, self.hub, self.sockets, guest)
                await self.loop.connect_accepted_socket(make, guest.socket)
            except OSError:
                guest.connection.end(at_once=True)
                guest.socket.close()
            finally:
                self.guests.discard(guest)

        task = self.loop.create_task(take_over())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """It is about to close: a script that runs is ended. From any thread, and from a handler of signals."""
        if self._stand_in is not None:
            self._stand_in.ends_scripts = True

    def _tick(self) -> None:
        self._cron = self.loop.call_later(CRON, self._tick)
        self.hub.tick()

    async def close(self) -> None:
        """End all connections, and listen no more."""
        self._cron.cancel()
        if self._stand_in is not None:
            self._stand_in.close()
        for door in self.doors:
            self.loop.remove_reader(door)
            door.close()
        self.doors.clear()
        for server in self.servers:
            server.close()
        for guest in tuple(self.guests):
            guest.connection.end()
        for each in tuple(self.sockets):
            if each.connection is not None:
                each.connection.end()
        for _ in range(2):
            await asyncio.sleep(0)  # transports close in the turns that follow
        for each in tuple(self.sockets):
            each.transport.abort()
        for path in self._paths:
            path.unlink(missing_ok=True)
