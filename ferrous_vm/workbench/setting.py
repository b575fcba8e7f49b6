"""A variable of a debugged script gets another value: a new recording from there on (records.evaluating.DebugSet)."""

from __future__ import annotations

from typing import Any, Final

from ferrous_vm.errors import EvaluationFailed
from ferrous_vm.keyspace.replies import encode as encode_reply
from ferrous_vm.machine.setting import Setting
from ferrous_vm.printing import printed
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.values.booleans import Boolean
from ferrous_vm.values.strings import LuaString
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.debugging import NOT_OPEN, Debugging, Opened
from ferrous_vm.workbench.escapes import encode
from ferrous_vm.workbench.origins import key_of, value_text
from ferrous_vm.workbench.records.evaluating import DebugSet, DebugWasSet
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.redis_cli import format_reply
from ferrous_vm.workbench.resp import parse
from ferrous_vm.workbench.workbench import Workbench

ONLY_SCALARS: Final = "Only nil, true, false, a number or a string can be set."
NO_VARIABLE: Final = "There is no such variable here, or what it holds cannot be changed."
ENDED: Final = "The script has ended: go back to where something is to be another."
NOTHING_SET: Final = "Nothing was set."

LONGEST_TEXT: Final = 2_000
"""Characters of a reply."""


def set_variable(workbench: Workbench, request: DebugSet) -> DebugWasSet | Failure:
    """Sets it, or takes back what was set last."""
    debugging: Debugging | None = workbench.debugging
    opened = None if debugging is None else debugging.opened
    if debugging is None or opened is None:
        return Failure(NOT_OPEN)
    return workbench.interrupts.hold(lambda: _set(debugging, opened, request))


def _set(debugging: Debugging, opened: Opened, request: DebugSet) -> DebugWasSet:
    session = opened.session
    here = session.moment
    try:
        settings = _taken_back(session) if request.take_back else _with_another(session, request)
    except EvaluationFailed as error:
        return DebugWasSet(None, printed(error.message), [], "", "")
    before = _reply(session)
    moment = settings[-1].moment if settings and not request.take_back else here
    again = debugging.record_again(opened, settings)
    now = _reply(again.session)
    again.session.go_to(moment + (not request.take_back))
    return DebugWasSet(debugging.show_moment(again), "", list(map(_told, settings)), before, now)


def _told(setting: Setting) -> str:
    keys = "".join(f"[{value_text(key)}]" for key in setting.path)
    return f"{printed(setting.name)}{keys} = {value_text(setting.value)}"


def _taken_back(session: DebugSession) -> tuple[Setting, ...]:
    if not session.settings:
        raise EvaluationFailed(NOTHING_SET.encode())
    return session.settings[:-1]


def _with_another(session: DebugSession, request: DebugSet) -> tuple[Setting, ...]:
    """What is set, and what was set before here. Raises EvaluationFailed."""
    if session.finished:
        raise EvaluationFailed(ENDED.encode())
    level = max(request.level, 0)
    name, path = encode(request.name), tuple(map(key_of, request.path))
    value = session.evaluate(encode(request.expression), _scalar, level)
    setting = Setting(session.moment, level, name, path, value)
    if not session.can_set(setting):
        raise EvaluationFailed(NO_VARIABLE.encode())
    return (*(one for one in session.settings if one.moment <= setting.moment), setting)


def _scalar(values: tuple[Any, ...]) -> Any:
    value = values[0] if values else None
    if value is not None and not isinstance(value, Boolean | float | LuaString):
        raise EvaluationFailed(ONLY_SCALARS.encode())
    return value


def _reply(session: DebugSession) -> str:
    """The reply at the end, if the recording comes to it."""
    session.go_to(session.last)
    return cut(format_reply(parse(encode_reply(session.reply(), 2))), LONGEST_TEXT) if session.finished else ""
