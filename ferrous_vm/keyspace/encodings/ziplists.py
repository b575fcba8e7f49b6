"""The packed containers of RDB files before version 10, read only: ziplists and zipmaps (ziplist.c, zipmap.c).

Everything raises Corrupt for bytes that are not what they should be.
"""

from __future__ import annotations

import struct
from typing import Final

from ferrous_vm.keyspace.encodings.rdb_strings import Corrupt

_ZIPLIST_HEADER: Final = struct.Struct("<IIH")
_END: Final = 0xFF
_UNKNOWN_COUNT: Final = 0xFFFF
_LONG_PREVIOUS: Final = 254
_INTEGER_BYTES: Final = {0xC0: 2, 0xD0: 4, 0xE0: 8, 0xF0: 3, 0xFE: 1}
_IMMEDIATE: Final = range(0xF1, 0xFE)
"""Encodings that are themselves an integer from 0 to 12."""
_LONG_ZIPMAP_LENGTH: Final = 254
_LARGE_ZIPMAP: Final = 254


def read_ziplist(data: bytes) -> list[bytes]:
    """The elements of a ziplist, integers as their text (`ziplistValidateIntegrity`)."""
    if len(data) <= _ZIPLIST_HEADER.size or data[-1] != _END:
        raise Corrupt
    size, tail, count = _ZIPLIST_HEADER.unpack_from(data)
    at, last, previous = _ZIPLIST_HEADER.size, len(data) - 1, 0
    if size != len(data) or tail > last:
        raise Corrupt
    elements: list[bytes] = []
    while at < last:
        element, length = _ziplist_entry(data[at:last], previous)
        elements.append(element)
        previous = length
        at += length
    if (elements and at - previous != tail) or count not in (_UNKNOWN_COUNT, len(elements)):
        raise Corrupt
    return elements


def _ziplist_entry(data: bytes, previous: int) -> tuple[bytes, int]:
    """The entry that `data` begins with, after one of `previous` bytes; the element and the bytes of the entry."""
    at = 1
    stored = data[0]
    if stored == _LONG_PREVIOUS:
        stored, at = int.from_bytes(data[1:5], "little"), 5
    if stored != previous or at >= len(data):
        raise Corrupt
    encoding = data[at]
    at += 1
    kind = encoding >> 6
    if kind == 3:
        if encoding in _IMMEDIATE:
            return b"%d" % (encoding - _IMMEDIATE.start), at
        width = _INTEGER_BYTES.get(encoding)
        if width is None:
            raise Corrupt
        return b"%d" % int.from_bytes(_taken(data, at, width), "little", signed=True), at + width
    extra = (0, 1, 4)[kind]
    head = _taken(data, at, extra)
    length = int.from_bytes(bytes((encoding & 0x3F,)) + head, "big") if kind < 2 else int.from_bytes(head, "big")
    at += extra
    return _taken(data, at, length), at + length


def _taken(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise Corrupt
    return data[at : at + length]


def read_zipmap(data: bytes) -> list[bytes]:
    """Fields and values in turn (`zipmapValidateIntegrity`)."""
    if len(data) < 2 or data[-1] != _END:
        raise Corrupt
    at, last = 1, len(data) - 1
    elements: list[bytes] = []
    while at < last:
        for is_value in (False, True):
            length, at = _zipmap_length(data, at)
            unused = 0
            if is_value:
                unused = _taken(data, at, 1)[0]
                at += 1
            elements.append(_taken(data[:last], at, length))
            at += length + unused
    count = len(elements) // 2
    if at != last or not count or (data[0] < _LARGE_ZIPMAP and data[0] != count):
        raise Corrupt
    return elements


def _zipmap_length(data: bytes, at: int) -> tuple[int, int]:
    length = _taken(data, at, 1)[0]
    if length < _LONG_ZIPMAP_LENGTH:
        return length, at + 1
    if length == _END:
        raise Corrupt
    return int.from_bytes(_taken(data, at + 1, 4), "little"), at + 5
