"""A reply as redis-cli 7.0 prints it on a terminal (`cliFormatReplyTTY`, Redis redis-cli.c).

In: the tree of a reply (resp.py). Out: text, without the last line end. The walk is a loop with its own stack, because
a script may return tables nested by the thousand.
"""

from __future__ import annotations

from collections.abc import Callable

from pyodide_bridge.escapes import quote
from pyodide_bridge.resp import Node

EMPTY = {"array": "(empty array)", "map": "(empty hash)", "set": "(empty set)", "push": "(empty push)"}
SEPARATORS = {"array": ")", "map": "#", "set": "~", "push": ")"}

LEAVES: dict[str, Callable[[bytes], str]] = {
    "status": lambda value: printed(value.partition(b"\0")[0]),
    "error": lambda value: "(error) " + printed(value.partition(b"\0")[0]),
    "integer": lambda value: "(integer) " + value.decode(),
    "double": lambda value: "(double) " + value.decode(),
    "boolean": lambda value: "(true)" if value == b"t" else "(false)",
    "bulk": quote,
    "verbatim": lambda value: printed(value[4:]),
    "big number": lambda value: value.decode(),
    "nil": lambda value: "(nil)",
}
"""How each leaf is printed. redis-cli 7.0 knows no big numbers ("Unknown reply type: 13"); they are shown as digits."""


def printed(value: bytes) -> str:
    """Bytes as a terminal would show them: UTF-8, what is none as \\xNN."""
    return value.decode("utf-8", "backslashreplace")


def format_reply(root: Node) -> str:
    """What redis-cli prints for the reply."""
    out: list[str] = []
    waiting: list[tuple[str, Node, str]] = [("", root, "")]
    while waiting:
        lead, node, prefix = waiting.pop()
        out.append(lead)
        if node.kind not in SEPARATORS:
            out.append(LEAVES[node.kind](node.value))
        elif not node.children:
            out.append(EMPTY[node.kind])
        else:
            waiting.extend(reversed(_entries(node, prefix)))
    return "".join(out)


def _entries(node: Node, prefix: str) -> list[tuple[str, Node, str]]:
    """For each child of an aggregate: the text before it, the child, and the prefix of its own lines."""
    is_map = node.kind == "map"
    width = len(str(len(node.children) // 2 if is_map else len(node.children)))
    inner = prefix + " " * (width + 2)
    entries: list[tuple[str, Node, str]] = []
    for index, child in enumerate(node.children):
        if is_map and index % 2:
            entries.append((f" => \n{inner}" if spans_lines(child) else " => ", child, inner))
            continue
        number = (index // 2 if is_map else index) + 1
        line = f"{number:>{width}}{SEPARATORS[node.kind]} "
        entries.append((line if index == 0 else f"\n{prefix}{line}", child, inner))
    return entries


def spans_lines(node: Node) -> bool:
    """Whether an aggregate is printed on more than one line; redis-cli starts such a map value on a line of its own."""
    waiting = [node] if node.kind in SEPARATORS else []
    while waiting:
        node = waiting.pop()
        if node.kind == "verbatim" and b"\n" in node.value:
            return True
        if len(node.children) > (2 if node.kind == "map" else 1):
            return True
        waiting.extend(node.children)
    return False
