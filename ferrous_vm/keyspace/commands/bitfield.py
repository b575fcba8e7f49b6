"""BITFIELD: integers of any width inside a string (bitops.c `bitfieldGeneric`)."""

from __future__ import annotations

from typing import Final, NamedTuple

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword, to_integer
from ferrous_vm.keyspace.arguments.readings import CHOICE, FIELD_TYPE, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.bitmaps import bit_offset, reaching, readable
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.server.events import STRING
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.strings import RawString

_BAD_TYPE: Final = b"ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is."
_BAD_OVERFLOW: Final = b"ERR Invalid OVERFLOW type specified"
_ONLY_GET: Final = b"ERR BITFIELD_RO only supports the GET subcommand"

_ARGUMENTS: Final = {b"get": 2, b"set": 3, b"incrby": 3, b"overflow": 1}
"""The operations and how many arguments each takes."""


class _Field(NamedTuple):
    """Where an integer stands and how it is read."""

    offset: int
    """Bits from the beginning of the string."""
    width: int
    signed: bool

    def read(self, text: bytes | RawString) -> int:
        """The field's value; what lies beyond the end is zero."""
        byte = self.offset >> 3
        chunk = int.from_bytes(bytes(text[byte : byte + 9]).ljust(9, b"\0"), "big")
        return self.wrapped(chunk >> (72 - (self.offset & 7) - self.width))

    def write(self, raw: RawString, value: int) -> None:
        """Give the field a value; it lies within `raw`."""
        byte = self.offset >> 3
        size = ((self.offset & 7) + self.width + 7) >> 3
        shift = 8 * size - (self.offset & 7) - self.width
        old = bytes(raw[byte : byte + size])
        mask = (1 << self.width) - 1
        number = int.from_bytes(old, "big") & ~(mask << shift) | (value & mask) << shift
        new = number.to_bytes(size, "big")
        if new != old:
            raw.write(byte, new)

    def wrapped(self, number: int) -> int:
        """The lowest bits of `number`, as the field's type reads them."""
        number &= (1 << self.width) - 1
        return number - (1 << self.width) if self.signed and number >> (self.width - 1) else number

    def bounded(self, value: int, increment: int, overflow: bytes) -> int | None:
        """`value` plus `increment` by the rule `overflow`; None if it does not fit and must fail."""
        excess = self._signed_excess(value, increment) if self.signed else self._unsigned_excess(value, increment)
        if excess == 0:
            return value + increment
        if overflow == b"fail":
            return None
        if overflow == b"wrap":
            return self.wrapped(value + increment)
        if self.signed:
            highest = (1 << (self.width - 1)) - 1
            return highest if excess > 0 else -highest - 1
        return (1 << self.width) - 1 if excess > 0 else 0

    def _unsigned_excess(self, value: int, increment: int) -> int:
        """1 above the range, -1 below it, else 0 (`checkUnsignedBitfieldOverflow`)."""
        value &= 2**64 - 1
        highest = (1 << self.width) - 1
        if value > highest or (increment > 0 and value + increment > highest):
            return 1
        return -1 if value + increment < 0 else 0

    def _signed_excess(self, value: int, increment: int) -> int:
        """The same for signed fields (`checkSignedBitfieldOverflow`).

        Redis takes `highest - value` modulo 2^64, so that a far too small value may count as too great.
        """
        highest = (1 << (self.width - 1)) - 1
        lowest = -highest - 1
        room = (highest - value + 2**63) % 2**64 - 2**63
        if value > highest or ((self.width != 64 or (value >= 0 and increment > 0)) and increment > room):
            return 1
        return -1 if value + increment < lowest else 0


class _Operation(NamedTuple):
    kind: bytes
    field: _Field
    number: int
    """The value of SET, the increment of INCRBY."""
    overflow: bytes


def _field_type(session: Session, text: bytes) -> tuple[bool, int]:
    """Whether signed, and the width of `i8` or `u16` (`getBitfieldTypeFromArgument`)."""
    exact = session.keyspace.profile.bitfield_types_are_exact
    width = to_integer(text[1:] if exact else messages.shown(text[1:]))
    signed = text[:1] == b"i"
    if text[:1] not in (b"i", b"u") or width is None or not 1 <= width <= (64 if signed else 63):
        raise CommandError(_BAD_TYPE, text, FIELD_TYPE)
    return signed, width


def _parse(session: Session, argv: list[bytes]) -> list[_Operation]:
    operations = []
    overflow = b"wrap"
    position = 2
    while position < len(argv):
        kind = keyword(argv[position])
        count = _ARGUMENTS.get(kind)
        if count is None or len(argv) - position - 1 < count:
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        arguments = argv[position + 1 : position + 1 + count]
        position += 1 + count
        if kind == b"overflow":
            overflow = keyword(arguments[0])
            if overflow not in (b"wrap", b"sat", b"fail"):
                raise CommandError(_BAD_OVERFLOW, arguments[0], CHOICE)
            continue
        signed, width = _field_type(session, arguments[0])
        offset = bit_offset(arguments[1], width=width)
        number = integer(arguments[2]) if kind != b"get" else 0
        operations.append(_Operation(kind, _Field(offset, width, signed), number, overflow))
    return operations


def _change(raw: RawString, operation: _Operation) -> tuple[int | None, bool]:
    """Carry out SET or INCRBY: the reply, which is None if the value overflows and must not be written, and whether the
    value is another now."""
    field = operation.field
    old = field.read(raw)
    if operation.kind == b"incrby":
        new = reply = field.bounded(old, operation.number, operation.overflow)
    else:
        new, reply = field.bounded(operation.number, 0, operation.overflow), old
    if new is None:
        return None, False
    field.write(raw, new)
    return reply, new != old


@command("BITFIELD")
def bitfield(session: Session, argv: list[bytes]) -> Reply:
    """BITFIELD key [GET type offset | [OVERFLOW WRAP | SAT | FAIL] SET type offset value | INCRBY ...] ..."""
    operations = _parse(session, argv)
    ends = [operation.field.offset + operation.field.width for operation in operations if operation.kind != b"get"]
    if not ends:
        text = readable(session, argv[1]) or b""
        return [operation.field.read(text) for operation in operations]
    raw, has_grown = reaching(session, argv[1], max(ends) - 1)
    replies: list[int | None] = []
    has_changed = False
    for operation in operations:
        if operation.kind == b"get":
            replies.append(operation.field.read(raw))
            continue
        reply, is_other = _change(raw, operation)
        replies.append(reply)
        has_changed |= reply is not None and (has_grown or is_other)
    if has_changed and session.database.thresholds.events:
        session.database.tell(STRING, b"setbit", argv[1])
    return replies


@command("BITFIELD_RO")
def bitfield_ro(session: Session, argv: list[bytes]) -> Reply:
    """BITFIELD_RO key [GET type offset ...]"""
    if any(operation.kind != b"get" for operation in _parse(session, argv)):
        raise CommandError(_ONLY_GET)
    return bitfield(session, argv)
