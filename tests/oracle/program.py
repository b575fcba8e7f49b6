"""A generated program as a tree, so that a failing one can be shrunk by taking parts away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Node:
    """One statement: its first line, the statements inside it, and its last line (empty for a simple statement)."""

    head: str
    body: tuple[Node, ...] = ()
    tail: str = ""
    required: bool = False
    """Whether nothing works without it; shrinking leaves it."""

    def lines(self, indent: str = "") -> Iterator[str]:
        """The source, line by line."""
        yield indent + self.head
        for node in self.body:
            yield from node.lines(indent + "  ")
        if self.tail:
            yield indent + self.tail


@dataclass(frozen=True)
class Program:
    """What one seed gave."""

    seed: int
    body: tuple[Node, ...] = field(default_factory=tuple)

    @property
    def source(self) -> str:
        """The Lua source."""
        return "\n".join(line for node in self.body for line in node.lines()) + "\n"


def shrink(program: Program, fails: Callable[[Program], bool]) -> Program:
    """The smallest program found that still fails: parts are removed, or replaced by what is inside them."""
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller_bodies(program.body):
            attempt = replace(program, body=candidate)
            if fails(attempt):
                program = attempt
                smaller = True
                break
    return program


def _smaller_bodies(body: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    """Bodies with less in them, the smallest first."""
    size = len(body) // 2
    while size:
        for start in range(0, len(body), size):
            removed = body[start : start + size]
            kept = tuple(node for node in removed if node.required)
            if len(kept) < len(removed):
                yield (*body[:start], *kept, *body[start + size :])
        size //= 2
    for index, node in enumerate(body):
        before, after = body[:index], body[index + 1 :]
        if not node.required and len(body) == 1:
            yield (*before, *after)
        if node.body:
            yield (*before, *node.body, *after)
            for inner in _smaller_bodies(node.body):
                yield (*before, replace(node, body=inner), *after)
