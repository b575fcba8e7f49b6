"""What a client makes of a reply."""

from __future__ import annotations

from ferrous_vm.records import MutableRecord, field
from ferrous_vm.workbench.resp import Node


class Written(MutableRecord):
    """The value it returns, as its language writes it, or the error it raises; and what a person should know."""

    text: str
    raises: bool = False
    notes: list[str] = field(factory=list)


def text_of(value: bytes) -> str:
    """Text of a status or an error: what is no UTF-8 is replaced, as all clients do."""
    return value.decode("utf-8", "replace")


def content(node: Node) -> bytes:
    """The bytes of a string; a verbatim string without its format, which no client returns."""
    return node.value[4:] if node.kind == "verbatim" else node.value


def is_text(nodes: list[Node]) -> bool:
    """Whether every string of the reply is UTF-8."""
    try:
        for node in nodes:
            if node.kind in ("bulk", "verbatim"):
                content(node).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
