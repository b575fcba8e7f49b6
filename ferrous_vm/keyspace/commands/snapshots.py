"""REPLCONF and SYNC for who wants a file of everything, as `redis-cli --rdb` does (replication.c). Nobody is fed."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, integer_in_range, keyword
from ferrous_vm.keyspace.arguments.readings import OPTION
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.replies import NO_REPLY, OK, Reply, Written
from ferrous_vm.keyspace.session import Session
from ferrous_vm.records import MutableRecord

_NO_REPLICAS: Final = b"ERR 'sync' is not offered by Ferrous: there are no replicas to speak to"
_LONGEST_HOST: Final = 255
_NAME: Final = "snapshots"


class _Wanted(MutableRecord):
    """What a client has said that it wants."""

    is_file: bool = False
    """`rdb-only`: a file, and nothing after it."""
    has_keys: bool = True
    has_functions: bool = True


def _wanted(session: Session) -> _Wanted:
    wanted: _Wanted = session.extensions.setdefault(_NAME, _Wanted())
    return wanted


@command("REPLCONF")
def replconf(session: Session, argv: list[bytes]) -> Reply:
    """REPLCONF <option> <value> [<option> <value> ...]"""
    if len(argv) % 2 == 0:
        raise CommandError(messages.SYNTAX)
    wanted = _wanted(session)
    for option, value in zip(argv[1::2], argv[2::2], strict=True):
        name = keyword(option)
        if name in (b"ack", b"getack"):
            return NO_REPLY
        if name == b"rdb-only":
            wanted.is_file = bool(integer_in_range(value, 0, 1))
        elif name == b"rdb-filter-only":
            _filter(wanted, value)
        elif name == b"listening-port":
            integer(value)
        elif name == b"ip-address":
            if len(value) > _LONGEST_HOST:
                sentence = b"ERR REPLCONF ip-address provided by replica instance is too long: %d bytes"
                raise CommandError(sentence % len(value))
        elif name != b"capa":
            raise CommandError(b"ERR Unrecognized REPLCONF option: " + messages.shown(option), option, OPTION)
    return OK


def _filter(wanted: _Wanted, value: bytes) -> None:
    names = split_words(value)
    if names is None:
        raise CommandError(b"ERR Missing rdb-filter-only values")
    for name in names:
        if keyword(name) != b"functions":
            raise CommandError(b"ERR Unsupported rdb-filter-only option: " + messages.shown(name))
    wanted.has_keys, wanted.has_functions = False, bool(names)


@command("SYNC")
def sync(session: Session, argv: list[bytes]) -> Reply:
    """SYNC: the file, and the end of the connection."""
    wanted = _wanted(session)
    if not wanted.is_file:
        raise CommandError(_NO_REPLICAS)
    from ferrous_vm.keyspace.encodings.rdb_files import save_file

    keyspace = session.keyspace
    shown = keyspace if wanted.has_keys else Keyspace(clock=keyspace.clock, profile=keyspace.profile)
    data = save_file(shown, keyspace.library_sources() if wanted.has_functions else ())
    session.closing = True
    return Written(b"$%d\r\n%b" % (len(data), data))
