"""XXH3 of 64 bits with seed 0, which DIGEST of Redis 8.4 answers (https://github.com/Cyan4973/xxHash, xxhash.h)."""

from __future__ import annotations

import struct
from typing import Final

_MASK: Final = 2**64 - 1
_PRIME32: Final = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)
_PRIME64: Final = (
    0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5,
)  # fmt: skip
_MIX_1, _MIX_2 = 0x165667919E3779F9, 0x9FB21C651E98DF25
_SECRET: Final = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221"
    "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb"
    "170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e"
)
_STRIPE: Final = 64
_STRIPES_OF_BLOCK: Final = (len(_SECRET) - _STRIPE) // 8
_LANES: Final = struct.Struct("<8Q")


def _u32(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 4], "little")


def _u64(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 8], "little")


def _fold(one: int, other: int) -> int:
    """Both halves of a product, one over the other."""
    product = one * other
    return (product & _MASK) ^ (product >> 64)


def _avalanche(value: int) -> int:
    value ^= value >> 37
    value = value * _MIX_1 & _MASK
    return value ^ value >> 32


def _avalanche_64(value: int) -> int:
    value = (value ^ value >> 33) * _PRIME64[1] & _MASK
    value = (value ^ value >> 29) * _PRIME64[2] & _MASK
    return value ^ value >> 32


def _mixed(data: bytes, place: int, secret: int) -> int:
    """Sixteen bytes mixed with sixteen of the secret."""
    return _fold(_u64(data, place) ^ _u64(_SECRET, secret), _u64(data, place + 8) ^ _u64(_SECRET, secret + 8))


def xxh3(data: bytes) -> int:
    """The hash of `data`."""
    length = len(data)
    if length <= 16:
        return _short(data, length)
    if length <= 128:
        total = length * _PRIME64[0]
        for step in reversed(range((length - 1) // 32 + 1)):
            total += _mixed(data, 16 * step, 32 * step) + _mixed(data, length - 16 * (step + 1), 32 * step + 16)
        return _avalanche(total & _MASK)
    if length <= 240:
        total = length * _PRIME64[0] + sum(_mixed(data, 16 * step, 16 * step) for step in range(8))
        total = _avalanche(total & _MASK)
        total += sum(_mixed(data, 16 * step, 16 * (step - 8) + 3) for step in range(8, length // 16))
        total += _mixed(data, length - 16, 136 - 17)
        return _avalanche(total & _MASK)
    return _long(data, length)


def _short(data: bytes, length: int) -> int:
    if length > 8:
        low = _u64(data, 0) ^ _u64(_SECRET, 24) ^ _u64(_SECRET, 32)
        high = _u64(data, length - 8) ^ _u64(_SECRET, 40) ^ _u64(_SECRET, 48)
        swapped = int.from_bytes(low.to_bytes(8, "little"), "big")
        return _avalanche((length + swapped + high + _fold(low, high)) & _MASK)
    if length >= 4:
        both = _u32(data, length - 4) + (_u32(data, 0) << 32)
        value = both ^ _u64(_SECRET, 8) ^ _u64(_SECRET, 16)
        value ^= (value << 49 & _MASK | value >> 15) ^ (value << 24 & _MASK | value >> 40)
        value = value * _MIX_2 & _MASK
        value ^= (value >> 35) + length
        value = value * _MIX_2 & _MASK
        return value ^ value >> 28
    if length:
        combined = data[0] << 16 | data[length >> 1] << 24 | data[-1] | length << 8
        return _avalanche_64(combined ^ _u32(_SECRET, 0) ^ _u32(_SECRET, 4))
    return _avalanche_64(_u64(_SECRET, 56) ^ _u64(_SECRET, 64))


def _long(data: bytes, length: int) -> int:
    lanes = [
        _PRIME32[2], _PRIME64[0], _PRIME64[1], _PRIME64[2], _PRIME64[3], _PRIME32[1], _PRIME64[4], _PRIME32[0],
    ]  # fmt: skip
    stripes = (length - 1) // _STRIPE
    last = _LANES.unpack_from(_SECRET, len(_SECRET) - _STRIPE)
    for stripe in range(stripes):
        number = stripe % _STRIPES_OF_BLOCK
        _accumulate(lanes, data, stripe * _STRIPE, 8 * number)
        if number == _STRIPES_OF_BLOCK - 1:
            for lane in range(8):
                value = lanes[lane]
                lanes[lane] = (value ^ value >> 47 ^ last[lane]) * _PRIME32[0] & _MASK
    _accumulate(lanes, data, length - _STRIPE, len(_SECRET) - _STRIPE - 7)
    total = length * _PRIME64[0]
    for pair in range(4):
        secret = 11 + 16 * pair
        total += _fold(lanes[2 * pair] ^ _u64(_SECRET, secret), lanes[2 * pair + 1] ^ _u64(_SECRET, secret + 8))
    return _avalanche(total & _MASK)


def _accumulate(lanes: list[int], data: bytes, place: int, secret: int) -> None:
    keys = _LANES.unpack_from(_SECRET, secret)
    for lane, value in enumerate(_LANES.unpack_from(data, place)):
        keyed = value ^ keys[lane]
        lanes[lane ^ 1] = lanes[lane ^ 1] + value & _MASK
        lanes[lane] = lanes[lane] + (keyed & 0xFFFFFFFF) * (keyed >> 32) & _MASK
