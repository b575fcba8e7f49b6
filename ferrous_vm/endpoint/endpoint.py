"""An endpoint in the library: a server listens while a block runs, in a thread of its own.

    with Endpoint(Server(seed=1)) as endpoint:
        client = redis.Redis(*endpoint.address)

`Endpoint.run` is what `ferrous serve --redis` does: it listens in this thread until it is told to end.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

from ferrous_vm.endpoint.clock import Clock
from ferrous_vm.endpoint.hub import Hub, hub_of
from ferrous_vm.errors import StateError
from ferrous_vm.keyspace.keyspace import no_sleep
from ferrous_vm.server import Server

if TYPE_CHECKING:
    from ferrous_vm.endpoint.sockets import Listener

LOOPBACK: Final = "127.0.0.1"


class Endpoint:
    """A server that listens.

    `host` and `port`: where; None for no such socket, 0 for a free port. `path`: a Unix socket besides. `server` is a
    new one unless it is given; while the endpoint listens, nobody else may use it but with `hub.lock` held.
    """

    def __init__(
        self,
        server: Server | None = None,
        *,
        host: str = LOOPBACK,
        port: int | None = 0,
        path: Path | str | None = None,
    ) -> None:
        self.server: Final = Server() if server is None else server
        self.hub: Final[Hub] = hub_of(self.server)
        self.host: Final = host
        self.port: Final = port
        self.path: Final = None if path is None else Path(path)
        self._where: tuple[str, int] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None
        self._listener: Listener | None = None
        self._thread: threading.Thread | None = None
        self._stopped: Final = threading.Event()
        self._failed: BaseException | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, while it listens there. Raises StateError otherwise."""
        if self._where is None:
            raise StateError("an endpoint that does not listen", "one that does")
        return self._where

    @property
    def places(self) -> list[str]:
        """Where it listens, for people: host and port, and the path."""
        socket = [] if self._where is None else [f"{self._where[0]}:{self._where[1]}"]
        return socket + ([] if self.path is None else [str(self.path)])

    async def listen(self, started: Callable[[], object]) -> None:
        """Listen in this loop until `stop` is called; `started` is called when clients can come. Raises OSError, and
        StateError while the server has an endpoint that listens."""
        from ferrous_vm.endpoint.sockets import Listener

        if self.server.keyspace.end is not None:
            raise StateError("a server that an endpoint serves already", "one that none serves")

        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        self._stopped.clear()
        listener = self._listener = Listener(self.hub)
        try:
            if self.port is not None:
                self._where = await listener.listen(self.host, self.port)
            if self.path is not None:
                await listener.listen_at(self.path)
            self.server.keyspace.end = self.stop
            self.server.keyspace.sleep = self._sleep
            started()
            await self._ended.wait()
        finally:
            self._where = self.server.keyspace.end = None
            self.server.keyspace.sleep = no_sleep
            await listener.close()

    def _sleep(self, seconds: float) -> None:
        """Let time pass for all, as a server that is asleep does; a clock that stands is moved instead."""
        clock = self.server.keyspace.clock
        if isinstance(clock, Clock) and clock.stands:
            clock.advance(seconds * 1000)
        else:
            self._stopped.wait(min(seconds, threading.TIMEOUT_MAX))

    def stop(self) -> None:
        """End the connections, and a script that runs, and listen no more; from any thread."""
        self._stopped.set()
        if self._listener is not None:
            self._listener.stop()
        if self._loop is not None and self._ended is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._ended.set)

    def run(self, started: Callable[[], object]) -> None:
        """Listen in this thread until SIGINT or SIGTERM comes. Raises OSError."""

        async def listen() -> None:
            signals = (signal.SIGINT, signal.SIGTERM)  # a handler of the loop's would wait for a script to end
            before = [signal.signal(each, lambda number, frame: self.stop()) for each in signals]
            try:
                await self.listen(started)
            finally:
                for each, handler in zip(signals, before, strict=True):
                    signal.signal(each, handler)

        asyncio.run(listen())

    def __enter__(self) -> Endpoint:
        """Listen in a thread. Raises OSError, or StateError if it listens already."""
        if self._thread is not None:
            raise StateError("an endpoint that listens", "one that does not")
        has_started = threading.Event()

        def listen() -> None:
            try:
                asyncio.run(self.listen(has_started.set))
            except BaseException as error:
                self._failed = error
                has_started.set()

        self._thread = threading.Thread(target=listen, name="ferrous endpoint", daemon=True)
        self._thread.start()
        has_started.wait()
        if self._failed is not None:
            failed, self._failed = self._failed, None
            self._thread.join()
            self._thread = None
            raise failed
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the connections and the thread."""
        self.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
