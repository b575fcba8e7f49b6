"""The classes of events that notify-keyspace-events names by a letter each, as bits (notify.c). The events themselves
are told by `Database.tell`."""

from __future__ import annotations

from typing import Final

GENERIC: Final = 1 << 0
STRING: Final = 1 << 1
LIST: Final = 1 << 2
SET: Final = 1 << 3
HASH: Final = 1 << 4
SORTED_SET: Final = 1 << 5
EXPIRED: Final = 1 << 6
EVICTED: Final = 1 << 7
STREAM: Final = 1 << 8
MODULE: Final = 1 << 9
KEY_MISS: Final = 1 << 10
NEW: Final = 1 << 11
KEYSPACE: Final = 1 << 12
"""Events are told on the channel of their key."""
KEYEVENT: Final = 1 << 13
"""Events are told on the channel of their name."""

_ALL: Final = GENERIC | STRING | LIST | SET | HASH | SORTED_SET | EXPIRED | EVICTED | STREAM | MODULE
"""What A stands for."""

_BY_LETTER: Final = {
    b"g": GENERIC, b"$": STRING, b"l": LIST, b"s": SET, b"h": HASH, b"z": SORTED_SET, b"x": EXPIRED, b"e": EVICTED,
    b"t": STREAM, b"d": MODULE, b"n": NEW, b"K": KEYSPACE, b"E": KEYEVENT, b"m": KEY_MISS, b"A": _ALL,
}  # fmt: skip
"""In the order in which CONFIG GET shows them."""


def classes_in(text: bytes) -> int | None:
    """The classes that the letters of a text name, or None if one is no class (`keyspaceEventsStringToFlags`)."""
    classes = 0
    for position in range(len(text)):
        named = _BY_LETTER.get(text[position : position + 1])
        if named is None:
            return None
        classes |= named
    return classes


def shown(classes: int) -> bytes:
    """The letters that CONFIG GET shows. Beside A there is no n (`keyspaceEventsFlagsToString`)."""
    start = b"A" if classes & _ALL == _ALL else b""
    hidden = _ALL | NEW if start else 0
    letters = (letter for letter, bit in _BY_LETTER.items() if bit & classes & ~hidden and bit != _ALL)
    return start + b"".join(letters)
