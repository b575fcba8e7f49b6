"""What COMMAND DOCS of a real server tells of each command, as tests/record/record_commands.py recorded it."""

from __future__ import annotations

import json
from functools import cache
from pkgutil import get_data
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ferrous_vm.keyspace.profiles.profile import Profile


@cache
def command_documents() -> dict[str, dict[str, Any]]:
    """The documents of Redis 7.0.15 by lower-case name; a subcommand's stands within its container's."""
    documents: dict[str, dict[str, Any]] = json.loads(get_data(__name__, "command_docs.json") or b"")
    return documents


def documents_of(profile: Profile) -> dict[str, dict[str, Any]]:
    """The documents of the server that a profile imitates."""
    return command_documents() if profile.predecessor is None else _documents(profile.name)


@cache
def _documents(name: str) -> dict[str, dict[str, Any]]:
    from ferrous_vm.keyspace.profiles.servers import server
    from ferrous_vm.keyspace.profiles.tables import patched

    return patched(server(name), "documents", command_documents())
