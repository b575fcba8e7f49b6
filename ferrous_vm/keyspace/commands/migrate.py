"""MIGRATE (cluster.c): there is no network, so the other server is never reached."""

from __future__ import annotations

from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.arguments.parsing import integer, keyword
from ferrous_vm.keyspace.arguments.readings import KEY, OPTION
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.replies import Reply, Status
from ferrous_vm.keyspace.session import Session

_KEY_AND_KEYS: Final = b"ERR When using MIGRATE KEYS option, the key argument must be set to the empty string"
_UNREACHABLE: Final = b"IOERR error or timeout writing to target instance"


@command("MIGRATE")
def migrate(session: Session, argv: list[bytes]) -> Reply:
    """MIGRATE host port key|"" db timeout [COPY] [REPLACE] [AUTH password | AUTH2 user password] [KEYS key ...]"""
    keys = [argv[3]]
    position = 6
    while position < len(argv):
        option, left = keyword(argv[position]), len(argv) - position - 1
        if option == b"auth" and left >= 1:
            position += 1
        elif option == b"auth2" and left >= 2:
            position += 2
        elif option == b"keys":
            if argv[3]:
                raise CommandError(_KEY_AND_KEYS, argv[3], KEY)
            keys = argv[position + 1 :]
            break
        elif option not in (b"copy", b"replace"):
            raise CommandError(messages.SYNTAX, argv[position], OPTION)
        position += 1
    integer(argv[5])
    integer(argv[4])
    if not any(session.database.exists(key) for key in keys):
        return Status(b"NOKEY")
    raise CommandError(_UNREACHABLE)
