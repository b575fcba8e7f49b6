"""What is done before the time of a run is taken: no time that is shown is that of an import or a compilation.

At rest the page imports everything a run may need; a run that comes sooner imports what it is likely to need.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.command import TABLE, Absent, Row
from ferrous_vm.keyspace.commands import MODULES
from ferrous_vm.server import Server
from pyodide_bridge.calls import Call
from pyodide_bridge.later import PartMissing

QUOTED_WORD: Final = re.compile(rb"""['"]([A-Za-z_]+)['"]""")
"""How a script writes the name of a command, as a rule."""

A_RUN: Final = {"type": "Run", "script": "return redis.call('GET', KEYS[1])", "keys": ["key"], "argv": []}


def steps() -> Iterator[None]:
    """Run a script on a workbench of its own, then import the rest a run may ask for, a module a turn.

    May raise PartMissing.
    """
    from pyodide_bridge.bridge import Bridge

    Bridge().answer(json.dumps(A_RUN))
    yield
    for module in (*(f"keyspace.commands.{group}" for group in MODULES), "stdlib.cjson_decode"):
        import_module(f"ferrous_vm.{module}")
        yield


def prepare(server: Server, call: Call) -> None:
    """Compile the script of `call`, unless it is a library, and import the commands it is likely to issue."""
    if not call.is_function:
        with suppress(CommandError):  # The call itself will answer it.
            server.scripting.script(call.script)
    for name in {*QUOTED_WORD.findall(call.script), call.command[0]}:
        row = TABLE.get(name.lower())
        if row is not None:
            with suppress(PartMissing):  # Whoever calls the command will be told.
                _load(row)


def _load(row: Row) -> None:
    if isinstance(row.handler, Absent):
        row.handler.load()
