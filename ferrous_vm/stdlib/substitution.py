"""`string.gsub`: finds every match, replaces it (Lua 5.1 manual section 5.4, `str_gsub` in lstrlib.c)."""

from __future__ import annotations

from collections.abc import Generator
from functools import lru_cache
from typing import Any

from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import LuaError
from ferrous_vm.stdlib.patterns import Found, Pattern
from ferrous_vm.stdlib.sizes import LONGEST_REMEMBERED
from ferrous_vm.values.booleans import FALSE
from ferrous_vm.values.natives import Call
from ferrous_vm.values.numbers import number_to_text
from ferrous_vm.values.operations import index
from ferrous_vm.values.strings import LuaString
from ferrous_vm.values.tables import Table
from ferrous_vm.values.types import type_name

Value = Any


class Replacement:
    """A replacement string read once: `pieces` are literal bytes and capture numbers (0: the whole match)."""

    __slots__ = ("literal_size", "pieces", "references")

    def __init__(self, source: bytes) -> None:
        self.pieces: tuple[bytes | int, ...] = tuple(_pieces(source))
        self.references = tuple(piece for piece in self.pieces if isinstance(piece, int))
        self.literal_size = sum(len(piece) for piece in self.pieces if isinstance(piece, bytes))

    def template(self, pattern: Pattern) -> bytes | None:
        """The same replacement for `re.subn`, or None if a reference needs more than the text of a group."""
        if not all(pattern.is_text(reference) for reference in self.references):
            return None
        groups = pattern.captures
        return b"".join(
            piece.replace(b"\\", b"\\\\") if isinstance(piece, bytes) else b"\\g<%d>" % (min(piece, groups),)
            for piece in self.pieces
        )

    def expand(self, pattern: Pattern, found: Found) -> bytes:
        """The text that replaces this match. Raises LuaError for a capture the pattern does not have."""
        texts: list[bytes] = []
        size = 0
        for piece in self.pieces:
            if isinstance(piece, bytes):
                texts.append(piece)
            elif piece == 0:
                texts.append(found.group())
            else:
                captured = pattern.capture(found, piece)
                texts.append(number_to_text(captured) if type(captured) is float else captured)
            size += len(texts[-1])
            if size > PRESENT.longest_string:
                PRESENT.check_string(size)
        return b"".join(texts)


def _pieces(source: bytes) -> list[bytes | int]:
    """``%0`` to ``%9`` become numbers; ``%`` before any other byte stands for that byte, at the end for a NUL."""
    pieces: list[bytes | int] = []
    literal = bytearray()
    at = 0
    while (percent := source.find(b"%", at)) >= 0:
        following = source[percent + 1 : percent + 2] or b"\0"
        literal += source[at:percent]
        if following.isdigit():
            if literal:
                pieces.append(bytes(literal))
                literal = bytearray()
            pieces.append(int(following))
        else:
            literal += following
        at = percent + 2
    literal += source[at:]
    if literal:
        pieces.append(bytes(literal))
    return pieces


@lru_cache(maxsize=256)
def _remembered(source: bytes) -> Replacement:
    return Replacement(bytes(source))


def compile_replacement(source: bytes) -> Replacement:
    """The replacement of a string given to `gsub`."""
    return _remembered(source) if len(source) <= LONGEST_REMEMBERED else Replacement(bytes(source))


def substitute_text(subject: bytes, pattern: Pattern, replacement: Replacement, most: int) -> tuple[bytes, int]:
    """Replaces at most `most` matches by a string; answers the new text and how many were replaced."""
    size = len(subject)
    longest = size * (1 + len(replacement.references)) + (size + 1) * replacement.literal_size
    if (
        most > 0
        and pattern.regex is not None
        and pattern.subn_is_gsub
        and not pattern.anchored
        and size <= pattern.search_limit
        and longest <= PRESENT.longest_string
    ):
        template = replacement.template(pattern)
        if template is not None:
            return pattern.regex.subn(template, subject, most)
    return _substitute_each(subject, pattern, replacement, most)


def _substitute_each(subject: bytes, pattern: Pattern, replacement: Replacement, most: int) -> tuple[bytes, int]:
    subject = bytes(subject)
    pieces: list[bytes] = []
    count = at = done = 0
    size = len(subject)
    while count < most and at <= len(subject):
        found = pattern.search(subject, at)
        if found is None:
            break
        count += 1
        text = replacement.expand(pattern, found)
        pieces += (subject[done : found.start()], text)
        done = found.end()
        size += len(text) - (done - found.start())
        if size > PRESENT.longest_string:
            PRESENT.check_string(size)
        at = done if done > found.start() else done + 1
        if pattern.anchored:
            break
    pieces.append(subject[done:])
    return b"".join(pieces), count


def substitute_values(
    subject: bytes, pattern: Pattern, replacement: Value, most: int
) -> Generator[Call, tuple[Value, ...], tuple[bytes, int]]:
    """Replaces by what a table holds or a function answers; nil and false keep the match.

    Yields the Calls it needs. Raises LuaError ``invalid replacement value (a table)``.
    """
    subject = bytes(subject)
    pieces: list[bytes] = []
    count = at = done = 0
    size = len(subject)
    while count < most and at <= len(subject):
        found = pattern.search(subject, at)
        if found is None:
            break
        count += 1
        start, end = found.start(), found.end()
        if isinstance(replacement, Table):
            value = index(replacement, pattern.capture(found, 1))
            call = value if type(value) is Call else None
        else:
            call = Call(replacement, pattern.captures_or_match(found))
        if call is not None:
            results = yield call
            value = results[0] if results else None
        if value is not None and value is not FALSE:
            pieces += (subject[done:start], _replacement_text(value))
            done = end
            size += len(pieces[-1]) - (end - start)
            if size > PRESENT.longest_string:
                PRESENT.check_string(size)
        at = end if end > start else end + 1
        if pattern.anchored:
            break
    pieces.append(subject[done:])
    return b"".join(pieces), count


def _replacement_text(value: Value) -> bytes:
    if type(value) is LuaString:
        return value
    if type(value) is float:
        return number_to_text(value)
    raise LuaError(LuaString(b"invalid replacement value (a %b)" % (type_name(value),)), level=1)
