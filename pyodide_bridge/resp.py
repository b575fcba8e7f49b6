"""The tree of a reply, read from its RESP bytes (RESP2 and RESP3, redis.io "Redis serialization protocol").

In: the bytes one command answered. Out: `Node`s, which redis_cli.py and reply_views.py show. Reading is a loop with its
own stack, so that no depth of nesting can exhaust Python's. The bytes come from the engine; other input is an error of
ours (`ValueError`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Node:
    """One value of a reply.

    `kind` is a name of the tables above, or "nil". `value` is the text of a leaf. A map's `children` are its keys and
    values in turn. `start` and `end` bound its header or leaf in the bytes, with the line ends.
    """

    kind: str
    value: bytes
    start: int
    end: int
    children: list[Node] = field(default_factory=list)


def parse(data: bytes) -> Node:
    """The reply in `data`. Raises ValueError when it is not exactly one RESP value."""
    root: Node | None = None
    position = 0
    open_nodes: list[tuple[Node, int]] = []
    while root is None or open_nodes:
        node, length, position = _read_one(data, position)
        if open_nodes:
            parent, missing = open_nodes.pop()
            parent.children.append(node)
            if missing > 1:
                open_nodes.append((parent, missing - 1))
        else:
            root = node
        if length > 0:
            open_nodes.append((node, length))
    if position != len(data):
        raise ValueError(f"{len(data) - position} bytes after the reply")
    return root


def _read_one(data: bytes, start: int) -> tuple[Node, int, int]:
    """One header or leaf: the node, how many children follow, and where reading goes on."""
    mark = data[start : start + 1]
    line_end = data.find(b"\r\n", start)
    if line_end < 0:
        raise ValueError("a line of the reply has no end")
    text = data[start + 1 : line_end]
    after = line_end + 2
    if mark in LINES:
        return Node(LINES[mark], text, start, after), 0, after
    if mark not in AGGREGATES and mark not in BLOBS:
        raise ValueError(f"no RESP type begins with {mark!r}")
    count = int(text)
    if count < 0:
        return Node("nil", b"", start, after), 0, after
    if mark in BLOBS:
        end = after + count + 2
        return Node(BLOBS[mark], data[after : after + count], start, end), 0, end
    kind = AGGREGATES[mark]
    return Node(kind, b"", start, after), count * 2 if kind in ("map", "attribute") else count, after
