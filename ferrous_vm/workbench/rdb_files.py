"""The keyspace as an RDB file, which redis-server loads, and one of its files as the keyspace; as text, in base64."""

from __future__ import annotations

import binascii

from ferrous_vm.errors import CommandError
from ferrous_vm.printing import printed
from ferrous_vm.workbench.records.keyspace import Loaded, LoadRdb, RdbFile, SaveRdb
from ferrous_vm.workbench.records.problems import Problem
from ferrous_vm.workbench.workbench import Workbench, guarded


def save(workbench: Workbench, _: SaveRdb) -> RdbFile:
    """Everything stored, and the function libraries."""
    return RdbFile(binascii.b2a_base64(workbench.server.save_rdb(), newline=False).decode())


def load(workbench: Workbench, request: LoadRdb) -> Loaded:
    """Hold what the file holds, and nothing else, as one act. On a problem everything is as it was."""
    try:
        data = binascii.a2b_base64(request.content, strict_mode=True)
    except ValueError:
        return Loaded(Problem(None, "it is no base64"), workbench.state([]))
    mark = workbench.begin()
    try:
        return guarded(workbench, mark, lambda: _load(workbench, data, mark))
    except CommandError as error:
        return Loaded(Problem(None, printed(error.message).removeprefix("ERR ")), workbench.state([]))


def _load(workbench: Workbench, data: bytes, mark: int) -> Loaded:
    workbench.server.load_rdb(data)
    workbench.end("load", mark)
    return Loaded(None, workbench.state_since(mark))
