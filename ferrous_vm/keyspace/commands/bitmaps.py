"""Strings as bits: SETBIT, GETBIT, BITCOUNT, BITPOS and BITOP (bitops.c). Bit 0 is the highest of the first byte."""

from __future__ import annotations

from typing import Final, NamedTuple

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import CHOICE, INTEGER, SURPLUS
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.interruption import changes_nothing
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.server.events import STRING
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.strings import LONGEST, RawString, modifiable

_BAD_OFFSET: Final = b"ERR bit offset is not an integer or out of range"
_BAD_BIT: Final = b"ERR bit is not an integer or out of range"
_BAD_SOUGHT_BIT: Final = b"ERR The bit argument must be 1 or 0."
_NOT_OF_SEVERAL: Final = b"ERR BITOP NOT must be called with a single source key."


def bit_offset(text: bytes, *, width: int = 0) -> int:
    """A bit's position in a string (`getBitOffsetFromArgument`).

    With a `width`, that of a BITFIELD operation, `#5` is the position of the sixth field of so many bits. Raises
    CommandError for what is no position within 512 MB.
    """
    is_multiple = width > 0 and text[:1] == b"#"
    offset = to_integer(text[1:] if is_multiple else text)
    if offset is None:
        raise CommandError(_BAD_OFFSET, text, INTEGER)
    if is_multiple:
        offset = (offset * width + 2**63) % 2**64 - 2**63  # Redis multiplies without a look at overflow
    if offset < 0 or offset >> 3 >= LONGEST:
        raise CommandError(_BAD_OFFSET, text, INTEGER)
    return offset


def reaching(session: Session, key: bytes, last_bit: int) -> tuple[RawString, bool]:
    """The string at `key`, made or grown with zeros so that `last_bit` is in it, and whether it had to be
    (`lookupStringForBitCommand`)."""
    last_byte = last_bit >> 3
    session.keyspace.bounds.check_string(last_byte + 1)
    raw = modifiable(session.database, key)
    if raw is None:
        raw = RawString(last_byte + 1)
        session.database.put(key, raw)
    elif last_byte >= len(raw):
        raw.write(last_byte, b"\0")
    else:
        return raw, False
    return raw, True


def readable(session: Session, key: bytes) -> bytes | RawString | None:
    """The text of the string at `key` without a copy, or None; another type raises WRONGTYPE."""
    value = session.database.lookup(key)
    return value if value is None or type(value) is RawString else session.database.find_string(key)


@command("SETBIT")
def setbit(session: Session, argv: list[bytes]) -> Reply:
    """SETBIT key offset value"""
    offset = bit_offset(argv[2])
    bit = integer(argv[3], _BAD_BIT)
    if bit not in (0, 1):
        raise CommandError(_BAD_BIT, argv[3], INTEGER)
    raw, has_grown = reaching(session, argv[1], offset)
    byte, mask = raw[offset >> 3], 128 >> (offset & 7)
    old = 1 if byte & mask else 0
    if old != bit:
        raw.write(offset >> 3, bytes((byte ^ mask,)))
    if (has_grown or old != bit) and session.database.thresholds.events:
        session.database.tell(STRING, b"setbit", argv[1])
    return old


@command("GETBIT")
def getbit(session: Session, argv: list[bytes]) -> Reply:
    """GETBIT key offset"""
    offset = bit_offset(argv[2])
    text = readable(session, argv[1])
    if text is None or offset >> 3 >= len(text):
        return 0
    return 1 if text[offset >> 3] & (128 >> (offset & 7)) else 0


# A range of bits


class _Range(NamedTuple):
    """Bits of a string, from `first` up to and with `last`; empty if `first` is greater."""

    first: int
    last: int


def _resolved(start: int, end: int, length: int, *, in_bits: bool) -> _Range:
    """The bits between two indexes, of which negative ones count from the end of a string of `length` bytes."""
    total = length * 8 if in_bits else length
    first = max(start + total if start < 0 else start, 0)
    last = min(max(end + total if end < 0 else end, 0), total - 1)
    return _Range(first, last) if in_bits else _Range(first * 8, last * 8 + 7)


def _unit(text: bytes) -> bool:
    """BIT is true, BYTE false."""
    unit = keyword(text)
    if unit not in (b"bit", b"byte"):
        raise CommandError(messages.SYNTAX, text, CHOICE)
    return unit == b"bit"


def _bits(text: bytes | RawString, bits: _Range) -> int:
    """The bits of the range as a number, the first bit the highest."""
    last_byte = bits.last >> 3
    number = int.from_bytes(text[bits.first >> 3 : last_byte + 1], "big") >> (7 - (bits.last & 7))
    width = bits.last - bits.first + 1
    return number & ((1 << width) - 1) if bits.first & 7 else number


def _check_unit(session: Session, argv: list[bytes], position: int) -> None:
    """Raise CommandError for a unit where a server knows none."""
    if len(argv) > position and "bitcount bit" not in session.keyspace.profile.options:
        raise CommandError(messages.SYNTAX, argv[position], SURPLUS)


