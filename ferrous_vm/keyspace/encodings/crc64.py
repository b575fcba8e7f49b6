"""CRC-64 as Redis computes it over DUMP payloads (crc64.c: the Jones polynomial, reflected, initial value 0)."""

from __future__ import annotations

from typing import Final

_POLYNOMIAL: Final = 0x95AC9329AC4BC9B5
"""0xad93d23594c935a9 with its bits reversed."""


def _table() -> tuple[int, ...]:
    entries = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ _POLYNOMIAL if value & 1 else value >> 1
        entries.append(value)
    return tuple(entries)


_TABLE: Final = _table()


def crc64(data: bytes) -> int:
    """The checksum of `data`, 0 to 2^64-1; that of ``123456789`` is 0xe9c6d914c4b8d9ca."""
    table = _TABLE
    crc = 0
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc
