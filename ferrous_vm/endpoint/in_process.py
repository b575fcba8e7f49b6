"""Connections without sockets, for the Python clients redis-py and valkey-py, and what has their interfaces.

    client = redis.Redis(connection_pool=pool(server, redis))
    client = redis.asyncio.Redis(connection_pool=pool(server, redis.asyncio))

Commands run in the thread that sends them; nothing listens, and nothing is left behind. Replies to what waits come when
another connection of the same server brings them about. Timeouts pass on the server's clock, looked at while a
connection reads.
"""

from __future__ import annotations

import asyncio
import errno
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from ferrous_vm.endpoint.hub import CRON, Connection, Hub, hub_of
from ferrous_vm.server import Server


def pool(server: Server | Hub, package: Any, **options: Any) -> Any:
    """A connection pool of `package` (redis, redis.asyncio, valkey or valkey.asyncio) whose connections lead to
    `server`, or to the hub of an endpoint. `options` are those of the package's connections: `decode_responses`,
    `protocol`, `db`."""
    hub = server if isinstance(server, Hub) else hub_of(server)
    base = getattr(package, "connection", package).AbstractConnection
    is_asynchronous = asyncio.iscoroutinefunction(base._connect)
    made = _asynchronous(base, hub) if is_asynchronous else _synchronous(base, hub)
    return package.ConnectionPool(connection_class=made, **options)


def _synchronous(base: Any, hub: Hub) -> type[Any]:
    class InProcessConnection(base):  # type: ignore[misc]
        """A connection whose socket is an object."""

        host, port = "in process", 0
        """What the client calls where it leads; its cache wants to know."""

        def repr_pieces(self) -> list[tuple[str, Any]]:
            return [("in_process", hub.server), ("db", self.db)]

        def _connect(self) -> Pipe:
            return Pipe(hub, self.socket_timeout)

        def _host_error(self) -> str:
            return "in process"

    return InProcessConnection


def _asynchronous(base: Any, hub: Hub) -> type[Any]:
    class InProcessConnection(base):  # type: ignore[misc]
        """A connection whose streams lead to no socket."""

        def repr_pieces(self) -> list[tuple[str, Any]]:
            return [("in_process", hub.server), ("db", self.db)]

        async def _connect(self) -> None:
            writer = StreamPipe(hub)
            self._reader, self._writer = writer.reader, writer

        def _host_error(self) -> str:
            return "in process"

    return InProcessConnection


class Pipe:
    """What a synchronous client takes for a socket: bytes sent are carried out at once, bytes received are replies."""

    def __init__(self, hub: Hub, timeout: float | None = None) -> None:
        self.hub = hub
        self._replies = bytearray()
        self._come: Final = threading.Condition()
        self._timeout = timeout
        self._is_closed = False
        self._connection: Connection | None = hub.connect(self)

    def sendall(self, data: bytes) -> None:
        """Carry out what is in the bytes. Raises ConnectionResetError if the connection has ended."""
        if self._is_closed or self._connection is None:
            raise ConnectionResetError("the connection has ended")
        self._connection.receive(bytes(data))

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Up to `size` bytes; none if it has ended. Raises TimeoutError, or BlockingIOError where it must not wait."""
        ends = None if self._timeout is None else time.monotonic() + self._timeout
        while True:
            with self._come:
                if self._replies:
                    data = bytes(self._replies[:size])
                    del self._replies[:size]
                    return data
                if self._is_closed:
                    return b""
                left = None if ends is None else ends - time.monotonic()
                if left is not None and left <= 0:
                    if self._timeout == 0:
                        raise BlockingIOError(errno.EWOULDBLOCK, "nothing has come")
                    raise TimeoutError("timed out")
                self._come.wait(CRON if left is None else min(CRON, left))
            self.hub.tick()

    def recv_into(self, buffer: Any, size: int = 0, flags: int = 0) -> int:
        """As `recv`, into a buffer; answers how many bytes."""
        data = self.recv(size or len(buffer), flags)
        buffer[: len(data)] = data
        return len(data)

    def settimeout(self, seconds: float | None) -> None:
        """How long `recv` waits; None: for ever."""
        self._timeout = seconds

    def setblocking(self, flag: bool) -> None:
        """As of a socket."""
        self._timeout = None if flag else 0.0

    def gettimeout(self) -> float | None:
        """As of a socket."""
        return self._timeout

    def shutdown(self, how: int) -> None:
        """The client wants no more."""
        self.close()

    def close(self) -> None:
        """The client is gone."""
        self._is_closed = True
        if self._connection is not None:
            self._connection.lost()

    # Carrier

    def write(self, data: bytes) -> None:
        """As `Carrier`."""
        with self._come:
            self._replies += data
            self._come.notify_all()

    def unsent(self) -> int:
        """As `Carrier`: what the client has not read."""
        return len(self._replies)

    def end(self, *, at_once: bool) -> None:
        """As `Carrier`."""
        with self._come:
            self._is_closed = True
            self._come.notify_all()


class StreamPipe:
    """What an asynchronous client takes for the writer of a stream; `reader` is the other one."""

    def __init__(self, hub: Hub) -> None:
        self._feeder: Final = _Feeder()
        self.reader: Final = self._feeder.reader
        self.transport: Final = self
        self._hub: Final = hub
        self._loop: Final = asyncio.get_running_loop()
        self._connection: Connection | None = hub.connect(self._feeder)
        self._timer = self._loop.call_later(CRON, self._look)

    def _look(self) -> None:
        self._timer = self._loop.call_later(CRON, self._look)
        self._hub.tick()

    def write(self, data: bytes) -> None:
        """Carry out what is in the bytes. Raises ConnectionResetError if the connection has ended."""
        if self.is_closing() or self._connection is None:
            raise ConnectionResetError("the connection has ended")
        self._connection.receive(bytes(data))

    def writelines(self, pieces: Any) -> None:
        """`write`, of several."""
        self.write(b"".join(pieces))

    async def drain(self) -> None:
        """Everything has gone."""

    def is_closing(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._feeder.has_ended

    def close(self) -> None:
        """The client is gone."""
        self._timer.cancel()
        self._feeder.end(at_once=True)
        if self._connection is not None:
            self._connection.lost()

    abort = close

    async def wait_closed(self) -> None:
        """It is closed at once."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """There is no socket to tell of."""
        return default


class _Feeder:
    """The carrier of such a connection: replies go into a stream, from any thread."""

    def __init__(self) -> None:
        self.reader: Final = asyncio.StreamReader()
        self.has_ended = False
        self._loop: Final = asyncio.get_running_loop()
        self._thread: Final = threading.get_ident()

    def _do(self, action: Callable[..., object], *arguments: object) -> None:
        if threading.get_ident() == self._thread:
            action(*arguments)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action, *arguments)

    def write(self, data: bytes) -> None:
        if not self.has_ended:
            self._do(self.reader.feed_data, data)

    def unsent(self) -> int:
        return 0

    def end(self, *, at_once: bool) -> None:
        if not self.has_ended:
            self.has_ended = True
            self._do(self.reader.feed_eof)
