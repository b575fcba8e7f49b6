"""The keyspace as an RDB file, which redis-server loads, and one of its files as the keyspace; as text, in base64."""

from __future__ import annotations

import base64
import binascii

from ferrous_vm.errors import CommandError
from pyodide_bridge.contract.keyspace import Loaded, LoadRdb, RdbFile, SaveRdb
from pyodide_bridge.contract.session import Problem
from pyodide_bridge.redis_cli import printed
from pyodide_bridge.workbench import Workbench, guarded


def save(workbench: Workbench, _: SaveRdb) -> RdbFile:
    """Everything stored, and the function libraries."""
    return RdbFile(base64.b64encode(workbench.server.save_rdb()).decode())


def load(workbench: Workbench, request: LoadRdb) -> Loaded:
    """Hold what the file holds, and nothing else, as one act. On a problem everything is as it was."""
    mark = workbench.begin()
    try:
        data = base64.b64decode(request.content, validate=True)
        guarded(workbench, mark, lambda: workbench.server.load_rdb(data))
    except (binascii.Error, CommandError) as error:
        message = printed(error.message).removeprefix("ERR ") if isinstance(error, CommandError) else "it is no base64"
        return Loaded(Problem(None, message), workbench.state([]))
    workbench.end("load", mark)
    return Loaded(None, workbench.state_since(mark))
