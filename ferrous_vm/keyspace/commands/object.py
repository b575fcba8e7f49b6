"""OBJECT: how a value is stored (object.c `objectCommand`)."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.help import subcommand_help
from ferrous_vm.keyspace.database import Database, Value
from ferrous_vm.keyspace.encodings.rdb_values import fits_one_node
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.lists import List
from ferrous_vm.keyspace.types.strings import EMBEDDED

_SHARED_INTEGERS: Final = 10_000
"""Integers from 0 below this are one shared object each (`OBJ_SHARED_INTEGERS`)."""
_LONG_KEY: Final = 32
"""Bytes of a key from which on its header is longer (`sdsReqType`)."""
_SHARED_REFERENCES: Final = 2**31 - 1
_NO_FREQUENCY: Final = (
    b"ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching "
    b"between policies at runtime LRU and LFU data will take some time to adjust."
)


def encoding_name(database: Database, key: bytes, value: Value) -> bytes:
    """What OBJECT ENCODING answers for a value stored at `key`."""
    if isinstance(value, int):
        return b"int"
    if isinstance(value, bytes):
        return b"embstr" if len(value) <= _embedded(database, key) else b"raw"
    thresholds = database.thresholds
    if isinstance(value, List) and thresholds.profile.lists_are_packed and fits_one_node(value, thresholds.list_size):
        return b"listpack"
    encoding = value.encoding()
    return b"ziplist" if encoding == b"listpack" and thresholds.profile.packs_in_ziplists else encoding


def _embedded(database: Database, key: bytes) -> int:
    """The bytes of the longest string at `key` that lies in one piece with what describes it."""
    profile = database.thresholds.profile
    if not profile.embedded_with_key:
        return EMBEDDED
    costs = len(key) + (profile.long_key_costs if len(key) >= _LONG_KEY else 0)
    return profile.embedded_with_key - costs - (profile.expiry_costs if key in database.expiries else 0)


@command("OBJECT|ENCODING")
def encoding(session: Session, argv: list[bytes]) -> Reply:
    """OBJECT ENCODING key"""
    value = session.database.lookup(argv[2])
    return None if value is None else encoding_name(session.database, argv[2], value)


@command("OBJECT|REFCOUNT")
def refcount(session: Session, argv: list[bytes]) -> Reply:
    """OBJECT REFCOUNT key"""
    value = session.database.lookup(argv[2])
    if value is None:
        return None
    is_shared = isinstance(value, int) and 0 <= value < _SHARED_INTEGERS and session.keyspace.profile.shares_integers
    return _SHARED_REFERENCES if is_shared else 1


@command("OBJECT|IDLETIME")
def idletime(session: Session, argv: list[bytes]) -> Reply:
    """OBJECT IDLETIME key: always 0, for accesses are not timed"""
    return None if session.database.lookup(argv[2]) is None else 0


@command("OBJECT|FREQ")
def freq(session: Session, argv: list[bytes]) -> Reply:
    """OBJECT FREQ key: refused, as under any policy but LFU"""
    if session.database.lookup(argv[2]) is None:
        return None
    raise CommandError(_NO_FREQUENCY)


@command("OBJECT|HELP")
def help_(session: Session, argv: list[bytes]) -> Reply:
    """OBJECT HELP"""
    return subcommand_help(session, b"OBJECT", _HELP)


_HELP: Final = (
    b"ENCODING <key>",
    b"    Return the kind of internal representation used in order to store the value",
    b"    associated with a <key>.",
    b"FREQ <key>",
    b"    Return the access frequency index of the <key>. The returned integer is",
    b"    proportional to the logarithm of the recent access frequency of the key.",
    b"IDLETIME <key>",
    b"    Return the idle time of the <key>, that is the approximated number of",
    b"    seconds elapsed since the last access to the key.",
    b"REFCOUNT <key>",
    b"    Return the number of references of the value associated with the specified",
    b"    <key>.",
)
