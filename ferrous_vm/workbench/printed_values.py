"""Replies and values of keys as redis-cli prints them, for expectations that stand in files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ferrous_vm.workbench.redis_cli import format_reply
from ferrous_vm.workbench.resp import parse

Ask = Callable[[list[bytes]], bytes]
"""Answers a command with the bytes of its reply."""

_READ: Final[dict[str, list[bytes]]] = {
    "string": [b"GET", b"key"],
    "list": [b"LRANGE", b"key", b"0", b"-1"],
    "hash": [b"HGETALL", b"key"],
    "set": [b"SMEMBERS", b"key"],
    "zset": [b"ZRANGE", b"key", b"0", b"-1", b"WITHSCORES"],
    "stream": [b"XRANGE", b"key", b"-", b"+"],
    "none": [b"GET", b"key"],
}
"""How the value of each type is read."""


def print_reply(data: bytes) -> str:
    """A reply, of its RESP bytes."""
    return format_reply(parse(data))


def reading(kind: str, key: bytes) -> list[bytes] | None:
    """The command that reads a key of that type; None for a type that none is known of."""
    words = _READ.get(kind)
    return None if words is None else [key if word == b"key" else word for word in words]


def print_value(ask: Ask, key: bytes) -> str:
    """What a key holds, read by the command of its type; or why its type is not told."""
    told = ask([b"TYPE", key])
    words = reading(told[1:-2].decode("utf-8", "replace"), key)
    return print_reply(told if words is None else ask(words))
