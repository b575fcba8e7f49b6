"""One value looked at closely: as text, JSON, MessagePack or bytes in hex (records.values)."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any, Final

from ferrous_vm.printing import visible
from ferrous_vm.workbench import content
from ferrous_vm.workbench.escapes import read_argument
from ferrous_vm.workbench.records.values import Look, Looked, ValueForm
from ferrous_vm.workbench.resp import Node, parse
from ferrous_vm.workbench.value_forms import Part, hex_text, json_text, lay_out, messagepack_text
from ferrous_vm.workbench.workbench import Workbench

LONGEST_FORM: Final = 200_000
"""Characters of one form."""

LARGEST_STRUCTURE: Final = 1_000_000
"""Bytes that are read as JSON or MessagePack."""

MOST_VALUES: Final = 20_000
"""Values of a reply that its JSON shows."""


def look(workbench: Workbench, request: Look) -> Looked:
    """The forms of the value that `request` names."""
    if request.of == "reply":
        return Looked(_of_reply(workbench, request.place))
    value = _of_key(workbench, request)
    return Looked([] if value is None else forms(value))


def forms(value: bytes) -> list[ValueForm]:
    """What `value` may mean, most telling first."""
    structure = value if len(value) <= LARGEST_STRUCTURE else b""
    found = [_form("JSON", json_text(structure)), _form("MessagePack", messagepack_text(structure))]
    shown = value[: LONGEST_FORM * 4]
    try:
        text = shown.decode("utf-8", "strict" if shown is value else "ignore")
    except UnicodeDecodeError:
        text = ""
    is_text = bool(text) and all(character.isprintable() or character in "\n\t\r" for character in text)
    readable = _form("Text", text, len(value) - len(shown)) if is_text else None
    size = LONGEST_FORM // 78 * 16
    whole = _form("Hex", hex_text(value[:size]), max(0, len(value) - size))
    return [form for form in (*found, readable, whole) if form is not None]


def _form(name: Any, text: str | None, omitted: int = 0) -> ValueForm | None:
    if text is None:
        return None
    return ValueForm(name, visible(text[:LONGEST_FORM]), omitted + max(0, len(text) - LONGEST_FORM))


def _of_reply(workbench: Workbench, place: int) -> list[ValueForm]:
    nodes = parse(workbench.last_reply) if workbench.last_reply else []
    if not 0 <= place < len(nodes):
        return []
    node = nodes[place]
    if node.kind in ("bulk", "verbatim", "status"):
        return forms(node.value[4:] if node.kind == "verbatim" else node.value)
    shown = nodes[place : min(node.after, place + MOST_VALUES)]
    form = _form("JSON", lay_out(_reply_parts(shown)), 0)
    return [form] if form is not None else []


def _reply_parts(nodes: list[Node]) -> list[Part]:
    """A reply as JSON: an error as an object, bytes that are no text as redis-cli writes them. It may be cut short."""
    parts: list[Part] = []
    opened: list[list[Any]] = []
    for node in nodes:
        is_key = bool(opened) and opened[-1][0] == "}" and opened[-1][1] % 2 == 0
        if opened:
            opened[-1][1] -= 1
        if node.kind in ("array", "set", "push"):
            parts.append(Part("[", node.count))
            opened.append(["]", node.count])
        elif node.kind in ("map", "attribute"):
            parts.append(Part("{", node.count))
            opened.append(["}", node.count * 2])
        else:
            parts.append(Part(_leaf(node, is_key), is_key=is_key))
        while opened and opened[-1][1] == 0:
            parts.append(Part(opened.pop()[0]))
    while opened:
        parts.append(Part(opened.pop()[0]))
    return parts


def _leaf(node: Node, is_key: bool) -> str:
    value = node.value[4:] if node.kind == "verbatim" else node.value
    if node.kind == "error":
        return json.dumps({"error": value.decode("utf-8", "backslashreplace")})
    if node.kind in ("integer", "double", "big number", "boolean", "nil") and not is_key:
        return {"boolean": {b"t": "true", b"f": "false"}.get(value, "null"), "nil": "null"}.get(
            node.kind, value.decode()
        )
    return json.dumps(value.decode("utf-8", "backslashreplace"), ensure_ascii=False)


def _of_key(workbench: Workbench, request: Look) -> bytes | None:
    databases: Any = workbench.keyspace.databases
    database = databases[request.database] if 0 <= request.database < len(databases) else None
    key = read_argument(request.key)
    if database is None or not database.is_live(key):
        return None
    value = database.entries[key]
    element = next(islice(content.elements(value), max(0, request.place), None), None)
    if element is None:
        return None
    name, held = element
    return name if content.type_name(value) in ("set", "zset") else held
