"""What COMMAND DOCS of a real server tells of each command, as tests/record/record_commands.py recorded it."""

from __future__ import annotations

import json
from functools import cache
from pkgutil import get_data
from typing import Any


@cache
def command_documents() -> dict[str, dict[str, Any]]:
    """The documents by lower-case name; a subcommand's stands within its container's."""
    documents: dict[str, dict[str, Any]] = json.loads(get_data(__name__, "command_docs.json") or b"")
    return documents
