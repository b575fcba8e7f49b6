"""LZF compression, byte for byte as Redis's copy of liblzf does it (lzf_c.c, lzf_d.c): strings in RDB files and dumps.

    000LLLLL                      L+1 literal bytes follow
    LLLooooo oooooooo             copy L+2 bytes from o+1 bytes back
    111ooooo LLLLLLLL oooooooo    copy L+9 bytes from o+1 bytes back
"""

from __future__ import annotations

from typing import Final

_HASH_BITS: Final = 16
_MAX_LITERALS: Final = 1 << 5
_MAX_OFFSET: Final = 1 << 13
_MAX_MATCH: Final = (1 << 8) + (1 << 3)
_UNROLLED: Final = 16


def _slot(data: bytes, at: int) -> int:
    """The hash of the three bytes at `at` (`IDX` with VERY_FAST)."""
    value = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2]
    return ((value >> (24 - _HASH_BITS)) - value * 5) & ((1 << _HASH_BITS) - 1)


def compress(data: bytes, limit: int) -> bytes | None:
    """`data` compressed, or None if that takes more than `limit` bytes."""
    seen: dict[int, int] = {}
    out = bytearray()
    literals = bytearray()
    at, end = 0, len(data)
    while at < end - 2:
        slot = _slot(data, at)
        match = seen.get(slot, 0)
        seen[slot] = at
        offset = at - match - 1
        if match and offset < _MAX_OFFSET and data[match : match + 3] == data[at : at + 3]:
            if len(out) + len(literals) + bool(literals) + 4 > limit:
                return None
            _flush(out, literals)
            at = _copy(data, at, match, out)
            if at >= end - 2:
                break
            seen[_slot(data, at - 2)] = at - 2
            seen[_slot(data, at - 1)] = at - 1
            continue
        literals.append(data[at])
        at += 1
        if len(literals) == _MAX_LITERALS:
            _flush(out, literals)
        if len(out) + len(literals) + 1 > limit:
            return None
    if len(out) + len(literals) + 4 > limit:
        return None
    for byte in data[at:]:
        literals.append(byte)
        if len(literals) == _MAX_LITERALS:
            _flush(out, literals)
    _flush(out, literals)
    return bytes(out)


def _flush(out: bytearray, literals: bytearray) -> None:
    """Write the run of literals, if there is one."""
    if literals:
        out.append(len(literals) - 1)
        out += literals
        literals.clear()


def _copy(data: bytes, at: int, match: int, out: bytearray) -> int:
    """Write a reference to the longest match and answer the place after it."""
    most = min(len(data) - at - 2, _MAX_MATCH)
    if most > _UNROLLED:  # liblzf compares so many bytes more before it looks how many there are
        most = max(most, _UNROLLED + 3)
    length = 3
    while length < most and data[match + length] == data[at + length]:
        length += 1
    offset, code = at - match - 1, length - 2
    if code < 7:
        out.append((offset >> 8) + (code << 5))
    else:
        out += bytes(((offset >> 8) + (7 << 5), code - 7))
    out.append(offset & 0xFF)
    return at + length


def decompress(data: bytes, size: int) -> bytes | None:
    """The `size` bytes that `data` stands for, or None if it is not exactly that."""
    out = bytearray()
    at, end = 0, len(data)
    while at < end:
        control = data[at]
        at += 1
        if control < 32:
            literals = data[at : at + control + 1]
            if len(literals) <= control:
                return None
            out += literals
            at += control + 1
        else:
            length = control >> 5
            if length == 7:
                if at >= end:
                    return None
                length += data[at]
                at += 1
            if at >= end:
                return None
            start = len(out) - ((control & 0x1F) << 8) - data[at] - 1
            at += 1
            if start < 0:
                return None
            for position in range(start, start + length + 2):  # the source may overlap what is being written
                out.append(out[position])
        if len(out) > size:
            return None
    return bytes(out) if len(out) == size else None
