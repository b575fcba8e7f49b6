"""SCAN (db.c); the other scans stand with their types."""

from __future__ import annotations

from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.keys import type_name
from ferrous_vm.keyspace.commands.lookups import looked_up
from ferrous_vm.keyspace.commands.scanning import parse_cursor, parse_options
from ferrous_vm.keyspace.database import Database
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session


@command("SCAN")
def scan(session: Session, argv: list[bytes]) -> Reply:
    """SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]"""
    database = session.database
    cursor = parse_cursor(session, argv[1])
    options = parse_options(session, argv, 2)
    following, batch = database.ordered().scan(cursor, options.count)
    if options.matches is not None:
        batch = [key for key in batch if options.matches(key)]
    if options.type_name is None:
        return [b"%d" % following, [key for key in batch if database.exists(key)]]
    return [b"%d" % following, [key for key in batch if _type_of(database, key) == options.type_name]]


def _type_of(database: Database, key: bytes) -> bytes:
    """The type of a key, which is looked up; "none" if it has expired just now."""
    return type_name(database.entries[key]) if looked_up(database, key) else b"none"
