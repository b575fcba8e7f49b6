"""A script in outline: what its paths have in common, as the shapes ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from ferrous_vm.analysis.symbols import Path, Symbol, text

Words = tuple[Symbol, ...]
"""A command, the name first."""

TIMES: Final = {"EXPIRE": b"EX", "PEXPIRE": b"PX", "EXPIREAT": b"EXAT", "PEXPIREAT": b"PXAT"}
"""What gives a key a time to live, and the option of SET that does."""


def command(name: str, *words: Symbol | str | int) -> Words:
    """A command; words that are no symbols are written as they stand."""
    return (text(name.encode()), *(one if isinstance(one, Symbol) else text(str(one).encode()) for one in words))


def name_of(words: Words) -> str:
    """Its name in capitals."""
    return str(words[0].parts[0].decode("latin-1").upper())


def word(symbol: Symbol) -> bytes | None:
    """A word that stands in the script, in capitals as options are read; None for any other."""
    if symbol.kind == "number":
        return b"%.17g" % symbol.parts[0]
    return symbol.parts[0].upper() if symbol.kind == "text" else None


class Outline:
    """What the paths through a script have in common."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        self.paths = paths

    @cached_property
    def commands(self) -> tuple[Words, ...]:
        """The different commands of all paths, in their order."""
        return tuple(dict.fromkeys(step.words for path in self.paths for step in path.steps))

    @cached_property
    def names(self) -> frozenset[str]:
        """Their names."""
        return frozenset(map(name_of, self.commands))

    def of(self, *names: str) -> list[Words]:
        """The different commands of these names."""
        return [words for words in self.commands if name_of(words) in names]

    @cached_property
    def compared(self) -> tuple[tuple[Words, Symbol], ...]:
        """What a test asks whether it equals the whole reply of a command: an input or a constant."""
        found: dict[tuple[Words, Symbol], None] = {}
        for path in self.paths:
            for test, _ in path.tests:
                if test.kind != "compared" or test.parts[0] != "==":
                    continue
                for one, other in (test.parts[1:], test.parts[:0:-1]):
                    source = one.parts[0] if one.kind == "tostring" else one
                    if source.kind == "reply" and other.kind in ("input", "text", "number", "tostring"):
                        found[path.steps[source.parts[0]].words, other] = None
        return tuple(found)

    @cached_property
    def has_tests(self) -> bool:
        """Whether anything is decided."""
        return any(path.tests for path in self.paths)

    def symbols(self) -> Iterator[Symbol]:
        """Every symbol of commands and tests, and what they are made of."""
        pending = [one for words in self.commands for one in words]
        pending += [test for path in self.paths for test, _ in path.tests]
        while pending:
            symbol = pending.pop()
            yield symbol
            pending += [one for one in symbol.parts if isinstance(one, Symbol)]
