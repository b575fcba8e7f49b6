"""Questions to a trace: who wrote a variable or a field, and where a value came from.

A value is followed backwards through what passes it on as it is: assignments, upvalues, fields of tables, arguments and
results of functions. Where it was made, or why it is not there, the way ends.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, Final, NamedTuple

from ferrous_vm.bytecode.effects import written
from ferrous_vm.bytecode.module import Instruction, LocalName, Prototype
from ferrous_vm.bytecode.opcodes import MULTIPLE, OPCODES
from ferrous_vm.machine.tracing import NOBODY, Activation, TableAccess, Trace
from ferrous_vm.values.strings import LuaString

MOST_LINKS: Final = 50
"""Places a value is followed through."""

_PASSING: Final = frozenset({b"tonumber", b"tostring", b"assert"})
"""Library functions whose first argument is what their result comes from."""


class How(Enum):
    """What happened to a value at one place on its way. Those from `CONSTANT` on end it."""

    VARIABLE = "variable"
    """It became the value of a local variable."""
    FIELD = "field"
    """It became a field of a table."""
    ARGUMENT = "argument"
    """It was passed to a function."""
    RETURNED = "returned"
    """A function returned it."""
    THROUGH = "through"
    """A library function answered it of its first argument."""
    CONSTANT = "constant"
    COMPUTED = "computed"
    TABLE = "table"
    FUNCTION = "function"
    COUNTED = "counted"
    """A loop counted it, or an iterator gave it."""
    CALLED = "called"
    """A library function answered it: redis.call the reply of a command."""
    GLOBAL = "global"
    NO_VALUE = "no value"
    """A local variable was declared without one."""
    NO_ARGUMENT = "no argument"
    """The call passed fewer."""
    NO_RESULT = "no result"
    """The function returned fewer."""
    NO_FIELD = "no field"
    """Nobody ever set the field."""
    GIVEN = "given"
    """It came with the call of the script, or through a library function."""


class Link(NamedTuple):
    """One place on the way of a value. `name` is of the variable, field, function, or what was computed with."""

    how: How
    moment: int
    line: int | None
    name: bytes = b""


class Write(NamedTuple):
    """Something was written: when, and where its value stands afterwards."""

    moment: int
    seen_at: int
    """A moment at which `register` of the frame that is next holds the value; -1 where the trace has it."""
    register: int
    value: Any


class Place(NamedTuple):
    """A register of a call, before a moment."""

    activation: int
    register: int
    before: int


class Origins:
    """The answers to what is asked of one trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._moments: dict[int, list[int]] = {}
        self._executed: dict[int, dict[int, list[int]]] = {}
        self._writing: dict[tuple[int, int], list[int]] = {}
        """By prototype and register, the instructions that may write it."""
        self._reads = {access.moment: access for access in trace.reads}
        self._cells = {access.moment: access.cell for access in trace.upvalue_reads}

    def moments_of(self, activation: int) -> list[int]:
        """The moments at which an activation was next, in their order."""
        if not self._moments:
            for moment, one in enumerate(self.trace.activations_at):
                self._moments.setdefault(one, []).append(moment)
        return self._moments.get(activation, [])

    # Where a value came from

    def follow(self, place: Place) -> list[Link]:
        """The way of the value that a register holds before a moment, the latest place first."""
        return self.follow_to_end(place)[0]

    def follow_to_end(self, place: Place) -> tuple[list[Link], Place]:
        """`follow`, and the register in which the value was made."""
        links: list[Link] = []
        last, todo = place, self._back(place, links)
        while todo is not None and len(links) < MOST_LINKS:
            last, todo = todo, self._back(todo, links)
        return links, last

    def follow_field(self, table: int, key: Any, before: int) -> list[Link]:
        """The way of what a table had in a field before a moment."""
        links: list[Link] = []
        todo = self._back_from_field(table, key, before, links)
        while todo is not None and len(links) < MOST_LINKS:
            todo = self._back(todo, links)
        return links

    def _back(self, place: Place, links: list[Link]) -> Place | None:
        """One step back: what gave the register its value, and the register it took it from."""
        moment = self.written_before(place)
        assigned = self._assigned_before(self._cells_of(place.activation, place.register), place.before)
        if assigned is not None and (moment is None or assigned > moment):
            return self._assigned(assigned, links)
        activation = self.trace.activations[place.activation]
        if moment is None:
            return self._not_written(place, activation, links)
        instruction = activation.prototype.code[self.trace.pcs[moment]]
        self._name_variable(place, moment, links)
        name = OPCODES[instruction[0]].name
        return _ORIGIN[name](self, _Step(place, moment, activation, instruction), links)

    def written_before(self, place: Place) -> int | None:
        """The moment at which a register was written last before another."""
        prototype, executed = self.trace.activations[place.activation].prototype, self.executed(place.activation)
        writing = self._writing.get((id(prototype), place.register))
        if writing is None:
            code = prototype.code
            writing = [pc for pc, instruction in enumerate(code) if _may_write(instruction, place.register)]
            self._writing[id(prototype), place.register] = writing
        last = NOBODY
        for pc in writing:
            moments = executed.get(pc, [])
            index = bisect_left(moments, place.before) - 1
            while index >= 0 and moments[index] > last:
                if self._took_place(prototype.code[pc], place.activation, moments[index]):
                    last = moments[index]
                    break
                index -= 1
        return None if last == NOBODY else last

    def executed(self, activation: int) -> dict[int, list[int]]:
        """The moments at which an activation was at each of its instructions."""
        known = self._executed.get(activation)
        if known is None:
            known = self._executed[activation] = {}
            for moment in self.moments_of(activation):
                known.setdefault(self.trace.pcs[moment], []).append(moment)
        return known

    def _took_place(self, instruction: Instruction, activation: int, moment: int) -> bool:
        """Whether an instruction that writes if it jumps has jumped."""
        if not OPCODES[instruction[0]].name.startswith("SET_JUMP"):
            return True
        moments = self.moments_of(activation)
        index = bisect_left(moments, moment)
        return index + 1 < len(moments) and self.trace.pcs[moments[index + 1]] == instruction[3]

    def _name_variable(self, place: Place, moment: int, links: list[Link]) -> None:
        """The register was a variable's when it got the value: a place worth telling."""
        local = self._local_given(place.activation, place.register, moment)
        if local is not None:
            links.append(Link(How.VARIABLE, moment, self.trace.line(moment), local.name))

    def _local_given(self, activation: int, register: int, moment: int) -> LocalName | None:
        """The local variable that an instruction gives its value, by declaring or by assigning it."""
        prototype = self.trace.activations[activation].prototype
        pc = self.trace.pcs[moment]
        for local in prototype.locals:
            if local.register != register or local.name.startswith(b"("):
                continue
            is_declared = local.start == pc + 1 or (pc < local.start and self._reaches(prototype.code, pc, local.start))
            if is_declared or local.start <= pc < local.end:
                return local
        return None

    def _reaches(self, code: tuple[Instruction, ...], pc: int, start: int) -> bool:
        """Whether an instruction jumps to where a variable begins: `local x = a or b`."""
        return OPCODES[code[pc][0]].name in ("SET_JUMP_IF", "SET_JUMP_IF_NOT", "LOADBOOL_JUMP", "FORLOOP") and (
            code[pc][3] == start or code[pc][2] == start
        )

    def _not_written(self, place: Place, activation: Activation, links: list[Link]) -> Place | None:
        """Nothing in the function wrote it: it is a parameter, or a variable without a value."""
        prototype = activation.prototype
        line = prototype.defined_line
        local = next((one for one in prototype.locals if one.register == place.register and one.start <= 1), None)
        name = b"" if local is None else local.name
        if place.register >= prototype.parameter_count:
            first = next((one for one in prototype.locals if one.register == place.register), None)
            where = line if first is None else prototype.lines[max(first.start - 1, 0)]
            links.append(Link(How.NO_VALUE, place.before, where, b"" if first is None else first.name))
            return None
        caller = activation.caller if activation.replaced == NOBODY else activation.replaced
        moment = activation.called_at
        if caller == NOBODY:
            links.append(Link(How.GIVEN, moment, self.trace.line(moment), name))
            return None
        call = self.trace.activations[caller].prototype.code[self.trace.pcs[moment]]
        opcode, a, b, _ = call
        is_call = OPCODES[opcode].name in ("CALL", "TAILCALL")
        if not is_call:
            links.append(Link(How.GIVEN, moment, self.trace.line(moment), name))
            return None
        if b != MULTIPLE and place.register >= b:
            links.append(Link(How.NO_ARGUMENT, moment, self.trace.line(moment), name))
            return None
        links.append(Link(How.ARGUMENT, moment, self.trace.line(moment), name))
        return Place(caller, a + 1 + place.register, moment)

    def _cells_of(self, activation: int, register: int) -> set[int]:
        """The captured variables that a register was."""
        return {cell for cell, home in self.trace.homes.items() if home[:2] == (activation, register)}

    def _assigned_before(self, cells: set[int], before: int) -> int | None:
        """The moment at which a function that captured one of these variables assigned it last."""
        if not cells:
            return None
        writes = reversed(self.trace.upvalue_writes)
        return next((one.moment for one in writes if one.moment < before and one.cell in cells), None)

    def _assigned(self, moment: int, links: list[Link]) -> Place:
        """By SETUPVAL."""
        found = self.trace.instruction(moment)
        assert found is not None
        activation, instruction = found
        name = activation.prototype.upvalue_names[instruction[1]]
        links.append(Link(How.VARIABLE, moment, self.trace.line(moment), name))
        return Place(self.trace.activations_at[moment], instruction[2], moment)

    def _back_from_cell(self, cell: int, before: int, links: list[Link]) -> Place | None:
        """What a captured variable held before a moment: an assignment to it, or what its register got."""
        home = self.trace.homes.get(cell)
        if home is not None:
            return Place(home.activation, home.register, before)
        assigned = self._assigned_before({cell}, before)
        return None if assigned is None else self._assigned(assigned, links)

    def _back_from_field(self, table: int, key: Any, before: int, links: list[Link]) -> Place | None:
        """What a field held before a moment."""
        name = _key_name(key)
        for access in reversed(self.trace.writes):
            if access.moment < before and access.table == table and access.key in (key, None):
                line = self.trace.line(access.moment)
                links.append(Link(How.FIELD, access.moment, line, name))
                if access.register >= 0:
                    return Place(self.trace.activations_at[access.moment], access.register, access.moment)
                if access.key is not None:
                    links.append(Link(How.CONSTANT, access.moment, line))
                return None
        if not self._is_constructed(table):
            how = How.CALLED if table >= 0 else How.GIVEN
            links.append(Link(how, table if table >= 0 else before, self._line_of(table), name))
        else:
            links.append(Link(How.NO_FIELD, table, self._line_of(table), name))
        return None

    def _is_constructed(self, table: int) -> bool:
        found = self.trace.instruction(table) if table >= 0 else None
        return found is not None and OPCODES[found[1][0]].name == "NEWTABLE"

    def _line_of(self, table: int) -> int | None:
        return None if table < 0 else self.trace.line(table)

    # By instruction

    def _moved(self, step: _Step, links: list[Link]) -> Place | None:
        return Place(step.place.activation, step.instruction[2], step.moment)

    def _selected(self, step: _Step, links: list[Link]) -> Place | None:
        """`SELF`: the second register is the object itself."""
        if step.place.register == step.instruction[1] + 1:
            return self._moved(step, links)
        return self._fetched(step, links)

    def _fetched(self, step: _Step, links: list[Link]) -> Place | None:
        access = self._reads.get(step.moment)
        if access is None:
            self._ends(How.COMPUTED, step, links)
            return None
        return self._back_from_field(access.table, access.key, step.moment, links)

    def _captured(self, step: _Step, links: list[Link]) -> Place | None:
        return self._back_from_cell(self._cells[step.moment], step.moment, links)

    def _called(self, step: _Step, links: list[Link]) -> Place | None:
        """A result: of a Lua function what it returned, of a library function what it was given, or its own."""
        _, a, b, _ = step.instruction
        number = step.place.register - a
        entered = self.trace.entered_by.get(step.moment)
        name = self._function_name(step)
        if entered is None:
            if name.rpartition(b".")[2] in _PASSING and number == 0 and b != 0:
                links.append(Link(How.THROUGH, step.moment, self.trace.line(step.moment), name))
                return Place(step.place.activation, a + 1, step.moment)
            self._ends(How.CALLED, step, links, name)
            return None
        return self._returned(entered, number, links, name)

    def _returned(self, entered: int, number: int, links: list[Link], name: bytes) -> Place | None:
        """The value number `number` that a function returned; one that it called in its place returned it."""
        while True:
            last = self.moments_of(entered)[-1]
            instruction = self.trace.activations[entered].prototype.code[self.trace.pcs[last]]
            following = self.trace.entered_by.get(last)
            if OPCODES[instruction[0]].name != "TAILCALL" or following is None:
                break
            entered = following
        opcode, a, b, _ = instruction
        line = self.trace.line(last)
        kind = OPCODES[opcode].name
        if kind == "RETURN" and b != MULTIPLE and number >= b:
            links.append(Link(How.NO_RESULT, last, line, name))
            return None
        if kind != "RETURN":
            links.append(Link(How.CALLED, last, line, name))
            return None
        links.append(Link(How.RETURNED, last, line, name))
        return Place(entered, a + number, last)

    def function_called(self, moment: int) -> bytes:
        """What the instruction of a moment, which must be a call, calls the function: `redis.call`; b"" for nothing."""
        found = self.trace.instruction(moment)
        assert found is not None
        activation, instruction = found
        place = Place(self.trace.activations_at[moment], instruction[1], moment)
        return self._function_name(_Step(place, moment, activation, instruction))

    def _function_name(self, step: _Step) -> bytes:
        """What the caller calls the function."""
        described = step.activation.prototype.descriptions[self.trace.pcs[step.moment]]
        description = described[0] if described else None
        if description is None:
            return b""
        if description.kind in ("field", "method"):
            read = self._reads_before(step.moment, step.instruction[1], step.place.activation)
            return b"%s.%s" % (read, description.name) if read else description.name
        return description.name

    def _reads_before(self, moment: int, register: int, activation: int) -> bytes:
        """The name of the global in whose field a function was found: `redis` of redis.call."""
        fetched = self.written_before(Place(activation, register, moment))
        if fetched is None:
            return b""
        prototype = self.trace.activations[activation].prototype
        described = prototype.descriptions[self.trace.pcs[fetched]]
        return described[0].name if described and described[0] is not None else b""

    def _ends(self, how: How, step: _Step, links: list[Link], name: bytes = b"") -> None:
        links.append(Link(how, step.moment, self.trace.line(step.moment), name))

    def _global(self, step: _Step, links: list[Link]) -> None:
        name = step.activation.prototype.constants[step.instruction[2]]
        self._ends(How.GLOBAL, step, links, name if isinstance(name, bytes) else b"")

    def _loaded(self, step: _Step, links: list[Link]) -> None:
        """LOADNIL of a declaration without a value, or nil as it is written."""
        local = self._local_given(step.place.activation, step.place.register, step.moment)
        is_declared = local is not None and local.start > self.trace.pcs[step.moment]
        self._ends(How.NO_VALUE if is_declared else How.CONSTANT, step, links, local.name if local else b"")

    # Who wrote a place

    def variable_writes(self, activation: int, local: LocalName) -> Iterator[Write]:
        """When a local variable was given a value, by its own function or by one that captured it."""
        prototype = self.trace.activations[activation].prototype
        pcs = self.trace.pcs
        moments = self.moments_of(activation)
        found: list[Write] = []
        pending, was_inside = None, False
        for index, moment in enumerate(moments):
            pc = pcs[moment]
            is_inside = local.start <= pc < local.end
            if is_inside and not was_inside and pending is not None:
                found.append(Write(pending, moment, local.register, None))
            was_inside = is_inside
            instruction = prototype.code[pc]
            if local.register in written(instruction) and self._took_place(instruction, activation, moment):
                if is_inside and index + 1 < len(moments):
                    found.append(Write(moment, moments[index + 1], local.register, None))
                else:
                    pending = moment
        if local.start == 0 and moments:
            found.insert(0, Write(self.trace.activations[activation].called_at, moments[0], local.register, None))
        cells = self._cells_of(activation, local.register)
        found += [
            Write(access.moment, -1, -1, access.value) for access in self.trace.upvalue_writes if access.cell in cells
        ]
        yield from sorted(found, key=lambda write: write.moment)

    def local_at(self, activation: int, name: bytes, moment: int) -> LocalName | None:
        """The local variable that a name means in an activation at a moment, the inner one where there are more."""
        found = self.trace.activations[activation].prototype.local_names(self.trace.pcs[moment])
        return next((local for local in reversed(list(found)) if local.name == name), None)

    def local_of_upvalue(self, activation: int, name: bytes) -> tuple[int, LocalName] | None:
        """The local variable that an upvalue of an activation is in the end, and the activation it is of."""
        prototype = self.trace.activations[activation].prototype
        before = self.trace.activations[activation].called_at
        while name in prototype.upvalue_names:
            source = prototype.upvalues[prototype.upvalue_names.index(name)]
            outer = next(
                (one.prototype for one in self.trace.activations if prototype in one.prototype.prototypes), None
            )
            if outer is None:
                return None
            if source.in_register:
                return self._captured_local(outer, source.slot, before)
            prototype = outer
        return None

    def _captured_local(self, outer: Prototype, register: int, before: int) -> tuple[int, LocalName] | None:
        homes = [
            home
            for home in self.trace.homes.values()
            if home.register == register
            and home.moment <= before
            and self.trace.activations[home.activation].prototype is outer
        ]
        if not homes:
            return None
        home = max(homes, key=lambda one: one.moment)
        pc = self.trace.pcs[home.moment]
        for local in outer.locals:
            if local.register == register and local.start <= pc + 1 < local.end:
                return home.activation, local
        return None

    def field_writes(self, table: int, key: Any) -> Iterator[TableAccess]:
        """When a field was written."""
        return (access for access in self.trace.writes if access.table == table and access.key in (key, None))

    def table_of(self, links: list[Link]) -> int | None:
        """When the table was made to whose making a way leads."""
        return links[-1].moment if links and links[-1].how in (How.TABLE, How.CALLED) else None


