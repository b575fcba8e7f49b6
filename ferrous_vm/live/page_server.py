"""The page's files and its sockets at one address on loopback, for whoever has its token.

In: the folder of a built page, and by path what serves a socket. Out: a server like any of static files
(`ferrous_vm/static_server.py`), whose address carries a token in its fragment, which a browser sends to nobody. A
socket is opened to a page of this very address alone (`Origin`), so to no other site, also where its name leads here;
and only with the token, so to no other program of this machine that could not have read it. The page's policy lets it
speak to sockets here, and nowhere else.
"""

from __future__ import annotations

import secrets
import threading
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol
from websockets.sync.connection import Connection
from websockets.typing import Origin

from ferrous_vm.live.codes import WRONG_TOKEN
from ferrous_vm.static_server import PAGE_POLICY, StaticHandler, StaticServer, policy_of

Serve = Callable[[Connection], None]
"""Serves a socket until it is closed."""

LARGEST_MESSAGE: Final = 256 * 1024 * 1024
"""Bytes of one: a request of the bridge has at most a quarter of that as text."""

ENDS_WITHIN: Final = 1.0
"""Seconds in which a page has to answer that it closes its socket too."""


class _Handler(StaticHandler):
    """Files, and sockets where there are some."""

    server: PageServer

    def do_GET(self) -> None:  # noqa: N802  # http.server names it
        """Send a file, or serve a socket until that is closed."""
        place = urllib.parse.urlsplit(self.path)
        serve = self.server.sockets.get(place.path)
        if serve is None:
            super().do_GET()
        else:
            self.close_connection = True
            self._open(serve, place.query)

    def _open(self, serve: Serve, token: str) -> None:
        origin = Origin(self.server.origin)
        protocol = ServerProtocol(origins=[origin], max_size=LARGEST_MESSAGE)
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        protocol.receive_data(self.requestline.encode("latin-1") + b"\r\n" + head.encode("latin-1") + b"\r\n")
        for request in protocol.events_received():
            if isinstance(request, Request):
                protocol.send_response(protocol.accept(request))
        for data in protocol.data_to_send():
            self.wfile.write(data)
        if protocol.state is not OPEN:
            return
        with Connection(self.connection, protocol, close_timeout=ENDS_WITHIN) as socket, self.server.keeping(socket):
            if secrets.compare_digest(token.encode(), self.server.token.encode()):
                serve(socket)
            else:
                socket.close(WRONG_TOKEN, "the token of this address is not that of the server")

    def policy(self, path: str) -> str:
        """The page may speak to the sockets."""
        policy = policy_of(path)
        sockets = f"connect-src 'self' {self.server.origin.replace('http', 'ws', 1)};"
        return policy.replace("connect-src 'self';", sockets) if policy == PAGE_POLICY else policy


class PageServer(StaticServer):
    """Serves the page, and `sockets` by their path. Raises OSError when the port is taken."""

    def __init__(self, directory: Path, port: int, sockets: Mapping[str, Serve]) -> None:
        super().__init__(directory, port, _Handler)
        self.sockets: Final = sockets
        self.token: Final = secrets.token_urlsafe(32)
        self._open: Final[set[Connection]] = set()

    @property
    def origin(self) -> str:
        """That of the page, as browsers write it."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def page_address(self) -> str:
        """The address to open, with the token."""
        return f"{self.address}#live={self.token}"

    @contextmanager
    def keeping(self, socket: Connection) -> Iterator[None]:
        """While the block serves a socket, the server's end is its end too."""
        self._open.add(socket)
        try:
            yield
        finally:
            self._open.discard(socket)

    def server_close(self) -> None:
        """Listen no more, and close the sockets."""
        super().server_close()
        for socket in tuple(self._open):
            with suppress(OSError):
                socket.close()

    def __enter__(self) -> PageServer:
        """Serve in a thread of its own."""
        threading.Thread(target=self.serve_forever, name="ferrous page", daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.shutdown()
        self.server_close()
