"""Where the value came from that a script failed for, in a sentence: the command, argument or line that made it.

The script is run once more to find out, traced, from where it began, and all that is taken back. Where this run does
not fail as the first did, as a script may that asks for the time, nothing is told.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ferrous_vm.errors import CommandError
from ferrous_vm.keyspace.replies import Status
from ferrous_vm.machine.origins import How, Link
from ferrous_vm.printing import printed
from ferrous_vm.scripting.losses import shown
from ferrous_vm.scripting.run import Issued
from ferrous_vm.stdlib.cjson_settings import NULL
from ferrous_vm.workbench.beginnings import Beginning
from ferrous_vm.workbench.calls import Call, connect
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.debugged_calls import session_of
from ferrous_vm.workbench.escapes import argument
from ferrous_vm.workbench.once_more import back_at
from ferrous_vm.workbench.traced_runs import Blamed, Pass, command_text, what_failed
from ferrous_vm.workbench.workbench import Workbench

MOST_MOMENTS: Final = 100_000
"""Moments that are traced of a script that failed: a browser takes a second, which nobody has asked for."""

LARGEST_SCRIPT: Final = 100_000
"""Bytes of a script that is run once more: it is compiled anew."""

LONGEST_VALUE: Final = 60
"""Characters of a value that is named."""

MOST_STATIONS: Final = 3
"""Places between where the value was made and where the script failed that are told, the first ones."""


class FailureOrigins:
    """Tells of one failed run; nothing is done before it is asked."""

    def __init__(self, workbench: Workbench, call: Call, begun: Beginning, line: int | None) -> None:
        self._workbench = workbench
        self._call = call
        self._begun = begun
        self._line = line

    def story(self, argument: int | None = None) -> str:
        """Where the value came from, as a sentence; "" where that is not known. `argument`: of a call, the one."""
        script = self._call.script
        if len(script) > LARGEST_SCRIPT or b"publish" in script.lower():  # nobody is to hear it twice
            return ""
        try:
            with back_at(self._workbench, self._begun):
                return self._told(self._pass(), argument)
        except CommandError:
            return ""

    def _pass(self) -> Pass:
        workbench, call = self._workbench, self._call
        client = connect(workbench, call.protocol)
        session = session_of(workbench.server, client, call, workbench.interrupts)
        try:
            session.record(1)
            return Pass(session, workbench.keyspace, None, {}, MOST_MOMENTS)
        finally:
            session.abandon()
            client.session.close()

    def _told(self, passed: Pass, argument: int | None) -> str:
        blamed = what_failed(passed, argument)
        if not isinstance(blamed, Blamed) or blamed.line != self._line or not blamed.links:
            return ""
        end = blamed.links[-1]
        line = end.line or passed.origins.trace.line(end.moment)
        origin = self._origin(end, line, passed.commands.get(end.moment), blamed.value)
        return f"{origin}{_stations(blamed.links[:-1])}." if origin else ""

    def _origin(self, end: Link, line: int | None, issued: Issued | None, value: Any) -> str:
        """Where the way of the value began."""
        name = printed(end.name)
        if end.how is How.CALLED and issued is not None:
            return _answered(issued, name, line)
        if end.how is How.CALLED:
            return self._made(name, line, value)
        if end.how is How.GIVEN:
            return self._given(name, line)
        told = {
            How.NO_VALUE: f"{name} was declared without a value",
            How.NO_ARGUMENT: f"{name} is nil: the call on line {line} passes fewer arguments",
            How.NO_RESULT: f"{name or 'The function'} returned fewer values on line {line}, so it is nil",
            How.NO_FIELD: f"Nobody has set the field {name} of the table made on line {line}",
            How.CONSTANT: f"It is written out on line {line}",
        }
        return told.get(end.how, "")

    def _code(self, line: int | None) -> str:
        source = printed(self._call.script).split("\n")
        return source[line - 1] if line and line <= len(source) else ""

    def _made(self, name: str, line: int | None, value: Any) -> str:
        """What a library function made, or a part of it."""
        code = self._code(line)
        makers = set(_MAKERS.findall(code))
        if len(makers) != 1:
            return ""
        maker = makers.pop()
        inputs = {f"{table}[{index}]" for table, index in _INPUTS.findall(code)}
        source = self._given(inputs.pop()[5:-1], line) if len(inputs) == 1 else ""
        source = f" ({source.replace(f' on line {line}', '')})" if source else ""
        part = f"the {'element' if name.isdigit() else 'field'} {name} of " if name != maker and name else ""
        if value is NULL:
            what = f"{part}what {maker} on line {line} read is JSON's null{source}"
        elif part and value is None:
            what = f"what {maker} on line {line} made has no {part[4:-4]}{source}"
        else:
            what = f"{part}what {maker} on line {line} made{source} is {shown(value)}"
        return what[:1].upper() + what[1:]

    def _given(self, name: str, line: int | None) -> str:
        """An element of KEYS or ARGV."""
        code = self._code(line).replace(" ", "")
        where = "" if line == self._line else f" on line {line}"
        for table, values in (("KEYS", self._call.keys), ("ARGV", self._call.argv)):
            if not name.lstrip("-").isdigit() or f"{table}[{name}]" not in code:
                continue
            index = int(name)
            if 0 < index <= len(values):
                return f"{table}[{index}]{where} is {cut(_shown(values[index - 1]), LONGEST_VALUE)}"
            if index < 1:
                return f"{table}[{index}]{where} is nil: {table} counts from 1"
            passed = f"only {len(values)}" if values else "no"
            return f"{table}[{index}]{where} is nil: the call passes {passed} {table}"
        return ""


_MAKERS: Final = re.compile(
    r"\b(?:cjson\.decode|cmsgpack\.unpack\w*|struct\.unpack|string\.\w+|redis\.(?!p?call\b)\w+)\b"
)
"""Library functions; what a command answered is known from the run, though its call stands within one of these."""
_INPUTS: Final = re.compile(r"\b(KEYS|ARGV)\s*\[\s*(\d+)\s*\]")


def _shown(value: bytes) -> str:
    text = argument(value)
    return text if text.startswith('"') else f'"{text}"'


def _answered(issued: Issued, element: str, line: int | None) -> str:
    """`HGET prices pear on line 3 answered no value`."""
    command, reply = cut(command_text(issued), 2 * LONGEST_VALUE), issued.reply
    if isinstance(reply, list) and element.isdigit() and 0 < int(element) <= len(reply):
        return f"Element {element} of what {command} on line {line} answered is {_reply(reply[int(element) - 1])}"
    if isinstance(reply, list) and element.isdigit():
        return f"What {command} on line {line} answered has {len(reply)} elements, and none is {element}"
    return f"{command} on line {line} answered {_reply(reply)}"


def _reply(reply: Any) -> str:
    if reply is None:
        return "no value (nil, in Lua false)"
    if isinstance(reply, Status):
        return "a status, which is a table {ok = …} in Lua"
    if isinstance(reply, bytes):
        return f"{cut(_shown(reply), LONGEST_VALUE)}"
    return "a list" if isinstance(reply, list) else f"{reply}" if isinstance(reply, int) else "another kind of reply"


def _stations(links: list[Link]) -> str:
    """Through which functions and variables the value went, in the order of time."""
    told = []
    for link in reversed(links):
        name = printed(link.name)
        if link.how is How.RETURNED and name:
            told.append(f"which {name} returned on line {link.line}")
        elif link.how is How.ARGUMENT and name:
            told.append(f"passed as {name} on line {link.line}")
        elif link.how is How.FIELD and name:
            told.append(f"put into the field {name} on line {link.line}")
        elif link.how is How.THROUGH and name:
            told.append(f"read by {name} on line {link.line}")
    return "".join(f", {one}" for one in told[:MOST_STATIONS])
