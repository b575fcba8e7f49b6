"""The keyspace browser: pages of keys, and the content of one (contract.Browse, contract.Inspect)."""

from __future__ import annotations

from itertools import islice
from typing import Any

from pyodide_bridge import content
from pyodide_bridge.contract.keyspace import Browse, Inspect, KeyContent, KeyPage, KeySummary
from pyodide_bridge.escapes import argument, encode, read_argument
from pyodide_bridge.reply_views import cut
from pyodide_bridge.workbench import Workbench

LONGEST_FIELD = 20_000
"""Characters of one element."""

LARGEST_EXPORT = 200_000
"""Bytes of a value up to which its commands are shown."""


def browse(workbench: Workbench, request: Browse) -> KeyPage:
    """A page of keys, sorted by name."""
    databases: Any = workbench.keyspace.databases
    if not 0 <= request.database < len(databases):
        return KeyPage(0, [], _in_use(workbench), workbench.now())
    database = databases[request.database]
    wanted = encode(request.search)
    found = sorted(
        key
        for key in list(database.keys())
        if wanted in key and request.kind in ("", content.type_name(database.entries[key]))
    )
    page = found[max(0, request.offset) :][: max(0, request.limit)]
    return KeyPage(len(found), [_summary(database, key) for key in page], _in_use(workbench), workbench.now())


def inspect(workbench: Workbench, request: Inspect) -> KeyContent:
    """The elements of one key, and the commands that make it again while they are short."""
    databases: Any = workbench.keyspace.databases
    key = read_argument(request.key)
    database = databases[request.database] if 0 <= request.database < len(databases) else None
    if database is None or not database.is_live(key):
        return KeyContent(None, [], [], [])
    value = database.entries[key]
    start = max(0, request.offset)
    elements = islice(content.elements(value), start, start + max(0, request.limit))
    rows = [[cut(field, LONGEST_FIELD) for field in content.row(value, element)] for element in elements]
    small = content.size(value) <= LARGEST_EXPORT // 100
    lines = content.recreation(key, value, database.expiries.get(key)) if small else []
    short = sum(map(len, lines)) <= LARGEST_EXPORT
    return KeyContent(_summary(database, key), content.columns(value), rows, lines if short else [])


def _summary(database: Any, key: bytes) -> KeySummary:
    value = database.entries[key]
    return KeySummary(
        key=argument(key),
        kind=content.type_name(value),
        encoding=content.encoding(value),
        size=content.size(value),
        expiry=database.expiries.get(key),
    )


def _in_use(workbench: Workbench) -> list[int]:
    return [database.index for database in workbench.keyspace.databases if len(database)]
