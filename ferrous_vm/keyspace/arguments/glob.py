"""Glob patterns as KEYS, SCAN and CONFIG GET read them (util.c `stringmatchlen`).

`*` any bytes, `?` one byte, `[abc]` `[a-z]` `[^a]` a class, `\\` takes the next byte literally. Odd patterns behave as
in Redis: an unclosed class reaches to the end of the pattern; a range given backwards is turned round.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, TypeAlias

_STAR, _QUESTION, _OPEN, _CLOSE, _ESCAPE, _CARET, _DASH = b"*?[]\\^-"

Matcher: TypeAlias = Callable[[bytes], Any]


def matches(pattern: bytes, text: bytes) -> bool:
    """Whether the whole of `text` matches `pattern`."""
    return bool(compile_glob(pattern)(text))


def is_literal(pattern: bytes) -> bool:
    """Whether a pattern matches one text only, which is the pattern itself."""
    return not any(byte in pattern for byte in (_STAR, _QUESTION, _OPEN, _ESCAPE))


@lru_cache(maxsize=256)
def compile_glob(pattern: bytes) -> Matcher:
    """A function that says whether its argument matches `pattern`.

    Runs of anything are matched as short as possible with no way back into an earlier run (an atomic group), so that
    the cost is bounded by the product of the two lengths, whatever the pattern.
    """
    pieces: list[list[bytes]] = [[]]
    """What stands between the stars, an expression a byte."""
    position = 0
    while position < len(pattern):
        byte = pattern[position]
        if byte == _STAR:
            if pieces[-1] or len(pieces) == 1:
                pieces.append([])
            position += 1
        elif byte == _QUESTION:
            pieces[-1].append(b".")
            position += 1
        elif byte == _OPEN:
            piece, position = _byte_class(pattern, position + 1)
            pieces[-1].append(piece)
        else:
            if byte == _ESCAPE and position + 1 < len(pattern):
                position += 1
            pieces[-1].append(re.escape(pattern[position : position + 1]))
            position += 1
    expressions = [b"".join(piece) for piece in pieces]
    if len(pieces) - (not pieces[-1]) > _MOST_STARS + 1:
        return _matches_nothing
    if not any(expressions) and pattern:
        return bool  # Redis matches an empty text with the empty pattern only
    if len(pattern) > _LONG and len(pieces) > 1:
        return _step_by_step(expressions, len(pieces[-1]))
    return re.compile(_join(expressions), re.DOTALL).fullmatch


_MOST_STARS: Final = 1000
"""Runs of anything with something behind them that a pattern may have; with more, servers that are patched against
CVE-2024-31228 find no match."""


def _matches_nothing(text: bytes) -> bool:
    return False


_LONG: Final = 100
"""Bytes of a pattern beyond which a text is matched in steps, between which the command may be ended."""


def _join(pieces: list[bytes]) -> bytes:
    """What stands between the stars, as one expression: each piece but the last is met at its first occurrence."""
    first, *rest = pieces
    if not rest:
        return first
    middle = b"".join(b"(?>.*?%b)" % piece for piece in rest[:-1])
    return b"%b%b.*%b" % (first, middle, rest[-1])


def _step_by_step(pieces: list[bytes], last_width: int) -> Matcher:
    """The same for a long pattern, each try of a piece by itself; `last_width` is what the last piece matches."""
    first, *middle, last = (re.compile(piece, re.DOTALL) for piece in pieces)

    def matches(text: bytes) -> bool:
        found = first.match(text)
        for piece in middle:
            if found is None:
                return False
            tries = (piece.match(text, at) for at in range(found.end(), len(text) + 1))
            found = next((match for match in tries if match is not None), None)
        rest = len(text) - last_width
        return found is not None and found.end() <= rest and last.match(text, rest) is not None

    return matches


def _byte_class(pattern: bytes, position: int) -> tuple[bytes, int]:
    """The class whose text begins at `position`, and where the pattern goes on."""
    inverted = pattern[position : position + 1] == b"^"
    if inverted:
        position += 1
    members: set[int] = set()
    while position < len(pattern):
        byte = pattern[position]
        if byte == _ESCAPE and position + 1 < len(pattern):
            position += 1
            members.add(pattern[position])
        elif byte == _CLOSE:
            break
        elif position + 2 < len(pattern) and pattern[position + 1] == _DASH:
            low, high = sorted((byte, pattern[position + 2]))
            members.update(range(low, high + 1))
            position += 2
        else:
            members.add(byte)
        position += 1
    if not members:
        return (b"." if inverted else b"(?!)"), position + 1
    body = b"".join(b"\\x%02x" % byte for byte in sorted(members))
    return b"[%b%b]" % (b"^" if inverted else b"", body), position + 1
