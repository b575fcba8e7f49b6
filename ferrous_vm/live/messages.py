"""A message between a page and the engine's process: JSON text, and the bytes that belong to it.

In bytes: the length of the text, the text in UTF-8, then of each part its length and the part; lengths have four bytes,
the highest first. `web/src/transport/packing.js` writes and reads the same.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import IO, Any, Final

_LENGTH: Final = struct.Struct(">I")


class MessageError(ValueError):
    """The bytes are no message."""


def packed(message: dict[str, Any], *parts: bytes) -> bytes:
    """A message as bytes."""
    text = json.dumps(message).encode()
    return b"".join(piece for part in (text, *parts) for piece in (_LENGTH.pack(len(part)), part))


def unpacked(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """A message and its parts. Raises MessageError."""
    try:
        text, *parts = _pieces(data)
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MessageError(str(error)) from None
    if not isinstance(message, dict):
        raise MessageError("it is no object")
    return message, parts


def _pieces(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        if len(data) < at + _LENGTH.size:
            raise MessageError("it is cut off")
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size + length
        if len(data) < at:
            raise MessageError("it is cut off")
        yield data[at - length : at]


def write(stream: IO[bytes], data: bytes) -> None:
    """Send a message through a pipe. Raises OSError when nobody reads."""
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read(stream: IO[bytes]) -> bytes | None:
    """The next message of a pipe, None at its end."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None
