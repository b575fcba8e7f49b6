"""What a value was made of, from the trace of a run: constants, elements of tables that were given, results of calls.

`origins.py` follows one way, to where a value was made. Here the way goes on through what it was made of: the parts of
a concatenation, the arguments of a library function, the elements of a table that a loop or `unpack` went through.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from enum import Enum
from typing import Any, Final, NamedTuple

from ferrous_vm.bytecode.module import Instruction
from ferrous_vm.bytecode.opcodes import MULTIPLE, OPCODES
from ferrous_vm.machine.origins import How, Link, Origins, Place
from ferrous_vm.machine.tracing import NOBODY, TableAccess

MOST_PLACES: Final = 200
"""Places that are looked at for one value."""

_CALLING: Final = frozenset((b"redis.call", b"redis.pcall"))
_DECODING: Final = frozenset(
    b"cjson.decode cmsgpack.unpack cmsgpack.unpack_one cmsgpack.unpack_limit struct.unpack".split()
)
_WALKING: Final = frozenset((b"next", b"pairs", b"ipairs"))
_TAKING: Final = frozenset((b"unpack", b"table.concat", b"table.remove"))
"""Functions that answer elements of their first argument."""


class Kind(Enum):
    """What a part of a value is."""

    CONSTANT = "constant"
    """It is written in the script."""
    GIVEN = "given"
    """An element of a table that the script was given: `name` is its name, `key` which one."""
    CALLED = "called"
    """A library function answered it, or a command: `name` is the function, redis.call for the reply of a command."""
    DECODED = "decoded"
    """A library function made it of bytes, which are told of besides: `name` is the function."""
    MADE = "made"
    """The script counted it, or it is known no further."""


class Part(NamedTuple):
    """One thing that a value was made of: when and where, and what `Kind` says of name and key."""

    kind: Kind
    moment: int
    line: int | None
    name: bytes = b""
    key: int = 0


class _Sought(NamedTuple):
    """A register whose value is looked for. `value`: what it held, None if not known."""

    place: Place
    value: Any = None


class Provenance:
    """The answers about one trace."""

    def __init__(self, origins: Origins, given: dict[int, tuple[bytes, list[bytes]]]) -> None:
        """`given`: by its number in the trace, the name and the elements of each table that the script was given."""
        self._origins = origins
        self._trace = origins.trace
        self._given = given
        self._values = dict(given.values())
        self._reads = {access.moment: access for access in self._trace.reads}
        self._writes: dict[int, dict[Any, list[TableAccess]]] = {}
        for access in self._trace.writes:
            self._writes.setdefault(access.table, {}).setdefault(access.key, []).append(access)

    def writes(self, table: int, value: Any, number: int) -> list[TableAccess]:
        """What was written into a table: that which is `value`, or what has a number, or else all of it."""
        by_key = self._writes.get(table, {})
        numbered = by_key.get(float(number), [])
        if numbered and (value is None or numbered[-1].value == value):
            return numbered[-1:]
        written = [access for accesses in by_key.values() for access in accesses]
        return [one for one in written if value is not None and one.value == value] or written

    def parts(self, place: Place, value: Any) -> list[Part]:
        """What `value` was made of, which a register holds before a moment: each once, in the script's order."""
        return _Search(self, place, value).found()


