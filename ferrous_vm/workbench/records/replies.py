"""A reply as the page shows it."""

from __future__ import annotations

from ferrous_vm.records import Record


class ReplyNode(Record):
    """One value within a reply, outermost first; `depth` counts from 0.

    `label` tells its place in the aggregate around it. `text` is how redis-cli would print it alone, `resp` its bytes
    on the wire, or those of its header, as one field.
    """

    depth: int
    kind: str
    label: str
    text: str
    resp: str
    count: int


class ReplyView(Record):
    """A reply: as redis-cli prints it, and value by value. `bytes` is its length on the wire.

    A long reply is cut: `text_left` says what `text` leaves out, empty for nothing; `nodes` holds its beginning, and
    `omitted` counts the elements that are left out, not what is in them.
    """

    text: str
    text_left: str
    is_error: bool
    bytes: int
    nodes: list[ReplyNode]
    omitted: int


class MoreReply(Record):
    """More values of the last reply, from the one with the number `offset` on."""

    offset: int


class ReplyPart(Record):
    """Answers MoreReply; `omitted` counts the elements that are left out behind these."""

    nodes: list[ReplyNode]
    omitted: int


ANSWERS: dict[type, type] = {MoreReply: ReplyPart}
