"""What is too long to be shown is cut here, and it is said how much is left: nothing is left out in silence.

A page that lays out a million characters, or reads an answer of a hundred million, stops answering; so every text,
every list and every answer as a whole has a bound, and what is cut can be asked for again or looked at elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from ferrous_vm.workbench.content import word
from ferrous_vm.workbench.escapes import argument

T = TypeVar("T")

LEAST = 20
"""Bytes that are shown of a word at least."""


def cut(text: str, most: int) -> str:
    """`text`, or its first `most` characters and how many are left."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most:,} more characters)"


def beginning(value: bytes, most: int) -> bytes:
    """The first `most` bytes, or a few less where they would end inside a character of UTF-8."""
    if len(value) <= most:
        return value
    end = most
    while end > most - 4 and end > 0 and value[end] & 0xC0 == 0x80:
        end -= 1
    return value[: end if value[end] & 0xC0 != 0x80 else most]


def cut_field(value: bytes, most: int) -> str:
    """A value as a field, or its first `most` bytes so, and how many are left."""
    shown = beginning(value, most)
    left = len(value) - len(shown)
    return cut(argument(shown), most * 4) + (f"… ({left:,} more bytes)" if left else "")


def cut_line(words: list[bytes], most: int) -> str:
    """A command as a line, or of its words the first `most` bytes or so, and how much is left."""
    parts: list[str] = []
    length = 0
    for index, one in enumerate(words):
        if length > most:
            return " ".join(parts) + f" … ({len(words) - index:,} more words)"
        shown = beginning(one, max(most - length, LEAST))
        left = len(one) - len(shown)
        parts.append(word(shown) + (f"… ({left:,} more bytes)" if left else ""))
        length += len(parts[-1])
    return " ".join(parts)


def within(items: Iterable[tuple[T, int]], most: int, largest: int) -> Iterator[T]:
    """The first `most` of `items`, each given with its size; fewer where their sizes come to more than `largest`."""
    room = largest
    for count, (item, size) in enumerate(items):
        room -= size
        if count >= most or (room < 0 and count):
            return
        yield item
