"""What redis-py returns (redis/_parsers/base.py, resp2.py and resp3.py of 8.1; earlier versions agree)."""

from __future__ import annotations

from ferrous_vm.workbench.client_views.layout import Literals, lay_out
from ferrous_vm.workbench.client_views.numbers import double
from ferrous_vm.workbench.client_views.written import Written, content, text_of
from ferrous_vm.workbench.resp import Node

EXCEPTIONS = {
    "ERR": "ResponseError",
    "OOM": "OutOfMemoryError",
    "WRONGPASS": "AuthenticationError",
    "EXECABORT": "ExecAbortError",
    "LOADING": "BusyLoadingError",
    "NOSCRIPT": "NoScriptError",
    "READONLY": "ReadOnlyError",
    "NOAUTH": "AuthenticationError",
    "NOPERM": "NoPermissionError",
    "ASK": "AskError",
    "TRYAGAIN": "TryAgainError",
    "MOVED": "MovedError",
    "CLUSTERDOWN": "ClusterDownError",
    "CROSSSLOT": "ClusterCrossSlotError",
    "MASTERDOWN": "MasterDownError",
}
"""The classes of errors whose code redis-py knows; it cuts those codes off the message (`EXCEPTION_CLASSES`)."""


def exception(message: bytes) -> tuple[str, str]:
    """The class and the message of the exception for an error reply (`parse_error`)."""
    text = text_of(message)
    code = text.split(" ")[0]
    if code in EXCEPTIONS:
        return EXCEPTIONS[code], text[len(code) + 1 :]
    return "ResponseError", text


def _leaf(node: Node, decoded: bool) -> str:
    if node.kind in ("bulk", "verbatim", "status"):
        value = content(node)
        return repr(value.decode("utf-8")) if decoded else repr(value)
    if node.kind == "error":
        name, message = exception(node.value)
        return f"{name}({message!r})"
    if node.kind == "double":
        return repr(double(node.value))
    if node.kind == "boolean":
        return "True" if node.value == b"t" else "False"
    return "None" if node.kind == "nil" else node.value.decode()


_AGGREGATES = {"array": ("[", "]"), "set": ("[", "]"), "push": ("[", "]"), "map": ("{", "}")}


def _literals(decoded: bool) -> Literals:
    def leaf(node: Node) -> str:
        return _leaf(node, decoded)

    return Literals(leaf=leaf, key=leaf, aggregates=_AGGREGATES, pair=": ")


def _write(nodes: list[Node], decoded: bool) -> Written:
    if nodes[0].kind == "error":
        name, message = exception(nodes[0].value)
        return Written(f"redis.exceptions.{name}: {message}", raises=True)
    try:
        return Written(lay_out(nodes, _literals(decoded)))
    except UnicodeDecodeError as error:
        note = "A string of the reply is no UTF-8: read it from a client without decode_responses."
        return Written(f"UnicodeDecodeError: {error}", raises=True, notes=[note])


def write_bytes(nodes: list[Node]) -> Written:
    """As redis-py does by default: strings are bytes."""
    return _write(nodes, decoded=False)


def write_text(nodes: list[Node]) -> Written:
    """With decode_responses=True: strings are str, or the whole reply is lost."""
    return _write(nodes, decoded=True)
