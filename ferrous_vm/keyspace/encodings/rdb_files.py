"""Whole RDB files: a keyspace as redis-server saves it, and what one saved as a keyspace (rdb.c).

    REDIS0010 <auxiliary fields> <function libraries> <databases> 0xFF <CRC-64>

Which versions are read, and which is written, is the profile's: by Redis 7.0 those up to 10, and 10. From version 80 on
a file is Valkey's own, and begins with VALKEY080.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.database import Database, Value
from ferrous_vm.keyspace.encodings.crc64 import crc64
from ferrous_vm.keyspace.encodings.rdb_strings import Corrupt, Reader, save_length, save_string
from ferrous_vm.keyspace.encodings.rdb_values import EmptyValue, load_value, save_value
from ferrous_vm.keyspace.keyspace import DATABASES, Keyspace
from ferrous_vm.keyspace.server.thresholds import Thresholds
from ferrous_vm.progress import Progress, unwatched

_FUNCTION, _FUNCTION_OF_RELEASE_CANDIDATE, _MODULE, _IDLE, _FREQUENCY, _AUXILIARY = range(245, 251)
_SIZES, _EXPIRY_MILLISECONDS, _EXPIRY_SECONDS, _DATABASE, _END = range(251, 256)
_MILLISECONDS: Final = struct.Struct("<q")
_SECONDS: Final = struct.Struct("<i")
_CHECKSUM: Final = struct.Struct("<Q")
_REDIS, _VALKEY = b"REDIS", b"VALKEY"
SIGNATURES: Final = (_REDIS, _VALKEY)
"""How an RDB file begins."""
_FIRST_OF_VALKEY: Final = 80
_HEADER_SIZE: Final = 9
_FIRST_WITH_CHECKSUM: Final = 5

_WRONG_SIGNATURE: Final = b"ERR Wrong signature trying to load DB from file"
_WRONG_VERSION: Final = b"ERR Can't handle RDB format version %b"
_WRONG_CHECKSUM: Final = b"ERR Wrong RDB checksum"
_UNREADABLE: Final = b"ERR Short read or corrupt data in RDB file"
_TOO_MANY_DATABASES: Final = (
    b"ERR Data file was created with a Redis server configured to handle more than %d databases" % DATABASES
)


class Stored(NamedTuple):
    """One key of a file. `expiry` is in Unix milliseconds."""

    database: int
    key: bytes
    value: Value
    expiry: int | None


class Contents(NamedTuple):
    """What a file holds: keys, and the sources of function libraries."""

    keys: list[Stored]
    libraries: list[bytes]


def save_file(
    keyspace: Keyspace,
    libraries: Iterable[bytes] = (),
    writing: Progress = unwatched,
    checking: Progress = unwatched,
) -> bytes:
    """The RDB file of a keyspace (`rdbSaveRio`); `libraries` are the sources of its function libraries.

    `writing` counts the keys of a database, then `checking` the bytes that are summed up.
    """
    seconds = keyspace.milliseconds() // 1000
    profile = keyspace.profile
    fields = (
        (b"%b-ver" % profile.server, profile.version),
        (b"redis-bits", b"64"),
        (b"ctime", b"%d" % seconds),
        (b"aof-base", b"0"),
    )
    parts = [_header(profile.rdb_version)]
    parts += (bytes((_AUXILIARY,)) + save_string(name) + save_string(value) for name, value in fields)
    parts += (bytes((_FUNCTION,)) + save_string(source) for source in libraries)
    for database in keyspace.databases:
        parts += _saved_database(database, writing)
    body = b"".join((*parts, bytes((_END,))))
    return body + _CHECKSUM.pack(crc64(body, checking))


def _header(version: int) -> bytes:
    return b"%b%03d" % (_VALKEY, version) if version >= _FIRST_OF_VALKEY else b"%b%04d" % (_REDIS, version)


def version_of(data: bytes, readable: Sequence[int]) -> int:
    """The version that a file says it has. Raises CommandError unless it is one of those that are read."""
    if len(data) < _HEADER_SIZE:
        raise CommandError(_WRONG_SIGNATURE)
    header = data[:_HEADER_SIZE]
    if header.startswith(_VALKEY) and readable[-1] >= _FIRST_OF_VALKEY:
        text, known = header[len(_VALKEY) :], [version for version in readable if version >= _FIRST_OF_VALKEY]
    elif header.startswith(_REDIS):
        text, known = header[len(_REDIS) :], [version for version in readable if 0 < version < _FIRST_OF_VALKEY]
    else:
        raise CommandError(_WRONG_SIGNATURE)
    if not text.isdigit() or int(text) not in known:
        raise CommandError(_WRONG_VERSION % text)
    return int(text)


def _saved_database(database: Database, progress: Progress) -> Iterator[bytes]:
    if not database.entries:
        return
    yield bytes((_DATABASE,)) + save_length(database.index)
    yield bytes((_SIZES,)) + save_length(len(database.entries)) + save_length(len(database.expiries))
    thresholds = database.keyspace.thresholds
    for done, (key, value) in enumerate(database.entries.items()):
        progress(done, len(database.entries))
        expiry = database.expiries.get(key)
        if expiry is not None:
            yield bytes((_EXPIRY_MILLISECONDS,)) + _MILLISECONDS.pack(expiry)
        kind, body = save_value(value, thresholds)
        yield bytes((kind,)) + save_string(key) + body


def load_file(
    data: bytes, thresholds: Thresholds, reading: Progress = unwatched, checking: Progress = unwatched
) -> Contents:
    """What an RDB file holds. Raises CommandError for one that Redis would not load, and for one with modules' data.

    `reading` counts its bytes, then `checking` those that are summed up.
    """
    version = version_of(data, thresholds.profile.rdb_versions)
    reader = Reader(data[_HEADER_SIZE:])
    try:
        contents = _load_contents(reader, thresholds, reading)
        if version >= _FIRST_WITH_CHECKSUM:
            _check(data, reader, checking)
    except Corrupt:
        raise CommandError(_UNREADABLE) from None
    return contents


def _check(data: bytes, reader: Reader, progress: Progress) -> None:
    """Compare the checksum, which is 0 in a file saved without one."""
    end = _HEADER_SIZE + reader.position
    (checksum,) = _CHECKSUM.unpack(reader.take(_CHECKSUM.size))
    if checksum and checksum != crc64(data[:end], progress):
        raise CommandError(_WRONG_CHECKSUM)


def _load_contents(reader: Reader, thresholds: Thresholds, progress: Progress) -> Contents:
    """Everything up to the end mark (`rdbLoadRioWithLoadingCtx`)."""
    contents = Contents([], [])
    database, expiry = 0, None
    while (kind := reader.byte()) != _END:
        progress(reader.position, reader.size)
        if kind == _EXPIRY_MILLISECONDS:
            (expiry,) = _MILLISECONDS.unpack(reader.take(_MILLISECONDS.size))
        elif kind == _EXPIRY_SECONDS:
            expiry = _SECONDS.unpack(reader.take(_SECONDS.size))[0] * 1000
        elif kind == _DATABASE:
            database = reader.length()
            if database >= DATABASES:
                raise CommandError(_TOO_MANY_DATABASES)
        elif kind == _FUNCTION:
            contents.libraries.append(reader.string())
        elif kind in _PASSED_OVER:
            _PASSED_OVER[kind](reader)
        else:
            key = reader.string()
            with suppress(EmptyValue):  # older servers could save one; Redis skips it too
                contents.keys.append(Stored(database, key, load_value(kind, reader, thresholds), expiry))
            expiry = None
    return contents


def _pass_over_strings(reader: Reader) -> None:
    reader.string()
    reader.string()


def _pass_over_lengths(reader: Reader) -> None:
    reader.length()
    reader.length()


_PASSED_OVER: Final = {
    _AUXILIARY: _pass_over_strings,
    _SIZES: _pass_over_lengths,
    _IDLE: Reader.length,
    _FREQUENCY: Reader.byte,
}
"""What says nothing of the data, and how to get past it."""


def restore_keyspace(
    keyspace: Keyspace, contents: Contents, progress: Progress = unwatched, *, merging: bool = False
) -> None:
    """Let the keyspace hold what a file held, and nothing else, or what else it held besides; keys whose time has come
    do not come back. Nobody is told of new keys, for none listens while a server loads."""
    events, keyspace.thresholds.events = keyspace.thresholds.events, 0
    try:
        if merging:
            for stored in contents.keys:
                keyspace.databases[stored.database].remove(stored.key)
        else:
            for database in keyspace.databases:
                database.clear()
        _restore(keyspace, contents, progress)
    finally:
        keyspace.thresholds.events = events


def _restore(keyspace: Keyspace, contents: Contents, progress: Progress) -> None:
    now = keyspace.milliseconds()
    for done, stored in enumerate(contents.keys):
        progress(done, len(contents.keys))
        if stored.expiry is not None and stored.expiry < now:
            continue
        database = keyspace.databases[stored.database]
        database.put(stored.key, stored.value)
        if stored.expiry is not None:
            database.set_expiry(stored.key, stored.expiry)
