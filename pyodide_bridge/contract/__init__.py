"""Every message between the page and Python, once: one module for each part of the page.

Text crosses and nothing else: a request and its answer are JSON objects whose `type` names one of these classes. The
page's TypeScript declarations are generated from them (`make contract`), and a test holds them fresh.

Bytes are text in one of two forms (escapes.py). A *field* is what a person types or reads in one cell: plain text
stands for itself, and a field in double quotes is read with redis-cli's escapes. A *line* is a whole command as
redis-cli reads it. Times are Unix milliseconds unless they say seconds.

Each module tells in `ANSWERS` which class answers which request, unless a Failure does.
"""

from __future__ import annotations

from importlib import import_module

from ferrous_vm.records import RecordType

REQUESTS: dict[str, str] = {
    "Hello": "session",
    "Undo": "keyspace",
    "Load": "keyspace",
    "Browse": "keyspace",
    "Inspect": "keyspace",
    "SaveRdb": "keyspace",
    "LoadRdb": "keyspace",
    "Compare": "keyspace",
    "Console": "console",
    "Reconnect": "console",
    "Complete": "console",
    "Run": "running",
    "Functions": "calling",
    "ClientViews": "clients",
    "Lint": "editing",
    "Reference": "editing",
    "RunTest": "testing",
    "Export": "exporting",
    "Debug": "debugging",
    "DebugMove": "debugging",
    "DebugExpand": "debugging",
    "DebugEnd": "debugging",
}
"""Each request, and the module it stands in: that is imported when the page first asks so, not when it loads."""


def request_class(name: str) -> RecordType | None:
    """The class of the request called `name`; None when there is no such request."""
    module = REQUESTS.get(name)
    found: RecordType | None = getattr(import_module(f"{__name__}.{module}"), name) if module else None
    return found
