"""HyperLogLog as bytes (hyperloglog.c): 16384 registers of 6 bits, dense or run-length encoded.

    header      "HYLL", encoding (0 dense, 1 sparse), three zeros, cached cardinality (8 bytes, little endian;
                its highest bit says that it is out of date)
    dense       12288 bytes, four registers in three bytes, the lowest bits first
    sparse      00nnnnnn            n+1 registers are zero
                01nnnnnn nnnnnnnn   n+1 registers are zero
                1vvvvvnn            n+1 registers are v+1

Sparse text depends on the order in which elements came; so does ours, byte for byte.
"""

from __future__ import annotations

import math
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.types.strings import RawString

REGISTERS: Final = 1 << 14
HEADER: Final = 16
DENSE_SIZE: Final = HEADER + REGISTERS * 6 // 8

_INDEX_BITS: Final = 14
_RANK_BITS: Final = 64 - _INDEX_BITS
_ALPHA: Final = 0.721347520444481703680
"""0.5 / ln(2) (`HLL_ALPHA_INF`)."""
_LARGEST_SPARSE: Final = 32
"""Largest register a sparse run can hold (`HLL_SPARSE_VAL_MAX_VALUE`)."""
_LONGEST_VALUE_RUN: Final = 4
_LONGEST_SHORT_ZERO_RUN: Final = 64
_MERGE_SCAN: Final = 5
"""Runs looked at for neighbours to merge after a change."""

_CORRUPT: Final = b"INVALIDOBJ Corrupted HLL object detected"
_EMPTY: Final = b"HYLL\x01" + bytes(11) + b"\x7f\xff"


# The hash


_MASK: Final = 2**64 - 1
_FACTOR: Final = 0xC6A4A7935BD1E995


def murmur(text: bytes, seed: int = 0xADC83B19) -> int:
    """MurmurHash64A of `text`, as Redis uses it (`MurmurHash64A`)."""
    length = len(text)
    hashed = seed ^ (length * _FACTOR & _MASK)
    whole = length & ~7
    for position in range(0, whole, 8):
        word = int.from_bytes(text[position : position + 8], "little") * _FACTOR & _MASK
        word ^= word >> 47
        hashed = (hashed ^ (word * _FACTOR & _MASK)) * _FACTOR & _MASK
    if length & 7:
        hashed = (hashed ^ int.from_bytes(text[whole:], "little")) * _FACTOR & _MASK
    hashed = (hashed ^ hashed >> 47) * _FACTOR & _MASK
    return hashed ^ hashed >> 47


def observation(element: bytes) -> tuple[int, int]:
    """The register an element belongs to, and the length of its run of zeros with the 1 that ends it (`hllPatLen`)."""
    hashed = murmur(element)
    rest = hashed >> _INDEX_BITS | 1 << _RANK_BITS
    return hashed & (REGISTERS - 1), (rest & -rest).bit_length()


# The estimate


def estimate(registers: bytes | bytearray) -> int:
    """How many different elements the registers, one a byte, have seen (`hllCount`). Registers that no elements make
    may answer more than 64 bits hold, which the processors that Redis runs on round to the least of them."""
    histogram = _histogram(registers)
    total = float(REGISTERS)
    sum_ = total * _tau((total - histogram[_RANK_BITS + 1]) / total)
    for value in range(_RANK_BITS, 0, -1):
        sum_ = (sum_ + histogram[value]) * 0.5
    sum_ += total * _sigma(histogram[0] / total)
    exact = _ALPHA * total * total / sum_ if sum_ else math.inf
    if exact >= 2.0**63:
        return -(2**63)
    whole = math.floor(exact)
    return whole + (exact - whole >= 0.5)


def _histogram(registers: bytes | bytearray) -> list[int]:
    """How many registers have each value. What was counted is taken out, so that all of it is about two passes."""
    histogram = [0] * 64
    for value in range(64):
        if value in registers:
            others = registers.translate(None, bytes((value,)))
            histogram[value] = len(registers) - len(others)
            registers = others
    return histogram


