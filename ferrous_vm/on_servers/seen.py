"""What came of the same calls on a server, and what differs in it from another: seven kinds of differences.

Keys are read with the commands of their types; of hashes and sets the order is nobody's promise. When a key ends is
held against when the calls began, by the server's own clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from ferrous_vm.on_servers.connections import value
from ferrous_vm.on_servers.grounds import Ask
from ferrous_vm.printing import printed
from ferrous_vm.records import Record
from ferrous_vm.workbench.printed_values import print_reply, reading

Kind: TypeAlias = Literal[
    "command absent", "error text", "number format", "order", "reply", "keyspace", "ttl"
]  # fmt: skip
KINDS: Final = get_args(Kind)

NEAR: Final = 1_500
"""Milliseconds by which two ends are the same: calls take their time."""

_UNORDERED: Final = {"hash": 2, "set": 1}
"""Of types without an order, how many values of a reply belong together."""

_ABSENT: Final = re.compile(rb"nknown (?:redis )?(?:sub)?command|unknown command", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|nan|inf)", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[^\W_]+|\S")
_DIGITS: Final = 14


class Step(NamedTuple):
    """A command that is sent, and what it is called where it is told of: `line 3`."""

    place: str
    words: list[bytes]


class KeySeen(Record):
    """A key: its value as text, and when it ends: milliseconds after the calls began, and of Unix time."""

    text: str
    after: int | None = None
    at: int | None = None

    def ends_with(self, other: KeySeen) -> bool:
        """Whether both end at the same time, by one of the two ways to say when."""
        if self.after is None or other.after is None or self.at is None or other.at is None:
            return self.after == other.after
        return abs(self.after - other.after) <= NEAR or abs(self.at - other.at) <= NEAR


_NO_KEY: Final = KeySeen("(none)")


class Seen(Record):
    """What came of all steps on a server: the bytes of each reply, and the keys by their names."""

    replies: list[bytes]
    keys: dict[bytes, KeySeen]


class Difference(NamedTuple):
    """What differs: `number` is that of a step, from 0, or None for the key `name`; and both sides as text."""

    kind: Kind
    number: int | None
    name: bytes
    one: str
    other: str


def see(ask: Ask, steps: list[Step], names: list[bytes]) -> Seen:
    """Carry the steps out, and look at these keys."""
    began = _now(ask)
    replies = [ask(step.words) for step in steps]
    keys = {name: _key(ask, name, began) for name in names}
    return Seen(replies, {name: key for name, key in keys.items() if key is not None})


def _now(ask: Ask) -> int:
    seconds, microseconds = value(ask([b"TIME"]))
    return int(seconds) * 1000 + int(microseconds) // 1000


def _key(ask: Ask, name: bytes, began: int) -> KeySeen | None:
    kind = ask([b"TYPE", name])[1:-2].decode("utf-8", "replace")
    if kind == "none":
        return None
    words = reading(kind, name)
    text = f"({kind})" if words is None else f"({kind})\n{_contents(kind, ask(words))}"
    rest = ask([b"PTTL", name])
    if not rest.startswith(b":") or rest.startswith(b":-"):
        return KeySeen(text)
    end = _now(ask) + int(rest[1:])
    return KeySeen(text, end - began, end)


def _contents(kind: str, reply: bytes) -> str:
    together = _UNORDERED.get(kind)
    flat = value(reply) if together is not None else None
    if together is None or not isinstance(flat, list):
        return print_reply(reply)
    rows = sorted(tuple(flat[at : at + together]) for at in range(0, len(flat), together))
    return "\n".join(" ".join(printed(one) for one in row) for row in rows)


def differences(one: Seen, other: Seen) -> Iterator[Difference]:
    """What differs, replies first."""
    for number, (left, right) in enumerate(zip(one.replies, other.replies, strict=True)):
        if left != right:
            yield Difference(_of_replies(left, right), number, b"", print_reply(left), print_reply(right))
    for name in dict.fromkeys([*one.keys, *other.keys]):
        here, there = one.keys.get(name, _NO_KEY), other.keys.get(name, _NO_KEY)
        if here.text != there.text:
            kind: Kind = "number format" if _same_numbers(here.text, there.text) else "keyspace"
            yield Difference(kind, None, name, here.text, there.text)
        elif not here.ends_with(there):
            yield Difference("ttl", None, name, _end(here), _end(there))


def _end(key: KeySeen) -> str:
    return "(no end)" if key.after is None else f"ends {key.after} ms after the calls began"


def _of_replies(left: bytes, right: bytes) -> Kind:
    refused = [reply.startswith((b"-", b"!")) for reply in (left, right)]
    absent = [reply.startswith(b"-") and _ABSENT.search(reply) is not None for reply in (left, right)]
    if absent[0] != absent[1]:
        return "command absent"
    if all(refused):
        return "error text"
    if any(refused):
        return "reply"
    texts = print_reply(left), print_reply(right)
    if _same_numbers(*texts):
        return "number format"
    return "order" if sorted(_TOKEN.findall(texts[0])) == sorted(_TOKEN.findall(texts[1])) else "reply"


def _same_numbers(left: str, right: str) -> bool:
    """Whether two texts differ in nothing but how numbers are written."""
    return _NUMBER.sub(_rounded, left) == _NUMBER.sub(_rounded, right)


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.{_DIGITS}g}"
