"""Who wrote this: the writes of a key, a variable or a field of a debugged script, and the way of a value back to where
it was made. The script is run once more to find out, traced, and all that is taken back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from ferrous_vm.bytecode.module import LocalName
from ferrous_vm.bytecode.opcodes import OPCODES
from ferrous_vm.errors import LimitExceeded, TracePoint
from ferrous_vm.keyspace.arguments.words import split_words
from ferrous_vm.keyspace.replies import encode as encode_reply
from ferrous_vm.machine.inspection import describe
from ferrous_vm.machine.origins import How, Link, Origins, Place
from ferrous_vm.machine.runtime import MachineRuntime
from ferrous_vm.machine.tracing import NOBODY, Tracer
from ferrous_vm.printing import printed
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.scripting.run import Issued
from ferrous_vm.values.booleans import FALSE
from ferrous_vm.values.operations import to_number
from ferrous_vm.values.strings import LuaString
from ferrous_vm.workbench import changes
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.debugging import NOT_OPEN, Opened
from ferrous_vm.workbench.escapes import argument, encode, quote
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
from ferrous_vm.workbench.workbench import Workbench

MOST_MOMENTS: Final = 1_000_000
"""Moments that are traced: each takes about 16 bytes, and what it does with tables more."""

MOST_WRITES: Final = 100
"""Writes that are listed, the nearest ones."""

LONGEST_TEXT: Final = 300
"""Characters of a value, a command or a reply."""

MOST_LEVELS: Final = 20
"""Levels of the stack of a write."""

INCOMPLETE: Final = "Only the first {} moments were looked at."
NO_MOMENT: Final = "This moment is between two lines: step to the next one."
NO_VARIABLE: Final = "There is no variable of that name in this function now."
NO_TABLE: Final = "Where this table was made cannot be told, so neither can who wrote into it."
NO_ERROR: Final = "The script did not end with an error of its own."
NO_NIL: Final = "No value of the line that failed is nil, false or of a wrong type."
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


class Touched(NamedTuple):
    """A command changed the key that is asked about."""

    moment: int
    text: str
    command: str


class Pass:
    """One more run of the script, and what was seen of it (`ferrous_vm.scripting.run.Observer`)."""

    def __init__(self, session: DebugSession, keyspace: Any, key: DebugOrigin | None, wanted: dict[int, int]) -> None:
        self._keyspace = keyspace
        self._key = key
        self.commands: dict[int, Issued] = {}
        """By the moment whose step issued them."""
        self.touched: list[Touched] = []
        self._wanted = wanted
        self._interrupts = session.interrupts
        self._mark = 0
        self.failed = False
        """Whether an error ended the script."""
        session.run_again(self._run, self)
        self.origins = Origins(self.tracer.trace)

    def _run(self, runtime: MachineRuntime) -> None:
        self.tracer = Tracer(runtime.machine, self._wanted)
        self._mark = self._keyspace.journal.savepoint()
        try:
            self.tracer.run(MOST_MOMENTS, lambda moment: not self._interrupts.due)
            self.failed = runtime.machine.failure is not None
        except (LimitExceeded, KeyboardInterrupt):
            self.tracer.trace.is_whole = False

    def command_ended(self, issued: Issued) -> None:
        """The script issued a command."""
        moment = len(self.tracer.trace.pcs) - 1
        self.commands[moment] = issued
        mark = self._keyspace.journal.savepoint()
        if self._key is not None and mark > self._mark:
            for change in changes_to(self._keyspace, self._mark, self._key):
                self.touched.append(Touched(moment, change, command_text(issued)))
        self._mark = mark

    def arguments_refused(self, arguments: tuple[Any, ...], line: int | None) -> None:
        """No command."""

    def script_ended(self, results: tuple[Any, ...], protocol: int, line: int | None) -> None:
        """The trace tells."""

    def script_stopped(self, stack: Sequence[TracePoint]) -> None:
        """The trace tells."""


def changes_to(keyspace: Any, mark: int, asked: DebugOrigin) -> Iterable[str]:
    """What became of a key, or of its element, since a mark of the journal."""
    name = encode(asked.name)
    for found in keyspace.changes(mark):
        if found.database != asked.database or (argument(found.key) != asked.name and found.key != name):
            continue
        shown = changes.view(found)
        elements = [one for one in shown.elements if asked.element in (None, one.element)]
        if elements:
            yield ", ".join(f"{one.element or ''} {_side(one.before)} → {_side(one.after)}".strip() for one in elements)
        elif asked.element is None:
            yield "deleted" if found.after is None else "created" if found.before is None else "changed"


def _side(text: str | None) -> str:
    return "nothing" if text is None else cut(text, LONGEST_TEXT)


def command_text(issued: Issued) -> str:
    """The words of a command, as they are typed."""
    return cut(" ".join(argument(word) for word in issued.argv[:20]), LONGEST_TEXT)


def who_wrote(workbench: Workbench, request: DebugOrigin) -> DebugOriginShown | Failure:
    """The answer to a question after who wrote something."""
    opened: Opened | None = workbench.debugging.opened if workbench.debugging is not None else None
    if opened is None:
        return Failure(NOT_OPEN)
    asking = Asking(opened.session, workbench.keyspace, request)
    return workbench.interrupts.hold(asking.answer)


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
        shown = [_Written(write.moment, _text(text), "") for write, text in zip(writes, texts, strict=True)]
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
        keys = list(map(_key, self._request.path))
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
            _Written(one.moment, _text(one.value) if one.key is not None else "by a library function", "")
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
        trace = self._origins.trace
        moment = next((at for at in range(len(trace.pcs) - 1, -1, -1) if trace.activations_at[at] != NOBODY), None)
        found = None if moment is None else trace.instruction(moment)
        if moment is None or found is None or not self._pass.failed:
            return _Answer("the error", [], [], NO_ERROR)
        activation, instruction = found
        frame = activation.last_frame
        wrong = None if frame is None else _wrong_register(OPCODES[instruction[0]].name, instruction, frame.registers)
        if wrong is None:
            return _Answer("the error", [], [], NO_NIL)
        value = frame.registers[wrong]
        links = self._origins.follow(Place(trace.activations_at[moment], wrong, moment))
        return _Answer(f"{_text(value)} in line {trace.line(moment)}, where the script failed", [], links, "")

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


def _text(value: Any) -> str:
    described = describe(value)
    if described.type == "string":
        return quote(described.text)
    return f"table, {described.size} entries" if described.type == "table" else printed(described.text)


def _key(text: str) -> Any:
    """A key as the debugger shows it."""
    words = split_words(encode(text)) if text.startswith('"') else None
    if words:
        return LuaString(words[0])
    try:
        return float(text)
    except ValueError:
        return LuaString(encode(text))


def _is_nothing(value: Any) -> bool:
    return value is None or value is FALSE


def _wrong_register(opcode: str, instruction: tuple[int, int, int, int], registers: list[Any]) -> int | None:
    """The register of an instruction that failed whose value is to blame."""
    _, a, b, c = instruction
    if opcode.startswith(("GETTABLE", "SELF")):
        candidates = [b]
    elif opcode.startswith("SETTABLE"):
        candidates = [a]
    elif opcode in ("CALL", "TAILCALL"):
        candidates = [a, *range(a + 1, a + 1 + max(b, 0))]
        found = [one for one in candidates[1:] if _is_nothing(registers[one])]
        return a if _is_nothing(registers[a]) else next(iter(found), None)
    elif opcode == "CONCAT":
        candidates = [one for one in range(b, c + 1) if not isinstance(registers[one], float | LuaString)]
    elif opcode.startswith("JUMP"):
        ending = opcode.rpartition("_")[2]
        both = [
            place for place, letter in ((a, 0), (b, 1)) if ending not in ("RK", "KR", "KK") or ending[letter] == "R"
        ]
        candidates = [one for one in both if not isinstance(registers[one], float | LuaString)]
    else:
        ending = opcode.rpartition("_")[2]
        both = [
            place for place, letter in ((b, 0), (c, 1)) if ending not in ("RK", "KR", "KK") or ending[letter] == "R"
        ]
        candidates = [one for one in both if to_number(registers[one]) is None]
    return next(iter(candidates), None)
