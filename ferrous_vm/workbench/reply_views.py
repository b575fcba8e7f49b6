"""A reply for the page: the text redis-cli prints, and its values one by one (contract.ReplyView).

Both show the beginning of a long reply. More of its values can be asked for, and how much is left is always said.
"""

from __future__ import annotations

from ferrous_vm.workbench.cutting import beginning, cut, within
from ferrous_vm.workbench.escapes import quote
from ferrous_vm.workbench.records.replies import MoreReply, ReplyNode, ReplyPart, ReplyView
from ferrous_vm.workbench.redis_cli import LEAVES, print_beginning
from ferrous_vm.workbench.resp import Node, parse_beginning
from ferrous_vm.workbench.workbench import Workbench

LONGEST_TEXT = 500_000
"""Characters of redis-cli's text that are sent to the page."""

MOST_PRINTED = 50_000
"""Values in that text."""

MOST_NODES = 2_000
"""Values of a reply that are sent one by one."""

LARGEST_PART = 1_000_000
"""Characters of all those values together."""

LONGEST_NODE = 2_000
"""Characters of one value."""


def view(data: bytes) -> ReplyView:
    """The view of a reply given as RESP bytes."""
    nodes, _, _ = parse_beginning(data, MOST_PRINTED)
    printed = print_beginning(nodes, LONGEST_TEXT)
    shown = _shown(nodes, data, 0)
    return ReplyView(
        text=printed.text,
        text_left=_left(_missing(data, printed.values), printed.bytes_left),
        is_error=nodes[0].kind == "error",
        bytes=len(data),
        nodes=shown,
        omitted=_missing(data, len(shown)),
    )


def more(workbench: Workbench, request: MoreReply) -> ReplyPart:
    """The values of the last reply that follow those shown."""
    data = workbench.last_reply
    if data is None:
        return ReplyPart([], 0)
    start = max(0, request.offset)
    shown = _shown(parse_beginning(data, start + MOST_NODES).nodes, data, start)
    return ReplyPart(shown, _missing(data, start + len(shown)))


def _missing(data: bytes, most: int) -> int:
    """Elements of a reply that are missing where it ends after its first `most` values, each with all that it holds."""
    return parse_beginning(data, most).left


def _left(elements: int, size: int) -> str:
    """What the text does not show, in words; nothing when it shows all."""
    parts = [f"{size:,} more bytes of the last value"] * bool(size) + [f"{elements:,} more elements"] * bool(elements)
    return " and ".join(parts)


def _shown(nodes: list[Node], data: bytes, start: int) -> list[ReplyNode]:
    """The values from `start` on, no more than fit into one part."""
    views = (_node(node, label, data) for node, label in list(zip(nodes, _labels(nodes), strict=False))[start:])
    return list(within(((one, len(one.text) + len(one.resp)) for one in views), MOST_NODES, LARGEST_PART))


def _node(node: Node, label: str, data: bytes) -> ReplyNode:
    is_leaf = node.kind in LEAVES
    return ReplyNode(
        depth=node.depth,
        kind=node.kind,
        label=label,
        text=_leaf(node) if is_leaf else "",
        resp=cut(quote(data[node.start : min(node.end, node.start + LONGEST_NODE)])[1:-1], LONGEST_NODE * 4),
        count=node.count,
    )


def _leaf(node: Node) -> str:
    shown = beginning(node.value, LONGEST_NODE)
    left = len(node.value) - len(shown)
    return LEAVES[node.kind](shown) + (f"… ({left:,} more bytes)" if left else "")


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
