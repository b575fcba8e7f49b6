"""What the page does at rest, so that the first run and the first call of a command need not wait for their modules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from ferrous_vm.keyspace.commands import MODULES
from pyodide_bridge.bridge import Bridge

A_RUN: Final = {"type": "Run", "script": "return redis.call('GET', KEYS[1])", "keys": ["key"], "argv": []}


def steps() -> Iterator[None]:
    """Run a script on a workbench of its own, then import the commands, a module a turn. May raise PartMissing."""
    Bridge().answer(json.dumps(A_RUN))
    yield
    for module in MODULES:
        import_module(f"ferrous_vm.keyspace.commands.{module}")
        yield
