"""The function being compiled: its instructions so far, registers, constants, blocks and jumps (after `lcode.c`).

Knows nothing of the tree but token indices. `at` is the last token Lua would have read at this point: it gives an
instruction its line, and an error the token it blames.
"""

from __future__ import annotations

from collections.abc import Callable

from ferrous_vm.analysis.names import Described
from ferrous_vm.analysis.scopes import FunctionScope, LocalVariable, ResolvedChunk
from ferrous_vm.bytecode.module import Constant, Description, Instruction, LocalName, Prototype, UpvalueSource
from ferrous_vm.bytecode.opcodes import Opcode, Operand
from ferrous_vm.errors import LuaSyntaxError
from ferrous_vm.limits import REGISTERS
from ferrous_vm.records import MutableRecord, field
from ferrous_vm.syntax.lexer import syntax_error
from ferrous_vm.syntax.tree import Function

NO_REGISTER = 255
"""Operand A of a SET_JUMP_IF whose value has no place yet (`NO_REG`)."""

LARGEST_CONSTANT_OPERAND = 255
"""Constants with a greater index are loaded into a register before use (`MAXINDEXRK`)."""

MOST_CONSTANTS = (1 << 18) - 1
"""Constants of one function (`MAXARG_Bx`)."""

_LONGEST_JUMP = (1 << 17) - 1
_FIRST_REGISTERS = 2  # registers 0 and 1 are always valid

TARGET_SLOT: dict[int, int] = {
    opcode: opcode.operands.index(Operand.TARGET) + 1 for opcode in Opcode if Operand.TARGET in opcode.operands
}
"""Where in an instruction tuple the jump target stands."""

_LUA_INSTRUCTIONS: dict[int, int] = {
    opcode: 2 for opcode in Opcode if opcode.name.startswith(("JUMP_", "SET_JUMP", "TFORLOOP"))
}
"""How many instructions of Lua 5.1 an instruction stands for, if more than one: its limit on jumps counts those."""

_WITHOUT_VALUE: dict[int, Opcode] = {Opcode.SET_JUMP_IF: Opcode.JUMP_IF, Opcode.SET_JUMP_IF_NOT: Opcode.JUMP_IF_NOT}


class BlockState(MutableRecord):
    """A block whose end is not compiled yet (`BlockCnt`).

    `active_count`: how many locals were active outside. `has_upvalue`: some closure captured one of its locals.
    """

    outer: BlockState | None
    active_count: int
    is_loop: bool
    has_upvalue: bool = False
    breaks: list[int] = field(factory=list)


