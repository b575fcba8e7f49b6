"""The reply of the last run as client libraries return it (contract.ClientViews).

One writer for each client, in one table. What they return was recorded from the libraries themselves, or read in their
source where they could not be run (tests/workbench/recorded/clients.json).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ferrous_vm.printing import visible
from ferrous_vm.workbench.client_views.go import write_go_redis
from ferrous_vm.workbench.client_views.java import write_jedis
from ferrous_vm.workbench.client_views.javascript import write_ioredis, write_node_redis
from ferrous_vm.workbench.client_views.python import write_bytes, write_text
from ferrous_vm.workbench.client_views.written import Written
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.records.clients import ClientReplies, ClientView, ClientViews
from ferrous_vm.workbench.resp import Node, parse
from ferrous_vm.workbench.workbench import Workbench

LONGEST_TEXT = 50_000
"""Characters of a value that are sent to the page."""

NESTED_ERROR = "An error within an array is not thrown: it stands there as a value."


class Client(NamedTuple):
    """A client library: its name, the call that is meant, and what writes the value."""

    name: str
    call: str
    write: Callable[[list[Node]], Written]


CLIENTS = (
    Client("redis-py", "client.eval(…)", write_bytes),
    Client("redis-py, decode_responses=True", "client.eval(…)", write_text),
    Client("ioredis", "await redis.eval(…)", write_ioredis),
    Client("node-redis", "await client.eval(…)", write_node_redis),
    Client("go-redis", "client.Eval(ctx, …).Result()", write_go_redis),
    Client("Jedis", "jedis.eval(…)", write_jedis),
)
"""Every client, in the order the page shows them."""


def client_replies(workbench: Workbench, request: ClientViews) -> ClientReplies:
    """What each client makes of the last reply."""
    if workbench.last_reply is None:
        return ClientReplies([])
    nodes = parse(workbench.last_reply)
    return ClientReplies([_view(client, nodes) for client in CLIENTS])


def _view(client: Client, nodes: list[Node]) -> ClientView:
    written = client.write(nodes)
    has_error = not written.raises and any(node.kind == "error" for node in nodes)
    notes = [*written.notes, *([NESTED_ERROR] if has_error else [])]
    return ClientView(client.name, client.call, visible(cut(written.text, LONGEST_TEXT)), written.raises, notes)
