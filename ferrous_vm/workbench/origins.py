"""Who wrote this: the writes of a key, a variable or a field of a debugged script, and the way of a value back to where
it was made. The script is run once more to find out, traced, and all that is taken back."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, Final, NamedTuple

from ferrous_vm.bytecode.module import LocalName
from ferrous_vm.bytecode.opcodes import OPCODES
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.replies import encode as encode_reply
from ferrous_vm.machine.inspection import describe
from ferrous_vm.machine.origins import How, Link, Place
from ferrous_vm.machine.tracing import NOBODY
from ferrous_vm.printing import printed
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.values.strings import LuaString
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.debugging import ask
from ferrous_vm.workbench.escapes import encode, quote
from ferrous_vm.workbench.records.origins import (
    DebugOrigin,
    DebugOriginShown,
    OriginLink,
    OriginPlace,
    OriginWrite,
)
from ferrous_vm.workbench.records.problems import Failure
from ferrous_vm.workbench.redis_cli import format_reply
from ferrous_vm.workbench.resp import parse
from ferrous_vm.workbench.traced_runs import LONGEST_TEXT, Pass, command_text, what_failed
from ferrous_vm.workbench.workbench import Workbench

MOST_WRITES: Final = 100
"""Writes that are listed, the nearest ones."""

MOST_LEVELS: Final = 20
"""Levels of the stack of a write."""

INCOMPLETE: Final = "Only the first {} moments were looked at."
NO_MOMENT: Final = "This moment is between two lines: step to the next one."
NO_VARIABLE: Final = "There is no variable of that name in this function now."
NO_TABLE: Final = "Where this table was made cannot be told, so neither can who wrote into it."
NO_REPLY: Final = "The script has not returned within what was recorded."
NEVER: Final = "Nothing of the script has written it."

SENTENCES: Final[dict[How, str]] = {
    How.VARIABLE: "became the value of {}",
    How.FIELD: "was put into the field {}",
    How.ARGUMENT: "was passed as the argument {}",
    How.RETURNED: "was returned by {}",
    How.THROUGH: "is what {} made of its argument",
    How.CONSTANT: "is written out here",
    How.COMPUTED: "was computed here",
    How.TABLE: "is the table made here",
    How.FUNCTION: "is the function made here",
    How.COUNTED: "was given by the loop",
    How.CALLED: "was answered by {}",
    How.GLOBAL: "is the global {}",
    How.NO_VALUE: "{} was declared without a value",
    How.NO_ARGUMENT: "{} is nil: this call passes fewer arguments",
    How.NO_RESULT: "{} returned fewer values here, so it is nil",
    How.NO_FIELD: "nobody has set the field {} of the table made here",
    How.GIVEN: "came with the call of the script, or through a library function",
}
"""What is said of each place on the way of a value."""
if SENTENCES.keys() != set(How):
    raise ValueError("a way of a value has no sentence")


def who_wrote(workbench: Workbench, request: DebugOrigin) -> DebugOriginShown | Failure:
    """The answer to a question after who wrote something."""
    return ask(workbench, lambda opened: Asking(opened.session, workbench.keyspace, request).answer())


class Asking:
    """One question."""

    def __init__(self, session: DebugSession, keyspace: Any, request: DebugOrigin) -> None:
        self._session = session
        self._keyspace = keyspace
        self._request = request
        self._now = session.moment

    def answer(self) -> DebugOriginShown:
        """The answer."""
        request = self._request
        passed = self._pass = Pass(self._session, self._keyspace, request if request.of == "key" else None, {})
        self._origins = passed.origins
        answered = {
            "key": self._of_key,
            "variable": self._of_variable,
            "reply": self._of_reply,
            "error": self._of_error,
        }
        answer = answered[request.of]()
        note = "" if self._origins.trace.is_whole else INCOMPLETE.format(len(self._origins.trace.pcs))
        return DebugOriginShown(
            title=answer.title,
            writes=self._near(answer.writes),
            writes_total=len(answer.writes),
            links=[self._link(link, answer.links) for link in answer.links],
            problem=answer.problem,
            note=note,
        )

    # By what is asked

    def _of_key(self) -> _Answer:
        request = self._request
        element = "" if request.element is None else f", element {request.element}"
        title = printed(encode(f"the key {request.name}{element}"))
        writes = [_Written(one.moment, one.text, one.command) for one in self._pass.touched]
        return _Answer(title, writes, [], "" if writes else NEVER)

    def _of_variable(self) -> _Answer:
        request = self._request
        title = printed(encode(request.name + "".join(f"[{key}]" for key in request.path)))
        found = self._variable()
        if isinstance(found, str):
            return _Answer(title, [], [], found)
        activation, local = found
        place = Place(activation, local.register, self._now)
        links = self._origins.follow(place)
        if request.path:
            return self._of_field(title, links)
        writes = list(self._origins.variable_writes(activation, local))
        wanted = {write.seen_at: write.register for write in writes if write.seen_at >= 0}
        seen = Pass(self._session, self._keyspace, None, wanted).tracer.captured if wanted else {}
        texts = [seen.get(write.seen_at) if write.seen_at >= 0 else write.value for write in writes]
        shown = [_Written(write.moment, value_text(text), "") for write, text in zip(writes, texts, strict=True)]
        return _Answer(title, shown, links, "")

    def _variable(self) -> tuple[int, LocalName] | str:
        level = sum(1 for frame in self._session.frames(self._request.level) if frame.line is not None)
        trace = self._origins.trace
        if self._now >= len(trace.pcs) or trace.activations_at[self._now] == NOBODY:
            return NO_MOMENT
        moment, activation = self._now, trace.activations_at[self._now]
        for _ in range(level):
            moment, activation = trace.activations[activation].called_at, trace.activations[activation].within
            if activation == NOBODY:
                return NO_VARIABLE
        name = encode(self._request.name)
        local = self._origins.local_at(activation, name, moment)
        if local is not None:
            return activation, local
        return self._origins.local_of_upvalue(activation, name) or NO_VARIABLE

    def _of_field(self, title: str, links: list[Link]) -> _Answer:
        keys = list(map(key_of, self._request.path))
        for key in keys[:-1]:
            table = self._origins.table_of(links)
            if table is None:
                return _Answer(title, [], [], NO_TABLE)
            links = self._origins.follow_field(table, key, self._now)
        table = self._origins.table_of(links)
        if table is None:
            return _Answer(title, [], [], NO_TABLE)
        found = self._origins.field_writes(table, keys[-1])
        writes = [
            _Written(one.moment, value_text(one.value) if one.key is not None else "by a library function", "")
            for one in found
        ]
        way = self._origins.follow_field(table, keys[-1], self._now)
        return _Answer(title, writes, way, "" if writes or way else NEVER)

    def _of_reply(self) -> _Answer:
        moments = self._origins.moments_of(0)
        trace = self._origins.trace
        found = trace.instruction(moments[-1]) if moments and trace.is_whole else None
        if found is None or OPCODES[found[1][0]].name != "RETURN":
            return _Answer("the reply", [], [], NO_REPLY)
        _, a, count, _ = found[1]
        links = [] if count == 0 else self._origins.follow(Place(0, a, moments[-1]))
        return _Answer("the reply", [], links, "" if links else NO_REPLY)

    def _of_error(self) -> _Answer:
        blamed = what_failed(self._pass)
        if isinstance(blamed, str):
            return _Answer("the error", [], [], blamed)
        return _Answer(
            f"{value_text(blamed.value)} in line {blamed.line}, where the script failed", [], blamed.links, ""
        )

    # What is shown

    def _near(self, writes: list[_Written]) -> list[OriginWrite]:
        """The writes nearest to the moment shown: a write has happened once its step is taken."""
        here = bisect_left([write.moment for write in writes], self._now)
        first = max(0, min(here - MOST_WRITES // 2, len(writes) - MOST_WRITES))
        return [
            OriginWrite(
                write.moment,
                "last" if number == here - 1 else "next" if number == here else "",
                cut(write.text, LONGEST_TEXT),
                write.command,
                self._stack(write.moment),
            )
            for number, write in enumerate(writes[first : first + MOST_WRITES], first)
        ]

    def _stack(self, moment: int) -> list[OriginPlace]:
        places = []
        for activation, line in self._origins.trace.stack(moment):
            places.append(OriginPlace(_function(activation.prototype.defined_line), line))
            if len(places) >= MOST_LEVELS:
                break
        return places

    def _link(self, link: Link, links: list[Link]) -> OriginLink:
        sentence = SENTENCES[link.how].format(printed(link.name) or "a function")
        issued = self._pass.commands.get(link.moment)
        if link.how is How.CALLED and issued is not None:
            reply = format_reply(parse(encode_reply(issued.reply, 2)))
            sentence = f"is the reply of {command_text(issued)}: {cut(reply, LONGEST_TEXT)}"
        return OriginLink(link.moment, link.line, sentence, link is links[-1])


class _Written(NamedTuple):
    moment: int
    text: str
    command: str


class _Answer(NamedTuple):
    title: str
    writes: list[_Written]
    links: list[Link]
    problem: str


def _function(defined_line: int) -> str:
    return f"function at line {defined_line}" if defined_line else "main chunk"


def value_text(value: Any) -> str:
    """A Lua value in one line."""
    described = describe(value)
    if described.type == "string":
        return quote(described.text)
    return f"table, {described.size} entries" if described.type == "table" else printed(described.text)


def key_of(text: str) -> Any:
    """A key as the debugger shows it."""
    words = split_words(encode(text)) if text.startswith('"') else None
    if words:
        return LuaString(words[0])
    try:
        return float(text)
    except ValueError:
        return LuaString(encode(text))
