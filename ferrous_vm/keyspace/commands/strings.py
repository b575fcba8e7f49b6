"""Commands of strings (t_string.c)."""

from __future__ import annotations

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace import messages
from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.parsing import INT64_MAX, INT64_MIN, to_integer
from ferrous_vm.keyspace.replies import OK, Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.strings import encoded


@command("GET")
def get(session: Session, argv: list[bytes]) -> Reply:
    """GET key"""
    return session.database.find_string(argv[1])


@command("SET")
def set_(session: Session, argv: list[bytes]) -> Reply:
    """SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT seconds | PXAT milliseconds | KEEPTTL]"""
    if len(argv) == 3:
        session.database.replace(argv[1], encoded(argv[2]))
        return OK
    raise CommandError(messages.SYNTAX)


def _add(session: Session, key: bytes, increment: int) -> int:
    database = session.database
    value = database.lookup(key)
    if value is None:
        value = 0
    elif type(value) is not int:
        text = database.find_string(key)
        assert text is not None
        number = to_integer(text)
        if number is None:
            raise CommandError(messages.NOT_INTEGER)
        value = number
    total = value + increment
    if not INT64_MIN <= total <= INT64_MAX:
        raise CommandError(messages.INCREMENT_OVERFLOW)
    database.put(key, total)
    return total


@command("INCR")
def incr(session: Session, argv: list[bytes]) -> Reply:
    """INCR key"""
    return _add(session, argv[1], 1)
