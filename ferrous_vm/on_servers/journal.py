"""What runs may have left on a server, written down there before it can be: so whatever ends a process, another one
finds it. It is one hash of the database that is used, by the token of each run; the last to end takes it away.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from typing import Final

from ferrous_vm.on_servers.connections import LiveServer, value

JOURNAL: Final = b"ferrous:runs"

TOKEN: Final = re.compile(rb"ferrous-[0-9a-f]{12}")
"""What names a run, its user and its connection: no other user is ever removed."""


def new_token() -> bytes:
    """A token that no other run has."""
    return f"ferrous-{secrets.token_hex(6)}".encode()


def name_connection(server: LiveServer, token: bytes) -> None:
    """As long as this connection is there nobody takes the run for one that was ended."""
    server.ask_of(JOURNAL, b"CLIENT", b"SETNAME", token)


def write_down(server: LiveServer, token: bytes, names: Iterable[bytes]) -> bytes:
    """These keys may come to be. Answers the server's reply, which may be an error."""
    texts = [name.decode("latin-1") for name in names]
    return server.ask_of(JOURNAL, b"HSET", JOURNAL, token, json.dumps(texts).encode())


def strike_out(server: LiveServer, token: bytes) -> None:
    """None of them is there any more."""
    server.ask_of(JOURNAL, b"HDEL", JOURNAL, token)


def left_behind(server: LiveServer) -> dict[bytes, list[bytes]]:
    """By their tokens the keys of runs that were ended: there is no connection of them any more."""
    told = value(server.ask_of(JOURNAL, b"HGETALL", JOURNAL))
    if not isinstance(told, list) or not told:
        return {}
    alive = b"".join(server.ask_node(number, b"CLIENT", b"LIST") for number in range(len(server.nodes)))
    runs = dict(zip(told[::2], told[1::2], strict=True))
    return {
        token: [name.encode("latin-1") for name in json.loads(runs[token])]
        for token in runs
        if TOKEN.fullmatch(token) and token not in alive
    }
