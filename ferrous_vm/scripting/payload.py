"""The payload of FUNCTION DUMP and RESTORE: every library's source as an RDB string, then version and checksum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.encodings.rdb_strings import Corrupt, Reader, save_string, with_footer, without_footer

_LIBRARY: Final = 245
"""RDB_OPCODE_FUNCTION2, before each library."""
_LIBRARY_OF_RELEASE_CANDIDATE: Final = 246
"""RDB_OPCODE_FUNCTION_PRE_GA: name, engine, description and code apart, as 7.0-rc1 and rc2 wrote them."""


def dump_libraries(sources: Iterable[bytes], version: int) -> bytes:
    """FUNCTION DUMP's reply for these libraries, of that version of RDB."""
    return with_footer(b"".join(bytes((_LIBRARY,)) + save_string(source) for source in sources), version)


def libraries_in(payload: bytes, readable: Sequence[int]) -> list[bytes]:
    """The sources in a payload of one of the versions `readable`. Raises CommandError for one that is refused
    (`functionRestoreCommand`)."""
    reader = Reader(without_footer(payload, readable))
    sources = []
    while not reader.exhausted:
        kind = reader.byte()
        if kind == _LIBRARY_OF_RELEASE_CANDIDATE:
            sources.append(_old_library(reader))
        elif kind == _LIBRARY:
            sources.append(_string(reader, b"library payload"))
        else:
            raise CommandError(b"ERR given type is not a function")
    return sources


def _old_library(reader: Reader) -> bytes:
    name = _string(reader, b"library name")
    engine = _string(reader, b"engine name")
    try:
        described = reader.length()
    except Corrupt:
        raise CommandError(b"ERR Failed loading library description indicator") from None
    if described:
        _string(reader, b"library description")
    return b"#!%b name=%b\n%b" % (engine, name, _string(reader, b"library blob"))


def _string(reader: Reader, what: bytes) -> bytes:
    try:
        return reader.string()
    except Corrupt:
        raise CommandError(b"ERR Failed loading " + what) from None