def _sigma(x: float) -> float:
    """Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", arXiv:1702.01284."""
    if x == 1.0:
        return math.inf
    weight, value = 1.0, x
    while True:
        x *= x
        before = value
        value += x * weight
        weight += weight
        if before == value:
            return value


def _tau(x: float) -> float:
    """The same paper."""
    if x in (0.0, 1.0):
        return 0.0
    weight, value = 1.0, 1 - x
    while True:
        x = math.sqrt(x)
        before = value
        weight *= 0.5
        value -= (1 - x) ** 2 * weight
        if before == value:
            return value / 3


# Registers, one a byte


_DIGITS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_VALUES_OF_DIGITS: Final = bytes.maketrans(_DIGITS, bytes(range(64)))
_DIGITS_OF_VALUES: Final = bytes.maketrans(bytes(range(64)), _DIGITS)
_HIGHEST_BITS: Final = int.from_bytes(b"\x80" * REGISTERS, "little")


def _unpacked(packed: bytes | bytearray) -> bytes:
    """Registers of six bits. Backwards, they are the digits of base64, which Python reads and writes in C."""
    return b2a_base64(packed[::-1], newline=False).translate(_VALUES_OF_DIGITS)[::-1]


def _packed(registers: bytes | bytearray) -> bytes:
    """The inverse of `_unpacked`."""
    return a2b_base64(registers[::-1].translate(_DIGITS_OF_VALUES))[::-1]


def greatest(registers: bytes | bytearray, others: bytes | bytearray) -> bytes:
    """The greater value of each register of two counters: all at once, as the bytes of two long integers."""
    one, other = int.from_bytes(registers, "little"), int.from_bytes(others, "little")
    not_less = ((one | _HIGHEST_BITS) - other) & _HIGHEST_BITS
    mask = (not_less << 1) - (not_less >> 7)
    return (other ^ (one ^ other) & mask).to_bytes(REGISTERS, "little")


# The text


def is_valid(text: bytes | bytearray) -> bool:
    """Whether a string looks like a HyperLogLog; a sparse one may still be corrupt (`isHLLObjectOrReply`)."""
    return len(text) >= HEADER and text[:4] == b"HYLL" and text[4] <= 1 and (text[4] == 1 or len(text) == DENSE_SIZE)


