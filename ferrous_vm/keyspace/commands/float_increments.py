"""INCRBYFLOAT and HINCRBYFLOAT: sums of long doubles (t_string.c, t_hash.c)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.readings import NUMBER
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.hashes import find_or_create
from ferrous_vm.keyspace.encodings import long_double
from ferrous_vm.keyspace.encodings.long_double import LongDouble
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.server.events import HASH, STRING
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.hashes import Hash

_NOT_FLOAT: Final = b"ERR hash value is not a float"


def _sum(left: LongDouble, right: LongDouble) -> bytes:
    """The text of the sum, as INCRBYFLOAT and HINCRBYFLOAT store it; raises when it is NaN or infinite."""
    total = long_double.add(left, right)
    if total is None or isinstance(total, float):
        raise CommandError(messages.NAN_OR_INFINITY)
    return long_double.format_human(total)


def _argument(text: bytes) -> LongDouble:
    """A long double argument (`getLongDoubleFromObjectOrReply`); raises CommandError."""
    number = long_double.parse(text)
    if number is None:
        raise CommandError(messages.NOT_FLOAT, text, NUMBER)
    return number


def _stored(text: bytes | None, message: bytes) -> LongDouble:
    """The long double that a stored text is, and 0 for none; raises CommandError(message)."""
    number = long_double.parse(b"0" if text is None else text)
    if number is None:
        raise CommandError(message)
    return number


@command("INCRBYFLOAT")
def incrbyfloat(session: Session, argv: list[bytes]) -> Reply:
    """INCRBYFLOAT key increment"""
    database = session.database
    text = database.find_string(argv[1])
    value = _stored(text, messages.NOT_FLOAT)
    total = _sum(value, _argument(argv[2]))
    database.put(argv[1], total)
    if database.thresholds.events:
        database.tell(STRING, b"incrbyfloat", argv[1])
    return total


@command("HINCRBYFLOAT")
def hincrbyfloat(session: Session, argv: list[bytes]) -> Reply:
    """HINCRBYFLOAT key field increment"""
    increment = _argument(argv[3])
    if isinstance(increment, float):
        raise CommandError(b"ERR value is NaN or Infinity", argv[3], NUMBER)
    hash_ = session.database.find(argv[1], Hash)
    text = None if hash_ is None else hash_.fields.get(argv[2])
    total = _sum(_stored(text, _NOT_FLOAT), increment)
    find_or_create(session, argv[1]).update(argv[2], total)
    if session.database.thresholds.events:
        session.database.tell(HASH, b"hincrbyfloat", argv[1])
    return total
