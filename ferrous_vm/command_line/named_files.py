"""`ferrous open`: the page, and the files that were named when it began, read and written for whoever has the token.

    GET open/files        what each file is now: JSON, 304 while nothing has changed (If-None-Match)
    PUT open/files/2      the bytes of the file in place 2, if it is yet as If-Match says; 412 where it is not

A page asks with the token of the address it was opened with (`Authorization: Bearer …`). It stands in the fragment,
which a browser sends to nobody, so no other site and no other program of this machine has it; a request that comes from
another site, or to another name that leads here, is refused besides. No other file can be named: a request has its
number.

A file is its bytes here; what they are as text the page decides (`web/src/disk_text.js`). It is put in its place whole,
so that it is as it was or as it was saved, whatever happens meanwhile.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
import threading
import urllib.parse
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from ferrous_vm.command_line.files import Refused, scripts_in
from ferrous_vm.records import Record
from ferrous_vm.static_server import StaticHandler, StaticServer

MOST_FILES: Final = 100
"""Scripts of one work (`web/src/share.js`)."""

MOST_BYTES: Final = 2_000_000
"""Of a file, and of a work."""

ABSENT: Final = "absent"
"""The version of a file that is not there."""

PLACE: Final = "/open/files"
_ONE: Final = re.compile(rf"{PLACE}/(\d{{1,3}})")

_ELSEWHERE: Final = (".ferrous.json", ".scenario")
"""Endings of what the page opens by itself."""


def named(paths: Sequence[Path]) -> list[Path]:
    """The scripts of these files and folders, each once. One that is not there yet may be written. Raises Refused."""
    found = [*dict.fromkeys(path.resolve() for path in scripts_in(list(paths)))]
    if not found:
        raise Refused(f"{paths[0]}: no script is in it")
    if len(found) > MOST_FILES:
        raise Refused(f"a work holds at most {MOST_FILES} scripts: these are {len(found)}")
    for path in found:
        if path.name.endswith(_ELSEWHERE):
            raise Refused(f"{path}: it is no script: start ferrous, and open it there (File, Open…)")
        if not path.parent.is_dir():
            raise Refused(f"{path}: there is no folder {path.parent}")
        if path.exists() and not path.is_file():
            raise Refused(f"{path}: it is no file")
    if sum(path.stat().st_size for path in found if path.exists()) > MOST_BYTES:
        raise Refused(f"{found[0]}: more than two megabytes, of all files together, are too large for the editor")
    return found


class Read(Record):
    """What a file is: its version, the bytes, and why it has none though it is there."""

    version: str
    content: bytes | None
    problem: str = ""


class NamedFile:
    """One file, read again only where it may have changed. Reads and writes of it are one after the other."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self._lock: Final = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._read = Read(ABSENT, None)

    def read(self) -> Read:
        """What it is now."""
        with self._lock:
            return self._now()

    def _now(self) -> Read:
        try:
            status = self.path.stat()
            seen = (status.st_ino, status.st_mtime_ns, status.st_size)
            if seen != self._seen:
                self._read, self._seen = _read(self.path, status), seen
        except FileNotFoundError:
            self._read, self._seen = Read(ABSENT, None), None
        except OSError as error:
            self._read, self._seen = Read("unread", None, f"it cannot be read: {error.strerror}"), None
        return self._read

    def write(self, content: bytes, version: str) -> tuple[HTTPStatus, str]:
        """Put these bytes there, if it is yet of that version: how that went, and its version now, or why not."""
        with self._lock:
            if self._now().version != version:
                return HTTPStatus.PRECONDITION_FAILED, "it has changed meanwhile"
            try:
                _put(self.path, content)
            except OSError as error:
                return HTTPStatus.FORBIDDEN, f"it cannot be written: {error.strerror or error}"
            self._seen = None
            return HTTPStatus.OK, _version(content)


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(path: Path, status: os.stat_result) -> Read:
    if not stat.S_ISREG(status.st_mode):
        return Read("unread", None, "it is no file any more")
    if status.st_size > MOST_BYTES:
        return Read("unread", None, "it is larger than two megabytes")
    content = path.read_bytes()
    return Read(_version(content), content)


