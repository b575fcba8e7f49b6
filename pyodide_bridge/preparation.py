"""What the page does at rest: it imports everything a run may need, so that no time that is shown is that of an import.

A run that comes sooner imports what it is likely to need (`prepare` in `ferrous_vm/workbench/calls.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from ferrous_vm.keyspace.commands import MODULES

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
