"""Record what each server tells of itself into ferrous_vm/keyspace/profiles/tables, as differences to the one before.

    make servers && python -m tests.record.record_profiles [NAME ...]        (from the project root)

A file of differences is a JSON merge patch (RFC 7386) over the tables of the predecessor: what changed stands there,
null for what is gone, and lists whole. The tables of one server:

    commands    by full name: arity, flags, first key, ... as COMMAND tells them, group and since from COMMAND DOCS
    documents   COMMAND DOCS, as `command_docs.json` has them
    words       of parameters that take one of some words: which, as the server lists them
    config      of each parameter default, and of those 7.0.15 does not have kind, bounds and words, found by trying
    info        the fields of each section of INFO, in order, and what new ones say on a fresh server
    help        the lines of each container's HELP
    categories  ACL CAT
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from ferrous_vm.keyspace.server.configuration_table import PARAMETERS, Kind
from tests.record.resp import Connection
from tests.record.servers import is_there, running

TABLES: Final = Path(__file__).resolve().parents[2] / "ferrous_vm" / "keyspace" / "profiles" / "tables"

PREDECESSORS: Final[dict[str, str]] = {
    "redis-6.2": "redis-7.0",
    "redis-7.2": "redis-7.0",
    "redis-7.4": "redis-7.2",
    "redis-8.0": "redis-7.4",
    "redis-8.2": "redis-8.0",
    "redis-8.6": "redis-8.2",
    "valkey-8.0": "redis-7.2",
    "valkey-8.1": "valkey-8.0",
    "valkey-9.0": "valkey-8.1",
    "valkey-9.1": "valkey-9.0",
}
"""What the tables of a profile are differences to."""

COLUMNS: Final = ("arity", "flags", "first_key", "last_key", "key_step", "categories", "tips", "key_specs")
_NOT_RECORDED: Final = frozenset({"dir", "port", "bind", "logfile", "pidfile"})
"""Parameters that say where a server runs."""

_KINDS: Final = (
    (r"argument must be 'yes' or 'no'", "FLAG"),
    (r"argument\(s\) must be one of the following: (?P<words>.*)", "WORD"),
    (r"argument must be a memory(?: or percent)? value", "MEMORY"),
    (r"argument couldn't be parsed into an integer", "INTEGER"),
    (r"argument couldn't be parsed as an octal number", "OCTAL"),
)


def tables_of(port: int, name: str) -> dict[str, Any]:
    """Everything a fresh server tells."""
    connection = Connection(port)
    connection.ask(b"HELLO", b"3")
    documents: dict[str, Any] = {}
    if name != "redis-6.2":
        documents = connection.ask_parsed(b"COMMAND", b"DOCS")
    tables = {
        "commands": _commands(connection, documents),
        "documents": {key.lower(): documents[key] for key in sorted(documents)},
        "info": _information(connection),
        "config": _configuration(connection),
        "words": _words(connection),
        "help": _help(connection, documents),
        "categories": connection.ask_parsed(b"ACL", b"CAT"),
    }
    connection.close()
    return tables


def _commands(connection: Connection, documents: dict[str, Any]) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}

    def add(info: list[Any], known: dict[str, Any]) -> None:
        name, *values = info[:9]
        document = known.get(name, {})
        row = dict(zip(COLUMNS, values, strict=False))
        for column in ("flags", "categories", "tips"):
            if column in row:
                row[column] = [word.lower() for word in row[column]]
        rows[name.lower()] = row | {key: document[key] for key in ("group", "since", "module") if key in document}
        for inner in sorted(info[9] if len(info) > 9 else [], key=lambda item: item[0]):
            add(inner, document.get("subcommands", {}))

    for info in sorted(connection.ask_parsed(b"COMMAND"), key=lambda item: item[0]):
        add(info, documents)
    return rows


def _information(connection: Connection) -> dict[str, dict[str, str]]:
    sections: dict[str, dict[str, str]] = {}
    fields: dict[str, str] = {}
    for line in connection.ask_parsed(b"INFO", b"everything").splitlines():
        if line.startswith("# "):
            fields = sections[line[2:]] = {}
        elif ":" in line:
            name, _, value = line.partition(":")
            fields[name] = value
    for title in ("Commandstats", "Errorstats", "Latencystats", "Keyspace"):
        sections.pop(title, None)
    return sections


def _configuration(connection: Connection) -> dict[str, str]:
    values: dict[str, str] = connection.ask_parsed(b"CONFIG", b"GET", b"*")
    return {name: values[name] for name in sorted(values) if name not in _NOT_RECORDED}


def _words(connection: Connection) -> dict[str, list[str]]:
    """Those of the parameters that Redis 7.0.15 has, found by setting them to nonsense."""
    found = {}
    for known in PARAMETERS:
        if known.words and known.kind is not Kind.FLAG:
            answer = connection.ask_parsed(b"CONFIG", b"SET", known.name, b"no such value?")
            match = re.search(r"must be one of the following: (.*)", str(answer))
            if match:
                found[known.name.decode()] = match[1].split(", ")
    return found


def _help(connection: Connection, documents: dict[str, Any]) -> dict[str, list[str]]:
    names = "acl client cluster command config debug function latency memory module object pubsub script slowlog"
    containers = {name for name, document in documents.items() if "subcommands" in document}
    told = {}
    for name in sorted(containers | {*names.split(), "xgroup", "xinfo"}):
        reply = connection.ask_parsed(name.encode(), b"HELP")
        if isinstance(reply, list):
            told[name] = reply
    return told


def parameter(port: int, name: str, default: str) -> dict[str, Any]:
    """Of what kind a parameter is, found by setting it to nonsense, and to very small and very great numbers."""
    connection = Connection(port)
    found: dict[str, Any] = {"kind": "TEXT", "default": default}

    def refused(value: str) -> str:
        answer: str = connection.ask_parsed(b"CONFIG", b"SET", name.encode(), value.encode())
        return answer.partition(") - ")[2]

    reason = refused("no such value?")
    if "immutable" in reason:
        found["fixed"] = True
    elif "protected" in reason:
        found["protected"] = True
    for pattern, kind in _KINDS:
        match = re.search(pattern, reason)
        if match:
            found["kind"] = kind
            if "words" in match.groupdict():
                found["words"] = match["words"].split(", ")
            break
    if found["kind"] == "TEXT" and found.get("fixed") and default in ("yes", "no"):
        found["kind"] = "FLAG"
    if found["kind"] in ("INTEGER", "MEMORY"):
        for value in ("-9223372036854775807", "9223372036854775807"):
            bounds = re.search(r"between (-?\d+) and (-?\d+) inclusive", refused(value))
            if bounds:
                found |= {"low": int(bounds[1]), "high": int(bounds[2])}
        found.setdefault("low", 0)
        found.setdefault("high", 2**63 - 1)
    connection.ask(b"CONFIG", b"SET", name.encode(), default.encode())
    connection.close()
    return found


def difference(old: Any, new: Any) -> Any:
    """The JSON merge patch that makes `new` of `old`; both are objects."""
    patch: dict[str, Any] = {}
    for key in old.keys() - new.keys():
        patch[key] = None
    for key, value in new.items():
        if key not in old:
            patch[key] = value
        elif old[key] != value:
            both = isinstance(value, dict) and isinstance(old[key], dict)
            patch[key] = difference(old[key], value) if both else value
    return dict(sorted(patch.items()))


def recorded(name: str) -> tuple[dict[str, Any], int]:
    with running(name) as port:
        return tables_of(port, name), port


def patch_of(name: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The file of a profile: what its tables have that its predecessor's have not."""
    if name == "redis-6.2":  # it tells less of its commands; what it does not tell is as in 7.0
        new["documents"] = {key: value for key, value in old["documents"].items() if key in new["commands"]}
        for key, row in new["commands"].items():
            new["commands"][key] = old["commands"].get(key, {}) | row
        new["commands"] |= {
            key: row for key, row in old["commands"].items() if key.partition("|")[0] in new["commands"] and "|" in key
        }
    patch: dict[str, Any] = {
        part: difference(old[part], new[part]) for part in ("commands", "documents", "help", "words")
    }
    with running(name) as port:
        patch["config"] = _config_patch(port, old["config"], new["config"])
    patch["info"] = {
        title: {
            "fields": list(fields),
            "values": {k: v for k, v in fields.items() if k not in old["info"].get(title, {})},
        }
        for title, fields in new["info"].items()
        if list(fields) != list(old["info"].get(title, {}))
    } | {title: None for title in old["info"] if title not in new["info"]}
    if new["categories"] != old["categories"]:
        patch["categories"] = new["categories"]
    return {part: value for part, value in patch.items() if value}


