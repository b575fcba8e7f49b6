"""Words of a line with redis-cli's quoting, read (`sdssplitargs`, sds.c); `quoting.py` writes them.

Shebangs, fixtures and set-up files are made of them.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_BLANKS: Final = b" \t\n\v\f\r"
_ENDS_WORD: Final = frozenset(b" \t\n\r")
_HEX_ESCAPE: Final = re.compile(rb"\\x([0-9a-fA-F]{2})")
_ESCAPES: Final = {ord("n"): b"\n", ord("r"): b"\r", ord("t"): b"\t", ord("b"): b"\b", ord("a"): b"\a"}


def split_words(line: bytes) -> list[bytes] | None:
    """The words of `line`, or None for unbalanced quotes or a quote not followed by a blank.

    In double quotes ``\\n \\r \\t \\b \\a \\xHH`` are escapes and a backslash takes any other byte literally; in single
    quotes only ``\\'`` is an escape. A NUL ends the line, as it ends a C string.
    """
    places = word_places(line)
    return None if places and places[-1].end is None else [place.word for place in places]


class Place(NamedTuple):
    """A word of a line, and the offsets between which it stands; `end` is None where its quotes are unbalanced."""

    word: bytes
    start: int
    end: int | None


def word_places(line: bytes) -> list[Place]:
    """The words of `line` as `split_words` reads them; one that cannot be read is the last."""
    line = line.partition(b"\0")[0]
    places: list[Place] = []
    at = 0
    while True:
        while at < len(line) and line[at] in _BLANKS:
            at += 1
        if at == len(line):
            return places
        word = bytearray()
        end = _read_word(line, at, word)
        places.append(Place(bytes(word), at, end))
        if end is None:
            return places
        at = end


def _read_word(line: bytes, at: int, word: bytearray) -> int | None:
    """Append the word that begins at `at`; answer where it ends, or None if its quotes are unbalanced."""
    while at < len(line) and line[at] not in _ENDS_WORD:
        byte = line[at]
        if byte in b"\"'":
            closing = _read_quoted(line, at, word)
            if closing is None or (closing < len(line) and line[closing] not in _BLANKS):
                return None
            return closing
        word.append(byte)
        at += 1
    return at


def _read_quoted(line: bytes, at: int, word: bytearray) -> int | None:
    """Append what stands between the quote at `at` and its match; answer the place after the match, or None."""
    quote = line[at]
    at += 1
    while at < len(line):
        byte = line[at]
        if byte == quote:
            return at + 1
        if byte == 0x5C and at + 1 < len(line):
            if quote == 0x22:
                hexadecimal = _HEX_ESCAPE.match(line, at)
                if hexadecimal:
                    word.append(int(hexadecimal.group(1), 16))
                    at = hexadecimal.end()
                    continue
                word += _ESCAPES.get(line[at + 1], line[at + 1 : at + 2])
                at += 2
                continue
            if line[at + 1] == 0x27:
                word.append(0x27)
                at += 2
                continue
        word.append(byte)
        at += 1
    return None
