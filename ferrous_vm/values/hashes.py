"""The hash functions of Lua 5.1's tables, as ltable.c and lstring.c compute them on 64-bit Linux, unseeded.

A hash here is an int that also says how it becomes a node number: not negative, its low bits count (`lmod`);
negative, its complement is taken modulo an odd number (`hashmod`). See `main_position`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from struct import Struct, iter_unpack
from typing import Any, Final

from ferrous_vm.values.addresses import address_of
from ferrous_vm.values.booleans import TRUE, Boolean
from ferrous_vm.values.strings import LuaString

_PACK_DOUBLE: Final = Struct("<d").pack
_UNPACK_HALVES: Final = Struct("<II").unpack
_LONGEST_REMEMBERED: Final = 40
"""Bytes: field names are short and come back; long strings are not worth keeping alive."""


def hash_string(text: bytes) -> int:
    """`luaS_newlstr` as Redis has it: every byte counts, where stock Lua 5.1 skips some of 32 bytes and more."""
    value = len(text) & 0xFFFFFFFF
    for byte in bytes(text)[::-1]:
        value ^= ((value << 5) + (value >> 2) + byte) & 0xFFFFFFFF
    return value


_remembered_hash: Final[Callable[[bytes], int]] = lru_cache(maxsize=4096)(hash_string)


def hash_number(number: float) -> int:
    """`hashnum`: the sum of the two 32-bit halves of the double."""
    if number == 0.0:
        return ~0
    low: int
    high: int
    low, high = _UNPACK_HALVES(_PACK_DOUBLE(number))
    return ~((low + high) & 0xFFFFFFFF)


def hash_key(key: Any) -> int:
    """The hash of any table key."""
    kind = type(key)
    if kind is LuaString:
        return _remembered_hash(key) if len(key) <= _LONGEST_REMEMBERED else hash_string(key)
    if kind is float:
        return hash_number(key)
    if kind is Boolean:
        return 1 if key is TRUE else 0
    return ~(address_of(key) & 0xFFFFFFFF)


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
        return _remembered_murmur(key) if len(key) <= _LONGEST_REMEMBERED else murmur_hash(key)
    return hash_key(key)


class Present:
    """Which hash tables get that are laid out from now on: that of the server whose scripts run."""

    __slots__ = ("hash_key",)

    def __init__(self) -> None:
        self.hash_key: Callable[[Any], int] = hash_key

    def use(self, *, murmur: bool) -> None:
        """Strings are hashed with MurmurHash3, or as in Lua 5.1."""
        self.hash_key = murmur_key if murmur else hash_key


PRESENT: Final = Present()


def main_position(hashed: int, size: int) -> int:
    """The node, of `size` (a power of two), where a key with this hash belongs."""
    if hashed >= 0:
        return hashed & (size - 1)
    return ~hashed % ((size - 1) | 1)
