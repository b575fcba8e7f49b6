"""A variable of a debugged script gets another value (records.evaluating.DebugSet), or the console changes the keyspace
of the moment: a new recording from there on."""

from __future__ import annotations

from itertools import islice
from typing import Final

from ferrous_vm.errors import EvaluationFailed
from ferrous_vm.keyspace.replies import ErrorReply, Reply
from ferrous_vm.keyspace.replies import encode as encode_reply
from ferrous_vm.machine.setting import Setting, Typed
from ferrous_vm.printing import printed
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.debugging import Debugging, Opened, ask
from ferrous_vm.workbench.escapes import argument, encode, quote
from ferrous_vm.workbench.origins import key_of, value_text
from ferrous_vm.workbench.records.evaluating import DebugSet, DebugWasSet
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.redis_cli import format_reply
from ferrous_vm.workbench.resp import parse
from ferrous_vm.workbench.workbench import Workbench

NO_VARIABLE: Final = "There is no such variable here, or what it holds cannot be changed."
ENDED: Final = "The script has ended: go back to where something is to be another."
NOTHING_SET: Final = "Nothing was set."

LONGEST_TEXT: Final = 2_000
"""Characters of a reply."""

LONGEST_VALUE: Final = 200
"""Characters of what was set, or of the expression for it."""

MOST_WORDS: Final = 20
"""Words of a command that was typed, and commands."""

Settings = tuple[Setting | Typed, ...]
"""What is set in a recording, in the order in which it was."""


def set_variable(workbench: Workbench, request: DebugSet) -> DebugWasSet | Failure:
    """Sets it, or takes back what was set last."""
    return ask(workbench, lambda opened: _set(workbench.debugging, opened, request))


def carry_out(
    workbench: Workbench, database: int, commands: list[list[bytes]]
) -> tuple[list[Reply], DebugWasSet | None] | Failure:
    """The replies to commands that are carried out in a database at the moment shown; and if they changed anything
    there, where the script stands in the new recording. The script must not have ended."""
    return ask(workbench, lambda opened: _carry_out(workbench.debugging, opened, database, commands))


def _carry_out(
    debugging: Debugging, opened: Opened, database: int, commands: list[list[bytes]]
) -> tuple[list[Reply], DebugWasSet | None]:
    session = opened.session
    chosen = session.database
    issued = commands
    if chosen != database:
        issued = [[b"SELECT", b"%d" % database], *commands, [b"SELECT", b"%d" % chosen]]
    replies, is_change = session.try_commands(issued)
    replies = replies if issued is commands else replies[1:-1]
    if not is_change or all(isinstance(reply, ErrorReply) for reply in replies):
        return replies, None
    return replies, _record(debugging, opened, _followed(session, Typed(session.moment, tuple(map(tuple, issued)))))


def _set(debugging: Debugging, opened: Opened, request: DebugSet) -> DebugWasSet:
    try:
        return _record(debugging, opened, _settings(opened.session, request))
    except EvaluationFailed as error:
        return DebugWasSet(None, printed(error.message), [], "", "")


def _record(debugging: Debugging, opened: Opened, settings: Settings) -> DebugWasSet:
    """A new recording in which this is set, at the moment where the one before stands."""
    here = opened.session.moment
    before = _reply(opened.session)
    again = debugging.record_again(opened, settings)
    now = _reply(again.session)
    again.session.go_to(here)
    return DebugWasSet(debugging.show_moment(again), "", list(map(_told, settings)), before, now)


def _told(setting: Setting | Typed) -> str:
    if isinstance(setting, Typed):
        words = (" ".join(argument(word) for word in command[:MOST_WORDS]) for command in setting.commands)
        return cut("; ".join(islice(words, MOST_WORDS)), LONGEST_VALUE)
    keys = "".join(f"[{value_text(key)}]" for key in setting.path)
    shown = setting.shown
    if shown.type == "string":
        text = quote(shown.text)
    else:
        text = printed(shown.text if shown.type in ("nil", "boolean", "number") else setting.expression)
    return f"{printed(setting.name)}{keys} = {cut(text, LONGEST_VALUE)}"


def _settings(session: DebugSession, request: DebugSet) -> Settings:
    """What is to be set. Raises EvaluationFailed."""
    if request.take_back:
        if not session.settings:
            raise EvaluationFailed(NOTHING_SET.encode())
        return session.settings[:-1]
    if session.finished:
        raise EvaluationFailed(ENDED.encode())
    level = max(request.level, 0)
    name, path = encode(request.name), tuple(map(key_of, request.path))
    setting = session.try_setting(Setting(session.moment, level, name, path, encode(request.expression)))
    if setting is None:
        raise EvaluationFailed(NO_VARIABLE.encode())
    return _followed(session, setting)


def _followed(session: DebugSession, setting: Setting | Typed) -> Settings:
    """What was set until here, and this."""
    return (*(one for one in session.settings if one.moment <= setting.moment), setting)


def _reply(session: DebugSession) -> str:
    """The reply at the end, if the recording comes to it."""
    session.go_to(session.last)
    return cut(format_reply(parse(encode_reply(session.reply(), 2))), LONGEST_TEXT) if session.finished else ""
