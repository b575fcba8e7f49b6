"""COMMAND GETKEYSANDFLAGS of Redis 8.0: what it says of keys whose uses the tables leave open (db.c)."""

from __future__ import annotations

from typing import Any

from ferrous_vm.keyspace.arguments.parsing import keyword
from ferrous_vm.keyspace.commands import command_information
from ferrous_vm.keyspace.profiles.own_handlers import own
from ferrous_vm.keyspace.replies import Reply, SetReply, Status
from ferrous_vm.keyspace.session import Session


@own("COMMAND|GETKEYSANDFLAGS")
def getkeysandflags(session: Session, argv: list[bytes]) -> Reply:
    """COMMAND GETKEYSANDFLAGS command [argument ...]: the first key of GEORADIUS is read, the second written; all
    those of XREAD and XREADGROUP are read."""
    keys: Any = command_information.getkeysandflags(session, argv)
    if keyword(argv[2]) not in (b"georadius", b"georadiusbymember", b"xread", b"xreadgroup"):
        return keys  # type: ignore[no-any-return]
    stores = keyword(argv[2])[:3] == b"geo"
    return [
        [key, SetReply([Status(word) for word in (_WRITTEN if stores and place else _READ)])]
        for place, (key, _) in enumerate(keys)
    ]


_READ = (b"RO", b"access")
_WRITTEN = (b"OW", b"update")
