"""MurmurHash3 of the keys of Lua's tables, as Valkey has it since 8.1 (lstring.c); loaded for such a server only."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from struct import iter_unpack
from typing import Any, Final

from ferrous_vm.values.hashes import LONGEST_REMEMBERED, hash_key
from ferrous_vm.values.strings import LuaString


def murmur_hash(text: bytes) -> int:
    """MurmurHash3 for x86 in 32 bits, seeded with the length, as Valkey hashes Lua's strings since 8.1."""
    length = len(text)
    value = length & 0xFFFFFFFF
    tail = length & ~3
    for (block,) in iter_unpack("<I", text[:tail]):
        value ^= _scrambled(block)
        value = ((value << 13 | value >> 19) * 5 + 0xE6546B64) & 0xFFFFFFFF
    if length != tail:
        value ^= _scrambled(int.from_bytes(text[tail:], "little"))
    value ^= length
    value = (value ^ value >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    value = (value ^ value >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ value >> 16


def _scrambled(block: int) -> int:
    block = block * 0xCC9E2D51 & 0xFFFFFFFF
    block = (block << 15 | block >> 17) & 0xFFFFFFFF
    return block * 0x1B873593 & 0xFFFFFFFF


_remembered_murmur: Final[Callable[[bytes], int]] = lru_cache(maxsize=4096)(murmur_hash)


def murmur_key(key: Any) -> int:
    """The hash of any table key where strings are hashed with MurmurHash3."""
    if type(key) is LuaString:
        return _remembered_murmur(key) if len(key) <= LONGEST_REMEMBERED else murmur_hash(key)
    return hash_key(key)
