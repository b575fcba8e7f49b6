"""Connections that come over sockets, on asyncio's loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ferrous_vm.endpoint.hub import CRON, Connection, Hub

_HIGH_WATER: Final = 1 << 20
"""Unsent bytes from which on nothing more is carried out for a client."""

_PATIENCE: Final = 1 << 20
"""Bytes that are read of a client that waits; the rest stays with its system."""


def _address(end: Any) -> bytes | None:
    """An end of a connection as Redis writes it: host and port, or a path and 0."""
    if isinstance(end, tuple):
        return b"%b:%d" % (f"[{end[0]}]".encode() if ":" in end[0] else end[0].encode(), end[1])
    return b"%b:0" % end.encode() if isinstance(end, str) and end else None


class SocketConnection(asyncio.Protocol):
    """One socket: bytes in, bytes out."""

    def __init__(self, hub: Hub, open_sockets: set[SocketConnection]) -> None:
        self.hub = hub
        self.open_sockets = open_sockets
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
        own = transport.get_extra_info("sockname")
        self.connection = self.hub.connect(self, _address(peer if isinstance(peer, tuple) else own), _address(own))

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
            with self.hub.lock:
                connection.is_full = False
                connection.go_on()
                self.hub.finish()

    # Carrier

    def write(self, data: bytes) -> None:
        """As `Carrier`; from any thread."""
        if threading.get_ident() == self.thread:
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
        if threading.get_ident() == self.thread:
            close()
        else:
            self.loop.call_soon_threadsafe(close)


class Listener:
    """Listens on an address, and on a path, while its loop runs; keeps the hub's time."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.loop = asyncio.get_running_loop()
        self.sockets: set[SocketConnection] = set()
        self.servers: list[asyncio.Server] = []
        self._paths: list[Path] = []
        self._cron = self.loop.call_later(CRON, self._tick)

    async def listen(self, host: str, port: int) -> tuple[str, int]:
        """Listen there; answers where, as port 0 chooses one. Raises OSError."""
        server = await self.loop.create_server(self._protocol(), host, port, backlog=511)
        self.servers.append(server)
        where = server.sockets[0].getsockname()
        self.hub.keyspace.configuration.set(b"port", b"%d" % where[1])
        return where[0], where[1]

    async def listen_at(self, path: Path) -> None:
        """Listen on a Unix socket; one that nobody listens on any more is replaced. Raises OSError."""
        self.servers.append(await self.loop.create_unix_server(self._protocol(), path, backlog=511))
        self._paths.append(path)
        self.hub.keyspace.configuration.set(b"unixsocket", str(path).encode())

    def _protocol(self) -> Callable[[], SocketConnection]:
        return lambda: SocketConnection(self.hub, self.sockets)

    def _tick(self) -> None:
        self._cron = self.loop.call_later(CRON, self._tick)
        self.hub.tick()

    async def close(self) -> None:
        """End all connections, and listen no more."""
        self._cron.cancel()
        for server in self.servers:
            server.close()
        for each in tuple(self.sockets):
            if each.connection is not None:
                each.connection.end()
        for _ in range(2):
            await asyncio.sleep(0)  # transports close in the turns that follow
        for each in tuple(self.sockets):
            each.transport.abort()
        for path in self._paths:
            path.unlink(missing_ok=True)
