"""Translates a pattern program to Python's `re` where both find the same match at a bounded cost.

Why the match is the same: a program is a straight list of nodes, and `re` tries the choices of such a list in the same
order as ``lstrlib.c`` (greedy longest first, lazy shortest first), so the first match found is the same one.
`Balance` has no counterpart and `BackReference` costs more than a step, so a program with either stays with our
matcher, as does one with a mistake or an unfinished capture.

Why the cost is bounded: both matchers backtrack, and `re` cannot be stopped by the time limit. So each translation
knows the degree of its worst case, and is only used for subjects short enough to finish within `STEPS`.
A repetition *settles* if, wherever it gives a byte back, the next mandatory node cannot match that byte (``%w+=``):
then giving back fails at once and costs one step for each byte. Every repetition that does not settle multiplies the
ways to get behind it by the length of the subject; every optional byte that does not, by two. Each way may then run
once over the repetitions that do settle.
"""

from __future__ import annotations

import re
from typing import Final

from ferrous_vm.records import Record
from ferrous_vm.stdlib.pattern_matcher import set_expression
from ferrous_vm.stdlib.pattern_program import (
    ALL_BYTES,
    AtEnd,
    Close,
    Frontier,
    Lazy,
    Node,
    Open,
    Optional,
    Position,
    Program,
    Repeat,
    Single,
)

STEPS: Final = 20_000_000
"""Steps of `re` one call may need in the worst case: a fraction of a second, also in WebAssembly."""

LONGEST_PROGRAM: Final = 500
"""Nodes of the longest program that is translated: compiling a regular expression is slow."""

_REPEATED: Final = (Repeat, Lazy, Optional)


class Translation(Record):
    """`regex` finds what the program finds.

    `search_limit` is the longest subject a whole search may be left to `regex`, `match_limit` the longest one for an
    attempt at one place. `subn_is_gsub` says that `re`'s own rule for going on after an empty match is Lua's.
    """

    regex: re.Pattern[bytes]
    search_limit: int
    match_limit: int
    subn_is_gsub: bool


def _frontier_expression(members: int) -> bytes:
    """Outside the set before, inside it after; beyond either end of the subject stands byte 0."""
    inside, outside = set_expression(members), set_expression(ALL_BYTES & ~members)
    if members & 1:
        return b"(?<=%b)(?!%b)" % (outside, outside)
    return b"(?<!%b)(?=%b)" % (inside, inside)


def _expression(node: Node) -> bytes | None:
    """The regular expression of one node, or None if it has none."""
    match node:
        case Single(members):
            return set_expression(members)
        case Repeat(members, least):
            return set_expression(members) + (b"+" if least else b"*")
        case Lazy(members):
            return set_expression(members) + b"*?"
        case Optional(members):
            return set_expression(members) + b"?"
        case Open():
            return b"("
        case Close():
            return b")"
        case Position():
            return b"()"
        case Frontier(members):
            return _frontier_expression(members)
        case AtEnd():
            return b"\\Z"
    return None


def _settles(nodes: tuple[Node, ...], index: int) -> bool:
    """Does giving a byte back at `index` (or, for a lazy one, taking one more) always fail at once?"""
    node = nodes[index]
    assert isinstance(node, _REPEATED)
    for following in nodes[index + 1 :]:
        match following:
            case Single(members):
                return not node.members & members
            case Repeat(members, least):
                if node.members & members:
                    return False
                if least:
                    return True
            case Lazy(members) | Optional(members):
                if node.members & members:
                    return False
            case AtEnd():
                return not isinstance(node, Lazy)
    return True


def _degrees(nodes: tuple[Node, ...]) -> tuple[int, int, int]:
    """The worst case of one attempt as ``2**doublings * n**degree``, and the degree of an attempt that fails."""
    repeats = [i for i, node in enumerate(nodes) if isinstance(node, (Repeat, Lazy))]
    unsettled = [i for i in repeats if not _settles(nodes, i)]
    doublings = sum(1 for i, node in enumerate(nodes) if isinstance(node, Optional) and not _settles(nodes, i))
    runs_after = bool(repeats) and (not unsettled or repeats[-1] > unsettled[-1])
    degree = len(unsettled) + runs_after
    first = repeats[0] if repeats else len(nodes)
    can_fail = any(isinstance(node, (Single, Frontier, AtEnd)) for node in nodes[first + 1 :]) or any(
        isinstance(node, Repeat) and node.least for node in nodes[first + 1 :]
    )
    return doublings, degree, degree if can_fail else 0


def _longest(degree: int, steps: int) -> int:
    """The longest subject for which ``n**degree`` stays within `steps`."""
    if degree == 0 or steps < 1:
        return 1 << 62 if steps >= 1 else 0
    return int(steps ** (1 / degree))


def translate(program: Program, anchored: bool) -> Translation | None:
    """The translation of a program (`anchored`: it only matches at the start), or None if it must be matched by us."""
    if len(program.nodes) > LONGEST_PROGRAM or program.unfinished:
        return None
    expressions = [_expression(node) for node in program.nodes]
    if None in expressions:
        return None
    doublings, degree, failing = _degrees(program.nodes)
    steps = STEPS >> doublings
    search = failing if anchored else failing + 1
    consumes = any(isinstance(n, Single) or (isinstance(n, Repeat) and n.least) for n in program.nodes)
    return Translation(
        regex=re.compile(b"".join(e for e in expressions if e is not None), re.DOTALL),
        search_limit=min(_longest(search, steps), _longest(degree, steps)),
        match_limit=_longest(degree, steps),
        subn_is_gsub=consumes or not any(isinstance(node, Lazy) for node in program.nodes),
    )
