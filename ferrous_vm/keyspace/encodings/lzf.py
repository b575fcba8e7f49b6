"""LZF compression, byte for byte as Redis's copy of liblzf does it (lzf_c.c, lzf_d.c): strings in RDB files and dumps.

000LLLLL                      L+1 literal bytes follow
LLLooooo oooooooo             copy L+2 bytes from o+1 bytes back
111ooooo LLLLLLLL oooooooo    copy L+9 bytes from o+1 bytes back
"""

from __future__ import annotations

from typing import Final

_HASH_SHIFT: Final = 8
_HASH_MASK: Final = (1 << 16) - 1
_MAX_LITERALS: Final = 1 << 5
_MAX_OFFSET: Final = 1 << 13
_MAX_MATCH: Final = (1 << 8) + (1 << 3)
_UNROLLED: Final = 16


def compress(data: bytes, limit: int) -> bytes | None:
    """`data` compressed, or None if that takes more than `limit` bytes."""
    seen: dict[int, int] = {}
    out = bytearray()
    start = at = 0  # what lies between is literal
    last = len(data) - 2
    value = int.from_bytes(data[:2], "big")
    while at < last:
        value = (value << 8 | data[at + 2]) & 0xFFFFFF
        slot = ((value >> _HASH_SHIFT) - value * 5) & _HASH_MASK  # `IDX` with VERY_FAST
        match = seen.get(slot, 0)
        seen[slot] = at
        if match and at - match <= _MAX_OFFSET and data[match : match + 3] == data[at : at + 3]:
            literals = at - start
            if len(out) + literals + bool(literals) + 4 > limit:
                return None
            _write_literals(out, data, start, at)
            start = at = _copy(data, at, match, out)
            if at < last:
                value = int.from_bytes(data[at - 2 : at + 2], "big")
                seen[((value >> 16) - (value >> 8) * 5) & _HASH_MASK] = at - 2
                value &= 0xFFFFFF
                seen[((value >> _HASH_SHIFT) - value * 5) & _HASH_MASK] = at - 1
            continue
        at += 1
        if at - start == _MAX_LITERALS:
            _write_literals(out, data, start, at)
            start = at
        if len(out) + at - start >= limit:
            return None
    if len(out) + at - start + 4 > limit:
        return None
    for first in range(start, len(data), _MAX_LITERALS):
        _write_literals(out, data, first, min(first + _MAX_LITERALS, len(data)))
    return bytes(out)


def _write_literals(out: bytearray, data: bytes, start: int, stop: int) -> None:
    """Write a run of literals, if it is one."""
    if start < stop:
        out.append(stop - start - 1)
        out += data[start:stop]


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
            source = out[start : start + length + 2]
            if len(source) < length + 2:  # it overlaps what is being written
                source = (source * (length + 2))[: length + 2]
            out += source
        if len(out) > size:
            return None
    return bytes(out) if len(out) == size else None
