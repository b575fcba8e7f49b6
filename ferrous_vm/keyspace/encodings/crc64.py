"""CRC-64 as Redis computes it over DUMP payloads (crc64.c: the Jones polynomial, reflected, initial value 0)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.progress import Progress, unwatched

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


_AT_ONCE: Final = 65_536
"""Bytes between two reports of progress."""


def crc64(data: bytes, progress: Progress = unwatched) -> int:
    """The checksum of `data`, 0 to 2^64-1; that of ``123456789`` is 0xe9c6d914c4b8d9ca. `progress` counts bytes."""
    table = _TABLE
    crc = 0
    for start in range(0, len(data), _AT_ONCE):
        progress(start, len(data))
        for byte in data[start : start + _AT_ONCE]:
            crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc
