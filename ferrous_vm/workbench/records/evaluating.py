"""What a debugged script shows beside its variables: expressions, the values of a line, globals, coroutines."""

from __future__ import annotations

from ferrous_vm.records import Record
from ferrous_vm.workbench.records.debugging import DebugFrame, DebugMoment, DebugValue, DebugVariable


class DebugEvaluate(Record):
    """What Lua expressions are worth in the frame `level` of the stack at the moment shown, 0 being the innermost; with
    a `thread`, of the stack of that coroutine.

    They see its variables, and their commands work on the keyspace of the moment. Everything they do is taken back, and
    one that does not end is cut. Statements are carried out as well; `return` tells their results.
    """

    expressions: list[str]
    level: int
    thread: str = ""


class Evaluated(Record):
    """The results of one expression, or the `problem` it met; "" where there was none."""

    values: list[DebugValue]
    problem: str


class DebugEvaluated(Record):
    """Answers DebugEvaluate, one result an expression."""

    results: list[Evaluated]


class DebugLineValues(Record):
    """What the variables of the frame `level` hold, by the lines on which they got it."""

    level: int


class LineValues(Record):
    """The variables that got their values on a line."""

    line: int
    variables: list[DebugVariable]


class DebugLinesShown(Record):
    """Answers DebugLineValues, in the order of lines."""

    lines: list[LineValues]


class DebugGlobals(Record):
    """KEYS, ARGV, the globals and the coroutines at the moment shown."""


class DebugCoroutine(Record):
    """A coroutine that does not run: suspended, or waiting for another that it resumed (normal). `token` names it."""

    token: str
    status: str
    frames: list[DebugFrame]


class DebugGlobalsShown(Record):
    """Answers DebugGlobals."""

    variables: list[DebugVariable]
    coroutines: list[DebugCoroutine]
    coroutines_omitted: int


class DebugSet(Record):
    """Give the variable `name` of the frame `level`, or what is behind it by the `path` of keys, the value of the Lua
    expression `expression`, as if the assignment stood here: what else the expression does is done too. A new recording
    begins from here, shown right after; the one before is left to compare. With `take_back` what was set last is taken
    back, and nothing is set."""

    name: str
    level: int
    path: list[str]
    expression: str
    take_back: bool = False


class DebugWasSet(Record):
    """Answers DebugSet: where the script stands in the new recording, what is set in it, and the replies of the script,
    before and now, "" where it has none. With a `problem` nothing is set, and `moment` is null."""

    moment: DebugMoment | None
    problem: str
    settings: list[str]
    before: str
    now: str


ANSWERS: dict[type, type] = {
    DebugEvaluate: DebugEvaluated,
    DebugLineValues: DebugLinesShown,
    DebugGlobals: DebugGlobalsShown,
    DebugSet: DebugWasSet,
}
