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
    if profile.predecessor is None:
        return command_documents()
    from ferrous_vm.keyspace.profiles.tables import patched

    return patched(profile, "documents", command_documents())
