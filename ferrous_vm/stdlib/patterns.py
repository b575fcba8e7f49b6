"""Lua patterns as the string library uses them: compiled once, searched by `re` where that is exact and bounded.

A subject may be a LuaString; what is found is plain bytes or positions, which `captures` makes Lua values of.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from ferrous_vm.bounds import PRESENT
from ferrous_vm.errors import LuaError
from ferrous_vm.stdlib.pattern_matcher import Match, match_at
from ferrous_vm.stdlib.pattern_program import INVALID_CAPTURE_INDEX, read_pattern
from ferrous_vm.stdlib.pattern_regex import translate
from ferrous_vm.stdlib.sizes import LONGEST_REMEMBERED
from ferrous_vm.values.natives import Results
from ferrous_vm.values.strings import LuaString

Value = Any
Found = Match | re.Match[bytes]

UNFINISHED_CAPTURE: Final = b"unfinished capture"

_SPECIAL: Final = re.compile(rb"[\^$*+?.(\[%\-]")
"""A character that makes a pattern more than plain text (`SPECIALS` in lstrlib.c)."""


class Pattern:
    """A compiled pattern.

    `is_plain`: it has no special character, so `find` looks for the text itself. `anchored`: it began with ``^``.
    `captures` counts its captures. `search_limit` is the longest subject `regex` may search in one call, `match_limit`
    the longest one it may match at one place (-1: none).
    """

    __slots__ = (
        "_gives_one", "_positions", "_program", "_unfinished", "anchored", "captures", "is_plain", "match_limit",
        "regex", "search_limit", "subn_is_gsub",
    )  # fmt: skip

    def __init__(self, source: bytes, may_anchor: bool) -> None:
        text = source.partition(b"\0")[0]
        self.is_plain = _SPECIAL.search(text) is None
        self.anchored = may_anchor and text.startswith(b"^")
        self._program = read_pattern(text[1:] if self.anchored else text)
        self._positions = self._program.positions
        self._unfinished = self._program.unfinished
        self.captures = self._program.captures
        self._gives_one = self.captures <= 1 and not self._positions and not self._unfinished
        translation = translate(self._program, self.anchored)
        self.regex = translation.regex if translation else None
        self.search_limit = translation.search_limit if translation else -1
        self.match_limit = translation.match_limit if translation else -1
        self.subn_is_gsub = translation is not None and translation.subn_is_gsub

    def search(self, subject: bytes, start: int) -> Found | None:
        """The first match that begins at `start` (0-based) or later; only at `start` if the pattern is anchored.

        Raises LuaError if matching meets a mistake in the pattern.
        """
        if self.regex is not None:
            if len(subject) <= self.search_limit:
                return self.regex.match(subject, start) if self.anchored else self.regex.search(subject, start)
            if len(subject) <= self.match_limit:
                return self._search_by_attempts(self.regex, subject, start)
        subject = bytes(subject)
        for at in range(start, start + 1 if self.anchored else len(subject) + 1):
            found = match_at(self._program, subject, at)
            if found is not None:
                return found
        return None

    def searcher(self, subject: bytes) -> Callable[[bytes, int], Found | None]:
        """`search`, for many searches of this subject."""
        regex = self.regex
        if regex is not None and not self.anchored and len(subject) <= self.search_limit:
            return regex.search
        return self.search

    def _search_by_attempts(self, regex: re.Pattern[bytes], subject: bytes, start: int) -> Found | None:
        """A search in steps short enough for the time limit to stop it in between."""
        for at in range(start, start + 1 if self.anchored else len(subject) + 1):
            found = regex.match(subject, at)
            if found is not None:
                return found
        return None

    def all_captures(self, found: Found) -> tuple[Value, ...]:
        """The captures of a match as Lua values: strings and positions. Raises LuaError for an unfinished one.

        Raises LimitExceeded where the same giant is in too many of them.
        """
        longest = self.captures * (found.end() - found.start())
        if longest > PRESENT.longest_string:
            spans = [(found.start(index), found.end(index)) for index in range(1, self.captures + 1)]
            PRESENT.check_string(sum([end - start for start, end in spans]))
        if self._positions or self._unfinished:
            return tuple([self.capture(found, index) for index in range(1, self.captures + 1)])
        return tuple([LuaString(found.group(index)) for index in range(1, self.captures + 1)])

    def captures_or_match(self, found: Found) -> tuple[Value, ...]:
        """The captures, or the whole match if the pattern has none (`push_captures`)."""
        if self.captures == 0:
            return (LuaString(found.group()),)
        return self.all_captures(found)

    def results(self, found: Found) -> Results:
        """`captures_or_match` as what a native gives back."""
        return LuaString(found.group(self.captures)) if self._gives_one else self.captures_or_match(found)

    def capture(self, found: Found, index: int) -> Value:
        """Capture `index`, from 1; 1 without any capture is the whole match (`push_onecapture`).

        Raises LuaError for an index the pattern does not have and for an unfinished capture.
        """
        if index > self.captures:
            if index == 1:
                return LuaString(found.group())
            raise LuaError(LuaString(INVALID_CAPTURE_INDEX), level=1)
        if index - 1 in self._unfinished:
            raise LuaError(LuaString(UNFINISHED_CAPTURE), level=1)
        if index - 1 in self._positions:
            return float(found.start(index) + 1)
        return LuaString(found.group(index))

    def is_text(self, index: int) -> bool:
        """Is capture `index` (0: the whole match) always there, and a string?"""
        if index == 0 or (index == 1 and self.captures == 0):
            return True
        return index <= self.captures and index - 1 not in self._unfinished and index - 1 not in self._positions


@lru_cache(maxsize=512)
def _remembered(source: bytes, may_anchor: bool) -> Pattern:
    return Pattern(source, may_anchor)


def compile_pattern(source: bytes, may_anchor: bool = True) -> Pattern:
    """The compiled pattern; a leading ``^`` is an anchor if `may_anchor`, else (`gmatch`) the character itself."""
    if len(source) <= LONGEST_REMEMBERED:
        return _remembered(source, may_anchor)
    return Pattern(source, may_anchor)


def is_plain(source: bytes) -> bool:
    """Has the pattern no special character before its first NUL, so that it stands for itself?"""
    if len(source) <= LONGEST_REMEMBERED:
        return _remembered(source, True).is_plain
    return _SPECIAL.search(bytes(source).partition(b"\0")[0]) is None
