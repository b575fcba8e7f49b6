"""The values of a reply, read from its RESP bytes (RESP2 and RESP3, redis.io "Redis serialization protocol").

In: the bytes one command answered. Out: `Node`s in the order of the bytes, each with its depth, which redis_cli.py and
reply_views.py show. They are a flat list, not a tree of objects: a script may return tables nested by the thousand, and
freeing so deep a tree is fatal in Pyodide. The bytes come from the engine; other input is our error (ValueError).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ferrous_vm.records import MutableRecord

AGGREGATES = {b"*": "array", b"%": "map", b"~": "set", b">": "push", b"|": "attribute"}
LINES = {
    b"+": "status",
    b"-": "error",
    b":": "integer",
    b",": "double",
    b"#": "boolean",
    b"(": "big number",
    b"_": "nil",
}
BLOBS = {b"$": "bulk", b"=": "verbatim", b"!": "error"}


class Node(MutableRecord):
    """One value of a reply.

    `kind` is a name of the tables above; "nil" too for the null bulk and the null array. `value` is the text of a leaf,
    `count` the entries of an aggregate (the pairs of a map). `start` and `end` bound the leaf, or the header of the
    aggregate, in the bytes. `after` is the index of the node that follows this one and all within it.
    """

    kind: str
    value: bytes
    count: int
    depth: int
    start: int
    end: int
    after: int = 0

    @property
    def children(self) -> int:
        """How many nodes stand directly within this one: two for each pair of a map."""
        return self.count * 2 if self.kind in ("map", "attribute") else self.count


class Beginning(NamedTuple):
    """The first values of a reply. `left` counts those missing, not what is in them; `end` is where the next begins."""

    nodes: list[Node]
    left: int
    end: int


def parse(data: bytes) -> list[Node]:
    """The reply in `data`, outermost value first. Raises ValueError when it is not exactly one RESP value."""
    nodes, _, position = _read_reply(data, 0)
    if position != len(data):
        raise ValueError(f"{len(data) - position} bytes after the reply")
    return nodes


def parse_beginning(data: bytes, most: int) -> Beginning:
    """The first `most` values of the reply in `data`; an aggregate that is not whole ends with them."""
    return _read_reply(data, 0, most)


def parse_all(data: bytes) -> Iterator[list[Node]]:
    """Each of the replies in `data`: SUBSCRIBE answers one for every channel, a silenced connection none."""
    position = 0
    while position < len(data):
        nodes, _, position = _read_reply(data, position)
        yield nodes


def _read_reply(data: bytes, position: int, most: int | None = None) -> Beginning:
    """The reply that begins at `position`, or its first `most` values."""
    nodes: list[Node] = []
    open_nodes: list[tuple[Node, int]] = []
    while not nodes or open_nodes:
        if len(nodes) == most:
            for node, _ in open_nodes:
                node.after = most
            # Each that is open is one of those its parent misses.
            return Beginning(nodes, sum(missing for _, missing in open_nodes) - len(open_nodes) + 1, position)
        node = _read_one(data, position, len(open_nodes))
        position = node.end
        nodes.append(node)
        missing = node.children
        while missing == 0:
            node.after = len(nodes)
            if not open_nodes:
                break
            node, missing = open_nodes.pop()
            missing -= 1
        if missing:
            open_nodes.append((node, missing))
    return Beginning(nodes, 0, position)


def _read_one(data: bytes, start: int, depth: int) -> Node:
    """The leaf, or the header of an aggregate, that begins at `start`."""
    mark = data[start : start + 1]
    line_end = data.find(b"\r\n", start)
    if line_end < 0:
        raise ValueError("a line of the reply has no end")
    text = data[start + 1 : line_end]
    after = line_end + 2
    if mark in LINES:
        return Node(LINES[mark], text, 0, depth, start, after)
    if mark not in AGGREGATES and mark not in BLOBS:
        raise ValueError(f"no RESP type begins with {mark!r}")
    count = int(text)
    if count < 0:
        return Node("nil", b"", 0, depth, start, after)
    if mark in BLOBS:
        return Node(BLOBS[mark], data[after : after + count], 0, depth, start, after + count + 2)
    return Node(AGGREGATES[mark], b"", count, depth, start, after)