def _config_patch(port: int, old: dict[str, str], new: dict[str, str]) -> dict[str, Any]:
    patch: dict[str, Any] = dict.fromkeys(sorted(old.keys() - new.keys()))
    for name, value in new.items():
        if name not in old:
            patch[name] = parameter(port, name, value)
        elif old[name] != value:
            patch[name] = value
    return patch


def write(path: Path, patch: dict[str, Any]) -> None:
    """One entry a line, so that a difference can be read."""
    parts = []
    for part, entries in patch.items():
        if isinstance(entries, dict):
            lines = [f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in entries.items()]
            parts.append(f"{json.dumps(part)}:{{\n" + ",\n".join(lines) + "\n}")
        else:
            parts.append(f"{json.dumps(part)}:{json.dumps(entries, separators=(',', ':'))}")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")


def main(names: list[str]) -> None:
    TABLES.mkdir(exist_ok=True)
    known: dict[str, dict[str, Any]] = {}
    for name, predecessor in PREDECESSORS.items():
        if names and name not in names:
            continue
        for one in (predecessor, name):
            if one not in known and is_there(one):
                with running(one) as port:
                    known[one] = tables_of(port, one)
        with suppress(KeyError):
            patch = patch_of(name, known[predecessor], known[name])
            write(TABLES / f"{name}.json", patch)
            print(name, {part: len(entries) for part, entries in patch.items()})


if __name__ == "__main__":
    main(sys.argv[1:])
