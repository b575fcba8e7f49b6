"""What ioredis and node-redis return, as Node's console prints it (util.inspect)."""

from __future__ import annotations

import re

from ferrous_vm.workbench.client_views import numbers
from ferrous_vm.workbench.client_views.layout import Literals, lay_out
from ferrous_vm.workbench.client_views.written import Written, content, is_text, text_of
from ferrous_vm.workbench.resp import Node

_ESCAPED = re.compile("[\x00-\x1f\x7f-\x9f'\\\\]")
_NAMED = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\\": "\\\\"}
_IDENTIFIER = re.compile("[a-zA-Z_][a-zA-Z_0-9]*")


def string(text: str) -> str:
    """A string as util.inspect quotes it: in the first of ' \" ` that it does not hold."""
    quote = "'"
    if "'" in text:
        quote = '"' if '"' not in text else "`" if "`" not in text and "${" not in text else "'"
    escape = _NAMED | {"'": "\\'" if quote == "'" else "'"}
    body = _ESCAPED.sub(lambda found: escape.get(found[0]) or f"\\x{ord(found[0]):02X}", text)
    return f"{quote}{body}{quote}"


def _leaf(node: Node) -> str:
    if node.kind in ("bulk", "verbatim", "status"):
        return string(text_of(content(node)))
    if node.kind == "integer":
        return numbers.javascript(float(int(node.value)))
    if node.kind == "double":
        return numbers.javascript(numbers.double(node.value))
    if node.kind == "big number":
        return f"{node.value.decode()}n"
    if node.kind == "boolean":
        return "true" if node.value == b"t" else "false"
    return "null" if node.kind == "nil" else f"[SimpleError: {text_of(node.value)}]"


def _key(node: Node) -> str:
    """A property's name."""
    text = text_of(content(node)) if node.kind in ("bulk", "verbatim", "status") else _leaf(node)
    return text if _IDENTIFIER.fullmatch(text) else string(text)


def _flat_leaf(node: Node) -> str:
    """What ioredis makes of it: RESP3's own types are again what they are in RESP2."""
    if node.kind == "boolean":
        return "1" if node.value == b"t" else "0"
    if node.kind in ("double", "big number"):
        return string(node.value.decode())
    return f"[ReplyError: {text_of(node.value)}]" if node.kind == "error" else _leaf(node)


_LIST = ("[", "]")
_NODE_REDIS = Literals(
    leaf=_leaf,
    key=_key,
    aggregates={"array": _LIST, "set": _LIST, "push": _LIST, "map": ("{", "}")},
    pair=": ",
    padding=" ",
)
_IOREDIS = Literals(
    leaf=_flat_leaf,
    key=_flat_leaf,
    aggregates={"array": _LIST, "set": _LIST, "push": _LIST, "map": _LIST},
    pair=", ",
    padding=" ",
)


def _notes(nodes: list[Node], keep_bytes: str) -> list[str]:
    notes = []
    rounded = [node.value.decode() for node in nodes if node.kind == "integer" and _is_rounded(node.value)]
    if rounded:
        notes.append(f"A JavaScript number holds 53 bits: {rounded[0]} loses digits. Return tostring(…) of it instead.")
    if not is_text(nodes):
        notes.append(f"Bytes that are no UTF-8 became \ufffd: {keep_bytes} keeps them.")
    return notes


def _is_rounded(digits: bytes) -> bool:
    return int(float(int(digits))) != int(digits)


def write_ioredis(nodes: list[Node]) -> Written:
    """ioredis; since version 6 too, which speaks RESP3, for its replyMapping is "legacy" unless told otherwise."""
    if nodes[0].kind == "error":
        note = "error.command holds the name and the arguments of the call."
        return Written(f"ReplyError: {text_of(nodes[0].value)}", raises=True, notes=[note])
    return Written(lay_out(nodes, _IOREDIS), notes=_notes(nodes, "redis.evalBuffer(…)"))


def write_node_redis(nodes: list[Node]) -> Written:
    """node-redis, since version 5."""
    if nodes[0].kind == "error":
        return Written(f"SimpleError: {text_of(nodes[0].value)}", raises=True)
    keep_bytes = "client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })"
    return Written(lay_out(nodes, _NODE_REDIS), notes=_notes(nodes, keep_bytes))
