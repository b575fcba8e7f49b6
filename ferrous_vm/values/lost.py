"""What a library function cannot keep of a value: whoever listens is told, and nobody pays where nobody does.

A function tells where it loses something already, off its ordinary way: `if LISTENER.tell is not None: ...`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final


class Lost(Enum):
    """What became of a value; the value is a sentence for a person."""

    DIGITS = "cjson writes numbers with 14 digits. Keep long ids as text."
    EMPTY = "cjson writes every empty table as {}. Where an empty list is meant, write [] into the text yourself."
    EMPTY_LIST = "An empty JSON list and an empty object are the same table in Lua: cjson.encode writes both as {}."
    NULL = "JSON's null is cjson.null, which is true in Lua: ask x == cjson.null, for x or 0 does not help."
    INTEGER = "Lua numbers hold 53 bits: the integer was rounded. Send long ids as JSON strings."
    BITS = "The library bit works on 32 bits: what is above was cut off. Take parts with math.floor(x / 2^32)."


class Listener:
    """Who is told: what happened, the value as it was and as it is now."""

    __slots__ = ("tell",)

    def __init__(self) -> None:
        self.tell: Callable[[Lost, str, str], None] | None = None


LISTENER: Final = Listener()
