"""The keyspace as an RDB file, which redis-server loads, and one of its files as the keyspace."""

from __future__ import annotations

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.encodings.rdb_files import version_of
from ferrous_vm.keyspace.profiles.profile import PROFILES, Profile
from ferrous_vm.keyspace.profiles.servers import without_tables
from ferrous_vm.keyspace.profiles.since import shown
from ferrous_vm.printing import printed
from ferrous_vm.workbench.records.keyspace import Loaded, LoadRdb, RdbFile, SaveRdb
from ferrous_vm.workbench.records.problems import Problem
from ferrous_vm.workbench.workbench import Workbench, guarded

SAVING = ("Writing key", "Summing up byte")
LOADING = ("Reading byte", "Summing up byte", "Filling in key")
"""What is done one after the other."""


def save(workbench: Workbench, _: SaveRdb) -> RdbFile:
    """Everything stored, and the function libraries."""
    return RdbFile(workbench.server.save_rdb(*map(workbench.progress, SAVING)))


def load(workbench: Workbench, request: LoadRdb) -> Loaded:
    """Hold what the file holds, and nothing else, as one act. On a problem everything is as it was."""
    mark = workbench.begin()
    try:
        return guarded(workbench, mark, lambda: _load(workbench, request.content, mark))
    except CommandError as error:
        message = printed(error.message).removeprefix("ERR ") + others_who_read(request.content, workbench.profile)
        return Loaded(Problem(None, message), workbench.state([]))


def others_who_read(data: bytes, profile: Profile) -> str:
    """Which servers read files of this version, for the end of a sentence, where the server at hand does not."""
    readers = [name for name in PROFILES if _reads(without_tables(name), data)]
    if not readers or profile.name in readers:
        return ""
    return f"; {shown(readers)} can read it"


def _reads(profile: Profile, data: bytes) -> bool:
    try:
        return bool(version_of(data, profile.rdb_versions))
    except CommandError:
        return False


def _load(workbench: Workbench, data: bytes, mark: int) -> Loaded:
    workbench.server.load_rdb(data, *map(workbench.progress, LOADING))
    workbench.host.telling()
    workbench.end("load", mark)
    return Loaded(None, workbench.state_since(mark))
