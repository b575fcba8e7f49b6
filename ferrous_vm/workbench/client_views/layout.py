"""A reply's values laid out as a literal of some language: on one line where it fits, else an element a line.

In: the nodes of a reply (resp.py) and how a language writes them. Out: text. The walk keeps its own stack, because a
script may return tables nested by the thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ferrous_vm.records import Record
from ferrous_vm.workbench.resp import Node

WIDTH = 72
"""Characters of an aggregate that is written on one line."""

MOST_NODES = 500
"""Values that are written; whoever wants more looks at the tree."""

INDENT = "  "


class Literals(Record):
    """How a language writes values. `aggregates` has the opening and the closing text of each kind of aggregate.

    `pair` stands between a key and its value, `padding` within brackets that hold something. `key` writes a leaf that
    is a key of a map.
    """

    leaf: Callable[[Node], str]
    key: Callable[[Node], str]
    aggregates: dict[str, tuple[str, str]]
    pair: str
    padding: str = ""


def lay_out(nodes: list[Node], literals: Literals) -> str:
    """The reply as `literals` writes it; what is beyond `MOST_NODES` values is counted, not written."""
    shown = nodes[:MOST_NODES]
    texts = [_text(node, is_key, literals) for node, is_key in zip(shown, _keys(nodes), strict=False)]
    lengths = _lengths(shown, texts, literals)
    out: list[str] = []
    opened: list[_Opened] = []
    for index, (node, text) in enumerate(zip(shown, texts, strict=True)):
        if opened:
            out.append(opened[-1].lead())
        if node.kind in literals.aggregates:
            is_broken = lengths[index] > WIDTH and (not opened or opened[-1].is_broken)
            out.append(text)
            opened.append(_Opened(node, literals, is_broken, len(opened) + 1))
        else:
            out.append(text)
        while opened and opened[-1].node.after == index + 1:
            out.append(opened.pop().close())
    if len(nodes) > len(shown):
        out.append(f" … {len(nodes) - len(shown)} more values")
    return "".join(out)


def _keys(nodes: list[Node]) -> Iterator[bool]:
    """For each value whether it is a key of a map."""
    enclosing: list[tuple[Node, int]] = []
    for index, node in enumerate(nodes):
        is_key = False
        if enclosing:
            parent, child = enclosing.pop()
            enclosing.append((parent, child + 1))
            is_key = parent.children != parent.count and child % 2 == 0
        yield is_key
        if node.count:
            enclosing.append((node, 0))
        while enclosing and enclosing[-1][0].after == index + 1:
            enclosing.pop()


def _text(node: Node, is_key: bool, literals: Literals) -> str:
    """What is written where the value begins."""
    if node.kind in literals.aggregates:
        return literals.aggregates[node.kind][0]
    return literals.key(node) if is_key else literals.leaf(node)


def _lengths(nodes: list[Node], texts: list[str], literals: Literals) -> list[int]:
    """How long each value is on one line, roughly: separators count as two characters."""
    ends = [0]
    for text in texts:
        ends.append(ends[-1] + len(text) + 2)
    return [ends[min(node.after, len(nodes))] - ends[index] for index, node in enumerate(nodes)]


class _Opened:
    """An aggregate being written."""

    __slots__ = ("child", "depth", "is_broken", "literals", "node")

    def __init__(self, node: Node, literals: Literals, is_broken: bool, depth: int) -> None:
        self.node = node
        self.literals = literals
        self.is_broken = is_broken
        self.depth = depth
        self.child = 0

    def lead(self) -> str:
        """What is written before the next child."""
        child = self.child
        self.child += 1
        if child % 2 and self.node.kind == "map":
            return self.literals.pair
        if self.is_broken:
            return ("," if child else "") + "\n" + INDENT * self.depth
        return ", " if child else self.literals.padding

    def close(self) -> str:
        """What is written after the last child."""
        end = self.literals.aggregates[self.node.kind][1]
        if not self.node.count:
            return end
        return "\n" + INDENT * (self.depth - 1) + end if self.is_broken else self.literals.padding + end
