"""The place of a syntax error among its tokens, and what a repair of it is."""

from __future__ import annotations

from typing import Final, NamedTuple

from ferrous_vm.analysis.lint.diagnostics import Edit, Fix
from ferrous_vm.syntax.lexer import EOS, ERROR, NAME, NUMBER, STRING, Tokens

_NEAR: Final = 3
"""Tokens before the blamed one that may be the wrong one."""


class Repair(NamedTuple):
    """What was probably meant: a sentence, and the change that writes it so, without edits where none is that simple.

    `later`: it is how a later Lua writes it.
    """

    advice: str
    fix: Fix
    later: bool = False


class Site(NamedTuple):
    """The tokens of a source, and which of them Lua blames."""

    tokens: Tokens
    at: int

    def kind(self, index: int) -> str:
        """The kind of a token; EOS where there is none."""
        return self.tokens.kinds[index] if 0 <= index < len(self.tokens.kinds) else EOS

    def text(self, index: int) -> bytes:
        """A token as it is written; b"" where there is none."""
        if not 0 <= index < len(self.tokens.kinds):
            return b""
        return self.tokens.source[self.tokens.starts[index] : self.tokens.ends[index]]

    def span(self, first: int, last: int | None = None) -> tuple[int, int]:
        """The bytes from one token to another."""
        return self.tokens.starts[first], self.tokens.ends[first if last is None else last]

    def joined(self, first: int, count: int) -> bool:
        """Whether so many tokens follow each other without space."""
        ends, starts = self.tokens.ends, self.tokens.starts
        last = first + count - 1
        return last < len(starts) and all(ends[at] == starts[at + 1] for at in range(first, last))

    def near(self) -> range:
        """The tokens that may be wrong, the blamed one and those before it."""
        return range(max(0, self.at - _NEAR), min(self.at + 1, len(self.tokens.kinds)))

    def after(self, index: int) -> int:
        """The place behind a token; 0 before the first."""
        return self.tokens.ends[index] if index >= 0 else 0

    def line(self, index: int) -> int:
        """The line of a token."""
        return self.tokens.lines[index] if 0 <= index < len(self.tokens.lines) else -1


def repaired(advice: str, title: str, *edits: tuple[int, int, bytes], later: bool = False) -> Repair:
    """A repair whose edits are tuples of start, end and text."""
    return Repair(advice, Fix(title, tuple(Edit(*edit) for edit in edits)), later)


def first_of_target(site: Site, last: int) -> int:
    """The first token of the variable or value that ends with the token `last`: `a`, `a.b[1]`, `f(x).y`."""
    closed = {")": "(", "]": "[", "}": "{"}
    index = last
    while index >= 0:
        opening = closed.get(site.kind(index))
        if opening is not None:
            depth = 0
            while index >= 0:
                depth += (site.kind(index) in closed) - (site.kind(index) in closed.values())
                if depth == 0:
                    break
                index -= 1
            if site.kind(index - 1) not in (NAME, ")", "]", STRING):
                return max(index, 0)
            index -= 1
            continue
        if site.kind(index - 1) not in (".", ":"):
            return index
        index -= 2
    return 0


def last_of_value(site: Site, first: int) -> int:
    """The last token of the value that begins at `first`: a name with its fields and calls, a number or a string."""
    if site.kind(first) in (NUMBER, STRING):
        return first
    index = first if site.kind(first) in (NAME, "(") else -1
    while index >= 0:
        if site.kind(index) in ("(", "["):
            depth = 0
            while site.kind(index) not in (EOS, ERROR):
                depth += (site.kind(index) in ("(", "[")) - (site.kind(index) in (")", "]"))
                if depth == 0:
                    break
                index += 1
        if site.kind(index + 1) in ("(", "["):
            index += 1
        elif site.kind(index + 1) == "." and site.kind(index + 2) is NAME:
            index += 2
        else:
            break
    return index
