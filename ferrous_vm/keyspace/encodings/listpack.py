"""Listpacks: how Redis stores small collections and the macro nodes of streams (listpack.c).

    <bytes: u32> <elements: u16> <element> ... 0xFF         an element: <encoding and data> <length, to walk backwards>

An element is bytes; text that reads as a 64 bit integer is stored as one. Sizes matter beyond storage: when a stream
begins its next macro node depends on the bytes of the last.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from ferrous_vm.keyspace.arguments.parsing import to_integer

HEADER_SIZE: Final = 6
END: Final = 0xFF
_UNKNOWN_COUNT: Final = 0xFFFF
_LONGEST_INTEGER: Final = 20
"""Bytes of text that may be an integer (`LONG_STR_SIZE` with its terminator)."""

_TEXT_6, _INT_13, _TEXT_12 = 0x80, 0xC0, 0xE0
_TEXT_32, _INT_16, _INT_24, _INT_32, _INT_64 = 0xF0, 0xF1, 0xF2, 0xF3, 0xF4
_FIXED: Final = {_INT_16: 2, _INT_24: 3, _INT_32: 4, _INT_64: 8}
"""Bytes of the integers that follow their encoding byte, little-endian."""

_BACK_LENGTH_LIMITS: Final = (128, 16383, 2097151, 268435455)
"""Entries below each limit need one byte more than the place of the limit to tell their length (`lpEncodeBacklen`)."""
_SMALLEST_LIMIT: Final = 127
_SHORT_BACK_LENGTHS: Final = [bytes((size,)) for size in range(_SMALLEST_LIMIT + 1)]
_SMALL_INTEGERS: Final = [bytes((number, 1)) for number in range(_SMALLEST_LIMIT + 1)]
"""Elements that are integers of one byte, with their length at the end."""


class CorruptListpack(Exception):
    """The bytes are no listpack."""


def _back_length_size(size: int) -> int:
    for count, limit in enumerate(_BACK_LENGTH_LIMITS, 1):
        if size < limit:
            return count
    return 5


def integer_size(number: int) -> int:
    """Bytes of an integer element, its length at the end included (`lpEncodeIntegerGetType`)."""
    if 0 <= number <= 127:
        return 2
    if -4096 <= number <= 4095:
        return 3
    for size in (2, 3, 4):
        if -(1 << size * 8 - 1) <= number < 1 << size * 8 - 1:
            return size + 2
    return 10


def element_size(text: bytes) -> int:
    """Bytes of an element, its length at the end included (`lpEncodeGetType`)."""
    size = len(text)
    number = _integer_in(text)
    if number is not None:
        return integer_size(number)
    if size < 64:
        return size + 2
    size += 2 if size < 4096 else 5
    return size + _back_length_size(size)


def _encoded_integer(number: int) -> bytes:
    if 0 <= number <= 127:
        return bytes((number,))
    if -4096 <= number <= 4095:
        number &= 0x1FFF
        return bytes((_INT_13 | number >> 8, number & 0xFF))
    for encoding, size in _FIXED.items():
        if -(1 << size * 8 - 1) <= number < 1 << size * 8 - 1:
            return bytes((encoding,)) + number.to_bytes(size, "little", signed=True)
    raise ValueError(number)


def _encoded_text(text: bytes) -> bytes:
    size = len(text)
    if size < 64:
        return bytes((_TEXT_6 | size,)) + text
    if size < 4096:
        return bytes((_TEXT_12 | size >> 8, size & 0xFF)) + text
    return bytes((_TEXT_32,)) + struct.pack("<I", size) + text


def _back_length(size: int) -> bytes:
    if size <= _SMALLEST_LIMIT:
        return _SHORT_BACK_LENGTHS[size]
    count = _back_length_size(size)
    first, *rest = ((size >> 7 * place) & 0x7F for place in range(count - 1, -1, -1))
    return bytes((first, *(septet | 0x80 for septet in rest)))


def encode(elements: Iterable[bytes | int]) -> bytes:
    """The listpack of `elements`; integers must fit 64 bits, signed."""
    parts: list[bytes] = []
    count = 0
    for element in elements:
        count += 1
        number = element if isinstance(element, int) else _integer_in(element)
        if number is not None and 0 <= number <= _SMALLEST_LIMIT:
            parts.append(_SMALL_INTEGERS[number])
            continue
        encoded = _encoded_text(element) if number is None else _encoded_integer(number)  # type: ignore[arg-type]
        parts += (encoded, _back_length(len(encoded)))
    body = b"".join(parts)
    return struct.pack("<IH", HEADER_SIZE + len(body) + 1, min(count, _UNKNOWN_COUNT)) + body + bytes((END,))


def _integer_in(text: bytes) -> int | None:
    if len(text) <= _LONGEST_INTEGER and (text.isdigit() or text[:1] == b"-"):
        return to_integer(text)
    return None


def decode(data: bytes) -> list[bytes]:
    """The elements of a listpack, integers as their text. Raises CorruptListpack (`lpValidateIntegrity`)."""
    if len(data) <= HEADER_SIZE or data[-1] != END:
        raise CorruptListpack
    size, count = struct.unpack_from("<IH", data)
    if size != len(data):
        raise CorruptListpack
    elements, at, last = [], HEADER_SIZE, len(data) - 1
    while at < last:
        if data[at] <= _SMALLEST_LIMIT and data[at + 1] == 1:
            elements.append(b"%d" % data[at])
            at += 2
            continue
        element, length = _element_at(data, at, last)
        back = _back_length(length)
        at += length
        if data[at : at + len(back)] != back or at + len(back) > last:
            raise CorruptListpack
        at += len(back)
        elements.append(element)
    if at != last or count not in (_UNKNOWN_COUNT, len(elements)):
        raise CorruptListpack
    return elements


def _element_at(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    """The element at `at` and the bytes it takes without its length."""
    first = data[at]
    if first < _TEXT_6:
        return b"%d" % first, 1
    if first < _INT_13:
        return _text_at(data, at + 1, first & 0x3F, end), 1 + (first & 0x3F)
    if at + 1 >= end:
        raise CorruptListpack
    if first < _TEXT_12:
        number = (first & 0x1F) << 8 | data[at + 1]
        return b"%d" % (number - 0x2000 if number >= 0x1000 else number), 2
    if first < _TEXT_32:
        size = (first & 0x0F) << 8 | data[at + 1]
        return _text_at(data, at + 2, size, end), 2 + size
    if first == _TEXT_32:
        size = int.from_bytes(data[at + 1 : at + 5], "little")
        return _text_at(data, at + 5, size, end), 5 + size
    width = _FIXED.get(first)
    if width is None or at + 1 + width > end:
        raise CorruptListpack
    return b"%d" % int.from_bytes(data[at + 1 : at + 1 + width], "little", signed=True), 1 + width


def _text_at(data: bytes, at: int, size: int, end: int) -> bytes:
    if at + size > end:
        raise CorruptListpack
    return data[at : at + size]
