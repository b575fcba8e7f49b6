"""What `eval(String, …)` of Jedis returns (Protocol.java and BuilderFactory.java of Jedis 7)."""

from __future__ import annotations

import json

from ferrous_vm.workbench.client_views import numbers
from ferrous_vm.workbench.client_views.layout import Literals, lay_out
from ferrous_vm.workbench.client_views.written import Written, content, is_text, text_of
from ferrous_vm.workbench.resp import Node

EXCEPTIONS = {
    "MOVED ": "JedisMovedDataException",
    "ASK ": "JedisAskDataException",
    "CLUSTERDOWN ": "JedisClusterException",
    "BUSY ": "JedisBusyException",
    "NOSCRIPT ": "JedisNoScriptException",
    "NOAUTH": "JedisAccessControlException",
    "WRONGPASS": "JedisAccessControlException",
    "NOPERM": "JedisAccessControlException",
    "NOPROTO": "JedisProtocolNotSupportedException",
}
"""How a message begins, and the class of its exception (`Protocol.processError`); any other is a JedisDataException."""


def exception(message: bytes) -> tuple[str, str]:
    """The class and the message of the exception for an error reply."""
    text = text_of(message)
    found = (name for beginning, name in EXCEPTIONS.items() if text.startswith(beginning))
    return next(found, "JedisDataException"), text


def _leaf(node: Node) -> str:
    if node.kind in ("bulk", "verbatim", "status"):
        return json.dumps(text_of(content(node)), ensure_ascii=False)
    if node.kind == "integer":
        return f"{node.value.decode()}L"
    if node.kind == "double":
        return numbers.java(numbers.double(node.value))
    if node.kind == "big number":
        return f"BigInteger({node.value.decode()})"
    if node.kind == "boolean":
        return "true" if node.value == b"t" else "false"
    if node.kind == "nil":
        return "null"
    name, text = exception(node.value)
    return f"{name}({json.dumps(text, ensure_ascii=False)})"


_LIST = ("[", "]")
_LITERALS = Literals(
    leaf=_leaf,
    key=_leaf,
    aggregates={"array": _LIST, "set": _LIST, "push": _LIST, "map": ("{", "}")},
    pair="=",
)


def write_jedis(nodes: list[Node]) -> Written:
    """A List, a Map, a Long, a Double, a Boolean, a BigInteger, a String or null."""
    if nodes[0].kind == "error":
        name, text = exception(nodes[0].value)
        return Written(f"redis.clients.jedis.exceptions.{name}: {text}", raises=True)
    notes = [] if is_text(nodes) else ["Bytes that are no UTF-8 became \ufffd: eval(byte[], …) keeps them."]
    return Written(lay_out(nodes, _LITERALS), notes=notes)