def _put(path: Path, content: bytes) -> None:
    """Put a file in its place whole. Raises OSError, also where it may not be written, though its folder may."""
    is_there = path.exists()
    if is_there and not (path.stat().st_mode & 0o222 and os.access(path, os.W_OK)):
        raise PermissionError(0, "it is read-only")
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with beside.open("xb") as file:
            file.write(content)
        if is_there:
            shutil.copymode(path, beside)
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


_MOST_PASSED_OVER: Final = 100 * MOST_BYTES
_PIECE: Final = 65536


class _Handler(StaticHandler):
    """Files of the page, and those that were named."""

    server: NamedFilesServer

    def do_GET(self) -> None:  # noqa: N802  (as http.server names them)
        """Send a file of the page, or what the named ones are."""
        if urllib.parse.urlsplit(self.path).path != PLACE:
            super().do_GET()
        elif self._is_allowed():
            shown, tag = self.server.told()
            unchanged = self.headers.get("If-None-Match") == tag
            self._answer(HTTPStatus.NOT_MODIFIED if unchanged else HTTPStatus.OK, None if unchanged else shown, tag)

    def do_PUT(self) -> None:  # noqa: N802
        """Write one of them."""
        one = _ONE.fullmatch(urllib.parse.urlsplit(self.path).path)
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            self.close_connection = True
            self._pass_over(int(length) if length.isdecimal() else 0)
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"problem": "it is larger than two megabytes"})
            return
        content = self.rfile.read(int(length))
        if not self._is_allowed():
            return
        if one is None or int(one[1]) >= len(self.server.files) or len(content) != int(length):
            self._answer(HTTPStatus.NOT_FOUND, {"problem": "there is no such file"})
            return
        status, told = self.server.files[int(one[1])].write(content, self.headers.get("If-Match", ""))
        self._answer(status, {"version" if status is HTTPStatus.OK else "problem": told})

    def _pass_over(self, length: int) -> None:
        """Read what is too large, but for the end of what is far too large: who still sends hears no answer."""
        left = min(length, _MOST_PASSED_OVER)
        while left > 0 and (piece := self.rfile.read(min(left, _PIECE))):
            left -= len(piece)

    def _is_allowed(self) -> bool:
        """Whether the request is the page's own; else it has its answer."""
        here = {f"127.0.0.1:{self.server.server_port}", f"localhost:{self.server.server_port}"}
        host = self.headers.get("Host", "")
        is_own = host in here and self.headers.get("Origin", f"http://{host}") == f"http://{host}"
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if is_own and scheme == "Bearer" and secrets.compare_digest(token.encode(), self.server.token.encode()):
            return True
        self._answer(HTTPStatus.UNAUTHORIZED, {"problem": "the token of this address is not that of the server"})
        return False

    def _answer(self, status: HTTPStatus, value: Any, tag: str = "") -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(body)


class NamedFilesServer(StaticServer):
    """Serves the page and these files. Raises OSError when the port is taken."""

    def __init__(self, directory: Path, port: int, paths: Sequence[Path]) -> None:
        super().__init__(directory, port, _Handler)
        self.files: Final = [NamedFile(path) for path in paths]
        self.token: Final = secrets.token_urlsafe(32)

    @property
    def address(self) -> str:
        """The address to open, with the token."""
        return f"{super().address}#open={self.token}"

    def told(self) -> tuple[list[dict[str, Any]], str]:
        """What each file is now, and a tag that is another as soon as one is something else."""
        read = [file.read() for file in self.files]
        told = [
            {
                "name": file.path.name,
                "version": one.version,
                "content": None if one.content is None else base64.b64encode(one.content).decode(),
                "problem": one.problem,
            }
            for file, one in zip(self.files, read, strict=True)
        ]
        states = "\n".join(f"{one.version} {one.problem}" for one in read)
        return told, f'"{_version(states.encode())}"'
