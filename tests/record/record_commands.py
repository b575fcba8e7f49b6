"""Record the command table of a real redis-server, and what it tells of each command, into ferrous_vm/keyspace.

    python -m tests.record.record_commands PORT        (from the project root)

The server on that port must be a fresh redis-server 7.0.15 without modules.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.record.resp import Connection

KEYSPACE = Path(__file__).resolve().parents[2] / "ferrous_vm" / "keyspace"


def row(info: list[Any], docs: dict[str, dict[str, Any]]) -> list[Any]:
    """name, arity, flags, first key, last key, key step, categories, tips, key specs, group, since, subcommands."""
    name, arity, flags, first, last, step, categories, tips, key_specs, subcommands = info
    document = docs[name]
    inner = sorted((row(item, document["subcommands"]) for item in subcommands), key=lambda item: item[0])
    return [
        name,
        arity,
        flags,
        first,
        last,
        step,
        categories,
        tips,
        key_specs,
        document["group"],
        document["since"],
        inner,
    ]


def write(path: Path, rows: dict[str, Any] | list[Any]) -> None:
    """One command a line, so that a difference can be read."""
    if isinstance(rows, dict):
        lines = [f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in rows.items()]
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    else:
        path.write_text("[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in rows) + "\n]\n")


def main(port: int) -> None:
    connection = Connection(port)
    server = connection.ask_parsed(b"HELLO", b"3")
    assert server["version"] == "7.0.15", server
    docs = connection.ask_parsed(b"COMMAND", b"DOCS")
    table = sorted(connection.ask_parsed(b"COMMAND"), key=lambda item: item[0])
    write(KEYSPACE / "command_table.json", [row(item, docs) for item in table])
    write(KEYSPACE / "documents" / "command_docs.json", {name: docs[name] for name in sorted(docs)})


if __name__ == "__main__":
    main(int(sys.argv[1]))
