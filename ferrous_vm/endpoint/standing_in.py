"""Who speaks for the loop while a script keeps its thread: a thread that looks whether one takes too long.

A script runs in the thread of the loop: to hand each to another thread would cost half of what a short one takes. What
transports of asyncio do is not made for two threads, and need not be: the loop waits for the script meanwhile, and the
script's end waits for whoever is at work aside (`Hub.aside`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

from ferrous_vm.endpoint.addresses import ends_of
from ferrous_vm.endpoint.hub import Carrier, Connection, Hub
from ferrous_vm.scripting.run import ScriptRun

_LOOK: Final = 0.02
"""Seconds between two looks."""

_PIECE: Final = 65536
"""Bytes that are read at a time."""

_THRESHOLD: Final = b"busy-reply-threshold"


class Read(Protocol):
    """What the loop reads for: a protocol of asyncio."""

    connection: Connection | None
    transport: Any

    def data_received(self, data: bytes) -> None:
        """It has sent something."""


class Listening(Protocol):
    """What a loop listens with."""

    hub: Hub
    doors: list[socket.socket]
    guests: set[Guest]

    @property
    def read(self) -> list[Read]:
        """Those whose bytes the loop carries."""

    def let_in(self, door: socket.socket) -> Guest | None:
        """Somebody is at the door; None if he is not let in."""


def can_stand_in(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether the sockets of a loop can be read beside it; a script has a limit of time where not."""
    return os.name == "posix" and isinstance(loop, asyncio.SelectorEventLoop)


