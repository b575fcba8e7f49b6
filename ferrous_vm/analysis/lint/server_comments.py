"""The comment that says which servers a script is for.

-- server: redis>=7.2 valkey>=8
-- server: redis-7.0, valkey-9.1
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from ferrous_vm.analysis.lint.diagnostics import Severity
from ferrous_vm.analysis.lint.rules import Model, Rule
from ferrous_vm.printing import printed

SERVER_COMMENT: Final = Rule(
    name="server-comment",
    severity=Severity.WARNING,
    reason="The comment `-- server:` says which servers the script is for, and this one cannot be read.",
    fix="Name them: -- server: redis>=7.2 valkey>=8.",
    page="""\
A line `-- server:` names profiles, `redis-7.2`, or lines of servers with versions: `redis`, `redis>=7.2`, `valkey<9`,
`valkey=8.1`. A script may have one. The linter then speaks of these servers, whatever was chosen otherwise.""",
    wrong="-- server: redis>=seven\nreturn redis.call('GET', KEYS[1])",
    right="-- server: redis>=7.0\nreturn redis.call('GET', KEYS[1])",
)

RULES: Final = (SERVER_COMMENT,)

_COMMENT: Final = re.compile(rb"^[ \t]*--[ \t]*server:([^\n]*)", re.MULTILINE)
_WORD: Final = re.compile(rb"[^\s,]+")
_LINE: Final = re.compile(r"(redis|valkey)(?:(>=|<=|>|<|==?)(\d+(?:\.\d+)?))?").fullmatch

_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "==": operator.eq,
}


def named(source: bytes, known: Sequence[str]) -> tuple[str, ...]:
    """The servers that the script's comment names, of those that are known; none where there is no comment, or one
    that says nothing that can be read."""
    if b"server:" not in source:
        return ()
    comment = _COMMENT.search(source)
    if comment is None:
        return ()
    wanted: set[str] = set()
    for word in _WORD.findall(comment[1]):
        meant = _meant(word.decode("latin-1"), known)
        if not meant:
            return ()
        wanted.update(meant)
    return tuple(name for name in known if name in wanted)


def _meant(word: str, known: Sequence[str]) -> list[str]:
    """The servers that one word of the comment means; none where it means none."""
    if word == "all" or word in known:
        return [name for name in known if word in ("all", name)]
    line = _LINE(word)
    if line is None:
        return []
    vendor, sign, version = line.groups()
    ours = [name for name in known if name.startswith(f"{vendor}-")]
    if sign is None:
        return ours
    wanted = _version(version)
    return [name for name in ours if _COMPARISONS[sign](_version(name.partition("-")[2])[: len(wanted)], wanted)]


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part[:9]) for part in text.split("."))


def check(model: Model, known: Sequence[str]) -> None:
    """Look at the comments that name servers."""
    if b"server:" not in model.written:
        return
    first: int | None = None
    for comment in _COMMENT.finditer(model.written):
        span = comment.start() + len(comment[0]) - len(comment[0].lstrip()), comment.end()
        if first is not None:
            model.report(SERVER_COMMENT, span, f"Line {first} says already which servers the script is for.")
            continue
        first = model.written.count(b"\n", 0, comment.start(1)) + 1
        words = list(_WORD.finditer(comment[1]))
        if not words:
            model.report(SERVER_COMMENT, span, "Name the servers behind it: redis>=7.2 valkey>=8.")
        for word in words:
            if not _meant(word.group().decode("latin-1"), known):
                at = comment.start(1)
                place = at + word.start(), at + word.end()
                model.report(SERVER_COMMENT, place, _problem(word.group().decode("latin-1"), known))


def _problem(word: str, known: Sequence[str]) -> str:
    shown = printed(word.encode("latin-1"))
    if _LINE(word) is None:
        return f"`{shown}` names no server: write redis>=7.2, valkey<9, or one of {', '.join(known)}."
    return f"No server that is known here is {shown}: there are {', '.join(known)}."
