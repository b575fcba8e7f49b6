"""SCAN (db.c); the other scans stand with their types."""

from __future__ import annotations

from ferrous_vm.keyspace.command import command
from ferrous_vm.keyspace.commands.keys import type_name
from ferrous_vm.keyspace.commands.scanning import parse_cursor, parse_options
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session


@command("SCAN")
def scan(session: Session, argv: list[bytes]) -> Reply:
    """SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]"""
    database = session.database
    cursor = parse_cursor(argv[1])
    options = parse_options(argv, 2, with_type=True)
    following, batch = database.ordered().scan(cursor, options.count)
    if options.matches is not None:
        batch = [key for key in batch if options.matches(key)]
    if options.type_name is not None:
        values = [(key, database.entries[key]) for key in batch]
        batch = [key for key, value in values if type_name(value) == options.type_name]
    return [b"%d" % following, [key for key in batch if database.exists(key)]]
