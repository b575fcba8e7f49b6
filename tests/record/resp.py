"""A raw RESP connection to a real redis-server: what the recorders and the differential tests speak."""

from __future__ import annotations

import socket
from typing import Any


class Connection:
    """One client connection. `ask` answers the reply's raw bytes, `ask_parsed` a parsed one."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._file = self._socket.makefile("rb")

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def send(self, *commands: list[bytes]) -> None:
        """Several commands go together."""
        parts = []
        for argv in commands:
            parts.append(b"*%d\r\n" % len(argv))
            parts += [b"$%d\r\n%b\r\n" % (len(argument), argument) for argument in argv]
        self._socket.sendall(b"".join(parts))

    def read(self) -> bytes:
        """The raw bytes of one whole reply."""
        chunks: list[bytes] = []
        pending = 1
        while pending:
            pending -= 1
            line = self._file.readline()
            if not line:
                raise ConnectionError("the server closed the connection")
            chunks.append(line)
            kind = line[:1]
            if kind in b"$=!" and line != b"$-1\r\n":
                chunks.append(self._file.read(int(line[1:]) + 2))
            elif kind in b"*~>" and line != b"*-1\r\n":
                pending += int(line[1:])
            elif kind == b"%":
                pending += 2 * int(line[1:])
            elif kind == b"|":
                pending += 2 * int(line[1:]) + 1
        return b"".join(chunks)

    def ask(self, *argv: bytes) -> bytes:
        self.send(list(argv))
        return self.read()

    def ask_parsed(self, *argv: bytes) -> Any:
        value, rest = parse(self.ask(*argv))
        assert rest == b""
        return value


def parse(data: bytes) -> tuple[Any, bytes]:
    """The first reply in `data` as plain Python (maps as dict, sets as list, text as str) and the bytes after it."""
    line, _, rest = data.partition(b"\r\n")
    kind, body = line[:1], line[1:]
    if kind in b"+-":
        return body.decode(), rest
    if kind == b":":
        return int(body), rest
    if kind == b"_" or line in (b"$-1", b"*-1"):
        return None, rest
    if kind in b"$=!":
        size = int(body)
        return rest[:size].decode("utf-8", "surrogateescape"), rest[size + 2 :]
    if kind == b",":
        return float(body), rest
    if kind == b"#":
        return body == b"t", rest
    items = []
    for _ in range(int(body) * (2 if kind == b"%" else 1)):
        item, rest = parse(rest)
        items.append(item)
    if kind == b"%":
        return dict(zip(items[::2], items[1::2], strict=True)), rest
    return items, rest
