"""Hash slots: which of the 16,384 parts of a cluster a key belongs to (`keyHashSlot`, cluster.c)."""

from __future__ import annotations

from binascii import crc_hqx
from typing import Final

SLOTS: Final = 16384


def hash_tag(key: bytes) -> bytes | None:
    """What stands between the first `{` and the first `}` after it; None where there is nothing, or no such pair."""
    start = key.find(b"{")
    end = key.find(b"}", start + 1) if start >= 0 else -1
    return key[start + 1 : end] if end > start + 1 else None


def slot_of(key: bytes) -> int:
    """The slot of a key: CRC16 of its hash tag, or of all of it."""
    tag = hash_tag(key)
    return crc_hqx(key if tag is None else tag, 0) % SLOTS