class HyperLogLog:
    """A copy of a HyperLogLog's text to work on; `commit` writes what changed. Corrupt text raises CommandError."""

    def __init__(self, text: bytes | bytearray = _EMPTY) -> None:
        self.text = bytearray(text)
        self._touched: list[int] | None = [] if self.is_dense else None
        """Offsets of changed registers in text that was dense from the beginning."""

    @property
    def is_dense(self) -> bool:
        """Whether every register has its six bits."""
        return self.text[4] == 0

    def commit(self, raw: RawString) -> None:
        """Write what was changed to the stored string."""
        if self._touched is None:
            raw.rewrite(bytes(self.text))
            return
        for offset in (*self._touched, HEADER - 1):
            raw.write(offset, bytes(self.text[offset : offset + 2]))

    # The cached cardinality

    @property
    def cached(self) -> int | None:
        """The cardinality as it was last counted, or None if registers have changed since."""
        return None if self.text[15] & 0x80 else int.from_bytes(self.text[8:16], "little")

    def cache(self, count: int) -> None:
        """Remember the cardinality."""
        self.text[8:16] = (count & _MASK).to_bytes(8, "little")

    def forget_count(self) -> None:
        """The cached cardinality is out of date."""
        self.text[15] |= 0x80

    # Registers

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """The runs of sparse text: offset, registers, and their value."""
        text, offset = self.text, HEADER
        while offset < len(text):
            length, value, size = _run(text, offset)
            yield offset, length, value
            offset += size

    def registers(self) -> bytes | bytearray:
        """All registers, one a byte."""
        if not self.is_dense:
            values = bytearray()
            for _, length, value in self.runs():
                values += bytes((value,)) * length
                if len(values) > REGISTERS:
                    break
            if len(values) != REGISTERS:
                raise CommandError(_CORRUPT)
            return values
        return _unpacked(self.text[HEADER:])

    def become_dense(self) -> None:
        """Give every register its six bits (`hllSparseToDense`)."""
        if self.is_dense:
            return
        self.text = bytearray(b"HYLL\0" + self.text[5:HEADER] + _packed(self.registers()))
        self._touched = None

    def raise_register(self, index: int, value: int, longest_sparse: int) -> bool:
        """Make a register at least `value`; True if it was less. Sparse text over `longest_sparse` bytes gets dense."""
        if not self.is_dense:
            done = self._raise_sparse(index, value, longest_sparse)
            if done is not None:
                return done
            self.become_dense()
        return self._raise_dense(index, value)

    def raise_registers(self, values: bytes | bytearray, longest_sparse: int) -> None:
        """Make each register at least what `values` has for it, as `raise_register` would, one after the other."""
        for index, value in enumerate(values):
            if self.is_dense:
                self.text[HEADER:] = _packed(greatest(_unpacked(self.text[HEADER:]), values))
                self._touched = None
                return
            if value:
                self.raise_register(index, value, longest_sparse)

    def _raise_dense(self, index: int, value: int) -> bool:
        offset, shift = HEADER + index * 6 // 8, index * 6 & 7
        pair = int.from_bytes(self.text[offset : offset + 2], "little")
        if pair >> shift & 63 >= value:
            return False
        pair = pair & ~(63 << shift) | value << shift
        self.text[offset : offset + 2] = pair.to_bytes(2, "little")[: len(self.text) - offset]
        if self._touched is not None:
            self._touched.append(offset)
        return True

    def _raise_sparse(self, index: int, value: int, longest: int) -> bool | None:
        """The same in sparse text (`hllSparseSet`); None if it cannot stay sparse."""
        if value > _LARGEST_SPARSE:
            return None
        text, first, offset, previous = self.text, 0, HEADER, HEADER
        end, spans = len(text), _SPANS
        while offset < end:
            length = spans[text[offset]] or _run(text, offset)[0]
            if index < first + length:
                break
            first += length
            previous = offset
            offset += 1 if spans[text[offset]] else 2
        else:
            raise CommandError(_CORRUPT)
        _, old, size = _run(text, offset)
        if old >= value:
            return False
        parts = ((index - first, old), (1, value), (first + length - 1 - index, old))
        replacement = b"".join([_encoded(count, register) for count, register in parts if count])
        if len(replacement) > size and len(text) + len(replacement) - size > longest:
            return None
        text[offset : offset + size] = replacement
        _merge_neighbours(text, previous)
        self.forget_count()
        return True


def _run(text: bytearray, offset: int) -> tuple[int, int, int]:
    """The run at `offset`: registers, their value, and its bytes. Text that ends in the middle goes on with a zero."""
    byte = text[offset]
    if byte & 0x80:
        return (byte & 3) + 1, (byte >> 2 & 31) + 1, 1
    if byte & 0x40:
        following = text[offset + 1] if offset + 1 < len(text) else 0
        return ((byte & 0x3F) << 8 | following) + 1, 0, 2
    return (byte & 0x3F) + 1, 0, 1


_SPANS: Final = bytes(0 if byte & 0xC0 == 0x40 else (byte & 3 if byte & 0x80 else byte) + 1 for byte in range(256))
"""Registers of a run of one byte; 0 for the first byte of a longer one."""


def _encoded(length: int, value: int) -> bytes:
    """A run of `length` registers."""
    if value:
        return bytes((0x80 | value - 1 << 2 | length - 1,))
    if length > _LONGEST_SHORT_ZERO_RUN:
        return (0x4000 | length - 1).to_bytes(2, "big")
    return bytes((length - 1,))


def _merge_neighbours(text: bytearray, offset: int) -> None:
    """Make one run of equal neighbours, looking at a few runs from `offset` on."""
    for _ in range(_MERGE_SCAN):
        if offset >= len(text):
            return
        length, value, size = _run(text, offset)
        if value and offset + 1 < len(text):
            following, its_value, _ = _run(text, offset + 1)
            if its_value == value and length + following <= _LONGEST_VALUE_RUN:
                text[offset : offset + 2] = _encoded(length + following, value)
                continue
        offset += size
