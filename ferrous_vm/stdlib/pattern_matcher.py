"""Matches any pattern program against a subject, with a backtracking stack of its own.

The stack holds one entry for each repetition that may still change its mind, so it is never deeper than the program is
long, and neither a long subject nor a long pattern nests Python calls. Every step is Python, so the time limit can
stop a pattern that backtracks for ever.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ferrous_vm.errors import LuaError
from ferrous_vm.stdlib.pattern_program import (
    AtEnd,
    BackReference,
    Balance,
    Close,
    Frontier,
    Lazy,
    Mistake,
    Never,
    Node,
    Open,
    Optional,
    Position,
    Program,
    Repeat,
    Single,
)
from ferrous_vm.values.strings import LuaString

_FAILED: Final = -1


class Match:
    """A match found here: answers `start`, `end` and `group` as Python's `re.Match` does, captures counted from 1."""

    __slots__ = ("_ends", "_starts", "subject")

    def __init__(self, subject: bytes, starts: list[int], ends: list[int]) -> None:
        self.subject = subject
        self._starts = starts
        self._ends = ends

    def start(self, group: int = 0, /) -> int:
        """Where a capture begins, a byte offset into the subject; group 0 is the whole match."""
        return self._starts[group]

    def end(self, group: int = 0, /) -> int:
        """Where a capture ends: the offset of the byte behind it."""
        return self._ends[group]

    def group(self, group: int = 0, /) -> bytes:
        """The bytes of a capture."""
        return self.subject[self._starts[group] : self._ends[group]]


@lru_cache(maxsize=1024)
def set_expression(members: int) -> bytes:
    """The regular expression of one byte of the set, for Python's `re` with DOTALL."""
    complement = ~members & ((1 << 256) - 1)
    if not complement:
        return b"."
    if members.bit_count() == 1:
        return re.escape(bytes([members.bit_length() - 1]))
    negated = complement.bit_count() < members.bit_count()
    ranges = b"".join(_ranges(complement if negated else members))
    return b"[^%b]" % ranges if negated else b"[%b]" % (ranges or b"^\\x00-\\xff")


def _ranges(members: int) -> list[bytes]:
    ranges = []
    byte = 0
    while members >> byte:
        if members >> byte & 1:
            first = byte
            while members >> (byte + 1) & 1:
                byte += 1
            ranges.append(b"\\x%02x" % first if first == byte else b"\\x%02x-\\x%02x" % (first, byte))
        byte += 1
    return ranges


@lru_cache(maxsize=256)
def _run(members: int) -> re.Pattern[bytes]:
    """Finds how far bytes of the set go, at the speed of C and in linear time."""
    return re.compile(set_expression(members) + b"*", re.DOTALL)


@lru_cache(maxsize=256)
def _either(opening: int, closing: int) -> re.Pattern[bytes]:
    return re.compile(b"[\\x%02x\\x%02x]" % (opening, closing))


def _balanced_end(subject: bytes, at: int, node: Balance) -> int:
    """Where the balanced text that begins at `at` ends (`matchbalance`)."""
    if at >= len(subject) or subject[at] != node.opening:
        # The C code reads the terminating NUL here, which no opening byte of a pattern equals.
        return _FAILED
    depth = 1
    for found in _either(node.opening, node.closing).finditer(subject, at + 1):
        if found.group()[0] == node.closing:
            depth -= 1
            if depth == 0:
                return found.end()
        else:
            depth += 1
    return _FAILED


def _is_frontier(subject: bytes, at: int, members: int) -> bool:
    previous = subject[at - 1] if at > 0 else 0
    following = subject[at] if at < len(subject) else 0
    return not members >> previous & 1 and bool(members >> following & 1)


class _Attempt:
    """One attempt to match at one place.

    `choices` holds, innermost last, ``[node, least, position]``: matching may go on at `node` from `position`; a
    greedy repetition counts `position` down to `least`; a lazy one (`least` -1) takes one byte more.
    """

    __slots__ = ("choices", "ends", "nodes", "starts", "subject")

    def __init__(self, program: Program, subject: bytes) -> None:
        self.nodes = program.nodes
        self.subject = subject
        self.starts = [0] * (program.captures + 1)
        self.ends = [0] * (program.captures + 1)
        self.choices: list[list[int]] = []

    def run(self, start: int) -> int:
        """Where the match that begins at `start` ends, or -1. Raises LuaError when it meets a mistake."""
        nodes = self.nodes
        last = len(nodes)
        index, at = 0, start
        while True:
            if index == last:
                return at
            at = self._step(nodes[index], index, at)
            if at >= 0:
                index += 1
                continue
            while self.choices:
                choice = self.choices[-1]
                at = self._retry(choice)
                if at >= 0:
                    index = choice[0]
                    break
                self.choices.pop()
            else:
                return _FAILED

    def _retry(self, choice: list[int]) -> int:
        """The next position this choice offers, or -1 when it has none left."""
        index, least, position = choice
        if least >= 0:
            position -= 1
            choice[2] = position
            return position if position >= least else _FAILED
        node = self.nodes[index - 1]
        assert type(node) is Lazy
        if position < len(self.subject) and node.members >> self.subject[position] & 1:
            choice[2] = position + 1
            return position + 1
        return _FAILED

    def _step(self, node: Node, index: int, at: int) -> int:
        """The position after `node` matched at `at`, or -1."""
        subject = self.subject
        match node:
            case Single(members):
                return at + 1 if at < len(subject) and members >> subject[at] & 1 else _FAILED
            case Repeat(members, least):
                found = _run(members).match(subject, at)
                end = found.end() if found else at
                if end < at + least:
                    return _FAILED
                if end > at + least:
                    self.choices.append([index + 1, at + least, end])
                return end
            case Lazy():
                self.choices.append([index + 1, -1, at])
                return at
            case Optional(members):
                if at < len(subject) and members >> subject[at] & 1:
                    self.choices.append([index + 1, at, at + 1])
                    return at + 1
                return at
            case Open(capture) | Position(capture):
                self.starts[capture + 1] = at
                return at
            case Close(capture):
                self.ends[capture + 1] = at
                return at
            case Balance():
                return _balanced_end(subject, at, node)
            case Frontier(members):
                return at if _is_frontier(subject, at, members) else _FAILED
            case BackReference(capture):
                text = subject[self.starts[capture + 1] : self.ends[capture + 1]]
                return at + len(text) if subject.startswith(text, at) else _FAILED
            case AtEnd():
                return at if at == len(subject) else _FAILED
            case Never():
                return _FAILED
            case Mistake(message):
                raise LuaError(LuaString(message), level=1)


def match_at(program: Program, subject: bytes, start: int) -> Match | None:
    """The match of the whole program that begins exactly at `start` (0-based), or None.

    Raises LuaError if matching reaches a mistake in the pattern.
    """
    attempt = _Attempt(program, subject)
    end = attempt.run(start)
    if end < 0:
        return None
    attempt.starts[0] = start
    attempt.ends[0] = end
    return Match(subject, attempt.starts, attempt.ends)
