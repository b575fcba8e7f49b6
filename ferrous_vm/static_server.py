"""A directory of static files over HTTP, with the headers the page of Ferrous needs.

In: a directory and a port. Out: a threading HTTP server bound to the loopback interface. It knows nothing of Redis or
Lua, and any other static host can take its place: what it adds is told by the headers it sends.

- `Cross-Origin-Opener-Policy` and `Cross-Origin-Embedder-Policy` isolate the page, so that it may share memory with its
  worker and Stop can interrupt a running script (HTML, "cross-origin isolation").
- `Content-Security-Policy` lets the page load nothing but its own files; WebAssembly needs `'wasm-unsafe-eval'`. The
  worker that runs another engine has a policy of its own: it alone may fetch from elsewhere, and start no worker.
- `Cache-Control`: a name that carries a hash of its content never changes; everything else is asked for again.
- A `.br` or `.gz` file beside the one asked for is sent in its place to a browser that accepts it.
"""

from __future__ import annotations

import http.server
import os
import re
import shutil
import urllib.parse
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".whl": "application/octet-stream",
    ".zip": "application/zip",
}
"""Content type by suffix. The table is complete for the page; what is not in it is sent as bytes."""

ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Content codings and the suffix of a file compressed in advance, the smaller one first."""

POLICY = "Content-Security-Policy"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
UNFRAMABLE = "; frame-ancestors 'none'"
"""What of it keeps other sites from framing the page; browsers heed it in a header only."""

FACE_POLICY = PAGE_POLICY.removesuffix(UNFRAMABLE)
"""The face that other sites may frame (web/embed.html)."""

EXAMPLES_POLICY = f"{PAGE_POLICY}; frame-src 'self'"
"""The page of examples of how it is framed (web/embedding.html)."""

OTHER_ENGINE = "/other-engine/"
"""Where the script of the worker lies that fetches another version of the engine (web/src/worker/other_engine.js)."""

OTHER_ENGINE_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' https:; worker-src 'none'"
)

HEADERS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Sent with every file, and with it the policy of its path. Other sites may load what is there for them, the element
and its face, also where they isolate themselves; nothing of the site is a secret."""

POLICIES = {
    "/embed": FACE_POLICY,
    "/embed.html": FACE_POLICY,
    "/embedding": EXAMPLES_POLICY,
    "/embedding.html": EXAMPLES_POLICY,
}
"""Documents with a policy of their own, also by the short names that some hosts know them by."""


def policy_of(path: str) -> str:
    """The policy that goes with the file at `path`, which begins with a slash."""
    return OTHER_ENGINE_POLICY if path.startswith(OTHER_ENGINE) else POLICIES.get(path, PAGE_POLICY)


HASHED_NAME = re.compile(r"-(?:[0-9a-f]{12}|[0-9A-Z]{8})[./]")
"""A path with a hash in it: twelve hexadecimal digits of the build, or the eight characters esbuild writes."""

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"


class StaticHandler(http.server.SimpleHTTPRequestHandler):
    """Answers GET and HEAD for the files of one directory."""

    protocol_version = "HTTP/1.1"

    def send_head(self) -> BinaryIO | None:
        """Send status and headers; answer the open file, or None when there is no body to send."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        elif not path.exists() and f"/{path.name}" in POLICIES:
            path = path.with_suffix(".html")
        if not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND, "No such file")
            return None
        sent, encoding = self._negotiate(path)
        status = os.stat(sent)
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        unchanged = self.headers.get("If-None-Match") == tag
        self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else HTTPStatus.OK)
        self.send_header("Content-Type", CONTENT_TYPES.get(path.suffix, "application/octet-stream"))
        self.send_header("ETag", tag)
        self.send_header("Vary", "Accept-Encoding")
        if encoding:
            self.send_header("Content-Encoding", encoding)
        if not unchanged:
            self.send_header("Content-Length", str(status.st_size))
        self.end_headers()
        return None if unchanged else sent.open("rb")

    def _negotiate(self, path: Path) -> tuple[Path, str]:
        """The file to send for `path`, and its content coding; "" when it is sent as it is."""
        accepted = self.headers.get("Accept-Encoding", "")
        for encoding, suffix in ENCODINGS.items():
            compressed = path.with_name(path.name + suffix)
            if encoding in accepted and compressed.is_file():
                return compressed, encoding
        return path, ""

    def end_headers(self) -> None:
        """Add what every answer carries."""
        path = urllib.parse.urlsplit(self.path).path
        self.send_header("Cache-Control", IMMUTABLE if HASHED_NAME.search(path) else REVALIDATE)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header(POLICY, self.policy(path))
        super().end_headers()

    def policy(self, path: str) -> str:
        """The policy that goes with the file at `path`."""
        return policy_of(path)

    def do_GET(self) -> None:
        """Send a file; a browser that goes away in the middle is no error."""
        source = self.send_head()
        if source is None:
            return
        with source:
            try:
                shutil.copyfileobj(source, self.wfile)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    def do_HEAD(self) -> None:
        """Send the headers of a file."""
        source = self.send_head()
        if source is not None:
            source.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal shows the address and stays readable."""


class StaticServer(http.server.ThreadingHTTPServer):
    """Serves one directory on the loopback interface."""

    daemon_threads = True
    request_queue_size = 64
    allow_reuse_address = os.name == "posix"  # elsewhere that would let two servers have one port

    def __init__(self, directory: Path, port: int = 0, handler: type[StaticHandler] = StaticHandler) -> None:
        """Bind at once. `port` 0 takes a free one. Raises OSError when the port is taken."""
        super().__init__(("127.0.0.1", port), partial(handler, directory=str(directory)))

    @property
    def address(self) -> str:
        """The address to open, with the port that was bound."""
        return f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection the browser dropped is not worth a traceback."""


def serve(directory: Path, port: int = 0, announce: Callable[[str], object] = print) -> None:
    """Serve `directory` until interrupted. Raises OSError when the port is taken, FileNotFoundError without a page."""
    if not (directory / "index.html").is_file():
        raise FileNotFoundError(f"{directory} holds no index.html: build the page first (make page)")
    with StaticServer(directory, port) as server:
        serve_until_interrupted(server, announce)


def serve_until_interrupted(server: StaticServer, announce: Callable[[str], object] = print) -> None:
    """Tell the address, and answer until Ctrl-C."""
    announce(f"Ferrous is at {server.address}  (Ctrl-C ends it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        announce("")
