"""Breakpoints of every kind: where a recorded script meets them is found out once, so that each is a list of moments.

Conditions and texts are evaluated at the moments of their lines, one after the other, and all they do is taken back.
What was found is kept for the session, since a recording is always the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from heapq import merge
from itertools import chain, islice, takewhile
from typing import Any, Final, NamedTuple, TypeVar

from ferrous_vm.errors import EvaluationCut, EvaluationFailed
from ferrous_vm.machine.debugger import RaisedError
from ferrous_vm.machine.inspection import describe
from ferrous_vm.printing import printed
from ferrous_vm.scripting.debug_participants import ChangedKey
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.scripting.run import Issued
from ferrous_vm.values.booleans import FALSE
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.escapes import encode, quote
from ferrous_vm.workbench.key_uses import uses
from ferrous_vm.workbench.records.debugging import (
    Breakpoints,
    ChangeBreakpoint,
    DebugHit,
    DebugHitList,
    KeyBreakpoint,
    LineBreakpoint,
)

T = TypeVar("T")

MOST_EVALUATED: Final = 20_000
"""Places at which one breakpoint is evaluated: some seconds in a browser."""

MOST_CUT: Final = 10
"""Of these, such at which its evaluation did not end by itself, which takes up to a second each."""

MOST_MET: Final = 100_000
"""Hits that are kept of one breakpoint."""

MOST_TOLD: Final = 1_000
"""Hits that are told at once."""

SEARCH_STOPPED: Final = "Stopped while it looked for breakpoints: a move goes on with that."
"""Said of a move that was ended before it was known where it leads."""

ANY_FUNCTION: Final = -1

LONGEST: Final = 1_000
"""Characters of a text that is told."""

LONGEST_LOG: Final = 2 * LONGEST
"""Characters of one with expressions: to find those takes as long as their number squared, at worst."""

_BRACE_OR_STRING: Final = re.compile(
    r"""[{}] | '(?:[^'\\]|\\.)*+' | "(?:[^"\\]|\\.)*+" | \[(=*)\[.*?\]\1\]""", re.VERBOSE | re.DOTALL
)
"""What opens or closes an expression in a text, or is a string of Lua, whose braces do not."""


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a text, and whether each is an expression that stood between { and }. A table in an expression has
    braces of its own; a brace that nothing closes is text."""
    opened: list[int] = []
    expressions: list[tuple[int, int]] = []
    at = 0
    while found := _BRACE_OR_STRING.search(text, at):
        start, at = found.span()
        if found[0] == "{":
            opened.append(start)
        elif found[0] == "}" and opened:
            first = opened.pop()
            while expressions and expressions[-1][0] > first:  # inside this one
                expressions.pop()
            expressions.append((first, start))
        elif not opened:  # outside of expressions a quote is an apostrophe
            at = start + 1
    at = 0
    for first, last in expressions:
        yield text[at:first], False
        yield text[first + 1 : last], True
        at = last + 1
    yield text[at:], False


class Hit(NamedTuple):
    """A breakpoint is met. `text` is what to say of it; one that logs does not stop, unless it failed. `line` is that
    of what comes next, where another one may have begun since."""

    moment: int
    text: str
    is_log: bool = False
    is_error: bool = False
    line: int | None = None

    @property
    def stops(self) -> bool:
        """Whether a script stops there."""
        return self.is_error or not self.is_log


class Found(NamedTuple):
    """The hits of one breakpoint, in their order, and whether all places were looked at."""

    hits: list[Hit]
    is_whole: bool


_NO_MORE: Final = object()


class Interrupted(Exception):
    """An interrupt ended an evaluation: at this moment is looked again."""


class Search:
    """What one breakpoint meets, as far as was looked. One that an interrupt ends is gone on with."""

    def __init__(
        self,
        moments: Sequence[int],
        look: Callable[[int], Hit | None],
        told: Callable[[Found], Found] = lambda found: found,
    ) -> None:
        """`look` is called at the moments; `told` makes of all that was found what is told of it."""
        self._moments = moments[:MOST_EVALUATED]
        self._is_all = len(moments) <= MOST_EVALUATED
        self._look = look
        self._told = told
        self._looked = 0
        self._hits: list[Hit] = []
        self.cut = 0
        """Evaluations that were cut."""

    @property
    def is_over(self) -> bool:
        """Whether no more is looked at."""
        return self.cut >= MOST_CUT or self._looked == len(self._moments)

    def go_on(self, session: DebugSession) -> bool:
        """Looks at what is left. Answers whether no interrupt ended that."""
        bearable = takewhile(lambda _: self.cut < MOST_CUT, self._moments[self._looked :])
        try:
            return session.visit(bearable, self._note)
        except Interrupted:
            return False

    def _note(self, moment: int) -> None:
        hit = self._look(moment)
        self._looked += 1
        if hit is not None:
            self._hits.append(hit)

    def found(self) -> Found:
        """What was found by now."""
        found = Found(self._hits, self._is_all and self._looked == len(self._moments))
        return self._told(found) if self.is_over else found


class Listing:
    """What one breakpoint meets of what was noted while the script was recorded: nothing is evaluated, but it may be
    much. One that an interrupt ends is gone on with."""

    def __init__(self, noted: Iterable[Any], look: Callable[[Any], Hit | None]) -> None:
        """`look` is called with each of what was noted."""
        self._noted = iter(noted)
        self._look = look
        self._hits: list[Hit] = []
        self._is_whole = False
        self.is_over = False
        """Whether no more is looked at."""

    def go_on(self, session: DebugSession) -> bool:
        """Looks at what is left. Answers whether no interrupt ended that."""
        interrupts = session.interrupts
        while not interrupts.due:
            each = next(self._noted, _NO_MORE)
            self._is_whole = each is _NO_MORE
            if self._is_whole or len(self._hits) == MOST_MET:
                self.is_over = True
                return True
            hit = self._look(each)
            if hit is not None:
                self._hits.append(hit)
        return False

    def found(self) -> Found:
        """What was found by now."""
        return Found(self._hits, self._is_whole)


class Hits:
    """Those of one session."""

    def __init__(self, session: DebugSession) -> None:
        self._session = session
        self._found: dict[Any, Found | Search | Listing] = {}
        self._current: Search | Listing | None = None
        self.is_interrupted = False
        """An interrupt has ended the search of all that was asked for last: it is gone on with when asked again."""

    def all(self, breakpoints: Breakpoints) -> list[Found]:
        """What the script itself asked its debugger for; then of each breakpoint that is more than a line, what it
        meets."""
        self.is_interrupted = False
        found = [self._of("redis.breakpoint", self._called), self._of("redis.debug", self._shown_lines)]
        found += [
            self._of((one.line, one.condition, one.hits, one.log), partial(self._line, one))
            for one in breakpoints.lines
            if is_special(one)
        ]
        found += [self._of((one.key, one.on), partial(self._key, one)) for one in breakpoints.keys]
        found += [self._of((one.expression, one.function), partial(self._changes, one)) for one in breakpoints.changes]
        if breakpoints.errors != "none":
            found.append(self._of(breakpoints.errors, partial(self._errors, breakpoints.errors == "uncaught")))
        return found

    def _of(self, name: Any, find: Callable[[], Found | Search | Listing]) -> Found:
        found = self._found.get(name)
        if found is None:
            if self.is_interrupted:
                return Found([], is_whole=False)
            found = self._found[name] = find()
        return found if isinstance(found, Found) else self._searched(name, found)

    def _searched(self, name: Any, search: Search | Listing) -> Found:
        if not self.is_interrupted:
            self._current = search
            self.is_interrupted = not search.go_on(self._session)
        found = search.found()
        if search.is_over:
            self._found[name] = found
        return found

    # Of each kind

    def _called(self) -> Found:
        stops = self._session.called_stops
        return Found(
            [Hit(moment, "redis.breakpoint() called") for moment in stops[:MOST_EVALUATED]],
            len(stops) <= MOST_EVALUATED,
        )

    def _shown_lines(self) -> Found:
        session = self._session
        shown = session.events.shown(0, session.last)
        hits = [
            Hit(one.moment - 1, cut(printed(one.text), LONGEST), is_log=True, line=one.line or None) for one in shown
        ]
        return Found(hits, session.events.is_whole)

    def _line(self, breakpoint_: LineBreakpoint) -> Search | Listing:
        moments = chain.from_iterable(self._session.stops.on_line(breakpoint_.line))
        log = list(pieces(cut(breakpoint_.log, LONGEST_LOG)))
        met = 0

        def look(moment: int) -> Hit | None:
            nonlocal met
            before = met
            try:
                if breakpoint_.condition and not self._holds(breakpoint_.condition):
                    return None
                met += 1
                if met < breakpoint_.hits:
                    return None
                if breakpoint_.log:
                    return Hit(moment, self._filled(log), is_log=True)
            except Interrupted:
                met = before
                raise
            except EvaluationFailed as failure:
                return Hit(moment, f"Line {breakpoint_.line}: {_said(failure)}", bool(breakpoint_.log), is_error=True)
            return Hit(moment, f"Line {breakpoint_.line}, time {met:,}")

        if not breakpoint_.condition and not breakpoint_.log:  # only counted
            return Listing(moments, look)
        return Search([*islice(moments, MOST_EVALUATED + 1)], look)

    def _evaluated(self, expression: str, show: Callable[[tuple[Any, ...]], T]) -> T:
        try:
            return self._session.evaluate(encode(expression), show)
        except EvaluationCut:
            if self._session.interrupts.due:
                raise Interrupted from None
            if isinstance(self._current, Search):
                self._current.cut += 1
            raise

    def _holds(self, condition: str) -> bool:
        def show(values: tuple[Any, ...]) -> bool:
            return bool(values) and values[0] is not None and values[0] is not FALSE

        return self._evaluated(condition, show)

    def _filled(self, text: Sequence[tuple[str, bool]]) -> str:
        """A text of a log with what its expressions give. Raises EvaluationFailed."""
        shown = [self._shown(piece) if is_expression else printed(encode(piece)) for piece, is_expression in text]
        return cut("".join(shown), LONGEST)

    def _shown(self, expression: str) -> str:
        def show(values: tuple[Any, ...]) -> str:
            return ", ".join(map(_text, values)) or "nothing"

        return self._evaluated(expression, show)

    def _key(self, breakpoint_: KeyBreakpoint) -> Listing:
        session, key = self._session, encode(breakpoint_.key)

        def look(noted: tuple[Issued, Sequence[ChangedKey], int]) -> Hit | None:
            issued, changed, after = noted
            does = _does(issued, [one.key for one in changed], key)
            if does is None or breakpoint_.on not in (does, "touched"):
                return None
            return Hit(after - 1, f"The next command {_DOES[does]} {printed(key)}", line=issued.line)

        return Listing(zip(session.commands, session.changed_keys, session.command_moments, strict=False), look)

    def _changes(self, breakpoint_: ChangeBreakpoint) -> Search:
        session = self._session
        expression = printed(encode(breakpoint_.expression))
        before: dict[int, str] = {}
        failed: Hit | None = None
        has_been = False

        def look(moment: int) -> Hit | None:
            nonlocal failed, has_been
            function, begins = session.function
            if breakpoint_.function not in (function, ANY_FUNCTION):
                return None
            depth = session.depth
            try:
                now = self._shown(breakpoint_.expression)
                has_been = True
            except EvaluationFailed as failure:  # what it is taken of is not there
                failed = failed or Hit(moment, f"{expression}: {_said(failure)}", is_error=True)
                if breakpoint_.function == ANY_FUNCTION:
                    return None
                now = "nil"
            old = None if begins else before.get(depth)
            before[depth] = now
            return None if old is None or old == now else Hit(moment, f"{expression}: {old} became {now}")

        def told(found: Found) -> Found:
            if failed and not has_been and not session.pauses:  # nor will it ever be
                return found._replace(hits=[failed])
            return found

        return Search(session.stops.moments, look, told)

    def _errors(self, uncaught_only: bool) -> Listing:
        def look(error: RaisedError) -> Hit | None:
            if uncaught_only and error.is_caught:
                return None
            return Hit(error.moment, _raises(error), line=error.line)

        return Listing(self._session.errors, look)


_DOES: Final = {"read": "reads", "written": "changes", "expired": "finds expired"}


def _does(issued: Issued, changed: Sequence[bytes | None], key: bytes) -> str | None:
    """What a command does with a key; None if nothing."""
    row, argv = issued.row, issued.argv
    if key in changed or None in changed:
        return "written" if row is None or row.write else "expired"
    named = row is not None and any(argv[word] == key for word, _, _ in uses(row, argv))
    return "read" if named else None


def _raises(error: RaisedError) -> str:
    caught = ", which is caught" if error.is_caught else ""
    return f"The next step raises an error{caught}: {printed(error.value.text)}"


def _text(value: Any) -> str:
    view = describe(value)
    return quote(view.text) if view.type == "string" else printed(view.text)


def _said(failure: EvaluationFailed) -> str:
    return printed(failure.message)


def stops_of(found: Sequence[Found]) -> list[int]:
    """The moments at which a script stops, in their order."""
    return sorted({hit.moment for one in found for hit in one.hits if hit.stops})


def said_at(found: Sequence[Found], moment: int) -> str:
    """What breakpoints say of a moment."""
    return "; ".join(hit.text for one in found for hit in one.hits if hit.moment == moment and hit.stops)


def plain_lines(breakpoints: Breakpoints) -> frozenset[int]:
    """The lines on which a script stops whenever they begin."""
    return frozenset(one.line for one in breakpoints.lines if not is_special(one))


def is_special(breakpoint_: LineBreakpoint) -> bool:
    """Whether it takes more than its line to know where it stops."""
    return bool(breakpoint_.condition or breakpoint_.hits or breakpoint_.log)


def hit_list(session: DebugSession, asked: Hits, breakpoints: Breakpoints) -> DebugHitList:
    """What there is to tell of what breakpoints meet."""
    found = asked.all(breakpoints)
    hits: Iterator[Hit] = merge(*(one.hits for one in found), key=lambda hit: hit.moment)
    told = [
        DebugHit(hit.moment, hit.line or session.stops.line_at(hit.moment), hit.text, hit.is_log, hit.is_error)
        for hit, _ in zip(hits, range(MOST_TOLD), strict=False)
    ]
    return DebugHitList(
        told,
        sum(len(one.hits) for one in found),
        is_whole=all(one.is_whole for one in found),
        is_interrupted=asked.is_interrupted,
    )