class _Step(NamedTuple):
    """The instruction that gave a register its value."""

    place: Place
    moment: int
    activation: Activation
    instruction: Instruction


_Back = Callable[[Origins, _Step, list[Link]], "Place | None"]


def _ending(how: How) -> _Back:
    def end(origins: Origins, step: _Step, links: list[Link]) -> None:
        origins._ends(how, step, links)

    return end


_ORIGIN: Final[dict[str, _Back]] = {
    **{opcode.name: _ending(How.COMPUTED) for opcode in OPCODES},
    **dict.fromkeys(("MOVE", "SET_JUMP_IF", "SET_JUMP_IF_NOT"), Origins._moved),
    **dict.fromkeys(("LOADK", "LOADBOOL", "LOADBOOL_JUMP"), _ending(How.CONSTANT)),
    **dict.fromkeys(("FORPREP", "FORLOOP", "TFORLOOP"), _ending(How.COUNTED)),
    **dict.fromkeys(("GETTABLE", "GETTABLE_RK"), Origins._fetched),
    **dict.fromkeys(("SELF", "SELF_RK"), Origins._selected),
    "LOADNIL": Origins._loaded,
    "GETUPVAL": Origins._captured,
    "GETGLOBAL": Origins._global,
    "NEWTABLE": _ending(How.TABLE),
    "CLOSURE": _ending(How.FUNCTION),
    "CALL": Origins._called,
    "VARARG": _ending(How.GIVEN),
}
"""Where the value of a register comes from, by the name of the opcode that wrote it."""


def _may_write(instruction: Instruction, register: int) -> bool:
    """Whether an instruction gives a register a value, be it one of as many as a call returns."""
    opcode, a, b, c = instruction
    name = OPCODES[opcode].name
    is_open = (name == "CALL" and c == MULTIPLE) or (name == "VARARG" and b == MULTIPLE)
    return register >= a if is_open else register in written(instruction)


def _key_name(key: Any) -> bytes:
    if isinstance(key, LuaString):
        return bytes(key)
    return b"%.14g" % key if isinstance(key, float) else b"?"