class StandIn:
    """The thread, for one listener."""

    def __init__(self, listener: Listening) -> None:
        self._listener: Final = listener
        self._hub: Final = listener.hub
        self._loop: Final = asyncio.get_running_loop()
        self._loop_thread: Final = threading.get_ident()
        self._ended: Final = threading.Event()
        self.ends_scripts = False
        """No script may go on any more."""
        self._hub.server.scripting.attendant = self._hub
        self._thread: Final = threading.Thread(target=self._look, name="ferrous stand-in", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread, and a script that runs; others have a limit of time again."""
        self._ended.set()
        self._thread.join()
        self._hub.server.scripting.attendant = None
        self._hub.server.interrupt()

    def _look(self) -> None:
        server = self._hub.server
        while not self._ended.wait(_LOOK):
            run = server.scripting.running
            if run is None:
                continue
            if self.ends_scripts:
                server.interrupt()
                continue
            threshold = self._hub.keyspace.configuration.number(_THRESHOLD)
            if threshold and time.monotonic() - run.began >= threshold / 1000:
                self._stand_in(run)

    @contextmanager
    def _as_loop(self) -> Iterator[None]:
        """A loop that is debugged refuses what comes from another thread; here the other one waits."""
        is_debugged = self._loop.get_debug()
        self._loop.set_debug(False)
        try:
            yield
        finally:
            self._loop.set_debug(is_debugged)

    def _is_needed(self, run: ScriptRun) -> bool:
        if self.ends_scripts:
            self._hub.server.interrupt()
        return self._hub.busy is run and not self._ended.is_set()

    def _stand_in(self, run: ScriptRun) -> None:
        """Let others come to word until the script has ended."""
        keeps_loop = run.thread == self._loop_thread
        if not self._hub.begin_busy(run, for_loop=keeps_loop):
            return
        if keeps_loop:
            with self._as_loop(), _Reception(self._listener, self._loop, run) as reception:
                while self._is_needed(run):
                    reception.turn()
        else:
            while self._is_needed(run):
                time.sleep(_LOOK)


class _Reception:
    """Reads for the loop, and lets in who comes."""

    def __init__(self, listener: Listening, loop: asyncio.AbstractEventLoop, run: ScriptRun) -> None:
        self._listener: Final = listener
        self._hub: Final = listener.hub
        self._loop: Final = loop
        self._run: Final = run
        self._selector: Final = selectors.DefaultSelector()

    def __enter__(self) -> _Reception:
        with self._hub.aside:
            if self._hub.busy is self._run:
                self._open()
        return self

    def _open(self) -> None:
        for door in self._listener.doors:
            self._selector.register(door, selectors.EVENT_READ, door)
        for guest in self._listener.guests:
            self._expect(guest)
        for each in self._listener.read:
            connection = each.connection
            if connection is not None and connection.client.session is not self._run.caller and _is_read(each):
                handle = each.transport.get_extra_info("socket").fileno()
                self._selector.register(handle, selectors.EVENT_READ, each)

    def __exit__(self, *exception: object) -> None:
        self._selector.close()

    def _expect(self, guest: Guest) -> None:
        if guest.connection.client.session is not self._run.caller and guest.is_there:
            self._selector.register(guest.socket, selectors.EVENT_READ, guest)

    def turn(self) -> None:
        """Wait for a moment, and serve who has sent something."""
        events = self._selector.select(_LOOK)
        with self._hub.aside:
            if self._hub.busy is not self._run:
                return
            for key, _ in events:
                try:
                    self._serve(key)
                except Exception as error:  # as a loop does with what its protocols raise
                    self._loop.call_exception_handler({"message": "a client could not be served", "exception": error})
                    self._selector.unregister(key.fileobj)
            for guest in tuple(self._listener.guests):
                guest.flush()
            self._hub.tell_messages()
            self._hub.finish()

    def _serve(self, key: selectors.SelectorKey) -> None:
        """Read what has come there."""
        if isinstance(key.data, socket.socket):
            guest = self._listener.let_in(key.data)
            if guest is not None:
                self._expect(guest)
        elif isinstance(key.data, Guest):
            self._hear(key.data)
        else:
            self._read(key.fd, key.data)

    def _read(self, handle: int, each: Read) -> None:
        if not _is_read(each):
            self._selector.unregister(handle)
            return
        try:
            data = os.read(handle, _PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            each.data_received(data)
        else:
            if each.connection is not None:
                each.connection.lost()
            each.transport.abort()
        if not _is_read(each):
            self._selector.unregister(handle)

    def _hear(self, guest: Guest) -> None:
        try:
            data = b"" if guest.has_ended else guest.socket.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            guest.connection.receive(data)
        else:
            guest.connection.end()
        if guest.has_ended:
            self._selector.unregister(guest.socket)
            self._listener.guests.discard(guest)
            guest.socket.close()


def _is_read(each: Read) -> bool:
    """Whether the loop would read for it now."""
    return not each.transport.is_closing() and each.transport.is_reading()


class Guest:
    """The carrier of one who has just come, until the loop carries for him: he is there if a script is busy by then."""

    def __init__(self, hub: Hub, accepted: socket.socket, peer: Any) -> None:
        accepted.setblocking(False)
        self.socket: Final = accepted
        self.has_ended = False
        self._has_moved = False
        self._out = bytearray()
        connection = hub.connect(self, *ends_of(peer, accepted.getsockname()))
        self.has_ended = connection is None
        self.connection: Connection = connection  # type: ignore[assignment]  # one that has ended is not asked

    @property
    def is_there(self) -> bool:
        """Whether nobody else carries for it yet."""
        return not (self.has_ended or self._has_moved)

    def write(self, data: bytes) -> None:
        """As `Carrier`."""
        self._out += data
        self.flush()

    def flush(self) -> None:
        """Send what the client takes."""
        if self._out and self.is_there:
            try:
                del self._out[: self.socket.send(self._out)]
            except BlockingIOError:
                pass
            except OSError:
                self._out.clear()

    def unsent(self) -> int:
        """As `Carrier`."""
        return len(self._out)

    def end(self, *, at_once: bool) -> None:
        """As `Carrier`: what the client does not take now is lost."""
        self.flush()
        self.has_ended = True
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def hand_over(self, carrier: Carrier, transport: Any) -> Connection:
        """From now on another carries for its connection, by a transport of asyncio."""
        leave = self.connection.hub.enter()
        try:
            self._has_moved = True
            self.connection.carrier = carrier
            if self.has_ended:
                transport.abort()
            elif self._out:
                transport.write(bytes(self._out))
            return self.connection
        finally:
            leave()
