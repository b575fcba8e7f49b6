"""Lengths and strings as RDB files write them, and the footer of DUMP payloads (rdb.c, cluster.c)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.arguments.parsing import to_integer
from ferrous_vm.keyspace.encodings import lzf
from ferrous_vm.keyspace.encodings.crc64 import crc64
from ferrous_vm.keyspace.profiles.profile import REDIS_7_0_15

BAD_PAYLOAD: Final = b"ERR DUMP payload version or checksum are wrong"

_FOOTER_SIZE: Final = 10
_ENCODED: Final = 0xC0
_INT8, _INT16, _INT32, _LZF = range(4)
_INTEGERS: Final = {_INT8: struct.Struct("<b"), _INT16: struct.Struct("<h"), _INT32: struct.Struct("<i")}
_LONGEST_INTEGER: Final = 11
_SHORTEST_COMPRESSED: Final = 21


class Corrupt(Exception):
    """The bytes end early or say something RDB does not have."""


def save_length(length: int) -> bytes:
    """A length (`rdbSaveLen`): 1, 2, 5 or 9 bytes."""
    if length < 1 << 6:
        return bytes((length,))
    if length < 1 << 14:
        return bytes((0x40 | length >> 8, length & 0xFF))
    if length < 1 << 32:
        return b"\x80" + struct.pack(">I", length)
    return b"\x81" + struct.pack(">Q", length)


def save_string(text: bytes) -> bytes:
    """A string (`rdbSaveRawString`): a small integer in binary, compressed if that saves four bytes, or as it is."""
    if len(text) <= _LONGEST_INTEGER:
        number = to_integer(text)
        for kind, packing in _INTEGERS.items() if number is not None else ():
            if -(1 << packing.size * 8 - 1) <= number < 1 << packing.size * 8 - 1:  # type: ignore[operator]
                return bytes((_ENCODED | kind,)) + packing.pack(number)
    if len(text) >= _SHORTEST_COMPRESSED:
        compressed = lzf.compress(text, len(text) - 4)
        if compressed is not None:
            return b"".join(
                (bytes((_ENCODED | _LZF,)), save_length(len(compressed)), save_length(len(text)), compressed)
            )
    return save_length(len(text)) + text


class Reader:
    """Reads RDB values one after the other; raises Corrupt for what cannot be read."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def exhausted(self) -> bool:
        """Whether everything was read."""
        return self._at >= len(self._data)

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self._data)

    @property
    def position(self) -> int:
        """How many bytes were read."""
        return self._at

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        taken = self._data[self._at : self._at + count]
        if len(taken) != count:
            raise Corrupt
        self._at += count
        return taken

    def byte(self) -> int:
        """The next byte."""
        return self.take(1)[0]

    def length(self) -> int:
        """A length (`rdbLoadLen`)."""
        length, encoded = self._length_or_encoding()
        if encoded:
            raise Corrupt
        return length

    def string(self) -> bytes:
        """A string in any of its encodings (`rdbGenericLoadStringObject`)."""
        length, encoded = self._length_or_encoding()
        if not encoded:
            return self.take(length)
        if length in _INTEGERS:
            packing = _INTEGERS[length]
            (number,) = packing.unpack(self.take(packing.size))
            return b"%d" % int(number)
        if length != _LZF:
            raise Corrupt
        compressed_size, size = self.length(), self.length()
        text = lzf.decompress(self.take(compressed_size), size)
        if text is None:
            raise Corrupt
        return text

    def _length_or_encoding(self) -> tuple[int, bool]:
        """A length, or the number of a special encoding and True."""
        first = self.byte()
        kind = first >> 6
        if kind == 3:
            return first & 0x3F, True
        if kind == 0:
            return first & 0x3F, False
        if kind == 1:
            return (first & 0x3F) << 8 | self.byte(), False
        if first == 0x80:
            return int.from_bytes(self.take(4), "big"), False
        if first == 0x81:
            return int.from_bytes(self.take(8), "big"), False
        raise Corrupt


def with_footer(body: bytes, version: int = REDIS_7_0_15.rdb_version) -> bytes:
    """A DUMP payload: the body, the version of RDB and the CRC-64 of both (`createDumpPayload`)."""
    body += struct.pack("<H", version)
    return body + struct.pack("<Q", crc64(body))


def without_footer(payload: bytes, readable: Sequence[int] = REDIS_7_0_15.rdb_versions) -> bytes:
    """The body of a DUMP payload. Raises CommandError for a version not among `readable`, and for a wrong checksum
    (`verifyDumpPayload`)."""
    if len(payload) < _FOOTER_SIZE:
        raise CommandError(BAD_PAYLOAD)
    version, checksum = struct.unpack("<HQ", payload[-_FOOTER_SIZE:])
    if version not in readable or checksum != crc64(payload[:-8]):
        raise CommandError(BAD_PAYLOAD)
    return payload[:-_FOOTER_SIZE]
