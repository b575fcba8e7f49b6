"""The tables that say which module has the handler of which command: a module registers those and no others."""

from __future__ import annotations

from importlib import import_module

import pytest

import ferrous_vm.keyspace.commands
import ferrous_vm.scripting.commands
from ferrous_vm.keyspace.command import HANDLERS, Absent, command
from ferrous_vm.keyspace.command_table import row_named, rows
from ferrous_vm.keyspace.execute import execute
from ferrous_vm.keyspace.keyspace import Keyspace
from ferrous_vm.keyspace.replies import ErrorReply
from ferrous_vm.keyspace.session import Session

PLACED = [
    (module, names.split())
    for package, table in [
        ("ferrous_vm.keyspace.commands", ferrous_vm.keyspace.commands.MODULES),
        ("ferrous_vm.scripting", ferrous_vm.scripting.commands.MODULES),
    ]
    for module, names in ((f"{package}.{name}", names) for name, names in table.items())
]


@pytest.mark.parametrize(("module", "names"), PLACED, ids=[module for module, _ in PLACED])
def test_a_module_registers_what_is_placed_in_it(module: str, names: list[str]) -> None:
    import_module(module)
    assert [name for name in names if isinstance(row_named(name.lower().encode()).handler, Absent)] == []


def test_every_module_of_commands_is_in_the_table() -> None:
    placed = {row.module for row in rows() if row.module}
    assert placed == {module for module, _ in PLACED}


def test_a_handler_stays_in_its_module() -> None:
    with pytest.raises(ValueError, match="PING is placed in"):
        command("PING")(lambda session, argv: None)


def test_a_command_has_one_handler() -> None:
    def another(session: Session, argv: list[bytes]) -> None:
        return None

    row = row_named(b"lcs")
    import_module(row.module)
    another.__module__ = row.module
    with pytest.raises(ValueError, match="LCS has a handler already"):
        command("LCS")(another)


def test_a_handler_that_its_module_does_not_register() -> None:
    row = row_named(b"lcs")
    before = row.handler
    row.handler = Absent(row)
    del HANDLERS[row.full_name]
    try:
        session = Session(Keyspace(clock=lambda: 0, seed=0))
        import_module(row.module)  # imported already: its handler is not registered once more
        reply = execute(session, [b"LCS", b"a", b"b"])
        assert isinstance(reply, ErrorReply)
        assert reply.message.startswith(b"ERR Ferrous itself failed, which is a bug: LookupError: ")
        assert reply.message.endswith(b"has no handler for lcs")
    finally:
        row.handler = HANDLERS[row.full_name] = before
