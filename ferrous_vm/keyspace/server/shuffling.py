"""Replies whose order Redis leaves open, in an order of their own for each seed.

A real server answers SMEMBERS or KEYS in the order of its hash tables, which changes with every start. Here members
come as they were inserted, which hides that a script leans on their order. Shuffled, each item has a place that follows
from it and the seed: as in a real server, what is not changed comes in the same order again, and HKEYS as HVALS does.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha1
from typing import Any, Final

from ferrous_vm.keyspace.command_table import Row
from ferrous_vm.keyspace.replies import Reply
from ferrous_vm.keyspace.session import Session
from ferrous_vm.keyspace.types.hashes import Hash

Arrange = Callable[["Shuffle", Session, list[bytes], list[Any]], Reply]


class Shuffle:
    """The order that belongs to one seed."""

    def __init__(self, seed: int) -> None:
        self._prefix = b"%d:" % seed

    def place(self, item: Any) -> bytes:
        """Where an item stands, as something to sort by; a list stands where its first item does."""
        while isinstance(item, list | tuple) and item:
            item = item[0]
        return sha1(self._prefix + (item if isinstance(item, bytes) else b"%r" % (item,))).digest()

    def arranged(self, session: Session, row: Row, argv: list[bytes], reply: Reply) -> Reply:
        """The reply of a command that is `unordered`, as this seed has it."""
        if not isinstance(reply, list):
            return reply
        return _ARRANGED.get(row.full_name, _items)(self, session, argv, reply)


def _items(shuffle: Shuffle, session: Session, argv: list[bytes], reply: list[Any]) -> Reply:
    """Members, or the pairs of a map."""
    return type(reply)(sorted(reply, key=shuffle.place))


def _values(shuffle: Shuffle, session: Session, argv: list[bytes], reply: list[Any]) -> Reply:
    """The values of a hash, in the order of its fields."""
    hash_ = session.database.entries.get(argv[1])
    if not isinstance(hash_, Hash):
        return reply
    return [hash_.fields[name] for name in sorted(hash_.fields, key=shuffle.place)]


def _pairs(shuffle: Shuffle, flat: list[Any]) -> list[Any]:
    """Items that follow each other in twos."""
    twos = sorted(zip(flat[::2], flat[1::2], strict=True), key=shuffle.place)
    return [item for two in twos for item in two]


def _step(shuffle: Shuffle, session: Session, argv: list[bytes], reply: list[Any]) -> Reply:
    """One step of a scan of keys or members: what it meets, in any order."""
    cursor, items = reply
    return [cursor, sorted(items, key=shuffle.place)]


def _step_of_pairs(shuffle: Shuffle, session: Session, argv: list[bytes], reply: list[Any]) -> Reply:
    cursor, items = reply
    return [cursor, _pairs(shuffle, items)]


def _chosen(shuffle: Shuffle, session: Session, argv: list[bytes], reply: list[Any]) -> Reply:
    """Random members: which ones is random already, but as many as there are would come as they are stored."""
    if len(argv) < 3 or argv[2].startswith(b"-"):
        return reply
    if len(argv) == 4 and session.protocol == 2:
        return _pairs(shuffle, reply)
    return _items(shuffle, session, argv, reply)


def _libraries(shuffle: Shuffle, session: Session, argv: list[bytes], reply: list[Any]) -> Reply:
    """Libraries, each a map that begins with its name."""
    return sorted(reply, key=lambda library: shuffle.place(library[0][1]))


def _commands(shuffle: Shuffle, session: Session, argv: list[bytes], reply: list[Any]) -> Reply:
    """Commands, unless they were asked for by name."""
    return reply if len(argv) > 2 else _items(shuffle, session, argv, reply)


def _places(shuffle: Shuffle, session: Session, argv: list[bytes], reply: list[Any]) -> Reply:
    """Places found on the map, unless the command asks for an order, or COUNT for the nearest."""
    words = {word.lower() for word in argv}
    if words & {b"asc", b"desc"} or (b"count" in words and b"any" not in words):
        return reply
    return _items(shuffle, session, argv, reply)


_ARRANGED: Final[dict[bytes, Arrange]] = {
    b"hvals": _values,
    b"function|list": _libraries,
    b"command|info": _commands,
    **dict.fromkeys((b"scan", b"sscan"), _step),
    **dict.fromkeys((b"hscan", b"zscan"), _step_of_pairs),
    **dict.fromkeys((b"spop", b"srandmember", b"hrandfield", b"zrandmember"), _chosen),
    **dict.fromkeys(
        (b"georadius", b"georadius_ro", b"georadiusbymember", b"georadiusbymember_ro", b"geosearch"), _places
    ),
}
"""How the reply of a command is arranged that is not simply a list of items, by full name."""
