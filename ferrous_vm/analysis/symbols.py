"""The values that `paths.py` follows: what is known of them, and what a path through a script is made of."""

from __future__ import annotations

from typing import Any, Final, NamedTuple


class Symbol(NamedTuple):
    """A value: its kind, and what it is made of.

    nil () · boolean (bool) · number (float) · text (bytes) · input (KEYS or ARGV, index) · reply (number of the command
    on its path) · item (table, key) · count, tonumber, tostring, type, not (value) · compared, computed (operator,
    left, right) · made (function, arguments) · inputs (KEYS or ARGV, how many) · table (pairs of key and value)
    """

    kind: str
    parts: tuple[Any, ...] = ()


class Step(NamedTuple):
    """A command: its words, and whether its error is caught."""

    words: tuple[Symbol, ...]
    protected: bool


class Path(NamedTuple):
    """One way through a script: its commands, what was found true or false on it, and what it returns; None where it
    raises an error of its own."""

    steps: tuple[Step, ...]
    tests: tuple[tuple[Symbol, bool], ...]
    returned: Symbol | None


class Beyond(Exception):
    """The script does something that is not followed."""


def number(value: float) -> Symbol:
    """A number."""
    return Symbol("number", (float(value),))


def text(value: bytes) -> Symbol:
    """A string."""
    return Symbol("text", (value,))


NIL: Final = Symbol("nil")
TRUE: Final = Symbol("boolean", (True,))
FALSE: Final = Symbol("boolean", (False,))


def boolean(value: bool) -> Symbol:
    """true or false."""
    return TRUE if value else FALSE