class _Search:
    """The way back of one value."""

    def __init__(self, provenance: Provenance, place: Place, value: Any) -> None:
        self._origins = provenance._origins
        self._trace = provenance._trace
        self._given, self._values = provenance._given, provenance._values
        self._reads = provenance._reads
        self._provenance = provenance
        self._todo = [_Sought(place, value)]
        self._found: dict[Part, None] = {}

    def found(self) -> list[Part]:
        seen: set[Place] = set()
        while self._todo and len(seen) < MOST_PLACES:
            sought = self._todo.pop()
            if sought.place not in seen:
                seen.add(sought.place)
                self._look(sought)
        return list(self._found)

    def _add(self, kind: Kind, moment: int, name: bytes = b"", key: int = 0) -> None:
        self._found[Part(kind, moment, self._trace.line(moment), name, key)] = None

    def _seek(self, moment: int, registers: list[int]) -> None:
        """Registers of an instruction are looked at next, the first of them first."""
        activation = self._trace.activations_at[moment]
        self._todo += [_Sought(Place(activation, one, moment)) for one in reversed(registers)]

    def _look(self, sought: _Sought) -> None:
        links, last = self._origins.follow_to_end(sought.place)
        if not links:
            return
        end = links[-1]
        at = self._trace.instruction(end.moment)
        name = "" if at is None else OPCODES[at[1][0]].name
        if end.how is How.CONSTANT:
            self._add(Kind.CONSTANT, end.moment)
        elif end.how is How.GIVEN:
            self._look_at_given(end, last, sought.value)
        elif name in ("CALL", "TAILCALL") and end.how is How.CALLED:
            self._look_at_call(end, last, sought.value)
        elif at is not None and end.how is How.COMPUTED:
            self._look_at_operands(end, at[1])
        elif at is not None and name == "TFORLOOP":
            self._look_at_loop(end, at[1][1], last, sought.value)
        elif end.how in (How.COUNTED, How.COMPUTED, How.CALLED, How.GLOBAL):
            self._add(Kind.MADE, end.moment)

    def _look_at_loop(self, end: Link, base: int, last: Place, value: Any) -> None:
        """A variable of a generic loop: its first counts, or is a key; the others are elements of what it walks."""
        walked = Place(self._trace.activations_at[end.moment], base + 1, end.moment)
        if last.register == base + 3:
            self._add(Kind.MADE, end.moment)
        else:
            self._look_into(walked, value, self._turn(walked))

    def _turn(self, walked: Place) -> int:
        """How often a loop has asked its iterator since it began: the register is its state's."""
        began = self._origins.written_before(walked)
        turns = self._origins.executed(walked.activation)[self._trace.pcs[walked.before]]
        return bisect_right(turns, walked.before) - bisect_left(turns, began or 0)

    # What the script was given

    def _look_at_given(self, end: Link, last: Place, value: Any) -> None:
        access, at = self._reads.get(end.moment), self._trace.instruction(end.moment)
        name = "" if at is None else OPCODES[at[1][0]].name
        if access is not None and access.table in self._given:
            number = int(access.key) if isinstance(access.key, float) else 0
            self._add(Kind.GIVEN, end.moment, self._given[access.table][0], number)
        elif at is not None and access is not None and name.startswith(("GETTABLE", "SELF")):
            self._seek(end.moment, [at[1][2]])  # a table within one that was given, or made by a library function
        elif at is not None and name == "VARARG":
            self._look_at_extra(end, last.register - at[1][1], value)
        else:
            self._match(end.moment, value)

    def _look_at_extra(self, end: Link, number: int, value: Any) -> None:
        """One of `...`: an argument beyond the parameters, counted from 0."""
        activation = self._trace.activations[self._trace.activations_at[end.moment]]
        caller = activation.caller if activation.replaced == NOBODY else activation.replaced
        call = self._trace.instruction(activation.called_at)
        if caller == NOBODY or call is None or OPCODES[call[1][0]].name not in ("CALL", "TAILCALL"):
            self._match(end.moment, value)
            return
        register = call[1][1] + 1 + activation.prototype.parameter_count + number
        self._todo.append(_Sought(Place(caller, register, activation.called_at), value))

    def _match(self, moment: int, value: Any) -> None:
        """The element of what was given that is the value."""
        for name, values in self._values.items():
            if value in values:
                self._add(Kind.GIVEN, moment, name, values.index(value) + 1)
                return
        self._add(Kind.MADE, moment)

    # What was called or computed

    def _look_at_call(self, end: Link, last: Place, value: Any) -> None:
        at = self._trace.instruction(end.moment)
        assert at is not None
        name = self._origins.function_called(end.moment)
        _, a, b, _ = at[1]
        arguments = list(range(a + 1, a + 1 + (b if b != MULTIPLE else 1)))
        if name in _CALLING:
            self._add(Kind.CALLED, end.moment, name)
        elif name in _TAKING | _WALKING:
            if name == b"table.concat":
                self._seek(end.moment, arguments[1:])
            number = last.register - a + 1 if name == b"unpack" and b == 1 else 0
            self._look_into(Place(self._trace.activations_at[end.moment], a + 1, end.moment), value, number)
        else:
            if name in _DECODING or not arguments:
                self._add(Kind.DECODED if name in _DECODING else Kind.CALLED, end.moment, name)
            self._seek(end.moment, arguments)

    def _look_at_operands(self, end: Link, instruction: Instruction) -> None:
        opcode, _, b, c = instruction
        name = OPCODES[opcode].name
        if name == "CONCAT":
            self._seek(end.moment, list(range(b, c + 1)))
        elif name in ("UNM", "NOT", "LEN"):
            self._seek(end.moment, [b])
        else:
            ending = name.rpartition("_")[2]
            kinds = ending if ending in ("RK", "KR", "KK") else "RR"
            if "K" in kinds:
                self._add(Kind.CONSTANT, end.moment)
            self._seek(end.moment, [one for one, kind in ((b, kinds[0]), (c, kinds[1])) if kind == "R"])

    # Elements of a table

    def _look_into(self, place: Place, value: Any, number: int) -> None:
        """Where the elements come from of the table that a register holds: only that which is `value`, if it is known,
        or the one with a number, unless that is 0."""
        links, last = self._origins.follow_to_end(place)
        if not links:
            return
        end = links[-1]
        at = self._trace.instruction(end.moment)
        if end.how is How.GLOBAL and end.name in self._values:
            self._elements(end.moment, end.name, value, number)
        elif end.how is How.GIVEN:
            self._match(end.moment, value)
        elif end.how is How.TABLE:
            for access in reversed(self._provenance.writes(end.moment, value, number)[:MOST_PLACES]):
                if access.register >= 0:
                    home = self._trace.activations_at[access.moment]
                    self._todo.append(_Sought(Place(home, access.register, access.moment), access.value))
                elif access.key is not None:
                    self._add(Kind.CONSTANT, access.moment)
        elif end.how is How.CALLED and at is not None and OPCODES[at[1][0]].name in ("CALL", "TAILCALL"):
            if self._origins.function_called(end.moment) in _WALKING:
                self._look_into(Place(self._trace.activations_at[end.moment], at[1][1] + 1, end.moment), value, number)
            else:
                self._look_at_call(end, last, value)
        else:
            self._add(Kind.MADE, end.moment)

    def _elements(self, moment: int, name: bytes, value: Any, number: int) -> None:
        values = self._values[name]
        if value in values and not (number and values[number - 1 : number] == [value]):
            number = values.index(value) + 1
        for one in [number] if number else range(1, min(len(values), MOST_PLACES) + 1):
            self._add(Kind.GIVEN, moment, name, one)
