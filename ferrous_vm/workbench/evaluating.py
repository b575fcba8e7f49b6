"""What a debugged script is asked at the moment shown: expressions, the values of its lines, globals and coroutines."""

from __future__ import annotations

from ferrous_vm.errors import EvaluationFailed
from ferrous_vm.printing import printed
from ferrous_vm.workbench.debugging import MOST_FRAMES, Opened, ask
from ferrous_vm.workbench.escapes import encode
from ferrous_vm.workbench.lua_values import LuaValues
from ferrous_vm.workbench.records.evaluating import (
    DebugCoroutine,
    DebugEvaluate,
    DebugEvaluated,
    DebugGlobals,
    DebugGlobalsShown,
    DebugLinesShown,
    DebugLineValues,
    Evaluated,
    LineValues,
)
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.workbench import Workbench

MOST_EXPRESSIONS = 50
"""Expressions evaluated at once."""

MOST_COROUTINES = 50
"""Coroutines shown."""


def evaluate(workbench: Workbench, request: DebugEvaluate) -> DebugEvaluated | Failure:
    """What expressions are worth."""

    def answer(opened: Opened) -> DebugEvaluated:
        wanted = request.expressions[:MOST_EXPRESSIONS]
        level = max(request.level, 0)
        return DebugEvaluated([_evaluated(opened.values, encode(one), level, request.thread) for one in wanted])

    return ask(workbench, answer)


def _evaluated(values: LuaValues, expression: bytes, level: int, thread: str) -> Evaluated:
    try:
        return Evaluated(values.evaluate(expression, level, thread), "")
    except EvaluationFailed as error:
        return Evaluated([], printed(error.message))


def line_values(workbench: Workbench, request: DebugLineValues) -> DebugLinesShown | Failure:
    """The values of variables, by line."""

    def answer(opened: Opened) -> DebugLinesShown:
        found = opened.session.line_values(max(request.level, 0))
        lines = [LineValues(line, list(map(opened.values.variable, variables))) for line, variables in found]
        return DebugLinesShown(lines)

    return ask(workbench, answer)


def show_globals(workbench: Workbench, _: DebugGlobals) -> DebugGlobalsShown | Failure:
    """What is there beside the variables."""

    def answer(opened: Opened) -> DebugGlobalsShown:
        session, values = opened.session, opened.values
        found = session.coroutines()
        coroutines = [
            DebugCoroutine(
                token,
                status,
                [values.frame(view, (token, view.function)) for view in session.frames(MOST_FRAMES, token)],
            )
            for token, status in found[:MOST_COROUTINES]
        ]
        omitted = max(0, len(found) - MOST_COROUTINES)
        return DebugGlobalsShown(list(map(values.variable, session.globals())), coroutines, omitted)

    return ask(workbench, answer)