class FunctionCode:
    """One function under compilation (`FuncState`)."""

    __slots__ = (
        "active",
        "at",
        "block",
        "code",
        "compile_function",
        "constant_indices",
        "constants",
        "debug_locals",
        "free_register",
        "last_target",
        "lines",
        "names",
        "nodes",
        "outer",
        "pending_jumps",
        "place",
        "places",
        "prototypes",
        "register_count",
        "registers",
        "resolved",
        "scope",
        "token_lines",
    )

    def __init__(
        self,
        resolved: ResolvedChunk,
        scope: FunctionScope,
        outer: FunctionCode | None,
        compile_function: Callable[[FunctionCode, Function], Prototype],
    ) -> None:
        self.resolved = resolved
        self.scope = scope
        self.outer = outer
        self.compile_function = compile_function
        # Before the first token Lua counts line 1: that is index -1.
        self.token_lines: list[int] = outer.token_lines if outer else [*resolved.chunk.tokens.lines, 1]
        self.at = -1
        self.code: list[list[int]] = []
        self.lines: list[int] = []
        self.nodes: list[int] = []
        self.names: list[tuple[Described | None, ...]] = []
        self.places: list[int] = []  # where Lua would have each instruction, and has the next one
        self.place = 0
        self.constants: list[Constant] = []
        self.constant_indices: dict[bytes | float | str, int] = {}
        self.prototypes: list[Prototype] = []
        self.active: list[int] = []  # for each active local, its index in debug_locals
        self.debug_locals: list[LocalName] = []
        self.registers: dict[LocalVariable, int] = {}
        self.free_register = 0
        self.register_count = _FIRST_REGISTERS
        self.pending_jumps: list[int] = []  # jumps to whatever is emitted next
        self.last_target = -1
        self.block: BlockState | None = None

    # Instructions

    def emit(
        self,
        opcode: Opcode,
        a: int = 0,
        b: int = 0,
        c: int = 0,
        node: int = -1,
        names: tuple[Described | None, ...] = (),
    ) -> int:
        """Append an instruction and return its index."""
        if self.pending_jumps:
            self.patch(self.pending_jumps, len(self.code))
            self.pending_jumps = []
        self.code.append([opcode, a, b, c])
        self.lines.append(self.token_lines[self.at])
        self.nodes.append(node)
        self.names.append(names)
        self.places.append(self.place)
        self.place += _LUA_INSTRUCTIONS.get(opcode, 1)
        return len(self.code) - 1

    def remove_last(self) -> None:
        """Take the last instruction back."""
        self.place = self.places.pop()
        del self.code[-1], self.lines[-1], self.nodes[-1], self.names[-1]

    def emit_nil(self, first: int, count: int) -> None:
        """Set `count` registers to nil, by an instruction already there if it can do more (`luaK_nil`)."""
        if len(self.code) > self.last_target:
            if not self.code:
                if first >= len(self.active):
                    return  # a function starts with clean registers
            else:
                previous = self.code[-1]
                if previous[0] is Opcode.LOADNIL and previous[1] <= first <= previous[2] + 1:
                    previous[2] = max(previous[2], first + count - 1)
                    return
        self.emit(Opcode.LOADNIL, first, first + count - 1)

    # Jumps

    def mark_target(self) -> int:
        """The index of the next instruction, which some jump will name: nothing before it may be merged into it."""
        self.last_target = len(self.code)
        return self.last_target

    def emit_jump(self) -> list[int]:
        """An unconditional jump; jumps that would land on it join its list instead."""
        waiting, self.pending_jumps = self.pending_jumps, []
        return [self.emit(Opcode.JUMP), *waiting]

    def patch(self, jumps: list[int], target: int) -> None:
        """Let `jumps` go to `target`, dropping the values they would set."""
        self.patch_values(jumps, target, NO_REGISTER, target)

    def patch_to(self, jumps: list[int], target: int) -> None:
        """Let `jumps` go to `target`, which is emitted already or is the next instruction (`luaK_patchlist`)."""
        if target == len(self.code):
            self.patch_here(jumps)
        else:
            self.patch(jumps, target)

    def patch_here(self, jumps: list[int]) -> None:
        """Let `jumps` go to the next instruction (`luaK_patchtohere`)."""
        self.mark_target()
        self.pending_jumps.extend(jumps)

    def patch_values(self, jumps: list[int], value_target: int, register: int, default_target: int) -> None:
        """Let jumps that set a value set `register` and go to `value_target`, all others go to `default_target`."""
        for index in jumps:
            target = value_target if self.set_test_register(index, register) else default_target
            instruction = self.code[index]
            behind = self.places[index] + _LUA_INSTRUCTIONS.get(instruction[0], 1)
            place = self.places[target] if target < len(self.code) else self.place
            if abs(place - behind) > _LONGEST_JUMP:
                raise self.error(b"control structure too long")
            instruction[TARGET_SLOT[instruction[0]]] = target

    def set_test_register(self, index: int, register: int) -> bool:
        """Give a value-setting jump its register; without one it becomes a plain test. False if it sets no value."""
        instruction = self.code[index]
        opcode = _WITHOUT_VALUE.get(instruction[0])
        if opcode is None:
            return False
        if register not in (NO_REGISTER, instruction[2]):
            instruction[1] = register
        else:
            instruction[:] = [opcode, instruction[2], instruction[3], 0]
        return True

    def drop_values(self, jumps: list[int]) -> None:
        """Let none of `jumps` set a register on its way."""
        for index in jumps:
            self.set_test_register(index, NO_REGISTER)

    def needs_value(self, jumps: list[int]) -> bool:
        """Whether some of `jumps` does not bring a value along."""
        return any(self.code[index][0] not in _WITHOUT_VALUE for index in jumps)

    # Registers

    def check_registers(self, count: int) -> None:
        """See that `count` more registers can be had (`luaK_checkstack`). Raises LuaSyntaxError."""
        needed = self.free_register + count
        if needed > self.register_count:
            if needed >= REGISTERS:
                raise self.error(b"function or expression too complex")
            self.register_count = needed

    def reserve(self, count: int) -> int:
        """Take `count` registers and return the first."""
        self.check_registers(count)
        first = self.free_register
        self.free_register += count
        return first

    def release(self, register: int) -> None:
        """Give back a register, unless it is a constant's (negative) or a local variable's."""
        if register >= len(self.active):
            self.free_register -= 1

    # Constants

    def string_constant(self, value: bytes) -> int:
        """The index of a string among the constants."""
        return self._constant(value, value)

    def number_constant(self, value: float) -> int:
        """Zero and minus zero share a place, and the first to come takes it: so it is in Lua 5.1."""
        return self._constant(value, value)

    def plain_constant(self, value: bool | None) -> int:
        """The index of nil, true or false among the constants."""
        return self._constant(repr(value), value)

    def _constant(self, key: bytes | float | str, value: Constant) -> int:
        index = self.constant_indices.get(key)
        if index is None:
            index = len(self.constants)
            if index == MOST_CONSTANTS:
                raise LuaSyntaxError(b"constant table overflow", self.token_lines[self.at])
            self.constant_indices[key] = index
            self.constants.append(value)
        return index

    # Blocks and locals

    def enter_block(self, is_loop: bool) -> BlockState:
        """Begin a block; the locals declared from now on end with it."""
        self.block = BlockState(self.block, len(self.active), is_loop)
        return self.block

    def leave_block(self) -> None:
        """End the innermost block and its locals."""
        block = self.block
        assert block is not None
        self.block = block.outer
        self.deactivate_locals(block.active_count)
        if block.has_upvalue:
            self.emit(Opcode.CLOSE, block.active_count)
        self.free_register = len(self.active)
        self.patch_here(block.breaks)

    def activate_local(self, name: bytes, variable: LocalVariable | None) -> None:
        """The next register in order is from now on the local `name`; without a `variable` no source can name it."""
        register = len(self.active)
        if variable is not None:
            self.registers[variable] = register
        self.active.append(len(self.debug_locals))
        self.debug_locals.append(LocalName(name, register, len(self.code), 0))

    def deactivate_locals(self, count: int) -> None:
        """End the scope of all but the first `count` locals."""
        while len(self.active) > count:
            index = self.active.pop()
            self.debug_locals[index] = self.debug_locals[index]._replace(end=len(self.code))

    def mark_captured(self, variable: LocalVariable) -> None:
        """Note in the block of `variable`, a local of this function, that a closure captured it (`markupval`)."""
        register = self.registers[variable]
        block = self.block
        while block is not None and block.active_count > register:
            block = block.outer
        if block is not None:
            block.has_upvalue = True

    # Results

    def error(self, reason: bytes) -> LuaSyntaxError:
        """The error that blames the token after the last one read."""
        chunk = self.resolved.chunk
        blamed = self.at + 1
        return syntax_error(chunk.chunk_name, chunk.tokens.lines[blamed], reason, chunk.tokens.shown(blamed))

    def prototype(self) -> Prototype:
        """The finished function."""
        function = self.scope.function
        return Prototype(
            chunk_name=self.resolved.chunk.chunk_name,
            defined_line=function.defined_line,
            end_line=function.end_line,
            parameter_count=len(self.scope.parameters),
            is_vararg=function.is_vararg,
            needs_arg=self.scope.needs_arg,
            register_count=self.register_count,
            code=tuple([_frozen(instruction) for instruction in self.code]),
            constants=tuple(self.constants),
            prototypes=tuple(self.prototypes),
            upvalues=tuple(self._upvalue_sources()),
            upvalue_names=tuple([upvalue.name for upvalue in self.scope.upvalues]),
            locals=tuple(self.debug_locals),
            lines=tuple(self.lines),
            nodes=tuple(self.nodes),
            descriptions=tuple([_descriptions(names) for names in self.names]),
        )

    def _upvalue_sources(self) -> list[UpvalueSource]:
        sources = []
        for upvalue in self.scope.upvalues:
            source = upvalue.source
            if isinstance(source, LocalVariable):
                assert self.outer is not None
                sources.append(UpvalueSource(True, self.outer.registers[source]))
            else:
                sources.append(UpvalueSource(False, source.index))
        return sources


def _frozen(instruction: list[int]) -> Instruction:
    opcode, a, b, c = instruction
    return int(opcode), a, b, c


def _descriptions(names: tuple[Described | None, ...]) -> tuple[Description | None, ...]:
    return tuple([Description(*name) if name else None for name in names]) if names else ()
