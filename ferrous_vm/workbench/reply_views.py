"""A reply for the page: the text redis-cli prints, and its values one by one (contract.ReplyView)."""

from __future__ import annotations

from ferrous_vm.workbench.escapes import quote
from ferrous_vm.workbench.records.replies import ReplyNode, ReplyView
from ferrous_vm.workbench.redis_cli import LEAVES, format_reply
from ferrous_vm.workbench.resp import Node, parse

LONGEST_TEXT = 1_000_000
"""Characters of redis-cli's text that are sent to the page; a browser that lays out more stops answering."""

MOST_NODES = 2_000
"""Values of a reply that are sent one by one."""

LONGEST_NODE = 2_000
"""Characters of one value."""


def view(data: bytes) -> ReplyView:
    """The view of a reply given as RESP bytes."""
    nodes = parse(data)
    text = format_reply(nodes)
    shown = nodes[:MOST_NODES]
    return ReplyView(
        text=cut(text, LONGEST_TEXT),
        is_error=nodes[0].kind == "error",
        bytes=len(data),
        nodes=[_node(node, label, data) for node, label in zip(shown, _labels(shown), strict=True)],
        omitted=len(nodes) - len(shown),
    )


def cut(text: str, length: int) -> str:
    """`text`, or its beginning and how much is left out."""
    return text if len(text) <= length else f"{text[:length]}… ({len(text) - length} more characters)"


def _node(node: Node, label: str, data: bytes) -> ReplyNode:
    is_leaf = node.kind in LEAVES
    return ReplyNode(
        depth=node.depth,
        kind=node.kind,
        label=label,
        text=cut(LEAVES[node.kind](node.value[:LONGEST_NODE]), LONGEST_NODE) if is_leaf else "",
        resp=cut(quote(data[node.start : min(node.end, node.start + LONGEST_NODE)])[1:-1], LONGEST_NODE),
        count=node.count,
    )


def _labels(nodes: list[Node]) -> list[str]:
    """For each value its place in the aggregate around it: 1, 2, ... in an array; key and value in a map."""
    labels: list[str] = []
    enclosing: list[tuple[Node, int]] = []
    for index, node in enumerate(nodes):
        if enclosing:
            parent, child = enclosing.pop()
            enclosing.append((parent, child + 1))
            in_pairs = parent.children != parent.count
            labels.append(("value" if child % 2 else "key") if in_pairs else str(child + 1))
        else:
            labels.append("")
        if node.count:
            enclosing.append((node, 0))
        while enclosing and enclosing[-1][0].after == index + 1:
            enclosing.pop()
    return labels
