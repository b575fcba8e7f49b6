"""What DEBUG DIGEST and DIGEST-VALUE answer (`computeDatasetDigest`, debug.c): SHA-1 sums, in which the order of what
has no order does not show."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha1
from typing import Final

from ferrous_vm.keyspace.database import Database, Value
from ferrous_vm.keyspace.types.hashes import Hash
from ferrous_vm.keyspace.types.lists import List
from ferrous_vm.keyspace.types.sets import Set
from ferrous_vm.keyspace.types.sorted_sets import SortedSet
from ferrous_vm.keyspace.types.stream_ids import GREATEST, GREATEST_SEQUENCE, SEQUENCE_BITS
from ferrous_vm.keyspace.types.streams import Stream

_SIZE: Final = 20
_STRING, _LIST, _SET, _SORTED_SET, _HASH = range(5)
_STREAM: Final = 6
_EXPIRES: Final = b"!!expire!!"


class Digest:
    """A sum to which texts are added one after the other, or side by side."""

    def __init__(self) -> None:
        self._sum = bytes(_SIZE)

    def beside(self, text: bytes) -> None:
        """Add what stands in no order to the rest (`xorDigest`)."""
        both = int.from_bytes(self._sum, "big") ^ int.from_bytes(sha1(text, usedforsecurity=False).digest(), "big")
        self._sum = both.to_bytes(_SIZE, "big")

    def after(self, text: bytes) -> None:
        """Add what comes after the rest (`mixDigest`)."""
        self.beside(text)
        self._sum = sha1(self._sum, usedforsecurity=False).digest()

    @property
    def sum(self) -> bytes:
        """The 20 bytes."""
        return self._sum


def _sum_of(texts: Iterable[bytes]) -> bytes:
    digest = Digest()
    for text in texts:
        digest.after(text)
    return digest.sum


def _number(number: int) -> bytes:
    return number.to_bytes(4, "big")


def add_value(digest: Digest, value: Value, *, expires: bool) -> None:
    """Add a stored value, and whether it has a time to live, but not which (`xorObjectDigest`)."""
    match value:
        case List():
            _add_in_order(digest, _LIST, value)
        case Set():
            digest.after(_number(_SET))
            for member in value.members():
                digest.beside(bytes(member))
        case SortedSet():
            digest.after(_number(_SORTED_SET))
            for score, member in value.ranks:
                digest.beside(_sum_of((member, b"%.17g" % score)))
        case Hash():
            digest.after(_number(_HASH))
            for pair in value.fields.items():
                digest.beside(_sum_of(pair))
        case Stream():
            digest.after(_number(_STREAM))
            for identifier, words in value.range(0, GREATEST):
                digest.after(b"%d.%d" % (identifier >> SEQUENCE_BITS, identifier & GREATEST_SEQUENCE))
                for word in words:
                    digest.after(word)
        case int():
            _add_in_order(digest, _STRING, (b"%d" % value,))
        case bytes() | bytearray():
            _add_in_order(digest, _STRING, (bytes(value),))
    if expires:
        digest.beside(_EXPIRES)


def _add_in_order(digest: Digest, kind: int, texts: Iterable[bytes]) -> None:
    digest.after(_number(kind))
    for text in texts:
        digest.after(text)


def digest_of_key(database: Database, key: bytes) -> bytes:
    """The sum of what is stored at `key`, expired or not; zeros if nothing is."""
    digest = Digest()
    value = database.entries.get(key)
    if value is not None:
        add_value(digest, value, expires=key in database.expiries)
    return digest.sum


def digest_of_all(databases: Iterable[Database]) -> bytes:
    """The sum of everything that is stored."""
    digest = Digest()
    for database in databases:
        if database.entries:
            digest.after(_number(database.index))
        for key, value in database.entries.items():
            entry = Digest()
            entry.after(key)
            add_value(entry, value, expires=key in database.expiries)
            digest.beside(entry.sum)
    return digest.sum