@command("BITCOUNT")
def bitcount(session: Session, argv: list[bytes]) -> Reply:
    """BITCOUNT key [start end [BYTE | BIT]]"""
    if session.keyspace.profile.reads_ranges_first and len(argv) > 2:
        _count_range(session, argv)
    text = readable(session, argv[1])
    if text is None:
        return 0
    if len(argv) == 2:
        return int.from_bytes(text, "big").bit_count()
    start, end, in_bits = _count_range(session, argv)
    if end < start < 0:
        return 0
    bits = _resolved(start, end, len(text), in_bits=in_bits)
    return 0 if bits.first > bits.last else _bits(text, bits).bit_count()


def _count_range(session: Session, argv: list[bytes]) -> tuple[int, int, bool]:
    """What BITCOUNT is told of where to count: first, last, and whether these are bits."""
    if len(argv) not in (4, 5) and not (len(argv) == 3 and session.keyspace.profile.counts_bits_from_start):
        raise CommandError(messages.SYNTAX, argv[5] if len(argv) > 5 else None, SURPLUS)
    _check_unit(session, argv, 4)
    start = integer(argv[2])
    if len(argv) == 5 and session.keyspace.profile.counts_bits_from_start:
        _unit(argv[4])
    end = integer(argv[3]) if len(argv) > 3 else -1
    if end < start < 0 and not session.keyspace.profile.reads_ranges_first:
        return start, end, False
    return start, end, len(argv) == 5 and _unit(argv[4])


@command("BITPOS")
def bitpos(session: Session, argv: list[bytes]) -> Reply:
    """BITPOS key bit [start [end [BYTE | BIT]]]"""
    bit = integer(argv[2])
    if bit not in (0, 1):
        raise CommandError(_BAD_SOUGHT_BIT, argv[2], INTEGER)
    if session.keyspace.profile.reads_ranges_first:
        _position_range(session, argv)
    text = readable(session, argv[1])
    if text is None:
        return -1 if bit else 0
    start, end, in_bits = _position_range(session, argv)
    bits = _resolved(start, end, len(text), in_bits=in_bits)
    if bits.first > bits.last:
        return -1
    found = _first(text, bits, bit)
    if found is None:
        return bits.last + 1 if bit == 0 and len(argv) < 5 else -1
    return found


def _position_range(session: Session, argv: list[bytes]) -> tuple[int, int, bool]:
    """What BITPOS is told of where to look: first, last, and whether these are bits."""
    if len(argv) > 6:
        raise CommandError(messages.SYNTAX, argv[6], SURPLUS)
    _check_unit(session, argv, 5)
    start = integer(argv[3]) if len(argv) > 3 else 0
    in_bits = len(argv) == 6 and _unit(argv[5])
    return start, integer(argv[4]) if len(argv) > 4 else -1, in_bits


_PIECE: Final = 4096
"""Bytes looked at in one go: a bit near the beginning is found without reading the rest."""


def _first(text: bytes | RawString, bits: _Range, bit: int) -> int | None:
    """The position of the first `bit` within the range."""
    first = bits.first
    while first <= bits.last:
        piece = _Range(first, min((first | 7) + 8 * _PIECE, bits.last))
        width = piece.last - piece.first + 1
        number = _bits(text, piece)
        if not bit:
            number ^= (1 << width) - 1
        if number:
            return first + width - number.bit_length()
        first = piece.last + 1
    return None


# BITOP


@command("BITOP")
def bitop(session: Session, argv: list[bytes]) -> Reply:
    """BITOP AND | OR | XOR | NOT destkey key [key ...]; since Redis 8.2 DIFF, DIFF1, ANDOR and ONE too"""
    operation = keyword(argv[1])
    combine = _combined
    if operation not in (b"and", b"or", b"xor", b"not"):
        if "bitop " + operation.decode("latin-1") not in session.keyspace.profile.options:
            raise CommandError(messages.SYNTAX, argv[1], CHOICE)
        from ferrous_vm.keyspace.commands.bit_differences import check_sources, combined

        check_sources(operation, argv)
        combine = combined
    if operation == b"not" and len(argv) != 4:
        raise CommandError(_NOT_OF_SEVERAL, argv[4], SURPLUS)
    texts = [readable(session, key) or b"" for key in argv[3:]]
    longest = max(map(len, texts))
    database = session.database
    if longest:
        result = combine(operation, texts, longest)
        database.replace(argv[2], RawString(result.to_bytes(longest, "big")))
        if database.thresholds.events:
            database.tell(STRING, b"set", argv[2])
    else:
        database.delete(argv[2])
    return longest


@changes_nothing
def _combined(operation: bytes, texts: list[bytes | RawString], length: int) -> int:
    """The texts combined bit by bit; the shorter ones count as filled up with zeros to `length` bytes."""
    numbers = (int.from_bytes(text, "big") << 8 * (length - len(text)) for text in texts)
    result = next(numbers)
    if operation == b"not":
        return result ^ ((1 << 8 * length) - 1)
    for number in numbers:
        if operation == b"and":
            result &= number
        elif operation == b"or":
            result |= number
        else:
            result ^= number
    return result
