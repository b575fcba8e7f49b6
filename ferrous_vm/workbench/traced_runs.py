"""A debugged script run once more, traced: what it changed of one key, and what was wrong where it failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from ferrous_vm.bytecode.module import Prototype
from ferrous_vm.bytecode.opcodes import OPCODES
from ferrous_vm.errors import LimitExceeded, TracePoint
from ferrous_vm.machine.closures import LinkedPrototype
from ferrous_vm.machine.origins import Link, Origins, Place
from ferrous_vm.machine.runtime import MachineRuntime
from ferrous_vm.machine.setting import Settings
from ferrous_vm.machine.tracing import NOBODY, Tracer
from ferrous_vm.scripting.debugging import DebugSession
from ferrous_vm.scripting.run import Issued
from ferrous_vm.values.booleans import FALSE
from ferrous_vm.values.lost import Lost
from ferrous_vm.values.operations import to_number
from ferrous_vm.values.strings import LuaString
from ferrous_vm.workbench import changes
from ferrous_vm.workbench.cutting import cut
from ferrous_vm.workbench.escapes import argument, encode
from ferrous_vm.workbench.records.origins import DebugOrigin

MOST_MOMENTS: Final = 1_000_000
"""Moments that are traced: each takes about 16 bytes, and what it does with tables more."""

LONGEST_TEXT: Final = 300
"""Characters of a value, a command or a reply."""

NO_ERROR: Final = "The script did not end with an error of its own."
NO_NIL: Final = "No value of the line that failed is nil, false or of a wrong type."


class Touched(NamedTuple):
    """A command changed the key that is asked about."""

    moment: int
    text: str
    command: str


class Pass:
    """One more run of the script, and what was seen of it (`ferrous_vm.scripting.run.Observer`)."""

    def __init__(
        self,
        session: DebugSession,
        keyspace: Any,
        key: DebugOrigin | None,
        wanted: dict[int, int],
        most: int = MOST_MOMENTS,
    ) -> None:
        self._most = most
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
        self._loaded: list[LinkedPrototype] = []
        session.run_again(self._run, self, self._loaded.append)
        self.origins = Origins(self.tracer.trace)

    @property
    def main(self) -> Prototype:
        """The main function of the script, or of the library, which ran when that was loaded."""
        return self._loaded[0].prototype

    def _run(self, runtime: MachineRuntime, settings: Settings | None) -> None:
        self.tracer = Tracer(runtime.machine, self._wanted, settings)
        self._mark = self._keyspace.journal.savepoint()
        try:
            self.tracer.run(self._most, lambda moment: not self._interrupts.due)
            self.failed = runtime.machine.failure is not None
        except LimitExceeded:
            self.tracer.trace.is_whole = False
        except KeyboardInterrupt:
            if not self._interrupts.due:  # it is not from there: nobody knows what it has ended
                raise
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

    def arguments_refused(self, arguments: tuple[Any, ...], line: int | None, message: bytes) -> None:
        """No command."""

    def value_lost(self, lost: Lost, before: str, after: str, line: int | None) -> None:
        """That is told of ordinary runs."""

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


class Blamed(NamedTuple):
    """What was wrong where a script failed: the value, the line, and the way of the value from there back."""

    value: Any
    line: int | None
    links: list[Link]


def what_failed(passed: Pass, argument: int | None = None) -> Blamed | str:
    """The value that a script failed for, or why there is none to tell. `argument`: of a call, the one to blame."""
    trace = passed.origins.trace
    moment = next((at for at in range(len(trace.pcs) - 1, -1, -1) if trace.activations_at[at] != NOBODY), None)
    found = None if moment is None else trace.instruction(moment)
    if moment is None or found is None or not passed.failed:
        return NO_ERROR
    activation, instruction = found
    frame, opcode = activation.last_frame, OPCODES[instruction[0]].name
    if frame is None:
        return NO_NIL
    if argument is not None and opcode in ("CALL", "TAILCALL"):
        wrong: int | None = instruction[1] + argument
    else:
        wrong = _wrong_register(opcode, instruction, frame.registers)
    if wrong is None or wrong >= len(frame.registers):
        return NO_NIL
    links = passed.origins.follow(Place(trace.activations_at[moment], wrong, moment))
    return Blamed(frame.registers[wrong], trace.line(moment), links)


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
