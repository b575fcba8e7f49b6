"""A reply as redis-cli 7.0 prints it on a terminal (`cliFormatReplyTTY`, Redis redis-cli.c).

In: the values of a reply (resp.py). Out: text, without the last line end. The walk keeps its own stack,
because a script may return tables nested by the thousand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ferrous_vm.printing import printed
from ferrous_vm.workbench.cutting import beginning
from ferrous_vm.workbench.escapes import quote
from ferrous_vm.workbench.resp import Node

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


STRINGS = frozenset({"status", "error", "bulk", "verbatim"})
"""Leaves that may be long."""


class Printed(NamedTuple):
    """What is printed of a reply: the text, how many values it shows, and how many bytes are left of the last one."""

    text: str
    values: int
    bytes_left: int


def format_reply(nodes: list[Node]) -> str:
    """What redis-cli prints for the reply."""
    return print_beginning(nodes, None).text


def print_beginning(nodes: list[Node], most: int | None) -> Printed:
    """What redis-cli prints for the reply: about the first `most` characters, and no value more."""
    out: list[str] = []
    enclosing: list[_Open] = []
    length = bytes_left = values = 0
    for index, node in enumerate(nodes):
        if most is not None and length >= most:
            break
        values = index + 1
        if enclosing:
            out.append(enclosing[-1].lead(nodes, index))
            length += len(out[-1])
        if node.kind not in SEPARATORS:
            is_cut = most is not None and node.kind in STRINGS
            value = beginning(node.value, max((most or 0) - length, 1)) if is_cut else node.value
            bytes_left = len(node.value) - len(value)
            out.append(LEAVES[node.kind](value))
        elif not node.count:
            out.append(EMPTY[node.kind])
        else:
            enclosing.append(_Open(node, enclosing[-1].inner if enclosing else 0))
            continue
        length += len(out[-1])
        while enclosing and enclosing[-1].node.after == index + 1:
            enclosing.pop()
    while enclosing and enclosing[-1].next_child == 0:  # the numbers of aggregates of which nothing is shown
        enclosing.pop()
        values -= 1
        if enclosing:
            out.pop()
            enclosing[-1].next_child -= 1
    return Printed("".join(out), values, bytes_left)


class _Open:
    """An aggregate being printed: which entry comes next, and how far its lines are indented."""

    __slots__ = ("indent", "inner", "next_child", "node", "width")

    def __init__(self, node: Node, indent: int) -> None:
        self.node = node
        self.indent = indent
        self.width = len(str(node.count))
        self.inner = indent + self.width + 2
        self.next_child = 0

    def lead(self, nodes: list[Node], index: int) -> str:
        """What is printed before the next child, which is the node at `index`."""
        child = self.next_child
        self.next_child += 1
        is_map = self.node.kind == "map"
        if is_map and child % 2:
            return f" => \n{' ' * self.inner}" if spans_lines(nodes, index) else " => "
        number = (child // 2 if is_map else child) + 1
        line = f"{number:>{self.width}}{SEPARATORS[self.node.kind]} "
        return line if child == 0 else f"\n{' ' * self.indent}{line}"


def spans_lines(nodes: list[Node], index: int) -> bool:
    """Whether an aggregate is printed on more than one line; redis-cli starts such a map value on a line of its own."""
    if nodes[index].kind not in SEPARATORS:
        return False
    within = nodes[index : nodes[index].after]
    return any(node.count > 1 or (node.kind == "verbatim" and b"\n" in node.value) for node in within)
