"""The hash functions of Lua 5.1's tables, as ltable.c and lstring.c compute them on 64-bit Linux, unseeded.

A hash here is an int that also says how it becomes a node number: not negative, its low bits count (`lmod`);
negative, its complement is taken modulo an odd number (`hashmod`). See `main_position`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from struct import Struct
from typing import Any, Final

from ferrous_vm.values.addresses import address_of
from ferrous_vm.values.booleans import TRUE, Boolean
from ferrous_vm.values.strings import LuaString

_PACK_DOUBLE: Final = Struct("<d").pack
_UNPACK_HALVES: Final = Struct("<II").unpack
LONGEST_REMEMBERED: Final = 40
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
        return _remembered_hash(key) if len(key) <= LONGEST_REMEMBERED else hash_string(key)
    if kind is float:
        return hash_number(key)
    if kind is Boolean:
        return 1 if key is TRUE else 0
    return ~(address_of(key) & 0xFFFFFFFF)


class Present:
    """Which hash tables get that are laid out from now on: that of the server whose scripts run."""

    __slots__ = ("hash_key",)

    def __init__(self) -> None:
        self.hash_key: Callable[[Any], int] = hash_key


PRESENT: Final = Present()


def main_position(hashed: int, size: int) -> int:
    """The node, of `size` (a power of two), where a key with this hash belongs."""
    if hashed >= 0:
        return hashed & (size - 1)
    return ~hashed % ((size - 1) | 1)
