"""A Lua pattern (Lua 5.1 manual section 5.4.1) read once into a program: a straight list of nodes.

A pattern has neither alternation nor repeated groups, so matching walks this list from its first node to its last
and only ever chooses how many characters a single-character item takes. What is wrong with a pattern is an error only
when matching gets there (``lstrlib.c`` reads the pattern while it matches), so a mistake becomes a node that raises.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from ferrous_vm.limits import PATTERN_CAPTURES
from ferrous_vm.records import Record

ALL_BYTES: Final = (1 << 256) - 1
"""The set of all bytes; a set of bytes is an int whose bit b says that byte b is in it."""


def byte_set(members: bytes | range) -> int:
    """The set of the given bytes."""
    bits = 0
    for byte in members:
        bits |= 1 << byte
    return bits


_DIGITS = byte_set(b"0123456789")
_LOWER = byte_set(range(97, 123))
_UPPER = byte_set(range(65, 91))
_LETTERS = _LOWER | _UPPER
_PUNCTUATION = byte_set(range(33, 127)) & ~(_DIGITS | _LETTERS)

CLASSES: Final[dict[int, int]] = {
    ord("a"): _LETTERS,
    ord("c"): byte_set(range(32)) | byte_set(b"\x7f"),
    ord("d"): _DIGITS,
    ord("l"): _LOWER,
    ord("p"): _PUNCTUATION,
    ord("s"): byte_set(b"\t\n\v\f\r "),
    ord("u"): _UPPER,
    ord("w"): _LETTERS | _DIGITS,
    ord("x"): _DIGITS | byte_set(b"abcdefABCDEF"),
    ord("z"): 1,
}
"""The character classes by their letter, in the C locale (`match_class` in lstrlib.c)."""

ENDS_WITH_PERCENT: Final = b"malformed pattern (ends with '%')"
MISSING_BRACKET: Final = b"malformed pattern (missing ']')"
MISSING_FRONTIER_SET: Final = b"missing '[' after '%f' in pattern"
UNBALANCED: Final = b"unbalanced pattern"
INVALID_CAPTURE_INDEX: Final = b"invalid capture index"
INVALID_PATTERN_CAPTURE: Final = b"invalid pattern capture"
TOO_MANY_CAPTURES: Final = b"too many captures"


class Single(Record):
    """One byte of `members`."""

    members: int


class Repeat(Record):
    """`least` (0 or 1) or more bytes of `members`, as many as possible: ``*`` and ``+``."""

    members: int
    least: int


class Lazy(Record):
    """0 or more bytes of `members`, as few as possible: ``-``."""

    members: int


class Optional(Record):
    """One byte of `members`, or none: ``?``."""

    members: int


class Open(Record):
    """Capture `index` begins here."""

    index: int


class Close(Record):
    """Capture `index` ends here."""

    index: int


class Position(Record):
    """Capture `index` is the position itself: ``()``."""

    index: int


class Balance(Record):
    """From an `opening` byte to the `closing` one that balances it: ``%bxy``."""

    opening: int
    closing: int


class Frontier(Record):
    """Between a byte outside `members` and one inside; both ends of the subject count as byte 0: ``%f[set]``."""

    members: int


class BackReference(Record):
    """The text of capture `index` once more: ``%1``."""

    index: int


class AtEnd(Record):
    """The end of the subject: ``$`` as the last character."""


class Never(Record):
    """Matches nothing: a back reference to a position capture."""


class Mistake(Record):
    """Matching that gets here raises a Lua error with this message."""

    message: bytes


Node = (
    Single | Repeat | Lazy | Optional | Open | Close | Position | Balance | Frontier | BackReference | AtEnd | Never
    | Mistake
)  # fmt: skip


class Program(Record):
    """`nodes` in order; `captures` counts them; the others are indices of captures of that kind."""

    nodes: tuple[Node, ...]
    captures: int
    positions: frozenset[int]
    unfinished: frozenset[int]


_single = lru_cache(maxsize=1024)(Single)
"""Nodes of one byte are shared: a long pattern is mostly made of them."""


def class_members(letter: int) -> int:
    """The set ``%letter`` stands for: a class, its complement for an upper-case letter, or the letter itself."""
    if (1 << letter) & _LETTERS:
        members = CLASSES.get(letter | 0x20)
        if members is not None:
            return members if letter & 0x20 else ALL_BYTES & ~members
    return 1 << letter


def _bracket_end(pattern: bytes, start: int) -> int | None:
    """The index after the ``]`` of the set that begins at `start`; None if there is none (`classend`)."""
    i = start + 1
    size = len(pattern)
    if i < size and pattern[i] == 0x5E:  # ^
        i += 1
    while True:  # the first character never closes the set
        if i >= size:
            return None
        escaped = pattern[i] == 0x25  # %
        i += 1
        if escaped and i < size:
            i += 1
        if i < size and pattern[i] == 0x5D:  # ]
            return i + 1


def _bracket_members(pattern: bytes, start: int, end: int) -> int:
    """The bytes in the set ``[...]`` between `start` and `end`, both brackets included (`matchbracketclass`)."""
    i = start + 1
    last = end - 1
    negated = pattern[i] == 0x5E
    if negated:
        i += 1
    members = 0
    while i < last:
        if pattern[i] == 0x25:
            members |= class_members(pattern[i + 1])
            i += 2
        elif pattern[i + 1] == 0x2D and i + 2 < last:  # x-y
            members |= byte_set(range(pattern[i], pattern[i + 2] + 1))
            i += 3
        else:
            members |= 1 << pattern[i]
            i += 1
    return ALL_BYTES & ~members if negated else members


class _Reader:
    """Reads one pattern; `nodes` grows until the pattern, or its first mistake, ends."""

    def __init__(self, pattern: bytes) -> None:
        self.pattern = pattern
        self.at = 0
        self.nodes: list[Node] = []
        self.open: list[int] = []
        self.captures = 0
        self.positions: set[int] = set()

    def read(self) -> Program:
        while self.at < len(self.pattern):
            node = self._next()
            self.nodes.append(node)
            if type(node) is Mistake:
                break
        return Program(tuple(self.nodes), self.captures, frozenset(self.positions), frozenset(self.open))

    def _next(self) -> Node:
        pattern, at = self.pattern, self.at
        character = pattern[at]
        if character == 0x28:  # (
            return self._open()
        if character == 0x29:  # )
            self.at += 1
            return Close(self.open.pop()) if self.open else Mistake(INVALID_PATTERN_CAPTURE)
        if character == 0x24 and at + 1 == len(pattern):  # $
            self.at += 1
            return AtEnd()
        if character == 0x25:  # %
            following = pattern[at + 1 : at + 2]
            if following == b"b":
                return self._balance()
            if following == b"f":
                return self._frontier()
            if following.isdigit():
                self.at += 2
                return self._back_reference(following[0] - ord("1"))
        return self._item()

    def _open(self) -> Node:
        is_position = self.pattern[self.at + 1 : self.at + 2] == b")"
        self.at += 2 if is_position else 1
        index = self.captures
        if index >= PATTERN_CAPTURES:
            return Mistake(TOO_MANY_CAPTURES)
        self.captures += 1
        if is_position:
            self.positions.add(index)
            return Position(index)
        self.open.append(index)
        return Open(index)

    def _balance(self) -> Node:
        delimiters = self.pattern[self.at + 2 : self.at + 4]
        self.at += 4
        return Balance(delimiters[0], delimiters[1]) if len(delimiters) == 2 else Mistake(UNBALANCED)

    def _frontier(self) -> Node:
        start = self.at + 2
        if self.pattern[start : start + 1] != b"[":
            return Mistake(MISSING_FRONTIER_SET)
        end = _bracket_end(self.pattern, start)
        if end is None:
            return Mistake(MISSING_BRACKET)
        self.at = end
        return Frontier(_bracket_members(self.pattern, start, end))

    def _back_reference(self, index: int) -> Node:
        if index < 0 or index >= self.captures or index in self.open:
            return Mistake(INVALID_CAPTURE_INDEX)
        return Never() if index in self.positions else BackReference(index)

    def _item(self) -> Node:
        """A single-character class and the repetition that may follow it."""
        pattern, at = self.pattern, self.at
        character = pattern[at]
        if character == 0x25:
            if at + 1 == len(pattern):
                return Mistake(ENDS_WITH_PERCENT)
            members, end = class_members(pattern[at + 1]), at + 2
        elif character == 0x5B:  # [
            closed = _bracket_end(pattern, at)
            if closed is None:
                return Mistake(MISSING_BRACKET)
            members, end = _bracket_members(pattern, at, closed), closed
        elif character == 0x2E:  # .
            members, end = ALL_BYTES, at + 1
        else:
            members, end = 1 << character, at + 1
        self.at = end + 1
        match pattern[end : end + 1]:
            case b"*":
                return Repeat(members, 0)
            case b"+":
                return Repeat(members, 1)
            case b"-":
                return Lazy(members)
            case b"?":
                return Optional(members)
        self.at = end
        return _single(members)


def read_pattern(pattern: bytes) -> Program:
    """The program of a pattern without its leading anchor. Like `lstrlib.c`, it stops at the first NUL."""
    return _Reader(pattern.partition(b"\0")[0]).read()
