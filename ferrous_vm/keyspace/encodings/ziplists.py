"""The packed containers of RDB files before version 10: ziplists, and zipmaps, only read (ziplist.c, zipmap.c).

Everything raises Corrupt for bytes that are not what they should be.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from ferrous_vm.keyspace.arguments.parsing import to_integer
from ferrous_vm.keyspace.encodings.rdb_strings import Corrupt

_ZIPLIST_HEADER: Final = struct.Struct("<IIH")
_END: Final = 0xFF
_UNKNOWN_COUNT: Final = 0xFFFF
_LONG_PREVIOUS: Final = 254
_INTEGER_BYTES: Final = {0xC0: 2, 0xD0: 4, 0xE0: 8, 0xF0: 3, 0xFE: 1}
_BY_WIDTH: Final = sorted(_INTEGER_BYTES.items(), key=lambda item: item[1])
_LONGEST_NUMBER: Final = 32
_IMMEDIATE: Final = range(0xF1, 0xFE)
"""Encodings that are themselves an integer from 0 to 12."""
_LONG_ZIPMAP_LENGTH: Final = 254
_LARGE_ZIPMAP: Final = 254


def write_ziplist(elements: Iterable[bytes]) -> bytes:
    """A ziplist of these elements; those that are integers in their one spelling are stored as numbers."""
    entries: list[bytes] = []
    previous = 0
    for element in elements:
        if previous < _LONG_PREVIOUS:
            head = bytes((previous,))
        else:
            head = bytes((_LONG_PREVIOUS,)) + previous.to_bytes(4, "little")
        entries.append(head + _encoded(element))
        previous = len(entries[-1])
    body = b"".join(entries)
    size = _ZIPLIST_HEADER.size + len(body) + 1
    tail = size - 1 - previous
    count = min(len(entries), _UNKNOWN_COUNT)
    return _ZIPLIST_HEADER.pack(size, tail, count) + body + bytes((_END,))


def _encoded(element: bytes) -> bytes:
    """Encoding and content of an entry (`zipTryEncoding`, `zipStoreEntryEncoding`)."""
    number = to_integer(element) if len(element) < _LONGEST_NUMBER else None
    if number is not None:
        if 0 <= number < len(_IMMEDIATE):
            return bytes((_IMMEDIATE.start + number,))
        for encoding, width in _BY_WIDTH:
            if -(1 << 8 * width - 1) <= number < 1 << 8 * width - 1:
                return bytes((encoding,)) + number.to_bytes(width, "little", signed=True)
    length = len(element)
    if length < 1 << 6:
        return bytes((length,)) + element
    if length < 1 << 14:
        return bytes((0x40 | length >> 8, length & 0xFF)) + element
    return b"\x80" + length.to_bytes(4, "big") + element


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
